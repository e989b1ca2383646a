"""A word under its n-grams."""
