"""A model from elsewhere becomes an experiment: its numbers, its words, and how it reads them."""
