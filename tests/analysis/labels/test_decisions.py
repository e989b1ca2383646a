from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.analysis.labels import decisions
from attnviz.analysis.labels.decisions import Decision, DecisionLog, key_of_decisions
from attnviz.errors import AttnvizError

KEY = "0123456789abcdef" * 2
DECISIONS = st.builds(Decision, st.sampled_from(["keep", "remove", "unsure"])) | st.builds(
    Decision, st.just("relabel"), st.text(min_size=1)
)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DecisionLog:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    return DecisionLog(KEY)


def test_what_is_decided_last_holds_and_undo_brings_back_what_held_before(log: DecisionLog) -> None:
    assert log.read() == {} and log.undo() is None
    log.decide(3, Decision("keep"))
    log.decide(5, Decision("relabel", "긍정"))
    log.decide(3, Decision("remove"))
    assert list(DecisionLog(KEY).read().items()) == [(5, Decision("relabel", "긍정")), (3, Decision("remove"))]
    assert log.undo() == 3 and log.read()[3] == Decision("keep")
    assert log.undo() == 5 and log.undo() == 3 and log.read() == {} and log.undo() is None


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), DECISIONS) | st.none(), max_size=30), st.booleans())
def test_the_log_is_a_stack(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, Decision] | None], kept: bool
) -> None:
    stack: list[tuple[int, Decision]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTNVIZ_CACHE", str(tmp_path_factory.mktemp("log")))
        log = DecisionLog(KEY if kept else None)
        for step in steps:
            if step is None:
                assert log.undo() == (stack.pop()[0] if stack else None)
            else:
                log.decide(*step)
                stack.append(step)
        assert log.read() == dict(stack) and DecisionLog().read() == {}


@pytest.mark.parametrize(
    "rubbish",
    [
        b'\n{"row": 7, "act',
        b"\n[1]",
        b"\n\xff\xfe",
        b'\n{"row": true, "action": "keep", "label": null}',
        b'\n{"row": 7, "action": "burn", "label": null}',
        b'\n{"row": 7, "action": "relabel", "label": null}',
        b'\n{"row": 7, "action": "keep", "label": "x"}',
        b"\n" + b"[" * 100_000,
    ],
)
def test_a_line_that_was_cut_short_or_says_nothing_loses_no_other(log: DecisionLog, rubbish: bytes) -> None:
    log.decide(1, Decision("keep"))
    assert log.path
    with log.path.open("ab") as file:
        file.write(rubbish)
    log.decide(2, Decision("unsure"))
    assert log.read() == {1: Decision("keep"), 2: Decision("unsure")}


def test_a_file_in_the_folders_place_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "decisions").write_text("")
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    log = DecisionLog(KEY)
    assert log.read() == {}
    with pytest.raises(AttnvizError, match="cannot be kept"):
        log.decide(1, Decision("keep"))


def test_rows_under_other_numbers_are_other_rows() -> None:
    rows = EvaluationRows(Origin("a.csv", np.array([2, 3])), ["x", "y"], [0, 1], None, "f" * 32)
    same = replace(rows, origin=Origin("b.csv", np.array([2, 3])))
    other = replace(rows, origin=Origin("a.csv", np.array([2, 4])))
    assert key_of_decisions(rows) == key_of_decisions(same) != key_of_decisions(other)


def test_half_a_character_in_a_label_is_kept_too(log: DecisionLog) -> None:
    log.decide(1, Decision("relabel", "\ud800"))
    assert log.read() == {1: Decision("relabel", "\ud800")}


def test_what_was_read_is_not_read_again(log: DecisionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[str]()
    read = decisions._told

    def tell(line: str) -> tuple[int, Decision] | bool:
        told.append(line)
        return read(line)

    monkeypatch.setattr(decisions, "_told", tell)
    for row in range(20):
        log.decide(row, Decision("keep"))
        assert list(DecisionLog(KEY).read()) == list(range(row + 1))
    assert log.undo() == 19 and len(DecisionLog(KEY).read()) == 19
    assert len([line for line in told if line]) == 21


def test_a_line_that_another_process_is_still_writing_is_read_once_it_is_whole(log: DecisionLog) -> None:
    log.decide(1, Decision("keep"))
    assert log.path
    for half in (b'\n{"row": 2, "action":', b' "remove", "label": null}'):
        assert list(log.read()) == [1]
        with log.path.open("ab") as file:
            file.write(half)
    assert list(log.read()) == [1, 2]


def test_a_log_that_was_deleted_or_begun_anew_is_read_from_its_beginning(log: DecisionLog) -> None:
    assert log.path
    for row in (1, 2):
        log.decide(row, Decision("keep"))
        assert list(log.read()) == [row]
        log.path.unlink()
        assert log.read() == {} and log.undo() is None
    for row in (3, 4):
        log.decide(row, Decision("keep"))
    assert list(log.read()) == [3, 4]
    for rows in ((5,), (6, 7, 8)):  # shorter, then longer, and nobody looked in between
        log.path.unlink()
        for row in rows:
            log.decide(row, Decision("keep"))
        assert list(log.read()) == list(rows)
