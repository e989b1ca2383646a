"""The Self-attention page as Streamlit runs it: its numbers, what links ask for, and what an experiment may lack."""

from __future__ import annotations

import base64
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import attnviz.model.experiment
from attnviz.analysis.self_attention import asking, without_heads
from attnviz.model.behaviour import Behaviour, BehaviourFigures
from attnviz.model.experiment import Experiment
from attnviz.model.metrics import Metrics
from attnviz.ui.cache import experiments, models_folder
from attnviz.ui.cache import self_attention as cached
from attnviz.ui.components.heatmap.heatmap import digest
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.pages.self_attention.contents import step_content
from attnviz.ui.pages.self_attention.distance import written
from attnviz.ui.pages.self_attention.ways import sheet
from attnviz.ui.pages.self_attention.worth import steadiness, verdict
from attnviz.ui.views import SelfAttentionView
from tests.ui.conftest import given, said
from tests.ui.conftest import opened as open_page

opened = partial(open_page, "self_attention", experiment="tiny-both")
TEXT = "the movie was not good"
OF = digest(f"tiny-both\n{TEXT}")[:8]


@pytest.fixture
def both(transformer_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the experiment with a transformer, and let the app find it; what is measured is waited for."""
    folder = tmp_path / "models"
    shutil.copytree(transformer_models, folder)
    monkeypatch.setattr(attnviz.model.experiment, "MODELS", folder)
    monkeypatch.setattr(models_folder, "LASTS", 0.0)
    monkeypatch.setattr(cached, "_AT_ONCE", 600.0)
    return folder


def matrix(app: AppTest) -> dict[str, Any]:
    """Return what the matrix was given."""
    [found] = given(app, "maps")
    return found


def notice(app: AppTest) -> str:
    """Return what there is to notice."""
    return next(line for line in said(app).splitlines() if line.startswith("**Notice:**"))


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("text", ["good", "zzzq xxqv wwkj", "!", "great " * 400, "<b>$x$</b> :smile: **so** good"])
def test_every_step_takes_every_sentence(text: str) -> None:
    app = opened(text=text)
    for step in range(1, 8):
        app.query_params["step"] = str(step)
        app.run()
        assert not app.exception
        assert given(app, "maps") or given(app, "blocks")
        assert not re.search(r"\{\w+\}", said(app))


@pytest.mark.usefixtures("both")
def test_no_words_and_steps_heads_and_words_that_are_not_there_are_said() -> None:
    assert "no word to read" in said(opened(text=""))
    app = opened(text=TEXT, step="99", head="9", off="2,7", way="sideways", spot="40", of=OF)
    assert "There is no step 99" in said(app) and "There is no head 7" in said(app)
    assert "There is no word 41" in said(app)
    assert app.query_params["off"] == "2" and "head" not in app.query_params and "way" not in app.query_params


@pytest.mark.usefixtures("both")
def test_the_matrix_has_the_weights_of_every_head(with_transformer: Experiment) -> None:
    true = asking(with_transformer, TEXT, "transformer")
    data = matrix(opened(text=TEXT, step="2"))
    roots = np.frombuffer(base64.b64decode(data["maps"]), "<u2") / 65535
    np.testing.assert_allclose(roots.reshape(true.weights.shape[1:]) ** 2, true.weights[0], atol=1e-4)
    np.testing.assert_allclose(data["pooled"], true.explanation.weights, atol=1e-6)
    assert data["even"] == 1 / 5 and data["means"] == [0, 1, 2, 3] and not data["cards"]
    spot, word = data["spot"], [token.text for token in true.explanation.tokens]
    top = int(true.mean[spot].argmax())
    assert f"“{word[spot]}” asks “{word[top]}” most: {true.mean[spot, top]:.1%}" in notice(opened(text=TEXT, step="2"))


@pytest.mark.usefixtures("both")
def test_the_way_to_the_answer_has_the_shapes_of_its_numbers(with_transformer: Experiment) -> None:
    [board] = given(opened(text=TEXT, step="1"), "blocks")
    way = {row["name"]: row["cells"][0]["text"] for row in board["blocks"][-1]["rows"]}
    found, model = asking(with_transformer, TEXT, "transformer"), with_transformer.model("transformer")
    words, width = len(found.explanation.tokens), model.fc.in_features
    true = {
        "x": (words, model.embedding.embedding_dim),
        "q, k, v": (3, *found.queries.shape[1:]),
        "A": found.weights.shape[1:],
        "A·v": (words, width),
        "h": (words, width),
        "α": found.explanation.weights.shape,
        "c": (width,),
    }
    assert way == {name: " × ".join(map(str, shape)) for name, shape in true.items()}


@pytest.mark.usefixtures("both")
def test_a_head_is_worth_what_the_answer_loses_without_it(with_transformer: Experiment) -> None:
    whole = with_transformer.explain(TEXT, "transformer")
    best = int(whole.probabilities.argmax())
    fall = [
        whole.probabilities[best] - one.probabilities[best]
        for one in without_heads(with_transformer, TEXT, "transformer").values()
    ]
    data = matrix(opened(text=TEXT, step="3"))
    shown = [card["worth"].replace("−", "-") for card in data["cards"][1:]]
    assert [float(re.findall(r"[-+]?\d+\.\d", one)[0]) for one in shown] == [round(100 * float(one), 1) for one in fall]
    assert "All heads on" in data["answered"]
    app = opened(text=TEXT, step="3", off="2")
    assert [card["off"] for card in matrix(app)["cards"]] == [False, False, True, False, False]
    assert "Off: head 2." in matrix(app)["answered"] and data["answered"] != matrix(app)["answered"]


@pytest.mark.usefixtures("both")
def test_without_positions_no_order_changes_anything() -> None:
    answer = said(opened(text=TEXT, step="4"))
    [least] = re.findall(r"by more than (\d)e−(\d+)", answer)
    assert int(least[1]) >= 5
    [table] = given(opened(text=TEXT, step="4"), "blocks")
    names = [row["name"] for row in table["blocks"][0]["rows"]]
    assert names == ["BiLSTM", "transformer"]


@pytest.mark.usefixtures("both")
def test_what_was_never_measured_is_said() -> None:
    [order] = given(opened(text=TEXT, step="4"), "blocks")
    assert "has not been measured" in order["blocks"][1]["text"]
    [worth] = given(opened(text=TEXT, step="7"), "blocks")
    rows = {row["name"]: [cell["text"] for cell in row["cells"]] for row in worth["blocks"][0]["rows"]}
    for lacking in ("behaviour tests that it fails", "heat-maps whose words carried the answer"):
        assert rows[lacking] == ["–", "–"]
    assert all("%" in text for text in rows["accuracy"])


@pytest.mark.usefixtures("both")
def test_nothing_of_the_rows_is_sent_before_they_are_revealed() -> None:
    for step in ("1", "2", "3"):
        app = opened(text=TEXT, step=step, predict="1")
        assert not given(app, "maps") and not given(app, "blocks")
        [asked] = given(app, "twins")
        assert asked["twins"] is None and "Whom does" in asked["texts"]["heading"]
        assert "Notice" not in said(app)
    app = opened(text=TEXT, step="2", predict="1", marks="1,4", reveal="2", spot="3", of=OF)
    [revealed] = given(app, "twins")
    assert revealed["twins"][0]["top"] and "“not”" in revealed["texts"]["heading"] and given(app, "maps")


def test_an_experiment_without_self_attention_says_so_and_offers_one_that_has_it(both: Path, tiny_models: Path) -> None:
    shutil.copytree(tiny_models / "tiny-en", both / "tiny-en")
    app = opened(experiment="tiny-en")
    assert "tiny-en has no classifier with self-attention" in said(app) and not given(app, "steps")
    [take] = [button for button in app.button if button.label.replace("\\", "") == "Take tiny-both"]
    take.click().run()
    assert not app.exception and given(app, "steps")


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("step", range(1, 8))
def test_a_step_is_kept_as_a_sheet_on_which_what_people_typed_is_text(step: int) -> None:
    typed = "<b>not</b> a good film </script>"
    view = SelfAttentionView(step=step)
    sentence = AskedSentence(experiments.opened("tiny-both"), typed, view, "00000000", "transformer")
    page = sheet(sentence, step_content(sentence), "en")
    assert f"<h1>{step}. " in page and "<math" in page and 'id="picture0"' in page
    assert "<b>not</b>" not in page and "&lt;b&gt;not&lt;/b&gt;" in page
    assert page.count("<script>") == page.count("</script>")


def metrics(right: int, n: int = 1000) -> Metrics:
    return Metrics.of([1] * n, np.array([[0.1, 0.9]] * right + [[0.9, 0.1]] * (n - right)))


def test_the_intervals_say_which_is_better() -> None:
    said = {right: verdict({"BiLSTM": metrics(800), "transformer": metrics(right)}) for right in (700, 810, 900)}
    assert "is worse" in said[700] and "do not tell them apart" in said[810] and "is better" in said[900]
    assert "Nobody has tested both" in verdict({"BiLSTM": metrics(800), "transformer": None})


def test_changed_texts_say_which_is_steadier_if_their_intervals_do() -> None:
    def told(failed: dict[str, int]) -> str:
        tests = tuple(BehaviourFigures(name, "invariance", "same", 1000, failed) for name in ("names", "commas"))
        return steadiness(Behaviour(1, "rows", 1000, tests), {"fine-tuned": "BiLSTM", "transformer": "transformer"})

    assert told({"fine-tuned": 10, "transformer": 40}).endswith("the BiLSTM fails fewer: 1.0% against 4.0%.")
    assert told({"fine-tuned": 40, "transformer": 10}).endswith("the transformer fails fewer: 1.0% against 4.0%.")
    assert told({"fine-tuned": 10, "transformer": 12}) == "" == told({"fine-tuned": 10})


def test_numbers_of_any_size_are_written_with_two_places_that_count() -> None:
    numbers = [0, 0.0123, 0.5, 7.25, 123.4, 98_304, 1e-9, 3.2e-5]
    assert [written(number) for number in numbers] == [
        "0", "0.012", "0.5", "7.2", "123", "9.8·10⁴", "10⁻⁹", "3.2·10⁻⁵",
    ]  # fmt: skip
