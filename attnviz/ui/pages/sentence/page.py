"""The Sentence page: type a sentence, see what each classifier looks at, strike words out, compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from attnviz.analysis.attention_history import AttentionHistory
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation, note_on_spaces
from attnviz.ui import classroom, pages, session
from attnviz.ui.accuracies import reached
from attnviz.ui.cache.histories import history as history_of
from attnviz.ui.choices import dropdown, segments
from attnviz.ui.components.heatmap.epochs import payload as epochs_payload
from attnviz.ui.components.heatmap.heatmap import DOUBT, Ablation, digest, heatmap
from attnviz.ui.components.text_box.text_box import text_box
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.glossary import glossary
from attnviz.ui.pages.one_sentence import believe, judge, say_strange, say_truncated, shades
from attnviz.ui.pages.sentence import epochs
from attnviz.ui.pages.sentence.beside import beside, choice, classifiers_of, reader
from attnviz.ui.pages.sentence.evidence import shown_examples
from attnviz.ui.pages.sentence.examination import examination
from attnviz.ui.pages.sentence.living_picture import living_picture
from attnviz.ui.pages.sentence.numbers import numbers
from attnviz.ui.pages.sentence.sharing import fooled
from attnviz.ui.pages.steps.further import step_link
from attnviz.ui.second import second
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import SentenceView, restricted

_MANY_LABELS = 4  # more do not fit a row of buttons


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if experiment:
        classroom.panel(SentenceView, partial(here, experiment))
        introduction(experiment)
        controls(validated(session.current_view(SentenceView), experiment), experiment)
        reading(experiment)


def introduction(experiment: Experiment) -> None:
    """Say what this is, and what it is not, and offer what its words mean."""
    said = _("Type a sentence: classifiers judge it and light up the words they looked at.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="introduction"):
        st.caption(f"{said} {_(DOUBT)}", width="stretch")
        glossary(experiment)


def here(experiment: Experiment) -> classroom.Here:
    """Return what a round with a class is about that is opened now."""
    offered = shown_examples(experiment.name)
    others = tuple(one.text for one in (*offered, *epochs.probes(experiment, offered)))
    return classroom.Here(experiment, current(session.current_view(SentenceView), experiment), others)


@fragment
def reading(experiment: Experiment) -> None:
    """Draw the text box and what is read in it: the part that runs alone for a new sentence or a struck word."""
    pages.switch()
    classroom.follow()
    shown = validated(session.current_view(SentenceView), experiment)
    fits = session.update_url(shown)
    text = current(shown, experiment)
    offered = shown_examples(experiment.name)
    offered += epochs.probes(experiment, offered)
    hidden = classroom.hides(text) or classroom.hides(shown.pin or "")
    text_box(
        text,
        () if classroom.asks() else offered,
        key="box",
        sentences=experiment.language,
        translate=session.translation(),
        on_typed=lambda typed: session.update_view(
            SentenceView, text=None if typed == offered[0].text else typed, without=(), epoch=None
        ),
        whole=not shown.without and not hidden,
        tell_right=True,
    )
    if hidden:
        classroom.say_hidden()
        return
    history = history_of(experiment.name, text)
    if history and not set(shown.variants) <= history.variants.keys():
        history = None  # one of them was stopped before it had learned as long as the others
    heading = _("Now") if shown.pin is not None else ""
    judgements = sentence(shown, experiment, text, shown.without, "without", heading, history)
    others = against(shown, experiment, judgements, "without", heading)
    pinned: list[Ablation] = []
    if shown.pin is not None:  # below, so that what was just typed is in sight
        pinned = sentence(shown, experiment, shown.pin, shown.pin_without, "pin_without", _("Pinned"))
        pinned += against(shown, experiment, pinned, "pin_without", _("Pinned"))
    believe([*judgements, *others, *pinned])
    if not fits:
        say(_("This text is too long for a link: the address bar tells the rest of this view only."))
    if judgements:
        living_picture(shown, experiment, judgements)
        fooled(replace(shown, text=text), judgements)
        examination(shown, [one.now for one in (*judgements, *others)])
        epochs.growing(shown, experiment, history)
        numbers(shown, [one.now for one in (*judgements, *others)], lambda: every(shown, experiment, judgements[0]))
    if said := reached(experiment.about, experiment.figures, session.translation()):
        say(said)
    step_link(4)


def every(shown: SentenceView, experiment: Experiment, whole: Ablation) -> list[Explanation]:
    """Return what all variants make of the sentence, those of the second experiment too."""
    other = second(shown, experiment)
    asked = partial(
        judge, experiment, whole.whole.text, unknown=shown.unknown, without=whole.struck, masked=shown.masked
    )
    found = [asked(variant=variant).now for variant in experiment.variants]
    if other:
        theirs = reader(shown, other, whole)
        found += [theirs(variant=variant).now for variant in other.variants]
    return found


def against(
    shown: SentenceView, experiment: Experiment, judgements: Sequence[Ablation], field: str, heading: str
) -> list[Ablation]:
    """Draw the sentence as the second experiment reads it, if there is one and there are words to read."""
    other = second(shown, experiment)
    if other is None or not judgements:
        return []
    named = " · ".join(filter(None, (heading, other.name)))
    return beside(shown, experiment, other, judgements[0], field, named, _is_last(shown, field))


def _is_last(shown: SentenceView, field: str) -> bool:
    """Say whether the sentence whose struck words a field counts is the lower one."""
    return field == ("without" if shown.pin is None else "pin_without")


def current(shown: SentenceView, experiment: Experiment) -> str:
    """Return the sentence on the page: the first example until there is another."""
    return shown_examples(experiment.name)[0].text if shown.text is None else shown.text


def validated(shown: SentenceView, experiment: Experiment) -> SentenceView:
    """Return the view with everything that this experiment does not know set back to what it has."""
    standard = SentenceView.variants
    variants = tuple(variant for variant in experiment.variants if variant in (shown.variants or standard))
    usual = tuple(variant for variant in experiment.variants if variant in standard)
    shown = replace(shown, variants=variants or usual or experiment.variants, pin=shown.pin or None)
    shown = replace(shown, masked=shown.masked and experiment.about.padded_to is not None)
    return restricted(shown, shade=experiment.labels, unknown=("subword", "unk"))


def controls(shown: SentenceView, experiment: Experiment) -> None:
    """Draw the switches: what colours the words, which variants, how unknown words are read, and the pin."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        names = shades(experiment)
        if len(experiment.labels) > _MANY_LABELS:
            dropdown(_("Shade by"), names, shown, "shade", width=260)
        else:  # the other one takes no Markdown
            escaped = {shade: escape_markdown(name) for shade, name in names.items()}
            segments(_("Shade by"), escaped, shown, "shade")
        variants, other = {variant: _(variant) for variant in experiment.variants}, second(shown, experiment)
        label = classifiers_of(experiment) if other else _("Classifiers")
        segments(label, variants, shown, "variants", several=True)
        if other:
            choice(shown, other)
        if experiment.vectors.buckets:  # without n-grams there is one way
            ways = {"subword": _("subwords"), "unk": escape_markdown("<unk>")}
            segments(_("Unknown words as"), ways, shown, "unknown")
        if limit := experiment.about.padded_to:
            hint = _(
                "It was trained without a mask: every text is filled up to {limit} positions, and the padding is read "
                "like words. This shows what the same numbers say if it takes no part."
            )
            st.toggle(
                _("Without padding"), help=hint.format(limit=f"{limit:,}"), **session.widget_args(shown, "masked")
            )
        if shown.pin is None:
            hint = _("Keep this sentence on the page, below the one you edit")
            st.button(_("Pin"), icon=":material/keep:", on_click=pin, args=(experiment,), help=hint)
        else:
            st.button(
                _("Unpin"),
                icon=":material/keep_off:",
                on_click=partial(session.update_view, SentenceView, pin=None),
            )


