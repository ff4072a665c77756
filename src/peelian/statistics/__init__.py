"""Arrays in, arrays out: arithmetic that knows no crimes."""
