"""Figures that places promise, each by what it is about."""