def pin(experiment: Experiment) -> None:
    """Pin what is on the page at the moment."""
    shown = session.current_view(SentenceView)
    session.update_view(SentenceView, pin=current(shown, experiment), pin_without=shown.without)


def sentence(
    shown: SentenceView,
    experiment: Experiment,
    text: str,
    without: tuple[int, ...],
    field: str,
    heading: str = "",
    history: AttentionHistory | None = None,
) -> list[Ablation]:
    """Draw one sentence as every chosen variant reads it; clicks change the view's `field`.

    With a `history` a slider moves it through the epochs.
    """
    asked = partial(judge, experiment, text, unknown=shown.unknown, without=without, masked=shown.masked)
    judgements = [asked(variant=variant) for variant in shown.variants]
    whole = judgements[0].whole
    if not whole.tokens:
        st.info(_("There is no word to read here. Type a sentence and press Enter."))
        return []

    def strike(of: str, places: list[int]) -> None:
        if of == digest(text):
            session.update_view(SentenceView, **{field: tuple(places)}, epoch=None)

    def examine(variant: str) -> None:
        session.update_view(SentenceView, belief=True, examined=variant)

    say_strange(whole, experiment)
    if whole.unspaced:
        say(note_on_spaces(session.translation()))
    if whole.truncated:
        say_truncated(whole.max_tokens, whole.total_tokens)
    moved, other = epochs.moving(shown, history, without), second(shown, experiment)
    heatmap(
        judgements,
        shown.shade,
        key=f"heatmap_{field}",
        translate=session.translation(),
        on_strike=strike,
        on_open=pages.open_word,
        history=epochs_payload(moved, shown.variants, shown.epoch, session.translation()) if moved else None,
        on_examine=None if field == "pin_without" else examine,
        on_epoch=lambda at: session.update_view(SentenceView, epoch=at if moved and at <= moved.epochs else None),
        heading=" · ".join(filter(None, (heading, experiment.name))) if other else heading,
        legend=other is None and _is_last(shown, field),  # under the last picture
        doubt=False,  # the introduction says it
    )
    return judgements


page()
