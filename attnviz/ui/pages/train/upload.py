"""The box for a file to learn from, and what is in it: columns, labels, what is wrong and what is worth knowing."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from attnviz.data import preview
from attnviz.data.labels import parse_mapping
from attnviz.data.preview import Preview
from attnviz.data.tables import KINDS
from attnviz.errors import AttnvizError
from attnviz.training.job_spec import file_name
from attnviz.ui import session
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import say
from attnviz.ui.session import _

LabelMap = tuple[tuple[str, str], ...]
TO_LEARN_FROM = "file to learn from"  # what a session keeps the file under


@dataclass(frozen=True)
class File:
    """What somebody brought; it stays in the session's memory while they look at other pages."""

    name: str
    data: bytes
    text_column: str | None = None  # what is chosen unless somebody chooses otherwise; None guesses
    label_column: str | None = None
    label_map: LabelMap = ()

    @property
    def digest(self) -> str:
        """Tell its bytes from any others."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Upload:
    """A file, what is in it, and what its labels are to mean."""

    file: File
    seen: Preview
    label_map: LabelMap


def upload() -> Upload | None:
    """Draw the box for a file, and what is in it; nothing of it is written to disk until Start is pressed."""
    hint = _(
        "A table with a header: a column of texts, one of classes and, if you like, one called split that says train, "
        "validation or test. It stays in memory until you press Start, and is deleted when the run is done."
    )
    file = _file(hint)
    if file is None:
        say(hint)
        return None
    seen = guessed = _looked(file.digest, file.name, None, None, (), file)
    label_map: LabelMap = ()
    trouble: AttnvizError | None = None
    if guessed.columns and not guessed.known:
        chosen = _columns(guessed, file)
        try:
            label_map = _label_map(file)
        except AttnvizError as error:
            trouble = error
        if all(chosen):
            seen = _looked(file.digest, file.name, chosen[0], chosen[1], label_map, file)
    if trouble:
        seen = replace(seen, problems=(*seen.problems, trouble))
    for problem in seen.problems:
        say(translated(problem, _), st.error)
    for remark in seen.remarks:
        say(translated(remark, _), st.warning)
    _preview(seen)
    return Upload(file, seen, label_map)


def _file(hint: str) -> File | None:
    kept: list[File] = session.kept(TO_LEARN_FROM, list)

    def changed() -> None:
        kept.clear()  # a click took it out of the box, or put another one in

    kinds = [kind.removeprefix(".") for kind in KINDS]
    label = _("A file: CSV, TSV, Excel, JSON lines or Parquet")
    box = st.file_uploader(label, type=kinds, key="file", help=hint, on_change=changed)
    if box is not None:
        kept[:] = [File(box.name, box.getvalue())]
    elif kept:
        with st.container(horizontal=True, vertical_alignment="center"):
            say(_("“{name}” is still here.").format(name=kept[0].name), st.markdown)
            st.button(_("Take it away"), key="file_away", on_click=kept.clear)
    return kept[0] if kept else None


def _columns(guessed: Preview, file: File) -> list[str | None]:
    """Draw the choice of the two columns and return them."""
    columns = list(guessed.columns)
    with st.container(horizontal=True):
        return [
            st.selectbox(
                label,
                columns,
                index=columns.index(guess) if guess in columns else None,
                key=f"{key}_{file.digest[:12]}",
                width=260,
            )
            for label, key, guess in (
                (_("Column of the texts"), "text_column", file.text_column or guessed.text_column),
                (_("Column of the classes"), "label_column", file.label_column or guessed.label_column),
            )
        ]


def _label_map(file: File) -> LabelMap:
    """Draw the box that says what labels mean and return what it says; raises `AttnvizError` for what says nothing."""
    with st.expander(_("Labels that mean another class")):
        written = st.text_area(
            _("One a line: the label in the file, =, the class it means"),
            "\n".join(f"{label} = {name}" for label, name in file.label_map),
            placeholder=_("pos = positive\nneg = negative"),
            height=100,
            key=f"label_map_{file.digest[:12]}",
        )
    return tuple(parse_mapping(line for line in written.splitlines() if line.strip()).items())


@st.cache_resource(max_entries=8, show_spinner=False)
def _looked(
    digest: str, name: str, text_column: str | None, label_column: str | None, label_map: LabelMap, _file: File
) -> Preview:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, file_name(name))
        path.write_bytes(_file.data)
        return preview.look(path, text_column, label_column, dict(label_map))


def _preview(seen: Preview) -> None:
    """Draw the first rows and the classes."""
    import pandas as pd

    if not seen.rows:
        return
    table, classes = st.columns([3, 2])
    with table:
        say(_("The first of {count} rows").format(count=f"{seen.count:,}"))
        heads = [
            f"{name} ({place})" if seen.columns.count(name) > 1 else name for place, name in enumerate(seen.columns)
        ]
        st.dataframe(pd.DataFrame(seen.rows, columns=heads), hide_index=True, width="stretch")
    if seen.classes:
        with classes:
            parts = {split: f"{count:,}" for split, count in seen.splits}
            about = _("{count} classes").format(count=len(seen.classes))
            if parts:
                about += " · " + _(
                    "Rows to learn from: {train}, to choose by: {validation}, to test on: {test}"
                ).format(**parts)
            say(about)
            most = max(count for _name, count in seen.classes)
            heading = _("rows")
            st.dataframe(
                pd.DataFrame(seen.classes[:100], columns=[_("class"), heading]),
                hide_index=True,
                width="stretch",
                height="content" if len(seen.classes) <= 8 else 300,
                column_config={heading: st.column_config.ProgressColumn(format="localized", max_value=most)},
            )
