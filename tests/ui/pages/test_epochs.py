"""The Sentence page on a probe sentence, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attnviz.analysis.attention_history import attention_history
from attnviz.model.experiment import Experiment
from attnviz.ui.pages.sentence.epochs import table
from tests.conftest import EPOCHS, TINY
from tests.ui.conftest import given, opened

PROBE, LAST = TINY.probes[0], EPOCHS


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


@pytest.mark.usefixtures("models")
def test_a_probe_comes_with_its_epochs_and_the_link_tells_which(tiny: Experiment) -> None:
    [sentence] = given(opened(text=PROBE, epoch="2"), "panels")
    found = attention_history(tiny, PROBE)
    assert found and sentence["history"]["at"] == 2 and sentence["history"]["last"] == LAST
    for panel, moved in zip(sentence["panels"], sentence["history"]["panels"], strict=True):
        assert moved["weights"] == found.variants[panel["id"]].weights.tolist()
        assert moved["kept"] == found.variants[panel["id"]].kept
    assert sentence["history"]["names"][0] == "before training" and len(sentence["history"]["names"]) == LAST + 2


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("link", "at"), [({}, LAST + 1), ({"epoch": "0"}, 0), ({"epoch": "9999"}, LAST), ({"epoch": "-1"}, LAST + 1)]
)
def test_an_epoch_there_is_not_is_the_nearest_one(link: dict[str, str], at: int) -> None:
    [sentence] = given(opened(text=PROBE, **link), "panels")
    assert sentence["history"]["at"] == at


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    "link",
    [{"text": "so dull"}, {"without": "1"}, {"shade": "positive"}, {"unknown": "unk"}],
    ids=lambda link: next(iter(link)),
)
def test_what_the_history_does_not_hold_is_not_moved(link: dict[str, str]) -> None:
    [sentence] = given(opened(**{"text": PROBE, "epoch": "1", **link}), "panels")
    assert sentence["history"] is None


@pytest.mark.usefixtures("models")
def test_probes_are_among_the_examples_and_behind_a_button() -> None:
    app = opened(text="so dull", growing="1")
    [box] = given(app, "examples")
    assert PROBE in [example["text"] for example in box["examples"]]
    assert charts(app) == 0
    app.button(key="probe0").click().run()
    assert app.query_params["text"] == [PROBE] or app.query_params["text"] == PROBE
    assert given(app, "panels")[0]["history"] and charts(app) == 2


def test_an_old_history_shows_no_slider(models: Path) -> None:
    (models / "tiny-en" / "history.json").write_text("{}", encoding="utf-8")
    app = opened(text=PROBE, growing="1", epoch="3")
    assert given(app, "panels")[0]["history"] is None and charts(app) == 0


def test_the_table_has_a_row_a_variant_epoch_and_word(tiny: Experiment) -> None:
    found = attention_history(tiny, PROBE)
    assert found
    rows = table(found, ("frozen", "fine-tuned"))
    assert len(rows) == 2 * (LAST + 1) * 5 and rows["kept"].sum() == 2 * 5
    assert rows.groupby(["variant", "epoch"])["weight"].sum().tolist() == pytest.approx([1] * 2 * (LAST + 1), abs=1e-3)
