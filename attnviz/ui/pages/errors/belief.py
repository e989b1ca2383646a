"""How far the heat-maps of a data set may be believed: how often they are borne out, and who agrees with whom."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from attnviz.analysis.belief.over_rows import METHOD, VariantBelief, drawn, examine_rows, keep, kept, place
from attnviz.analysis.belief.own_rows import keep as beside
from attnviz.analysis.belief.own_rows import measured
from attnviz.data.csv_export import csv
from attnviz.data.registry import SOURCES
from attnviz.data.steps import told
from attnviz.model.belief_figures import VariantFigures
from attnviz.model.experiment import Experiment, folder_of
from attnviz.ui import owner, session
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word_tables
from attnviz.ui.downloads import save
from attnviz.ui.i18n import msg
from attnviz.ui.markdown import say
from attnviz.ui.pages.errors.long_work import LongWork
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.pages.errors.scoring import weights_of
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 400  # sentences, drawn with seed 0

Found = tuple[VariantBelief, ...]
Own = tuple[Sequence[str], np.ndarray]  # all of an experiment's own test rows, and their classes
Key = tuple[str, str]  # the fingerprints of the weights and of the sentences
_examinations: LongWork[Key, Found] = LongWork("examining")

QUESTIONS = {
    "tau_contribution": msg("attention agrees with contributions (tau)"),
    "tau_gradient": msg("attention agrees with gradient × input (tau)"),
    "tau_integrated_gradients": msg("attention agrees with integrated gradients (tau)"),
    "tau_leave_one_out": msg("attention agrees with leaving words out (tau)"),
    "comprehensiveness_over_random": msg("comprehensiveness, more than of random words"),
    "sufficiency_over_random": msg("sufficiency, more than of random words (below 0: more enough)"),
    "flip_radius": msg("attention that must move for another answer, where one is possible"),
    "entropy_share": msg("entropy, as a share of that of equal weights"),
    "on_marks_over_share": msg("attention on marks, less their share of the words and marks"),
    "violates": msg("the word with the most attention speaks against the answer"),
    "uniform_agrees": msg("the answer stays with equal weights"),
}


def belief(shown: ErrorsView, experiment: Experiment, results: Results) -> None:
    """Draw what came of a sample of the rows, or begin to examine them when asked.

    Of data sets known by name the figures are kept; of what people upload nothing goes to the disk.
    """
    variants = tuple(name for name in experiment.variants if experiment.model(name).pooling == "attention")
    if not variants:
        say(_("No classifier of this experiment has attention: there is no heat-map to put to the test."))
        return
    if results.total is not None:
        say(_("Heat-maps are put to the test once all rows are read."))
        _measured(experiment)
        return
    predictions = results.predictions
    texts = [predictions.texts[int(row)] for row in drawn(len(predictions), SAMPLE)]
    count = len(texts)
    written = "\0".join(texts).encode("utf-8", "surrogatepass")
    key = weights_of(experiment), hashlib.sha256(written).hexdigest()
    say(
        _(
            "Of {count} sentences drawn by chance, each heat-map is put to the test: what is the answer without the "
            "words it looked at most, what do other views say, what do the weights alone decide?"
        ).format(count=f"{count:,}")
    )
    path = place(*key, variants) if shown.data in SOURCES else None
    begun = key in _examinations.works
    if not begun and path and (found := kept(path)):
        _draw(found)
    elif not begun:
        _measured(experiment)
        own, truth = None, predictions.truth
        if results.own and experiment.belief_figures is None and truth is not None:
            own = predictions.texts, truth
        steps = partial(_steps, experiment, texts, variants, path)
        label = _("Examine {count} sentences").format(count=f"{count:,}")
        st.button(label, icon=":material/fact_check:", on_click=_begin, args=(key, steps, own))
    elif (examined := _examinations.result(key, _("Examining heat-maps …"))) is not None:
        _draw(examined)


def _begin(key: Key, steps: Callable[[Own | None], Generator[float, None, Found]], own: Own | None) -> None:
    """Begin to examine; only for the owner are the figures of the own rows kept, for that changes the folder."""
    _examinations.begin(key, partial(steps, own if owner.is_owner() else None))


def _steps(
    experiment: Experiment, texts: list[str], variants: tuple[str, ...], path: Path | None, own: Own | None
) -> Generator[float, None, Found]:
    """Examine texts by some variants; with its `own` test rows the figures are kept beside the experiment."""
    found, parts = [], len(variants) + (own is not None)
    for at, variant in enumerate(variants):

        def reached(done: float, at: int = at) -> float:
            return (at + done / len(texts)) / parts

        found.append((yield from told(examine_rows(experiment, texts, variant), reached)))
    if path:
        keep(found, path)
    if own is not None:
        steps = measured(experiment, found, texts, *own)
        figures = yield from told(steps, lambda done: (len(variants) + done) / parts)
        with suppress(OSError):  # a folder that nobody may write into
            beside(experiment, figures, folder_of(experiment.name))
    return tuple(found)


def _measured(experiment: Experiment) -> None:
    """Draw the figures that are kept beside the experiment, if they answer today's questions."""
    figures = experiment.belief_figures
    if figures is None or figures.method != METHOD:
        return
    say(
        _(
            "These figures came with {experiment}: {drawn} of its {rows} own test rows ({data}), measured on {date}."
        ).format(
            experiment=experiment.name,
            drawn=f"{figures.drawn:,}",
            rows=f"{figures.rows:,}",
            data=figures.data,
            date=figures.measured.isoformat(),
        )
    )
    _figures(figures.variants)


