from __future__ import annotations

import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from attnviz.data.download import Download
from attnviz.data.files import CACHE
from attnviz.errors import AttnvizError

CONTENT = b"id\tdocument\tlabel\n" + b"1\tso so\t0\n" * 30_000  # several chunks


class Shelf(BaseHTTPRequestHandler):
    """Serve CONTENT: whole, cut off, in chunks cut off, with no length, or not at all."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        way = self.path.split("/")[1]
        self.send_response(404 if way == "missing" else 200)
        if way in ("whole", "cut", "early"):
            self.send_header("Content-Length", str(len(CONTENT)))
        if way == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        match way:
            case "cut":
                self.wfile.write(CONTENT[: len(CONTENT) // 2])
            case "early":
                self.wfile.write(CONTENT[:10])
            case "chunked":
                self.wfile.write(b"%x\r\n%s\r\n" % (1000, CONTENT[:1000]))  # and no last chunk
            case "whole" | "endless":
                self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Return the address of a server on loopback; downloads go to a folder of the test's own."""
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(Shelf, "asked", 0)
    with ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("checksum", [sha256(CONTENT).hexdigest(), None])
def test_a_file_is_fetched_once(server: str, tmp_path: Path, checksum: str | None) -> None:
    download, heard = Download(f"{server}/whole/data.txt", "mine", 30_000, checksum), list[float]()
    path = download.fetch(heard.append)
    assert path == download.path == tmp_path / "cache" / "mine" / "data.txt"
    assert path.read_bytes() == CONTENT
    assert heard == sorted(heard) and len(heard) > 3 and heard[-1] == 1
    assert download.fetch() == path and Shelf.asked == 1


def test_a_server_that_does_not_say_how_much_there_is(server: str) -> None:
    heard = list[float]()
    path = Download(f"{server}/endless/data.txt", "mine", 30_000).fetch(heard.append)
    assert path.read_bytes() == CONTENT and not heard


@pytest.mark.parametrize("way", ["cut", "early", "chunked"])
@pytest.mark.parametrize("checksum", [sha256(CONTENT).hexdigest(), None])
def test_a_connection_that_is_cut_leaves_nothing(server: str, tmp_path: Path, way: str, checksum: str | None) -> None:
    with pytest.raises(AttnvizError, match=r"connection was cut .* save it as .*mine/data\.txt"):
        Download(f"{server}/{way}/data.txt", "mine", 1, checksum).fetch()
    assert not kept(tmp_path)


def test_a_wrong_checksum_leaves_nothing(server: str, tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match=r"not the file we know: its SHA-256 is not 0000"):
        Download(f"{server}/whole/data.txt", "mine", 1, "0" * 64).fetch()
    assert not kept(tmp_path)


def test_a_damaged_copy_is_fetched_anew(server: str) -> None:
    download = Download(f"{server}/whole/data.txt", "mine", 1, sha256(CONTENT).hexdigest())
    download.fetch().write_bytes(CONTENT[:-1])
    assert download.fetch().read_bytes() == CONTENT


def test_an_address_with_nothing_there(server: str, tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match=r"status 404.* by hand and save it as .*mine/data\.txt"):
        Download(f"{server}/missing/data.txt", "mine", 1).fetch()
    assert not kept(tmp_path)


def test_no_network_and_a_copy_put_there_by_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    download = Download("http://127.0.0.1:9/data.txt", "mine", 1, sha256(CONTENT).hexdigest())
    with pytest.raises(AttnvizError, match=r"cannot be reached\. .* save it as .*mine/data\.txt, or give the path"):
        download.fetch()
    download.path.write_bytes(CONTENT)
    assert download.fetch() == download.path


def test_a_cache_that_cannot_be_written(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(CACHE, str(tmp_path / "file"))
    with pytest.raises(AttnvizError, match=f"cannot be written.*{CACHE}"):
        Download(f"{server}/whole/data.txt", "mine", 1).fetch()


def test_without_an_override_the_system_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE, raising=False)
    path = Download("http://127.0.0.1:9/data.txt", "mine", 1).path
    assert path.parts[-2:] == ("mine", "data.txt") and "attnviz" in path.parts
