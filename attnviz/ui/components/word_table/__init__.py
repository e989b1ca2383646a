"""Tables of words that can be clicked."""
