"""Which classes of two experiments are the same: by their names, in whatever order each has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attnviz.analysis.evaluation.rows import EvaluationRows, key_of_rows
from attnviz.data.labels import are_numbers, place_of
from attnviz.data.names import match_key
from attnviz.errors import AttnvizError, enumerate_values
from attnviz.model.experiment import Experiment

_NO_MAPPING: Mapping[str, str] = {}
NONE = -1


@dataclass(frozen=True)
class SharedClasses:
    """The classes of a first and a second experiment; `second_of[k]` is the place in `second` of `first[k]`, or -1."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    second_of: tuple[int, ...]

    @classmethod
    def of(
        cls, first: Sequence[str], second: Sequence[str], label_map: Mapping[str, str] = _NO_MAPPING
    ) -> SharedClasses:
        """Match classes by name, whatever its case; `label_map` says which names mean another.

        The classes of one of them may be numbers: 0 is the first of the other, and so on, as in a file.
        """
        meant = {match_key(name): other for name, other in label_map.items()}
        names = [meant.get(match_key(name), name) for name in second]
        if are_numbers(set(first), names):
            found = place_of(set(first), names)
        else:
            back = place_of(set(names), first)
            taken = Counter(back.values())
            exact = {name: place for name, place in back.items() if name == first[place] or taken[place] == 1}
            found = {first[place]: names.index(name) for name, place in exact.items()}
        return cls(tuple(first), tuple(second), tuple(found.get(name, NONE) for name in first))

    @property
    def first_of(self) -> tuple[int, ...]:
        """The place in `first` of each of the second's classes, or -1."""
        return tuple(self.second_of.index(place) if place in self.second_of else NONE for place in range(self.count))

    @property
    def count(self) -> int:
        """How many classes the second has."""
        return len(self.second)

    @property
    def only_first(self) -> tuple[str, ...]:
        """The classes that the second does not know."""
        return tuple(name for name, place in zip(self.first, self.second_of, strict=True) if place == NONE)

    @property
    def only_second(self) -> tuple[str, ...]:
        """The classes that the first does not know."""
        return tuple(name for place, name in enumerate(self.second) if place not in self.second_of)

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Classes that are one under two names: the second's, and the first's."""
        pairs = (
            (self.second[place], name) for name, place in zip(self.first, self.second_of, strict=True) if place >= 0
        )
        return tuple((one, other) for one, other in pairs if match_key(one) != match_key(other))

    def check(self, first: str, second: str) -> None:
        """Raise `AttnvizError` where the experiments of these names have no class in common."""
        if set(self.second_of) == {NONE}:
            raise AttnvizError(
                "{first} answers {labels}, {second} answers {others}: they have no class in common, so their answers "
                "cannot be compared. Choose another experiment, or say on the command line which class means which: "
                "--against-map CLASS=CLASS.",
                first=first,
                second=second,
                labels=enumerate_values(self.first),
                others=enumerate_values(self.second),
            )

    def rows(self, rows: EvaluationRows, first: Experiment, second: Experiment) -> EvaluationRows:
        """Return rows that were read for the first experiment as the second is to answer them.

        They are the same texts in the same order; without a key they get one. Where the second does not know the
        classes of all of them, they have no labels: nothing it is asked for depends on those.
        """
        truth = None if rows.truth is None else [self.second_of[k] for k in rows.truth]
        truth = None if truth is not None and NONE in truth else truth
        seen, same_data = None, first.about.data.digest == second.about.data.digest
        if second.learned:
            seen = second.learned.seen(rows.texts)
        elif same_data:
            seen = rows.origin.seen
        key = key_of_rows(rows.texts, truth, second.labels)
        if rows.key and same_data and first.labels == second.labels and truth is not None:
            key = rows.key  # as whoever asks the second alone names them
        origin = type(rows.origin)(rows.origin.name, rows.origin.numbers, seen=seen)
        return EvaluationRows(origin, rows.texts, truth, rows.groups, key)
