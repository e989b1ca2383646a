"""The classifier: embedding -> BiLSTM, or self-attention -> attention -> classes."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attnviz.model.lstm import bidirectional_lstm
from attnviz.model.transformer import Head, SelfAttention
from attnviz.model.variants import Encoder, Pooling, Scorer

_POSITIONS = 16_384  # that are read at once where every sentence is padded


class Padding(NamedTuple):
    """What padding had of B sentences, in a classifier that reads it like words."""

    weight: Tensor  # [B] Σ α_j over the padding
    context: Tensor  # [B, S] Σ α_j h_j over the padding


class Reading(NamedTuple):
    """What the classifier computed for B sentences of up to T tokens, S numbers a hidden state, K classes."""

    hidden: Tensor  # [B, T, S] h_i
    scores: Tensor  # [B, T] e_i
    weights: Tensor  # [B, T] α_i, 0 where there is padding
    context: Tensor  # [B, S] c = Σ α_i h_i, over padding too if that is read
    logits: Tensor  # [B, K]
    padding: Padding | None = None  # None: it takes no part


class AttentionClassifier(nn.Module):
    """A BiLSTM whose hidden states are weighed by attention and summed up for a linear classifier.

    With the encoder `transformer` self-attention makes the hidden states, of `hidden_dim` numbers; those of the LSTM
    have twice as many, one half for each direction. All that follows is the same.

    Scorer `linear` is e_i = W·h_i + b; `additive` is e_i = v·tanh(W·h_i + b) (Bahdanau et al. 2015). Pooling `mean`
    gives every real token the same weight. Padding takes part in neither the LSTM nor the softmax. `b` of the linear
    scorer gets no gradient, since a softmax does not see a shift.

    A model from elsewhere may have been trained without a mask. With `padded_to`, every sentence is filled up with
    padding to that length and all of it is read, as such a model reads; `forward` reads x as it stands.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int,
        hidden_dim: int,
        num_classes: int,
        pretrained_embeddings: Tensor | None = None,
        *,
        freeze_embeddings: bool = False,
        scorer: Scorer = "linear",
        pooling: Pooling = "attention",
        encoder: Encoder = "lstm",
        padding_idx: int = 0,
        dropout: float = 0.5,
        padded_to: int | None = None,
    ) -> None:
        super().__init__()
        if pretrained_embeddings is not None and pretrained_embeddings.shape != (vocab_size, embedding_dim):
            raise ValueError(
                f"pretrained_embeddings has shape {tuple(pretrained_embeddings.shape)}, "
                f"but vocab_size and embedding_dim ask for {(vocab_size, embedding_dim)}"
            )
        if scorer not in ("linear", "additive") or pooling not in ("attention", "mean"):
            raise ValueError(
                f"scorer is 'linear' or 'additive', pooling 'attention' or 'mean': {scorer!r}, {pooling!r}"
            )
        if encoder not in ("lstm", "transformer"):
            raise ValueError(f"encoder is 'lstm' or 'transformer': {encoder!r}")
        self.pooling, self.encoder = pooling, encoder
        self.off: frozenset[Head] = frozenset()
        self.ordered = True
        self.padding_idx = padding_idx
        self.padded_to = padded_to
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=padding_idx)
        if encoder == "lstm":
            self.lstm, size = nn.LSTM(embedding_dim, hidden_dim, bidirectional=True, batch_first=True), 2 * hidden_dim
        else:
            self.transformer, size = SelfAttention(embedding_dim, hidden_dim), hidden_dim
        self.attention: nn.Module = nn.Linear(size, 1)
        if scorer == "additive":
            self.attention = nn.Sequential(nn.Linear(size, hidden_dim), nn.Tanh(), nn.Linear(hidden_dim, 1, bias=False))
        if encoder == "transformer":  # behind a layer norm states are large: it begins with even weights all the same
            *_, last = (module for module in self.attention.modules() if isinstance(module, nn.Linear))
            nn.init.zeros_(last.weight)
        self.fc = nn.Linear(size, num_classes)
        self.dropout = nn.Dropout(dropout)
        if pretrained_embeddings is not None:
            with torch.no_grad():
                self.embedding.weight.copy_(pretrained_embeddings)
        self.embedding.weight.requires_grad = not freeze_embeddings

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map ids x [B, T] to logits [B, K] and attention weights [B, T]; padding may stand anywhere."""
        if self.padded_to is not None:
            distinct, places = torch.unique(x, return_inverse=True)
            read = self._all_real(self.embedding(distinct), places, torch.full_like(x[:, :1], x.shape[1]).flatten())
            return read.logits, read.weights
        real = x != self.padding_idx
        order = real.long().argsort(dim=1, descending=True, stable=True)  # real tokens first
        distinct, places = torch.unique(x.gather(1, order), return_inverse=True)
        reading = self.read(self.embedding(distinct), places, real.sum(1))
        return reading.logits, torch.zeros_like(reading.weights).scatter(1, order, reading.weights)

    def read(self, rows: Tensor, places: Tensor, lengths: Tensor) -> Reading:
        """Read sentences whose tokens are places [B, T] in a table of word vectors rows [U, D].

        The first `lengths[b]` tokens of a sentence are real. Word vectors come from outside so that an OOV word can
        enter with its subword vector.
        """
        if self.padded_to is not None:
            return self._read_padded(rows, places, lengths, self.padded_to)
        return self._all_real(rows, places, lengths)

    def masked(self) -> AttentionClassifier:
        """Return the same classifier, its parameters shared, in which padding takes no part."""
        other = copy(self)
        other.padded_to = None
        return other

    def altered(self, off: Collection[Head] = (), *, ordered: bool = True) -> AttentionClassifier:
        """Return the same classifier, its parameters shared, with some heads of self-attention off, or no positions.

        Raises `ValueError` for a head that it does not have: an LSTM has none.
        """
        there = set() if self.encoder == "lstm" else self.transformer.all_heads
        if strange := sorted(set(off) - there):
            raise ValueError(f"there are the heads {sorted(there)}, as (layer, head), not {strange}")
        other = copy(self)
        other.off, other.ordered = frozenset(off), ordered
        return other

    def _all_real(self, rows: Tensor, places: Tensor, lengths: Tensor) -> Reading:
        real = torch.arange(places.shape[1], device=places.device) < lengths[:, None]
        if not places.numel():
            hidden = rows.new_zeros(*places.shape, self.fc.in_features)
        elif self.encoder == "lstm":
            hidden = bidirectional_lstm(self.lstm, rows, places, lengths)
        else:
            hidden = self.transformer(rows, places, lengths, self.off, ordered=self.ordered)
        return self.attend(hidden, real)

    def _read_padded(self, rows: Tensor, places: Tensor, lengths: Tensor, padded_to: int) -> Reading:
        """Read sentences filled up to `padded_to`, some at a time, and tell what the words had from the rest."""
        steps, padding = places.shape[1], len(rows)
        rows = torch.cat((rows, self.embedding.weight[self.padding_idx][None].to(rows)))
        at = torch.arange(max(steps, padded_to), device=places.device)
        whole = F.pad(places, (0, len(at) - steps)).masked_fill(at >= lengths[:, None], padding)
        some = max(1, _POSITIONS // len(at))
        parts = []
        for own, counts in zip(whole.split(some), lengths.split(some), strict=True):
            read, words = self._all_real(rows, own, counts.clamp(min=padded_to)), at < counts[:, None]
            beyond = read.weights * ~words
            context = torch.einsum("bt,bth->bh", beyond, read.hidden)
            hidden, scores, weights = (
                (value * (words if value.ndim == 2 else words[..., None]))[:, :steps]
                for value in (read.hidden, read.scores, read.weights)
            )
            parts.append((hidden, scores, weights, read.context, read.logits, beyond.sum(1), context))
        hidden, scores, weights, whole_context, logits, *padding_part = map(torch.cat, zip(*parts, strict=True))
        return Reading(hidden, scores, weights, whole_context, logits, Padding(*padding_part))

    def attend(self, hidden: Tensor, real: Tensor) -> Reading:
        """Weigh hidden states [B, T, S], of which those that are `real` [B, T] count, and classify their sum."""
        with torch.autocast(hidden.device.type, enabled=False):  # what follows is little work, and wants precision
            scores = hidden.new_zeros(real.shape) if self.pooling == "mean" else self.attention(hidden).squeeze(2)
            masked = scores.masked_fill(~real, torch.finfo(scores.dtype).min)
            weights = masked.softmax(dim=1) * real  # the product keeps a sentence of no tokens at 0
            context = torch.einsum("bt,bth->bh", weights, hidden)
            return Reading(hidden, scores, weights, context, self.fc(self.dropout(context)))
