"""The Step by step page: the lesson from words to an answer, with the true numbers of the sentence on screen."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from attnviz.model.experiment import Experiment
from attnviz.ui import classroom, pages, session
from attnviz.ui.cache import experiments
from attnviz.ui.choices import dropdown, segments
from attnviz.ui.components.heatmap.heatmap import digest
from attnviz.ui.components.lesson.lesson import pictures, weights
from attnviz.ui.components.text_box.text_box import text_box
from attnviz.ui.downloads import save
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.glossary import STEPS as STEP_TERMS
from attnviz.ui.pages.glossary import glossary
from attnviz.ui.pages.lesson import StepContent, fill_screen, heading, remarks, say_no_step, way
from attnviz.ui.pages.one_sentence import say_truncated
from attnviz.ui.pages.self_attention.ways import self_attention_link
from attnviz.ui.pages.steps import sentences
from attnviz.ui.pages.steps.attention import HOTTEST
from attnviz.ui.pages.steps.contents import code, formula, step_content
from attnviz.ui.pages.steps.further import further, to_strike_out
from attnviz.ui.pages.steps.handout import sheet
from attnviz.ui.pages.steps.lesson_kit import lesson_kit, own_sentences
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence, attentive
from attnviz.ui.pages.steps.living_picture import living_picture
from attnviz.ui.pages.steps.prediction import FIRST_HIDDEN, is_hidden, predict
from attnviz.ui.pages.steps.texts import STEPS
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import StepsView, restricted

_HAND = re.compile(r"own|uniform|same|shuffle-[1-9][0-9]{0,5}|one-[0-9]{1,5}|[0-9]{1,4}(\.[0-9]{1,4})*")
_OPINIONS = 9  # the step that asks to take a word away
_SIDE_BY_SIDE = 2  # classifiers; names of more of them would push the buttons into a second row


def page() -> None:
    """Draw the page from top to bottom."""
    pages.switch()
    experiment = session.chosen()
    if experiment:
        classroom.panel(StepsView, partial(here, experiment))
        lesson(experiment)


def here(experiment: Experiment) -> classroom.Here:
    """Return what a round with a class is about that is opened now."""
    shown = session.current_view(StepsView)
    offered = own_sentences(shown) or sentences.offered(experiment.name)
    return classroom.Here(experiment, current(shown, experiment), tuple(one.text for one in offered))


def current(shown: StepsView, experiment: Experiment) -> str:
    """Return the sentence of the lesson: the first one that is offered until there is another."""
    return (own_sentences(shown) or sentences.offered(experiment.name))[0].text if shown.text is None else shown.text


@fragment
def lesson(experiment: Experiment) -> None:
    """Draw all that a step or a sentence changes: the part that runs alone for a new one."""
    classroom.follow()
    asked = session.current_view(StepsView)
    if asked.present:
        fill_screen()
    readers = attentive(experiment)
    if not readers:
        st.info(
            _("This experiment has no classifier with attention, and the lesson is about that. Choose another one.")
        )
        return
    with st.container(key="stage"):
        stage(asked, experiment, readers)


def stage(asked: StepsView, experiment: Experiment, readers: tuple[str, ...]) -> None:
    """Draw the sentence, the way through the steps, and one of them."""
    offered = own_sentences(asked) or sentences.offered(experiment.name)
    text = current(asked, experiment)
    hidden = classroom.hides(text)
    shown = validated(asked, experiment, text, readers)
    fits = session.update_url(shown)
    sentence = LessonSentence(experiment, text, shown, mark(experiment, text))
    with st.container(horizontal=True, key="lesson_sentence"):
        text_box(
            text,
            () if classroom.asks() else offered,
            key="steps_box",
            sentences=experiment.language,
            translate=session.translation(),
            on_typed=lambda typed: session.update_view(StepsView, text=None if typed == offered[0].text else typed),
            whole=not hidden,
        )
        with st.container(key="lesson_switches", width="content", gap="small"):
            controls(sentence, readers)
            if not (hidden or is_hidden(shown)) and (judged := sentences.judged(sentence)):
                st.caption(escape_markdown(judged))
    way(shown, STEPS, still=shown.present and classroom.covers())
    warn(asked, shown, fits)
    if hidden:
        classroom.say_hidden()
        return
    if not sentence.explanation.tokens:
        st.info(_("There is no word to read here. Type a sentence and press Enter."))
        return
    if sentence.explanation.truncated:
        say_truncated(sentence.explanation.max_tokens, sentence.explanation.total_tokens)
    if experiment.about.padded_to:
        st.caption(
            _(
                "This model reads padding like words. The lesson shows it without, so its figures are not those that "
                "it answers with."
            )
        )
    with st.container(key="picture"):
        living_picture(sentence)
    with st.container(key="lesson"):
        screen(sentence)


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
        return replace(shown, spot=-1, hand="", marks=(), reveal=0, of="")
    count = len(experiments.explain(experiment.name, text, shown.reader, "subword", masked=True).tokens)
    hand = shown.hand if _HAND.fullmatch(shown.hand) else ""
    marks = tuple(place for place in shown.marks if place < count)
    revealed = shown.step if shown.reveal == 1 else shown.reveal  # links of before say no more than that it was
    shown = replace(
        shown,
        spot=shown.spot if shown.spot < count else -1,
        hand="" if hand == "own" else hand,
        marks=marks,
        reveal=revealed if marks else 0,
    )
    return shown if shown.spot >= 0 or shown.hand or shown.marks else replace(shown, of="")


def warn(asked: StepsView, shown: StepsView, fits: bool) -> None:
    """Say what the link asks for in vain."""
    if asked.step != shown.step:
        say_no_step(asked.step, len(STEPS))
    if asked.heat != shown.heat:
        line = _("A temperature lies between 0 and {limit}: this is 1.")
        say(line.format(limit=f"{HOTTEST:g}"), st.warning)
    if not fits:
        say(_("This text is too long for a link: the address bar tells the rest of this view only."))


def controls(sentence: LessonSentence, readers: tuple[str, ...]) -> None:
    """Draw the switches: which classifier, whether to predict, and the way to the projector, or from there."""
    shown = sentence.shown
    with st.container(horizontal=True, key="lesson_controls"):
        named = {reader: _(reader) for reader in readers}
        if len(readers) > _SIDE_BY_SIDE:
            dropdown(_("Classifier"), named, shown, "reader", width=190, hidden=True)
        elif len(readers) > 1:
            segments(_("Classifier"), named, shown, "reader", hidden=True)
        if shown.predict:
            st.button(
                _("End predicting"),
                icon=":material/visibility:",
                on_click=partial(session.update_view, StepsView, predict=False, marks=(), reveal=0),
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
                    reveal=0,
                    step=max(shown.step, FIRST_HIDDEN + 1),
                ),
                help=_("Hide the weights, mark the words you would look at, then compare. The link does the same."),
            )
        if not shown.present:
            st.button(
                _("Present"),
                key="to_projector",
                icon=":material/open_in_full:",
                on_click=partial(session.update_view, StepsView, present=True),
                help=_("Only the lesson, as large as the screen; Escape ends it"),
            )
        elif shown.step == _OPINIONS:  # in a row that has room for one of both
            to_strike_out(sentence)
        else:
            classroom.door(StepsView, key="class_door_presented")  # the menu is not to be seen


def screen(sentence: LessonSentence) -> None:
    """Draw one step: on one side what is said, on the other its picture, or what is to be predicted of it."""
    shown, step = sentence.shown, STEPS[sentence.shown.step - 1]
    hidden = is_hidden(shown)
    content = StepContent() if hidden else step_content(sentence)
    revealed = shown.predict and shown.reveal == shown.step
    with st.container(key="lesson_text"):
        figures = {**dict.fromkeys(("dim", "half", "terms"), "…"), **content.figures}
        heading(shown.step, step, figures, formula(sentence, figures), code(sentence))
        if revealed:
            with st.container(key="lesson_prediction"):
                predict(sentence)
        if not hidden and not content.lacks:
            remarks(shown.step, step, content, None if shown.present else partial(ways, sentence, content))
    with st.container(key="lesson_picture"):
        if hidden:
            predict(sentence)
        elif content.lacks:
            say(content.lacks, st.info)
        elif content.hand:
            hold(sentence, content.hand)
        if content.blocks:
            draw(sentence, content)


def ways(sentence: LessonSentence, content: StepContent) -> None:
    """Draw what leads on from a step, and what can be taken away."""
    label, language = _("This step as a sheet: HTML to keep or print"), session.language()
    further(sentence, content.deeper)
    if sentence.shown.step == len(STEPS):
        self_attention_link(sentence.text)
    save("HTML", lambda: sheet(sentence, content, language), "text/html", label, f"attnviz-step-{sentence.shown.step}")
    lesson_kit(sentence)
    glossary(sentence.experiment, STEP_TERMS)


def draw(sentence: LessonSentence, content: StepContent) -> None:
    """Draw the blocks of a step."""

    def choose(of: str, field: str, place: int) -> None:
        if of != sentence.digest:
            return
        if field == "spot":
            session.update_view(StepsView, spot=place, of=of)
        elif field == "side" and place < len(sentence.experiment.labels):
            session.update_view(StepsView, side=sentence.experiment.labels[place])

    data = {"step": sentence.shown.step, "digest": sentence.digest, "aside": content.aside, "blocks": content.blocks}
    pictures(data, key="board", on_choose=choose)


def hold(sentence: LessonSentence, payload: dict[str, Any]) -> None:
    """Draw the weights to turn."""

    def taken(of: str, hand: str, temperature: float) -> None:
        if of == sentence.digest and _HAND.fullmatch(hand) and 0 <= temperature <= HOTTEST:
            session.update_view(StepsView, heat=temperature, hand="" if hand == "own" else hand, of=of)

    data = {"step": sentence.shown.step, "digest": sentence.digest, **payload}
    weights(data, key="hand_drawn", on_taken=taken)


page()
