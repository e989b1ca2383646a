"""The Subwords page as Streamlit runs it, without a browser."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import attnviz.model.experiment
from attnviz.analysis.misspellings import KINDS
from attnviz.model.experiment import Experiment
from attnviz.ui.examples import PAIRS
from attnviz.vectors.fasttext import FastTextVectors
from tests.ui.conftest import given, said
from tests.ui.conftest import opened as open_page

opened = partial(open_page, "subwords")


def words(app: AppTest) -> list[str]:
    """Return the words in the picture."""
    return [panel["word"] for one in given(app, "panels") for panel in one["panels"]]


@pytest.mark.usefixtures("models")
def test_the_first_sight_is_a_word_beside_a_stranger() -> None:
    app = opened()
    [picture] = given(app, "panels")
    assert words(app) == ["excellent", "excelent"]
    assert picture["pair"]["shared"]["number"] > 5
    assert not app.query_params
    assert given(app, "tallies")[0]["tallies"] is None


@pytest.mark.usefixtures("models")
def test_a_link_opens_what_it_tells() -> None:
    app = opened(word="amazing", other="amaaazing", typos="1", ngrams="1")
    assert words(app) == ["amazing", "amaaazing"]
    known, stranger = given(app, "panels")[0]["panels"]
    assert known["known"] and known["own"] and not stranger["known"] and not stranger["own"]
    [test] = given(app, "tallies")
    assert len(test["tallies"]["rows"]) == len(KINDS) - 2  # those of Korean find no word here
    table = app.dataframe[0].value
    assert set(table["word"]) == {"amazing", "amaaazing"}
    assert table.groupby("word")["share"].sum().round(2).tolist() == [1, 1]
    assert dict(app.query_params) == {
        "word": "amazing",
        "other": "amaaazing",
        "typos": "1",
        "ngrams": "1",
        "lang": "en",
    }


@pytest.mark.usefixtures("models")
def test_a_word_from_another_page_comes_alone() -> None:
    assert words(opened(word="amaaazing")) == ["amaaazing"]


@pytest.mark.usefixtures("models")
def test_what_is_typed_is_read_and_the_other_word_stays() -> None:
    app = opened()
    app.text_input(key="word").set_value("Films").run()
    assert words(app) == ["films", "excelent"]
    assert dict(app.query_params) == {"word": "Films", "other": "excelent", "lang": "en"}
    app.text_input(key="other").set_value("").run()
    assert words(app) == ["films"]
    next(button for button in app.button if button.label == "Swap").click().run()
    assert app.text_input(key="other").value == "Films"
    app.button_group(key="pair").set_value(("excellent", "excelent")).run()
    assert words(app) == ["excellent", "excelent"]
    assert not app.query_params


@pytest.mark.usefixtures("models")
def test_the_test_by_typo_waits_for_its_button() -> None:
    app = opened()
    next(button for button in app.button if button.label.startswith("Test by typo")).click().run()
    assert given(app, "tallies")[0]["tallies"]["rows"]
    assert app.query_params["typos"] == "1"


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("typed", ["", "   ", "\n\t"])
def test_nothing_to_read_gets_a_plain_sentence(typed: str) -> None:
    app = opened(word=typed, other=typed)
    assert not words(app)
    assert "There is no word to read here" in said(app)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    "typed",
    ["?", "x" * 100_000, "<img/src=x/onerror=alert(1)>", "שלום", "👩‍👩‍👧", "\x00\x07", "\u202egnirts", "e\u0301\u0323"],
)
def test_strange_words_are_drawn(typed: str) -> None:
    [word] = words(opened(word=typed))
    assert word


@pytest.mark.usefixtures("models")
def test_what_is_left_out_is_said() -> None:
    assert "this reads the first, “good”" in said(opened(word="good movie"))
    app = opened(word="x" * 100_000)
    assert "the first 48 letters" in said(app)
    assert "too long for a link" in said(app)


@pytest.mark.usefixtures("models")
def test_the_page_speaks_korean() -> None:
    app = opened("ko-KR", word="amazing", other="amaaazing")
    [picture] = given(app, "panels")
    assert [panel["verdict"] for panel in picture["panels"]] == ["등록 단어", "미등록 단어"]


def test_a_file_of_the_owners_can_be_chosen(models: Path, tiny: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.eye(4, dtype=np.float16)
    korean = FastTextVectors(["재밌어요", "영화", "Paris", "배우"], rows, np.ones((9, 4), np.float16), min_n=1, max_n=2)
    opens = FastTextVectors.open
    monkeypatch.setattr(FastTextVectors, "open", lambda path: korean if path.suffix == ".bin" else opens(path))
    (models / "vectors").mkdir()
    (models / "vectors" / "cc.ko.300.bin").touch()
    assert attnviz.model.experiment.names(models) == ["tiny-en"]
    app = opened()
    app.selectbox(key="vectors").set_value("cc.ko.300.bin").run()
    assert words(app) == list(PAIRS["ko"][0])
    assert app.query_params["vectors"] == "cc.ko.300.bin"
    app.text_input(key="word").set_value("Paris").run()
    assert given(app, "panels")[0]["panels"][0]["known"]


def test_a_damaged_file_is_named_and_no_path_leads_out_of_the_folder(models: Path) -> None:
    (models / "vectors").mkdir()
    (models / "vectors" / "broken.bin").write_bytes(b"no vectors")
    assert "broken" in said(opened(vectors="broken.bin"))
    app = opened(vectors="../tiny-en/vectors.safetensors")
    assert words(app) == ["excellent", "excelent"]
    assert "There are no vectors" in said(app)


def test_without_any_experiment_the_page_says_how_to_get_one(models: Path) -> None:
    shutil.rmtree(models)
    assert "python -m attnviz train" in said(opened())
