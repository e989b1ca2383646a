"""The text box: a sentence of any number of lines, handed over with Enter, and example sentences under it.

Streamlit's own have one line (and line breaks are lost) or need Ctrl+Enter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attnviz.heatmap.display import Translate
from attnviz.ui.components.base import component
from attnviz.ui.examples import Example

LONGEST = 100_000  # characters: twenty times what a classifier reads, and little enough for a server of thirty


def text_box(
    text: str,
    examples: Sequence[Example],
    *,
    key: str,
    sentences: str,
    translate: Translate,
    on_typed: Callable[[str], None],
    whole: bool = True,
    tell_right: bool = False,
) -> None:
    """Show `text` for editing; `on_typed(text)` is called with what Enter or an example hands over.

    `sentences` is the language of what is typed. What an example shows is said while the text is `whole`: it need not
    be true any more without some of its words. With `tell_right` its right class is said too.
    """
    _ = translate

    def typed(text: str) -> None:
        if len(text) <= LONGEST:  # the browser hands over no more, and says so
            on_typed(text)

    data = {
        "text": text,
        "sentences": sentences,
        "longest": LONGEST,
        "whole": whole,
        "examples": [
            {"text": example.text, "name": _(example.name), "about": _about(example, tell_right, _)}
            for example in examples
        ],
        "texts": {
            "label": _("A sentence of your own (Enter reads it, Shift+Enter starts a new line)"),
            "go": _("Classify"),
            "examples": _("Examples"),
            "long": _(
                "This text of {count} characters is too long: {limit} are read here at most. Shorten it; what is shown "
                "below is still the last one."
            ).format(limit=f"{LONGEST:,}", count="{count}"),
        },
    }
    _mount(data, key=key, on_typed=typed)


def _about(example: Example, tell_right: bool, translate: Translate) -> str:
    """Say what is right, where that is known, and what to look at."""
    _ = translate
    right = _("Right is “{label}”.").format(label=_(example.truth)) if tell_right and example.truth else ""
    return f"{right} {_(example.about) if example.about else ''}".strip()


_mount = component("text_box")
