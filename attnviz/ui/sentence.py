"""The Sentence page: type a sentence, see what each classifier looks at, strike words out, compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from attnviz import picture, shading
from attnviz.experiment import Experiment
from attnviz.explain import Explanation
from attnviz.ui import session
from attnviz.ui.box import box
from attnviz.ui.examples import examples
from attnviz.ui.heatmap import Reading, digest, heatmap
from attnviz.ui.i18n import catalogue
from attnviz.ui.session import _
from attnviz.ui.view import SentenceView

_MANY_LABELS = 4  # more do not fit a row of buttons


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if experiment is None:
        return
    shown = settled(session.view(SentenceView), experiment)
    fits = session.link(shown)
    offered = examples(experiment.language)
    text = offered[0].text if shown.text is None else shown.text
    box(
        text,
        offered,
        key="box",
        language=session.language(),
        sentences=experiment.language,
        translate=_,
        on_typed=lambda typed: session.change(text=None if typed == offered[0].text else typed, without=()),
    )
    controls(shown, experiment, text)
    if shown.pin is not None:
        sentence(shown, experiment, shown.pin, shown.pin_without, "pin_without", _("Pinned"))
    readings = sentence(shown, experiment, text, shown.without, "without")
    if not fits:
        st.caption(
            session.plain(
                _("This text is too long for a link: the address bar opens the rest of this view without it.")
            )
        )
    if readings:
        numbers(shown, [reading.now for reading in readings])


def settled(shown: SentenceView, experiment: Experiment) -> SentenceView:
    """Return the view with everything that this experiment does not know set back to what it has."""
    standard = SentenceView.variants
    variants = tuple(variant for variant in experiment.variants if variant in (shown.variants or standard))
    return replace(
        shown,
        variants=variants
        or tuple(variant for variant in experiment.variants if variant in standard)
        or experiment.variants,
        shade=shown.shade if shown.shade in experiment.labels else SentenceView.shade,
        unknown=shown.unknown if shown.unknown in ("subword", "unk") else SentenceView.unknown,
    )


def controls(shown: SentenceView, experiment: Experiment, text: str) -> None:
    """Draw the switches: what colours the words, which variants, how unknown words are read, and the pin."""

    def by(shade: str) -> str:
        return _("attention") if shade == shading.ATTENTION else _("contribution to “{label}”").format(label=_(shade))

    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        shades = [shading.ATTENTION, *experiment.labels]
        if len(experiment.labels) > _MANY_LABELS:
            st.selectbox(_("Shade by"), shades, format_func=by, width=260, **session.bound(shown, "shade"))
        else:
            st.segmented_control(_("Shade by"), shades, format_func=by, required=True, **session.bound(shown, "shade"))
        st.segmented_control(
            _("Classifiers"),
            experiment.variants,
            selection_mode="multi",
            format_func=_,
            **session.bound(shown, "variants"),
        )
        st.segmented_control(
            _("Unknown words as"),
            ["subword", "unk"],
            format_func={"subword": _("subwords"), "unk": "\\<unk\\>"}.__getitem__,
            required=True,
            **session.bound(shown, "unknown"),
        )
        if shown.pin is None:
            pinned = {"pin": text, "pin_without": shown.without}
            st.button(
                _("Pin"),
                icon=":material/keep:",
                on_click=session.change,
                kwargs=pinned,
                help=_("Keep this sentence above while you edit it"),
            )
        else:
            st.button(
                _("Unpin"), icon=":material/keep_off:", on_click=session.change, kwargs={"pin": None, "pin_without": ()}
            )


def sentence(
    shown: SentenceView, experiment: Experiment, text: str, without: tuple[int, ...], field: str, heading: str = ""
) -> list[Reading]:
    """Draw one sentence as every chosen variant reads it; clicks change the view's `field`."""
    readings = [read(experiment, text, variant, shown.unknown, without) for variant in shown.variants]
    whole = readings[0].whole
    if not whole.tokens:
        st.info(_("There is no word to read here. Type a sentence and press Enter."))
        return []

    def strike(of: str, places: list[int]) -> None:
        if of == digest(text):
            session.change(**{field: tuple(places)})

    if whole.truncated:
        limit = _("The classifier reads the first {limit} of {total} words and marks.")
        st.caption(limit.format(limit=whole.max_tokens, total=whole.total_tokens))
    heatmap(
        readings,
        shown.shade,
        key=f"heatmap_{field}",
        translate=_,
        on_strike=strike,
        heading=heading,
        legend=not heading,
    )
    return readings


def read(experiment: Experiment, text: str, variant: str, unknown: str, without: tuple[int, ...]) -> Reading:
    """Return what a variant makes of the text, and of it without the struck words."""
    explain = partial(session.explain, experiment.name, text, variant, unknown)
    whole = explain()
    struck = tuple(place for place in without if place < len(whole.tokens))
    return Reading(whole, explain(struck) if struck else None)


def numbers(shown: SentenceView, explanations: list[Explanation]) -> None:
    """Draw what is below the fold: the chart, the table, and everything to take away."""
    with st.expander(
        _("Chart: the weights of all classifiers, word by word"),
        icon=":material/bar_chart:",
        **session.bound(shown, "chart"),
    ) as chart:
        if chart.open:
            from attnviz import charts  # plotly: nobody waits for it who does not look

            st.plotly_chart(
                charts.weights(explanations, _),
                width="stretch",
                key="weights",
                alt=_("Bars: the attention weight of each word"),
            )
    frame = partial(table, explanations)
    with st.expander(_("Table: every number"), icon=":material/table:", **session.bound(shown, "table")) as rows:
        if rows.open:
            st.dataframe(frame(), hide_index=True, width="stretch", column_config=headings(explanations[0]))
    translate = catalogue(session.language()).gettext
    with st.container(horizontal=True, vertical_alignment="center", key="take"):
        st.markdown(_("Take away"), width="content")
        save("CSV", lambda: frame().to_csv(index=False).encode("utf-8-sig"), "text/csv")
        save("HTML", lambda: picture.page(explanations, shown.shade, translate), "text/html")
        save("SVG", lambda: picture.sheet(explanations, shown.shade, translate), "image/svg+xml")


def save(kind: str, data: Callable[[], str | bytes], mime: str) -> None:
    """Offer a file that is made when it is asked for."""
    st.download_button(
        kind, data, f"attnviz.{kind.lower()}", mime, key=f"save_{kind}", icon=":material/download:", on_click="ignore"
    )


def table(explanations: list[Explanation]) -> pd.DataFrame:
    """Return the tables of all variants one below the other."""
    return pd.concat([one.to_frame().assign(variant=one.variant) for one in explanations], ignore_index=True).pipe(
        lambda frame: frame[["variant", *frame.columns.drop("variant")]]
    )


def headings(explanation: Explanation) -> dict[str, str]:
    """Return the translated heads of the table's columns."""
    heads = {
        "variant": _("classifier"),
        "token": _("word"),
        "start": _("from"),
        "end": _("to"),
        "known": _("in the vocabulary"),
        "score": _("score e"),
        "weight": _("attention weight α"),
    }
    for label in explanation.labels:
        heads[f"vote {label}"] = _("vote: {label}").format(label=_(label))
        heads[f"contribution {label}"] = _("contribution: {label}").format(label=_(label))
    return heads


page()
