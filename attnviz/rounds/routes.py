"""The room over HTTP: a page for phones, and a small interface of JSON by which they can join and answer, no more.

Nothing identifies a phone but the token that it made up. What is asked of the database is asked in threads of their
own; an answer is acknowledged after it is on the disk.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from attnviz.errors import AttnvizError
from attnviz.heatmap.display import Translate
from attnviz.rounds import codes, texts
from attnviz.rounds.phone import phone
from attnviz.rounds.refusals import Away, Full, TooLate, Unknown, Wrong, msg
from attnviz.rounds.together import Together

if TYPE_CHECKING:
    from attnviz.rounds.events import Watch
    from attnviz.rounds.face import Explain, Faces
    from attnviz.rounds.store import Rounds

LONGEST_BODY = 16_384  # bytes
_THREADS = 8  # that ask the database, or a classifier
_FILES = 65_536
_FOR_GOOD = "public, max-age=31536000, immutable"
T = TypeVar("T")


@dataclass(frozen=True)
class Outside:
    """What the room is given by the server that it is in."""

    explain: Explain
    translate: Callable[[str], Translate]  # of a language
    spoken: Callable[[str], str]  # the language for what a browser says it reads
    languages: Mapping[str, str]  # and what each is called


def routes(base: str, outside: Outside) -> list[Route]:
    """Return the routes of the room under a path that ends in a slash."""
    room = _Room(base, outside)
    return [
        Route(f"{base}join", room.page),
        Route(f"{base}join/phone.js", partial(_file, phone.script, "text/javascript")),
        Route(f"{base}join/phone.css", partial(_file, phone.style, "text/css")),
        Route(f"{base}join/{{code}}", room.page),
        Route(f"{base}join/{{code}}/state", room.state),
        Route(f"{base}join/{{code}}/events", room.events),
        Route(f"{base}join/{{code}}/join", room.join, methods=["POST"]),
        Route(f"{base}join/{{code}}/answer", room.answer, methods=["POST"]),
        Route(f"{base}join/{{code}}/sentence", room.sentence, methods=["POST"]),
    ]


async def _file(made: Callable[[], str], kind: str, request: Request) -> Response:
    headers = {"Cache-Control": _FOR_GOOD, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(made(), media_type=kind, headers=headers)
    return Response(_packed(made), media_type=kind, headers={**headers, "Content-Encoding": "gzip"})


@cache
def _packed(made: Callable[[], str]) -> bytes:
    """Return a file as it is sent, packed once: a whole class asks for it in one minute."""
    return gzip.compress(made().encode(), 9, mtime=0)


@dataclass(frozen=True)
class _Open:
    """What a room that phones came to is made of."""

    rounds: Rounds
    faces: Faces
    watch: Watch
    reading: Together[tuple[str, str, str], dict[str, Any]]
    writing: Together[Callable[[Any], Any], Any]


class _Body(Exception):
    """A body is too long, or no JSON."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        self.status, self.kind, self.message = status, kind, message
        super().__init__(message)


def answering(handle: Callable[[_Room, Request], Any]) -> Callable[[_Room, Request], Any]:
    """Let a handler's refusals be told to the phone, in its language."""

    async def answered(room: _Room, request: Request) -> Response:
        try:
            response = await handle(room, request)
            assert isinstance(response, Response)
            return response
        except ClientDisconnect:
            return Response(status_code=400)
        except (_Body, AttnvizError) as error:
            translate = room.outside.translate(room.language(request))
            if isinstance(error, _Body):
                return _json({"error": error.kind, "message": translate(error.message)}, error.status)
            kind, status = _told(error)
            return _json({"error": kind, "message": translate(error.template).format(**error.values)}, status)

    return answered


