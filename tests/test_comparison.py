from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.comparison import Neighbourhood, drift, lean, neighbours, one_word, pairs, parted, project, twin_vectors
from attnviz.data.datasets import load_dataset
from attnviz.errors import AttnvizError
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment, load, names, starting_rows
from attnviz.model.variants import TWINS
from attnviz.text import UNKNOWN, Vocabulary
from attnviz.training.train import train
from attnviz.vectors.fasttext import FastTextVectors
from tests.conftest import TINY

MODELS = Path(__file__).parent.parent / "models"
STRANGER = "wonderfulllll"


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """Return a cosine the plain way."""
    return float(np.dot(one, other) / np.sqrt(np.dot(one, one) * np.dot(other, other)))


def vector(experiment: Experiment, variant: str, word: str) -> np.ndarray:
    row: np.ndarray = experiment.model(variant).embedding.weight[experiment.vocabulary.id(word)].double().numpy()
    return row


def remade(experiment: Experiment, keep: int) -> Experiment:
    """Return an experiment of the first `keep` words, as if there had never been more."""
    vocabulary = Vocabulary(experiment.vocabulary.words[:keep], experiment.vocabulary.counts[:keep])
    models: dict[str, AttentionClassifier] = {}
    for variant in experiment.variants:
        old = experiment.model(variant)
        models[variant] = experiment.about.build(variant, old.embedding.weight[: keep + 2])
        state = {**old.state_dict(), "embedding.weight": old.embedding.weight[: keep + 2]}
        models[variant].load_state_dict(state)
    vectors = experiment.vectors.with_words(vocabulary.words)
    return Experiment(f"{keep}-words", experiment.about, vocabulary, vectors, models)


@pytest.fixture(scope="module")
def frozen_only(tiny: Experiment) -> Experiment:
    about = replace(tiny.about, variants={"frozen": tiny.about.variants["frozen"]})
    return Experiment("no-twins", about, tiny.vocabulary, tiny.vectors, {"frozen": tiny.model("frozen")})


def test_drift_is_one_minus_the_cosine(tiny: Experiment) -> None:
    found = drift(tiny)
    assert found.words == tiny.vocabulary.words and found.counts.tolist() == list(tiny.vocabulary.counts)
    assert tiny.spread is not None and found.spread is not None
    assert np.array_equal(found.spread, tiny.spread[2:])
    for place, word in enumerate(found.words):
        before, after = (vector(tiny, variant, word) for variant in TWINS)
        assert found.drift[place] == pytest.approx(1 - cosine(before, after), abs=1e-12)
        assert found.stretch[place] == pytest.approx(np.sqrt((after @ after) / (before @ before)), abs=1e-12)
    ranked = found.drift[found.order]
    assert (np.diff(ranked) <= 0).all()
    assert found.within_spread.tolist() == [d <= s for d, s in zip(found.drift, found.spread, strict=True)]


def test_words_read_in_training_moved_and_others_did_not(tmp_path: Path) -> None:
    """Of a row longer than the window only its ends are read, so the words in the middle of long rows never move."""
    path = tmp_path / "long.csv"
    ends = [("good", "good one", "positive"), ("bad", "bad one", "negative")]
    texts = [(f"{a} film with number{n} and lost{n} in between {b}", c) for n in range(40) for a, b, c in ends]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *texts])
    config = replace(TINY, epochs=3, window=2, variants=TWINS, probes=(), second_seed=False)
    for _ in train(load_dataset(path), "long", config, out=tmp_path):
        pass
    experiment = load(tmp_path / "long")
    found = drift(experiment)
    assert found.spread is None and not found.within_spread.any()
    moved = dict(zip(found.words, found.drift, strict=True))
    read = {"good", "bad", "film", "one"}
    assert {word for word, far in moved.items() if far > 0} == read < set(moved)
    start = starting_rows(experiment.vocabulary, experiment.vectors).numpy()
    unread = [experiment.vocabulary.id(word) for word in moved if word not in read]
    assert start[unread].tobytes() == experiment.model("fine-tuned").embedding.weight.numpy()[unread].tobytes()
    assert start.tobytes() == experiment.model("frozen").embedding.weight.numpy().tobytes()
    assert (found.stretch[[word not in read for word in found.words]] == 1).all()


@pytest.mark.parametrize("name", names(MODELS))
def test_the_shipped_experiments_moved_where_bits_moved(name: str) -> None:
    experiment = load(MODELS / name)
    found, start = drift(experiment), starting_rows(experiment.vocabulary, experiment.vectors)
    assert torch.equal(experiment.model("frozen").embedding.weight, start)
    same = (experiment.model("fine-tuned").embedding.weight == start).all(1).numpy()[2:]
    assert (found.drift[same] == 0).all() and (found.drift[~same] > 0).all()
    outside = drift(experiment, ["qqzzzy", "뷁뷁뷁", "👍👍"])
    assert (outside.drift == 0).all() and (outside.counts == 0).all() and (outside.stretch == 1).all()


