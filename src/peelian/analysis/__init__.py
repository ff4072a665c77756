"""One question, one file; families are strangers to one another."""
