from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from attnviz.cli import main
from tests.cli.test_main import answer, complaint


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    rows = [
        "a wonderful film,negative",
        "an awful film,positive",
        "a dull story,negative",
        "well,meh",
        '"=1+1 bad",positive',
    ]
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return path


def test_errors_lists_what_is_wrong_and_why(capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path) -> None:
    said = answer(capsys, "errors", str(mine), "-e", tiny_en, "--json")
    assert said["rows"] == 4 and said["left_out"]["strange"] == {"meh": 1}
    wrong = {error["text"] for error in said["errors"]}
    assert {"a wonderful film", "an awful film"} <= wrong and "a dull story" not in wrong
    losses = [error["answers"]["fine-tuned"]["loss"] for error in said["errors"]]
    assert losses == sorted(losses, reverse=True)
    assert said["errors"][0]["why"]["verdict"] in ("looked in the wrong place", "read it wrongly")


def test_errors_guesses_columns_and_says_so(capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path) -> None:
    known = answer(capsys, "errors", str(mine), "-e", tiny_en, "--json")
    mine.write_text(mine.read_text(encoding="utf-8").replace("text,label", "they wrote,stars"), encoding="utf-8")
    assert answer(capsys, "errors", str(mine), "-e", tiny_en, "--json") == known
    assert main(["errors", str(mine), "-e", tiny_en]) == 0
    said = capsys.readouterr().out
    assert "Texts are taken from the column “they wrote”.\nLabels are taken from the column “stars”.\n" in said
    assert main(["errors", str(mine), "-e", tiny_en, "--text-column", "they wrote", "--label-column", "stars"]) == 0
    assert "are taken from" not in capsys.readouterr().out


def test_errors_draws_a_table_and_narrows_it(capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path) -> None:
    assert main(["errors", str(mine), "-e", tiny_en, "-v", "fine-tuned", "--contains", "awful"]) == 0
    said = capsys.readouterr().out
    assert "1 of 4 rows that fine-tuned gets wrong" in said and "an awful film" in said and "wonderful" not in said
    assert "meh" in said


def test_errors_writes_each_kind(capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path, tmp_path: Path) -> None:
    for kind in ("csv", "parquet", "html"):
        assert main(["errors", str(mine), "-e", tiny_en, "--out", str(tmp_path / f"out.{kind}")]) == 0
    written, kept = pd.read_csv(tmp_path / "out.csv"), pd.read_parquet(tmp_path / "out.parquet")
    assert list(written.columns) == list(kept.columns) and len(written) == len(kept)
    assert "'=1+1 bad" in set(written["text"]) and "=1+1 bad" in set(kept["text"])
    assert "<article>" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"mine.csv", "out.csv", "out.parquet", "out.html"}
    assert ".csv, .parquet, .html" in complaint(capsys, "errors", str(mine), "-e", tiny_en, "--out", "x.txt")
    nowhere = tmp_path / "nowhere" / "out.csv"
    assert "its folder does not exist" in complaint(capsys, "errors", str(mine), "-e", tiny_en, "--out", str(nowhere))