def test_a_stranger_never_moved(tiny: Experiment) -> None:
    found = drift(tiny, ["good", STRANGER])
    assert found.drift[0] > 0 and found.counts[0] > 0
    assert (found.drift[1], found.stretch[1], found.counts[1]) == (0, 1, 0)
    assert found.spread is not None and found.spread[1] == 0 and found.within_spread[1]
    both = twin_vectors(tiny, [STRANGER])
    assert np.array_equal(both.frozen, both.fine_tuned) and np.array_equal(both.frozen[0], tiny.vectors[STRANGER])
    assert not both.known[0] and not both.moved[0]


def test_words_without_a_vector_are_no_trouble(tiny: Experiment) -> None:
    bare = FastTextVectors(
        tiny.vectors.words, tiny.vectors.matrix(tiny.vectors.words), np.zeros((0, 16)), min_n=3, max_n=6
    )
    experiment = Experiment("bare", tiny.about, tiny.vocabulary, bare, {v: tiny.model(v) for v in tiny.variants})
    assert drift(experiment, [STRANGER]).drift.tolist() == [0]
    rows = tiny.model("frozen").embedding.weight.numpy()
    unknown, good = rows[UNKNOWN], rows[tiny.vocabulary.id("good")]  # it is read as <unk>, whose row it has
    cosine = unknown @ good / np.linalg.norm(unknown) / np.linalg.norm(good)
    assert pairs(experiment, [(STRANGER, "good")])[0].frozen == pytest.approx(cosine, abs=1e-5)
    assert project(experiment, [STRANGER]).kept == 1
    with pytest.raises(AttnvizError, match="without vectors of n-grams"):
        neighbours(experiment, STRANGER)


def test_lean_is_the_vote_of_a_word_alone(tiny: Experiment) -> None:
    chosen = ["good", "awful", "the", STRANGER]
    found, whole = lean(tiny, chosen), lean(tiny)
    assert found.labels == tiny.labels and whole.words == tiny.vocabulary.words
    for variant, votes, all_votes in (
        ("frozen", found.frozen, whole.frozen),
        ("fine-tuned", found.fine_tuned, whole.fine_tuned),
    ):
        assert votes.shape == (4, 2)
        for place, word in enumerate(chosen):
            assert votes[place] == pytest.approx(tiny.explain(word, variant).votes[0], abs=1e-5)
        assert all_votes[whole.words.index("good")] == pytest.approx(votes[0], abs=1e-5)
    assert np.argmax(found.fine_tuned[0]) == 1 and np.argmax(found.fine_tuned[1]) == 0
    assert lean(tiny, []).frozen.shape == (0, 2)


def by_hand(experiment: Experiment, variant: str, of: np.ndarray, word: str, top: int) -> list[str]:
    near = {w: cosine(vector(experiment, variant, w), of) for w in experiment.vocabulary.words if w != word}
    return sorted(near, key=lambda w: -near[w])[:top]


@pytest.mark.parametrize("word", ["good", STRANGER])
def test_neighbours_are_the_nearest_in_each_space(tiny: Experiment, word: str) -> None:
    found = neighbours(tiny, word, top=5)
    known = word in tiny.vocabulary
    assert (found.word, found.known) == (word, known)
    for variant, near in (("frozen", found.frozen), ("fine-tuned", found.fine_tuned)):
        of = vector(tiny, variant, word) if known else tiny.vectors[word].astype(np.float64)
        assert [neighbour.word for neighbour in near] == by_hand(tiny, variant, of, word, 5)
        for neighbour in near:
            before = vector(tiny, "frozen", word) if known else of
            after = vector(tiny, "fine-tuned", word) if known else of
            assert neighbour.frozen == pytest.approx(cosine(vector(tiny, "frozen", neighbour.word), before), abs=1e-6)
            assert neighbour.fine_tuned == pytest.approx(
                cosine(vector(tiny, "fine-tuned", neighbour.word), after), abs=1e-6
            )
    was, now = {near.word for near in found.frozen}, {near.word for near in found.fine_tuned}
    assert {near.word for near in found.came} == now - was and {near.word for near in found.went} == was - now
    assert found.overlap == pytest.approx(len(was & now) / 5)


def test_the_frozen_neighbours_are_those_of_the_vectors(tiny: Experiment) -> None:
    near = [(neighbour.word, neighbour.frozen) for neighbour in neighbours(tiny, "great").frozen]
    expected = tiny.vectors.most_similar("great")
    assert [word for word, _ in near] == [word for word, _ in expected]
    assert [c for _, c in near] == pytest.approx([c for _, c in expected], abs=1e-5)


def test_a_vocabulary_of_ten_words(tiny: Experiment) -> None:
    small = remade(tiny, 10)
    (first, *_) = small.vocabulary.words
    assert len(neighbours(small, first, top=20).frozen) == 9
    assert len(neighbours(small, STRANGER, top=20).fine_tuned) == 10
    assert neighbours(small, first, top=9).overlap == 1
    assert len(drift(small).words) == 10
    for method in ("pca", "tsne"):
        assert project(small, small.vocabulary.words, method).frozen.shape == (10, 2)
    assert Neighbourhood("x", True, (), ()).overlap == 1


