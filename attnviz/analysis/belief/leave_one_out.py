"""What an answer loses without each word in turn, for all words at once.

To read T sentences of T words is slow where T is 500. But up to the place that is changed the forward direction of the
LSTM is that of the sentence itself, and behind it so is the backward direction. So each direction goes over the
sentence once and notes its states, and the changed sentences set out from there, each from its own place.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from attnviz.analysis.belief.subject import Subject, odds_of, read_together
from attnviz.data.steps import told

_AT_ONCE = 64  # places; the hidden states of 500 words then take 33 MB
_SHORT = 50  # tokens: up to so many, many sentences are read sooner anew, together, than each from its noted states


def leave_one_out(subject: Subject, instead: np.ndarray | None = None) -> Generator[int, None, np.ndarray]:
    """Return by how much the log-odds of the answer fall without each token [T]; yields how many are done.

    A token is left out, or the word with the id at its place in `instead` [T] is read in its stead.
    """
    count, model = len(subject.ids), subject.model
    if model.padded_to is not None or model.encoder != "lstm":
        return (yield from _one_by_one(subject, instead))
    size, fallen = model.lstm.hidden_size, np.zeros(count)
    with torch.inference_mode():
        rows, others = subject.rows(subject.ids), None if instead is None else subject.rows(instead)
        forward, backward = _Way(model.lstm, rows, others), _Way(model.lstm, rows, others, back=True)
    for first in range(0, count, _AT_ONCE):
        last = min(first + _AT_ONCE, count)
        with torch.inference_mode():
            hidden = rows.new_empty(last - first, count, 2 * size)
            forward.change(hidden[..., :size], first, last)
            backward.change(hidden[..., size:], first, last)
            real = torch.ones(hidden.shape[:2], dtype=torch.bool, device=rows.device)
            if instead is None:
                real[range(last - first), range(first, last)] = False
            logits = model.attend(hidden, real).logits
        fallen[first:last] = subject.own - odds_of(logits, subject.answer).cpu().numpy()
        yield last
    return fallen


def leave_out_together(subjects: Sequence[Subject]) -> Generator[None, None, list[np.ndarray]]:
    """Return what each of some sentences taken `together` loses without each token; yields now and then."""
    short = [subject for subject in subjects if len(subject.ids) <= _SHORT]
    without = [[np.delete(subject.ids, at) for at in range(len(subject.ids))] for subject in short]
    logits = iter((yield from told(read_together(short, without), lambda _: None)))
    found = []
    for subject in subjects:
        if len(subject.ids) <= _SHORT:
            found.append(subject.own - odds_of(torch.from_numpy(next(logits)), subject.answer).numpy())
        else:
            found.append((yield from told(leave_one_out(subject), lambda _: None)))
    return found


def _one_by_one(subject: Subject, instead: np.ndarray | None) -> Generator[int, None, np.ndarray]:
    """Read all the sentences in full: where padding is read, or every word asks all others, no state stays."""
    changed = []
    for at in range(len(subject.ids)):
        ids = np.delete(subject.ids, at) if instead is None else subject.ids.copy()
        if instead is not None:
            ids[at] = instead[at]
        changed.append(ids)
    return np.asarray(subject.own - (yield from subject.log_odds(changed)))


class _Way:
    """One direction of the LSTM over a sentence of T tokens, and what becomes of its states when one is changed."""

    def __init__(self, lstm: nn.LSTM, rows: Tensor, others: Tensor | None, *, back: bool = False) -> None:
        inward, across, *biases = (
            getattr(lstm, f"{name}_l0{'_reverse' if back else ''}")
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        self._back, self._across, bias = back, across.t().contiguous(), biases[0] + biases[1]
        self._inputs = torch.addmm(bias, rows, inward.t())  # [T, 4H]
        self._others = None if others is None else torch.addmm(bias, others, inward.t())
        states = [(h := rows.new_zeros(1, lstm.hidden_size), h)]
        for gates in self._inputs.flip(0) if back else self._inputs:
            states.append(self._step(gates, *states[-1]))
        self._h, self._c = (torch.cat(column[::-1] if back else column) for column in zip(*states, strict=True))

    def change(self, hidden: Tensor, first: int, last: int) -> None:
        """Write the states [last − first, T, H] of the sentences that are changed at each place from `first` on."""
        count, sentences = len(self._inputs), last - first
        h, c = (states[first + self._back : last + self._back].clone() for states in (self._h, self._c))
        if self._others is not None:
            h, c = self._step(self._others[first:last], h, c)
        hidden[:] = self._h[:-1] if self._back else self._h[1:]
        hidden[range(sentences), range(first, last)] = h
        for at in reversed(range(last - 1)) if self._back else range(first + 1, count):
            passed = at - first  # of the changes, by who comes from the left; the others by who comes from the right
            some = slice(max(passed + 1, 0), None) if self._back else slice(passed)
            h[some], c[some] = self._step(self._inputs[at], h[some], c[some])
            hidden[some, at] = h[some]

    def _step(self, gates: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states h and c [N, H] after a token whose part in the gates is [N, 4H] or [4H]."""
        gates = torch.addmm(gates, h, self._across)
        let_in, keep, _, let_out = gates.sigmoid().chunk(4, dim=1)
        c = keep * c + let_in * gates.chunk(4, dim=1)[2].tanh()
        return let_out * c.tanh(), c
