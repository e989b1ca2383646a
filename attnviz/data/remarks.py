"""What is worth knowing of rows before a classifier learns from them: the same on the Train page and in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from attnviz.data.datasets import Dataset
from attnviz.data.splits import key
from attnviz.errors import AttnvizError
from attnviz.text import words

_FEW, _LOPSIDED, _FEW_CHECKS = 20, 0.8, 100


def on_dataset(dataset: Dataset) -> Iterator[AttnvizError]:
    """Yield what may make a classifier of these rows worse than it looks."""
    counts = Counter(dataset.label_names[label] for label in dataset.labels)
    yield from on_counts(counts, Counter(dataset.splits))
    labels: dict[str, set[int]] = {}
    for text, label in zip(dataset.texts, dataset.labels, strict=True):
        labels.setdefault(key(text), set()).add(label)
    if twice := len(dataset) - len(labels):
        torn = sum(len(given) > 1 for given in labels.values())
        count = f"{twice:,}"
        if torn:
            yield AttnvizError(
                "Rows that repeat the text of another: {count}; texts with different labels: {torn}.",
                count=count,
                torn=f"{torn:,}",
            )
        else:
            yield AttnvizError("Rows that repeat the text and the label of another: {count}.", count=count)
    if not any(words(text) for text in dataset.texts):
        yield AttnvizError("No text holds a word.")


def on_counts(classes: Mapping[str, int], splits: Mapping[str, int]) -> Iterator[AttnvizError]:
    """Yield what the numbers of rows of each class and of each split alone say."""
    rare, usual = (choose(classes, key=lambda name: classes[name]) for choose in (min, max))
    if classes[rare] < _FEW:
        yield AttnvizError("Rows of “{label}”: {count}, too few to learn much from.", label=rare, count=classes[rare])
    if classes[usual] > _LOPSIDED * sum(classes.values()):
        yield AttnvizError(
            "“{label}” makes up {share} of the rows: who always answers that is right as often.",
            label=usual,
            share=f"{classes[usual] / sum(classes.values()):.0%}",
        )
    if splits["validation"] < _FEW_CHECKS:
        yield AttnvizError(
            "Rows for validation: only {count}. One more or less is {points} points of accuracy.",
            count=splits["validation"],
            points=f"{100 / splits['validation']:.1f}",
        )
