"""The teacher's side of rounds with a class, which the pages about one sentence share; the owner's alone."""

from attnviz.ui.classroom.panel import asks, door, hides, panel, say_hidden
from attnviz.ui.classroom.standing import Here, covers, follow

__all__ = ["Here", "asks", "covers", "door", "follow", "hides", "panel", "say_hidden"]
