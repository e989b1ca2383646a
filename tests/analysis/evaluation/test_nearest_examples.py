from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attnviz.analysis.evaluation.nearest_examples import TrainingExamples, tally
from attnviz.data.datasets import Dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, starting_rows


@pytest.fixture(scope="module")
def learned(tiny: Experiment, tiny_data: Dataset) -> TrainingExamples:
    return TrainingExamples.of(tiny, tiny_data)


def test_a_training_sentence_is_not_among_its_own_neighbours_and_said_to_be_known(
    learned: TrainingExamples, tiny_data: Dataset
) -> None:
    rows = tiny_data.split("train")
    for text, label in list(zip(rows.texts, rows.labels, strict=True))[::40]:
        for typed in (text, f" {text.upper()}  "):  # a duplicate, as the splits see it
            near = learned.near(typed, 3)
            assert len(near) == 3 and text not in {one.text for one in near}
            assert [one.cosine for one in near] == sorted((one.cosine for one in near), reverse=True)
            assert learned.same(typed) == {tiny_data.label_names[label]: rows.texts.count(text)}
    assert learned.same("the film was good, and nobody wrote that") == {}


def test_one_known_sentence_has_no_neighbour(tiny: Experiment, learned: TrainingExamples) -> None:
    alone = replace(learned, texts=learned.texts[:1], hashes=learned.hashes[:1], directions=learned.directions[:1])
    assert alone.near(learned.texts[0]) == [] and len(alone.near("a dull story")) == 1


def test_only_training_rows_are_near_and_rare_words_count(
    learned: TrainingExamples, tiny: Experiment, tiny_data: Dataset
) -> None:
    test = set(tiny_data.split("test").texts) - set(tiny_data.split("train").texts)
    assert test and not test & set(learned.texts)
    start = starting_rows(tiny.vocabulary, tiny.vectors).numpy()
    usual, rare = (
        np.linalg.norm(learned.vectors[at]) / np.linalg.norm(start[at])
        for at in map(tiny.vocabulary.id, ("the", "terrible"))
    )
    assert usual < rare


def test_what_has_no_known_word_is_near_to_nothing(learned: TrainingExamples) -> None:
    assert learned.near("") == [] and learned.near("zzqq 🙂") == []
    assert 0 < len(learned.near("good zzqq", 10_000)) <= len(learned.texts)


def test_other_rows_are_refused(tiny: Experiment, tiny_data: Dataset) -> None:
    with pytest.raises(AttnvizError, match="was trained on"):
        TrainingExamples.of(tiny, replace(tiny_data, labels=tuple(1 - label for label in tiny_data.labels)))


def test_labels_are_counted_the_most_frequent_first(learned: TrainingExamples) -> None:
    near = learned.near("an awful film")
    counted = tally(one.label for one in near)
    assert sum(counted.values()) == len(near) and list(counted.values()) == sorted(counted.values(), reverse=True)


def test_the_same_wording_is_told_once(tiny: Experiment, tiny_data: Dataset, tiny_csv: Path) -> None:
    near = TrainingExamples.of(tiny, tiny_data).near("the film was good", 5)
    assert len({(one.text, one.label) for one in near}) == len(near) == 5
