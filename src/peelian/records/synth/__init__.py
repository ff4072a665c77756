"""The made-up force: records drawn from the schema, with the truth written down beside them."""
