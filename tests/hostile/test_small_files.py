"""What is kept beside rows: behaviour tests, actions on labels, the log of decisions; right, or an error of ours."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.behaviour.own_tests import read_tests
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.labels.corrections import read_actions
from attnviz.analysis.labels.decisions import Decision, DecisionLog
from attnviz.data.datasets import Dataset
from attnviz.model.experiment import Experiment
from tests.hostile.nasty import TEXTS, case, every, mangled, seeds, spoilt, texts, tries, values

TOML = """[[test]]
name = "brand"
kind = "invariance"
replace = [["Coke", "Pepsi"], ["Pepsi", "Coke"]]
[[test]]
name = "price"
kind = "direction"
class = "bad"
expect = "not less sure"
pairs = [["a good film", "a bad film"]]
"""


def written(value: Any) -> str:
    """Return a value as TOML, as far as it can be one."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {written(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(written, value)) + "]" if isinstance(value, list) else json.dumps(value)


@tries(80, 1500)
@given(draw=seeds, other=values)
def test_any_file_of_behaviour_tests_is_tests_or_refused(draw: Random, other: Any) -> None:
    data = mangled(TOML.encode(), draw)
    if draw.random() < 0.6:
        tests = [spoilt(one, draw, other) for one in tomllib.loads(TOML)["test"]]
        lines = ["[[test]]\n" + "".join(f"{json.dumps(k)} = {written(v)}\n" for k, v in one.items()) for one in tests]
        data = "".join(lines).encode("utf-8", "replace")
    with case("behaviour tests"):
        for one in read_tests(data, "tests.toml", ["good", "bad"]):
            one.of("Coke and Pepsi, good and bad", Any)  # type: ignore[arg-type]  # it asks for nothing


@pytest.fixture(scope="module")
def rows(tiny_data: Dataset, tiny: Experiment) -> EvaluationRows:
    return EvaluationRows.of(tiny_data, "test", tiny)


@tries(60, 1000)
@given(
    cells=st.lists(
        texts | st.sampled_from(["2", "remove", "relabel", "positive", "٣", "1" * 30]), min_size=6, max_size=6
    )
)
def test_any_table_of_actions_is_decisions_or_refused(
    rows: EvaluationRows, tiny: Experiment, tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    import csv

    path = tmp_path_factory.getbasetemp() / "actions.csv"
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([("row", "action", "new_label"), cells[:3], cells[3:]])
    with case("actions"):
        found = read_actions(path, rows, tiny.labels)
        assert all(0 <= row < len(rows) for row in found)


@tries(60, 1000)
@given(draw=seeds, other=values)
def test_any_log_of_decisions_is_read_as_far_as_it_is_one(draw: Random, other: Any) -> None:
    log = DecisionLog(f"{draw.randrange(16**32):032x}")
    log.decide(3, Decision("keep"))
    log.decide(4, Decision("relabel", "good"))
    assert log.path
    line = json.dumps(spoilt({"row": 5, "action": "remove", "label": None}, draw, other)).encode()
    log.path.write_bytes(log.path.read_bytes() + b"\n" + (mangled(line, draw) if draw.random() < 0.5 else line))
    with case("decisions"):
        assert log.read().keys() >= {4} or log.undo() is not None
    log.decide(7, Decision("unsure"))
    assert log.read()[7] == Decision("unsure")
    log.path.unlink()


def test_every_nasty_text_in_a_small_file(rows: EvaluationRows, tiny: Experiment, tmp_path: Path) -> None:
    def check(text: str) -> None:
        read_tests(text.encode("utf-8", "replace"), text, ["good"])

    every("behaviour tests", TEXTS, check)
