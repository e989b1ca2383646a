"""What is kept of behaviour tests beside an experiment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from attnviz.errors import AttnvizError
from attnviz.model.behaviour import SCHEMA, Behaviour, BehaviourFigures, TwinFigures, read_behaviour
from attnviz.model.metrics import wilson


def behaviour() -> Behaviour:
    names = BehaviourFigures("names", "invariance", "same", 200, {"frozen": 4, "fine-tuned": 9}, 0.3)
    but = BehaviourFigures("but", "direction", "turns", 100, {"frozen": 0, "fine-tuned": 1})
    return Behaviour(SCHEMA, "mine.csv", 500, (names, but), TwinFigures("frozen", "fine-tuned", 3, 8, 0.2))


def test_it_is_written_and_read(tmp_path: Path) -> None:
    behaviour().save(tmp_path / "behaviour.json")
    found = read_behaviour(tmp_path / "behaviour.json")
    assert found == behaviour() and read_behaviour(tmp_path / "none") is None
    assert found.tests[0].rate("frozen") == 0.02 and found.tests[0].interval("frozen") == wilson(4, 200)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(behaviour(), schema=2),
        replace(behaviour(), tests=()),
        replace(behaviour(), tests=behaviour().tests[:1] * 2),
        replace(behaviour(), tests=(replace(behaviour().tests[0], failed={"frozen": 201, "fine-tuned": 0}),)),
        replace(behaviour(), tests=(behaviour().tests[0], replace(behaviour().tests[1], failed={"frozen": 1}))),
        replace(behaviour(), rows=0),
    ],
)
def test_a_table_that_makes_no_sense_is_named(wrong: Behaviour, tmp_path: Path) -> None:
    wrong.save(tmp_path / "behaviour.json")
    with pytest.raises(AttnvizError, match=r"behaviour\.json"):
        read_behaviour(tmp_path / "behaviour.json")
