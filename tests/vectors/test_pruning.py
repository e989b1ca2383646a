from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from gensim.test.utils import datapath

from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.pruning import prune, pruning_cosine


@pytest.fixture
def lee(tmp_path: Path) -> FastTextVectors:
    return FastTextVectors.open(shutil.copy2(datapath("lee_fasttext.bin"), tmp_path))


@pytest.fixture
def texts() -> list[list[str]]:
    return [line.split() for line in Path(datapath("lee_background.cor")).read_text(encoding="utf-8").splitlines()]


def test_chosen_ngrams_keep_more_of_unseen_words_than_the_most_frequent_ones(
    lee: FastTextVectors, texts: list[list[str]]
) -> None:
    counts = dict(Counter(word for words in texts[:200] for word in words).most_common())
    vocabulary = list(counts)[:1500]
    unseen = sorted({word for words in texts[200:] for word in words} - set(vocabulary))
    chosen = prune(lee, counts, vocabulary, 200)
    assert chosen.words == tuple(vocabulary) and chosen.kept_ngrams == 200 and chosen.buckets == lee.buckets
    often = Counter(bucket for word, count in counts.items() for bucket in lee.ngram_buckets(word) * count)
    frequent = lee.with_ngrams(vocabulary, np.sort([bucket for bucket, _ in often.most_common(200)]))
    assert pruning_cosine(chosen, lee, unseen).mean() > pruning_cosine(frequent, lee, unseen).mean() + 0.01
    assert pruning_cosine(chosen, lee, vocabulary) == pytest.approx(1, abs=1e-4)
    more = prune(lee, counts, vocabulary, 400)
    assert pruning_cosine(more, lee, unseen).mean() > pruning_cosine(chosen, lee, unseen).mean() > 0.8


def test_with_room_for_all_nothing_is_lost(lee: FastTextVectors) -> None:
    counts = {"running": 3, "unseen": 1}
    kept = prune(lee, counts, ["running"], 10_000)
    assert kept.kept_ngrams == len({b for word in counts for b in lee.ngram_buckets(word)})
    assert pruning_cosine(kept, lee, ["running", "unseen"]) == pytest.approx(1, abs=1e-5)


def test_words_of_the_vocabulary_lend_their_ngrams_where_there_are_no_others(lee: FastTextVectors) -> None:
    assert prune(lee, {"running": 1}, ["running"], 5).kept_ngrams == 5


@pytest.mark.parametrize(("counts", "ngrams"), [({}, 10), ({"running": 1}, 0)])
def test_no_ngrams_at_all(lee: FastTextVectors, counts: dict[str, int], ngrams: int, tmp_path: Path) -> None:
    kept = prune(lee, counts, ["running"], ngrams)
    assert kept.kept_ngrams == 0 and not kept["runninggggg"].any()
    assert list(pruning_cosine(kept, lee, ["runninggggg"])) == [0]
    kept.save(tmp_path / "v.safetensors")
    assert FastTextVectors.open(tmp_path / "v.safetensors")["running"].any()
