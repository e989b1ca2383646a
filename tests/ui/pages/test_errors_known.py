"""The Errors page on a fresh install: data sets known by name that are here, that come along, or neither."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attnviz.analysis.evaluation import prediction_cache
from attnviz.analysis.evaluation.rows import key_of
from attnviz.data.datasets import Dataset
from attnviz.data.download import Download
from attnviz.data.registry import SOURCES, Packaged, Shipped, Source
from attnviz.model.experiment import Experiment
from attnviz.ui.pages.errors import known, scoring
from tests.ui.conftest import given, opened, said
from tests.ui.pages.test_errors import boards, listed, scored

CLASSES = {"negative": "negative", "positive": "positive"}
FEW = "text,label\nthe film was good,positive\nthe film was awful,positive\nso dull,negative\n"


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: Path) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in [name for name, source in SOURCES.items() if not source.trainable]:
        monkeypatch.delitem(SOURCES, name)
    scoring._places.clear()
    scoring._work.clear()
    known._downloads.clear()


def counted(app: AppTest) -> int:
    """Return how many rows the confusion matrix counts."""
    return sum(int(cell["text"]) for row in boards(app)[0]["rows"] for cell in row[1:])


class Shelf(BaseHTTPRequestHandler):
    """Serve a few rows once it may, or nothing at all."""

    may, missing, asked = threading.Event(), False, 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(404 if self.missing else 200)
        self.send_header("Content-Length", str(len(FEW)))
        self.end_headers()
        if not self.missing:
            self.wfile.write(FEW[:20].encode())
            assert self.may.wait(60)
            self.wfile.write(FEW[20:].encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the test rows of the tiny experiment be in a file that a server on loopback has."""
    monkeypatch.setattr(Shelf, "asked", 0)
    monkeypatch.setattr(Shelf, "may", threading.Event())
    with ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{serving.server_port}"
        train = Download(f"{address}/train.csv", "tiny", 3)
        test = Download(f"{address}/test.csv", "tiny", 3, megabytes=4.9)
        monkeypatch.setitem(SOURCES, "tiny", Source(CLASSES, "of our own", "MIT", train, test=test))
        yield
        Shelf.may.set()
        serving.shutdown()
        thread.join()


def click(app: AppTest, label: str) -> None:
    next(button for button in app.button if label in button.label).click().run()
    assert not app.exception


@pytest.mark.parametrize(("locale", "label"), [("en-US", "Download tiny (4.9 MB)"), ("ko-KR", "tiny 내려받기(4.9MB)")])
def test_rows_that_are_not_here_are_fetched_by_a_button_once_for_all(elsewhere: None, locale: str, label: str) -> None:
    app = opened("errors", locale)
    assert not boards(app)
    click(app, label)
    assert app.get("progress")
    second = opened("errors", locale)
    assert second.get("progress") and not [button for button in second.button if label in button.label]
    Shelf.may.set()
    assert known._downloads["tiny"].wait(60)
    app.run()
    scored(app)
    assert counted(app) == 3 and Shelf.asked == 1 and not app.query_params
    if locale == "en-US":
        assert "not the very rows" in said(app)  # and to find that out nobody had to fetch the other file


def test_what_cannot_be_fetched_is_said_with_the_upload_as_a_way_out(
    elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Shelf, "missing", True)
    app = opened("errors")
    click(app, "Download tiny")
    known._downloads["tiny"].wait(60)
    app.run()
    assert "status 404" in said(app)
    click(opened("errors"), "A file of your own")
    monkeypatch.setattr(Shelf, "missing", False)
    Shelf.may.set()
    click(app, "Download tiny")
    known._downloads["tiny"].wait(60)
    app.run()
    scored(app)
    assert counted(app) == 3


class Here(Packaged):
    """A file that a test has written."""

    def fetch(self, on_progress: object = None) -> Path:
        return Path(self.file)


def test_the_own_rows_are_known_as_such_once_they_are_read_and_kept_under_their_name(
    tiny: Experiment, tiny_csv: Path, tiny_data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "tiny", Source(CLASSES, "of our own", "MIT", Here("", "", str(tiny_csv))))
    app = opened("errors")
    scored(app)
    assert counted(app) == len(tiny_data.split("test")) and "not the very rows" not in said(app)
    [kept] = prediction_cache.folder().iterdir()
    assert kept.name.startswith(key_of(tiny.about.data.digest, "test"))
    scoring._places.clear()  # as when the server is started again
    assert counted(opened("errors")) == counted(app) and not scoring._work


def test_rows_of_the_same_number_that_are_others_are_not_taken_for_the_own(
    tiny: Experiment, tiny_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(tiny_csv.read_text(encoding="utf-8").replace(",positive", ",negative", 1), encoding="utf-8")
    monkeypatch.setitem(SOURCES, "tiny", Source(CLASSES, "of our own", "MIT", Here("", "", str(other))))
    app = opened("errors")
    scored(app)
    assert "not the very rows" in said(app)
    [kept] = prediction_cache.folder().iterdir()
    assert not kept.name.startswith(key_of(tiny.about.data.digest, "test"))
    scoring._places.clear()
    app = opened("errors")
    assert boards(app) and not scoring._work and "not the very rows" in said(app)


def test_what_comes_with_the_project_opens_where_the_own_rows_are_not_here(
    elsewhere: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tour.csv").write_text(FEW, encoding="utf-8")
    tour = Source(CLASSES, "of our own", "MIT", Shipped(str(tmp_path / "tour.csv")))
    monkeypatch.setitem(SOURCES, "tour", tour)
    app = opened("errors")
    scored(app)
    assert counted(app) == 3 and "the film was awful" in listed(app)
    assert "not the very rows" not in said(app)
    click(app, "Download tiny")  # the way to the others is there
    assert app.get("progress")


def test_sentences_of_our_own_say_that_they_are_no_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "tour.csv"
    path.write_text(FEW, encoding="utf-8")
    for file, no_sample in ((Shipped(str(path)), True), (Here("", "", str(path)), False)):
        monkeypatch.setitem(SOURCES, "tour", Source(CLASSES, "of our own", "MIT", file))
        app = opened("errors", data="tour", judged="fine-tuned")
        scored(app)
        told = re.search(r"They are no sample.* Of the test rows of \S+, fine-tuned gets \d+\.\d% right\.", said(app))
        assert bool(told) is no_sample


def test_how_sure_an_answer_is_is_told_as_the_heatmap_tells_it(tiny_csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "tiny", Source(CLASSES, "of our own", "MIT", Here("", "", str(tiny_csv))))
    app = opened("errors", cell="all")
    scored(app)
    [shelf] = [one for one in given(app, "boards") if not one["boards"][0]["grid"]]
    [drawn] = given(app, "panels")
    note = next(row[0]["note"] for row in shelf["boards"][0]["rows"] if row[0]["id"] == shelf["chosen"])
    for panel in drawn["panels"]:
        [sure] = [one["percent"] for one in panel["classes"] if one["name"] == panel["prediction"]]
        assert f"{panel['prediction']} {sure}" in note
