"""The copy button. Where a browser keeps its clipboard shut (behind plain http), the text stands there, selected."""

from __future__ import annotations

from collections.abc import Mapping

from attnviz.heatmap.display import Translate
from attnviz.ui.components.base import component


def copy_link(settled: Mapping[str, str], *, key: str, translate: Translate) -> None:
    """Draw a button that copies the page's link, with those `settled` parameters that the address bar leaves out."""
    _ = translate
    _mount({"text": None, "settled": dict(settled), "texts": _texts(_("Copy link"), translate)}, key=key)


def copy_text(text: str, *, key: str, translate: Translate) -> None:
    """Draw a text in a field, with a button that copies it."""
    _ = translate
    _mount({"text": text, "settled": {}, "texts": _texts(_("Copy"), translate)}, key=key)


def _texts(label: str, translate: Translate) -> dict[str, str]:
    _ = translate
    return {
        "label": label,
        "field": _("What is copied"),
        "done": _("Copied"),
        "refused": _("This browser does not let the page copy: the text is selected, copy it with Ctrl+C."),
    }


_mount = component("copy_text")
