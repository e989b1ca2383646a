"""A picture drawn from SVG, and a button that saves it as PNG: what chats and slides take."""

from __future__ import annotations

from attnviz.heatmap.display import Translate
from attnviz.ui.components.base import component


def picture(svg: str, about: str, name: str, *, key: str, translate: Translate) -> None:
    """Draw an SVG for who cannot see it `about` something, and offer it as the file `name`.png."""
    _ = translate
    _mount({"svg": svg, "about": about, "file": f"{name}.png", "save": _("Save the picture (PNG)")}, key=key)


_mount = component("picture")
