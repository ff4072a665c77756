"""A release made visible: words, tables, charts, maps."""
