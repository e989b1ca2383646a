"""The Self-attention page: every word asks every other, with the true numbers of the sentence on screen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from attnviz.model.experiment import Experiment
from attnviz.model.variants import TRANSFORMER
from attnviz.ui import pages, session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.background import EVERY
from attnviz.ui.components.heatmap.heatmap import digest
from attnviz.ui.components.lesson.asking import WAYS, Chosen, asking_matrix
from attnviz.ui.components.lesson.lesson import pictures
from attnviz.ui.components.text_box.text_box import text_box
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.lesson import StepContent, fill_screen, heading, remarks, say_no_step, way
from attnviz.ui.pages.one_sentence import say_truncated
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence, asking_variants
from attnviz.ui.pages.self_attention.contents import code, formula, step_content
from attnviz.ui.pages.self_attention.prediction import LAST_HIDDEN, is_hidden, predict
from attnviz.ui.pages.self_attention.sentences import offered
from attnviz.ui.pages.self_attention.texts import STEPS
from attnviz.ui.pages.self_attention.ways import ways
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import SelfAttentionView, restricted

_FIELDS = ("count", "pairs", "heads", "head", "width", "far", "same")  # of the words, where a step has no figures
_READ = 2  # the step at which rows are read word by word: there is something to predict


def page() -> None:
    """Draw the page from top to bottom."""
    pages.switch()
    if experiment := session.chosen():
        lesson(experiment)


@fragment
def lesson(experiment: Experiment) -> None:
    """Draw all that a step or a sentence changes: the part that runs alone for a new one."""
    asked = session.current_view(SelfAttentionView)
    readers = asking_variants(experiment)
    if not readers:
        elsewhere(experiment)
        return
    if asked.present:
        fill_screen()
    with st.container(key="stage"):
        stage(asked, experiment, readers[0])


def elsewhere(experiment: Experiment) -> None:
    """Say that an experiment has no self-attention, and offer one that has."""
    line = _("{experiment} has no classifier with self-attention: its variants read with an LSTM.")
    say(line.format(experiment=experiment.name), st.info)
    there = [name for name in experiments.names() if not experiments.fault(name)]
    there = [name for name in there if any(_asks(name))]
    for name in there:
        label = escape_markdown(_("Take {experiment}").format(experiment=name))
        st.button(label, key=f"take_{name}", on_click=partial(take, name))
    if not there:
        line = _("The page Train makes one: choose the variant “{variant}” there.")
        say(line.format(variant=_(TRANSFORMER)), st.info)


def take(name: str) -> None:
    """Open an experiment, with a sentence in its language."""
    session.update_view(SelfAttentionView, experiment=name, text=None)


def _asks(name: str) -> list[bool]:
    about, _figures = experiments.described(name)
    return [config.encoder == "transformer" for config in about.variants.values()]


def stage(asked: SelfAttentionView, experiment: Experiment, reader: str) -> None:
    """Draw the sentence, the way through the steps, and one of them."""
    examples = offered(experiment)
    text = examples[0].text if asked.text is None else asked.text
    of = digest(f"{experiment.name}\n{text}")[:8]
    shown = validated(asked, experiment, text, reader, of)
    fits = session.update_url(shown)
    sentence = AskedSentence(experiment, text, shown, of, reader)
    with st.container(horizontal=True, key="lesson_sentence"):
        text_box(
            text,
            examples,
            key="asking_box",
            sentences=experiment.language,
            translate=session.translation(),
            on_typed=lambda typed: session.update_view(
                SelfAttentionView, text=None if typed == examples[0].text else typed
            ),
        )
        with st.container(key="lesson_switches", width="content", gap="small"):
            controls(shown)
    way(shown, STEPS)
    warn(asked, shown, sentence, fits)
    if not sentence.whole.tokens:
        st.info(_("There is no word to read here. Type a sentence and press Enter."))
        return
    if sentence.whole.truncated:
        say_truncated(sentence.whole.max_tokens, sentence.whole.total_tokens)
    with st.container(key="lesson"):
        screen(sentence)


def validated(asked: SelfAttentionView, experiment: Experiment, text: str, reader: str, of: str) -> SelfAttentionView:
    """Return the view with everything that is not there, or belongs to another sentence, set back."""
    bare = AskedSentence(experiment, text, asked, of, reader)
    heads = range(1, len(bare.heads) + 1)
    shown = replace(
        restricted(asked, step=range(1, len(STEPS) + 1), way=WAYS, head=range(len(bare.heads) + 1)),
        off=tuple(at for at in asked.off if at in heads),
    )
    if shown.of != of:
        return replace(shown, spot=-1, marks=(), reveal=0, of="")
    count = len(bare.whole.tokens)
    marks = tuple(place for place in shown.marks if place < count)
    shown = replace(
        shown, spot=shown.spot if shown.spot < count else -1, marks=marks, reveal=shown.reveal if marks else 0
    )
    return shown if shown.spot >= 0 or shown.marks else replace(shown, of="")


def warn(asked: SelfAttentionView, shown: SelfAttentionView, sentence: AskedSentence, fits: bool) -> None:
    """Say what the link asks for in vain."""
    if asked.step != shown.step:
        say_no_step(asked.step, len(STEPS))
    lost = [at for at in (*asked.off, asked.head) if at not in range(len(sentence.heads) + 1)]
    lost += [0] if 0 in asked.off else []
    if lost:
        line = _("There is no head {head}: this classifier has {count}, counted from 1.")
        say(line.format(head=lost[0], count=len(sentence.heads)), st.warning)
    if asked.of == sentence.digest and asked.spot >= len(sentence.whole.tokens) > 0:
        line = _("There is no word {place}: the sentence has {count}.")
        say(line.format(place=asked.spot + 1, count=len(sentence.whole.tokens)), st.warning)
    if not fits:
        say(_("This text is too long for a link: the address bar tells the rest of this view only."))


def controls(shown: SelfAttentionView) -> None:
    """Draw the switches: whether to predict, and the way to the projector."""
    with st.container(horizontal=True, key="lesson_controls"):
        if shown.predict:
            st.button(
                _("End predicting"),
                icon=":material/visibility:",
                on_click=partial(session.update_view, SelfAttentionView, predict=False, marks=(), reveal=0),
            )
        else:
            step = shown.step if _READ <= shown.step <= LAST_HIDDEN else _READ
            st.button(
                _("Predict first"),
                icon=":material/visibility_off:",
                on_click=partial(
                    session.update_view, SelfAttentionView, predict=True, marks=(), reveal=0, step=step, way=WAYS[0]
                ),
                help=_(
                    "Hide the row, mark the words that the word in hand asks, then compare. The link does the same."
                ),
            )
        if not shown.present:
            st.button(
                _("Present"),
                key="to_projector",
                icon=":material/open_in_full:",
                on_click=partial(session.update_view, SelfAttentionView, present=True),
                help=_("Only the lesson, as large as the screen; Escape ends it"),
            )


def screen(sentence: AskedSentence) -> None:
    """Draw one step: on one side what is said, on the other its picture, or what is to be predicted of it."""
    shown, step = sentence.shown, STEPS[sentence.shown.step - 1]
    hidden = is_hidden(shown)
    content = step_content(sentence)
    with st.container(key="lesson_text"):
        figures = {**dict.fromkeys(_FIELDS, "…"), **content.figures}
        heading(shown.step, step, figures, formula(sentence), code(sentence))
        if shown.predict and shown.reveal == shown.step:
            with st.container(key="lesson_prediction"):
                predict(sentence)
        if not (hidden or content.lacks or content.measuring):
            remarks(shown.step, step, content, None if shown.present else partial(ways, sentence, content))
    with st.container(key="lesson_picture"):
        if hidden:
            predict(sentence)
        elif content.measuring:
            wait(sentence)
        elif content.lacks:
            say(content.lacks, st.info)
        else:
            draw(sentence, content)


def draw(sentence: AskedSentence, content: StepContent) -> None:
    """Draw the matrix of a step, and its blocks."""
    count = len(sentence.heads)

    def choose(of: str, field: str, place: int) -> None:
        if of == sentence.digest and field == "spot":
            session.update_view(SelfAttentionView, spot=place, of=of)
        elif of == sentence.digest and field == "head" and place < count:
            session.update_view(SelfAttentionView, head=place + 1)

    def rest(of: str, chosen: Chosen) -> None:
        if of == sentence.digest and chosen.way in WAYS and 0 <= chosen.head <= count:
            session.update_view(SelfAttentionView, spot=chosen.spot, way=chosen.way, head=chosen.head, of=of)

    def turn(of: str, off: tuple[int, ...]) -> None:
        if of == sentence.digest:
            session.update_view(SelfAttentionView, off=tuple(at for at in off if 1 <= at <= count))

    if content.hand:
        asking_matrix(content.hand, key="asking", on_rest=rest, on_turn=turn)
    if content.blocks:
        data = {
            "step": sentence.shown.step,
            "digest": sentence.digest,
            "aside": content.aside,
            "blocks": content.blocks,
        }
        pictures(data, key="board", on_choose=choose)


def wait(sentence: AskedSentence) -> None:
    """Say that this is being measured, and look again until it is."""

    def look() -> None:
        if step_content(sentence).measuring:
            st.info(_("This is being measured on this machine: it takes a few seconds, once."), icon=":material/timer:")
        else:
            st.rerun()

    st.fragment(look, run_every=EVERY)()


page()
