"""What is decided about labels on the Errors page: the buttons with their keys, and what comes of all decisions."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import streamlit as st

from attnviz.analysis.labels.check import LabelCheck
from attnviz.analysis.labels.corrections import Corrections, actions_table, chunks_of, write_corrected
from attnviz.analysis.labels.decisions import ACTIONS, Decision, DecisionLog
from attnviz.analysis.labels.figures import corrected_figures, places_among
from attnviz.data.csv_export import csv
from attnviz.data.registry import SOURCES
from attnviz.data.row_writers import KINDS
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.names import available_name
from attnviz.model.variants import display_name
from attnviz.training.config import OFFERED, VARIANTS
from attnviz.ui import owner, session
from attnviz.ui.cache import experiments
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word_tables
from attnviz.ui.downloads import save
from attnviz.ui.i18n import msg, translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors import brought
from attnviz.ui.pages.errors.brought import Brought
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.pages.train.upload import TO_LEARN_FROM, File
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView, TrainView

LogOf = Callable[[], DecisionLog]
_MOST_KEYS = 9  # classes that have a digit as their key
_SAID = {
    "keep": msg("kept as labelled"),
    "relabel": msg("now {label}"),
    "remove": msg("removed"),
    "unsure": msg("unsure"),
}


def decided(decision: Decision) -> str:
    """Say what was decided."""
    return _(_SAID[decision.action]).format(label=_(decision.label) if decision.label else "")


def buttons(check: LabelCheck, log: LogOf, held: Mapping[int, Decision], row: int, step: int) -> None:
    """Draw what can be decided about a row, each with its key; a decision leads on to the row of the next `step`.

    Which log takes it down is asked when it is made, for it hangs on who makes it.
    """
    one = check.suspect(row)
    decide = partial(_decide, log, row, check.rows.origin.number(step))
    with st.container(horizontal=True, key="decide"):
        hint = _("The label is right")
        st.button(_("Keep"), key="label_keep", shortcut="K", help=hint, on_click=decide, args=(Decision("keep"),))
        with_keys = check.present if len(check.present) <= _MOST_KEYS else ()
        if with_keys:
            for place, label in enumerate(with_keys, start=1):
                st.button(
                    escape_markdown(_(label)),
                    key=f"label_{place}",
                    shortcut=str(place),
                    type="primary" if label == one.likely else "secondary",
                    disabled=label == one.label,
                    help=_("It is of this class"),
                    on_click=decide,
                    args=(Decision("relabel", label),),
                )
        others = [name for name in (*check.present, *check.labels) if name not in (*with_keys, one.label)]
        if others:
            _choose_class(check, list(dict.fromkeys(others)), one.likely, decide)
        hint = _("The row goes")
        st.button(_("Remove"), key="label_remove", shortcut="X", help=hint, on_click=decide, args=(Decision("remove"),))
        hint = _("Nobody can tell: the row stays as it is")
        st.button(_("Unsure"), key="label_unsure", shortcut="U", help=hint, on_click=decide, args=(Decision("unsure"),))
        st.button(
            _("Undo"),
            key="label_undo",
            shortcut="Z",
            icon=":material/undo:",
            disabled=not held,
            help=_("Takes back the last decision"),
            on_click=_undo,
            args=(check, log),
        )
    if row in held:
        say(_("Decided: {what}").format(what=decided(held[row])), st.success)


def _choose_class(check: LabelCheck, others: list[str], likely: str, decide: partial[None]) -> None:
    """Draw the choice of a class without a digit: there are more than digits, or the file has no row of it."""
    chosen = st.selectbox(
        _("It is of this class"),
        others,
        others.index(likely) if likely in others else None,
        format_func=_,
        key=f"label_class {check.rows.key} {likely} {len(others)}",
        placeholder=_("another class"),
        label_visibility="collapsed",
        width=180,
    )
    st.button(
        _("Relabel"),
        key="label_relabel",
        shortcut="L",
        disabled=chosen is None,
        on_click=decide,
        args=(Decision("relabel", chosen),),
    )


def _decide(log: LogOf, row: int, step: int, decision: Decision) -> None:
    if _kept(partial(log().decide, row, decision)):
        session.update_view(ErrorsView, suspect=step, removed=())


def _undo(check: LabelCheck, log: LogOf) -> None:
    undone: list[int | None] = []
    if _kept(lambda: undone.append(log().undo())) and undone[0] is not None:
        session.update_view(ErrorsView, suspect=check.rows.origin.number(undone[0]), removed=())


def _kept(act: Callable[[], object]) -> bool:
    """Do what may fail; why it did is said on the next run."""
    try:
        act()
    except AttnvizError as error:
        session.notify("labels", translated(error, _), "error")
        return False
    return True


def outcome(
    shown: ErrorsView, experiment: Experiment, check: LabelCheck, results: Results, held: Mapping[int, Decision]
) -> None:
    """Say what was decided and what it does to the figures, and offer it as files and to train on."""
    counts = Counter(one.action for one in held.values())
    if held:
        told = _("Decided: {count}. Kept {keep}, relabelled {relabel}, removed {remove}, unsure {unsure}.")
        kept = _("Decisions are kept on this machine: numbers of rows and names of classes, no texts.")
        if not owner.is_owner():
            kept = _("Decisions are kept until you leave: take them with you as CSV.")
        say(told.format(count=f"{len(held):,}", **{action: f"{counts[action]:,}" for action in ACTIONS}) + " " + kept)
    _figures(check, results, held)
    listed = list(dict.fromkeys([*held, *check.suspects.tolist()]))
    found, named = brought.find(shown.data), shown.data in SOURCES
    with st.container(horizontal=True, key="take_labels"):
        label = _("Suspects and decisions: CSV")
        save("CSV", lambda: csv(actions_table(check, listed, held)), "text/csv", label, "attnviz-labels")
        if not (counts["relabel"] or counts["remove"]):
            return
        if not (found or named):
            say(_("The file is not in this server's memory any more: bring it again, and it can be corrected."))
            return
        corrections = Corrections.of(check.rows, check.labels, held)
        name = Path(found.name).stem if found else shown.data
        suffix = Path(found.name).suffix.lower() if found else ".csv"
        kind = suffix if suffix in KINDS else ".csv"
        meanings = {**(experiment.about.data.label_map or {}), **dict(found.label_map if found else ())}
        make = partial(_corrected, shown.data, found, check, corrections)
        save(kind[1:].upper(), partial(make, kind), "application/octet-stream", _("The corrected file"), f"{name}-2")
        if not owner.is_owner():
            return
        st.button(
            _("Train again with these"),
            key="train_again",
            icon=":material/model_training:",
            type="primary",
            on_click=_train_again,
            args=(experiment, make, check, meanings, f"{name}-2.parquet"),
        )


def _figures(check: LabelCheck, results: Results, held: Mapping[int, Decision]) -> None:
    """Say how often the classifiers are right on the page's rows, as labelled and as decided, if that is not alike."""
    found = corrected_figures(results.predictions, places_among(check.rows, results.predictions), held)
    if not found:
        return
    rows = [
        Row(
            (
                Cell(display_name(one.variant, _)),
                Cell(f"{one.right / one.rows:.1%}"),
                Cell(f"{one.right_then / one.rows_then:.1%}" if one.rows_then else "–"),
            )
        )
        for one in found
    ]
    heads = ("", _("as labelled, {count} rows"), _("as decided, {count} rows"))
    counts = ("", f"{found[0].rows:,}", f"{found[0].rows_then:,}")
    told = _(
        "Rows that are suspect are those that classifiers get wrong, so correcting them alone flatters; and what is "
        "trained on the corrected file is tested on other rows than {experiment} was."
    ).format(experiment=results.predictions.experiment)
    titled = tuple(head.format(count=count) for head, count in zip(heads, counts, strict=True))
    table = Table(_("Right on the rows of this page"), titled, tuple(rows), told)
    word_tables([table], chosen="", key="label_figures", on_choose=lambda _word: None)


