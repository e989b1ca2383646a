"""Heat-maps as an HTML page that stands alone, and what renders every such page.

A page is light whatever surrounds it, needs nothing from outside, and has what people typed as text, never as markup.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attnviz.heatmap import palette
from attnviz.heatmap.display import visible
from attnviz.heatmap.heatmap import Heatmap

if TYPE_CHECKING:
    import jinja2

FONT = "'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"


def page(heatmaps: Sequence[Heatmap]) -> str:
    """Return one page with the heat-maps one below the other."""
    return render("heatmap/page.html.j2", heatmaps=heatmaps)


def render(template: str, **values: Any) -> str:
    """Fill a template of the package; what it does not call safe goes in as text that can be seen."""
    return _environment().get_template(template).render(values)


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2  # here, for the first picture on the screen does without

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("attnviz", ""),
        autoescape=True,
        finalize=lambda value: value if hasattr(value, "__html__") else visible(str(value)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "FONT": FONT,
        "INK": palette.INK["light"],
        "MUTED": palette.MUTED["light"],
        "RULE": palette.LINE["light"],
        "PAPER": palette.PAPER["light"],
        "ACCENT": palette.ACCENT["light"],
    }
    return environment
