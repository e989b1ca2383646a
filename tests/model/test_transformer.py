"""Self-attention: `torch.nn.TransformerEncoder` with heads that can be looked at and switched off."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor

from attnviz.model.classifier import AttentionClassifier
from attnviz.model.transformer import REACH, SelfAttention, leanings


def classifier(**settings: object) -> AttentionClassifier:
    torch.manual_seed(0)
    made = AttentionClassifier(50, 12, 16, 3, encoder="transformer", **settings)  # type: ignore[arg-type]
    return made.eval()


def with_order(model: AttentionClassifier) -> AttentionClassifier:
    """Give it distances of its own for every head."""
    torch.nn.init.normal_(model.transformer.distance_bias, generator=torch.Generator().manual_seed(3))
    return model


def table(count: int, dim: int) -> Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(1))


def test_it_is_torchs_own_encoder_with_the_same_weights() -> None:
    inside = with_order(classifier()).transformer
    rows, lengths = table(30, 12), torch.tensor([40, 1, 22])
    places = torch.randint(30, (3, 40), generator=torch.Generator().manual_seed(2))
    words = inside.project(rows)[places] * math.sqrt(16)
    padding = torch.arange(40) >= lengths[:, None]
    order = torch.zeros(4, 40, 40)
    for head, asking, asked in itertools.product(range(4), range(40), range(40)):
        order[head, asking, asked] = inside.distance_bias[0, head, max(-REACH, min(asked - asking, REACH)) + REACH]
    nothing = torch.zeros(3, 40).masked_fill(padding, -torch.inf)
    theirs = inside.encoder(words, mask=order.repeat(3, 1, 1), src_key_padding_mask=nothing)
    ours = inside(rows, places, lengths)
    assert torch.allclose(ours[~padding], theirs[~padding], atol=1e-5)
    assert not ours[padding].any()
    without = inside.encoder(words, src_key_padding_mask=padding)
    assert torch.allclose(inside(rows, places, lengths, ordered=False)[~padding], without[~padding], atol=1e-5)
    assert not torch.allclose(without[~padding], theirs[~padding], atol=1e-3)


def test_heads_begin_by_leaning_before_behind_to_both_and_to_none() -> None:
    before, behind, both, none = leanings(4)[:, REACH - 3 : REACH + 4].tolist()  # three words, the word itself, three
    assert before == [-2, -1, 0, -3, -3, -3, -3] and behind == before[::-1]
    assert both == [-1.5, -1, -0.5, 0, -0.5, -1, -1.5] and none == [0] * 7


def test_many_long_sentences_are_read_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = with_order(classifier()).transformer
    asked = table(30, 12), torch.arange(24).reshape(4, 6), torch.tensor([6, 5, 3, 1])
    whole = inside(*asked)
    monkeypatch.setattr("attnviz.model.transformer._SCORES", 4 * 6**2 * 2)
    assert torch.allclose(inside(*asked), whole, atol=1e-6)


def test_rows_of_every_map_sum_to_1_and_padding_gets_exactly_nothing() -> None:
    inside = with_order(classifier()).transformer
    rows, places, lengths = table(30, 12), torch.arange(24).reshape(2, 12), torch.tensor([12, 5])
    ((query, key, value, weights),) = inside.looks(rows, places, lengths)
    assert query.shape == key.shape == value.shape == (2, 4, 12, 4) and weights.shape == (2, 4, 12, 12)
    assert (weights.sum(3) - 1).abs().max() < 1e-6
    assert not weights[1, :, :, 5:].any() and weights[1, :, :, :5].all()
    apart = inside.distance_bias[0, 2, REACH - 3 : REACH + 9]
    by_hand = ((query[0, 2, 3] @ key[0, 2].T) / math.sqrt(4) + apart).softmax(0)
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
    model = with_order(classifier())
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


@pytest.mark.parametrize("scorer", ["linear", "additive"])
def test_it_begins_with_even_weights(scorer: str) -> None:
    _, weights = classifier(scorer=scorer)(torch.tensor([[4, 9, 2, 7]]))
    assert torch.allclose(weights, torch.full((1, 4), 0.25))


def test_one_head_begins_by_leaning_to_the_words_before_one_to_those_behind_one_to_both() -> None:
    inside = classifier().transformer
    rows, places, lengths = table(30, 12), torch.arange(11)[None], torch.tensor([11])
    with torch.no_grad():
        inside.encoder.layers[0].self_attn.in_proj_weight.zero_()  # so that words ask nothing of each other
    ((*_, weights),) = inside.looks(rows, places, lengths)
    before, behind, both, none = weights[0, :, 5]
    assert before[4] == before.max() and before[:5].sum() > 2 / 3
    assert behind[6] == behind.max() and behind[6:].sum() > 2 / 3
    assert both[5] == both.max() and torch.allclose(both, both.flip(0))
    assert torch.allclose(none, torch.full_like(none, 1 / 11))
