"""Who may change what is on a server: its owner, who knows a key and shows it as a signed cookie.

To this machine alone everything is open. Where others come in, they look, type and compare, and whoever does more
proves once, at `/owner`, to know the key: `ATTNVIZ_OWNER_KEY`, or one made up at the start and printed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jinja2
import streamlit as st
from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from attnviz.errors import AttnvizError
from attnviz.ui.i18n import catalogue, msg, spoken
from attnviz.ui.security_headers import POLICY, policy

KEY = "ATTNVIZ_OWNER_KEY"
COOKIE = "attnviz_owner"
SHORTEST = 16  # characters of a key: nobody guesses that many, not even at leisure
KEPT = 7 * 86_400  # seconds: how long a browser stays the owner's
WRONG_KEYS, PERIOD = 10, 60  # so many a client in so many seconds
_LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}
_FORWARDED = ("x-forwarded-", "x-real-ip", "forwarded", "via", "cf-connecting-ip", "true-client-ip")  # beginnings
_MOST_CLIENTS = 1000  # whose tries are remembered
_LONGEST_BODY = 4096  # bytes
NOT_OWNER = msg(
    "This server is open for looking, typing and comparing. To train, import, rename, delete or download onto it takes "
    "its owner, who opens /owner with the key that was printed when it started."
)


@cache
def key() -> str:
    """Return this server's key, and say once on standard error where it opens what."""
    given = os.environ.get(KEY, "")
    if len(given) >= SHORTEST:
        return given
    if given:
        _print(f"{KEY} has {len(given)} characters, and {SHORTEST} are the least: another is taken.")
    made = secrets.token_urlsafe(24)
    port = st.get_option("server.port")
    _print(f"Whoever opens this link owns the server: http://127.0.0.1:{port}{base_path()}owner#{made}")
    return made


def base_path() -> str:
    """Return the path that all pages are under: "/", or "/course/" where `server.baseUrlPath` says so."""
    inner = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{inner}/" if inner else "/"


def _print(line: str) -> None:
    sys.stderr.write(f"\n  {line}\n")


def open_to_all(headers: Mapping[str, str]) -> bool:
    """Say whether who sends these `headers` needs no key: the server listens to this machine alone, with no proxy.

    A proxy on this machine is known by what it adds, by the name that a browser asked for, or by the path that it
    gives the pages. Whoever writes requests by hand to one that hides all three is not known: there a key must be set.
    """
    if os.environ.get(KEY) or (st.get_option("server.address") or "") not in _LOOPBACK or base_path() != "/":
        return False
    asked = [headers.get("host", "localhost"), urlsplit(headers.get("origin", "//localhost")).netloc]
    named = all((host if host.endswith("]") else host.rsplit(":", 1)[0]) in _LOOPBACK for host in asked)
    return named and not any(name.startswith(_FORWARDED) for name in headers)


def is_owner() -> bool:
    """Say whether the browser of this session may change what is on the server."""
    headers = {name.lower(): value for name, value in st.context.headers.items()}
    return open_to_all(headers) or _signed(st.context.cookies.get(COOKIE, ""))


def require() -> None:
    """Raise `AttnvizError` unless the browser of this session is the owner's."""
    if not is_owner():
        raise AttnvizError(NOT_OWNER)


def _signer() -> TimestampSigner:
    return TimestampSigner(key(), salt=COOKIE, digest_method=hashlib.sha256)


def _signed(cookie: str) -> bool:
    try:
        return _signer().unsign(cookie, max_age=KEPT) == b"owner"
    except (BadSignature, UnicodeError):
        return False


class Tries:
    """How often clients were wrong of late."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def too_many(self, client: str) -> bool:
        """Say whether a client has to wait."""
        wrong = self._wrong.get(client, deque())
        while wrong and wrong[0] <= self._now() - PERIOD:
            wrong.popleft()
        return len(wrong) >= WRONG_KEYS

    def wrong(self, client: str) -> None:
        """Remember a wrong try; of clients not heard of for longest nothing is remembered."""
        self._wrong.setdefault(client, deque(maxlen=WRONG_KEYS)).append(self._now())
        self._wrong.move_to_end(client)
        while len(self._wrong) > _MOST_CLIENTS:
            self._wrong.popitem(last=False)


_tries = Tries()


async def _answer(request: Request) -> Response:
    """Draw the page that asks for the key, take the key, or give the cookie back."""
    if request.method == "GET":
        return _page(request)
    given = await _form(request)
    if "leave" in given:
        response: Response = RedirectResponse(request.url.path, 303)
        response.delete_cookie(COOKIE, base_path(), httponly=True, samesite="strict")
        return response
    client = request.client.host if request.client else ""
    if _tries.too_many(client):
        return _page(request, msg("{count} wrong keys came within a minute: wait for one, then try again."), 429)
    if not hmac.compare_digest(given.get("key", "").encode(), key().encode()):
        _tries.wrong(client)
        told = msg("This is not the key of this server. Unless one is set, it has another one each time it starts.")
        return _page(request, told, 403)
    response = RedirectResponse(request.url.path, 303)
    forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    secure = "https" in (request.url.scheme, forwarded)
    token = _signer().sign("owner").decode()
    response.set_cookie(COOKIE, token, KEPT, path=base_path(), httponly=True, samesite="strict", secure=secure)
    return response


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_BODY:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace"), True).items()}


def _page(request: Request, trouble: str = "", status: int = 200) -> Response:
    language = spoken(request.headers.get("accept-language", "").split(",")[0])
    _ = catalogue(language).gettext
    page = _template().render(
        language=language,
        owner=open_to_all(request.headers) or _signed(request.cookies.get(COOKIE, "")),
        cookie=COOKIE in request.cookies,
        trouble=_(trouble).format(count=WRONG_KEYS) if trouble else "",
        owned=_("This browser is the owner's: it may train, import, rename and delete."),
        train=_("To the page Train"),
        leave=_("Be a visitor again"),
        asked=_(
            "Visitors look, type and compare. Training, importing, renaming and deleting are the owner's, who knows "
            "the key: it was printed where the server was started."
        ),
        label=_("The key"),
        enter=_("Be the owner in this browser"),
    )
    return HTMLResponse(page, status, {"Cache-Control": "no-store", POLICY: policy(page)})


@cache
def _template() -> jinja2.Template:
    room = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True)
    return room.get_template("owner.html.j2")


@asynccontextmanager
async def announced(_app: object) -> AsyncIterator[None]:
    """Print the key at the start of a server that others can come to."""
    if not open_to_all({}):
        key()
    yield


def routes() -> list[Route]:
    """Return the server's own routes; unlike its pages, Streamlit does not put them under `server.baseUrlPath`."""
    return [Route(f"{base_path()}owner", _answer, methods=["GET", "POST"])]
