"""A round in which a class teaches: train a classifier of what it typed, and let it try to fool that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import streamlit as st

import attnviz.model.experiment
from attnviz.model import archive
from attnviz.rounds import teaching as room
from attnviz.rounds.round import Round
from attnviz.training import jobs
from attnviz.training.jobs import Job
from attnviz.ui import session
from attnviz.ui.cache import experiments, models_folder
from attnviz.ui.classroom.asking import open_round
from attnviz.ui.classroom.sent import sentences, show
from attnviz.ui.classroom.standing import Here, Kind, attempt, store
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.session import _
from attnviz.ui.views import View


def teaching(kind: Kind, asked: Round) -> None:
    """Draw the way from a class's sentences to a classifier: train it, how far it is, try it on."""
    run = _run(asked)
    if run and run.state in ("waiting", "running", "stopping"):
        _progress(run)
        return
    if run and run.state in ("failed", "interrupted", "unreadable"):
        why = translated(run.status.failure, _) if run.status.failure else run.last_words
        say(_("The training broke off.") + (f" {why}" if why else ""), st.warning)
    ready = trained(asked)
    there = Counter(one.label for one in sentences(asked) if one.shown is not False)
    say(_("To learn from: {counts}").format(counts=" · ".join(f"{one} {there[one]:,}" for one in asked.task.labels)))
    with st.container(horizontal=True, vertical_alignment="center", key="class_training"):
        if ready:
            st.button(
                _("Try it on: fool “{name}”").format(name=escape_markdown(ready)),
                key="class_try",
                icon=":material/play_arrow:",
                type="primary",
                on_click=attempt,
                args=(_try, kind, asked, ready),
            )
        st.button(
            _("Train again") if ready else _("Train"),
            key="class_train",
            icon=":material/model_training:",
            type="secondary" if ready else "primary",
            on_click=attempt,
            args=(_train, asked),
            help=_("Of all sentences that are not weeded out: the twins learn for some seconds."),
        )


def trained(asked: Round) -> str:
    """Return the experiment that came of a round, the last one; "" if there is none yet."""
    there = [name for name in experiments.names() if _is_of(name, asked.classroom, asked.number)]
    return max(there, key=lambda name: (len(name), name), default="")


def all_trained(code: str, number: int | None = None) -> list[str]:
    """Return what came of a round, or of all rounds of a class: experiments, and runs that are no experiment yet."""
    there = [*experiments.names(), *_runs()]
    return sorted({name for name in there if _is_of(name, code, number)})


def forget(names: Sequence[str]) -> None:
    """Delete what came of a class; its sentences are in it."""
    models, runs = attnviz.model.experiment.MODELS, _runs()
    try:
        for name in names:
            if name in runs:
                jobs.discard(models, name)
            if name in experiments.names():
                with jobs.unlent(models, name):
                    archive.delete(models, name)
    finally:
        models_folder.forget()
    if session.current_view(View).experiment in names:
        session.update_view(experiment="")


def _runs() -> list[str]:
    return [job.name for job in jobs.jobs(attnviz.model.experiment.MODELS) if job.state != "done"]


def _is_of(name: str, code: str, number: int | None) -> bool:
    which = "[0-9]+" if number is None else f"{number}"
    return bool(re.fullmatch(rf"class-{code.lower()}-{which}(-[0-9]+)?", name))


def _run(asked: Round) -> Job | None:
    """Return the last run that was begun for a round."""
    ours = [
        job for job in jobs.jobs(attnviz.model.experiment.MODELS) if _is_of(job.name, asked.classroom, asked.number)
    ]
    if ours and ours[-1].state == "done" and ours[-1].name not in experiments.names():
        models_folder.forget()  # it is there since a moment
    return ours[-1] if ours else None


def _progress(run: Job) -> None:
    story = run.status
    stage = {
        "vectors": _("FastText vectors"),
        "training": _("epoch {epoch} of {epochs}").format(epoch=max(story.epoch, 1), epochs=story.epochs),
        "testing": _("testing on the test rows"),
    }.get(story.stage, _("getting ready"))
    if run.state == "waiting":
        stage = _("waits in line: one run at a time")
    st.progress(min(max(story.fraction, 0.0), 1.0), escape_markdown(f"{run.name}: {stage}"))


def _train(asked: Round) -> None:
    models = attnviz.model.experiment.MODELS
    taken = {*experiments.names(), *(job.name for job in jobs.jobs(models))}
    room.submit(models, asked, store().sentences(asked.id), taken)


def _try(kind: Kind, asked: Round, name: str) -> None:
    """Open the class's own classifier on the Sentence page, and a round that tries to fool it."""
    models_folder.forget()
    experiment = experiments.opened(name)
    first = next((one.text for one in sentences(asked) if one.shown), "")  # what nobody let through is not shown
    open_round(asked.classroom, Here(experiment, first), "fool")
    show(kind, name, first, folded=False)
