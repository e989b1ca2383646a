"""What every answer of the server tells a browser to keep to: nothing from elsewhere, no page of others around ours.

Whose pages may hold ours in a frame all the same, `ATTNVIZ_FRAMED_BY` says: addresses as in
`https://huggingface.co`, several with blanks between them. The page that takes the owner's key nobody may frame.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "Content-Security-Policy"
FRAMED_BY = "ATTNVIZ_FRAMED_BY"
_NOBODY = "'none'"
_ADDRESS = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:[0-9]+)?", re.IGNORECASE)
_SOURCES = {
    "default-src": "'self'",
    "script-src": "'self' blob:",  # as blobs Streamlit hands out the scripts of our components
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' ws: wss:",  # 'self' does not mean the websocket in every browser
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
_OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def framed_by() -> str:
    """Return whose pages may frame ours, as the policy says it."""
    given = os.environ.get(FRAMED_BY, "").split()
    if wrong := [one for one in given if not _ADDRESS.fullmatch(one)]:
        sys.stderr.write(
            f"\n  {FRAMED_BY}: “{wrong[0]}” is no address like https://example.org: nobody frames the pages.\n"
        )
    return _NOBODY if wrong or not given else " ".join(given)


def policy(page: str, framed_by: str = _NOBODY) -> str:
    """Return the policy of a page of HTML: its own inline scripts may run, known by their hashes, and no other."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join([_SOURCES["script-src"], *(f"'sha256-{digest}'" for digest in digests)])
    said = {**_SOURCES, "script-src": allowed, "frame-ancestors": framed_by}
    return "; ".join(f"{name} {value}" for name, value in said.items())


@cache
def _policy_of_the_pages() -> str:
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    return policy(page.read_text(encoding="utf-8"), framed_by())


class Headers:
    """ASGI middleware that puts them on every answer; one that has a policy of its own keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and put the headers on what comes back."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {POLICY: _policy_of_the_pages(), **_OTHERS}.items():
                    headers.setdefault(name, value)
                if f"frame-ancestors {_NOBODY}" in headers[POLICY]:
                    headers.setdefault("X-Frame-Options", "DENY")  # the same for old browsers, which knows no names
            await send(message)

        await self.app(scope, receive, told if scope["type"] == "http" else send)
