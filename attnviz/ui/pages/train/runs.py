"""The runs on the Train page: at work, in line, broken off, done. It looks again every second while there is reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

import attnviz.model.experiment
from attnviz.errors import AttnvizError
from attnviz.model.remarks import remarks
from attnviz.model.variants import BASELINE, TRANSFORMER, display_name
from attnviz.training import jobs
from attnviz.training.jobs import Job
from attnviz.ui import owner, pages, session
from attnviz.ui.cache import experiments, models_folder
from attnviz.ui.components.training_curves.training_curves import training_curves
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.one_sentence import sentence_link
from attnviz.ui.pages.train.came_from import came_from
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView, SentenceView, write

_EVERY = 1.0  # seconds


def models() -> Path:
    """Return where the experiments and the runs are."""
    return attnviz.model.experiment.MODELS


def attempt(act: Callable[..., Any], *arguments: Any) -> None:
    """Do what a button asks for, if it is the owner's; why it cannot be done is said on the next run."""
    try:
        owner.require()
        act(*arguments)
    except AttnvizError as error:
        session.notify("runs", translated(error, _), "error")


def runs() -> None:
    """Draw all runs, and go on looking while one is at work."""
    jobs.advance_queue(models())
    found = jobs.jobs(models())
    moving = any(job.active or job.state == "waiting" for job in found)
    if moving:
        jobs.watch(models())
    if _drawn() != _states(found):
        models_folder.forget()
    _drawn()[:] = _states(found)
    st.fragment(_watch, run_every=_EVERY if moving else None)()


def _watch() -> None:
    """Draw the runs as they are now; once one ends or begins, the whole page is drawn anew."""
    found = jobs.jobs(models())
    if _drawn() != _states(found):
        st.rerun()
    session.show_notices("runs")
    for job in sorted(found, key=lambda job: (job.state == "waiting", -job.spec.asked)):
        with st.container(border=True, key=f"run_{job.name}"):
            _DRAWN[job.state](job)


def _drawn() -> list[tuple[str, str, bool]]:
    """Return the states of the runs that the whole page was drawn with."""
    return session.kept("runs", list)


def _states(found: list[Job]) -> list[tuple[str, str, bool]]:
    return [(job.name, job.state, job.can_keep) for job in found]


def _running(job: Job) -> None:
    story = job.status
    _heading(job, _("in training") if job.state == "running" else _("being finished with the best so far"))
    left = story.seconds_left
    if story.stage == "vectors" and story.fraction > 0:
        left = (story.heard - story.began) / story.fraction * (1 - story.fraction)
    epoch = _("epoch {epoch} of {epochs}").format(epoch=max(story.epoch, 1), epochs=story.epochs)
    stage = {
        "morphemes": _("counting morphemes"),
        "vectors": _("FastText vectors"),
        "language model": _("language model"),
        "training": epoch,
        TRANSFORMER: f"{display_name(TRANSFORMER, _)}: {epoch}",
        "baseline": display_name(BASELINE, _),
        "testing": _("testing on the test rows"),
    }.get(story.stage, _("getting ready"))
    if left is not None:
        first = story.stage in ("morphemes", "vectors", "language model")
        later = _("{time} left for that, then the training") if first else _("{time} left")
        stage += " · " + later.format(time=duration(left))
    st.progress(min(max(story.fraction, 0.0), 1.0), escape_markdown(stage))
    _race(job)
    if job.state == "stopping" or not owner.is_owner():
        return
    with st.container(horizontal=True):
        hint = None if job.can_keep else _("Once the first epoch has ended there is something to keep")
        st.button(
            _("Stop and keep the best so far"),
            icon=":material/stop_circle:",
            key=f"keep_{job.name}",
            disabled=not job.can_keep,
            help=hint,
            on_click=attempt,
            args=(jobs.stop, job),
        )
        _discard(job)


def _waiting(job: Job) -> None:
    _heading(job, _("waits in line: one run at a time"))
    _discard(job)


