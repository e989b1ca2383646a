from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attnviz.analysis.labels.decisions import Decision, DecisionLog, key_of_decisions
from attnviz.model.experiment import Experiment
from attnviz.ui import owner
from attnviz.ui.cache import experiments
from attnviz.ui.pages.errors import brought, scoring
from attnviz.ui.pages.errors import labels as part
from attnviz.ui.pages.errors.brought import Brought
from attnviz.ui.pages.errors.label_decisions import next_name, settings_of
from attnviz.ui.pages.train.form import validated
from attnviz.ui.views import TrainView
from tests.analysis.labels.flipped import flipped_file
from tests.conftest import sentences
from tests.ui.conftest import opened, said


@pytest.mark.parametrize(
    ("name", "there", "wanted"),
    [
        ("mine", {"mine"}, "mine-2"),
        ("mine-2", {"mine", "mine-2"}, "mine-3"),
        ("mine", {"mine", "mine-2"}, "mine-3"),
        ("x" * 64, {"x" * 64}, "x" * 64 + "-2"),
    ],
)
def test_a_name_counts_on_and_is_free(monkeypatch: pytest.MonkeyPatch, name: str, there: set[str], wanted: str) -> None:
    monkeypatch.setattr(experiments, "names", lambda: sorted(there))
    found = next_name(name)
    assert found not in there and len(found) <= 64 and (len(wanted) > 64 or found == wanted)


def test_settings_are_those_of_the_first_and_stand_on_the_train_page(
    tiny: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "names", lambda: ["tiny-en"])
    settings = settings_of(tiny)
    view = TrainView(**settings)
    assert validated(view) == view
    assert (view.hidden_dim, view.epochs, view.learning_rate, view.dropout, view.seed) == (16, 6, 0.01, 0.2, 0)
    assert view.variants == tiny.variants and view.lender == "train" and view.rows == "file"
    about = replace(tiny.about, vectors=replace(tiny.about.vectors, source="tiny-en"))
    assert settings_of(replace(tiny, about=about))["lender"] == "tiny-en"


def test_the_file_that_an_experiment_was_trained_on_tells_what_it_learned_from(
    models: Path, tiny_csv: Path, tmp_path: Path
) -> None:
    own = Brought("mine.csv", tiny_csv.read_bytes(), "text", "label", ())
    known = brought.examples("tiny-en", "own", own)
    assert known and "the film was bad" in known.texts
    other = tmp_path / "other.csv"
    flipped_file(other, sentences())
    assert brought.examples("tiny-en", "other", Brought("other.csv", other.read_bytes(), None, None, ())) is None
    brought.keep("place", own)
    brought.keep("place", own)
    assert brought.find("place") is own and brought.find("elsewhere") is None


@pytest.mark.parametrize("present", [12, 2])
def test_classes_without_a_digit_are_chosen_from_a_list(present: int) -> None:
    """There are more than digits, or the file has no row of them."""

    def script(present: int) -> None:
        import numpy as np
        import streamlit as st

        from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
        from attnviz.analysis.labels.check import LabelCheck
        from attnviz.analysis.labels.decisions import DecisionLog
        from attnviz.ui.pages.errors.label_decisions import buttons

        classes = tuple(f"class {place}" for place in range(12))
        truth = list(range(present))
        rows = EvaluationRows(Origin("mine.csv", np.arange(present) + 4), ["a"] * present, truth, None, "0" * 32)
        given = np.eye(12)[[7] * present]
        check = LabelCheck(rows, classes, given, np.zeros(present), np.zeros(present, bool), (), {}, 2)
        log = st.session_state.setdefault("log", DecisionLog())
        buttons(check, lambda: log, log.read(), 0, 1)

    app = AppTest.from_function(script, args=(present,))
    app.context["locale"] = "en-US"
    app.run()
    assert not app.exception and app.selectbox[0].value == "class 7"
    with_keys = [button.key for button in app.button if re.fullmatch("label_[0-9]+", button.key or "")]
    assert with_keys == ([] if present == 12 else ["label_1", "label_2"])
    assert app.selectbox[0].options == [f"class {place}" for place in range(1 if present == 12 else 2, 12)]
    app.selectbox[0].select("class 9").run()
    app.button(key="label_relabel").click().run()
    assert app.session_state["log"].read() == {0: Decision("relabel", "class 9")}
    app.run()
    assert "now class 9" in said(app)
    app.button(key="label_undo").click().run()
    assert app.session_state["log"].read() == {}


def test_labels_of_a_named_data_set_are_checked_decided_and_told_apart_for_visitors(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))
    part._checks.works.clear()
    scoring._places.clear()
    scoring._work.clear()
    app = opened("errors", experiment="tiny-en", data="tour-en", look="labels")
    for work in list(scoring._work.values()):
        assert work.wait(120)
    app.run()
    next(button for button in app.button if button.label.startswith("Check the labels of")).click().run()
    [begun] = part._checks.works.values()
    begun.look()
    assert begun.wait(120) and begun.result
    app.run()
    assert not app.exception and "people upheld 55%" in said(app) and "are suspect" in said(app)
    suspects = begun.result.suspects
    assert len(suspects) > 1
    app.button(key="label_remove").click().run()
    assert not app.exception and "removed 1" in said(app) and "no texts" in said(app)
    assert app.button(key="train_again").label == "Train again with these"
    held = DecisionLog(key_of_decisions(begun.result.rows)).read()
    assert held == {int(suspects[0]): Decision("remove")}

    monkeypatch.setattr(owner, "is_owner", lambda: False)
    app.button(key="label_keep").click().run()  # an owner's no more, though it was drawn for one
    assert not app.exception and DecisionLog(key_of_decisions(begun.result.rows)).read() == held
    visitor = opened("errors", experiment="tiny-en", data="tour-en", look="labels")
    assert not visitor.exception and "removed 1" not in said(visitor)
    visitor.button(key="label_keep").click().run()
    assert not visitor.exception and "Kept 1" in said(visitor) and "until you leave" in said(visitor)
    assert DecisionLog(key_of_decisions(begun.result.rows)).read() == held
    part._checks.works.clear()