def _corrected(data: str, found: Brought | None, check: LabelCheck, corrections: Corrections, kind: str) -> bytes:
    """Return the corrected file, of a kind."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, f"corrected{kind}")
        if found is None:
            write_corrected(chunks_of(data, check.rows, check.labels), corrections, out)
        else:
            with found.on_disk() as path:
                write_corrected(chunks_of(path, check.rows, check.labels), corrections, out)
        return out.read_bytes()


def _train_again(
    experiment: Experiment, make: Callable[[str], bytes], check: LabelCheck, meanings: dict[str, str], name: str
) -> None:
    """Lead to the Train page, with the corrected rows, settings as the experiment's, and a name after its own."""
    origin = check.rows.origin
    learning: list[File] = session.kept(TO_LEARN_FROM, list)
    learning[:] = [
        File(  # what no spreadsheet opens has every text to the letter
            name,
            make(".parquet"),
            origin.text_column or "text",
            origin.label_column or "label",
            tuple(meanings.items()),
        )
    ]
    session.set_widget("form", True)
    session.update_view(TrainView, **settings_of(experiment), name=next_name(experiment.name))
    session.go_to(TrainView)


def next_name(name: str) -> str:
    """Return the name of the experiment after one of that name that is free: mine, mine-2, mine-3."""
    numbered = re.fullmatch("(.+)-([1-9][0-9]*)", name)
    stem, first = (numbered[1], int(numbered[2]) + 1) if numbered else (name, 2)
    taken = experiments.names()
    free = next(number for number in count(first) if f"{stem}-{number}" not in taken)
    return available_name(f"{stem}-{free}", taken).name


def settings_of(experiment: Experiment) -> dict[str, Any]:
    """Return the settings of the Train page that an experiment was made with, as far as the page has them."""
    about, told = experiment.about, vars(experiment.about.training)
    settings = {name: told[name] for name in OFFERED if told.get(name) is not None}
    settings["hidden_dim"] = about.hidden_dim
    scorer = about.variants[next(iter(about.variants))].scorer
    variants = tuple(name for name in VARIANTS if name in about.variants)
    source = about.vectors.source
    lender = source if source in experiments.names() else "train" if about.vectors.epochs else ""
    probes = "\n".join(probe.text for probe in experiment.history.probes)
    return {
        **settings,
        "rows": "file",
        "scorer": scorer,
        "variants": variants,
        "language": about.language,
        "units": about.units,
        "lender": lender,
        "probes": probes or None,
    }
