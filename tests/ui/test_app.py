"""The app as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import attnviz.model.experiment
from attnviz.model.variants import display_name
from attnviz.ui.examples import EXAMPLES
from attnviz.ui.markdown import escape_markdown
from tests.ui.conftest import given, opened, said


@pytest.mark.usefixtures("models")
def test_the_first_sight_is_a_sentence_read_by_both_twins() -> None:
    [sentence] = given(opened(), "panels")
    assert "".join(word["text"] for word in sentence["words"]) == EXAMPLES["en"][0].text.replace(" ", "")
    assert [panel["id"] for panel in sentence["panels"]] == ["frozen", "fine-tuned"]
    assert all(len(panel["classes"]) == 2 for panel in sentence["panels"])


@pytest.mark.usefixtures("models")
def test_a_link_opens_what_it_tells() -> None:
    app = opened(text="it was good", without="2", variants="fine-tuned,uniform", shade="positive", pin="so bad")
    sentence, pinned = given(app, "panels")
    assert [word["text"] for word in pinned["words"]] == ["so", "bad"]
    assert [word["struck"] for word in sentence["words"]] == [False, False, True]
    assert [panel["id"] for panel in sentence["panels"]] == ["fine-tuned", "uniform"]
    assert all("“positive”" in panel["sum"] for panel in sentence["panels"])
    assert app.query_params["text"] == "it was good"


@pytest.mark.usefixtures("models")
def test_a_link_that_asks_for_what_is_not_there_opens_all_the_same() -> None:
    app = opened(experiment="../etc", variants="no,such", shade="joy", unknown="?", without="99", lang="xx")
    [sentence] = given(app, "panels")
    assert [panel["id"] for panel in sentence["panels"]] == ["frozen", "fine-tuned"]
    assert not any(word["struck"] for word in sentence["words"])
    assert "tiny-en" in said(app)


@pytest.mark.usefixtures("models")
def test_choices_go_into_the_link_and_defaults_leave_it() -> None:
    app = opened()
    app.button_group(key="shade").set_value("positive").run()
    assert app.query_params["shade"] == "positive"
    app.button_group(key="shade").set_value("attention").run()
    assert "shade" not in app.query_params


@pytest.mark.usefixtures("models")
def test_the_language_is_the_browsers_then_the_links() -> None:
    app = opened(locale="ko-KR")
    assert given(app, "panels")[0]["panels"][0]["name"] == "동결"
    assert "lang" not in app.query_params
    app.button_group(key="lang").set_value("en").run()
    assert given(app, "panels")[0]["panels"][0]["name"] == "frozen"
    assert app.query_params["lang"] == "en"
    assert given(opened(locale="en-US", lang="ko"), "panels")[0]["labels"] == ["부정", "긍정"]


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07"])
def test_a_text_of_no_words_gets_a_plain_sentence(text: str) -> None:
    app = opened(text=text)
    assert not given(app, "panels")
    assert "There is no word to read here" in said(app)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    "text", ["?!…", "x" * 20_000, "great " * 3_000, "<img src=x onerror=alert(1)>", "שלום עולם", "👩‍👩‍👧"]
)
def test_strange_texts_are_drawn(text: str) -> None:
    [sentence] = given(opened(text=text), "panels")
    assert sentence["words"]


@pytest.mark.usefixtures("models")
def test_a_text_too_long_is_said_to_be_cut_and_left_out_of_the_link() -> None:
    app = opened(text="great " * 3_000)
    assert "reads the first 60 of 3,000" in said(app)
    assert "too long for a link" in said(app)
    assert "text" not in app.query_params


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_example_opens(language: str) -> None:
    for example in EXAMPLES[language]:
        assert given(opened(text=example.text), "panels")


def test_labels_are_shown_letter_for_letter(models: Path) -> None:
    label = "**x** [a](http://b) :red[x] $x$ <b>"
    path = models / "tiny-en" / "experiment.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["about"]["labels"] = ["negative", label]
    path.write_text(json.dumps(stored), encoding="utf-8")
    app = opened(shade=label)
    assert app.button_group(key="shade").options[-1] == escape_markdown(f"contribution to “{label}”")
    assert given(app, "panels")[0]["labels"] == ["negative", label]


def test_a_damaged_experiment_is_named_and_the_others_open(models: Path) -> None:
    shutil.copytree(models / "tiny-en", models / "broken")
    (models / "broken" / "frozen.safetensors").write_bytes(b"no tensors")
    app = opened()
    assert given(app, "panels")
    assert "broken" in said(app) and "frozen" in said(app)
    assert given(opened(experiment="broken"), "panels")
    assert not app.expander or "cannot be opened" not in app.expander[0].label
    for more in ("broken-2", "broken-3"):
        shutil.copytree(models / "broken", models / more)
    app = opened()
    [folded] = [one for one in app.expander if "3 experiments cannot be opened" in one.label]
    assert len(folded.warning) == 3


def test_without_any_experiment_the_page_says_how_to_get_one(models: Path) -> None:
    shutil.rmtree(models)
    assert "python -m attnviz train" in said(opened())


@pytest.mark.usefixtures("models")
def test_numbers_are_made_only_when_asked_for() -> None:
    assert not opened().get("plotly_chart")
    app = opened(numbers="1")
    assert app.get("plotly_chart")
    table = app.dataframe[0].value
    assert list(table["variant"].unique()) == ["frozen", "fine-tuned", "uniform"]


@pytest.mark.usefixtures("models")
def test_the_last_classifier_stays() -> None:
    app = opened(variants="uniform")
    app.button_group(key="variants").set_value([]).run()
    assert [panel["id"] for panel in given(app, "panels")[0]["panels"]] == ["uniform"]


@pytest.mark.usefixtures("models")
def test_a_link_takes_its_language_along_once_there_is_something_to_see_again() -> None:
    assert dict(opened(locale="ko-KR").query_params) == {}
    assert dict(opened(locale="ko-KR", text="so bad").query_params) == {"text": "so bad", "lang": "ko"}


@pytest.mark.usefixtures("models")
def test_contributions_and_bias_add_up_as_shown() -> None:
    [sentence] = given(opened(shade="positive"), "panels")
    for panel in sentence["panels"]:
        contributions, bias, logit = (
            float(number.replace("−", "-")) for number in re.findall(r"[+−]?\d+\.\d{3}", panel["sum"])
        )
        assert round(contributions + bias, 3) == logit
        assert contributions == pytest.approx(sum(row[1] for row in panel["contributions"]), abs=2e-3)


@pytest.mark.usefixtures("models")
def test_a_sentence_of_strangers_is_said_to_be_one() -> None:
    told = said(opened(locale="ko-KR", text="이 영화 재밌다"))
    assert "영어 단어" in told and "학습한 언어" not in told
    assert re.search(r"it knows \d+ words, of English", said(opened(text="zebras quietly juggled melons")))
    assert "strangers" not in said(opened(text="the movie was good"))


def test_a_korean_screen_starts_with_korean_reviews_and_keeps_them(models: Path) -> None:
    for name in ("reviews-en", "reviews-ko"):
        shutil.copytree(models / "tiny-en", models / name)
    assert opened(locale="en-US").selectbox(key="experiment").value == "reviews-en"
    app = opened(locale="ko-KR")
    assert app.selectbox(key="experiment").value == "reviews-ko"
    app.button_group(key="lang").set_value("en").run()
    assert app.selectbox(key="experiment").value == "reviews-ko"
    assert dict(app.query_params) == {"experiment": "reviews-ko", "lang": "en"}


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("page", ["sentence", "train"])
def test_accuracies_are_those_of_the_experiments_file(page: str) -> None:
    stored = json.loads((attnviz.model.experiment.MODELS / "tiny-en" / "experiment.json").read_text(encoding="utf-8"))
    app = opened(page if page == "train" else "")
    shown = said(app) if page == "sentence" else json.dumps(given(app, "tables"), ensure_ascii=False)
    assert stored["about"]["data"]["name"] in shown
    for variant, groups in stored["figures"].items():
        test = groups["all"]
        low, high = test["interval"]
        assert f"{test['accuracy']:.1%}" in shown and f"{low:.1%}\u00a0–\u2060\u00a0{high:.1%}" in shown
        assert display_name(variant, str) in shown.replace("\u2060", "") and f"{test['n']:,}" in shown


def test_an_experiment_that_nobody_tested_says_no_accuracy(models: Path) -> None:
    path = models / "tiny-en" / "experiment.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**stored, "figures": {}}), encoding="utf-8")
    app = opened()
    assert given(app, "panels") and "test rows of" not in said(app)
    [tables] = given(opened("train"), "tables")
    assert [(table["heading"], table["rows"]) for table in tables["tables"]] == [("tiny-en", [])]


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(("unknown", "way"), [("subword", "read by its subwords"), ("unk", "read as <unk>")])
def test_how_unknown_words_are_read_stands_under_the_picture(unknown: str, way: str) -> None:
    [sentence] = given(opened(text="such an amaaazing plot", unknown=unknown), "panels")
    assert way in sentence["texts"]["mark"]


@pytest.mark.usefixtures("models")
def test_the_first_line_says_what_this_is() -> None:
    assert "light up the words they looked at. Attention shows where" in said(opened())
    assert "어텐션은 어디를 보았는지 알려 줄 뿐" in said(opened(locale="ko-KR"))