def _draw(found: Found) -> None:
    _figures([one.figures() for one in found])
    save("CSV", lambda: csv(_frame(found)), "text/csv", name="attnviz-belief")


def _figures(found: Sequence[VariantFigures]) -> None:
    from attnviz.ui.charts.belief import agreement, verdicts  # plotly: nobody waits for it who looks at sentences

    translate, theme = session.translation(), session.theme()
    alt = _("Bars: how often each verdict was given")
    st.plotly_chart(verdicts(found, theme, translate), width="stretch", key="verdicts", alt=alt, config=_STILL)
    say(
        _(
            "Without the three words it looked at most (one in short sentences), the answer is compared with 20 draws "
            "of as many other words. A heat-map without a meaning, its weights dealt out by chance, “carries” an "
            "answer in about one sentence of ten."
        )
    )
    alt = _("Boxes: how attention agrees with other views")
    st.plotly_chart(agreement(found, theme, translate), width="stretch", key="agreement", alt=alt, config=_STILL)
    tables = [_table(found)]
    if compared := [one for one in found if one.spread]:
        tables.append(_seeds(compared))
    word_tables(tables, chosen="", key="belief_figures", on_choose=lambda _word: None)


_STILL = {"displayModeBar": False}


def _table(found: Sequence[VariantFigures]) -> Table:
    """Return a line a question: the median and the middle half of each variant's answers."""
    rows = []
    for name, title in QUESTIONS.items():
        cells = [Cell(_(title))]
        for one in found:
            spread = one.questions.get(name)
            if spread is None:
                cells.append(Cell("–"))
            elif name in ("violates", "uniform_agrees"):
                cells.append(Cell(f"{spread.mean:.0%}"))
            else:
                _least, low, middle, high, _most = spread.quantiles
                cells.append(Cell(f"{middle:.2f} ({low:.2f} … {high:.2f})".replace("-", "−")))
        rows.append(Row(tuple(cells)))
    for title, figures in (
        (_("right, of all test rows"), [one.accuracy for one in found]),
        (_("right with equal weights, the rest as it is"), [one.accuracy_with_equal_weights for one in found]),
        (_("“carried”, of heat-maps dealt out by chance"), [one.shuffled_carried for one in found]),
    ):
        if any(figure is not None for figure in figures):
            rows.append(Row((Cell(title), *(Cell("–" if one is None else f"{one:.1%}") for one in figures))))
    about = _("Medians, in brackets the middle half of the sentences; shares where it is yes or no.")
    return Table(_("What was asked of each"), ("", *(_(one.variant) for one in found)), tuple(rows), about, wide=True)


def _seeds(found: Sequence[VariantFigures]) -> Table:
    """Return a line a figure: how far the weights of trainings with other seeds are from each other."""
    spreads = [one.spread for one in found if one.spread]
    rows = (
        (_("seeds compared"), [str(one.seeds) for one in spreads]),
        (_("divergence of two seeds, as a share of that from equal weights"), [f"{one.ratio:.2f}" for one in spreads]),
        (_("their weights agree (tau)"), [f"{one.tau:.2f}" for one in spreads]),
        (_("the word looked at most is the same"), [f"{one.same_top:.0%}" for one in spreads]),
    )
    about = _(
        "The same rows and settings, another seed. A divergence (Jensen–Shannon) alone says nothing: where all weights "
        "are nearly equal, two seeds are near each other whatever they look at."
    )
    heads = ("", *(_(one.variant) for one in found))
    lines = tuple(Row((Cell(title), *map(Cell, cells))) for title, cells in rows)
    return Table(_("How much of it is the seed?"), heads, lines, about, wide=True)


def _frame(found: Found) -> pd.DataFrame:
    import pandas as pd

    frames = [pd.DataFrame({"variant": one.variant, "verdict": one.verdicts, **one.answers}) for one in found]
    return pd.concat(frames, ignore_index=True)
