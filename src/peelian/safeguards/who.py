"""Who is at the keyboard, as far as the machine can say."""

import os
import platform
from functools import cache


@cache
def actor() -> str:
    """Return the account that runs this process and the machine it runs on, as `account@machine`.

    The account is asked of the operating system, since a variable of the environment may be set to
    anything.

    Cannot show:
        Who sat there, where an account is shared.
    """
    return f"{_account()}@{platform.node() or 'unnamed'}"


def _account() -> str:
    try:
        import pwd
    except ImportError:  # Windows, where getlogin asks the system too
        return _logged_in()
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # an account without a name, as in some containers
        return f"uid {number}"


def _logged_in() -> str:
    try:
        return os.getlogin()
    except OSError:  # a service, at which nobody is logged in
        return "unknown"
