"""What the heads of a classifier with self-attention tend to look at, measured over many sentences."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
import torch
from torch import Tensor

from attnviz.analysis.self_attention import altered
from attnviz.model.batches import Batch, by_tokens
from attnviz.model.encoder_figures import HABITS, Habit, HabitName
from attnviz.model.experiment import Experiment

__all__ = ["HABITS", "Habit", "habits"]

_TOKENS = 2_048  # of a batch at most: the weights of four sentences of 512 words are 34 MB


def habits(experiment: Experiment, texts: Sequence[str], variant: str) -> Generator[float, None, tuple[Habit, ...]]:
    """Return what each head does on some texts; yields the share of them that is read.

    Raises `AttnvizError` for a variant without self-attention.
    """
    model = altered(experiment, variant)
    words = [experiment.words(text)[: experiment.max_tokens] for text in texts]
    sentences = experiment.encode(texts)
    shape = len(model.transformer.encoder.layers), model.transformer.heads
    on, even, rows = (dict.fromkeys(HABITS, torch.zeros(shape, dtype=torch.float64)) for _ in range(3))
    done = 0
    for some in by_tokens(sentences.lengths, _TOKENS):
        batch = Batch.of([sentences.ids[row] for row in some], sentences, model.fc.weight.device)
        with torch.inference_mode():
            inputs = batch.rows(model), batch.places, batch.lengths
            weights = torch.stack([of_layer for *_, of_layer in model.transformer.looks(*inputs)])  # [L, B, N, T, T]
            for name, places in _kinds([words[row] for row in some], batch.places.shape[1]).items():
                kind = places.to(weights)
                has = kind.any(dim=2).double()  # [B, T] rows that have such a word
                on[name] = on[name] + torch.einsum("lbnij,bij->ln", weights, kind).cpu()
                even[name] = even[name] + (kind.sum(dim=2) / batch.lengths.clamp(min=1)[:, None]).sum().cpu()
                rows[name] = rows[name] + has.sum().cpu()
        done += len(some)
        yield done / len(texts)
    return tuple(
        Habit(
            (layer, head), *({name: _share(of[name], rows[name], layer, head) for name in HABITS} for of in (on, even))
        )
        for layer in range(shape[0])
        for head in range(shape[1])
    )


def _share(total: Tensor, rows: Tensor, layer: int, head: int) -> float:
    return float(f"{float(total[layer, head] / rows[layer, head].clamp(min=1)):.4g}")


def _kinds(sentences: Sequence[Sequence[str]], size: int) -> dict[HabitName, Tensor]:
    """Say for each row i of each sentence which words j are of a kind, [B, size, size].

    A word that asks is itself, and of no other kind.
    """
    found = {name: torch.zeros(len(sentences), size, size, dtype=torch.bool) for name in HABITS}
    for at, words in enumerate(sentences):
        count = len(words)
        itself = np.eye(count, dtype=bool)
        _, places = np.unique(np.array(words, dtype=object), return_inverse=True) if count else (None, np.zeros(0))
        marks = np.array([not any(map(str.isalnum, word)) for word in words], dtype=bool)
        ends = np.arange(count)
        kinds: dict[HabitName, np.ndarray] = {
            "itself": itself,
            "previous": np.eye(count, k=-1, dtype=bool),
            "next": np.eye(count, k=1, dtype=bool),
            "first": np.broadcast_to(ends == 0, itself.shape) & ~itself,
            "last": np.broadcast_to(ends == count - 1, itself.shape) & ~itself,
            "punctuation": np.broadcast_to(marks, itself.shape) & ~itself,
            "same word": (places[:, None] == places) & ~itself,
        }
        for name, kind in kinds.items():
            found[name][at, :count, :count] = torch.from_numpy(kind)
    return found
