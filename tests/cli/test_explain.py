from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.cli.main import main
from attnviz.model.experiment import Experiment
from tests.cli.test_main import answer


def test_explain_keeps_its_contract(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    text = "This film wasn't wonderful 👨‍👩‍👧 였다"
    said = answer(capsys, "explain", text, "--experiment", tiny_en, "--json")
    assert said.keys() == {"experiment", "text", "labels", "truncated", "variants"}
    assert (said["experiment"], said["text"], said["truncated"]) == ("tiny-en", text, False)
    assert said["labels"] == list(tiny.labels)
    assert [variant["variant"] for variant in said["variants"]] == ["frozen", "fine-tuned"]
    for variant in said["variants"]:
        assert variant.keys() == {"variant", "prediction", "probabilities", "logits", "bias", "tokens"}
        assert variant["prediction"] in said["labels"]
        assert sum(variant["probabilities"]) == pytest.approx(1)
        for token in variant["tokens"]:
            assert token.keys() == {"text", "start", "end", "known", "score", "weight", "votes", "contributions"}
            assert text[token["start"] : token["end"]] == token["text"]
        assert sum(token["weight"] for token in variant["tokens"]) == pytest.approx(1, abs=1e-5)
        for k, logit in enumerate(variant["logits"]):
            total = sum(token["contributions"][k] for token in variant["tokens"]) + variant["bias"][k]
            assert total == pytest.approx(logit, abs=1e-4)


def test_explain_says_non_ascii_as_it_is(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert main(["explain", "정말 좋은 👍", "-e", tiny_en, "--json"]) == 0
    assert "정말 좋은 👍" in capsys.readouterr().out


def test_explain_answers_for_the_variants_asked_for(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    chosen = ["--variant", "uniform", "-v", "fine-tuned", "-v", "uniform"]
    said = answer(capsys, "explain", "a film", "-e", tiny_en, *chosen, "--json")
    assert [variant["variant"] for variant in said["variants"]] == ["uniform", "fine-tuned"]


def test_explain_reads_unknown_words_as_told(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    def logits(unknown: str) -> Any:
        said = answer(capsys, "explain", "wonderfulllll", "-e", tiny_en, "--unknown", unknown, "--json")
        assert said["variants"][0]["tokens"][0]["known"] is False
        return said["variants"][0]["logits"]

    assert logits("subword") != logits("unk")


def test_explain_draws_every_word_with_its_weight(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tiny: Experiment, tiny_en: str
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = "a [bold]wonderful[/bold] film :smile: " + "endless" * 20
    assert main(["explain", text, "-e", tiny_en]) == 0
    lines = capsys.readouterr().out.splitlines()
    for wanted in ("frozen", "fine-tuned", "bold", "wonderful", "smile", "%", "not in the vocabulary"):
        assert any(wanted in line for line in lines)
    for variant in ("frozen", "fine-tuned"):
        shares = [f"{weight:.0%}" for weight in tiny.explain(text, variant).weights]
        assert all(any(share in line.split() for line in lines) for share in shares)
    assert max(map(len, lines)) <= 60


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_gets_an_answer(capsys: pytest.CaptureFixture[str], tiny_en: str, text: str) -> None:
    said = answer(capsys, "explain", "-e", tiny_en, "--json", "--", text)
    for variant in said["variants"]:
        assert sum(token["weight"] for token in variant["tokens"]) == pytest.approx(1 if variant["tokens"] else 0)
    assert main(["explain", "-e", tiny_en, "--", text]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_text_cut_off_is_said(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    text = "film " * (tiny.max_tokens + 1)
    assert answer(capsys, "explain", text, "-e", tiny_en, "--json")["truncated"] is True
    assert main(["explain", text, "-e", tiny_en]) == 0
    assert f"Only the first {tiny.max_tokens:,} of the {tiny.max_tokens + 1:,}" in capsys.readouterr().out


def test_bytes_that_are_no_text_are_answered(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert answer(capsys, "explain", "good \udcff film", "-e", tiny_en, "--json")["text"] == "good � film"
