"""The Errors page as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from attnviz.analysis.evaluation import evaluate, prediction_cache, predictions, short_first
from attnviz.analysis.evaluation.short_first import Growth
from attnviz.data.datasets import Dataset
from attnviz.data.registry import SOURCES, Packaged, Source
from attnviz.model.agreement import Agreement
from attnviz.ui.pages.errors import files, known, scoring
from attnviz.ui.views import ErrorsView
from tests.ui.conftest import given, said
from tests.ui.conftest import opened as open_page

ROWS = (
    "text,label\n"
    + "".join(
        f"the film was {word},{label}\n" for word in ("good", "awful", "dull") for label in ("positive", "negative")
    )
    + "<b>odd</b> amaaazing,positive\n,negative\nso so,meh\n"
)
opened = partial(open_page, "errors")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: Path) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))
    for name in [name for name, source in SOURCES.items() if not source.trainable]:
        monkeypatch.delitem(SOURCES, name)  # a page without data is what these tests begin with
    scoring._places.clear()
    scoring._work.clear()
    known._downloads.clear()


def boards(app: AppTest) -> list[dict[str, Any]]:
    """Return every board on the page."""
    return [board for one in given(app) if "boards" in one for board in one["boards"]]


def listed(app: AppTest) -> list[str]:
    """Return the sentences of the list."""
    return [row[0]["text"] for board in boards(app) if not board["grid"] for row in board["rows"]]


def brought(
    text: str = ROWS,
    name: str = "mine.csv",
    locale: str = "en-US",
    score: bool = True,
    everything: bool = True,
    **link: str,
) -> AppTest:
    """Open the page with an upload, and let it be scored."""
    app = opened(locale, data="upload", **link)
    app.file_uploader(key="errors_file").upload(name, text.encode(), "text/csv").run()
    assert not app.exception
    for control in app.segmented_control:
        if (control.key or "").startswith("rows ") and everything:
            control.set_value("all").run()
    if score:
        next(button for button in app.button if button.proto.type == "primary").click().run()
        scored(app)
    return app


def scored(app: AppTest) -> None:
    """Run the page until all rows are read."""
    while scoring._work:
        for work in list(scoring._work.values()):
            work.look()
            work.wait(1)
        app.run()
        assert not app.exception


def test_without_the_rows_at_hand_the_page_asks_for_some() -> None:
    app = opened()
    assert "not on this machine" in said(app) and app.file_uploader(key="errors_file")
    assert not app.query_params


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_an_upload_is_accounted_for_scored_and_shown(locale: str) -> None:
    app = brought(locale=locale, score=False)
    [warned] = [warning.value for warning in app.warning if "meh" in warning.value]
    where = {"en-US": "Say above what each means, in its box.", "ko-KR": "위의 상자에서 레이블마다 뜻을 고르세요."}
    assert warned.replace("\\", "").endswith(where[locale])
    assert any("meh" in box.label for box in app.selectbox)
    app = brought(locale=locale)
    confusion, twins, _list = boards(app)
    assert sum(int(cell["text"]) for row in confusion["rows"] for cell in row[1:]) == 7
    assert sum(int(cell["text"]) for row in twins["rows"] for cell in row[1:]) == 7
    assert len(app.query_params["data"]) == 32 if isinstance(app.query_params["data"], str) else True
    kept = {one.name for one in prediction_cache.folder().parent.glob("*")}
    assert kept <= {"tables"}  # those of the experiment: nothing of the file is on the disk


def test_a_label_that_nobody_knows_can_be_given_a_meaning() -> None:
    app = brought("text,label\na good film,yay\nan awful film,nay\nwell,negative\n", score=False)
    assert "Score the rows: 1" in [button.label for button in app.button]
    for label, name in (("yay", "positive"), ("nay", "negative")):
        [box] = [one for one in app.selectbox if one.label == f"“{label}” means"]
        box.set_value(name).run()
    assert "Score the rows: 3" in [button.label for button in app.button] and not app.warning


@pytest.mark.parametrize("header", ["text,label", "they wrote,stars"])
def test_the_csv_of_mapped_labels_is_read_back_as_it_was_meant(monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    made: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(files, "save", lambda kind, data, *_rest: made.update({kind: data}))
    app = brought(header + "\na good film,yay\nan awful film,nay\na plain story,yay\n", score=False)
    if header != "text,label":  # nothing in it is a class, so nobody can guess
        [box] = [one for one in app.selectbox if one.label == "The labels are in"]
        box.set_value("stars").run()
    for label, name in (("yay", "positive"), ("nay", "negative")):
        [box] = [one for one in app.selectbox if one.label == f"“{label}” means"]
        box.set_value(name).run()
    next(button for button in app.button if button.proto.type == "primary").click().run()
    scored(app)
    opened(data=str(dict(app.query_params)["data"]).strip("[]'"), cell="all")
    written = pd.read_csv(BytesIO(made["CSV"]()))
    assert dict(zip(written.iloc[:, 1], written["truth"], strict=True)).items() <= {
        "yay": "positive", "nay": "negative"}.items()  # fmt: skip
    again = brought(made["CSV"]().decode("utf-8-sig"), score=False)
    assert f"Score the rows: {len(written)}" in [button.label for button in again.button] and not again.warning
    assert "says what labels mean" in said(again) or header != "text,label"


def test_what_has_learned_nothing_or_is_beaten_is_said_above_the_list() -> None:
    rows = [f"a good film {k},negative\n" for k in range(9)] + [f"a great film {k},positive\n" for k in range(12)]
    app = brought("text,label\n" + "".join(rows))  # all of it is praise
    warned = [warning.value for warning in app.warning]
    assert any("answers “positive” for 100" in one and "57" in one for one in warned)
    app = opened(data=app.query_params["data"], look="calibration")
    assert any("plain baseline" in one.value for one in (*app.warning, *app.caption))
    board = boards(app)[-1]  # the baseline is there, too, though none of its rows are listed
    assert "TF-IDF" in board["heading"] and sum(int(cell["text"]) for row in board["rows"] for cell in row[1:]) == 21
    assert not any(cell["id"] for row in board["rows"] for cell in row)
    [chart] = app.get("plotly_chart")
    assert "TF-IDF + logistic regression (0." in json.loads(chart.proto.spec)["data"][-1]["name"]


def test_a_link_reopens_the_upload_and_narrows_the_list() -> None:
    key = str(dict(brought().query_params)["data"]).strip("[]'")
    app = opened(data=key, cell="all", sort="order")
    assert len(listed(app)) == 7
    assert listed(opened(data=key, cell="all", contains="awful")) == ["the film was awful"] * 2
    assert len(listed(opened(data=key, cell="all", size="0-10", truth="positive"))) == 4
    assert listed(opened(data=key, cell="all", having="unknown")) == ["<b>odd</b> amaaazing"]
    for look in ("slices", "words", "calibration"):
        for locale in ("en-US", "ko-KR"):
            assert not opened(locale, data=key, look=look).exception
    assert "No sentence passes" in said(opened(data=key, contains="nowhere"))
    scoring._places.clear()  # as when the server is started again
    app = opened(data=key)
    assert "Bring the file again" in said(app) and not boards(app)


def test_one_error_shows_both_twins_and_says_why() -> None:
    key = str(dict(brought().query_params)["data"]).strip("[]'")
    app = opened(data=key)
    [panels] = [one["panels"] for one in given(app) if "panels" in one]
    assert [panel["id"] for panel in panels] == ["frozen", "fine-tuned"]
    assert any("wrong" in text.value for text in app.markdown)
    struck = opened(data=key, struck="3", row="2", cell="all", sort="order")
    [words] = [one["words"] for one in given(struck) if "panels" in one]
    assert [word["struck"] for word in words] == [False, False, False, True]
    swapped = opened(data=key, swap="1")
    assert any("tables" in one for one in given(swapped))


def test_the_words_that_would_have_to_go_are_searched_in_slices() -> None:
    key = str(dict(brought().query_params)["data"]).strip("[]'")
    app = opened(data=key)

    def waiting() -> dict[str, int]:
        there = [(one.key or "", json.loads(json.loads(one.proto.json)["json"])) for one in app.get("bidi_component")]
        return {key: data["turn"] for key, data in there if "turn" in data}

    first = waiting()
    app.run()
    assert waiting() == first and set(first.values()) == {1}  # the heat-maps come first, and no other click searches
    assert any(re.search(r"sets tried\W+0 …", caption.value) for caption in app.caption)
    while asked := waiting():
        for one, turn in asked.items():  # as the browser asks
            app.session_state[one] = {"turn": turn}
        app.run()
        assert not app.exception
        assert all(turn > asked[one] for one, turn in waiting().items())
    assert any("right without" in one.value or "no set of up to" in one.value for one in app.caption)


def test_the_nearest_training_sentences_or_why_there_are_none(tiny_csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Here(Packaged):
        def fetch(self, on_progress: object = None) -> Path:
            return tiny_csv

    app = brought()
    app.toggle(key="near").set_value(True).run()
    assert not app.exception and "learned from are not on this machine" in said(app)
    source = Source({"0": "negative", "1": "positive"}, "tiny", "none", Here("", "", ""))
    monkeypatch.setitem(SOURCES, "tiny", source)
    app.run()
    told = [text.value for text in app.markdown]
    assert not app.exception and any("Labels of the nearest training sentences" in text for text in told)
    assert sum(("film was" in text and " · 0." in text) or " · 1.0" in text for text in told) >= 3


def test_rows_without_labels_show_answers_and_disagreements() -> None:
    app = brought("text\na good film\nan awful film\n")
    assert len(boards(app)[0]["rows"]) == 1
    assert len(listed(app)) >= 1


def test_a_file_whose_columns_are_strange_has_them_guessed_or_asks_which_they_are() -> None:
    app = brought("words;verdict\ngood;positive\n", score=False)
    assert not app.button("stop_scoring") if any(b.key == "stop_scoring" for b in app.button) else True
    texts = next(box for box in app.selectbox if box.label == "The texts are in")
    labels = next(box for box in app.selectbox if box.label == "The labels are in")
    assert (texts.value, labels.value) == ("words", "verdict")
    app = brought("one;other\n1;2\n", score=False)
    texts = next(box for box in app.selectbox if box.label == "The texts are in")
    assert texts.value is None
    texts.select("one").run()
    assert any("Score the rows: 1" in button.label for button in app.button)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [("text,label\n", "mine.csv", "no rows"), ("text\n\0", "mine.csv", "NUL"), ("x", "mine.parquet", "Parquet")],
)
def test_a_bad_file_is_one_sentence(text: str, name: str, says: str) -> None:
    assert says in said(brought(text, name, score=False))


class Valve:
    """Lets the steps of scoring through one by one, and all of them once it is open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps, self.waiting, self.open = threading.Semaphore(0), threading.Event(), False
        whole = short_first.predict_short_first

        def held(*args: Any) -> Generator[Growth, None, Any]:
            steps = whole(*args)
            while True:
                self.waiting.set()
                if not self.open:
                    self.steps.acquire()
                try:
                    growth = next(steps)
                except StopIteration as end:
                    return end.value
                yield growth

        monkeypatch.setattr(scoring, "predict_short_first", held)
        monkeypatch.setattr(scoring, "_AT_ONCE", 0)
        monkeypatch.setattr(short_first, "FIRST", 3)
        monkeypatch.setattr(predictions, "_TOKENS", 16)

    def release(self) -> None:
        """Hold nothing any more."""
        self.open = True
        self.steps.release()

    def until_grown(self, grown: int) -> None:
        """Let steps through until there was more to show so many times."""
        [work] = scoring._work.values()
        while self.waiting.wait(60) and work.step.grown < grown:
            assert not work.done, work.error
            self.waiting.clear()
            work.look()
            self.steps.release()
        assert work.step.grown == grown


