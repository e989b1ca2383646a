"""Keeping house on the Train page: rename, take away, bring back, delete."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import streamlit as st

from attnviz.errors import AttnvizError
from attnviz.heatmap.display import visible
from attnviz.model import archive
from attnviz.model.about import About
from attnviz.model.experiment import folder_of
from attnviz.model.names import available_name
from attnviz.model.storage import Figures
from attnviz.model.variants import display_name
from attnviz.training import jobs
from attnviz.ui import owner, session
from attnviz.ui.accuracies import interval, on_all
from attnviz.ui.cache import experiments, models_folder
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word_tables
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.train.hub import fetch_box, send_box
from attnviz.ui.pages.train.runs import models
from attnviz.ui.session import _
from attnviz.ui.views import View


def experiment_list() -> None:
    """Draw what can be done with one experiment, and the box that brings one."""
    session.show_notices("experiments")
    names = experiments.names()
    accuracies(names)
    with st.container(horizontal=True, vertical_alignment="bottom", key="keeping"):
        if names:
            shown = session.chosen()  # the one at the top, until another is taken here
            at = names.index(shown.name) if shown and shown.name in names else 0
            name = st.selectbox(_("An experiment"), names, index=at, key="keep_name", width=260)
            _one(name)
    if owner.is_owner():
        fetch_box(_attempt)
        _import_box()


def accuracies(names: list[str]) -> None:
    """Draw a table an experiment: its data, and how often each classifier is right on the test rows."""
    tables = []
    for name in names:
        with suppress(AttnvizError):  # a damaged one is named at the top of the page
            about, figures = experiments.described(name)
            tables.append(_reached(name, about, figures))
    if tables:
        word_tables(tables, chosen="", key="accuracies", on_choose=lambda word: None)


def _reached(name: str, about: About, figures: Figures) -> Table:
    tested = on_all(figures)
    rows = [(display_name(one, _), f"{test.accuracy:.1%}", interval(test)) for one, test in tested.items()]
    if not tested:  # it came from elsewhere
        told = _("{file}: a model from elsewhere, without figures").format(file=visible(about.data.name))
        return Table(name, (), (), told)
    said = _("{data}, test rows: {count}").format(
        data=visible(about.data.name), count=f"{max((test.n for test in tested.values()), default=0):,}"
    )
    heads = (_("classifier"), _("right"), _("95% interval")) if rows else ()
    return Table(name, heads, tuple(Row(tuple(map(Cell, row))) for row in rows), said)


def _one(name: str) -> None:
    st.download_button(
        _("Download as zip"),
        lambda: archive.to_zip(folder_of(name).parent, name),
        f"{name}.zip",
        "application/zip",
        icon=":material/download:",
        key="keep_zip",
        on_click="ignore",
    )
    if owner.is_owner():
        _change(name)
        send_box(name, _attempt)


def _change(name: str) -> None:
    """Draw what renames and deletes an experiment."""
    shipped = name in archive.SHIPPED  # the keys name it: another experiment finds both boxes shut
    hint = _("It comes with attnviz and stays as it is.") if shipped else None
    with st.popover(_("Rename"), icon=":material/edit:", disabled=shipped, help=hint, key=f"keep_rename_{name}"):
        typed = st.text_input(_("Its new name"), key=f"new_name_{name}")
        new = available_name(typed, experiments.names(), name)
        if typed.strip() and new.name != typed.strip():
            said_ = [
                _("It will be called “{name}”.").format(name=new.name),
                *(translated(one, _) for one in new.reasons),
            ]
            say(" ".join(said_))
        st.button(
            _("Rename"),
            key="keep_renamed",
            disabled=not typed.strip(),
            on_click=_rename,
            args=(name, new.name),
        )
    with st.popover(_("Delete"), icon=":material/delete:", disabled=shipped, help=hint, key=f"keep_delete_{name}"):
        say(_("“{name}” will be gone for good. Its zip brings it back.").format(name=name), st.write)
        st.button(
            _("Yes, delete “{name}”").format(name=escape_markdown(name)),
            key="keep_deleted",
            on_click=_delete,
            args=(name,),
        )


def _attempt(act: Callable[[], object], done: str) -> bool:
    """Change something in the models' folder, if it is the owner's to do; how it went is said on the next run."""
    try:
        owner.require()
        act()
    except (AttnvizError, OSError) as error:
        told = translated(error, _) if isinstance(error, AttnvizError) else str(error)
        session.notify("experiments", told, "error")
        return False
    finally:
        models_folder.forget()
    session.notify("experiments", done)
    return True


def _rename(name: str, new: str) -> None:
    def act() -> None:
        with jobs.unlent(models(), name):
            archive.rename(models(), name, new)

    if _attempt(act, _("“{name}” is called “{new}” now.").format(name=name, new=new)):
        session.set_widget("keep_name", new)
        if session.current_view(View).experiment == name:
            session.update_view(experiment=new)


def _delete(name: str) -> None:
    def act() -> None:
        with jobs.unlent(models(), name):
            archive.delete(models(), name)

    if _attempt(act, _("“{name}” is deleted.").format(name=name)) and session.current_view(View).experiment == name:
        session.update_view(experiment="")


def _import_box() -> None:
    """Draw the box for a zip, and the name it is to have."""
    turn = len(_imported())  # an empty box again after each
    label = _("Bring an experiment: a zip as it is downloaded here")
    file = st.file_uploader(label, type=["zip"], key=f"zip_{turn}")
    if file is None:
        return
    packed = file.getvalue()
    try:
        inside = archive.name_in(packed)
    except AttnvizError as error:
        say(translated(error, _), st.error)
        return
    typed = st.text_input(_("Name"), inside or Path(file.name).stem, key=f"zip_name_{file.file_id}", width=380)
    taken = {*experiments.names(), *(job.name for job in jobs.jobs(models()))}
    name = available_name(typed, taken, Path(file.name).stem)
    label = _("The experiment will be called “{name}”.").format(name=name.name)
    say(" ".join([label, *(translated(reason, _) for reason in name.reasons)]))
    st.button(_("Import"), icon=":material/upload:", key="import", on_click=_import, args=(packed, name.name))


def _imported() -> list[str]:
    return session.kept("imported", list)


def _import(packed: bytes, name: str) -> None:
    if _attempt(lambda: archive.from_zip(models(), packed, name), _("“{name}” is there.").format(name=name)):
        _imported().append(name)
