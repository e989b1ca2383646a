from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.cli.main import MISTAKE, main
from attnviz.comparison import drift, lean, neighbours
from attnviz.model.experiment import Experiment
from attnviz.tracing import trace


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what a command says to programs."""
    capsys.readouterr()
    code = main([*arguments, "--json"])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line a command complains with."""
    capsys.readouterr()
    assert main(arguments) == MISTAKE
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    return line


def test_drift_keeps_its_contract(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    said = answer(capsys, "drift", "-e", tiny_en, "--top", "5")
    assert said.keys() == {"words"} and len(said["words"]) == 5
    found = drift(tiny)
    assert [row["word"] for row in said["words"]] == [found.words[place] for place in found.order[:5]]
    for row, place in zip(said["words"], found.order, strict=False):
        assert row.keys() == {"word", "drift", "count", "spread", "lean"}
        assert row["drift"] == found.drift[place] and row["count"] == found.counts[place]
        assert found.spread is not None and row["spread"] == found.spread[place]
        votes = lean(tiny, [row["word"]])
        assert row["lean"].keys() == {"frozen", "fine-tuned"}
        assert list(row["lean"]["fine-tuned"].values()) == pytest.approx(votes.fine_tuned[0].tolist(), abs=1e-5)
        assert list(row["lean"]["frozen"]) == list(tiny.labels)


def test_drift_of_words_asked_for(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    known, stranger = answer(capsys, "drift", "-e", tiny_en, "-w", "Good", "--word", "wonderfulllll")["words"]
    assert known["word"] == "good" and known["drift"] > 0 and known["count"] > 0
    assert (stranger["drift"], stranger["count"], stranger["spread"]) == (0, 0, 0)


def test_drift_draws_a_table(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert main(["drift", "-e", tiny_en, "-w", "good", "-w", "wonderfulllll"]) == 0
    said = capsys.readouterr().out
    assert "positive by" in said and "×1.00" in said
    assert "“wonderfulllll” is not in the vocabulary: fine-tuning never touched it." in said


@pytest.mark.parametrize(("word", "known"), [("good", True), ("wonderfulllll", False)])
def test_neighbours_keep_their_contract(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, word: str, known: bool
) -> None:
    said = answer(capsys, "neighbours", word.title(), "-e", tiny_en, "--top", "4")
    assert said.keys() == {"word", "known", "frozen", "fine-tuned"}
    assert (said["word"], said["known"]) == (word, known)
    found = neighbours(tiny, word, 4)
    assert said["frozen"] == [{"word": near.word, "cosine": near.frozen} for near in found.frozen]
    assert said["fine-tuned"] == [{"word": near.word, "cosine": near.fine_tuned} for near in found.fine_tuned]


def test_neighbours_draw_what_came_and_went(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    word = next(word for word in tiny.vocabulary.words if neighbours(tiny, word).came)
    assert main(["neighbours", word, "-e", tiny_en]) == 0
    said = capsys.readouterr().out
    assert " came" in said and " went" in said and "of 10 neighbours stayed" in said
    assert main(["neighbours", "wonderfulllll", "-e", tiny_en]) == 0
    assert "fine-tuning never touched it. Its neighbours moved, not it." in capsys.readouterr().out


def test_trace_keeps_its_contract(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    text = "not good, not wonderfulllll"
    said = answer(capsys, "trace", text, "-e", tiny_en)
    assert said == json.loads(json.dumps(trace(tiny, text).to_dict()))
    assert said.keys() == {"experiment", "text", "labels", "truncated", "frozen", "fine-tuned", "words", "all"}
    assert [row["word"] for row in said["words"]] == ["not", "good", ",", "wonderfulllll"]
    assert said["words"][0]["places"] == [0, 3]
    for row in said["words"]:
        assert row.keys() == {"word", "places", "known", "frozen", "fine-tuned"}
        assert sum(row["frozen"]) == pytest.approx(1) and sum(row["fine-tuned"]) == pytest.approx(1)
    assert (said["words"][3]["frozen"], said["words"][3]["known"]) == (said["frozen"], False)


def test_trace_draws_a_table(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    assert main(["trace", "not good", "-e", tiny_en]) == 0
    said = capsys.readouterr().out
    decisive = trace(tiny, "not good").decisive
    assert "(none)" in said and "(all)" in said and "%" in said
    assert decisive and f"The fine-tuning of “{decisive.word}” makes the most difference." in said
    assert main(["trace", "film " * (tiny.max_tokens + 1), "-e", tiny_en]) == 0
    assert f"Only the first {tiny.max_tokens:,} of the {tiny.max_tokens + 1:,}" in capsys.readouterr().out
    assert main(["trace", "wonderfulllll", "-e", tiny_en]) == 0
    assert "wonderfulllll (never moved)" in capsys.readouterr().out


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_any_text_gets_an_answer(capsys: pytest.CaptureFixture[str], tiny_en: str, text: str) -> None:
    assert main(["trace", "-e", tiny_en, "--json", "--", text]) == 0
    assert main(["trace", "-e", tiny_en, "--", text]) == 0
    assert main(["neighbours", "-e", tiny_en, "--", text]) in (0, MISTAKE)
    assert "unexpected" not in capsys.readouterr().err


def test_bytes_that_are_no_text_are_answered(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert answer(capsys, "trace", "good \udcff", "-e", tiny_en)["text"] == "good �"


def test_mistakes_are_one_sentence(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert "no-such" in complaint(capsys, "drift", "-e", "no-such")
    assert "holds 2 words" in complaint(capsys, "neighbours", "very good", "-e", tiny_en)
    assert "holds 0 words" in complaint(capsys, "drift", "-e", tiny_en, "--word", "")
    assert "top" in complaint(capsys, "drift", "-e", tiny_en, "--top", "0")
    assert "TEXT" in complaint(capsys, "trace")
