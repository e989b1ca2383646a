"""Tables that several servers have in memory once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from attnviz.model import mapping
from attnviz.model.experiment import load
from attnviz.model.mapping import mapped, share

TEXT = "the movie was not goood"


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    return tmp_path / "tables"


def test_a_shared_experiment_answers_to_the_last_bit_as_before(tiny_models: Path, tables: Path) -> None:
    before, after = load(tiny_models / "tiny-en"), share(load(tiny_models / "tiny-en"))
    for variant in before.variants:
        one, two = before.explain(TEXT, variant), after.explain(TEXT, variant)
        assert np.array_equal(one.weights, two.weights) and np.array_equal(one.probabilities, two.probabilities)
        assert torch.equal(before.model(variant).embedding.weight, after.model(variant).embedding.weight)
    assert before.vectors.digest() == after.vectors.digest()
    used = {Path(part.path) for part in psutil.Process().memory_maps() if Path(part.path).parent == tables}
    assert used == set(tables.iterdir())  # and the twins' common start is there once


def test_nothing_that_is_written_to_a_table_reaches_the_file(tables: Path) -> None:
    table = np.arange(12, dtype=np.float32).reshape(3, 4)
    found = mapped(table)
    found[0, 0] = 5
    assert mapped(table)[0, 0] == 0 and len(list(tables.iterdir())) == 1


@pytest.mark.parametrize("damage", ["other numbers", "cut short", "no folder"])
def test_what_lies_in_the_cache_is_never_believed(tables: Path, damage: str) -> None:
    table = np.arange(12, dtype=np.float32).reshape(3, 4)
    mapped(table)
    (path,) = tables.iterdir()
    if damage == "no folder":
        path.unlink()
        tables.rmdir()
        tables.write_text("a file")
    else:
        path.write_bytes(path.read_bytes()[: 48 if damage == "other numbers" else 8].replace(b"\x80", b"\x81"))
    assert np.array_equal(mapped(table), table)


def test_the_tables_used_longest_ago_go_first(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "MOST_BYTES", 100)
    kept = mapped(np.zeros(20, np.float32))
    mapped(np.ones(20, np.float32))
    assert len(list(tables.iterdir())) == 1 and not kept.any()  # who has one mapped keeps it
