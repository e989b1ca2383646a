from __future__ import annotations

from copy import copy
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.analysis.evaluation.uploads import Upload, columns_of, read_upload
from attnviz.data.datasets import Dataset, load_dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment

FILE = Path("mine.csv")


def brought(experiment: Experiment, text: str, **options: object) -> Upload:
    return read_upload(FILE, experiment, data=text.encode(), **options)  # type: ignore[arg-type]


def test_strange_labels_are_counted_and_the_rest_goes_on(tiny: Experiment) -> None:
    found = brought(tiny, "text;label\ngood;positive\nbad;negative\nso so;meh\nwell;\n;positive\n")
    assert found.rows.texts == ["good", "bad"] and found.rows.truth == [1, 0]
    assert (found.total, found.strange, found.unlabelled, found.blank_rows) == (5, {"meh": 1}, 1, (6,))


def test_500_classes_that_nobody_knows_leave_a_file_without_labels(tiny: Experiment) -> None:
    found = brought(tiny, "text,label\n" + "".join(f"good,class {k}\n" for k in range(500)))
    assert found.rows.truth is None and len(found.rows) == len(found.strange) == 500


def test_numbers_count_the_classes(tiny: Experiment) -> None:
    found = brought(tiny, "text,label\ngood,1.0\nbad,0\n")
    assert found.rows.truth == [1, 0] and found.numbered


@pytest.mark.parametrize("numbers", [(1, 2), (1, 1), (0, 0), (0, 2)])
def test_numbers_that_are_not_all_of_the_classes_are_not_guessed_at(tiny: Experiment, numbers: tuple[int, int]) -> None:
    found = brought(tiny, "text,label\ngood,{}\nbad,{}\n".format(*numbers))
    assert found.rows.truth is None and set(found.strange) == set(map(str, numbers)) and not found.numbered


def test_labels_may_be_missing_or_not_wanted(tiny: Experiment) -> None:
    assert brought(tiny, "text\ngood\nbad\n").rows.truth is None
    assert brought(tiny, "text,label\ngood,positive\n", labelled=False).rows.truth is None


def test_a_column_of_splits_is_heeded(tiny: Experiment) -> None:
    table = "text,label,split\ngood,positive,train\nbad,negative,test\n"
    found = brought(tiny, table)
    assert found.rows.texts == ["bad"] and found.other_split == 1
    assert len(brought(tiny, table, split="all").rows) == 2
    with pytest.raises(AttnvizError, match="no rows in the split validation"):
        brought(tiny, table, split="validation")


def test_keys_tell_rows_apart_but_not_names(tiny: Experiment) -> None:
    one, same, other = (
        brought(tiny, f"text,label\ngood,{good}\nbad,{bad}\n")
        for good, bad in (("positive", "negative"), (1, 0), ("negative", "positive"))
    )
    assert one.rows.key == same.rows.key != other.rows.key


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("mine.csv", b"words,label\ngood,positive\n", "Say which"),
        ("mine.csv", "text,label\nとても,positive\n".encode("shift-jis"), "not UTF-8"),
        ("mine.csv", b"text,label\ngood,positive\n" * 30, "more than 20 rows"),
        ("mine.csv", b"text\n" + b"x" * 2000, "more than 1.0 kB"),
        ("mine.parquet", b"PAR1", "not a whole Parquet"),
        ("mine.exe", b"MZ", "not a file of a known kind"),
        ("mine.csv", b"text,label\n", "no rows"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tiny: Experiment, name: str, data: bytes, says: str) -> None:
    with pytest.raises(AttnvizError, match=says):
        read_upload(Path(name), tiny, data=data, max_rows=20, max_bytes=1000)


def test_a_parquet_without_text_and_one_with(tiny: Experiment) -> None:
    def parquet(table: pd.DataFrame) -> bytes:
        file = BytesIO()
        table.to_parquet(file)
        return file.getvalue()

    with pytest.raises(AttnvizError, match="no column called"):
        read_upload(Path("x.parquet"), tiny, data=parquet(pd.DataFrame({"number": [1]})))
    found = read_upload(Path("x.parquet"), tiny, data=parquet(pd.DataFrame({"text": ["good", None], "label": [1, 0]})))
    assert found.rows.texts == ["good"] and found.blank_rows == (2,)


def test_columns_are_guessed_and_offered() -> None:
    found = columns_of(FILE, b"review;stars\ngood;positive\n", ())
    assert (found.names, found.text, found.label, found.official) == (("review", "stars"), "review", None, False)
    assert columns_of(FILE, b"3,title,words\n1,a,b\n2,a,b\n4,a,b\n3,a,b\n", ()).official


