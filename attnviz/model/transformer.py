"""Self-attention in the LSTM's place: every word asks every other, whatever stands between them.

The parameters live in `torch.nn.TransformerEncoder`, layer norms first (Vaswani et al. 2017; Xiong et al. 2020); what
is computed with them is computed here, so that a head can be switched off and the weights of all heads be looked at.
The order of the words enters as a number for each head and distance that is added to the score of two words (Raffel et
al. 2020): it says the same of places that training, which cuts sentences short, has never seen. Where rows are few it
matters how these numbers begin: one head leans to the words before, one to those behind, one to both, one to none.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Head = tuple[int, int]  # layer and head, from 0

LAYERS, MOST_HEADS = 1, 4
REACH = 16  # words: farther ones, to the left or to the right, count as being that far
_INNER = 2  # times the width, between the two linear maps that follow the attention
_DROPOUT = 0.1
_AWAY = 3.0  # less than the nearest word's: what a head that leans to one side begins with for the other
_SCORES = 1 << 24  # of all heads at once


class SelfAttention(nn.Module):
    """Word vectors [D] -> hidden states [width]: a linear map, then `LAYERS` layers of self-attention.

    There are four heads; fewer, where four do not divide the width.
    """

    def __init__(self, embedding_dim: int, width: int) -> None:
        super().__init__()
        self.width, self.heads = width, math.gcd(MOST_HEADS, width)
        self.project = nn.Linear(embedding_dim, width)
        layer = nn.TransformerEncoderLayer(
            width, self.heads, _INNER * width, _DROPOUT, batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, LAYERS, nn.LayerNorm(width), enable_nested_tensor=False)
        self.distance_bias = nn.Parameter(leanings(self.heads).repeat(LAYERS, 1, 1))  # [layers, heads, 2 · REACH + 1]

    @property
    def all_heads(self) -> set[Head]:
        """Every head there is."""
        return set(itertools.product(range(len(self.encoder.layers)), range(self.heads)))

    def forward(
        self, rows: Tensor, places: Tensor, lengths: Tensor, off: Collection[Head] = (), *, ordered: bool = True
    ) -> Tensor:
        """Return hidden states [B, T, width] of sentences given as places [B, T] in a table of rows [U, D].

        `lengths` [B] counts the real tokens: the others are never asked, and their states are 0. The heads that are
        `off` add nothing to what their layer adds up. Without `ordered`, no word knows its place.
        """
        some = max(1, _SCORES // (self.heads * places.shape[1] ** 2 or 1))
        parts = zip(places.split(some), lengths.split(some), strict=True)
        return torch.cat([self._states(rows, *part, off, ordered=ordered) for part in parts])

    def inputs(self, rows: Tensor, places: Tensor) -> Tensor:
        """Return what enters the first layer, [B, T, width]."""
        return F.dropout(F.embedding(places, math.sqrt(self.width) * self.project(rows)), _DROPOUT, self.training)

    def projections(self, layer: int, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return q, k and v [B, heads, T, width / heads] of a layer for the states [B, T, width] that enter it."""
        block = self.encoder.layers[layer]
        together = F.linear(block.norm1(hidden), block.self_attn.in_proj_weight, block.self_attn.in_proj_bias)
        query, key, value = together.unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return query, key, value

    def added(self, layer: int, lengths: Tensor, steps: int, *, ordered: bool = True) -> Tensor:
        """Return what is added to the scores of `steps` tokens, [1 or B, heads, T, T]: distances, −∞ for padding.

        A sentence of no tokens asks its padding, so that no softmax is over nothing; its states are 0 all the same.
        """
        at = torch.arange(steps, device=lengths.device)
        apart = (at - at[:, None]).clamp(-REACH, REACH) + REACH
        bias = self.distance_bias[layer][:, apart][None] if ordered else self.distance_bias.new_zeros(1, 1, 1, steps)
        if bool((lengths == steps).all()):
            return bias
        return bias.masked_fill(at >= lengths.clamp(min=1)[:, None, None, None], -torch.inf)

    def looks(
        self, rows: Tensor, places: Tensor, lengths: Tensor, off: Collection[Head] = (), *, ordered: bool = True
    ) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
        """Yield of each layer q, k and v [B, heads, T, width / heads] and its weights [B, heads, T, T] in float64.

        Row i holds whom token i asks: it sums to 1, and padding has 0. The rows of padding mean nothing.
        """
        hidden = self.inputs(rows, places)
        for number in range(len(self.encoder.layers)):
            query, key, value = self.projections(number, hidden)
            scores = (query.double() @ key.double().mT) / math.sqrt(query.shape[-1])
            weights = (scores + self.added(number, lengths, places.shape[1], ordered=ordered)).softmax(dim=3)
            yield query, key, value, weights
            hidden = self._after(number, hidden, (weights @ value.double()).to(hidden), off)

    def _states(self, rows: Tensor, places: Tensor, lengths: Tensor, off: Collection[Head], *, ordered: bool) -> Tensor:
        hidden = self.inputs(rows, places)
        for number in range(len(self.encoder.layers)):
            query, key, value = self.projections(number, hidden)
            added = self.added(number, lengths, places.shape[1], ordered=ordered)
            mixed = F.scaled_dot_product_attention(query, key, value, added.to(query))
            hidden = self._after(number, hidden, mixed, off)
        states: Tensor = cast(nn.LayerNorm, self.encoder.norm)(hidden).float()
        return states * (torch.arange(places.shape[1], device=places.device) < lengths[:, None])[..., None]

    def _after(self, number: int, hidden: Tensor, mixed: Tensor, off: Collection[Head]) -> Tensor:
        """Return the states [B, T, width] behind a layer, of those before it and the values that its heads mix."""
        layer = self.encoder.layers[number]
        if shut := [head for of_layer, head in off if of_layer == number]:
            mixed = mixed.index_fill(1, torch.tensor(shut, device=mixed.device), 0)
        hidden = hidden + layer.dropout1(layer.self_attn.out_proj(mixed.transpose(1, 2).flatten(2)))
        inner = layer.linear2(layer.dropout(layer.linear1(layer.norm2(hidden)).relu()))
        behind: Tensor = hidden + layer.dropout2(inner)
        return behind


def leanings(heads: int) -> Tensor:
    """Return what the heads begin with, [heads, 2 · REACH + 1]: a number for each distance from −REACH to REACH."""
    apart = torch.arange(-REACH, REACH + 1.0)
    before = torch.where(apart < 0, apart + 1, -_AWAY)
    return torch.stack((before, before.flip(0), -apart.abs() / 2, torch.zeros_like(apart)))[:heads]
