from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnviz.analysis.evaluation.mean_attention import MeanAttention
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.rows import Origin
from attnviz.analysis.evaluation.slices import find, properties
from attnviz.analysis.evaluation.token_index import TokenIndex

WORDS = [f"word{k}" for k in range(300)]


def made(count: int, seed: int, planted: str = "") -> Predictions:
    """Return a sheet of made-up answers: a tenth wrong, and always where the planted word stands."""
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, rng.integers(5, 20))) for _ in range(count)]
    truth = rng.integers(0, 2, count)
    wrong = rng.random(count) < 0.1
    for row in rng.choice(count, 40, replace=False) if planted else ():
        texts[row] += f" {planted}"
        wrong[row] = True
    answers = np.where(wrong, 1 - truth, truth)
    sure = np.where(answers[:, None] == np.arange(2), 0.8, 0.2)
    tokens = np.array([len(text.split()) for text in texts])
    weights = np.repeat(1 / tokens, tokens).astype(np.float32)
    return Predictions(
        "made", Origin("made"), ("no", "yes"), texts, truth, None, tokens, np.zeros(count, np.int64),
        {"frozen": sure, "fine-tuned": sure}, {"frozen": weights, "fine-tuned": weights},
    )  # fmt: skip


def wordings(sheet: Predictions) -> TokenIndex:
    return TokenIndex.of(sheet.texts, 512)


def test_looking_for_slices_first_changes_nothing() -> None:
    texts = ["never again !", "so good so true ?", "again and again never"]  # in the order of no alphabet
    sheet = replace(made(3, 0), texts=texts, tokens=np.array([3, 5, 4]), weights={"frozen": np.arange(12.0)})
    fresh, used = wordings(sheet), wordings(sheet)
    assert used.presence.sum() == 10
    assert used.ids.tolist() == fresh.ids.tolist() and used.last() == ["!", "?", "never"]
    one, other = MeanAttention.of(sheet, fresh), MeanAttention.of(sheet, used)
    assert one.words == other.words and one.counts.tolist() == other.counts.tolist()
    assert one.share["frozen"].tolist() == other.share["frozen"].tolist()


def test_a_planted_word_is_named_first() -> None:
    sheet = made(3_000, 0, "planted")
    first = find(sheet, wordings(sheet), "en")[0]
    assert (first.event, first.kind, first.name, first.n, first.hits) == ("errors", "word", "planted", 40, 40)
    assert first.sure and first.rate == 1 and first.elsewhere < 0.15


def test_shuffled_labels_give_nothing_in_19_of_20_runs() -> None:
    sheet = made(2_000, 1)
    assert sheet.truth is not None
    rng, words = np.random.default_rng(2), wordings(sheet)
    runs = [find(replace(sheet, truth=rng.permutation(sheet.truth)), words, "en") for _ in range(20)]
    assert sum(map(bool, runs)) <= 1


def test_more_adds_what_may_be_luck_and_says_so() -> None:
    sheet = made(2_000, 3, "planted")
    found = find(sheet, wordings(sheet), "en", more=3)
    of_frozen = [one for one in found if one.event == "errors" and one.variant == "frozen"]
    assert [one.sure for one in of_frozen][-3:] == [False] * 3
    assert sorted(of_frozen, key=lambda one: one.raw_p) == of_frozen


def test_repairs_and_breaks_are_events_too() -> None:
    sheet = made(3_000, 4, "planted")
    assert sheet.truth is not None
    better = np.where(sheet.truth[:, None] == np.arange(2), 0.9, 0.1)
    found = find(replace(sheet, probabilities=sheet.probabilities | {"fine-tuned": better}), wordings(sheet), "en")
    assert [one.name for one in found if one.event == "repaired"] == ["planted"]
    assert not [one for one in found if one.variant == "fine-tuned" and one.event in ("errors", "broke")]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "It isn't good", "negation"),
        ("en", "Never again!", "exclaims"),
        ("en", "Good, but long?", "contrast"),
        ("en", "Good, but long?", "asks"),
        ("en", "Seven of 10", "number"),
        ("ko", "재미있지 않다", "negation"),
        ("ko", "지루했지만 좋다", "contrast"),
    ],
)
def test_properties_are_seen(language: str, text: str, name: str) -> None:
    sheet = replace(made(2, 5), texts=[text, "plain 글"])
    assert properties(sheet, wordings(sheet), language)[name].tolist() == [True, False]


def test_nothing_to_look_at_is_no_error() -> None:
    sheet = made(60, 6)
    assert sheet.truth is not None
    perfect = np.where(sheet.truth[:, None] == np.arange(2), 0.9, 0.1)
    right = replace(sheet, probabilities={"frozen": perfect})
    assert find(right, wordings(right), "xx") == ()


def test_what_may_be_luck_errs_more_than_elsewhere_all_the_same() -> None:
    sheet = made(400, 4)
    assert all(one.rate > one.elsewhere for one in find(sheet, wordings(sheet), "en", more=1_000))
