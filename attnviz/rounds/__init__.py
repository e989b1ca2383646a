"""Rounds with a class: phones join by a code, mark, guess, send sentences, and the class is seen beside the model."""
