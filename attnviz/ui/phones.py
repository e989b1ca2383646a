"""What the room of the rounds is given by this server: classifiers, languages, and the path that all is under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from attnviz.rounds.routes import Outside
from attnviz.rounds.routes import routes as of_the_room
from attnviz.ui import owner, turns
from attnviz.ui.cache import experiments
from attnviz.ui.i18n import LANGUAGES, catalogue, spoken

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation


def routes() -> list[Route]:
    """Return the routes by which phones take part."""
    return of_the_room(owner.base_path(), Outside(_explain, lambda one: catalogue(one).gettext, spoken, LANGUAGES))


def _explain(experiment: str, variant: str, text: str) -> Explanation:
    with turns.runs.turn():  # beside the pages' runs, not on top of them
        return experiments.explain(experiment, text, variant, "subword")
