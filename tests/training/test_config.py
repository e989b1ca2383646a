from __future__ import annotations

import pytest

from attnviz.errors import AttnvizError
from attnviz.model.classifier import AttentionClassifier
from attnviz.training.config import OFFERED, TrainingConfig


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scorer": "additive", "variants": ("frozen", "frozen-additive")}, "frozen-additive the same"),
        ({"variants": ("melted",)}, "melted"),
        ({"variants": ()}, "at least one"),
        ({"embedding_dim": 0}, "embedding_dim is 0"),
        ({"vocab_size": 2}, "vocab_size is 2"),
        ({"epochs": 0}, "epochs is 0"),
        ({"variants": ("frozen",), "second_seed": True}, "fine-tuned"),
        ({"min_n": 5, "max_n": 2}, "max_n is 2"),
        ({"language": "ko", "min_n": 5}, "max_n is 4"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        TrainingConfig(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(("dim", "hidden_dim"), [(300, 128), (100, 128), (300, 1024)])
def test_what_is_taken_of_a_bin_stays_within_the_budget(dim: int, hidden_dim: int) -> None:
    config = TrainingConfig(hidden_dim=hidden_dim)
    words = config.words_within_budget(dim, classes=4)
    ngrams = config.ngrams_within_budget(dim, 4, words)
    model = AttentionClassifier(2, dim, hidden_dim, 4)
    rest = sum(value.numel() for name, value in model.named_parameters() if name != "embedding.weight")
    size = 2 * dim * (2 * words + ngrams) + 4 * ngrams + 2 * 3 * rest
    if hidden_dim < 1000:
        assert 13.2e6 < size < 13.5e6  # beside vocabulary, history, card and baseline
        assert words >= 4_400 and ngrams >= 8_800
    else:
        assert (words, ngrams) == (1_000, 5_000)


def test_ngrams_and_rates_follow_other_settings_unless_they_are_given() -> None:
    assert (TrainingConfig().ngram_sizes, TrainingConfig(language="ko").ngram_sizes) == ((3, 6), (1, 4))
    assert TrainingConfig(language="ko", max_n=6).ngram_sizes == (1, 6)
    assert TrainingConfig(learning_rate=0.004).embedding_rate == 0.002
    assert TrainingConfig(learning_rate=0.004, embedding_learning_rate=0.0).embedding_rate == 0.0


def test_few_rows_are_read_more_often_unless_it_is_said_how_often() -> None:
    epochs = [TrainingConfig().for_rows(rows).epochs for rows in (100, 1_000, 5_000, 20_000, 100_000)]
    assert epochs == [60, 38, 17, 9, 6]
    assert TrainingConfig(batch_size=16).for_rows(1_000).epochs == 10
    assert TrainingConfig(epochs=3).for_rows(100).epochs == 3


def test_what_the_page_offers_is_within_what_is_allowed() -> None:
    for name, ends in OFFERED.items():
        assert getattr(TrainingConfig(**{name: ends[0]}), name) < getattr(TrainingConfig(**{name: ends[1]}), name)
