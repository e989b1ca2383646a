"""A class of phones at one server: how long they wait, and what is left of their answers if something breaks."""
