"""One person at a browser that draws nothing: Streamlit's own protocol, so that a hundred fit beside the server."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Collection, Container
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

PATIENCE = 60.0  # seconds for an answer
_TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{id}__events"  # where a component's events are told
_OVER = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


class Refused(Exception):
    """The server gave no answer, or one that tells of an error."""


@dataclass(frozen=True)
class Widget:
    """Something on the page that can be used: its id, the part of the page that runs alone for it, what it shows."""

    id: str
    fragment: str
    element: Any
    path: tuple[int, ...]  # where it stands

    @property
    def data(self) -> dict[str, Any]:
        """What a component was given to draw."""
        told: dict[str, Any] = json.loads(json.loads(self.element.mixed.json or self.element.json)["json"])
        return told


@dataclass
class Visitor:
    """A session of its own, with cookies of its own; `address` may have a path, and be a proxy's."""

    address: str
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    received: int = 0  # bytes
    runs: int = 0
    faults: list[str] = field(default_factory=list)
    widgets: dict[str, Widget] = field(default_factory=dict)
    drawn: dict[str, float] = field(default_factory=dict)  # seconds from the last act until each was there
    _places: dict[tuple[int, ...], tuple[int, str]] = field(default_factory=dict)  # of what run and fragment each is
    _at: dict[tuple[int, ...], str] = field(default_factory=dict)  # which widget stands there
    _pages: dict[str, str] = field(default_factory=dict)  # by their path
    _page: str = ""
    _query: str = ""
    _path: str = ""
    _began: float = 0.0
    _sliced: dict[str, int] = field(default_factory=dict)
    _repeated: dict[str, float] = field(default_factory=dict)
    _line: ClientConnection | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # one run at a time, as with a page
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, path: str = "", **query: str) -> float:
        """Come to a page as a browser does, and return the seconds until all of it is there."""
        began, self._query = time.perf_counter(), urlencode({"lang": self.language, **query})
        for asked in (path, "_stcore/health", "_stcore/host-config"):
            await self._get(asked)
        parts = urlsplit(self.address)
        self._line = await connect(
            f"ws{parts.scheme[4:]}://{parts.netloc}{parts.path.rstrip('/')}/_stcore/stream",
            origin=f"{parts.scheme}://{parts.netloc}",  # type: ignore[arg-type]
            subprotocols=[Subprotocol("streamlit"), Subprotocol(self.cookies.get("_streamlit_xsrf") or "none")],
            additional_headers=self._headers(),
            max_size=None,
            open_timeout=PATIENCE,
            ping_interval=None,
            ssl=_unchecked() if parts.scheme == "https" else None,
        )
        self._start(self._listen(self._line))
        await self._run(page_name=path)
        return time.perf_counter() - began

    async def visit(self, path: str) -> float:
        """Follow the menu to another page."""
        return await self._run(page_script_hash=self._pages[path])

    async def tell(self, key: str, event: str, value: Any) -> float:
        """Let a component tell an event, and return the seconds until the answer is whole."""
        return await self._run(_event(self.widgets[key], event, value), self.widgets[key].fragment)

    async def choose(self, key: str, *names: str) -> float:
        """Choose in a list that drops down, or among buttons side by side, by what is written there."""
        one = self.widgets[key]
        if one.element.DESCRIPTOR.name == "Selectbox":
            state = WidgetState(id=one.id, string_value=names[0])
        else:
            state = WidgetState(id=one.id)
            state.string_array_value.data.extend(names)
        return await self._run(state, one.fragment)

    async def write(self, key: str, text: str) -> float:
        """Write into a box of one line."""
        one = self.widgets[key]
        return await self._run(WidgetState(id=one.id, string_value=text), one.fragment)

    @property
    def page(self) -> str:
        """The path of the page it is on."""
        return self._path

    async def leave(self) -> None:
        """Close the tab."""
        if self._line:
            await self._line.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(
        self,
        state: WidgetState | None = None,
        fragment: str = "",
        *,
        asked: Callable[[], bool] | None = None,
        **told: str,
    ) -> float:
        """Ask for a run, by an act or because the page has `asked` for it, and return the seconds to its end.

        What the page does not ask for any more once it is its turn is not run: the server would give no answer.
        """
        message = BackMsg()
        client = message.rerun_script
        client.fragment_id, client.is_auto_rerun = fragment, False
        if state:
            client.widget_states.widgets.append(state)
        client.context_info.url = f"{self.address.rstrip('/')}/{self._path}"
        client.context_info.locale = self.language
        client.context_info.timezone = "UTC"
        client.context_info.color_scheme = "light"
        began = time.perf_counter()
        async with self._turn:
            if asked and not asked():
                return 0.0
            client.query_string, client.page_script_hash = self._query, self._page
            for name, value in told.items():
                setattr(client, name, value)
            self._ended.clear()
            if asked is None:
                self.drawn, self._began = {}, began
            assert self._line
            await self._line.send(message.SerializeToString())
            try:
                await asyncio.wait_for(self._ended.wait(), PATIENCE)
            except TimeoutError:
                self.faults.append(f"no answer in {PATIENCE:.0f} s")
        if self.faults:
            raise Refused(self.faults[-1])
        return time.perf_counter() - began

    async def _listen(self, line: ClientConnection) -> None:
        try:
            async for sent in line:
                assert isinstance(sent, bytes)
                self.received += len(sent)
                self._hear(ForwardMsg.FromString(sent))
        except ConnectionClosed as end:
            self.faults.append(f"the line broke: {end}")
        finally:
            self._ended.set()

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta":
            path = tuple(message.metadata.delta_path)
            self._at.pop(path, None)
            self._places[path] = (self.runs, message.delta.fragment_id)
            if message.delta.WhichOneof("type") == "new_element":
                self._draw(message.delta.new_element, message.delta.fragment_id, path)
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
            self._path = next((path for path, one in self._pages.items() if one == self._page), "")
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            self.widgets.clear()
            self._places.clear()
            self._at.clear()
            self._repeated.clear()
        elif kind == "auto_rerun":
            self._repeated[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            self._start(self._repeat(message.auto_rerun.fragment_id))
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._repeated.pop(fragment, None)
        elif kind == "session_event":
            self.faults.append(str(message.session_event)[:200])
        elif kind == "script_finished" and message.script_finished in _OVER:
            self._take_away(message.metadata.run.fragment_ids)
            self.runs += 1
            self._ended.set()
            self._ask_for_slices()

    def _take_away(self, fragments: Collection[str]) -> None:
        """Forget what fragments, or those within them, have not drawn again, as a page does once they have run."""
        of_them = {path for path, (_, fragment) in self._places.items() if fragment in fragments}
        old = {path for path, (run, _) in self._places.items() if run != self.runs and _within(path, of_them)}
        self._places = {path: drawn for path, drawn in self._places.items() if not _within(path, old)}
        self._at = {path: key for path, key in self._at.items() if path in self._places}
        self.widgets = {key: one for key, one in self.widgets.items() if self._at.get(one.path) == key}

    def _draw(self, element: Element, fragment: str, path: tuple[int, ...]) -> None:
        kind = element.WhichOneof("type")
        shown = getattr(element, kind or "empty")
        if kind == "exception" or (kind == "alert" and shown.format == Alert.ERROR):
            self.faults.append(str(shown)[:200])
        if one := getattr(shown, "id", ""):
            key = one.split("-", 2)[-1]
            self._at[path] = key
            self.widgets[key] = Widget(one, fragment, shown, path)
            self.drawn.setdefault(key, time.perf_counter() - self._began)

    def _ask_for_slices(self) -> None:
        """Ask for the next slice of long work, as the component that stands for it does once it is painted."""
        for key, one in self.widgets.items():
            if getattr(one.element, "component_name", "").endswith("attnviz_sliced_work"):
                told = one.data
                if self._sliced.get(key) != told["turn"]:
                    self._sliced[key] = told["turn"]
                    self._start(self._slice(key, told["turn"], told["wait"]))

    async def _slice(self, key: str, turn: int, wait: int) -> None:
        one = self.widgets[key]
        await asyncio.sleep(wait / 1000)

        def asked() -> bool:
            return key in self.widgets and self.widgets[key].fragment == one.fragment

        await self._run(_event(one, "turn", turn), one.fragment, asked=asked)

    async def _repeat(self, fragment: str) -> None:
        """Run a part of the page again and again, as it asks for."""
        interval = self._repeated[fragment]
        while self._repeated.get(fragment) == interval:
            await asyncio.sleep(interval)
            await self._run(fragment=fragment, asked=lambda: fragment in self._repeated)

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Accept-Language": self.language, **({"Cookie": cookies} if cookies else {})}

    async def _get(self, path: str) -> None:
        """Fetch a path and keep the cookies that come with it."""
        parts = urlsplit(self.address)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=_unchecked() if secure else None)
        headers = {"Host": parts.netloc, "Connection": "close", **self._headers()}
        lines = [f"GET {parts.path.rstrip('/')}/{path} HTTP/1.1", *(f"{name}: {one}" for name, one in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        answer = await asyncio.wait_for(reader.read(-1), PATIENCE)
        writer.close()
        head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        if not head[0].split(" ")[1:2] == ["200"]:
            raise Refused(f"{path}: {head[0]}")
        for line in head[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self.cookies |= {one.key: one.value for one in SimpleCookie(value.strip()).values()}


def _within(path: tuple[int, ...], places: Container[tuple[int, ...]]) -> bool:
    return any(path[:end] in places for end in range(1, len(path) + 1))


def _event(one: Widget, name: str, value: Any) -> WidgetState:
    told = json.dumps([{"event": name, "value": value}])
    return WidgetState(id=_TRIGGERS.format(id=one.id), json_trigger_value=told)


@cache  # it reads all certificates of the system
def _unchecked() -> ssl.SSLContext:
    """Return TLS that takes any certificate: what is measured is the way, not who is at its end."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
