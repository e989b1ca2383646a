from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from attnviz.analysis.belief.rationales import with_people
from attnviz.cli import main
from attnviz.data.rationales.reading import read_rationales
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment


@pytest.fixture
def marks(tmp_path: Path, tiny: Experiment) -> Path:
    texts = ["the plot was not good", "a wonderful film !", "such dull music", "film"]
    rows = [{"text": text, "marked": [text.split()[-2]], "label": tiny.labels[0]} for text in texts[:3]]
    rows += [{"text": "film", "marked": ["film"]}, {"text": "film"}]
    path = tmp_path / "marks.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


def test_programs_read_figures_and_what_was_left_out(
    tiny_en: str, tiny: Experiment, marks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["belief", str(marks), "--rationales", "-e", tiny_en, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["data"], told["rows"], told["left_out"], told["texts"]) == ("marks.jsonl", 5, 1, 4)
    assert "nothing says what is marked: row 5" in told["remarks"][0]
    texts = read_rationales(marks).rationales
    found = [finished(with_people(tiny, variant, texts)).to_dict() for variant in ("frozen", "fine-tuned")]
    assert told["variants"] == json.loads(json.dumps(found))
    assert told["variants"][0]["sentences"] == 3 and told["variants"][0]["all_marked"] == 1


def test_people_read_a_table_beside_random(tiny_en: str, marks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["belief", str(marks), "--rationales", "-e", tiny_en, "--variant", "fine-tuned"]) == 0
    said = capsys.readouterr().out
    random = next(line.split() for line in said.splitlines() if line.startswith("random"))
    assert random == ["random", "0.530", "0.261"]  # (H₅/5 + H₄/4 + H₃/3) / 3, and a third of 1/5 + 1/4 + 1/3
    assert "integrated_gradients" in said and "compared in 3 texts" in said
    assert "nothing says what is marked: row 5" in said


def test_a_sample_and_texts_without_a_figure(tiny_en: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "marks.jsonl"
    path.write_text('{"text": "a film", "marked": []}\n{"text": "one film", "marked": []}\n', encoding="utf-8")
    assert main(["belief", str(path), "--rationales", "-e", tiny_en, "--sample", "1"]) == 0
    said = capsys.readouterr().out
    assert "in 1 of 2 texts" in said and "compared in 0 texts; left out 1" in said and "–" in said


def test_a_file_that_is_not_there_is_said(tiny_en: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["belief", "nowhere.jsonl", "--rationales", "-e", tiny_en]) == 2
    assert "There is no file nowhere.jsonl" in capsys.readouterr().err


def published(folder: Path, shape: str) -> Path:
    """Write two reviews as ERASER's movies or a part of Yelp-HAT have them: fields, their order, oddities."""
    texts = ["the plot was not good , a dull film .", "a wonderful film , and great music !"]
    if shape == "eraser":
        (folder / "docs").mkdir()
        records = []
        for name, text, label, (start, end) in zip(
            ("negR_001.txt", "posR_002.txt"), texts, ("NEG", "POS"), ((3, 5), (1, 3)), strict=True
        ):
            (folder / "docs" / name).write_text(text.replace(" , ", " ,\n"), encoding="utf-8")
            words = " ".join(text.split()[start:end])
            place = {"end_sentence": -1, "end_token": end, "start_sentence": -1, "start_token": start}
            about = {"classification": label, "query": "What is the sentiment of this review?", "query_type": None}
            records.append({"annotation_id": name, **about, "evidences": [[{"docid": name, "text": words, **place}]]})
        path = folder / "test.jsonl"
        path.write_text("".join(json.dumps(one, sort_keys=True) + "\n" for one in records), encoding="utf-8")
        return path
    rows = [("Input.label", "Input.text", "Answer.Q1Answer", "Answer.html_output")]
    for text, label, answers, marked in zip(texts, "01", ("no no idk", "yes yes no"), ((3, 4), (1, 2)), strict=True):
        for answer in answers.split():
            spans = [
                f"<span{' class=' + chr(34) + 'active' + chr(34) if at in marked else ''}>{word}</span> "
                for at, word in enumerate(text.split())
            ]
            rows.append((label, text, answer, f"{''.join(spans)}<span></span>"))
    path = folder / "ham_part1(50words).csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize(("shape", "rows", "left_out"), [("eraser", 2, 0), ("yelp-hat", 6, 2)])
def test_files_as_they_are_published_are_compared(
    tiny_en: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str, rows: int, left_out: int
) -> None:
    path = published(tmp_path, shape)
    assert main(["belief", str(path), "--rationales", "-e", tiny_en, "--variant", "frozen", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["left_out"], told["texts"]) == (rows, left_out, 2)
    [found] = told["variants"]
    assert found["sentences"] == 2 and found["random"]["f1"] == pytest.approx((2 / 10 + 2 / 8) / 2)
