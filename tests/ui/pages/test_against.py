"""A second experiment beside the first on three pages, as Streamlit runs them, without a browser."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from attnviz.data.registry import SOURCES
from attnviz.model.experiment import Experiment
from attnviz.morphemes import WORDS
from attnviz.ui.pages.errors import files, known, scoring
from attnviz.ui.pages.sentence import numbers
from attnviz.ui.pages.train.came_from import came_from
from tests.analysis.evaluation.others import relabelled, worse
from tests.ui.conftest import given, opened, said
from tests.ui.pages.test_belief import examined
from tests.ui.pages.test_errors import boards, brought, listed

ROWS = "text,label\n" + "".join(
    f"{frame.format(word)},{label}\n"
    for frame in ("the film was {}", "a {} story !", "such {} music", "i think this plot is {} .")
    for word, label in (("good", "positive"), ("awful", "negative"), ("moving", "positive"), ("not good", "negative"))
)


@pytest.fixture(autouse=True)
def second(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: Path, tiny: Experiment) -> None:
    """Let there be a second experiment, which errs more, with its labels in another order, and another with others."""
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))
    for name in [name for name, source in SOURCES.items() if not source.trainable]:
        monkeypatch.delitem(SOURCES, name)
    scoring._places.clear()
    scoring._work.clear()
    known._downloads.clear()
    bad, good = tiny.labels
    relabelled(worse(tiny, "worse"), "second", {good: good, bad: bad}).save(models)
    relabelled(tiny, "third", {"A": bad, "B": good}).save(models)


def errors(**link: str) -> AppTest:
    """Open the Errors page on rows that were brought, once the second experiment has answered them, too."""
    key = linked(brought(ROWS, experiment="tiny-en"), "data")
    app = opened("errors", data=key, experiment="tiny-en", **link)
    while "reads the sentences, too" in "".join(bar.proto.text for bar in app.get("progress")):
        app.run()
        assert not app.exception
    return app


def linked(app: AppTest, name: str) -> str:
    """Return what the link has under a name."""
    return str(app.query_params[name]).strip("[]'")


def panels(app: AppTest) -> list[dict[str, Any]]:
    """Return the heat-maps on the page."""
    return [one for one in given(app) if "panels" in one]


def test_a_second_experiment_can_be_chosen_where_there_is_one() -> None:
    for page in ("embeddings", "errors"):
        [box] = [box for box in opened(page, experiment="tiny-en").selectbox if box.label == "Compare with"]
        assert box.options == ["compare with …", "⇄ second", "⇄ third"] and box.value == ""
    assert not [box for box in opened("steps", experiment="tiny-en").selectbox if box.label == "Compare with"]
    app = opened("", experiment="tiny-en")
    [box] = [box for box in app.selectbox if box.label == "Compare with"]
    box.set_value("second").run()
    assert not app.exception and linked(app, "against") == "second" and len(panels(app)) == 2
    assert "no experiment “nothing” to compare with" in said(opened("", experiment="tiny-en", against="nothing"))
    assert len(panels(opened("", experiment="tiny-en", against="tiny-en"))) == 1


def test_a_sentence_stands_in_both_without_the_same_words() -> None:
    link = {"experiment": "tiny-en", "text": "the film was not good", "against": "second"}
    app = opened("", **link, without="1", variants="fine-tuned", against_variants="frozen,uniform")
    first, other = panels(app)
    assert (first["heading"], other["heading"]) == ("tiny-en", "second")
    assert [panel["id"] for panel in first["panels"]] == ["fine-tuned"]
    assert [panel["id"] for panel in other["panels"]] == ["frozen", "uniform"]
    for drawn in (first, other):
        assert [word["struck"] for word in drawn["words"]] == [False, True, False, False, False]
    assert first["legend"] is None and other["legend"]
    assert "cut this sentence differently" not in said(app)
    pinned = opened("", **link, pin="a good plot", pin_without="0")
    both = [f"{when} · {name}" for when in ("Now", "Pinned") for name in ("tiny-en", "second")]
    assert [one["heading"] for one in panels(pinned)] == both
    assert [bool(one["legend"]) for one in panels(pinned)] == [False, False, False, True]


def test_words_are_struck_in_morphemes_and_not_the_other_way(tiny_ko: Experiment, models: Path) -> None:
    words = relabelled(tiny_ko, "words", {label: label for label in tiny_ko.labels})
    words = replace(words, segmenter=WORDS, about=replace(words.about, units="words"))
    words.save(models)
    tiny_ko.save(models)
    link = {"text": "영화는 재미있지 않다"}
    app = opened("", experiment="words", against="tiny-ko", without="1", **link)
    first, other = ([word["text"] for word in one["words"] if word["struck"]] for one in panels(app))
    assert first == ["재미있지"] and "".join(other) == "재미있지" and len(other) > 1
    assert "cut this sentence differently" in said(app) and "Struck out in" not in said(app)
    place = [word["text"] for word in panels(app)[1]["words"]].index(other[0])
    app = opened("", experiment="tiny-ko", against="words", without=str(place), **link)
    assert not any(word["struck"] for word in panels(app)[1]["words"])
    assert f"Struck out in tiny-ko alone, for words reads it as part of a longer word: {other[0]}." in said(app)


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_what_is_taken_away_of_a_sentence_tells_of_both(locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Callable[[], Any]] = {}
    monkeypatch.setattr(numbers, "save", lambda kind, data, *_rest: made.update({kind: data}))
    link = {"text": "the film was not good", "without": "3", "numbers": "1"}
    app = opened("", locale, experiment="tiny-en", against="third", **link)
    taken = pd.read_csv(io.BytesIO(made["CSV"]()))
    assert dict(taken.groupby("experiment")["token"].agg("nunique")) == {"tiny-en": 4, "third": 4}
    assert {*taken["variant"]} >= {"frozen", "fine-tuned"}
    assert taken["contribution A"].notna().sum() == (taken["experiment"] == "third").sum()
    assert len(app.get("plotly_chart")) == 2 and len(app.dataframe[0].value) == len(taken)
    app = opened("", locale, experiment="tiny-en", against="third", belief="1", examined="third/frozen", **link)
    app = examined(app)
    assert not app.exception and "third" in str([control.proto.options for control in app.get("button_group")])


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_a_word_has_its_neighbours_in_both(locale: str) -> None:
    app = opened("embeddings", locale, experiment="tiny-en", against="second", word="good")
    tables = [one for one in given(app) if one.get("subject")]
    assert [one["subject"]["word"] for one in tables] == ["good", "good"]
    assert [one["tables"][0]["heading"].split(" · ")[0] for one in tables] == ["tiny-en", "second"]
    if locale == "en-US":
        assert "Of the 10 neighbours after fine-tuning both have 10." in said(app)
        assert "does not know" not in said(app)
        strange = opened("embeddings", experiment="tiny-en", against="second", word="amaaazing")
        assert "second does not know: amaaazing" in said(strange)


def test_the_errors_page_tells_who_alone_is_right_and_lists_them() -> None:
    app = errors(against="second", cell="pair-changed")
    assert linked(app, "against") == "second"
    told = boards(app)
    assert [board["heading"] for board in told[:5]] == [
        "What fine-tuned takes for what",
        "frozen and fine-tuned against the labels",
        "What second, fine-tuned takes for what",
        "tiny-en and second against the labels",
        "tiny-en and second",
    ]
    cells = {
        cell["id"]: int(cell["text"]) for board in told[3:5] for row in board["rows"] for cell in row if cell["id"]
    }
    assert sum(cells[f"pair-{which}"] for which in ("both-right", "only-first", "only-second", "both-wrong")) == 16
    assert cells["pair-changed"] + cells["pair-unchanged"] == 16 and cells["pair-only-first"] > 0
    key = linked(app, "data")
    for cell, count in (("pair-only-first", cells["pair-only-first"]), ("pair-unchanged", cells["pair-unchanged"])):
        again = opened("errors", data=key, experiment="tiny-en", against="second", cell=cell)
        assert len(listed(again)) == count, cell
    assert "Right alone: tiny-en" in said(app) and "Answers that changed from tiny-en to second" in said(app)
    first, other = panels(app)
    assert (first["heading"], other["heading"]) == ("tiny-en", "second")
    assert [panel["id"] for panel in other["panels"]] == ["fine-tuned"]
    assert all("second: " in row[0]["note"] for row in told[5]["rows"])


def test_any_variant_of_the_second_is_compared_and_its_confusion_lists_its_rows() -> None:
    app = errors(against="second", against_judged="frozen")
    assert linked(app, "against_judged") == "frozen"
    assert "Compared with, of second" in [control.proto.label for control in app.get("button_group")]
    [table] = [board for board in boards(app) if board["heading"] == "What second, frozen takes for what"]
    assert [panel["id"] for panel in panels(app)[1]["panels"]] == ["frozen"]
    cells = {cell["id"]: int(cell["text"]) for row in table["rows"] for cell in row if cell["id"]}
    assert set(cells) == {f"second-{truth}-{answer}" for truth in (0, 1) for answer in (0, 1)}
    assert sum(cells.values()) == 16
    key, about = linked(app, "data"), {"against": "second", "against_judged": "frozen"}
    cell, count = max(cells.items(), key=lambda one: one[1])
    assert len(listed(opened("errors", data=key, experiment="tiny-en", cell=cell, **about))) == count
    for nothing in ("second-0-7", "second-0-0"):  # a class there is not; nobody to compare with
        against = about if nothing == "second-0-7" else {}
        assert linked(opened("errors", data=key, experiment="tiny-en", cell=nothing, **against), "data") == key


def test_parts_of_the_errors_page_compare() -> None:
    key = linked(errors(against="second"), "data")
    for locale in ("en-US", "ko-KR"):
        slices = opened("errors", locale, data=key, experiment="tiny-en", against="second", look="slices")
        assert [board["heads"] for board in boards(slices)][-2:] == [[], []]  # too few rows for any
    figures = opened("errors", data=key, experiment="tiny-en", against="second", look="calibration")
    [table] = [one for one in given(figures, "tables") if len(one["tables"][0]["heads"]) == 6]
    assert [row["cells"][0]["text"] for row in table["tables"][0]["rows"]][-1] == "second fine-tuned"


def test_what_has_no_class_in_common_is_said_and_the_page_goes_on() -> None:
    app = errors(against="third", cell="pair-changed")
    assert "they have no class in common" in said(app) and len(panels(app)) == 1


def test_rows_without_labels_are_compared_by_their_answers() -> None:
    key = linked(brought("text\na good film\nan awful film\n", experiment="tiny-en"), "data")
    app = opened("errors", data=key, experiment="tiny-en", against="second", cell="pair-unchanged")
    while "reads the sentences, too" in "".join(bar.proto.text for bar in app.get("progress")):
        app.run()
    assert not app.exception and [board["heading"] for board in boards(app)][-2] == "tiny-en and second"


def test_the_report_and_the_csv_tell_of_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Callable[[], Any]] = {}
    monkeypatch.setattr(files, "save", lambda kind, data, *_rest: made.update({kind: data}))
    errors(against="second", cell="pair-only-first")
    page = made["HTML"]()
    assert "tiny-en against second" in page and "second · fine-tuned" in page
    assert "answer:second/fine-tuned" in made["CSV"]().decode("utf-8-sig").splitlines()[0]


def test_a_new_experiment_came_from_the_one_with_its_rows_or_vectors(tiny: Experiment, models: Path) -> None:
    """Be they corrected since, and under another name: by what texts it learned from."""
    known = tiny.learned
    assert known is not None

    def made(name: str, digest: str, source: str = "", learned: bool = True) -> None:
        data = replace(tiny.about.data, name=name, digest=digest * 64)
        about = replace(tiny.about, data=data, vectors=replace(tiny.about.vectors, source=source))
        other = replace(known, train=np.arange(40, dtype=np.uint32) + 1_000 * int(digest))
        replace(tiny, name=name, about=about, learned=known if learned else other).save(models)

    made("tiny-en-2", "1")
    made("tiny-en-3", "2")
    made("lent", "3", "tiny-en, trained on with the training rows", learned=False)
    made("alone", "4", learned=False)
    assert came_from("tiny-en-3") == "tiny-en-2" and came_from("tiny-en-2") == "tiny-en"
    assert came_from("second") == "tiny-en"  # the same rows, though its labels are in another order
    assert came_from("lent") == "tiny-en" and came_from("alone") == ""
