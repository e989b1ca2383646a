"""What came of behaviour tests: how often each classifier failed, and what the tests are called on the screen."""

from __future__ import annotations

import plotly.graph_objects as go

from attnviz.analysis.behaviour.trial import AnyTest, Trial
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.model.metrics import wilson
from attnviz.ui.charts.style import lying_bars
from attnviz.ui.i18n import msg

LEAST = 20  # cases of a test that is drawn: an interval of fewer would dwarf all others
TITLES = {
    "typing-slips": msg("slips of the keys"),
    "common-misspellings": msg("common misspellings"),
    "apostrophes": msg("apostrophes left out"),
    "contractions": msg("“do not” and “don’t”"),
    "british-american": msg("British and American spelling"),
    "jamo-slips": msg("slips of the Korean keys"),
    "spelt-by-ear": msg("spelt by ear"),
    "spaces-dropped": msg("spaces left out"),
    "spaces-added": msg("spaces put in"),
    "polite-ending": msg("a polite ending"),
    "object-particle": msg("object particle left out"),
    "upper-case": msg("capital letters"),
    "final-mark": msg("full stop at the end"),
    "commas": msg("commas left out"),
    "repeated-marks": msg("more of the same marks"),
    "laughter": msg("longer ㅋㅋ and ㅠㅠ"),
    "names": msg("people’s names exchanged"),
    "places": msg("places exchanged"),
    "weekdays": msg("weekdays exchanged"),
    "numbers": msg("numbers exchanged"),
    "neutral-sentence": msg("a neutral sentence added"),
    "negated-praise": msg("praise negated"),
    "negated-blame": msg("blame negated"),
    "intensifier": msg("a “very” put in"),
    "but": msg("“but” and the opposite"),
    "praise-added": msg("praise added"),
    "blame-added": msg("blame added"),
}
EXPECTED = {
    "same": msg("The answer may not change."),
    "turns": msg("The answer must turn away from “{label}”."),
    "not_surer": msg("It may not become surer of “{label}”."),
    "no_less_sure": msg("It may not become less sure of “{label}”."),
}


def title(test: AnyTest, translate: Translate) -> str:
    """Return what a test is called on the screen; one's own keep their names."""
    return translate(TITLES[test.name]) if test.name in TITLES else test.name


def rates(found: Trial, theme: palette.Theme, translate: Translate) -> go.Figure:
    """Draw a bar a test and variant: the share of cases that it failed, with the 95 % interval."""
    _ = translate
    outcomes = [one for one in found.outcomes if len(one.cases) >= LEAST]
    names = [title(one.test, _) for one in outcomes]
    figure = go.Figure()
    for at, variant in enumerate(found.variants):
        shares = [float(one.failed[variant].mean()) for one in outcomes]
        ends = [wilson(int(one.failed[variant].sum()), len(one.cases)) for one in outcomes]
        figure.add_bar(
            name=_(variant),
            x=shares,
            y=names,
            orientation="h",
            marker_color=palette.CLASSES[(5, 4, 1, 0, 6)[at % 5]],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [max(high - share, 0.0) for share, (_low, high) in zip(shares, ends, strict=True)],
                "arrayminus": [max(share - low, 0.0) for share, (low, _high) in zip(shares, ends, strict=True)],
                "color": palette.INK[theme],
                "thickness": 1,
                "width": 2,
            },
            hovertemplate="%{y}: %{x:.1%}<extra>%{fullData.name}</extra>",
        )
    height = 110 + len(names) * (14 + 13 * len(found.variants))
    figure.update_layout(barmode="group", bargap=0.35, height=height, **lying_bars(theme))
    figure.update_xaxes(tickformat=".0%", rangemode="tozero", fixedrange=True, title={"text": _("cases failed")})
    return figure
