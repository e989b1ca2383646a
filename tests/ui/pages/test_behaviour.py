"""The part Behaviour of the Errors page, as Streamlit runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnviz.analysis.behaviour.battery import TESTS
from attnviz.model.experiment import Experiment
from attnviz.ui.charts.behaviour import EXPECTED, TITLES, rates
from attnviz.ui.pages.errors import behaviour as part
from attnviz.ui.pages.errors import scoring
from tests.ui.conftest import given, opened, said


def test_texts_are_changed_by_a_button_and_a_failure_opens_with_both_heat_maps(
    models: Path, tiny: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "CASES", 20)
    part._trials.works.clear()
    scoring._places.clear()
    scoring._work.clear()
    app = opened("errors", experiment="tiny-en", data="tour-en", look="behaviour")
    for work in list(scoring._work.values()):
        assert work.wait(120)
    app.run()
    next(button for button in app.button if button.label == "Change the texts").click().run()
    assert not app.exception
    [begun] = part._trials.works.values()
    begun.look()
    assert begun.wait(240) and begun.result
    app.run()
    assert not app.exception and len(app.get("plotly_chart")) == 1
    found = begun.result
    assert "brittle" in said(app)
    tests = next(one for one in given(app, "boards") if one["boards"][0]["heading"] == "Tests")
    assert [row[0]["id"] for row in tests["boards"][0]["rows"]] == [one.name for one in found.outcomes]
    outcome = next(one for one in found.outcomes if one.name == tests["chosen"])
    cases = next(one for one in given(app, "boards") if "failures" in one["boards"][0]["heading"])
    at = int(cases["chosen"])
    assert outcome.failed["fine-tuned"][at]
    before, after = ([word["text"] for word in one["words"]] for one in given(app, "panels"))
    change = outcome.cases[at].change
    assert before == [token.text for token in tiny.tokenize(change.before)]
    assert after == [token.text for token in tiny.tokenize(change.after)]
    assert "orange-background" in "".join(element.value for element in app.markdown)


def test_every_test_has_a_title_and_every_expectation_a_sentence() -> None:
    assert {test.name for test in TESTS} == set(TITLES)
    assert {test.expects for test in TESTS} == set(EXPECTED)


def test_changed_words_are_marked_letter_for_letter(tiny: Experiment) -> None:
    tokens = tiny.tokenize("a *good* film")
    told = part._marked("a *good* film", tokens, [2])
    assert told.startswith("a \\*:orange-background[**good**]\\* film")
    assert part._marked("x" * 500, [], []).endswith("…")


def test_a_chart_leaves_out_what_has_few_cases(tiny: Experiment) -> None:
    from attnviz.analysis.behaviour.trial import try_tests
    from attnviz.data.steps import finished

    texts = [*(f"the film was good {number}" for number in range(30)), "dull!!"]
    found = finished(try_tests(tiny, texts, ["frozen"], most=30))
    figure = rates(found, "light", str)
    drawn = [TITLES[one.name] for one in found.outcomes if len(one.cases) >= 20]
    assert list(figure.data[0].y) == drawn and 0 < len(drawn) < len(found.outcomes)
