from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from attnviz.cli.main import main
from attnviz.data.datasets import Dataset
from attnviz.model.experiment import Experiment
from tests.analysis.evaluation.others import relabelled
from tests.cli.test_main import answer, complaint


def test_evaluate_scores_a_file_without_a_split_whole(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, table: Path
) -> None:
    columns = ["--text-column", "review", "--label-column", "stars"]
    said = answer(capsys, "evaluate", str(table), "-e", tiny_en, *columns, "--json")
    assert said["rows"] == 40
    assert [variant["variant"] for variant in said["variants"]] == list(tiny.variants)
    for variant in said["variants"]:
        assert {"accuracy", "interval", "macro_f1", "log_loss", "confusion"} <= variant.keys()
        low, high = variant["interval"]
        assert 0 <= low <= variant["accuracy"] <= high <= 1
        assert sum(map(sum, variant["confusion"])) == 40


def test_evaluate_takes_the_rows_of_a_split(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, tmp_path: Path
) -> None:
    bad, good = tiny.labels
    path = tmp_path / "split.csv"
    rows = f"dull,{bad},train\nlovely,{good},test\nfine,{good},test\npoor,{bad},validation\n"
    path.write_text(f"text,label,split\n{rows}", encoding="utf-8")
    for split, count in ("train", 1), ("test", 2), ("validation", 1), ("all", 4):
        said = answer(capsys, "evaluate", str(path), "-e", tiny_en, "--split", split, "--json")
        assert said["rows"] == count
    assert answer(capsys, "evaluate", str(path), "-e", tiny_en, "--json")["rows"] == 2


def test_evaluate_leaves_out_labels_that_the_experiment_does_not_know(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, tmp_path: Path
) -> None:
    bad, good = tiny.labels
    path = tmp_path / "three.csv"
    path.write_text(f"text,label\ndull,{bad}\nlovely,{good}\nso so,neutral\nwhat,\n", encoding="utf-8")
    said = answer(capsys, "evaluate", str(path), "-e", tiny_en, "--json")
    assert said["rows"] == 2
    assert said["left_out"] == {"other_split": 0, "strange": {"neutral": 1}, "unlabelled": 1, "blank": 0}
    assert main(["evaluate", str(path), "-e", tiny_en]) == 0
    out = capsys.readouterr().out
    assert "neutral" in out and "Left out, without a label: 1 (row 5)" in out
    assert "(neutral): 1 (row 4); they are left out" in out and "--map neutral=negative" in out
    path.write_text("text,label\ndull,neutral\n", encoding="utf-8")
    assert "no label that tiny-en knows" in complaint(capsys, "evaluate", str(path), "-e", tiny_en)


@pytest.mark.parametrize("kept", [True, False])
def test_of_a_file_it_was_trained_on_evaluate_takes_the_rows_it_has_not_seen(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tiny_data: Dataset, tiny_csv: Path, tmp_path: Path, kept: bool
) -> None:
    """Whatever it is called; with other words all its rows are new. Older experiments know the whole file alone."""
    experiment = Path(shutil.copytree(tiny_en, tmp_path / "tiny-en"))
    if not kept:
        (experiment / "learned.safetensors").unlink()
    renamed, other = tmp_path / "renamed.csv", tmp_path / "tiny.csv"
    shutil.copy(tiny_csv, renamed)
    new = tiny_csv.read_text(encoding="utf-8").replace(",", " once more,").replace("text once more", "text")
    other.write_text(new, encoding="utf-8")
    counts = {split: len(tiny_data.split(split)) for split in ("train", "validation", "test", "all")}
    for split, learned in ("train", counts["train"]), ("validation", 0), ("test", 0), ("all", counts["train"]):
        said = answer(capsys, "evaluate", str(renamed), "-e", str(experiment), "--split", split, "--json")
        assert (said["rows"], said["learned_from"]) == (counts[split], learned)
    assert answer(capsys, "evaluate", str(renamed), "-e", str(experiment), "--json")["rows"] == counts["test"]
    assert main(["evaluate", str(renamed), "-e", str(experiment), "--split", "all", "-v", "frozen"]) == 0
    assert f"learned from {counts['train']:,} of these rows, so they flatter it" in capsys.readouterr().out
    fresh = answer(capsys, "evaluate", str(other), "-e", str(experiment), "--json")
    assert (fresh["rows"], fresh["learned_from"]) == (counts["all"], 0 if kept else None)
    told = complaint(capsys, "evaluate", str(other), "-e", str(experiment), "--split", "train")
    assert ("no rows in the split train" if kept else "has not kept which rows it learned from") in told


def test_evaluate_draws_a_table(capsys: pytest.CaptureFixture[str], tiny_en: str, table: Path) -> None:
    columns = ["--text-column", "review", "--label-column", "stars"]
    assert main(["evaluate", str(table), "-e", tiny_en, "-v", "frozen", *columns]) == 0
    said = capsys.readouterr().out
    assert "tiny-en on films.csv, rows: 40 (all)" in said
    assert "macro F1" in said
    assert "uniform" not in said


def test_evaluate_draws_what_the_baseline_took_for_what(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, table: Path
) -> None:
    given = ("evaluate", str(table), "-e", tiny_en, "--text-column", "review", "--label-column", "stars")
    counted = answer(capsys, *given, "--json")["baseline"]["confusion"]
    assert main([*given]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    [head] = [at for at, line in enumerate(lines) if line[:3] == ["baseline:", "it", "is"]]
    drawn = {line[0]: list(map(int, line[1:])) for line in lines[head + 1 :] if line and line[0] in tiny.labels}
    assert list(drawn.values()) == counted


def test_of_one_row_no_plural_is_said(capsys: pytest.CaptureFixture[str], tiny_en: str, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("text,label\na fine film,negative\n", encoding="utf-8")
    assert main(["evaluate", str(path), "-e", tiny_en]) == 0
    assert "tiny-en on one.csv, rows: 1 (all)" in capsys.readouterr().out
    assert main(["errors", str(path), "-e", tiny_en, "--among", "all"]) == 0
    assert "tiny-en on one.csv, rows listed: 1 of 1" in capsys.readouterr().out


def test_several_experiments_are_scored_at_once(
    capsys: pytest.CaptureFixture[str],
    tiny: Experiment,
    tiny_en: str,
    tiny_csv: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Named one by one or by their folder; one that cannot be scored is named, and the others are."""
    bad, good = tiny.labels
    turned = relabelled(tiny, "turned", {good: good, bad: bad}).save(tmp_path)
    other = relabelled(tiny, "other", {"A": bad, "B": good}).save(tmp_path)
    given = ("evaluate", str(tiny_csv), "--split", "all")
    alone = [answer(capsys, *given, "-e", one, "--json") for one in (tiny_en, str(turned))]
    said = answer(capsys, *given, "-e", tiny_en, "-e", str(turned), "-e", str(other), "--json")["experiments"]
    assert said[:2] == alone and said[2].keys() == {"experiment", "error"} and said[2]["experiment"] == str(other)
    inside = answer(capsys, *given, "-e", str(tmp_path), "--json")["experiments"]
    assert [one["experiment"] for one in inside] == ["turned", str(other)]
    monkeypatch.setenv("COLUMNS", "160")  # on a narrow screen names are cut
    assert main([*given, "-e", tiny_en, "-e", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    lines = [line.split() for line in said.splitlines()]
    assert [line[0] for line in lines if "frozen" in line] == ["tiny-en", "turned"]
    assert "calibration" in said and f"{other} is not scored." in said
    assert "no label that" in complaint(capsys, *given, "-e", str(other), "-e", str(other))
