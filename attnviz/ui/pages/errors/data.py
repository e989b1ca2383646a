"""Which rows the Errors page is about: the experiment's own test rows, a named data set's, or a file of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import streamlit as st

from attnviz.analysis.evaluation.uploads import Columns, Upload, columns_of, read_upload
from attnviz.data.labels import numbered
from attnviz.data.registry import SOURCES, test_at_hand
from attnviz.data.tables import KINDS
from attnviz.errors import AttnvizError, enumerate_values
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.choices import dropdown
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors import brought, scoring
from attnviz.ui.pages.errors.brought import Brought
from attnviz.ui.pages.errors.known import first, known, named
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

MOST_ROWS = 50_000  # of an upload: a few minutes' scoring
MOST_MB = 64  # as .streamlit/config.toml has it for every upload
UPLOAD = "upload"
_KEY = re.compile("[0-9a-f]{32}")
_MOST_MEANINGS = 12  # unknown labels that are asked about: a column of many is none of labels

LabelMap = tuple[tuple[str, str], ...]


def validated(shown: ErrorsView, experiment: Experiment) -> ErrorsView:
    """Return the view with data that can be looked at: what the link names, failing that what is best at hand."""
    if shown.data in (*named(experiment), UPLOAD) or _KEY.fullmatch(shown.data):
        return shown
    return replace(shown, data=first(experiment) or UPLOAD)


def picker(shown: ErrorsView, experiment: Experiment) -> None:
    """Draw the choice among the data."""
    names = {name: _("{name}: test rows").format(name=name) for name in named(experiment)}
    if _KEY.fullmatch(shown.data):
        names[shown.data] = _("The file you brought")
    names[UPLOAD] = _("A file of your own")
    dropdown(_("Sentences"), names, shown, "data", width=260, then={"cell": "errors", "having": ""})


def results(shown: ErrorsView, experiment: Experiment) -> Results | None:
    """Return the scored rows; while there are none, draw the way to them and return None."""
    try:
        if shown.data == UPLOAD:
            return _upload(experiment)
        if _KEY.fullmatch(shown.data):
            return _reopened(shown.data, experiment)
        return known(shown.data, experiment)
    except AttnvizError as error:
        say(translated(error, _), st.error)
        return None


def _reopened(place: str, experiment: Experiment) -> Results | None:
    found = scoring.in_memory(experiment, place) or scoring.so_far(experiment, place)
    if found is None:
        gone = _("The answers of {experiment} to these sentences are not kept here. Bring the file again.")
        say(gone.format(experiment=experiment.name), st.info)
        return _upload(experiment)
    return found


def _upload(experiment: Experiment) -> Results | None:
    """Draw the place for a file, what was found in it, and the button that begins."""
    missing = st.container()
    limits = _(
        "CSV, TSV, Excel, JSON lines or Parquet; up to {megabytes} MB and {rows} rows. One column of texts; a column "
        "of labels ({labels}), or none."
    ).format(megabytes=MOST_MB, rows=f"{MOST_ROWS:,}", labels=enumerate_values(map(_, experiment.labels)))
    file = st.file_uploader(
        _("A file of your own"),
        [kind.removeprefix(".") for kind in KINDS],
        max_upload_size=MOST_MB,
        key="errors_file",
    )
    say(limits)
    if file is None:
        with missing:
            _missing(experiment)
        return None
    data = file.getvalue()
    told = sha256(data).hexdigest()
    with st.spinner(_("Reading {name} …").format(name=escape_markdown(file.name))):
        columns = _columns(experiment.name, file.name, told, data)
    text, label = _choose(columns, told)
    if text is None and not columns.official:
        return None
    with st.spinner(_("Reading {name} …").format(name=escape_markdown(file.name))):
        whole = _uploaded(experiment.name, file.name, told, data, text, label, "all", ())
        split, label_map = _choose_split(whole, told), _meanings(whole, experiment, told)
        found = _uploaded(experiment.name, file.name, told, data, text, label, split, label_map)
    _account(found, experiment)
    rows, place = found.rows, _place(file.name, told, text, label, split, label_map)
    brought.keep(place, Brought(file.name, data, text, label, label_map))
    if not session.asked(f"begun {place}"):
        kept = _("Texts and answers stay in this server's memory, never on its disk: the link works until it stops.")
        say(kept)
        st.button(
            _("Score the rows: {count}").format(count=f"{len(rows):,}"),
            type="primary",
            on_click=session.ask,
            args=(f"begun {place}",),
        )
        return None
    scored = scoring.scored(experiment, rows, place, keep=False)
    if scored is not None:
        cell = "errors" if rows.truth is not None else "disagree"
        session.update_view(ErrorsView, data=place, cell=cell, row=0)
        st.rerun()
    return scored


def _missing(experiment: Experiment) -> None:
    """Say where an experiment's own test rows are, if not here, and draw the ways to what is."""
    own = experiment.about.data
    if own.name not in named(experiment) or not test_at_hand(own.name):
        missing = (
            _(
                "The sentences that {experiment} was tested on are not on this machine. Bring a file, or choose a data "
                "set."
            )
            if own.name in SOURCES or experiment.about.adopted
            else _(
                "The sentences that {experiment} was tested on are not on this machine: it was made of {source}, which "
                "is not kept. Bring that file again, and its test rows are known and taken; or bring another one."
            )
        )
        say(missing.format(experiment=experiment.name, source=own.source or own.name), st.info)
        for name in named(experiment):
            st.button(
                _("{name}: test rows").format(name=name),
                icon=":material/dataset:",
                on_click=partial(session.update_view, ErrorsView, data=name, cell="errors"),
            )


