"""Self-attention in the LSTM's place: every word asks every other, whatever stands between them.

The parameters live in `torch.nn.TransformerEncoder`, layer norms first (Vaswani et al. 2017; Xiong et al. 2020); what
is computed with them is computed here, so that a head can be switched off and the weights of all heads be looked at.
Positions are the sines and cosines of Vaswani et al.
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
_INNER = 2  # times the width, between the two linear maps that follow the attention
_DROPOUT = 0.1
_BEGINNINGS = 512  # places at which training lets a sentence begin: it is cut short there, and is not when it is asked


class SelfAttention(nn.Module):
    """Word vectors [D] -> hidden states [width]: a linear map, positions, then `LAYERS` layers of self-attention.

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
        hidden, real = self.inputs(rows, places, lengths, ordered=ordered)
        for number in range(len(self.encoder.layers)):
            query, key, value = self.projections(number, hidden)
            mixed = F.scaled_dot_product_attention(query, key, value, real[:, None, None])
            hidden = self._after(number, hidden, mixed, off)
        states: Tensor = cast(nn.LayerNorm, self.encoder.norm)(hidden).float()
        return states * (real & (lengths > 0)[:, None])[..., None]

    def inputs(self, rows: Tensor, places: Tensor, lengths: Tensor, *, ordered: bool = True) -> tuple[Tensor, Tensor]:
        """Return what enters the first layer [B, T, width], and which tokens may be asked [B, T].

        A sentence of no tokens asks its padding, so that no softmax is over nothing; its states are 0 all the same.
        """
        at = torch.arange(places.shape[1], device=places.device)
        words = F.embedding(places, math.sqrt(self.width) * self.project(rows))
        if ordered:
            first = torch.zeros_like(lengths)
            if self.training:
                first = torch.randint_like(lengths, _BEGINNINGS)
            words = words + positions(first[:, None] + at, self.width).to(words)
        return F.dropout(words, _DROPOUT, self.training), at < lengths.clamp(min=1)[:, None]

    def projections(self, layer: int, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return q, k and v [B, heads, T, width / heads] of a layer for the states [B, T, width] that enter it."""
        block = self.encoder.layers[layer]
        together = F.linear(block.norm1(hidden), block.self_attn.in_proj_weight, block.self_attn.in_proj_bias)
        query, key, value = together.unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return query, key, value

    def looks(
        self, rows: Tensor, places: Tensor, lengths: Tensor, off: Collection[Head] = (), *, ordered: bool = True
    ) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
        """Yield of each layer q, k and v [B, heads, T, width / heads] and its weights [B, heads, T, T] in float64.

        Row i holds whom token i asks: it sums to 1, and padding has 0. The rows of padding mean nothing.
        """
        hidden, real = self.inputs(rows, places, lengths, ordered=ordered)
        for number in range(len(self.encoder.layers)):
            query, key, value = self.projections(number, hidden)
            scores = (query.double() @ key.double().mT) / math.sqrt(query.shape[-1])
            weights = scores.masked_fill(~real[:, None, None], -torch.inf).softmax(dim=3)
            yield query, key, value, weights
            hidden = self._after(number, hidden, (weights @ value.double()).to(hidden), off)

    def _after(self, number: int, hidden: Tensor, mixed: Tensor, off: Collection[Head]) -> Tensor:
        """Return the states [B, T, width] behind a layer, of those before it and the values that its heads mix."""
        layer = self.encoder.layers[number]
        if shut := [head for of_layer, head in off if of_layer == number]:
            mixed = mixed.index_fill(1, torch.tensor(shut, device=mixed.device), 0)
        hidden = hidden + layer.dropout1(layer.self_attn.out_proj(mixed.transpose(1, 2).flatten(2)))
        inner = layer.linear2(layer.dropout(layer.linear1(layer.norm2(hidden)).relu()))
        behind: Tensor = hidden + layer.dropout2(inner)
        return behind


def positions(places: Tensor, width: int) -> Tensor:
    """Return what tells the places [...] apart, [..., width]: sines and cosines of ever longer waves."""
    waves = torch.exp(torch.arange(0, width, 2, device=places.device) * (-math.log(10_000) / width))
    angles = places[..., None] * waves
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)[..., :width]
