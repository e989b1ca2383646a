"""The Step by step page: the lesson from words to an answer, with the true numbers of the sentence on screen."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from attnviz.analysis import reweighting
from attnviz.heatmap import palette
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.choices import segments
from attnviz.ui.components.heatmap.heatmap import digest
from attnviz.ui.components.lesson.lesson import pictures, prediction, stepper, weights
from attnviz.ui.components.text_box.text_box import text_box
from attnviz.ui.downloads import save
from attnviz.ui.examples import lessons
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.one_sentence import say_truncated
from attnviz.ui.pages.steps.attention import HOTTEST
from attnviz.ui.pages.steps.blocks import names, number
from attnviz.ui.pages.steps.contents import formula, stage
from attnviz.ui.pages.steps.handout import sheet
from attnviz.ui.pages.steps.rounding import settle
from attnviz.ui.pages.steps.scene import LessonSentence, StepContent, attentive
from attnviz.ui.pages.steps.texts import STEPS, Step
from attnviz.ui.session import _
from attnviz.ui.views import StepsView, restricted

_HAND = re.compile(r"own|uniform|same|shuffle-[1-9][0-9]{0,5}|one-[0-9]{1,5}|[0-9]{1,4}(\.[0-9]{1,4})*")
_HIDDEN = 3  # from this step on there are scores or weights to be seen


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if experiment:
        lesson(experiment)


@st.fragment
def lesson(experiment: Experiment) -> None:
    """Draw all that a step or a sentence changes: the part that runs alone for a new one."""
    asked = session.current_view(StepsView)
    if asked.present:
        st.html(Path(__file__).with_name("present.css"))
    readers = attentive(experiment)
    if not readers:
        st.info(
            _("This experiment has no classifier with attention, and the lesson is about that. Choose another one.")
        )
        return
    offered = lessons(experiment.language, experiment.labels)
    text = offered[0].text if asked.text is None else asked.text
    shown = validated(asked, experiment, text, readers)
    fits = session.update_url(shown)
    if not shown.present:
        text_box(
            text,
            offered,
            key="steps_box",
            sentences=experiment.language,
            translate=session.translation(),
            on_typed=lambda typed: session.update_view(StepsView, text=None if typed == offered[0].text else typed),
        )
    controls(shown, readers)
    warn(asked, shown, fits)
    scene = LessonSentence(experiment, text, shown, mark(experiment, text))
    if not scene.explanation.tokens:
        st.info(_("There is no word to read here. Type a sentence and press Enter."))
        return
    if scene.explanation.truncated:
        say_truncated(scene.explanation.max_tokens, scene.explanation.total_tokens)
    with st.container(key="lesson"):
        screen(scene)


def mark(experiment: Experiment, text: str) -> str:
    """Return a short name for a sentence in an experiment."""
    return digest(f"{experiment.name}\n{text}")[:8]


def validated(asked: StepsView, experiment: Experiment, text: str, readers: tuple[str, ...]) -> StepsView:
    """Return the view with everything that is not there, or belongs to another sentence, set back."""
    shown = replace(
        restricted(asked, step=range(1, len(STEPS) + 1), side=experiment.labels),
        reader=asked.reader if asked.reader in readers else readers[0],
        heat=asked.heat if 0 <= asked.heat <= HOTTEST else 1.0,
    )
    if shown.of != mark(experiment, text):
        return replace(shown, spot=-1, hand="", marks=(), reveal=False, of="")
    count = len(experiments.explain(experiment.name, text, shown.reader, "subword").tokens)
    hand = shown.hand if _HAND.fullmatch(shown.hand) else ""
    marks = tuple(place for place in shown.marks if place < count)
    shown = replace(
        shown,
        spot=shown.spot if shown.spot < count else -1,
        hand="" if hand == "own" else hand,
        marks=marks,
        reveal=shown.reveal and bool(marks),
    )
    return shown if shown.spot >= 0 or shown.hand or shown.marks else replace(shown, of="")


def warn(asked: StepsView, shown: StepsView, fits: bool) -> None:
    """Say what the link asks for in vain."""
    if asked.step != shown.step:
        line = _("There is no step {step}: the lesson has {count}. This is step 1.")
        say(line.format(step=asked.step, count=len(STEPS)), st.warning)
    if asked.heat != shown.heat:
        line = _("A temperature lies between 0 and {limit}: this is 1.")
        say(line.format(limit=f"{HOTTEST:g}"), st.warning)
    if not fits:
        say(_("This text is too long for a link: the address bar tells the rest of this view only."))


def controls(shown: StepsView, readers: tuple[str, ...]) -> None:
    """Draw the way through the steps, and the switches; a presentation has only what it needs."""

    def go(step: int) -> None:
        session.update_view(StepsView, step=step)

    query = {name: value for name, value in session.to_query(shown).items() if name != "step"}
    data = {
        "now": shown.step,
        "present": shown.present,
        "steps": [_(step.title) for step in STEPS],
        "query": query,
        "texts": {"back": _("Back"), "next": _("Next"), "label": _("The steps of the lesson")},
    }
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_controls"):
        stepper(data, key="stepper", on_go=go)
        if shown.present:
            st.markdown(f"{_('Classifier')}: **{escape_markdown(_(shown.reader))}**", width="content")
            st.button(
                _("End the presentation"),
                icon=":material/close_fullscreen:",
                on_click=partial(session.update_view, StepsView, present=False),
            )
            return
        if len(readers) > 1:
            segments(_("Classifier"), {reader: _(reader) for reader in readers}, shown, "reader", hidden=True)
        if shown.predict:
            st.button(
                _("End predicting"),
                icon=":material/visibility:",
                on_click=partial(session.update_view, StepsView, predict=False, marks=(), reveal=False),
            )
        else:
            st.button(
                _("Predict first"),
                icon=":material/visibility_off:",
                on_click=partial(
                    session.update_view,
                    StepsView,
                    predict=True,
                    marks=(),
                    reveal=False,
                    step=max(shown.step, _HIDDEN + 1),
                ),
                help=_("Hide the weights, mark the words you would look at, then compare. The link does the same."),
            )
        st.button(
            _("Present"),
            icon=":material/open_in_full:",
            on_click=partial(session.update_view, StepsView, present=True),
            help=_("Larger type, and only this step: for the projector"),
        )


def screen(scene: LessonSentence) -> None:
    """Draw one step: words and formula, picture, what to notice, and a question."""
    step = STEPS[scene.shown.step - 1]
    hidden = scene.shown.predict and not scene.shown.reveal and scene.shown.step >= _HIDDEN
    made = StepContent() if hidden else stage(scene)
    if scene.shown.present:
        with st.container(key="read_out"):
            st.text(scene.text if len(scene.text) <= 200 else f"{scene.text[:200]} …")
    heading(scene, step, made)
    if scene.shown.predict and scene.shown.step >= _HIDDEN:
        predict(scene, hidden)
    if hidden:
        return
    if made.lacks:
        say(made.lacks, st.info)
        return
    if made.hand:
        hold(scene, made.hand)
    if made.blocks:
        draw(scene, made)
    head = _("Notice")
    st.markdown(f"**{head}:** " + escape_markdown(made.notice or _(step.notice).format(**made.figures)))
    with st.expander(escape_markdown(_(step.question))):
        say(_(step.answer).format(**made.figures), st.markdown)
    if not scene.shown.present:
        label, language = _("This step as a sheet: HTML to keep or print"), session.language()
        save("HTML", lambda: sheet(scene, made, language), "text/html", label, f"attnviz-step-{scene.shown.step}")


def heading(scene: LessonSentence, step: Step, made: StepContent) -> None:
    """Draw the title, the words and the formula of a step."""
    figures = {**dict.fromkeys(("dim", "half", "terms"), "…"), **made.figures}
    left, right = st.columns([5, 4], vertical_alignment="center")
    with left:
        st.header(f"{scene.shown.step}. {_(step.title)}", anchor=False)
        say(_(step.words).format(**figures), st.markdown)
    with right:
        st.latex(formula(scene, figures))


def draw(scene: LessonSentence, made: StepContent) -> None:
    """Draw the blocks of a step."""

    def choose(of: str, field: str, place: int) -> None:
        if of != scene.digest:
            return
        if field == "spot":
            session.update_view(StepsView, spot=place, of=of)
        elif field == "side" and place < len(scene.experiment.labels):
            session.update_view(StepsView, side=scene.experiment.labels[place])

    data = {"step": scene.shown.step, "digest": scene.digest, "aside": made.aside, "blocks": made.blocks}
    pictures(data, key="board", on_choose=choose)


def hold(scene: LessonSentence, payload: dict[str, Any]) -> None:
    """Draw the weights to turn."""

    def taken(of: str, hand: str, temperature: float) -> None:
        if of == scene.digest and _HAND.fullmatch(hand) and 0 <= temperature <= HOTTEST:
            session.update_view(StepsView, heat=temperature, hand="" if hand == "own" else hand, of=of)

    data = {"step": scene.shown.step, "digest": scene.digest, **payload}
    weights(data, key="hand_drawn", on_taken=taken)


def predict(scene: LessonSentence, hidden: bool) -> None:
    """Draw the words to mark; once revealed, the marks beside what both twins look at."""

    def reveal(of: str, places: list[int]) -> None:
        if of == scene.digest and places:
            session.update_view(StepsView, marks=tuple(sorted(set(places))), reveal=True, of=of)

    marks = scene.shown.marks
    data: dict[str, Any] = {
        "digest": scene.digest,
        "words": names(scene.activations),
        "marks": list(marks),
        "twins": None if hidden else [twin(scene, variant) for variant in attentive(scene.experiment)],
        "texts": {
            "heading": _("Which words does the classifier look at most? Mark them.")
            if hidden
            else _("Your words beside the classifier's"),
            "reveal": _("Reveal the weights"),
            "key": _(
                "✓ and underlined: yours. Framed: as many words of the classifier's, those with the largest weights."
            ),
        },
    }
    prediction(data, key="prediction", on_reveal=reveal)


def twin(scene: LessonSentence, variant: str) -> dict[str, Any]:
    """Return how the marks compare with what a variant looks at."""
    found: Explanation = experiments.explain(scene.experiment.name, scene.text, variant, "subword")
    both = reweighting.overlap(found.weights, scene.shown.marks)
    said = _("{hits} of {count} are the same: overlap {share}, {word}. Your words have {attention} of the attention.")
    return {
        "id": variant,
        "name": _(variant),
        "weights": [number(float(weight)) for weight in settle(found.weights, 1)],
        "levels": palette.attention_levels(found.weights),
        "top": list(both.top),
        "said": said.format(
            hits=both.hits,
            count=len(both.marked),
            share=number(both.share),
            word=in_a_word(both.share),
            attention=number(both.attention),
        ),
    }


def in_a_word(share: float) -> str:
    """Say what an overlap means."""
    if share == 1:
        return _("the very same")
    if share > 0.5:
        return _("much alike")
    return _("something in common") if share else _("nothing in common")


page()
