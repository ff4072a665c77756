"""What people read, and by which words: codebooks, and the strata that logs are drawn from."""
