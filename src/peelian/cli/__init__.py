"""The command line: one verb, one command; a thin face over the hall."""


def main() -> None:
    """Run the command line."""
    from peelian.cli.app import app

    app()
