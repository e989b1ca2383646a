"""See what an attention classifier looks at, and what fine-tuning does to its word vectors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    from attnviz.model.adoption.adopt import adopt
    from attnviz.model.experiment import Experiment, load
    from attnviz.model.explanation import Explanation

__all__ = ["AttnvizError", "Experiment", "Explanation", "adopt", "load"]
__version__ = "0.1.0"

_HOMES = {
    "Experiment": "attnviz.model.experiment",
    "Explanation": "attnviz.model.explanation",
    "adopt": "attnviz.model.adoption.adopt",
    "load": "attnviz.model.experiment",
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: torch takes seconds, and `attnviz --help` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
