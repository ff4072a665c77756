"""The canonical tables, a file for each sort of them; `schema.records` puts them together."""
