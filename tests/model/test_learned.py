from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from attnviz.data.datasets import Dataset
from attnviz.data.splits import key, text_hashes
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.learned import SPLIT_OF, TRAIN, UNSEEN, Learned, read_learned


def test_an_experiment_tells_its_training_and_validation_rows(tiny: Experiment, tiny_data: Dataset) -> None:
    assert tiny.learned is not None
    assert [SPLIT_OF[its] for its in tiny.learned.seen(tiny_data.texts)] == list(tiny_data.splits)
    assert not tiny.learned.seen(["never read", ""]).any()


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5))
def test_just_what_was_learned_from_is_known_again(learned: list[str], others: list[str]) -> None:
    """Lone surrogates and all."""
    known = Learned.of(text_hashes(learned), text_hashes([]))
    assert (known.seen(learned) == TRAIN).all()
    keys = set(map(key, learned))
    assert [its != UNSEEN for its in known.seen(others)] == [key(text) in keys for text in others]


def test_hashes_come_back_and_older_experiments_have_none(tmp_path: Path) -> None:
    path = tmp_path / "learned.safetensors"
    assert read_learned(path) is None
    Learned.of(text_hashes(["b", "a", "A"]), text_hashes(["c"])).save(path)
    back = read_learned(path)
    assert back is not None and (len(back.train), len(back.validation)) == (2, 1)
    save_file({"train": np.zeros((2, 2), dtype=np.uint32), "validation": back.validation}, path)
    with pytest.raises(AttnvizError, match="train is no list of hashes"):
        read_learned(path)
