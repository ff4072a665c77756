"""The figures that the spine promises, one subject a file."""
