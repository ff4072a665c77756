"""Analyses of whom a rule burdens, and whether it feeds on itself."""
