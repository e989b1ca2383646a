"""The page of a phone, in the language asked for, its CSS and script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from attnviz.heatmap.display import Translate

POLICY = "default-src 'none'; frame-ancestors 'none'"


def page(translate: Translate, language: str, base: str, languages: Mapping[str, str], code: str = "") -> str:
    """Return the page for a class's `code`, or the one that asks for it; `languages` names those of the screen."""
    del translate, base, languages
    return f'<!doctype html><html lang="{language}"><title>attnviz</title><body>{escape(code)}</body></html>'


def script() -> str:
    """Return what runs in the page."""
    return ""


def style() -> str:
    """Return the page's CSS."""
    return ""
