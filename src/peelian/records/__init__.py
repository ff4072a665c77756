"""How records come in: read, map, check, load, store."""
