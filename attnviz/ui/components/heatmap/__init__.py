"""A sentence word by word, as each classifier reads it, and its epochs."""