def _broken(job: Job) -> None:
    story = job.status
    _heading(job, _("broke off"))
    if story.failure:
        why = translated(story.failure, _)
    else:
        why = _("Its process ended without a word: it was killed, or the machine was restarted.")
        if words := job.last_words:
            why += " " + _("The last it said: {words}").format(words=words)
    done = len(story.probes) - 1
    if done > 0:
        kept = _("What {done} of {epochs} epochs reached is kept; to go on begins after them.")
        why += " " + kept.format(done=done, epochs=story.epochs)
    else:
        why += " " + _("No epoch had ended: to go on begins from what was ready.")
    say(why, st.warning)
    _race(job)
    if not owner.is_owner():
        return
    with st.container(horizontal=True):
        st.button(
            _("Go on"),
            icon=":material/play_arrow:",
            type="primary",
            key=f"resume_{job.name}",
            on_click=attempt,
            args=(jobs.resume, models(), job.name),
        )
        _discard(job)


def _unreadable(job: Job) -> None:
    _heading(job, _("broke off"))
    if job.status.failure:
        say(translated(job.status.failure, _), st.warning)
    _discard(job)


def _done(job: Job) -> None:
    _heading(job, _("is ready"))
    try:
        experiment = experiments.opened(job.name)
        reached = " · ".join(
            f"{display_name(name, _)} {groups['all'].accuracy:.1%}" for name, groups in experiment.figures.items()
        )
        rows = next(iter(experiment.figures.values()))["all"].n
        say(_("Right on the {rows} test rows: {reached}").format(rows=f"{rows:,}", reached=reached), st.markdown)
        say(_("Word vectors: {vectors}").format(vectors=experiment.about.vectors.source))
        found = list(remarks(experiment.standings, _, experiment.about.baseline, after_training=True))
        for serious, draw in ((True, st.warning), (False, st.caption)):
            if told := [remark.text for remark in found if remark.serious == serious]:
                say("\n\n".join(told), draw)
        # the curves go on to the last epoch, and what was tested may be an earlier one
        named = _("{variant} epoch {epoch}")
        marks = ", ".join(
            named.format(variant=_(variant), epoch=epoch) for variant, (epoch, _accuracy) in job.status.best.items()
        )
        say(_("▲ kept, for none does clearly better on the validation rows: {kept}").format(kept=marks))
    except (AttnvizError, StopIteration, KeyError):
        pass  # the header says what is wrong with it
    with st.container(horizontal=True, vertical_alignment="center"):
        text = job.spec.config.probes[0] if job.spec.config.probes else None
        way = write(SentenceView(experiment=job.name, lang=session.language(), text=text))
        sentence_link(way)
        _compare_link(job.name)
        if owner.is_owner():
            st.button(
                _("Put these curves away"),
                key=f"away_{job.name}",
                on_click=attempt,
                args=(jobs.discard, models(), job.name),
            )
    _race(job)


def _compare_link(name: str) -> None:
    """Draw the way to the Errors page with the experiment that this one came from beside it, if there is one."""
    if (other := came_from(name)) in experiments.names():
        way = write(ErrorsView(experiment=name, against=other, lang=session.language()))
        label = escape_markdown(_("Compare with {name}").format(name=other))
        st.page_link(pages.file(ErrorsView), label=label, icon=":material/compare_arrows:", query_params=way)


def _heading(job: Job, state: str) -> None:
    st.markdown(f"**{escape_markdown(job.name)}** {escape_markdown(state)}")


def _race(job: Job) -> None:
    if job.status.accuracy or job.status.losses:
        training_curves(
            job.status, job.spec.config.probes, job.spec.labels, key=f"race_{job.name}", translate=session.translation()
        )


def _discard(job: Job) -> None:
    """Draw what throws a run away, after a second click."""
    if not owner.is_owner():
        return
    with st.popover(_("Throw away"), icon=":material/delete:", key=f"discard_{job.name}"):
        say(_("All that “{name}” has learned so far will be gone.").format(name=job.name), st.write)
        st.button(
            _("Yes, throw it away"),
            key=f"really_{job.name}",
            on_click=attempt,
            args=(jobs.discard, models(), job.name),
        )


def duration(seconds: float) -> str:
    """Write seconds as people say them."""
    if seconds < 90:
        return _("{seconds} s").format(seconds=f"{seconds:.1f}" if seconds < 9.5 else round(seconds))
    if seconds < 5400:
        return _("{minutes} min").format(minutes=round(seconds / 60))
    return _("{hours} h").format(hours=f"{seconds / 3600:.1f}")


_DRAWN = {
    "running": _running,
    "stopping": _running,
    "waiting": _waiting,
    "failed": _broken,
    "interrupted": _broken,
    "unreadable": _unreadable,
    "done": _done,
}
