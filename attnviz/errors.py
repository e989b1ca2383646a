"""The one error that reaches people: what went wrong, the limit, and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class AttnvizError(ValueError):
    """A mistake in what was given, worded for the person who gave it.

    `template` is the English sentence with `{name}` fields and `values` what fills them, kept apart so that the
    screen can show the same sentence in another language. `str(error)` is the English sentence.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values))


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise `AttnvizError` unless a setting lies between two numbers, both allowed."""
    if not low <= value <= high:
        raise AttnvizError(
            "{name} is {value}: give a number from {low} to {high}.", name=name, value=value, low=low, high=high
        )


def enumerate_values(values: Iterable[object]) -> str:
    """Return the first few values, each cut to a length that fits in a sentence."""
    shown = [text if len(text) <= 40 else text[:39] + "…" for text in map(str, values)]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:8], "…"])
