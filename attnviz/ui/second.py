"""The second experiment that a page compares with: which it is, and the choice of it."""

from __future__ import annotations

from dataclasses import replace

from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.choices import dropdown
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView, ErrorsView, SentenceView, View

WIDTH = 150  # of a choice of experiments: with two of them the title and the link still fit one line


def second(shown: SentenceView | EmbeddingsView | ErrorsView, experiment: Experiment) -> Experiment | None:
    """Return the experiment that the first is compared with, None where it is none, or the first itself."""
    if shown.against not in experiments.names() or shown.against == experiment.name:
        return None
    try:
        return experiments.opened(shown.against)
    except AttnvizError:  # the page says what is wrong with it
        return None


def chooser(kind: type[View], experiment: Experiment | None) -> None:
    """Draw the choice of a second experiment on a page that can compare."""
    if experiment is None or not issubclass(kind, SentenceView | EmbeddingsView | ErrorsView):
        return
    others = [name for name in experiments.names() if name != experiment.name]
    if not others:
        return
    shown = session.current_view(kind)
    shown = replace(shown, against=shown.against if shown.against in others else "")
    names = {"": _("compare with …"), **{name: f"⇄ {name}" for name in others}}
    dropdown(_("Compare with"), names, shown, "against", width=WIDTH, hidden=True)


def wanted_in_vain(kind: type[View]) -> str:
    """Return the name of a second experiment that the link asks for and that is not there, "" if it is."""
    if not issubclass(kind, SentenceView | EmbeddingsView | ErrorsView):
        return ""
    wanted = session.current_view(kind).against
    return wanted if wanted not in ("", *experiments.names()) else ""
