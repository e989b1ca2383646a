"""A round in which a class teaches: train a classifier of what it typed, and let it try to fool that."""

from __future__ import annotations

import re
from collections import Counter

import streamlit as st

import attnviz.model.experiment
from attnviz.errors import AttnvizError
from attnviz.rounds import teaching as room
from attnviz.rounds.round import Round
from attnviz.training import jobs
from attnviz.training.jobs import Job
from attnviz.ui.cache import experiments, models_folder
from attnviz.ui.classroom.asking import open_round
from attnviz.ui.classroom.sent import sentences, show
from attnviz.ui.classroom.standing import Here, Kind, attempt, store
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.session import _


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
    there = [name for name in experiments.names() if _is_of(name, asked)]
    return max(there, key=lambda name: (len(name), name), default="")


def _is_of(name: str, asked: Round) -> bool:
    return bool(re.fullmatch(rf"class-{asked.classroom.lower()}-{asked.number}(-[0-9]+)?", name))


def _run(asked: Round) -> Job | None:
    """Return the last run that was begun for a round."""
    ours = [job for job in jobs.jobs(attnviz.model.experiment.MODELS) if _is_of(job.name, asked)]
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
    typed = [one.text for one in sentences(asked) if one.shown]
    if not typed:
        raise AttnvizError("Let a sentence of the class through first: it is the one to begin with.")
    open_round(asked.classroom, Here(experiment, typed[0]), "fool")
    show(kind, name, typed[0])