def test_pairs_before_and_after(tiny: Experiment) -> None:
    known, stranger = pairs(tiny, [("Good", "bad"), ("good", STRANGER)])
    for twin, found in (("frozen", known.frozen), ("fine-tuned", known.fine_tuned)):
        assert found == pytest.approx(cosine(vector(tiny, twin, "good"), vector(tiny, twin, "bad")), abs=1e-6)
    assert known.words == ("good", "bad") and known.known == (True, True)
    assert known.apart == known.frozen - known.fine_tuned > 0  # the task needs them apart
    assert stranger.known == (True, False)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("good", "Good"), "same word: a pair takes two"),
        (("good", ""), "“” holds 0 words"),
        (("very good", "bad"), "“very good” holds 2 words or marks: give exactly one"),
    ],
)
def test_pairs_that_are_none(tiny: Experiment, pair: tuple[str, str], message: str) -> None:
    with pytest.raises(AttnvizError, match=message):
        pairs(tiny, [pair])


def test_one_word_as_it_is_looked_up() -> None:
    assert one_word("  Café ") == "café" and one_word("👨‍👩‍👧") == "👨‍👩‍👧" and one_word("Don’t") == "don't"
    with pytest.raises(AttnvizError, match="holds 500 words"):
        one_word("a " * 500)


def test_one_pca_for_both_spaces(tiny: Experiment) -> None:
    chosen = tiny.vocabulary.words[:20]
    found, both = project(tiny, chosen), twin_vectors(tiny, chosen)
    points = np.concatenate((both.frozen, both.fine_tuned)).astype(np.float64)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    _, sizes, axes = np.linalg.svd(points - points.mean(0), full_matrices=False)
    plane = (points - points.mean(0)) @ axes[:2].T
    drawn = np.concatenate((found.frozen, found.fine_tuned))
    assert np.abs(drawn) == pytest.approx(np.abs(plane), abs=1e-6)  # an axis may point either way
    assert found.kept == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum())
    gaps = ((found.fine_tuned - found.frozen) ** 2).sum(1)
    assert (gaps <= 2 * drift(tiny, chosen).drift + 1e-9).all()
    assert found.words == chosen and found.method == "pca"


def test_what_never_moved_has_no_arrow(tiny: Experiment) -> None:
    found = project(tiny, ["good", "bad", STRANGER])
    assert np.array_equal(found.frozen[2], found.fine_tuned[2])


def test_t_sne_is_repeatable(tiny: Experiment) -> None:
    first, second = (project(tiny, tiny.vocabulary.words, "tsne") for _ in range(2))
    assert first.kept is None and first.method == "tsne"
    assert np.array_equal(first.frozen, second.frozen) and np.isfinite(first.fine_tuned).all()


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_maps_of_hardly_any_words(tiny: Experiment, method: str, count: int) -> None:
    found = project(tiny, ["good", "bad"][:count], "pca" if method == "pca" else "tsne")
    assert found.frozen.shape == found.fine_tuned.shape == (count, 2)
    assert np.isfinite(found.frozen).all() and np.isfinite(found.fine_tuned).all()


def test_a_map_of_no_known_kind(tiny: Experiment) -> None:
    unheard_of: Any = "umap"
    with pytest.raises(AttnvizError, match="“pca” or “tsne”, not “umap”"):
        project(tiny, ["good"], unheard_of)


def test_without_twins_there_is_nothing_to_compare(frozen_only: Experiment) -> None:
    for ask in (
        lambda: drift(frozen_only),
        lambda: lean(frozen_only),
        lambda: neighbours(frozen_only, "good"),
        lambda: pairs(frozen_only, [("good", "bad")]),
        lambda: project(frozen_only, ["good"]),
    ):
        with pytest.raises(AttnvizError, match=r"no-twins has no variant fine-tuned: it takes frozen and fine-tuned"):
            ask()


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_any_text_has_an_answer_or_an_attnviz_error(tiny: Experiment, text: str) -> None:
    try:
        word = one_word(text)
        assert len(neighbours(tiny, word, 3).frozen) == 3
        assert drift(tiny, [word]).drift.shape == (1,)
    except AttnvizError:
        pass


@pytest.mark.parametrize(
    ("apart", "before", "after", "is_so"),
    [
        (0.15, {}, {}, True),
        (0.14, {}, {}, False),
        (0.01, {"good": {"bad"}}, {"good": set()}, True),
        (0.01, {"bad": {"good"}}, {}, True),
        (0.01, {"good": {"bad"}}, {"bad": {"good"}}, False),  # still near, from the other end
    ],
)
def test_two_words_part_by_far_or_by_leaving_each_others_neighbours(
    apart: float, before: dict[str, set[str]], after: dict[str, set[str]], is_so: bool
) -> None:
    assert parted(("good", "bad"), apart, before, after) is is_so
