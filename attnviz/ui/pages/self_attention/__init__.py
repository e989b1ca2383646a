"""The Self-attention page: every word asks every other, in seven short steps."""
