from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import binomtest

from attnviz.cli import main
from attnviz.model.experiment import Experiment
from tests.analysis.evaluation.others import relabelled, worse
from tests.cli.test_main import answer, complaint


@pytest.fixture(scope="module")
def second(tiny: Experiment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of a second experiment, which errs more, with its labels in another order."""
    bad, good = tiny.labels
    other = relabelled(worse(tiny, "worse"), "second", {good: good, bad: bad})
    return str(other.save(tmp_path_factory.mktemp("second")))


@pytest.fixture
def given(tiny_en: str, second: str, tiny_csv: Path) -> tuple[str, ...]:
    return ("errors", str(tiny_csv), "-e", tiny_en, "--against", second, "--split", "all")


def test_the_figures_are_those_of_two_runs_of_evaluate(
    capsys: pytest.CaptureFixture[str], given: tuple[str, ...], second: str
) -> None:
    said = answer(capsys, *given, "--json")["against"]
    for name, folder in (("first", given[3]), ("second", second)):
        alone = answer(capsys, "evaluate", given[1], "-e", folder, "-v", "fine-tuned", "--split", "all", "--json")
        reached = {
            key: alone["variants"][0][key] for key in ("n", "accuracy", "interval", "macro_f1", "log_loss", "ece")
        }
        assert said["figures"][name] == reached
    counts = said["agreement"]
    right = {name: round(said["figures"][name]["accuracy"] * said["compared"]) for name in said["figures"]}
    assert right["first"] == counts["both_right"] + counts["only_first"]
    assert right["second"] == counts["both_right"] + counts["only_second"]
    alone = counts["only_first"] + counts["only_second"]
    assert alone > 20 and said["p"] == pytest.approx(binomtest(counts["only_first"], alone).pvalue)
    assert said["changed"] == alone == sum(move["count"] for move in said["moves"])
    assert said["same_class"] == {"negative": "negative", "positive": "positive"}
    assert said["learned_from"] and said["not_compared"] == {}
    for slice_ in said["slices"]:
        tested = binomtest(slice_["only_first"], slice_["only_first"] + slice_["only_second"]).pvalue
        assert slice_["raw_p"] == pytest.approx(tested) and slice_["p"] <= 0.05


def test_the_list_is_of_what_one_alone_gets_right_or_changed(
    capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    said = answer(capsys, *given, "--json", "--top", "1000")
    counts = said["against"]["agreement"]
    assert said["among"] == "disagreements" and said["count"] == said["against"]["changed"]
    for error in said["errors"]:
        mine, theirs = error["answers"]["fine-tuned"], error["against"]
        assert mine["answer"] != theirs["answer"]
        for one, labels in ((mine, said["labels"]), (theirs, said["against"]["labels"])):
            assert labels[max(range(2), key=one["probabilities"].__getitem__)] == one["answer"]
        assert (theirs["loss"] < mine["loss"]) == (theirs["answer"] == error["label"])
    for among in ("both-right", "only-first", "only-second", "both-wrong"):
        assert answer(capsys, *given, "--json", "--among", among)["count"] == counts[among.replace("-", "_")]
    far = [abs(one["answers"]["fine-tuned"]["probabilities"][0] - one["against"]["probabilities"][1])
           for one in said["errors"]]  # fmt: skip
    assert far == sorted(far, reverse=True)
    alone = answer(capsys, *given[:4], "--split", "all", "--json", "--among", "errors")
    assert answer(capsys, *given, "--json", "--among", "errors")["count"] == alone["count"]


def test_people_read_who_is_better_and_where(capsys: pytest.CaptureFixture[str], given: tuple[str, ...]) -> None:
    assert main([*given, "--top", "3"]) == 0
    said = capsys.readouterr().out
    assert "tiny-en is right more often than second, by more than chance explains (McNemar, p = " in said
    assert "Right alone: tiny-en " in said and "rows whose answer changed: " in said
    assert "second learned from " in said
    assert main([*given, "--among", "only-first"]) == 0
    assert "rows that only tiny-en gets right: " in capsys.readouterr().out


def test_every_kind_of_file_has_the_second(
    capsys: pytest.CaptureFixture[str], given: tuple[str, ...], tiny_en: str, tmp_path: Path
) -> None:
    for kind in ("csv", "parquet", "html"):
        assert main([*given, "--out", str(tmp_path / f"out.{kind}"), "--top", "4"]) == 0
    capsys.readouterr()
    columns = ["answer:second/fine-tuned", "p:second/fine-tuned:positive", "p:second/fine-tuned:negative",
               "loss:second/fine-tuned"]  # fmt: skip
    for table in (pd.read_csv(tmp_path / "out.csv"), pd.read_parquet(tmp_path / "out.parquet")):
        assert list(table.columns[-4:]) == columns
        assert (table["answer:fine-tuned"] != table["answer:second/fine-tuned"]).all()
    back = answer(capsys, "errors", str(tmp_path / "out.csv"), "-e", tiny_en, "--json", "--split", "all")
    assert not any(name.startswith(("answer:", "p:")) for one in back["errors"] for name in one.get("columns", {}))
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "tiny-en against second" in page and page.count("second · fine-tuned") == 4
    assert "<td>second fine-tuned</td>" in page and "<td>tiny-en fine-tuned</td>" in page


def test_an_experiment_stands_against_itself(
    capsys: pytest.CaptureFixture[str], given: tuple[str, ...], tiny_en: str
) -> None:
    said = answer(capsys, *given[:4], "--against", tiny_en, "--against-variant", "frozen", "--split", "all", "--json")
    alone = answer(capsys, "evaluate", given[1], "-e", tiny_en, "--split", "all", "--json")
    [frozen] = [one for one in alone["mcnemar"] if (one["a"], one["b"]) == ("frozen", "fine-tuned")]
    counts = said["against"]["agreement"]
    assert (counts["only_first"], counts["only_second"]) == (frozen["only_b"], frozen["only_a"])
    assert said["against"]["p"] == frozen["p"] and said["against"]["variant"] == "frozen"
    assert main([*given[:4], "--against", tiny_en, "--against-variant", "frozen", "--split", "all"]) == 0
    assert "tiny-en fine-tuned is right more often than tiny-en frozen" in capsys.readouterr().out
    assert "no variant “x”" in complaint(capsys, *given[:4], "--against", tiny_en, "--against-variant", "x")


def test_other_labels_need_to_be_told(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, given: tuple[str, ...], tmp_path: Path
) -> None:
    bad, good = tiny.labels
    other = str(relabelled(tiny, "other", {"A": bad, "B": good}).save(tmp_path))
    wanted = (*given[:4], "--against", other, "--json")
    assert "--against-map" in complaint(capsys, *wanted)
    said = answer(capsys, *wanted, "--against-map", f"A={bad}", "--against-map", f"B={good}", "--split", "all")
    assert said["against"]["changed"] == 0 and said["against"]["same_class"] == {bad: "A", good: "B"}


def test_rows_without_labels_list_what_changed(
    capsys: pytest.CaptureFixture[str], given: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "texts.csv").write_text("text\na good film\nthe plot was great\nbad\n", encoding="utf-8")
    wanted = ("errors", str(tmp_path / "texts.csv"), *given[2:6])
    said = answer(capsys, *wanted, "--json")
    assert said["against"]["figures"] is None and said["count"] == said["against"]["changed"]
    assert "ask for all rows, or for disagreements" in complaint(capsys, *wanted, "--among", "only-first")