@pytest.fixture
def valve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Valve]:
    """Return a valve that is open once its test is over: whoever waits holds up the server's other work."""
    valve = Valve(monkeypatch)
    yield valve
    valve.release()


MANY = "text,label\n" + "".join(
    f"the film was {word} {'indeed ' * much},{label}\n"
    for word in ("good", "awful", "dull")
    for much in range(4)
    for label in ("positive", "negative")
)


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_short_rows_are_there_first_and_what_is_chosen_stays(valve: Valve, locale: str) -> None:
    app = brought(MANY, score=False, locale=locale)
    next(button for button in app.button if button.proto.type == "primary").click().run()
    assert not boards(app)
    valve.until_grown(1)
    app.run()
    key = str(dict(app.query_params)["data"]).strip("[]'")
    assert "24" in said(app) + app.get("progress")[0].proto.text and not app.get("download_button")
    confusion, twins, _list = boards(app)
    for board in (confusion, twins):
        assert sum(int(cell["text"]) for row in board["rows"] for cell in row[1:]) == 3
        assert "3" in board["about"] and "24" in board["about"]
    assert not prediction_cache.folder().exists()
    chosen = app.session_state["memory"].views[ErrorsView]["row"]
    second = opened(locale, data=key)  # somebody else joins: nothing is begun twice
    assert len(boards(second)) == 3 and len(scoring._work) == 1
    valve.until_grown(2)
    app.run()
    assert sum(int(cell["text"]) for row in boards(app)[0]["rows"] for cell in row[1:]) >= 6
    assert app.session_state["memory"].views[ErrorsView]["row"] == chosen
    valve.release()
    scored(app)
    assert app.session_state["memory"].views[ErrorsView]["row"] == chosen
    assert sum(int(cell["text"]) for row in boards(app)[0]["rows"] for cell in row[1:]) == 24
    assert not app.get("progress") and "24" not in boards(app)[1]["about"]


