"""How often the classifiers of an experiment are right, as its folder says."""

from __future__ import annotations

from attnviz.heatmap.display import Translate
from attnviz.model.about import About
from attnviz.model.metrics import Metrics
from attnviz.model.storage import Figures
from attnviz.model.variants import display_name
from attnviz.ui.i18n import NO_BREAK


def on_all(figures: Figures) -> dict[str, Metrics]:
    """Return the figures on all test rows, by variant, of those that have some."""
    return {variant: groups["all"] for variant, groups in figures.items() if "all" in groups}


def interval(test: Metrics) -> str:
    """Return the 95 % interval of an accuracy."""
    return between(*test.interval)


def between(low: float, high: float) -> str:
    """Return a span of shares, in one piece."""
    return f"{low:.1%}\u00a0–{NO_BREAK}\u00a0{high:.1%}"  # a phone is not to break it in two: after a dash it may


def reached(about: About, figures: Figures, translate: Translate) -> str:
    """Say how often each variant is right, on which rows, and how sure that is; nothing if nobody tested it."""
    _ = translate
    tested = on_all(figures)
    if not tested:
        return ""
    each = [
        f"{display_name(variant, _)}\u00a0{test.accuracy:.1%}\u00a0({interval(test)})".replace("-", f"-{NO_BREAK}")
        for variant, test in tested.items()
    ]
    return _("Right on the {count} test rows of {data}: {reached}. In brackets the 95% interval.").format(
        count=f"{max(test.n for test in tested.values()):,}", data=about.data.name, reached="\u00a0· ".join(each)
    )
