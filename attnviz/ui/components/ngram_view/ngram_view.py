"""The picture of one or two words: n-grams under the letters they cover, nearest words, and what strangers get."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attnviz.analysis.subwords import MOST, Dissection, Pair, Part, Table
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, number, visible
from attnviz.heatmap.rounding import PLACES, apportion
from attnviz.ui.components.base import component
from attnviz.vectors.cosine import cosine
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.hangul import is_syllable, letters
from attnviz.vectors.ngrams import JAMO_SIZES

_FEW = 5  # nearest words in the contrast
_COLUMNS = 6  # of a character: two or three letters of a syllable can share them
_NO_GLYPH = "◌"  # stands in a cell for a letter that cannot be seen by itself


def ngram_view(data: dict[str, Any], *, key: str, on_choose: Callable[[str, str], None]) -> None:
    """Draw a `payload`; a click on a word that is near one of its words calls `on_choose(field, word)`.

    It goes into the other box, `field`.
    """

    def choose(event: dict[str, Any]) -> None:
        on_choose("word" if event["field"] == "word" else "other", str(event["word"]))

    _mount(data, key=key, on_choose=choose)


def payload(
    words: Mapping[str, Dissection],
    pair: Pair | None,
    vectors: FastTextVectors,
    table: Table,
    common: tuple[float, float],
    translate: Translate,
) -> dict[str, Any]:
    """Return what the browser needs of words, by the field they stand in, and of what the pair has in common."""
    _ = translate
    shared = pair.shared if pair else frozenset()
    lengths = f"{vectors.min_n}" if vectors.min_n == vectors.max_n else f"{vectors.min_n}–{vectors.max_n}"
    spelled = any(map(_spelling, words.values()))
    return {
        "panels": [_panel(field, word, shared, table, lengths, _) for field, word in words.items()],
        "pair": _relation(pair, common, _) if pair else None,
        "contrast": _contrast(list(words.values()), pair, table, _),
        "lines": [
            _(
                "Each bar is an n-gram under the letters it covers; < and > mark where the word starts and ends. Its "
                "number is its share of the vector: blue pulls the vector its own way, orange the other way. All "
                "shares, the own row's included, add up to 100%."
            ),
            _(
                "These vectors cut n-grams of {lengths} characters and hash them to {buckets} rows, so two n-grams may "
                "share a row. What no known word has (dotted) gets a row that others taught, or that nothing did."
            ).format(lengths=lengths, buckets=f"{vectors.buckets:,}"),
            *([_about_letters(vectors, _)] if spelled else []),
        ],
        "texts": {
            "picture": _("The n-grams of {word}"),
            "nearest": _("Nearest words"),
            "alike": _("Some are near for their spelling alone: vectors learned from few texts find look-alikes, too.")
            if len(vectors.words) <= MOST
            else "",
            "put": _("Put it beside"),
            "hint": _("Point at a bar, or press the arrow keys, to read its length and its cosine with the vector."),
            "hintTouch": _("Tap a bar to read its length and its cosine with the vector."),
            "shared": _("in both words"),
            "strange": _("in no known word"),
            "borrowed": _("in no known word: this share is that of another n-gram, which has the same row"),
            "strangeKey": _(
                "Dotted: in no known word. The share in brackets is what another n-gram learned, which has the same "
                "row."
            ),
            "sharedKey": _("framed: in both words"),
        },
    }


def _panel(
    field: str, word: Dissection, shared: frozenset[str], table: Table, lengths: str, translate: Translate
) -> dict[str, Any]:
    """Return the picture of one word."""
    _ = translate
    bars = [
        _bar(part, word, _)
        | {
            "shared": part.text in shared,
            "strange": table.lacks(part.text),
            "letters": list(map(_cell, part.text)),
            **_columns(part, word),
        }
        for part in word.ngrams
    ]
    for bar, row in zip(bars, _rows(bars), strict=True):
        bar["row"] = row
    return {
        "field": field,
        "word": visible(word.word),
        "letters": [_cell(letter) for letter in word.marked],
        "columns": _COLUMNS,
        "spelling": _spelling(word),
        "known": word.known,
        "verdict": _("known") if word.known else _("unknown"),
        "about": _about(word, lengths, _),
        "own": _bar(word.own, word, _) | {"text": _("its own row"), "letters": []} if word.own else None,
        "none": "" if word.own else _("no row of its own"),
        "bars": bars,
        "nearest": [_near(near) for near in word.nearest],
        "far": "" if word.nearest else _("No word is near: the vector is zero."),
    }


def _about(word: Dissection, lengths: str, translate: Translate) -> str:
    """Return in a sentence or two where the vector of a word comes from."""
    _ = translate
    count = len(word.ngrams)
    if not word.known:
        if not count:
            return _("Unknown, and too short for an n-gram of {lengths} characters: its vector is zero.").format(
                lengths=lengths
            )
        return _("Unknown: it has no row of its own. Its vector is the mean of its n-grams' rows ({count}).").format(
            count=count
        )
    if not count:
        return _("Known, and too short for an n-gram of {lengths} characters: its vector is its own row.").format(
            lengths=lengths
        )
    if word.from_ngrams is None:
        return _("Known, but its vector is the mean of its n-grams' rows alone ({count}).").format(count=count)
    return _(
        "Known: its vector is the mean of its own row and its n-grams' rows ({count}). The n-grams alone would give "
        "one at cosine {cosine} to it."
    ).format(count=count, cosine=number(word.from_ngrams))


def _columns(part: Part, word: Dissection) -> dict[str, Any]:
    """Return where an n-gram starts, and the width of each of its letters: those of a syllable share its columns."""
    if not _letters_of(part, word):
        return {"column": _COLUMNS * part.start, "widths": [_COLUMNS] * len(part.text)}
    pieces, counts = part.ngram.pieces, [len(letters(character)) for character in word.covered(part)]
    widths = [_COLUMNS // count for piece, count in zip(pieces, counts, strict=True) for _ in piece]
    left_out = counts[0] - len(pieces[0])  # letters of its first syllable
    return {"column": _COLUMNS * part.start + left_out * widths[0], "widths": widths}


def _rows(bars: Sequence[dict[str, Any]]) -> list[int]:
    """Return the row of each bar: the longer ones below, and those of letters below all others.

    Bars in a row are equally long and do not overlap.
    """
    ends: dict[tuple[bool, int], list[int]] = {}  # of each kind and length: where the last bar of each row ends
    places = []
    for bar in bars:
        kind = bar["ofLetters"], len(bar["letters"])
        rows = ends.setdefault(kind, [])
        row = next((row for row, end in enumerate(rows) if end <= bar["column"]), len(rows))
        rows[row : row + 1] = [bar["column"] + sum(bar["widths"])]
        places.append((kind, row))
    order = {place: row for row, place in enumerate(sorted(set(places)))}
    return [order[place] for place in places]


def _letters_of(part: Part, word: Dissection) -> str:
    """Return what characters an n-gram of letters comes from; of one of characters, nothing."""
    covered = word.covered(part)
    return "" if covered == part.text else visible(covered)


def _spelling(word: Dissection) -> list[str]:
    """Return the letters of each syllable in `<word>`; nothing if it has no Hangul syllable."""
    spelled = [letters(character) if is_syllable(character) else "" for character in word.marked]
    return spelled if any(spelled) else []


def _about_letters(vectors: FastTextVectors, translate: Translate) -> str:
    """Return what the letters of Korean syllables are to these vectors."""
    _ = translate
    if vectors.ngram_units == "characters":
        return _(
            "The small letters spell each syllable. These vectors take a syllable as one character: its letters are "
            "no n-grams of theirs."
        )
    return _(
        "The small letters spell each syllable. In the lower lines are n-grams of {sizes} of these letters, each under "
        "the syllables it comes from: so words that differ in a letter of a syllable still share n-grams."
    ).format(sizes="{}–{}".format(*JAMO_SIZES))


def _bar(part: Part, word: Dissection, translate: Translate) -> dict[str, Any]:
    _ = translate
    of_letters = _letters_of(part, word)
    at = next(at for at, one in enumerate(word.parts) if one is part)
    exact, coarse = (apportion([one.share for one in word.parts], places=places)[at] for places in (PLACES, 2))
    percent = f"{exact:z.1%}".replace("-", "−")
    readout = _("length {length} · cosine with the vector {cosine} · share {share}").format(
        length=f"{part.length:.2f}", cosine=number(part.cosine), share=percent
    )
    source = _("letters of {characters}").format(characters=of_letters)
    return {
        "text": visible(part.text),
        "ofLetters": bool(of_letters),
        "number": f"{coarse:z.0%}".replace("-", "−"),
        "style": _style(part.share),
        "readout": f"{source} · {readout}" if of_letters else readout,
    }


def _relation(pair: Pair, common: tuple[float, float], translate: Translate) -> dict[str, Any]:
    """Return how near two words are, beside what is usual among known words."""
    _ = translate
    return {
        "name": _("cosine"),
        "number": "–" if pair.cosine is None else number(pair.cosine),
        "place": max(pair.cosine or 0.0, 0.0),
        "usual": max(common[1], 0.0),
        "usually": _("95% of random pairs of known words: below {cosine}").format(cosine=number(common[1])),
        "shared": {"name": _("shared n-grams"), "number": len(pair.shared)},
    }


def _contrast(words: list[Dissection], pair: Pair | None, table: Table, translate: Translate) -> dict[str, Any]:
    """Return what three ways of reading words make of these: words only, `<unk>` for strangers, and FastText."""
    _ = translate
    unk = [_near(near) for near in table.nearest(table.unk, _FEW)]

    def row(name: str, note: str, cells: list[dict[str, Any]], value: float | None) -> dict[str, Any]:
        return {"name": name, "note": note, "cells": cells, "cosine": "–" if value is None else number(value)}

    def found(word: Dissection, source: str) -> dict[str, Any]:
        return {"source": source, "nearest": [_near(near) for near in word.nearest[:_FEW]]}

    def built(word: Dissection) -> dict[str, Any]:
        if word.known:
            return found(word, _("its own row and its n-grams") if word.own and word.ngrams else _("its vector"))
        return found(word, _("built from n-grams: {count}").format(count=len(word.ngrams)))

    own = _("its vector, looked up")
    nothing = {"source": _("nothing: no row, no vector"), "nearest": []}
    stranger = {"source": _("the vector of <unk>, as for every stranger"), "nearest": unk}
    looked = [found(word, own) if word.known else nothing for word in words]
    replaced = [found(word, own) if word.known else stranger for word in words]
    known = all(word.known for word in words)
    by_unk = [word.vector if word.known else table.unk for word in words]
    value = pair.cosine if pair else None
    return {
        "heading": _("The same words, read in three ways"),
        "note": _(
            "All three rows use the vectors of this page, so they differ only in what a word outside the vocabulary "
            "gets. <unk> is here the mean of the known words' vectors, as the classifiers start with."
        ),
        "heads": [_("read by"), *(visible(word.word) for word in words), *([_("cosine")] if pair else [])],
        "cosine": pair is not None,
        "rows": [
            row(_("Words only"), _("Word2Vec, GloVe: a table"), looked, value if known else None),
            row("<unk>", _("one vector for all strangers"), replaced, cosine(*by_unk) if pair else None),
            row("FastText", _("words and n-grams"), [built(word) for word in words], value),
        ],
    }


def _near(near: tuple[str, float]) -> dict[str, Any]:
    word, value = near
    return {"word": word, "text": visible(word), "number": number(value), "place": max(value, 0.0)}


def _cell(letter: str) -> str:
    """Return a letter such that it can be seen by itself in a cell."""
    kind = unicodedata.category(letter)
    if kind.startswith("M"):
        return _NO_GLYPH + letter
    return _NO_GLYPH if kind in ("Cf", "Zs") else visible(letter)


def _style(share: float) -> dict[str, str]:
    """Return the colours of a share, on the fixed scale that contributions have, in both themes."""
    [level] = palette.attention_levels([abs(share)])
    background, text = palette.both_themes(level, "for" if share >= 0 else "against")
    return {"backgroundColor": background, "color": text}


_mount = component("ngram_view")
