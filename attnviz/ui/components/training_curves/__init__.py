"""Curves and sentences of a run that is on."""