def test_heat_maps_are_put_to_the_test_once_all_rows_are_read(valve: Valve) -> None:
    app = brought(MANY, score=False)
    next(button for button in app.button if button.proto.type == "primary").click().run()
    valve.until_grown(1)
    app.run()
    key = str(dict(app.query_params)["data"]).strip("[]'")
    second = opened("en-US", data=key, look="belief")
    assert "once all rows are read" in said(second)
    assert not any(button.label.startswith("Examine") for button in second.button)
    valve.release()
    scored(second)
    assert any(button.label == "Examine 24 sentences" for button in second.button)


def test_stopping_keeps_nothing_and_going_on_finishes(valve: Valve) -> None:
    app = brought(MANY, score=False)
    next(button for button in app.button if button.proto.type == "primary").click().run()
    valve.until_grown(1)
    app.run()
    app.button(key="stop_scoring").click().run()
    assert "stopped" in said(app)
    assert not prediction_cache.folder().exists() or not list(prediction_cache.folder().iterdir())
    next(button for button in app.button if button.label == "Go on").click().run()
    valve.release()
    scored(app)
    assert sum(int(cell["text"]) for row in boards(app)[0]["rows"] for cell in row[1:]) == 24


def test_a_link_that_asks_for_what_is_not_there_opens_all_the_same() -> None:
    key = str(dict(brought().query_params)["data"]).strip("[]'")
    odd = {"judged": "no", "cell": "9-9", "sort": "no", "truth": "no", "size": "no", "having": "no", "look": "no"}
    assert listed(opened(data=key, row="999", struck="77", strange="x", **odd))
    assert "Bring the file again" in said(opened(data="f" * 32))
    assert "not on this machine" in said(opened(data="../../etc/passwd"))


