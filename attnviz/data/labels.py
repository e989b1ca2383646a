"""Labels as a file writes them -> classes, and the place of each label among them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.names import match_key, shown
from attnviz.data.registry import usual_order
from attnviz.data.scored_columns import TRUTH, has_truth
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:
    import pandas as pd

MAX_CLASSES = 100

# What programs write where there is none, and spreadsheets where a formula fails; "none" and "NA" may well be classes.
_NO_LABEL = {"", "nan", "null", "<na>", "nat", "#n/a", "#value!", "#ref!", "#name?", "#div/0!", "#null!", "#num!"}
_NO_MAPPING: Mapping[str, str] = {}
_WHOLE = re.compile(r"([+-]?[0-9]+)(?:\.0*)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def readable(column: pd.Series, label_map: Mapping[str, str] = _NO_MAPPING) -> list[str]:
    """Return the label of each row, as `names_of` has it."""
    names = names_of(Counter(column), label_map)
    return [names[cell] for cell in column]


def names_of(cells: Mapping[str, int], label_map: Mapping[str, str] = _NO_MAPPING) -> dict[str, str]:
    """Return each cell's label, "" where it has none; `cells` says how many rows have each.

    What cannot be seen is gone, 1.0 is 1 if all that say something are whole numbers, and `label_map` says which labels
    mean another. Spellings that differ in nothing but case are one label, spelled as most rows have it.
    """
    names = {cell: shown(cell) for cell in cells}
    said = {cell: name for cell, name in names.items() if name.lower() not in _NO_LABEL}
    whole = {cell: match[1] for cell, name in said.items() if (match := _WHOLE.fullmatch(name))}
    said = whole if len(whole) == len(said) else said
    meant = {match_key(label): shown(name) for label, name in label_map.items()}
    said = {cell: meant.get(match_key(name), name) for cell, name in said.items()}
    spellings: dict[str, Counter[str]] = {}
    for cell, name in said.items():
        spellings.setdefault(match_key(name), Counter())[name] += cells[cell]
    usual = {spelled: min(found, key=lambda name: (-found[name], name)) for spelled, found in spellings.items()}
    return {cell: usual[match_key(said[cell])] if cell in said else "" for cell in cells}


def spelled_alike(cells: Collection[str], names: Mapping[str, str]) -> Iterator[AttnvizError]:
    """Say which labels that look different are one class, but for what a mapping has made so."""
    ways: dict[str, set[str]] = {}
    for cell in cells:
        if names[cell] and match_key(cell) == match_key(names[cell]):
            ways.setdefault(names[cell], set()).add(shown(cell))
    for name, found in sorted(ways.items()):
        if len(found) > 1:
            yield AttnvizError(
                "The labels {spellings} are taken for one class, “{label}”.",
                spellings=enumerate_values(f"“{one}”" for one in sorted(found)),
                label=name,
            )


def told_by_export(rows: pd.DataFrame, label_column: str, classes: Sequence[str]) -> dict[str, str]:
    """Return what labels mean that are no names of classes, in rows that we have written: as their `truth` has it.

    Each means the class that most of its rows have there: one that somebody has changed since is not read as it was.
    """
    if not has_truth(rows.columns) or label_column == TRUTH:
        return {}
    known = {match_key(name): name for name in classes}
    meant: dict[str, Counter[str]] = {}
    for label, truth in zip(readable(rows[label_column]), map(match_key, rows[TRUTH]), strict=True):
        if label and match_key(label) not in known and truth in known:
            meant.setdefault(label, Counter())[known[truth]] += 1
    return {label: found.most_common(1)[0][0] for label, found in meant.items()}


def on_export(told: Mapping[str, str], path: Path) -> Iterator[AttnvizError]:
    """Say which labels are read as the column `truth` of an export has them."""
    if told:
        yield AttnvizError(
            "{file} was written here, and its column {column} says what labels mean: {meanings}.",
            file=path.name,
            column=TRUTH,
            meanings=enumerate_values(f"{label} = {name}" for label, name in told.items()),
        )


def parse_mapping(written: Iterable[str]) -> dict[str, str]:
    """Return what labels mean, from `pos=positive` and the like; `AttnvizError` if one is none, or says two things."""
    label_map: dict[str, str] = {}
    for pair in written:
        parts = re.split("[=＝]", pair, maxsplit=1)
        parts = parts if len(parts) > 1 else re.split("[:：]", pair, maxsplit=1)  # which a label may hold, too
        label, name = (part.strip() for part in (*parts, "")[:2])
        if not (shown(label) and shown(name)):
            raise AttnvizError(
                "“{given}” does not say what a label means. Write LABEL=CLASS, as in pos=positive.", given=pair
            )
        if label_map.setdefault(label, name) != name:
            raise AttnvizError(
                "“{label}” cannot mean both “{first}” and “{second}”. Name one class.",
                label=label,
                first=label_map[label],
                second=name,
            )
    return label_map


def check_mapping(
    label_map: Mapping[str, str], cells: Collection[str], classes: Sequence[str] | None, path: Path
) -> Iterator[AttnvizError]:
    """Say which of the labels that are to mean another no row has; `AttnvizError` for one that is to mean no class."""
    keys = set(map(match_key, classes or ()))
    if classes is not None and (strange := [name for name in label_map.values() if match_key(name) not in keys]):
        raise AttnvizError(
            "Labels are to mean {strange}, and there is no such class. The classes are: {classes}.",
            strange=enumerate_values(strange),
            classes=enumerate_values(classes),
        )
    there = {match_key(cell) for cell in cells} | {
        match_key(name) for name in names_of(dict.fromkeys(cells, 1)).values()
    }
    if absent := [label for label in label_map if match_key(label) not in there]:
        yield AttnvizError(
            "{file}: no row has the label {labels}, so what it is to mean changes nothing.",
            file=path.name,
            labels=enumerate_values(absent),
        )


def classes_of(labels: Iterable[str], column: str, path: Path) -> tuple[str, ...]:
    """Return the classes to train: as a data set known by name has them, or numbers by size and names by code point."""
    names = set(labels)
    if len(names) < 2:
        raise AttnvizError(
            "{file}: every label in the column {column} is {label}. At least two classes are needed.",
            file=path.name,
            column=column,
            label=enumerate_values(names),
        )
    if len(names) > MAX_CLASSES:
        raise AttnvizError(
            "{file}: the column {column} has {count} classes, more than {limit}. Is it the column of the labels?",
            file=path.name,
            column=column,
            count=len(names),
            limit=MAX_CLASSES,
        )
    numbers = all(map(_NUMBER.fullmatch, names))
    return usual_order(names) or tuple(sorted(names, key=lambda name: (float(name) if numbers else 0, name)))


def are_numbers(given: Set[str], classes: Sequence[str]) -> bool:
    """Return whether labels are the classes' numbers from 0: all of them must be there.

    Others may well count from 1, or mean something else: 0 and 1 are no two of four kinds of news.
    """
    return given == set(map(str, range(len(classes)))) and given != set(classes)


def place_of(given: Set[str], classes: Sequence[str]) -> dict[str, int]:
    """Return where the class of each label is, if it has one: by name, whatever its case, or by number.

    Numbers they are if `are_numbers` says so. Where two classes differ in nothing but case, a label has to be exact.
    """
    if are_numbers(given, classes):
        return {str(place): place for place in range(len(classes))}
    exact = {name: place for place, name in enumerate(classes)}
    spelled = Counter(map(match_key, classes))
    alike = {match_key(name): place for name, place in exact.items() if spelled[match_key(name)] == 1}
    found = {label: exact.get(label, alike.get(match_key(label))) for label in given}
    return {label: place for label, place in found.items() if place is not None}


def numbered(classes: Sequence[str]) -> str:
    """Say which number stands for which class."""
    return enumerate_values([f"{place} = {name}" for place, name in enumerate(classes)])


def places(labels: list[str], classes: tuple[str, ...], column: str, path: Path) -> list[int]:
    """Return where in `classes` each label is; labels that are no names may be numbers, see `are_numbers`."""
    given = set(labels)
    found = place_of(given, classes)
    if strange := given - found.keys():
        raise AttnvizError(
            "{file}: the column {column} has labels that are not among the classes: {strange}. "
            "The classes are: {classes}; or all numbers from 0 to {last}, in that order.",
            file=path.name,
            column=column,
            strange=enumerate_values(sorted(strange)),
            classes=enumerate_values(classes),
            last=len(classes) - 1,
        )
    return [found[label] for label in labels]
