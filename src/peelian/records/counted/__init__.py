"""Counts that arrive already counted: wide files of a column a month, and long ones added up."""