def test_without_any_experiment_the_page_says_how_to_get_one(models: Path) -> None:
    shutil.rmtree(models)
    assert "python -m attnviz train" in said(opened())


def test_of_the_file_it_was_trained_on_the_test_rows_are_taken(tiny_csv: Path, tiny_data: Dataset) -> None:
    app = brought(tiny_csv.read_text(encoding="utf-8"), everything=False)
    counts = {split: len(tiny_data.split(split)) for split in ("train", "validation", "test")}
    assert sum(int(cell["text"]) for row in boards(app)[0]["rows"] for cell in row[1:]) == counts["test"]
    assert not [toggle for toggle in app.toggle if toggle.key == "unseen"]
    app = brought(tiny_csv.read_text(encoding="utf-8"))
    assert f"Of these rows ({len(tiny_data):,}), tiny-en learned from {counts['train']:,};" in said(app)
    app.toggle(key="unseen").set_value(True).run()
    assert sum(int(cell["text"]) for row in boards(app)[0]["rows"] for cell in row[1:]) == counts["test"]
    assert "unseen" in app.query_params


def test_two_people_with_the_same_texts_see_their_own_columns() -> None:
    """And their own row numbers: answers are shared, what a file is called and says besides is not."""
    one = brought("id,text,label\nmine,the film was awful,positive\n")
    other = brought("\n".join(["key,text,label", "", "yours,the film was awful,positive"]), name="other.csv")
    for app, own, strange, row in ((one, "id: mine", "yours", "Row 2"), (other, "key: yours", "mine", "Row 3")):
        told = " ".join([said(app), *(text.value for text in app.markdown), *(text.value for text in app.caption)])
        assert own in told and row in told and strange not in told


@pytest.mark.parametrize(
    ("alone", "says"),
    [
        ((3, 3), "frozen and fine-tuned are right equally often."),
        ((0, 0), "frozen and fine-tuned are right equally often."),
        ((4, 3), "frozen and fine-tuned hardly differ, and so little may be chance (McNemar's exact test, p = 1)."),
        ((2, 6), "That frozen and fine-tuned differ may be chance (McNemar's exact test, p = 0.29)."),
        ((1, 12), "frozen and fine-tuned differ by more than chance explains (McNemar's exact test, p = 0.0034)."),
    ],
)
def test_what_is_said_of_the_twins_is_true(monkeypatch: pytest.MonkeyPatch, alone: tuple[int, int], says: str) -> None:
    told = Agreement("frozen", "fine-tuned", 20, *alone, 5)
    monkeypatch.setattr(evaluate, "Agreement", SimpleNamespace(of=lambda *_given: told))
    _confusion, twins, _list = boards(brought())
    assert twins["about"].startswith(says)
