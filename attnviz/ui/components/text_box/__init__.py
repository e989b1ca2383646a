"""The box for a sentence, with examples."""
