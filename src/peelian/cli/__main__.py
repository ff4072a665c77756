"""`python -m peelian.cli`, for machines where scripts cannot be put on the path."""

from peelian.cli import main

main()
