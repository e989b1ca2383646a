"""A word and its neighbours, epoch by epoch."""
