"""How often a damaged word is found again."""
