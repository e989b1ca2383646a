"""Tests that need no labels: what may not change an answer, and what must change it one way."""