def _choose(columns: Columns, told: str) -> tuple[str | None, str | None]:
    """Draw which column has the texts and which the labels; return them, "" for no labels."""
    if columns.official:
        return None, None
    none = _("no labels")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.selectbox(
            _("The texts are in"),
            columns.names,
            index=columns.names.index(columns.text) if columns.text else None,
            placeholder=_("Choose a column"),
            key=f"texts {told}",
            width=260,
        )
        label = st.selectbox(
            _("The labels are in"),
            ["", *columns.names],
            index=columns.names.index(columns.label) + 1 if columns.label else 0,
            format_func=lambda name: name or none,
            key=f"labels {told}",
            width=260,
        )
    return text, label


def _choose_split(whole: Upload, told: str) -> str:
    """Draw which rows of a file to take, where they are not all for testing; return the split."""
    if set(whole.splits) <= {"test"}:
        return "all"
    names = {
        "test": _("test rows: {count}"),
        "validation": _("validation rows: {count}"),
        "train": _("training rows: {count}"),
        "all": _("all rows: {count}"),
    }
    counts = {**whole.splits, "all": whole.total}
    offered = [split for split in names if split in counts]
    return st.segmented_control(
        _("Rows to look at"),
        offered,
        default=offered[0],
        required=True,
        format_func=lambda split: names[split].format(count=f"{counts[split]:,}"),
        key=f"rows {told}",
    )


def _meanings(whole: Upload, experiment: Experiment, told: str) -> LabelMap:
    """Draw what each label means that the experiment does not know, and return what is chosen."""
    none = _("no class: leave out")
    with st.container(horizontal=True):
        chosen = [
            st.selectbox(
                _("“{label}” means").format(label=escape_markdown(label)),
                ["", *experiment.labels],
                format_func=lambda name: _(name) if name else none,
                key=f"means {told} {label}",
                width=200,
            )
            for label in list(whole.strange)[:_MOST_MEANINGS]
        ]
    return tuple((label, name) for label, name in zip(whole.strange, chosen, strict=False) if name)


def _place(name: str, told: str, text: str | None, label: str | None, split: str, label_map: LabelMap) -> str:
    """Return where the rows of one person's file are kept: not where those of a like file are."""
    return sha256(repr((name, told, text, label, split, label_map)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _account(found: Upload, experiment: Experiment) -> None:
    """Say what was found in a file, and what of it is left out and why."""
    told = [
        _("Rows: {count}; texts from the column {column}.").format(count=f"{found.total:,}", column=found.text_column)
    ]
    if found.rows.truth is not None:
        told.append(_("Labels from the column {column}.").format(column=found.label_column))
        if found.numbered:
            told.append(_("The labels are numbers: {numbers}.").format(numbers=numbered(experiment.labels)))
    else:
        told.append(_("No labels: the page shows answers, and where the classifiers disagree."))
    if others := found.other_split - found.unusable:
        told.append(_("Left out, of other splits: {count}.").format(count=f"{others:,}"))
    if found.unusable:
        lacking = _("Left out, without text or label, as in training: {count}.")
        told.append(lacking.format(count=f"{found.unusable:,}"))
    if found.unlabelled and found.rows.truth is not None:
        rows = enumerate_values(found.unlabelled_rows)
        told.append(
            _("Left out, without a label: {count} (row {rows}).").format(count=len(found.unlabelled_rows), rows=rows)
        )
    if found.blank_rows:
        blank = _("Left out, with nothing to read: {count} (row {rows}).")
        rows = enumerate_values(found.blank_rows)
        told.append(blank.format(count=f"{len(found.blank_rows):,}", rows=rows))
    st.text(" ".join(told))
    for remark in found.remarks:
        say(translated(remark, _), st.info)
    if found.strange:
        if found.rows.truth is None:
            strange = _("{experiment} knows none of these labels ({names}), so they are not used. It knows: {labels}.")
        else:
            strange = _(
                "Left out, with labels that {experiment} does not know ({names}): {count} (row {rows}). "
                "It knows: {labels}."
            )
        told_strange = strange.format(
            count=f"{len(found.strange_rows):,}",
            experiment=experiment.name,
            names=enumerate_values(found.strange),
            rows=enumerate_values(found.strange_rows),
            labels=enumerate_values(experiment.labels),
        )
        if len(found.strange) <= _MOST_MEANINGS:
            told_strange += " " + _("Say above what each means, in its box.")
        say(told_strange, st.warning)


@per_experiment(4)
def _columns(experiment_name: str, name: str, digest: str, _data: bytes) -> Columns:
    """Return an upload's columns. It is told by its digest, not by reading it again."""
    with _without_limit():
        labels = experiments.opened(experiment_name).labels
        return columns_of(Path(name), _data, labels, MOST_ROWS, MOST_MB * 1_048_576)


@per_experiment(4)
def _uploaded(
    experiment_name: str,
    name: str,
    digest: str,
    _data: bytes,
    text: str | None,
    label: str | None,
    split: str,
    label_map: LabelMap,
) -> Upload:
    """Read a split of an upload whose columns are chosen; `label` is "" for no labels, and None if both are known."""
    with _without_limit():
        return read_upload(
            Path(name),
            experiments.opened(experiment_name),
            data=_data,
            text_column=text,
            label_column=label or None,
            split=split,
            labelled=label != "",
            label_map=dict(label_map),
            max_rows=MOST_ROWS,
            max_bytes=MOST_MB * 1_048_576,
        )


@contextmanager
def _without_limit() -> Iterator[None]:
    """Say what to do about a file that is too long: nobody can raise the limit in a browser."""
    try:
        yield
    except AttnvizError as error:
        if not error.template.startswith("{file} has more than {limit} rows"):
            raise
        raise AttnvizError(
            "{file} has more than {limit} rows. Bring fewer, or use the command line: python -m attnviz errors FILE",
            **error.values,
        ) from error
