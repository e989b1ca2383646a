"""Texts changed so that the answer may not change, or only one way: how often it does what it may not, and where."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from itertools import groupby

import numpy as np
import streamlit as st

from attnviz.analysis.behaviour import failure_list
from attnviz.analysis.behaviour.battery import battery_of, setting_of
from attnviz.analysis.behaviour.case import changed
from attnviz.analysis.behaviour.own_tests import MOST_BYTES, OwnTest, read_tests
from attnviz.analysis.behaviour.trial import AnyTest, Outcome, Trial, try_tests
from attnviz.analysis.behaviour.twins import compare
from attnviz.analysis.behaviour.wording import tolerated, verdict
from attnviz.analysis.belief.over_rows import drawn
from attnviz.data.csv_export import csv
from attnviz.errors import AttnvizError
from attnviz.heatmap.display import visible
from attnviz.heatmap.rounding import chance, rounded
from attnviz.model.experiment import Experiment
from attnviz.text import Token
from attnviz.ui import pages, session
from attnviz.ui.charts import behaviour as charts
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.components.heatmap.heatmap import heatmap
from attnviz.ui.downloads import save
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors.long_work import LongWork
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.pages.errors.scoring import weights_of
from attnviz.ui.pages.one_sentence import believe, judge, sentence_link
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView, SentenceView

ROWS = 2_000  # drawn with seed 0
CASES = 200  # of a test
_LISTED = 50  # failures
_CUT = 140  # characters of a text in the list
_LINKED = 3_000  # characters a link may carry

Key = tuple[str, str, tuple[str, ...], str]  # the weights, the texts, the variants, one's own tests
_trials: LongWork[Key, Trial] = LongWork("trying")


def behaviour(shown: ErrorsView, experiment: Experiment, results: Results) -> None:
    """Draw what came of the tests, or begin them when asked; nothing of it goes to the disk."""
    if results.total is not None:
        say(_("Texts are changed once all rows are read."))
        return
    predictions = results.predictions
    places = drawn(len(predictions), ROWS)
    texts = [predictions.texts[int(row)] for row in places]
    own, digest = _own(experiment)
    battery: list[AnyTest] = [*battery_of(setting_of(experiment)), *own]
    variants = predictions.twins_and(shown.judged)
    told = _(
        "Texts of {count} rows are changed in {tests} ways: some may not change an answer, such as a misspelling or "
        "another name, others move it one way, such as a negation. No labels are needed."
    )
    say(told.format(count=f"{len(texts):,}", tests=len(battery)))
    written = "\0".join(texts).encode("utf-8", "surrogatepass")
    key = weights_of(experiment), hashlib.sha256(written).hexdigest(), variants, digest
    if key not in _trials.works:
        steps = partial(try_tests, experiment, texts, variants, battery, CASES)
        st.button(_("Change the texts"), icon=":material/rule:", on_click=_trials.begin, args=(key, steps))
    elif (found := _trials.result(key, _("Changing texts …"))) is not None:
        _draw(shown, experiment, results, places, found)


def _own(experiment: Experiment) -> tuple[tuple[OwnTest, ...], str]:
    """Let people bring tests of their own; return them, and what tells them from others."""
    with st.expander(_("Tests of your own"), icon=":material/add:"):
        say(_("A TOML file of pairs of texts, or of words to put for others; the documentation shows one."))
        brought = st.file_uploader(_("File of tests"), type="toml", key="own_tests", max_upload_size=1)
        if brought is None:
            return (), ""
        data = brought.getvalue()
        try:
            return read_tests(data[: MOST_BYTES + 1], brought.name, experiment.labels), hashlib.sha256(data).hexdigest()
        except AttnvizError as error:
            say(translated(error, _), st.error)
            return (), ""


def _draw(shown: ErrorsView, experiment: Experiment, results: Results, places: np.ndarray, found: Trial) -> None:
    """Draw the figures, and the failures of the test that is chosen."""
    translate = session.translation()
    titles = {one.name: charts.title(one.test, translate) for one in found.outcomes}
    if not found.outcomes:
        st.info(_("There is nothing to change in these texts."))
        return
    twins = experiment.twins
    comparison = compare(found, *twins) if twins and set(twins) <= set(found.variants) else None
    if comparison:
        st.markdown(escape_markdown(verdict(comparison, titles, translate)))
    figure = charts.rates(found, session.theme(), translate)
    alt = _("Bars: how often each classifier failed each test")
    st.plotly_chart(figure, width="stretch", key="behaviour_rates", alt=alt, config={"displayModeBar": False})
    say(
        tolerated(translate)
        + " "
        + _("The lines are 95% intervals; tests of fewer than {count} cases are in the list alone.").format(
            count=charts.LEAST
        )
    )
    numbers = [results.predictions.origin.number(int(row)) for row in places]
    save(
        "CSV",
        lambda: csv(failure_list.table(found, experiment.labels, numbers)),
        "text/csv",
        _("All failures: CSV"),
        name="attnviz-behaviour",
    )
    judged = shown.judged if shown.judged in found.variants else found.variants[-1]
    _failures(shown, experiment, found, numbers, judged, titles)


def _failures(
    shown: ErrorsView,
    experiment: Experiment,
    found: Trial,
    numbers: Sequence[int],
    judged: str,
    titles: dict[str, str],
) -> None:
    """Draw the tests to choose from, the failures of the chosen one, and of these the chosen case."""
    there = {one.name: one for one in found.outcomes}
    most = max(found.outcomes, key=lambda one: (len(one.cases) >= charts.LEAST, float(one.failed[judged].mean()))).name
    outcome = there[shown.test if shown.test in there else most]
    failed = np.flatnonzero(outcome.failed[judged])
    watched = _watched(outcome, judged)
    moved = np.abs(outcome.after[judged] - outcome.before[judged])[np.arange(len(watched)), watched]
    order = failed[np.argsort(-moved[failed], kind="stable")][:_LISTED].tolist()
    at = shown.case - 1 if shown.case - 1 in order else order[0] if order else None
    side, main = st.columns([2, 3], gap="small")
    with main:  # first, for this is what is waited for
        st.markdown(f"**{escape_markdown(titles[outcome.name])}**")
        if at is None:
            told = _("{variant} fails none of {count} cases.")
            st.info(escape_markdown(told.format(variant=_(judged), count=f"{len(outcome.cases):,}")))
        else:
            _one(experiment, outcome, at, numbers, found.variants, shown)
    with side:
        _list_tests(found, outcome.name, titles)
        if at is not None:
            _list_cases(experiment, outcome, order, at, judged, len(failed))


def _list_tests(found: Trial, chosen: str, titles: dict[str, str]) -> None:
    lines = []
    for one in found.outcomes:
        rates = [f"{_(variant)} {one.failed[variant].mean():.1%}" for variant in found.variants]
        cases = _("{count} cases").format(count=f"{len(one.cases):,}")
        lines.append((Choice(titles[one.name], one.name, " · ".join([cases, *rates])),))

    def choose(name: str) -> None:
        session.update_view(ErrorsView, test=name, case=0)

    choice_table([Board(_("Tests"), (), tuple(lines))], chosen=chosen, key="tests", on_choose=choose)


def _list_cases(
    experiment: Experiment, outcome: Outcome, order: Sequence[int], at: int, judged: str, count: int
) -> None:
    heading = _("{variant}: failures, the largest change first ({count})")
    lines = []
    for place in order:
        text = " ".join(outcome.cases[place].change.after.split())
        before, after = (_says(experiment, side[judged][place]) for side in (outcome.before, outcome.after))
        lines.append((Choice(text if len(text) <= _CUT else f"{text[:_CUT]}…", str(place), f"{before} → {after}"),))

    def choose(place: str) -> None:
        session.update_view(ErrorsView, test=outcome.name, case=int(place) + 1)

    board = Board(heading.format(variant=_(judged), count=f"{count:,}"), (), tuple(lines))
    choice_table([board], chosen=str(at), key="failed_cases", on_choose=choose)


def _one(
    experiment: Experiment,
    outcome: Outcome,
    at: int,
    numbers: Sequence[int],
    variants: tuple[str, ...],
    shown: ErrorsView,
) -> None:
    """Draw a case: what was changed, the heat-maps of both texts, and the way to the Sentence page."""
    case = outcome.cases[at]
    label = experiment.labels[_watched(outcome, variants[0])[at]]
    told = [_(charts.EXPECTED[outcome.test.expects]).format(label=_(label))]
    if case.row is not None:
        told.insert(0, _("row {number}").format(number=f"{numbers[case.row]:,}"))
    say(" · ".join(told))
    texts = case.change.before, case.change.after
    tokens = tuple(map(experiment.tokenize, texts))
    places = changed(*tokens)
    judged = [[judge(experiment, text, variant, "subword", ()) for variant in variants] for text in texts]
    for side, heading in enumerate((_("Before"), _("After"))):
        st.markdown(f"**{escape_markdown(heading)}** · {_marked(texts[side], tokens[side], places[side])}")
        heatmap(
            judged[side],
            shown.shade,
            key=f"heatmap_{side}",
            translate=session.translation(),
            on_strike=partial(_open_struck, texts[side]),
            on_open=pages.open_word,
            legend=side == 1,
            doubt=side == 1,
        )
    if len(texts[0]) + len(texts[1]) < _LINKED:
        sentence_link(session.page_query(SentenceView) | {"text": texts[1], "pin": texts[0]})
    believe([*judged[0], *judged[1]])


def _open_struck(text: str, _digest: str, places: list[int]) -> None:
    """Show a text on the Sentence page without the words that were struck out."""
    session.update_view(SentenceView, text=text, without=tuple(places))
    session.go_to(SentenceView)


def _marked(text: str, tokens: Sequence[Token], places: Sequence[int]) -> str:
    """Return a text as Markdown with the words at some places on a coloured ground, without what is far from them."""
    if not places:
        return escape_markdown(visible(_short(text)))
    first, last = max(tokens[places[0]].start - _CUT, 0), min(tokens[places[-1]].end + _CUT, len(text))
    pieces, end = list[str](), first
    for _gap, run in groupby(enumerate(places), lambda numbered: numbered[1] - numbered[0]):
        spans = [tokens[place] for _number, place in run]
        start, stop = spans[0].start, spans[-1].end
        pieces += [escape_markdown(visible(text[end:start]))]
        pieces += [f":orange-background[**{escape_markdown(visible(text[start:stop]))}**]"]
        end = stop
    told = "".join(pieces) + escape_markdown(visible(text[end:last]))
    return f"{'…' if first else ''}{' '.join(told.split())}{'…' if last < len(text) else ''}"


def _short(text: str) -> str:
    return text if len(text) <= 2 * _CUT else f"{text[: 2 * _CUT]}…"


def _watched(outcome: Outcome, variant: str) -> np.ndarray:
    """Return the class that is watched in each case, [N]: where none is named, the answer before."""
    answers = outcome.before[variant].argmax(axis=1)
    named = [case.change.watched for case in outcome.cases]
    return np.array([answer if one is None else one for one, answer in zip(named, answers, strict=True)])


def _says(experiment: Experiment, probabilities: np.ndarray) -> str:
    best = int(probabilities.argmax())
    sure = float(probabilities[best])
    return f"{_(experiment.labels[best])} {chance(float(rounded(sure)), sure)}"
