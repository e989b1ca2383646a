"""Reading before judging: the LSTM learns to guess the next word, either way, and starts the classifiers from there.

After Dai and Le, "Semi-supervised Sequence Learning", 2015 (https://arxiv.org/abs/1511.01432): a classifier with few
labelled rows starts better from a language model of its texts than from random weights. The next word is told from
words drawn by their frequency, as in Jean et al. 2015 (https://arxiv.org/abs/1412.2007), not from the whole vocabulary.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_

from attnviz.data.files import written_whole
from attnviz.data.steps import told
from attnviz.model.about import About, to_json
from attnviz.model.experiment import starting_rows
from attnviz.model.lstm import bidirectional_lstm
from attnviz.text import PADDING, Vocabulary
from attnviz.training.config import TrainingConfig, other_run
from attnviz.training.optimizer import LazyAdam
from attnviz.training.progress import Progress
from attnviz.training.trainer import usual_device
from attnviz.vectors.fasttext import FastTextVectors

# Batch, rate and number of others are the best of five settings on held-out film reviews; the rest was not tried.
_STRETCH, _BATCH = 48, 32  # tokens of a stretch of text, and stretches of a step
_RATE, _WARM_UP, _CLIP = 6e-3, 0.05, 1.0
_DROPOUT = 0.3  # of the numbers in word vectors and hidden states
_OTHERS = 300  # words that the next one is told from
_FLATTENED = 0.75  # power of the frequency by which these are drawn, as in word2vec


def pretrain(
    sentences: Sequence[Sequence[int]], table: Tensor, hidden_dim: int, *, epochs: int, seed: int
) -> Generator[float, None, dict[str, Tensor]]:
    """Read ids of rows in `table` [V, D], yield the fraction done, and return the state of a bidirectional LSTM.

    The texts stand one behind the other with padding between them, and are cut into stretches; word vectors stay as
    they are. On the same machine the same seed gives the same LSTM.
    """
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    stream = np.fromiter(chain.from_iterable((*ids, PADDING) for ids in sentences), dtype=np.int64)
    stream = np.pad(stream, (0, -len(stream) % _STRETCH), constant_values=PADDING)
    model = _LanguageModel(table, hidden_dim, np.bincount(stream, minlength=len(table)))
    model.to(table.device)
    tables = {name for name, module in model.named_modules() if isinstance(module, nn.Embedding)}
    parameters = {name: value for name, value in model.named_parameters() if name.split(".")[0] not in tables}
    optimizers = (
        torch.optim.Adam(parameters.values(), fused=True),
        LazyAdam([model.get_parameter(f"{name}.weight") for name in sorted(tables)]),
    )
    stretches = stream.reshape(-1, _STRETCH)
    steps = epochs * -(-len(stretches) // _BATCH)
    done = 0
    for _ in range(epochs):
        order = random.permutation(len(stretches))
        for at in range(0, len(order), _BATCH):
            loss = model(torch.from_numpy(stretches[order[at : at + _BATCH]]).to(table.device), random)
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_(parameters.values(), _CLIP)
            done += 1
            share = done / (steps + 1)
            for optimizer in optimizers:
                optimizer.param_groups[0]["lr"] = _RATE * min(share / _WARM_UP, (1 - share) / (1 - _WARM_UP))
                optimizer.step()
            yield done / steps
    return {name: value.detach().cpu() for name, value in model.lstm.state_dict().items()}


def pretrained_lstm(
    sentences: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    vectors: FastTextVectors,
    config: TrainingConfig,
    about: About,
    kept: Path,
) -> Generator[Progress, None, dict[str, Tensor]]:
    """Let the LSTM read the texts, or take the one of the run that goes on."""
    made = to_json(about)
    run = json.dumps([made["data"], made["vectors"], config.language_model_epochs, config.hidden_dim, config.seed])
    if not kept.exists():
        steps = pretrain(
            [[vocabulary.id(word) for word in words[: config.max_tokens]] for words in sentences],
            starting_rows(vocabulary, vectors).to(usual_device()),
            config.hidden_dim,
            epochs=config.language_model_epochs,
            seed=config.seed,
        )
        began = time.monotonic()

        def tell(done: float) -> Progress:
            return Progress("language model", done, seconds_left=(time.monotonic() - began) / done * (1 - done))

        lstm = yield from told(steps, tell)
        with written_whole(kept) as new:
            save_file(lstm, new, metadata={"run": run})
    with safe_open(kept, framework="pt") as file:
        if file.metadata()["run"] != run:
            raise other_run(kept)
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary


class _LanguageModel(nn.Module):
    """An LSTM each way over given word vectors; either says the vector of the word that comes next on its way."""

    def __init__(self, table: Tensor, hidden_dim: int, counts: np.ndarray) -> None:
        super().__init__()
        self.rows = table
        self.lstm = nn.LSTM(table.shape[1], hidden_dim, bidirectional=True, batch_first=True)
        self.ahead = nn.Linear(hidden_dim, table.shape[1], bias=False)
        self.back = nn.Linear(hidden_dim, table.shape[1], bias=False)
        self.words = nn.Embedding.from_pretrained(table.clone(), freeze=False, sparse=True)
        self.frequency = nn.Embedding.from_pretrained(table.new_zeros(len(table), 1), freeze=False, sparse=True)
        drawn = counts**_FLATTENED
        self.chance = np.cumsum(drawn / drawn.sum())
        self.expected = torch.from_numpy(_OTHERS * drawn / drawn.sum()).log().float().to(table.device)

    def forward(self, ids: Tensor, random: np.random.Generator) -> Tensor:
        """Return the mean cross-entropy (nats) of the next and the previous words of stretches ids [B, T]."""
        distinct, places = torch.unique(ids, return_inverse=True)
        rows, lengths = F.dropout(self.rows[distinct], _DROPOUT), torch.full_like(ids[:, 0], ids.shape[1])
        hidden = bidirectional_lstm(self.lstm, rows, places, lengths)
        ahead, back = (hidden * F.dropout(torch.ones_like(hidden[:, :1]), _DROPOUT)).chunk(2, dim=2)
        guesses = torch.cat((self.ahead(ahead[:, :-1]).flatten(0, 1), self.back(back[:, 1:]).flatten(0, 1)))
        wanted = torch.cat((ids[:, 1:].flatten(), ids[:, :-1].flatten()))
        drawn = np.searchsorted(self.chance[:-1], random.random(_OTHERS))
        others = torch.from_numpy(drawn).to(ids.device)
        right = (guesses * self.words(wanted)).sum(1) + self.frequency(wanted)[:, 0] - self.expected[wanted]
        wrong = torch.addmm(self.frequency(others)[:, 0] - self.expected[others], guesses, self.words(others).T)
        wrong = wrong.masked_fill(others == wanted[:, None], torch.finfo(wrong.dtype).min)
        loss: Tensor = (torch.logsumexp(torch.cat((right[:, None], wrong), dim=1), dim=1) - right).mean()
        return loss
