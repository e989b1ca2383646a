from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from attnviz.analysis.belief import leave_one_out, over_rows
from attnviz.analysis.belief.over_rows import KINDS, QUESTIONS, drawn, examine_rows, keep, kept, place
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import verdict
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment

TEXTS = [
    "the film was good and the music was not bad",
    "",
    "film",
    "a dull movie with a great ending",
    "such wonderful scene",
]


def test_each_sentence_of_two_words_or_more_gets_an_answer_to_each_question(tiny: Experiment) -> None:
    steps: list[float] = []
    found = finished(examine_rows(tiny, TEXTS, "fine-tuned"), steps.append)
    assert steps == sorted(steps) and 0 < steps[0] < 5 == steps[-1] and len(found) == 3
    kinds = [verdict(Subject.of(tiny, tiny.explain(TEXTS[at]))).kind for at in (0, 3, 4)]
    assert list(found.verdicts) == kinds
    assert found.answers.keys() == QUESTIONS.keys()
    assert found.answers["tokens"].tolist() == [10, 7, 3]
    belief = tiny.belief(TEXTS[0])
    tau = belief.tau["integrated_gradients"]
    assert tau and found.answers["tau_integrated_gradients"][0] == pytest.approx(tau.tau)
    deletion = belief.deletion
    assert deletion
    cost = deletion.costs["attention"]
    for what, random in (
        ("comprehensiveness", deletion.random_comprehensiveness.mean),
        ("sufficiency", deletion.random_sufficiency.mean),
    ):
        over = found.answers[f"{what}_over_random"][0]
        assert over + random == pytest.approx(getattr(cost, what), abs=0.25)  # fewer orders are drawn for many rows


@pytest.mark.parametrize("at_once", [1, 12, 400])
def test_figures_are_the_same_however_many_sentences_are_read_at_once(
    tiny: Experiment, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(over_rows, "_AT_ONCE", at_once)
    monkeypatch.setattr(leave_one_out, "_SHORT", 8)  # one of them is read from its noted states
    found = finished(examine_rows(tiny, [*TEXTS, "qqzzx wwvvk good", "wwvvk qqzzx"], "fine-tuned"))
    texts = [TEXTS[0], TEXTS[3], TEXTS[4], "qqzzx wwvvk good", "wwvvk qqzzx"]
    for at, alone in enumerate(map(tiny.belief, texts)):
        assert found.verdicts[at] == alone.verdict.kind
        for view in ("contribution", "gradient", "integrated_gradients", "leave_one_out"):
            tau = alone.tau[view]
            assert found.answers[f"tau_{view}"][at] == pytest.approx(tau.tau if tau else np.nan, nan_ok=True)
        assert alone.deletion and found.answers["tokens"][at] == len(alone.explanation.tokens)
        assert found.answers["completeness_error"][at] == pytest.approx(alone.views.completeness_error, abs=1e-4)


def test_what_it_comes_to_is_json_and_counts_every_verdict(tiny: Experiment) -> None:
    told = finished(examine_rows(tiny, TEXTS, "fine-tuned")).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["variant"] == "fine-tuned"
    assert told["sentences"] == 3 == sum(told["verdicts"].values()) and set(told["verdicts"]) == set(KINDS)
    tokens = told["questions"]["tokens"]
    assert tokens["n"] == 3 and tokens["mean"] == pytest.approx(20 / 3) and tokens["quantiles"]["0.5"] == 7


def test_equal_weights_get_no_verdict_and_have_no_order(tiny: Experiment) -> None:
    found = finished(examine_rows(tiny, TEXTS, "uniform"))
    assert set(found.verdicts) == {"none"} and found.figures().share("carried") == 0
    assert np.isnan(found.answers["tau_gradient"]).all() and found.answers["uniform_agrees"].all()


def test_a_sample_is_the_same_whenever_it_is_drawn() -> None:
    sample = drawn(100, 10)
    assert sample.tolist() == sorted({*sample.tolist()}) == drawn(100, 10).tolist() and len(sample) == 10
    assert drawn(5, 10).tolist() == list(range(5))


def test_no_sentence_at_all(tiny: Experiment) -> None:
    told = finished(examine_rows(tiny, [], "fine-tuned")).to_dict()
    assert told["sentences"] == 0 and told["questions"]["flip_radius"] == {"n": 0, "mean": None, "quantiles": None}


def test_what_was_found_is_kept_and_found_again(
    tiny: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    found = finished(examine_rows(tiny, TEXTS, "fine-tuned"))
    path = place("0" * 40, "a" * 64, ("fine-tuned",))
    assert tmp_path in path.parents and kept(path) is None
    keep([found], path)
    keep([found], path)  # the folder is there by now
    assert "NaN" not in path.read_text(encoding="utf-8")  # which is no JSON
    [again] = kept(path) or ()
    assert again.variant == found.variant and again.verdicts == found.verdicts
    for name in QUESTIONS:
        np.testing.assert_array_equal(again.answers[name], found.answers[name])


@pytest.mark.parametrize("written", ["", "[]", "{", "[1]", '[{"variant": "x", "verdicts": ["none"], "answers": {}}]'])
def test_a_file_that_holds_less_is_worked_out_anew(tmp_path: Path, written: str) -> None:
    path = tmp_path / "kept.json"
    path.write_text(written, encoding="utf-8")
    assert kept(path) is None
