from __future__ import annotations

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.analysis.self_attention import asking
from attnviz.cli.main import main
from attnviz.model.experiment import Experiment
from tests.cli.test_main import answer, complaint


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
        shares = [f"{weight:.1%}" for weight in tiny.explain(text, variant).rounded.weights]
        assert all(any(share in line.split() for line in lines) for share in shares)
    assert max(map(len, lines)) <= 60


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60).filter(lambda text: text != "-"))  # which stands for standard input
def test_any_text_gets_an_answer(capsys: pytest.CaptureFixture[str], tiny_en: str, text: str) -> None:
    said = answer(capsys, "explain", "-e", tiny_en, "--json", "--", text)
    for variant in said["variants"]:
        assert sum(token["weight"] for token in variant["tokens"]) == pytest.approx(1 if variant["tokens"] else 0)
    assert main(["explain", "-e", tiny_en, "--", text]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_maps_are_those_of_every_head(
    capsys: pytest.CaptureFixture[str], with_transformer: Experiment, transformer_models: Path
) -> None:
    asked = ["-e", str(transformer_models / "tiny-both"), "-v", "transformer", "--maps", "--json"]
    for text, count in (("the film was not good !", 6), ("film", 1), ("", 0)):
        (told,) = answer(capsys, "explain", *asked, "--", text)["variants"]
        plain = with_transformer.explain(text, "transformer").to_dict()
        assert {name: value for name, value in told.items() if name != "maps"} == plain
        maps = np.array(told["maps"])
        assert maps.shape == ((1, 4, count, count) if count else (1, 4, 0))  # lists have no second 0
        np.testing.assert_allclose(maps.sum(axis=-1), count > 0, atol=1e-6)
    seen = asking(with_transformer, "a dull film", "transformer")
    (told,) = answer(capsys, "explain", "a dull film", *asked)["variants"]
    np.testing.assert_allclose(told["maps"], seen.weights)


def test_maps_are_told_where_there_are_some(capsys: pytest.CaptureFixture[str], transformer_models: Path) -> None:
    asked = ["explain", "a film", "-e", str(transformer_models / "tiny-both"), "--maps"]
    assert "--json" in complaint(capsys, *asked, "-v", "transformer")
    assert "leave out --masked" in complaint(capsys, *asked, "-v", "transformer", "--json", "--masked")
    assert "no self-attention: transformer can be asked" in complaint(capsys, *asked, "-v", "frozen", "--json")


def test_a_text_cut_off_is_said(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    text = "film " * (tiny.max_tokens + 1)
    assert answer(capsys, "explain", text, "-e", tiny_en, "--json")["truncated"] is True
    assert main(["explain", text, "-e", tiny_en]) == 0
    assert f"Only the first {tiny.max_tokens:,} of the {tiny.max_tokens + 1:,}" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["-bad", "-5 of 10", "-e -- a film", "- dull", "--", "-very good", "--- so"])
def test_a_text_may_begin_with_a_hyphen(capsys: pytest.CaptureFixture[str], tiny_en: str, text: str) -> None:
    if text != "--":
        assert answer(capsys, "explain", text, "-e", tiny_en, "--json", "-v", "frozen")["text"] == text
    assert answer(capsys, "explain", "-e", tiny_en, "--json", "--", text)["text"] == text
    trace = answer(capsys, "trace", "--experiment=" + tiny_en, f"-{text} film", "--json")
    assert trace["text"] == f"-{text} film"


def test_options_misspelt_are_no_texts(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert "--varient" in complaint(capsys, "explain", "good", "-e", tiny_en, "--varient", "frozen")
    assert "--jsn" in complaint(capsys, "explain", "--jsn", "-e", tiny_en)


def test_a_word_may_begin_with_a_hyphen(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert answer(capsys, "neighbours", "-", "-e", tiny_en, "--json")["word"] == "-"
    assert answer(capsys, "vectors", "ngrams", tiny_en, "-x", "--json")["word"] == "-x"


def test_texts_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tiny: Experiment, tiny_en: str
) -> None:
    typed = "\ufeffa good film\r\n\n-e 나쁜 <br>\x85 film".encode() + b" \xff\n"
    lines = ["a good film", "", "-e 나쁜 <br>\x85 film �"]
    for command in ("explain", "trace"):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(typed)))
        assert main([command, "-", "-e", tiny_en, "--json"]) == 0
        said = [json.loads(line) for line in capsys.readouterr().out.rstrip("\n").split("\n")]
        assert [one["text"] for one in said] == lines
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"a good film\nan awful film\n")))
    assert main(["explain", "-", "-e", tiny_en, "-v", "frozen"]) == 0
    assert capsys.readouterr().out.count("frozen  ") == 2


def test_a_script_without_spaces_is_said_to_be_cut(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    for text, said in (("映画は良い", True), ("good film", False), ("영화 美", False)):
        assert main(["explain", text, "-e", tiny_en]) == 0
        assert ("no spaces between words" in capsys.readouterr().out) == said


def test_bytes_that_are_no_text_are_answered(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert answer(capsys, "explain", "good \udcff film", "-e", tiny_en, "--json")["text"] == "good � film"
