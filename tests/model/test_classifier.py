from __future__ import annotations

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from attnviz.model.classifier import AttentionClassifier


def classifier(**settings: object) -> AttentionClassifier:
    torch.manual_seed(0)
    return AttentionClassifier(50, 8, 6, 3, **settings).eval()  # type: ignore[arg-type]


def test_the_courses_call_works_to_the_letter() -> None:
    fasttext_weights = torch.randn(20000, 300)
    model = AttentionClassifier(
        vocab_size=20000, embedding_dim=300, hidden_dim=128, num_classes=4, pretrained_embeddings=fasttext_weights
    )
    x = torch.randint(20000, (3, 11))
    logits, weights = model(x)
    assert (logits.shape, weights.shape) == ((3, 4), (3, 11))
    assert torch.equal(model.embedding.weight, fasttext_weights)
    assert model.embedding.weight.requires_grad
    assert model.lstm.bidirectional and model.fc.out_features == 4
    optimizer = torch.optim.Adam(model.parameters())  # as the course trains it
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 2])).backward()
    optimizer.step()


@pytest.mark.parametrize("encoder", ["lstm", "transformer"])
@pytest.mark.parametrize("settings", [{}, {"scorer": "additive"}, {"pooling": "mean"}])
def test_padding_changes_nothing_wherever_it_stands(settings: dict[str, str], encoder: str) -> None:
    model = classifier(**settings, encoder=encoder)
    sentence = torch.randint(1, 50, (1, 9))
    logits, weights = model(sentence)
    behind, before = torch.zeros(2, 200, dtype=torch.long)
    behind[:9] = sentence
    before[-9:] = sentence
    long_logits, long_weights = model(torch.stack((behind, before)))
    for row, real in ((0, slice(0, 9)), (1, slice(191, 200))):
        assert torch.allclose(long_logits[row], logits[0], atol=1e-5)
        assert torch.allclose(long_weights[row, real], weights[0], atol=1e-5)
        assert float(long_weights[row].sum()) == pytest.approx(1, abs=1e-5)


def test_answers_are_those_of_the_plain_formulas() -> None:
    model = classifier()
    x = torch.tensor([[4, 9, 2, 0, 0], [7, 7, 3, 1, 5]])
    lengths = torch.tensor([3, 5])
    packed = pack_padded_sequence(model.embedding(x), lengths, batch_first=True, enforce_sorted=False)
    hidden, _ = pad_packed_sequence(model.lstm(packed)[0], batch_first=True)
    scores = model.attention(hidden).squeeze(2)
    scores[0, 3:] = -torch.inf
    alpha = scores.softmax(1)
    context = (alpha[..., None] * hidden).sum(1)
    logits, weights = model(x)
    assert torch.allclose(weights, alpha, atol=1e-6)
    assert torch.allclose(logits, model.fc(context), atol=1e-6)


@pytest.mark.parametrize("encoder", ["lstm", "transformer"])
def test_an_empty_sentence_beside_others_leaves_the_bias(encoder: str) -> None:
    model = classifier(encoder=encoder)
    logits, weights = model(torch.tensor([[0, 0, 0], [5, 6, 0]]))
    assert torch.allclose(logits[0], model.fc.bias)
    assert torch.equal(weights[0], torch.zeros(3))
    assert torch.isfinite(logits).all()
    logits, weights = model(torch.zeros(2, 0, dtype=torch.long))
    assert torch.allclose(logits, model.fc.bias.expand(2, 3)) and weights.shape == (2, 0)


def test_mean_pooling_gives_every_real_token_the_same_weight() -> None:
    _, weights = classifier(pooling="mean")(torch.tensor([[5, 6, 7, 0]]))
    assert weights[0].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


def test_the_bias_of_the_linear_scorer_gets_no_gradient() -> None:
    model = classifier()
    model(torch.tensor([[5, 6, 7, 8]]))[0].sum().backward()
    linear = model.attention
    assert isinstance(linear, torch.nn.Linear) and linear.bias.grad is not None and linear.weight.grad is not None
    assert float(linear.bias.grad.abs().max()) < 1e-7 < float(linear.weight.grad.abs().max())


def test_gradients_reach_the_words_without_touching_the_parameters() -> None:
    model = classifier()
    rows = model.embedding.weight.detach()[torch.tensor([4, 9, 2])].requires_grad_()
    reading = model.read(rows, torch.tensor([[0, 1, 2]]), torch.tensor([3]))
    (gradient,) = torch.autograd.grad(reading.logits[0, 0], rows)
    assert gradient.shape == (3, 8) and bool(gradient.abs().sum(1).gt(0).all())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_frozen_embeddings_take_no_gradient() -> None:
    assert not classifier(freeze_embeddings=True).embedding.weight.requires_grad


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(50, 8\)"):
        classifier(pretrained_embeddings=torch.zeros(4, 4))
    with pytest.raises(ValueError, match="dot"):
        classifier(scorer="dot")