def test_a_guessed_label_is_one_that_the_experiment_knows(tiny: Experiment) -> None:
    table = "day;what they wrote;stars\n1;a good film;positive\n1;so so;\n2;bad;negative\n"
    found = columns_of(FILE, table.encode(), tiny.labels)
    assert (found.text, found.label) == ("what they wrote", "stars")
    assert columns_of(FILE, table.encode(), ("yes", "no")).label is None
    read = brought(tiny, table, guess=True)
    assert (read.text_column, read.label_column, read.rows.truth) == ("what they wrote", "stars", [1, 0])
    assert brought(tiny, table, guess=True, labelled=False).rows.truth is None
    assert brought(tiny, table, guess=True, text_column="stars").text_column == "stars"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("text,label\n" + text).encode("utf-8", "replace"))
)
def test_any_file_is_read_or_refused_in_words(tiny: Experiment, data: bytes) -> None:
    try:
        found = read_upload(FILE, tiny, data=data)
    except AttnvizError as error:
        assert str(error)
    else:
        assert len(found.rows) > 0


def test_a_row_has_the_number_that_its_file_gives_it_and_brings_its_columns(tiny: Experiment) -> None:
    table = (
        "id,text,label,split\na1,a fine film,,test\na2,so so,meh,test\na3,good,positive,train\na4,bad,positive,test\n"
    )
    found = brought(tiny, table)
    origin = found.rows.origin
    assert (found.unlabelled_rows, found.strange_rows) == ((2,), (3,))
    assert (origin.number(0), origin.place(5), origin.place(4)) == (5, 0, -1)
    assert origin.others(0) == {"id": "a4", "split": "test"}


def test_other_columns_are_no_part_of_the_key(tiny: Experiment) -> None:
    """Predictions are kept by it: they must be found again, and hold nothing of these columns."""
    one, other = (brought(tiny, f"id,text\n{name},good\n").rows for name in ("mine", "yours"))
    assert one.key == other.key and one.origin.others(0) == {"id": "mine"} != other.origin.others(0)


def test_an_experiment_knows_its_own_rows_in_any_file(tiny: Experiment, tiny_data: Dataset) -> None:
    """In another order, with other columns, amid others: what it learned from is not for testing."""
    learned, fresh = tiny_data.split("train").texts[0], "nobody has read this before"
    table = f"text\n{fresh}\n{learned.upper()}\n"
    found = brought(tiny, table)
    assert (found.rows.texts, found.other_split, found.splits) == ([fresh], 1, {"test": 1, "train": 1})
    everything = brought(tiny, table, split="all")
    assert (len(everything.rows), everything.rows.origin.learned_from) == (2, 1)
    with_column = brought(tiny, f"text,split\n{fresh},train\n{learned},test\n")
    assert (with_column.rows.texts, with_column.rows.origin.learned_from) == ([learned], 1)  # the column has its way


def test_a_mapping_and_any_case_make_labels_known(tiny: Experiment) -> None:
    data = "text,\u200bLabel\na,POS\nb,Negative\nc,positive\u200b\nd,odd\n".encode()
    found = read_upload(FILE, tiny, data=data, label_map={"pos": "positive", "gone": "negative"}, guess=True)
    assert found.rows.truth == [1, 0, 1] and found.strange == {"odd": 1}
    assert "no row has the label gone" in " ".join(map(str, found.remarks))
    with pytest.raises(AttnvizError, match="no such class"):
        read_upload(FILE, tiny, data=data, label_map={"pos": "good"}, guess=True)


@pytest.mark.parametrize(
    "text", ["bad at all<br /><br />I liked it", "I don&#39;t like it", "good in\u00adcred\u00adible"]
)
def test_a_row_is_read_as_what_is_typed(tiny: Experiment, text: str) -> None:
    (row,) = brought(tiny, f'text,label\n"{text}",positive\n').rows.texts
    assert row == text
    assert tiny.predict([row])[0] == pytest.approx(tiny.explain(text).probabilities, abs=1e-6)


def test_what_training_left_out_is_no_test_row(tiny: Experiment, tiny_data: Dataset) -> None:
    own = "".join(f"{text},{tiny.labels[k]}\n" for text, k in zip(tiny_data.texts, tiny_data.labels, strict=True))
    found = brought(tiny, f"text,label\n{own}<br />,positive\n\u200b,negative\nso far,\n")
    assert found.split == "test" and len(found.rows) == tiny_data.splits.count("test") and found.unusable == 3
    everything = brought(tiny, f"text,label\n{own}<br />,positive\nso far,\n", split="all")
    assert everything.unusable == 0 and everything.total == len(tiny_data) + 2


