"""The copy button. Where a browser keeps its clipboard shut (behind plain http), the text stands there, selected.

A link can be shown as a QR code as well: that is made here when it is asked for, and drawn in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attnviz.heatmap.display import Translate
from attnviz.ui.components.base import component


def copy_link(
    settled: Mapping[str, str], *, key: str, translate: Translate, asked: str, on_ask: Callable[[str], None]
) -> None:
    """Draw a button that copies the page's link, with those `settled` parameters that the address bar leaves out.

    Another one shows it as a QR code: `on_ask(link)` is called, and the next run brings the link that was `asked` for.
    """
    _ = translate
    texts = {
        **_texts(_("Copy link"), translate),
        "qr": _("QR code"),
        "close": _("Close"),
        "long": _("This link is too long for a QR code: shorten the text, or copy the link."),
        "local": _(
            "This address leads to this machine only. For others, start the server with --server.address 0.0.0.0 and "
            "open the page by the machine's name in the network; then show the code again."
        ),
    }
    data = {"text": None, "settled": dict(settled), "texts": texts, "code": qr_code(asked) if asked else None}
    _mount(data, key=key, on_ask=lambda link: on_ask(str(link)))


def qr_code(link: str) -> dict[str, Any]:
    """Return the squares of a link's QR code, row by row as 0 and 1; no rows if it is too long for one."""
    import segno  # few ask for it

    try:
        code = segno.make_qr(link, error="l")
    except segno.DataOverflowError:
        return {"link": link, "rows": []}
    return {"link": link, "rows": ["".join(str(int(square)) for square in row) for row in code.matrix]}


def copy_text(text: str, *, key: str, translate: Translate) -> None:
    """Draw a text in a field, with a button that copies it."""
    _ = translate
    _mount({"text": text, "settled": {}, "texts": _texts(_("Copy"), translate), "code": None}, key=key)


def _texts(label: str, translate: Translate) -> dict[str, str]:
    _ = translate
    return {
        "label": label,
        "field": _("What is copied"),
        "done": _("Copied"),
        "refused": _("This browser does not let the page copy: the text is selected, copy it with Ctrl+C."),
    }


_mount = component("copy_text")