class _Room:
    """The handlers; the database is opened by the first question to it."""

    def __init__(self, base: str, outside: Outside) -> None:
        self.outside = outside
        self._base = base
        self._limiter: CapacityLimiter | None = None
        self._opened: _Open | None = None
        self._opening = asyncio.Lock()  # a class comes at once, in the seconds that it takes

    def language(self, request: Request) -> str:
        """Return the language that a phone asks for, or that its browser reads."""
        asked = request.query_params.get("lang", "")
        if asked in self.outside.languages:
            return asked
        return self.outside.spoken(request.headers.get("accept-language", "").split(",")[0])

    async def page(self, request: Request) -> Response:
        """Draw the page for a phone."""
        language = self.language(request)
        code = request.path_params.get("code", "")[:40]
        translate = self.outside.translate(language)
        page = phone.page(translate, language, self._base, self.outside.languages, code)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": phone.POLICY, "Vary": "Accept-Language"}
        return HTMLResponse(page, headers=headers)

    @answering
    async def state(self, request: Request) -> Response:
        """Tell where a classroom is at."""
        return _json(await self._state(request, request.query_params.get("device", "")))

    @answering
    async def join(self, request: Request) -> Response:
        """Let a device in."""
        device = (await _body(request)).get("device")
        open = await self._room()
        await open.writing.ask(open.rounds.joining(codes.read(request.path_params["code"]), device))
        return _json(await self._state(request, device))

    @answering
    async def answer(self, request: Request) -> Response:
        """Take an answer; it is on the disk when this is said."""
        given = await _body(request)
        open = await self._room()
        device, marks, choice, turn = map(given.get, ("device", "marks", "choice", "turn"))
        code = codes.read(request.path_params["code"])
        work = open.rounds.answering(_number(given), device, marks, choice, turn, code)
        taken, version = await open.writing.ask(work)
        return _json({"accepted": taken, "version": version})

    @answering
    async def sentence(self, request: Request) -> Response:
        """Take a sentence and tell at once what the classifiers make of it."""
        given = await _body(request)
        open = await self._room()
        code, translate = codes.read(request.path_params["code"]), self.outside.translate(self.language(request))

        def work() -> dict[str, Any]:
            from attnviz.rounds import face

            device, nonce, text, label = map(given.get, ("device", "nonce", "text", "label"))
            answers = open.faces.to_a_sentence(_number(given), text)
            taken = open.rounds.send(_number(given), device, nonce, text, label, answers, code)
            return {"accepted": face.sent(str(nonce), taken, translate), "version": open.rounds.version(code)}

        return _json(await self._in_thread(work))

    @answering
    async def events(self, request: Request) -> Response:
        """Tell of every change, for as long as the phone listens."""
        open = await self._room()
        code = codes.read(request.path_params["code"])
        await self._in_thread(open.rounds.version, code)
        if open.watch.full:
            raise Full(msg("Too many listen to this server: the page looks for changes by itself."))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx hands on what comes at once
        return StreamingResponse(open.watch.listen(code), media_type="text/event-stream", headers=headers)

    async def _state(self, request: Request, device: object) -> dict[str, Any]:
        open = await self._room()
        asked = codes.read(request.path_params["code"]), texts.device(device), self.language(request)
        return await open.reading.ask(asked)

    async def _room(self) -> _Open:
        """Return what the room is made of; SQLAlchemy is imported when the first phone comes."""
        async with self._opening:
            if self._opened is None:
                self._limiter = CapacityLimiter(_THREADS)
                self._opened = await self._in_thread(self._open)
            return self._opened

    def _open(self) -> _Open:
        from attnviz.rounds.events import Watch
        from attnviz.rounds.face import Faces
        from attnviz.rounds.store import rounds

        _take_more_files()
        kept = rounds()
        faces = Faces(kept, self.outside.explain, self.outside.translate)
        watch = Watch(partial(self._in_thread, kept.versions))
        reading = Together(partial(self._in_thread, faces.states))
        return _Open(kept, faces, watch, reading, Together(partial(self._in_thread, kept.write_all)))

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await to_thread.run_sync(partial(work, *args), limiter=self._limiter)


def _take_more_files() -> None:
    """Let this process open as many files as the system lets it: every phone that listens is one."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(most, _soft), hard))


def _told(error: AttnvizError) -> tuple[str, int]:
    """Return what a refusal is called, and its status."""
    if isinstance(error, TooLate):
        return error.state, 409
    kinds: dict[type[AttnvizError], tuple[str, int]] = {
        Unknown: ("unknown", 404),
        Wrong: ("wrong", 422),
        Full: ("full", 422),
        Away: ("busy", 503),
    }
    return kinds.get(type(error), ("busy", 503))  # an experiment that is damaged, a database of another version


async def _body(request: Request) -> dict[str, Any]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            raise _Body(413, "long", msg("This is too long: shorten it."))
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        told = msg("This request came from no page of this server: open the link on the screen again.")
        raise _Body(422, "wrong", told)
    return given


def _number(given: Mapping[str, Any]) -> int:
    number = given.get("round")
    return number if type(number) is int else 0


def _json(told: Mapping[str, Any], status: int = 200) -> Response:
    return JSONResponse(told, status, {"Cache-Control": "no-store"})
