"""The Subwords page: where does a word get its vector."""
