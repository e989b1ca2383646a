"""The examination below a heat-map, and the part Belief of the Errors page, as Streamlit runs them."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.views import VIEWS, view_names, views
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment, load
from attnviz.ui import owner
from attnviz.ui.pages.errors import belief as of_rows
from attnviz.ui.pages.errors import scoring
from attnviz.ui.pages.sentence import examination
from attnviz.ui.pages.sentence.examination import frame
from tests.ui.conftest import given, opened, said

TEXT = "the movie was not good , the plot was dull"


def examined(app: AppTest) -> AppTest:
    """Let the browser ask for slices until the examination is done."""
    for run in range(200):
        if "tables" in {key for one in given(app) for key in one}:
            return app
        turns = [
            data["turn"]
            for component in app.get("bidi_component")
            if "turn" in (data := json.loads(json.loads(component.proto.json)["json"])) and "wait" in data
        ]
        turn = turns[run % len(turns)]  # on a busy machine the line under the heat-map asks too
        app.session_state["belief turns"] = app.session_state["belief_turns"] = {"turn": turn}
        app.run()
        assert not app.exception
    raise AssertionError("it does not end")


def tables(app: AppTest) -> list[dict[str, Any]]:
    """Return every table on the page."""
    return [table for one in given(app, "tables") for table in one["tables"]]


def test_a_heat_map_is_examined_when_it_is_asked_for(models: Path, tiny: Experiment) -> None:
    closed = opened(experiment="tiny-en", text=TEXT)
    assert not tables(closed)
    app = examined(opened(experiment="tiny-en", text=TEXT, belief="1", examined="frozen"))
    views, agreement, among, deleted, replaced = tables(app)
    found = tiny.belief(TEXT, "frozen")
    named = found.views.by_name()
    assert views["heads"] == ["word", *(view_names()[name] for name in named)]
    assert [row["cells"][0]["text"] for row in views["rows"]] == [token.text for token in found.explanation.tokens]
    shown = [row["cells"][4]["text"].replace("−", "-") for row in views["rows"]]
    assert [float(one) for one in shown] == pytest.approx(named["integrated_gradients"], abs=0.006)
    assert len(agreement["rows"]) == len(named) - 1
    assert among["heads"][1:] == [view_names()[name] for name in list(named)[1:-1]]
    shown = among["rows"][1]["cells"][1]["text"].replace("−", "-")
    tau = found.tau_among["contribution", "integrated_gradients"]
    assert tau and float(shown) == pytest.approx(tau.tau, abs=0.006)
    for table, part in ((deleted, found.deletion), (replaced, found.random_word)):
        assert part and len(table["rows"]) == len(named) + 1
        points = table["rows"][0]["cells"][1]["text"].replace("−", "-")
        assert float(points) == pytest.approx(100 * part.costs["attention"].comprehensiveness, abs=0.06)
    assert "Entropy" in said(app)


def test_integrated_gradients_from_zero_are_those_that_are_shown_when_they_are_chosen(
    models: Path, tiny: Experiment
) -> None:
    app = examined(opened(experiment="tiny-en", text=TEXT, belief="1", examined="frozen", baseline="zero"))
    right = finished(views(Subject.of(tiny, tiny.explain(TEXT, "frozen")), "zero")).integrated_gradients
    shown = [row["cells"][4]["text"].replace("−", "-") for row in tables(app)[0]["rows"]]
    assert [float(one) for one in shown] == pytest.approx(right, abs=0.006)


def test_the_table_to_take_away_has_every_view(tiny: Experiment) -> None:
    found = tiny.belief(TEXT)
    taken = frame(found)
    assert list(taken.columns) == ["experiment", "variant", "token", *VIEWS]
    assert np.allclose(taken["leave_one_out"], found.views.leave_one_out)


def test_a_long_text_is_examined_only_when_asked(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_AT_ONCE", 30)
    app = opened(experiment="tiny-en", text="good film " * 40, belief="1")
    button = next(button for button in app.button if button.label == "Examine it")
    button.click().run()
    assert not app.exception and not [one for one in app.button if one.label == "Examine it"]


def test_the_rows_of_a_data_set_are_examined_by_a_button(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(of_rows, "SAMPLE", 6)
    of_rows._examinations.works.clear()
    scoring._places.clear()
    scoring._work.clear()
    app = opened("errors", experiment="tiny-en", data="tour-en", look="belief")
    for work in list(scoring._work.values()):
        assert work.wait(120)
    app.run()
    next(button for button in app.button if button.label == "Examine 6 sentences").click().run()
    assert not app.exception
    [begun] = of_rows._examinations.works.values()
    begun.look()
    assert begun.wait(120) and begun.result
    assert [one.variant for one in begun.result] == ["frozen", "fine-tuned"]
    assert all(len(one) <= 6 for one in begun.result)
    app.run()
    assert not app.exception and len(app.get("plotly_chart")) == 2
    [table] = tables(app)
    assert table["heads"][1:] == ["frozen", "fine-tuned"] and len(table["rows"]) == len(of_rows.QUESTIONS)
    of_rows._examinations.works.clear()  # as another server finds it
    app.run()
    assert not app.exception and tables(app) == [table]


def test_own_test_rows_that_are_examined_are_kept_beside_the_experiment_and_shown_at_once(
    models: Path, tiny: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "cache"))
    of_rows._examinations.works.clear()
    texts = ["the movie was not good", "a dull film", "a wonderful great scene"]
    work = of_rows._steps(tiny, texts, ("fine-tuned",), None, (texts, np.array([0, 0, 1])))
    shares: list[float] = []
    finished(work, shares.append)
    assert shares == sorted(shares) and shares[-1] <= 1
    kept = load(models / "tiny-en").belief_figures
    assert kept and (kept.drawn, kept.rows) == (3, 3) and kept.variants[0].spread is None
    scoring._places.clear()
    scoring._work.clear()
    app = opened("errors", experiment="tiny-en", data="tour-en", look="belief")
    for scored in list(scoring._work.values()):
        assert scored.wait(120)
    app.run()
    assert not app.exception and f"3 of its 3 own test rows ({kept.data})" in said(app)
    [table] = tables(app)
    assert table["heads"][1:] == ["fine-tuned"] and len(app.get("plotly_chart")) == 2
    assert any(button.label.startswith("Examine ") for button in app.button)
    assert "measured on" in load(models / "tiny-en").card


@pytest.mark.parametrize("is_owner", [True, False])
def test_only_an_owner_keeps_figures_beside_the_experiment(is_owner: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[of_rows.Own | None] = []

    def steps(own: of_rows.Own | None) -> Generator[float, None, of_rows.Found]:
        asked.append(own)
        yield 1.0
        return ()

    of_rows._examinations.works.clear()
    monkeypatch.setattr(owner, "is_owner", lambda: is_owner)
    own = ["a film"], np.array([0])
    of_rows._begin(("weights", "texts"), steps, own)
    [begun] = of_rows._examinations.works.values()
    assert begun.wait(60) and asked == [own if is_owner else None]
    of_rows._examinations.works.clear()


def test_a_pinned_sentence_has_no_way_to_the_examination_of_another(models: Path) -> None:
    app = opened(experiment="tiny-en", text=TEXT, pin="a good film")
    assert [one["texts"]["examine"] for one in given(app, "panels")] == ["Examine this heat-map", ""]