def test_an_experiment_remembers_what_labels_meant(tiny: Experiment) -> None:
    data = replace(tiny.about.data, label_map={"yay": "positive"})
    knowing = copy(tiny)
    knowing.about = replace(tiny.about, data=data)
    found = brought(knowing, "text,label\ngood,yay\nbad,nay\n", label_map={"nay": "negative"})
    assert found.rows.truth == [1, 0] and found.remarks == ()
    assert brought(knowing, "text,label\ngood,positive\n").remarks == ()


EXPORT = "text,label,row,truth,answer:frozen,p:frozen:negative\n"


def test_labels_of_an_export_mean_what_most_of_their_rows_say(tiny: Experiment) -> None:
    """Even numbers that count the other way round; a label changed since is not read as it was."""
    rows = ["a,0,2,positive", "b,0,3,positive", "c,1,4,negative", "d,1,5,negative", "e,1,6,positive", "f,Negative,7,x"]
    found = brought(tiny, EXPORT + "".join(f"{row},negative,0.5\n" for row in rows))
    assert found.rows.truth == [1, 1, 0, 0, 0, 0] and not found.numbered
    [told] = found.remarks
    assert str(told).endswith("its column truth says what labels mean: 0 = positive, 1 = negative.")
    mapped = brought(tiny, EXPORT + "a,pos,2,positive,x,0.5\n", label_map={"pos": "negative"})
    assert mapped.rows.truth == [0] and not mapped.remarks


@pytest.mark.parametrize(
    "header",
    [
        "text,label,row,truth,answer:frozen,q",
        "text,label,row,truth,q,p:frozen:negative",
        "text,label,line,truth,answer:frozen,p:frozen:negative",
    ],
)
def test_a_file_that_is_not_surely_ours_has_no_say(tiny: Experiment, header: str) -> None:
    assert brought(tiny, f"{header}\na,pos,2,positive,x,0.5\n").strange == {"pos": 1}


def test_an_export_without_a_column_of_classes_has_them_in_truth(tiny: Experiment) -> None:
    data = EXPORT.replace("label", "stars") + "a good film,5,2,positive,x,0.5\n"
    assert brought(tiny, data, guess=True).rows.truth == [1]
    columns = columns_of(FILE, data.encode(), tiny.labels)
    assert columns.label == "truth" and columns.names == ("text", "stars", "truth")


def test_test_rows_may_be_an_export(tmp_path: Path) -> None:
    rows = [f"a film {k},{('negative', 'positive')[k % 2]}" for k in range(40)]
    (tmp_path / "mine.csv").write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    (tmp_path / "test.csv").write_text(EXPORT + "one,pos,2,positive,x,0.5\ntwo,neg,3,negative,x,0.5\n")
    found = load_dataset(tmp_path / "mine.csv", test=tmp_path / "test.csv").split("test")
    assert (found.texts, found.labels) == (("one", "two"), (1, 0))


NESTED: tuple[tuple[str, dict[str, list[object]]], ...] = (
    ("text", {"text": [["a", "b"]], "label": ["positive"]}),
    ("Label", {"text": ["good"], "label": [{"name": "positive"}]}),
    ("tokens", {"tokens": [["a"]], "text": ["good"], "label": ["positive"]}),
)


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "json"])
@pytest.mark.parametrize(("named", "columns"), NESTED)
def test_a_nested_column_that_is_named_is_said_to_be_nested(
    tiny: Experiment, tmp_path: Path, kind: str, named: str, columns: dict[str, list[object]]
) -> None:
    path, frame = tmp_path / f"mine.{kind}", pd.DataFrame(columns)
    if kind == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_json(path, orient="records", lines=kind == "jsonl")
    option = "label_column" if named == "Label" else "text_column"
    for read in (
        lambda: read_upload(path, tiny, **{option: named}),  # type: ignore[arg-type]
        lambda: load_dataset(path, **{option: named}),  # type: ignore[arg-type]
    ):
        with pytest.raises(AttnvizError, match=f"the column {named.lower()} has no single value.*nested.*of its own"):
            read()
    if named == "text":  # nobody has to name it: it has the usual name
        with pytest.raises(AttnvizError, match="the column text has no single value"):
            read_upload(path, tiny)
    with pytest.raises(AttnvizError, match="no column called nowhere"):
        read_upload(path, tiny, text_column="nowhere")
