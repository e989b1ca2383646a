"""English sentences that praise or blame in plain words: negated, intensified, outweighed by a clause with “but”."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting, Verdict
from attnviz.analysis.behaviour.polarity import OPPOSITE
from attnviz.function_words import is_content

_GRADABLE: dict[Verdict, str] = {
    "praise": "good funny beautiful clever charming enjoyable entertaining interesting impressive touching moving",
    "blame": "bad boring dull poor weak annoying stupid silly lame ugly predictable disappointing tedious slow",
}
_EXTREME: dict[Verdict, str] = {
    "praise": "great excellent wonderful amazing fantastic brilliant superb perfect hilarious",
    "blame": "terrible awful horrible ridiculous pathetic dreadful atrocious horrendous",
}
_VERDICT_OF: dict[str, Verdict] = {
    word: verdict for words in (_GRADABLE, _EXTREME) for verdict, list_ in words.items() for word in list_.split()
}
_LIKE = "|".join(_VERDICT_OF)
_THINGS = "film|movie|show|story|picture|comedy|thriller|drama|piece|book|product|place|idea|performance|ending|job"
_MORE_LIST = """
very really so quite pretty truly absolutely extremely incredibly simply totally completely just also
"""
_MORE = tuple(_MORE_LIST.split())
_THE = "the|this|these|those|his|her|their|its|my|our"
_SENTENCE = re.compile(  # “the acting was good”, “it is a good film”: subject, copula, adjective, and no more
    rf"(?<![\w'’-])(?P<subject>(?:it|they|he|she|this|that|these)(?= |['’]s )|(?:{_THE})(?: [a-z]+){{1,3}}?"
    rf"(?: (?:of|in|and)(?: (?:{_THE}))?(?: [a-z]+){{1,2}}?)?)(?P<copula> (?:is|was|are|were)|['’]s)"
    rf" (?:(?:{'|'.join(_MORE)}) )*(?P<said>(?P<article>an? )?(?P<word>{_LIKE})(?(article) (?:{_THINGS})))"
    r"(?=\s*(?:[.!,;:)<]|$|(?:and|but)\b))",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"\b(?:is|was|are|were) (?P<word>{_LIKE})(?=\s*(?:[.!,;]|$))")
_BETWEEN = {"of", "in", "and", *_THE.split("|")}  # of the subject's small words
_QUANTIFIED = re.compile(
    r"\b(?:all|both|every\w*|each|many|most|some|few|any|no|only|rest|other|same|one|god|really|seem\w*|look\w*|feels?)\b",
    re.IGNORECASE,
)
_BUT: dict[Verdict, tuple[str, ...]] = {
    "praise": ("I loved it", "I enjoyed every minute", "I was delighted", "I warmly recommend it"),
    "blame": ("I hated it", "I was bored to the end", "I was disappointed", "it was a waste of my time"),
}


def negated_praise(text: str, _chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put “not” into a short plain sentence of praise out of the text: “the acting is not good”."""
    return _negated(text, setting, "praise")


def negated_blame(text: str, _chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put “not” into a short plain sentence of blame out of the text: “the plot is not boring”."""
    return _negated(text, setting, "blame")


def intensifier(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put “really” or “very” before the adjective of the first plain clause."""
    found = _PLAIN.search(text)
    if not found or setting.polarity is None:
        return None
    word = found["word"]
    gradable = any(word in words.split() for words in _GRADABLE.values())
    more = str(chance.choice(("really", "very", "extremely") if gradable else ("really", "truly", "absolutely")))
    after = f"{text[: found.start('word')]}{more} {text[found.start('word') :]}"
    return Change(text, after, setting.polarity[_VERDICT_OF[word]])


def last_word(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Let a clause of the other verdict follow a short plain sentence out of the text, after “but”."""
    found = _plain_sentence(text)
    if not found or setting.polarity is None:
        return None
    clause = str(chance.choice(_BUT[OPPOSITE[found.verdict]]))
    plain = f"{found.subject} {found.said}"
    return Change(f"{plain}.", f"{plain}, but {clause}.", setting.polarity[found.verdict])


def _negated(text: str, setting: Setting, verdict: Verdict) -> Change | None:
    found = _plain_sentence(text, verdict)
    if not found or setting.polarity is None:
        return None
    before, after = (f"{found.subject} {negation}{found.said}." for negation in ("", "not "))
    return Change(before, after, setting.polarity[verdict])


@dataclass(frozen=True)
class _Plain:
    """A sentence: the subject with its copula, and what is said of it."""

    subject: str
    said: str
    verdict: Verdict


def _plain_sentence(text: str, verdict: Verdict | None = None) -> _Plain | None:
    """Return the first clause of a text that can stand alone and says nothing but its verdict, without “very”."""
    for match in _SENTENCE.finditer(text):
        subject = match["subject"].lower()
        said = _VERDICT_OF[match["word"].lower()]
        small = [word for word in subject.split()[1:] if not is_content(word, "en") and word not in _BETWEEN]
        if small or verdict not in (None, said) or _QUANTIFIED.search(subject) or not _agrees(subject, match["copula"]):
            continue
        written = subject[0].upper() + subject[1:] + match["copula"].lower()
        return _Plain(written, match["said"].lower(), said)
    return None


def _agrees(subject: str, copula: str) -> bool:
    """Tell whether subject and copula agree in number, as far as their shapes tell: who errs here is no example."""
    first, last = subject.split()[0], re.split(" (?:of|in) ", subject)[0].split()[-1]
    many = first in ("they", "these", "those") or " and " in subject or (last.endswith("s") and not last.endswith("ss"))
    if len(subject.split()) == 1:
        many = first in ("they", "these")
    return many == (copula.strip().lower() in ("are", "were"))
