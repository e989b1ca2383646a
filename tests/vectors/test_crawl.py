"""Downloads from a server on this machine that answers as the hub does."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from gensim.test.utils import datapath

from attnviz.cli.options import INTERRUPTED
from attnviz.errors import AttnvizError
from attnviz.vectors import crawl
from attnviz.vectors.fasttext import FastTextVectors

ROOT = Path(__file__).parent.parent.parent
SMALL = Path(datapath("lee_fasttext.bin")).read_bytes()
BIG = os.urandom(1_000_000) * 25  # more than twice what the hub's library writes at a time


class Hub(ThreadingHTTPServer):
    """The hub: it has English and French, and may let go, or stop talking, in the middle of a file."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files = {"en": SMALL, "fr": BIG}
        self.asked: list[str] = []  # method and range
        self.let_go = 0  # how often
        self.stop_talking = False
        self.go_on = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def _answer(self, method: str) -> None:
        self.server.asked.append(f"{method} {self.headers.get('Range', '')}".strip())
        found = re.fullmatch("/facebook/fasttext-(.*)-vectors/resolve/main/model.bin", self.path)
        content = self.server.files.get(found[1]) if found else None
        if content is None:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = int(re.sub(r"\D", "", self.headers.get("Range", "0")))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("ETag", '"0123456789abcdef0123456789abcdef"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        if method == "HEAD":
            return
        rest = content[start:]
        if self.server.stop_talking:
            self.wfile.write(rest[: len(rest) * 3 // 5])
            self.wfile.flush()
            self.server.go_on.wait()
            self.close_connection = True
        elif self.server.let_go:
            self.server.let_go -= 1
            self.wfile.write(rest[: len(rest) * 3 // 5])
            self.close_connection = True
        else:
            self.wfile.write(rest)

    def do_GET(self) -> None:
        self._answer("GET")

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def log_message(self, *_: Any) -> None:
        pass


def at(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what HF_ENDPOINT would have done when the library was imported."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
    template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    hub_here = Hub()
    thread = threading.Thread(target=hub_here.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    at(hub_here.address, monkeypatch)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    yield hub_here
    hub_here.go_on.set()
    hub_here.shutdown()
    hub_here.server_close()
    thread.join()


def test_a_download_is_a_file_that_opens_and_is_found_again(server: Hub, tmp_path: Path) -> None:
    path = crawl.download("en", tmp_path / "vectors")
    assert path == tmp_path / "vectors" / "cc.en.300.bin" and path.read_bytes() == SMALL
    assert FastTextVectors.open(path).dim == 10
    asked = len(server.asked)
    assert crawl.download("en", tmp_path / "vectors") == path and len(server.asked) == asked


def test_what_others_downloaded_to_the_hubs_cache_is_found(server: Hub, tmp_path: Path) -> None:
    from huggingface_hub import hf_hub_download

    theirs = hf_hub_download("facebook/fasttext-en-vectors", "model.bin", cache_dir=tmp_path / "hub")
    assert crawl.download("en", tmp_path / "vectors") == Path(theirs)
    assert not (tmp_path / "vectors").exists()


@pytest.mark.parametrize("language", ["xx", "EN", "../en", "en/x", ""])
def test_a_language_there_is_not(server: Hub, language: str, tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match=f"no vectors for “{re.escape(language)}”"):
        crawl.download(language, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_connection_that_is_cut_is_taken_up_again(server: Hub, tmp_path: Path) -> None:
    server.let_go = 2
    assert crawl.download("fr", tmp_path).read_bytes() == BIG
    ranges = [asked for asked in server.asked if asked.startswith("GET bytes=")]
    assert len(ranges) == 2


def test_too_little_disk_is_said_before_anything_is_asked_for(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("attnviz.vectors.crawl.shutil.disk_usage", lambda _: usage._replace(free=220_000_000))
    with pytest.raises(AttnvizError, match=r"has 0\.2 GB free, the download needs 0\.2 GB\. Free some"):
        crawl.download("fr", tmp_path)
    assert server.asked == ["HEAD"] and not list(tmp_path.iterdir())


def test_a_hub_that_cannot_be_reached(server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(AttnvizError, match="The download of “en” broke off"):
        crawl.download("en", tmp_path)


def test_ctrl_c_keeps_what_is_there_and_the_same_command_goes_on(server: Hub, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "attnviz", "vectors", "download", "fr", "--folder", str(tmp_path / "v"), "--json"]
    environment = {**os.environ, "HF_ENDPOINT": server.address, "HF_HOME": str(tmp_path / "home")}
    server.stop_talking = True
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as run:
        part = tmp_path / "v" / ".cc.fr.300.bin.0123456789abcdef.part"
        while not (part.is_file() and part.stat().st_size):
            assert run.poll() is None
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    assert run.returncode == INTERRUPTED and "Traceback" not in err
    have = part.stat().st_size
    assert 0 < have < len(BIG)

    server.stop_talking = False
    server.go_on.set()
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(again.stdout) == {
        "language": "fr",
        "path": str(tmp_path / "v" / "cc.fr.300.bin"),
        "bytes": len(BIG),
    }
    assert server.asked[-1] == f"GET bytes={have}-"
    assert (tmp_path / "v" / "cc.fr.300.bin").read_bytes() == BIG and not part.exists()