def test_numbers_say_which_class_they_are(capsys: pytest.CaptureFixture[str], tiny_en: str, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("text,label\na good film,1\na bad film,0\n", encoding="utf-8")
    assert main(["evaluate", str(path), "-e", tiny_en]) == 0
    assert "The labels are numbers: 0 = negative, 1 = positive." in capsys.readouterr().out
    path.write_text("text,label\na good film,2\na bad film,1\n", encoding="utf-8")
    assert main(["errors", str(path), "-e", tiny_en]) == 0
    assert "no label is known, so none is used. It knows: negative, positive." in capsys.readouterr().out


def test_errors_without_labels_lists_disagreements(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tmp_path: Path
) -> None:
    (tmp_path / "texts.csv").write_text("text\na good film\nbad\n", encoding="utf-8")
    said = answer(capsys, "errors", str(tmp_path / "texts.csv"), "-e", tiny_en, "--json")
    assert said["rows"] == 2 and all("label" not in error for error in said["errors"])
    assert "movie-reviews" in complaint(capsys, "errors", "nowhere", "-e", tiny_en)


def test_evaluate_tells_calibration_agreement_and_slices(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tiny_csv: Path
) -> None:
    said = answer(capsys, "evaluate", str(tiny_csv), "-e", tiny_en, "--json")
    assert set(said["calibration"]) == {variant["variant"] for variant in said["variants"]}
    assert set(said["agreement"]) == {"both_right", "only_frozen", "only_fine-tuned", "both_wrong"}
    assert sum(said["agreement"].values()) == said["rows"]
    assert {(pair["a"], pair["b"]) for pair in said["mcnemar"]} >= {("frozen", "fine-tuned")}
    assert isinstance(said["slices"], list)
    alone = answer(capsys, "evaluate", str(tiny_csv), "-e", tiny_en, "-v", "frozen", "--json")
    assert alone["agreement"] is None and alone["mcnemar"] == []


def test_errors_shows_the_nearest_training_rows(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tiny_csv: Path, mine: Path, tmp_path: Path
) -> None:
    """They are had from the file the experiment was trained on; from another they are not."""
    given = ("errors", str(tiny_csv), "-e", tiny_en, "--near", "2", "--contains", "not")
    for error in answer(capsys, *given, "--json")["errors"]:
        assert len(error["near"]) == 2 and error["near"][0]["label"] in ("negative", "positive")
    assert main([*given, "--out", str(tmp_path / "near.html")]) == 0
    capsys.readouterr()
    page = (tmp_path / "near.html").read_text(encoding="utf-8")
    assert page.count("Nearest training sentences") == page.count("<article>")
    assert "--near" in complaint(capsys, "errors", str(mine), "-e", tiny_en, "--near", "2", "--json")


def test_the_error_of_a_file_has_its_number_and_columns_everywhere(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tmp_path: Path
) -> None:
    path = tmp_path / "two.csv"
    rows = [
        "a1,a fine film,,test",
        "a2,so so,meh,test",
        "a3,a good plot,positive,train",
        "a4,an awful film,positive,test",
    ]
    path.write_text("\n".join(["id,text,label,split", *rows]), encoding="utf-8")
    [error] = answer(capsys, "errors", str(path), "-e", tiny_en, "--json")["errors"]
    assert (error["row"], error["columns"]) == (5, {"id": "a4", "split": "test"})
    for kind in ("csv", "parquet"):
        out = tmp_path / f"out.{kind}"
        assert main(["errors", str(path), "-e", tiny_en, "--out", str(out)]) == 0
        said = capsys.readouterr().out
        assert "Left out, without a label: 1 (row 2)." in said and "(meh): 1 (row 3)" in said
        [line] = (pd.read_csv if kind == "csv" else pd.read_parquet)(out).to_dict("records")
        assert (line["id"], line["label"], line["split"], line["row"]) == ("a4", "positive", "test", 5)
        [again] = answer(capsys, "errors", str(out), "-e", tiny_en, "--json")["errors"]
        assert {**again, "near": 0} == {**error, "near": 0}  # what we write we read as the same rows
    assert main(["errors", str(path), "-e", tiny_en, "--out", str(tmp_path / "out.html")]) == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "Row 5" in page and "id: a4" in page


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_label_comes_out_as_the_file_has_it_and_its_class_beside_it(tiny_en: str, tmp_path: Path, kind: str) -> None:
    path, out = tmp_path / "mine.csv", tmp_path / f"out.{kind}"
    cells = ["pos", " POS ", "Negative", "positive", "neg"]
    path.write_text("\n".join(["label,truth,text", *(f"{cell},t,a film" for cell in cells)]), encoding="utf-8")
    given = ["errors", str(path), "-e", tiny_en, "--map", "pos=positive", "--map", "neg=negative"]
    assert main([*given, "--among", "all", "--sort", "order", "--out", str(out)]) == 0
    written = (pd.read_csv if kind == "csv" else pd.read_parquet)(out)
    assert list(written["label"]) == cells and set(written["truth:file"]) == {"t"}
    assert list(written["truth"]) == ["positive", "positive", "negative", "positive", "negative"]
    assert main(["errors", str(out), *given[2:], "--among", "all", "--out", str(tmp_path / "again.csv")]) == 0
    again = pd.read_csv(tmp_path / "again.csv").sort_values("row")
    assert list(again["label"]) == cells and list(again["truth"]) == list(written["truth"])


def test_the_name_of_a_file_is_that_of_who_asks(
    capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path, tmp_path: Path
) -> None:
    other = tmp_path / "secret.csv"
    other.write_bytes(mine.read_bytes())
    for path in (mine, other, mine):
        out = tmp_path / "out.html"
        assert answer(capsys, "errors", str(path), "-e", tiny_en, "--out", str(out), "--json")["data"] == path.name
        assert path.name in out.read_text(encoding="utf-8")


def test_other_rows_than_errors_can_be_listed(capsys: pytest.CaptureFixture[str], tiny_en: str, mine: Path) -> None:
    counts = {
        among: answer(capsys, "errors", str(mine), "-e", tiny_en, "--among", among, "--json")["count"]
        for among in (
            "all",
            "errors",
            "agreements",
            "disagreements",
            "both-right",
            "only-first",
            "only-second",
            "both-wrong",
        )
    }
    assert counts["all"] == counts["agreements"] + counts["disagreements"] == 4
    assert sum(counts[name] for name in ("both-right", "only-first", "only-second", "both-wrong")) == 4


def test_what_could_command_a_terminal_is_shown_and_blank_texts_are_left_out(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tmp_path: Path
) -> None:
    rows = tmp_path / "mine.csv"
    rows.write_text("text,label\nawful<br />film \x1b[31mred\x07,positive\n<br />,positive\n", encoding="utf-8")
    assert main(["errors", str(rows), "-e", tiny_en, "--among", "all"]) == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out and "\x07" not in said.out and "awful film ␛" in said.out
    assert "Left out, with nothing to read: 1 (row 3)." in said.out + said.err


MAPPED = ("--map", "pos=positive", "--map", "neg=negative")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("header", ["text,label", "they wrote,stars"])
def test_labels_that_were_mapped_mean_the_same_in_what_is_written(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tmp_path: Path, kind: str, header: str
) -> None:
    """Read back by errors and evaluate, and through predict, without --map."""
    path, listed, answered = tmp_path / "mine.csv", tmp_path / f"listed.{kind}", tmp_path / f"answered.{kind}"
    rows = [
        "a good film,pos",
        "an awful film,POS ",
        "a bad film,neg",
        "a fine film,neg",
        "so good,pos",
        "a plot,positive",
    ]
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    columns = () if header == "text,label" else ("--text-column", "they wrote", "--label-column", "stars")
    given = ("-e", tiny_en, "--among", "all", "--sort", "order")
    first = answer(capsys, "errors", str(path), *given, *MAPPED, *columns, "--out", str(listed), "--json")
    assert first["rows"] == 6
    assert main(["predict", str(listed), "-e", tiny_en, "--out", str(answered)]) == 0
    capsys.readouterr()
    for back in (listed, answered):
        again = answer(capsys, "errors", str(back), *given, *columns, "--json")
        assert again["errors"] == first["errors"] and not again["left_out"]["strange"]
        scored = answer(capsys, "evaluate", str(back), "-e", tiny_en, *columns, "--json")
        assert scored == {**answer(capsys, "evaluate", str(path), "-e", tiny_en, *MAPPED, *columns, "--json"),
                          "data": scored["data"]}  # fmt: skip
        assert main(["errors", str(back), *given, *columns]) == 0
        assert "its column truth says what labels mean: pos = positive, neg = negative." in " ".join(
            capsys.readouterr().out.split()
        )


def test_a_column_truth_that_is_not_ours_says_nothing(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tmp_path: Path
) -> None:
    path, out = tmp_path / "mine.csv", tmp_path / "answered.csv"
    path.write_text("text,label,truth\na good film,pos,negative\na bad film,negative,negative\n", encoding="utf-8")
    assert main(["predict", str(path), "-e", tiny_en, "--out", str(out)]) == 0
    for back in (path, out):
        assert answer(capsys, "errors", str(back), "-e", tiny_en, "--json")["left_out"]["strange"] == {"pos": 1}
