"""The Step by step page: the lesson from words to an answer, with the true numbers of the sentence on screen."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from attnviz.analysis import reweighting
from attnviz.analysis.belief.marks import Agreement
from attnviz.heatmap import palette
from attnviz.heatmap.rounding import apportion
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.choices import dropdown, segments
from attnviz.ui.components.heatmap.heatmap import digest
from attnviz.ui.components.lesson.lesson import pictures, prediction, stepper, weights
from attnviz.ui.components.text_box.text_box import text_box
from attnviz.ui.downloads import save
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.glossary import STEPS as STEP_TERMS
from attnviz.ui.pages.glossary import glossary
from attnviz.ui.pages.one_sentence import say_truncated
from attnviz.ui.pages.steps import sentences
from attnviz.ui.pages.steps.attention import HOTTEST
from attnviz.ui.pages.steps.blocks import names, number
from attnviz.ui.pages.steps.contents import formula, step_content
from attnviz.ui.pages.steps.handout import sheet
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence, StepContent, attentive
from attnviz.ui.pages.steps.living_picture import living_picture
from attnviz.ui.pages.steps.texts import STEPS, Step
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import StepsView, restricted

_HAND = re.compile(r"own|uniform|same|shuffle-[1-9][0-9]{0,5}|one-[0-9]{1,5}|[0-9]{1,4}(\.[0-9]{1,4})*")
_SIDE_BY_SIDE = 2  # classifiers; names of more of them would push the buttons into a second row
_HIDDEN = 3  # from this step on there are scores or weights to be seen


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if experiment:
        lesson(experiment)


@fragment
def lesson(experiment: Experiment) -> None:
    """Draw all that a step or a sentence changes: the part that runs alone for a new one."""
    asked = session.current_view(StepsView)
    if asked.present:
        css = Path(__file__).with_name("present.css").read_text(encoding="utf-8")
        st.html(f"<style>{css}</style><i hidden></i>")  # nothing but a style would stay when the presentation ends
    readers = attentive(experiment)
    if not readers:
        st.info(
            _("This experiment has no classifier with attention, and the lesson is about that. Choose another one.")
        )
        return
    offered = sentences.offered(experiment.name)
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
    sentence = LessonSentence(experiment, text, shown, mark(experiment, text))
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
        return replace(shown, spot=-1, hand="", marks=(), reveal=False, of="")
    count = len(experiments.explain(experiment.name, text, shown.reader, "subword", masked=True).tokens)
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
        named = {reader: _(reader) for reader in readers}
        if len(readers) > _SIDE_BY_SIDE:
            dropdown(_("Classifier"), named, shown, "reader", width=190, hidden=True)
        elif len(readers) > 1:
            segments(_("Classifier"), named, shown, "reader", hidden=True)
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


def screen(sentence: LessonSentence) -> None:
    """Draw one step: words and formula, picture, what to notice, and a question."""
    step = STEPS[sentence.shown.step - 1]
    hidden = sentence.shown.predict and not sentence.shown.reveal and sentence.shown.step >= _HIDDEN
    content = StepContent() if hidden else step_content(sentence)
    if sentence.shown.present:
        with st.container(key="read_out"):
            st.text(sentence.text if len(sentence.text) <= 200 else f"{sentence.text[:200]} …")
    if not hidden and (judged := sentences.judged(sentence)):
        st.caption(escape_markdown(judged))
    heading(sentence, step, content)
    if sentence.shown.predict and sentence.shown.step >= _HIDDEN:
        predict(sentence, hidden)
    if hidden:
        return
    if content.lacks:
        say(content.lacks, st.info)
        return
    if content.hand:
        hold(sentence, content.hand)
    if content.blocks:
        draw(sentence, content)
    head = _("Notice")
    st.markdown(f"**{head}:** " + escape_markdown(content.notice or _(step.notice).format(**content.figures)))
    with st.expander(escape_markdown(_(step.question))):
        say(_(step.answer).format(**content.figures), st.markdown)
    if not sentence.shown.present:
        label, language = _("This step as a sheet: HTML to keep or print"), session.language()
        name = f"attnviz-step-{sentence.shown.step}"
        with st.container(horizontal=True, vertical_alignment="center"):
            save("HTML", lambda: sheet(sentence, content, language), "text/html", label, name)
            glossary(sentence.experiment, STEP_TERMS)


def heading(sentence: LessonSentence, step: Step, content: StepContent) -> None:
    """Draw the title, the words and the formula of a step."""
    figures = {**dict.fromkeys(("dim", "half", "terms"), "…"), **content.figures}
    left, right = st.columns([5, 4], vertical_alignment="center")
    with left:
        st.header(f"{sentence.shown.step}. {_(step.title)}", anchor=False)
        say(_(step.words).format(**figures), st.markdown)
    with right:
        st.latex(formula(sentence, figures))


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


def predict(sentence: LessonSentence, hidden: bool) -> None:
    """Draw the words to mark; once revealed, the marks beside what both twins look at."""

    def reveal(of: str, places: list[int]) -> None:
        if of == sentence.digest and places:
            session.update_view(StepsView, marks=tuple(sorted(set(places))), reveal=True, of=of)

    marks = sentence.shown.marks
    data: dict[str, Any] = {
        "digest": sentence.digest,
        "words": names(sentence.activations),
        "marks": list(marks),
        "twins": None if hidden else [twin(sentence, variant) for variant in attentive(sentence.experiment)],
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


def twin(sentence: LessonSentence, variant: str) -> dict[str, Any]:
    """Return how the marks compare with what a variant looks at."""
    found: Explanation = experiments.explain(sentence.experiment.name, sentence.text, variant, "subword", masked=True)
    both = reweighting.overlap(found.weights, sentence.shown.marks)
    said = _("{hits} of {count} are the same: overlap {share}, {word}. Your words have {attention} of the attention.")
    marked = np.isin(np.arange(len(found.tokens)), both.marked)
    order, chance = Agreement.of(found.weights, marked), Agreement.at_random(marked)
    if order and chance:
        early = _("How early your words come by weight: AUPRC {auprc} (1 at best, {random} at random).")
        said += " " + early.format(auprc=number(order.auprc), random=number(chance.auprc))
    return {
        "id": variant,
        "name": _(variant),
        "weights": [number(float(weight)) for weight in apportion(found.weights, 1)],
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
