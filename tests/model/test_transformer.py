"""Self-attention: `torch.nn.TransformerEncoder` with heads that can be looked at and switched off."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from attnviz.model.classifier import AttentionClassifier
from attnviz.model.transformer import SelfAttention, positions


def classifier(**settings: object) -> AttentionClassifier:
    torch.manual_seed(0)
    made = AttentionClassifier(50, 12, 16, 3, encoder="transformer", **settings)  # type: ignore[arg-type]
    return made.eval()


def table(count: int, dim: int) -> Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(1))


def test_it_is_torchs_own_encoder_with_the_same_weights() -> None:
    inside = classifier().transformer
    rows, lengths = table(30, 12), torch.tensor([7, 1, 12])
    places = torch.randint(30, (3, 12), generator=torch.Generator().manual_seed(2))
    words = inside.project(rows)[places] * math.sqrt(16) + positions(torch.arange(12), 16)
    padding = torch.arange(12) >= lengths[:, None]
    theirs = inside.encoder(words, src_key_padding_mask=padding)
    ours = inside(rows, places, lengths)
    assert torch.allclose(ours[~padding], theirs[~padding], atol=1e-5)
    assert not ours[padding].any()


def test_positions_are_those_of_the_formula() -> None:
    told = positions(torch.tensor([0, 3, 500]), 6)
    for place, row in zip((0, 3, 500), told, strict=True):
        for pair in range(3):
            angle = place / 10_000 ** (2 * pair / 6)
            assert float(row[2 * pair]) == pytest.approx(math.sin(angle), abs=1e-4)
            assert float(row[2 * pair + 1]) == pytest.approx(math.cos(angle), abs=1e-4)
    assert positions(torch.arange(3), 5).shape == (3, 5)


@pytest.mark.parametrize("settings", [{}, {"scorer": "additive"}, {"pooling": "mean"}])
def test_padding_changes_nothing_wherever_it_stands(settings: dict[str, str]) -> None:
    model = classifier(**settings)
    sentence = torch.randint(1, 50, (1, 9))
    logits, weights = model(sentence)
    behind, before = torch.zeros(2, 200, dtype=torch.long)
    behind[:9] = sentence
    before[-9:] = sentence
    long_logits, long_weights = model(torch.stack((behind, before)))
    for row, real in ((0, slice(0, 9)), (1, slice(191, 200))):
        assert torch.allclose(long_logits[row], logits[0], atol=1e-5)
        assert torch.allclose(long_weights[row, real], weights[0], atol=1e-5)
        assert float(long_weights[row].detach().sum()) == pytest.approx(1, abs=1e-5)


def test_rows_of_every_map_sum_to_1_and_padding_gets_exactly_nothing() -> None:
    inside = classifier().transformer
    rows, places, lengths = table(30, 12), torch.arange(24).reshape(2, 12), torch.tensor([12, 5])
    ((query, key, value, weights),) = inside.looks(rows, places, lengths)
    assert query.shape == key.shape == value.shape == (2, 4, 12, 4) and weights.shape == (2, 4, 12, 12)
    assert (weights.sum(3) - 1).abs().max() < 1e-6
    assert not weights[1, :, :, 5:].any() and weights[1, :, :, :5].all()
    by_hand = ((query[0, 2, 3] @ key[0, 2].T) / math.sqrt(4)).softmax(0)
    assert torch.allclose(weights[0, 2, 3], by_hand.double(), atol=1e-6)


def test_a_head_that_is_off_adds_nothing_and_all_off_leaves_the_words_alone() -> None:
    model = classifier()
    inside, rows, places, lengths = model.transformer, table(9, 12), torch.arange(9)[None], torch.tensor([9])
    whole = inside(rows, places, lengths)
    some = inside(rows, places, lengths, {(0, 1), (0, 3)})
    width = 16 // 4
    with torch.no_grad():  # the same as taking their columns out of what mixes the heads
        for head in (1, 3):
            inside.encoder.layers[0].self_attn.out_proj.weight[:, head * width : (head + 1) * width] = 0
    assert torch.allclose(inside(rows, places, lengths), some, atol=1e-6) and not torch.allclose(whole, some, atol=1e-3)
    turned = inside(rows, torch.tensor([[*range(8, -1, -1)]]), lengths, inside.all_heads, ordered=False)
    alone = inside(rows, places, lengths, inside.all_heads, ordered=False)
    assert torch.allclose(turned.flip(1), alone, atol=1e-6)


def test_without_positions_the_order_of_the_words_is_nothing_to_it() -> None:
    model = classifier()
    x = torch.tensor([[4, 9, 2, 7, 7, 3]])
    turned = x.flip(1)
    blind = model.altered(ordered=False)
    assert torch.allclose(blind(x)[0], blind(turned)[0], atol=1e-5)
    assert not torch.allclose(model(x)[0], model(turned)[0], atol=1e-4)
    assert model.ordered and not model.off  # the classifier itself stays as it was


def test_heads_are_asked_for_that_it_has() -> None:
    model = classifier()
    assert model.transformer.all_heads == {(0, 0), (0, 1), (0, 2), (0, 3)}
    assert SelfAttention(12, 10).heads == 2 and SelfAttention(12, 7).heads == 1
    for strange in ((1, 0), (0, 4), (0, -1)):
        with pytest.raises(ValueError, match="heads"):
            model.altered({strange})
    with pytest.raises(ValueError, match="heads"):
        AttentionClassifier(50, 12, 16, 3).altered({(0, 0)})
    with pytest.raises(ValueError, match="encoder"):
        classifier_of("gru")


def classifier_of(encoder: str) -> AttentionClassifier:
    return AttentionClassifier(50, 12, 16, 3, encoder=encoder)  # type: ignore[arg-type]


def test_an_empty_sentence_beside_others_leaves_the_bias() -> None:
    model = classifier()
    logits, weights = model(torch.tensor([[0, 0, 0], [5, 6, 0]]))
    assert torch.allclose(logits[0], model.fc.bias) and torch.equal(weights[0], torch.zeros(3))
    assert torch.isfinite(logits).all()
    logits, weights = model(torch.zeros(2, 0, dtype=torch.long))
    assert torch.allclose(logits, model.fc.bias.expand(2, 3)) and weights.shape == (2, 0)


def test_training_lets_sentences_begin_anywhere_and_reading_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attnviz.model.transformer._DROPOUT", 0.0)
    inside, lengths = classifier().transformer, torch.tensor([4])
    asked = table(9, 12), torch.arange(4)[None], lengths
    whole = inside.inputs(*asked)[0].detach()
    assert torch.equal(inside.inputs(*asked)[0], whole)
    torch.manual_seed(0)
    begun = [inside.train().inputs(*asked)[0].detach() for _ in range(2)]
    assert not torch.allclose(begun[0], begun[1])
    steps = [positions(torch.arange(4) + first, 16) - positions(torch.arange(4), 16) for first in range(512)]
    for words in begun:  # the same words, each as far behind the one before it as ever
        assert min(float((words - whole - step).abs().max()) for step in steps) < 1e-4
