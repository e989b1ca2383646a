"""An imported model on every page: what lies on padding is said, and what such a model lacks is not made up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attnviz import Experiment, adopt
from tests.model.adoption.course import LABELS, MAX_LEN, trained
from tests.ui.conftest import given, opened, said

TEXT = "the movie was not good"


@pytest.fixture
def adopted(models: Path) -> Experiment:
    """Put twins that read padding among the models."""
    frozen, tuned = trained(1, freeze=True), trained()
    made = adopt(
        frozen.model, frozen.vocabulary, LABELS, name="mine", fine_tuned=tuned.model, max_len=MAX_LEN, cut="spaces"
    )
    made.save(models)
    return made


@pytest.mark.usefixtures("adopted")
def test_every_page_opens_with_it() -> None:
    for page in ("", "subwords", "embeddings", "errors", "train"):
        opened(page, experiment="mine")
    for part in ("map", "moved", "sentence"):
        app = opened("embeddings", experiment="mine", part=part, text=TEXT)
        assert "times in training" not in json.dumps(given(app))


@pytest.mark.parametrize("step", range(1, 11))
def test_every_step_is_without_padding_and_says_so(adopted: Experiment, step: int) -> None:
    app = opened("steps", experiment=adopted.name, text=TEXT, step=str(step))
    assert "its figures are not those that it answers with" in said(app)
    if step == 7:
        assert "every word outside its vocabulary is <unk> to it" in json.dumps(given(app)) + said(app)


def test_the_sentence_page_says_what_lies_on_padding_and_reads_without(adopted: Experiment) -> None:
    app = opened(experiment="mine", text=TEXT)
    [drawn] = given(app, "panels")
    for panel in drawn["panels"]:
        explanation = adopted.explain(TEXT, panel["id"])
        assert panel["sum"] == explanation.on_padding() != ""
        assert panel["positions"] == MAX_LEN
        assert sum(panel["shares"]) + explanation.rounded.padding.weight == pytest.approx(1)  # type: ignore[union-attr]
    assert f"1/{MAX_LEN}" in drawn["legend"]["share"]["text"]

    [switch] = [one for one in app.toggle if one.label == "Without padding"]
    switch.set_value(True).run()
    assert not app.exception
    [masked] = given(app, "panels")
    for panel, before in zip(masked["panels"], drawn["panels"], strict=True):
        assert panel["sum"] == ""
        assert sum(panel["shares"]) == pytest.approx(1)
        assert panel["classes"] != before["classes"]
    assert opened(experiment="mine", text=TEXT, masked="1").toggle[0].value is True
    assert not [one for one in opened(experiment="tiny-en", text=TEXT, masked="1").toggle if "padding" in one.label]


def test_contributions_with_padding_add_up_on_the_page(adopted: Experiment) -> None:
    app = opened(experiment="mine", text=TEXT, shade="positive", variants="fine-tuned")
    [drawn] = given(app, "panels")
    shown = adopted.explain(TEXT).rounded
    assert shown.padding is not None
    assert f"padding {shown.padding.contributions[1]:+.3f}".replace("-", "−") in drawn["panels"][0]["sum"]
    assert "that of the padding" in drawn["legend"]["meaning"]
