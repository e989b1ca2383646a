"""The table of answers with single word vectors swapped, and what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attnviz.heatmap.display import signed
from attnviz.tracing import Answers, Swap, Trace
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word
from attnviz.ui.session import _

_LEAST = 0.02  # a change of probability that fills a bar, where none is larger


def swap_table(found: Trace) -> Table:
    """Return a line for each word: both twins' probability of the fine-tuned one's answer, and by how much it moved."""
    k = int(found.answers.fine_tuned.argmax())
    ends = [found.all_swapped, *(swap.answers for swap in found.swaps)]
    changes = [
        (now.fine_tuned[k] - found.answers.fine_tuned[k], now.frozen[k] - found.answers.frozen[k]) for now in ends
    ]
    widest = max(_LEAST, float(np.abs(changes).max()))

    def line(name: Cell, answers: Answers, quiet: bool = False, strong: bool = False) -> Row:
        cells = [name]
        for now, was in ((answers.fine_tuned, found.answers.fine_tuned), (answers.frozen, found.answers.frozen)):
            change = float(now[k] - was[k])
            shown = round(100 * float(now[k]), 1) - round(100 * float(was[k]), 1)  # as whoever subtracts finds it
            cells += [Cell(f"{now[k]:.1%}"), Cell(signed(shown, 1), bar=change / widest, middle=True)]
        return Row(tuple(cells), quiet, strong)

    rows = [line(Cell(_("(none)")), found.answers)]
    for swap in found.swaps:
        name = word(swap.word) if swap.moved else replace(word(swap.word), mark=_("never moved"))
        rows.append(line(name, swap.answers, not swap.moved, swap is found.decisive))
    rows.append(line(Cell(_("(all words)")), found.all_swapped))
    label = _(found.labels[k])
    heads = (
        _("vector swapped"),
        _("fine-tuned twin: {label}").format(label=label),
        _("moved by"),
        _("frozen twin: {label}").format(label=label),
        _("moved by"),
    )
    return Table(_("Each word's vector put into the other twin"), heads, tuple(rows), about(found), tall=True)


def about(found: Trace) -> str:
    """Say what the twins answer, and which word's fine-tuning made the difference."""
    twins = _("As they are, the frozen twin says {frozen} and the fine-tuned one {tuned}.").format(
        frozen=answer(found, found.answers.frozen), tuned=answer(found, found.answers.fine_tuned)
    )
    return f"{twins} {verdict(found, found.decisive)}"


def verdict(found: Trace, decisive: Swap | None) -> str:
    """Return the sentence on the decisive word."""
    if decisive is None:
        return _("No word of it was fine-tuned, so putting vectors back changes nothing.")
    return _(
        "The fine-tuning of “{word}” makes the most difference: with its frozen vector back, the fine-tuned twin says "
        "{answer}."
    ).format(word=decisive.word, answer=answer(found, decisive.answers.fine_tuned))


def answer(found: Trace, probabilities: np.ndarray) -> str:
    """Return a twin's answer in words."""
    k = int(probabilities.argmax())
    return f"{_(found.labels[k])} {probabilities[k]:.1%}"
