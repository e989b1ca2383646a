"""How the code that trained a model from elsewhere cut its texts, as far as its vocabulary tells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace

from attnviz.model.about import Cut
from attnviz.morphemes import Segmenter
from attnviz.text import Token, check_text, tokenize

_PIECES = {"letters": re.compile(r"\w+"), "spaces": re.compile(r"\S+")}
_WITH_MARK = re.compile(r"\w[.,!?;:)\"”…]+")
_OFTEN = 0.03  # of the words: abbreviations and such end in a mark however a text is cut


@dataclass(frozen=True, eq=False)
class PlainSegmenter(Segmenter):
    """Cuts texts as attnviz does, into runs of letters and digits (`\\w+`), or where blanks part them (`.split()`)."""

    cut_at: Cut = "words"
    lower: bool = True

    def tokenize(self, text: str) -> list[Token]:
        """Cut `text` into tokens with their places."""
        if self.cut_at == "words":
            found = tokenize(text)
            return found if self.lower else [replace(one, word=unicodedata.normalize("NFC", one.text)) for one in found]
        check_text(text)
        return [
            Token(one.group(), *one.span(), one.group().lower() if self.lower else one.group())
            for one in _PIECES[self.cut_at].finditer(text)
        ]

    def words(self, text: str) -> list[str]:
        """Return the look-up forms of the tokens of `text`."""
        return super().words(text) if self.cut_at == "words" and self.lower else [t.word for t in self.tokenize(text)]


def fitting_segmenter(words: Collection[str], cut: Cut | None = None, lower: bool | None = None) -> PlainSegmenter:
    """Return how texts are cut, where it was not said by what the vocabulary holds.

    Words with a mark at their end come of blanks alone, and a vocabulary without any mark of what drops them.
    """
    if cut is None:
        with_mark = sum(_WITH_MARK.search(word) is not None for word in words)
        cut = "spaces" if with_mark > _OFTEN * len(words) else "words"
        if cut == "words" and all(_PIECES["letters"].fullmatch(word) for word in words):
            cut = "letters"
    return PlainSegmenter(cut_at=cut, lower=not any(map(_upper, words)) if lower is None else lower)


def _upper(word: str) -> bool:
    return word != word.lower()
