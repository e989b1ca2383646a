"""What phones are told of a classroom, as JSON: the same for all of one language, and what one device did itself."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from attnviz.errors import AttnvizError
from attnviz.heatmap.display import Translate, visible
from attnviz.rounds import reading, texts
from attnviz.rounds.refusals import Unknown, Wrong
from attnviz.rounds.round import Answer, Round, Sentence
from attnviz.rounds.store import Rounds, Seen

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation

Explain = Callable[[str, str, str], "Explanation"]  # experiment, variant, text
_KEPT = 64  # faces: of several classrooms, in several languages


class Faces:
    """What is told of each version of a classroom, made once for all its phones."""

    def __init__(self, rounds: Rounds, explain: Explain, translate: Callable[[str], Translate]) -> None:
        self._rounds, self._explain, self._translate = rounds, explain, translate
        self._kept: OrderedDict[tuple[str, int, str], dict[str, Any] | None] = OrderedDict()
        self._making = threading.Lock()  # who comes while it is made waits, and makes no second one

    def states(self, asked: Sequence[tuple[str, str, str]]) -> list[dict[str, Any] | Exception]:
        """Return where classrooms are at, for some devices: code, what is kept of the token, and language of each."""
        seen: dict[str, dict[str, Seen] | AttnvizError] = {}
        for code in {code for code, _who, _language in asked}:
            try:
                seen[code] = self._rounds.seen_by(code, [who for its, who, _language in asked if its == code])
            except AttnvizError as error:
                seen[code] = error
        return [self._state(code, seen[code], who, language) for code, who, language in asked]

    def _state(
        self, code: str, found: dict[str, Seen] | AttnvizError, who: str, language: str
    ) -> dict[str, Any] | Exception:
        if isinstance(found, AttnvizError):
            return found
        seen, translate = found[who], self._translate(language)
        round = self._of_all(code, seen, language, translate)
        told = None if round is None else {**round, "mine": mine(seen, translate)}
        return {"version": seen.version, "classroom": code, "ended": seen.ended, "round": told}

    def to_a_sentence(self, id: int, text: object) -> tuple[Answer, ...]:
        """Return what the variants make of a sentence that is sent to a round; nothing where they are not asked."""
        try:
            one = self._rounds.round(id)
        except Unknown:
            return ()
        if one.task.kind != "fool" or one.state != "open":
            return ()
        try:
            return self._read(one, texts.sentence(text))
        except AttnvizError as error:  # of a damaged experiment, as of a sentence: to try again is no use
            raise Wrong(error.template, **error.values) from error

    def _read(self, one: Round, text: str) -> tuple[Answer, ...]:
        task = one.task
        return tuple(reading.answer(self._explain(task.experiment, variant, text)) for variant in task.variants)

    def _of_all(self, code: str, seen: Seen, language: str, translate: Translate) -> dict[str, Any] | None:
        if seen.round is None:
            return None
        key = (code, seen.version, language)
        with self._making:
            if key not in self._kept:
                self._kept[key] = self._made(seen.round, translate)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return self._kept[key]

    def _made(self, one: Round, translate: Translate) -> dict[str, Any]:
        _, task = translate, one.task
        asked = (
            _("Which classifier answers “{label}”?").format(label=named(task.kind, task.label, _))
            if task.question == "twin"
            else ""
        )
        return {
            "id": one.id,
            "number": one.number,
            "kind": task.kind,
            "state": one.state,
            "question": asked,
            "text": task.text,
            "right_to_left": task.right_to_left,
            "words": [asdict(word) for word in task.words],
            "tail": task.tail,
            "most": task.most,
            "labels": [[label, named(task.kind, label, translate)] for label in task.labels],
            "choices": [[choice, named(task.kind, choice, translate)] for choice in task.choices],
            "reveal": self._reveal(one, translate) if one.state == "revealed" else None,
        }

    def _reveal(self, one: Round, translate: Translate) -> dict[str, Any]:
        task = one.task
        if task.kind in ("fool", "teach"):
            shown = [sentence for sentence in self._rounds.sentences(one.id) if sentence.shown]
            ordered = sorted(shown, key=lambda sentence: (sentence.id != one.up, -sentence.trap, sentence.id))
            return {"shown": [told(sentence, task.kind, translate) for sentence in ordered]}
        results = self._rounds.results(one.id)
        try:
            models = views(self._read(one, task.text), translate)
        except AttnvizError:  # the experiment was deleted since: the class is seen alone
            models = []
        if task.kind == "mark":
            return {"devices": results.devices, "share": list(results.share), "models": models}
        for model in models:
            del model["words"]
        bars = [[choice, named(task.kind, choice, translate), count] for choice, count in results.choices]
        return {"devices": results.devices, "bars": bars, "answers": models}


def named(kind: str, label: str, translate: Translate) -> str:
    """Return what a class or a variant is called on the screen; the classes that a teacher made up are as they are."""
    return visible(label if kind == "teach" else translate(label))


def views(answers: Sequence[Answer], translate: Translate) -> list[dict[str, Any]]:
    """Return what variants make of a sentence, with their names in a language."""
    return [
        {
            "variant": answer.variant,
            "shown": translate(answer.variant),
            "label": answer.label,
            "answer": visible(translate(answer.label)),
            "percent": answer.percent,
            "words": [asdict(word) for word in answer.words],
            "tail": answer.tail,
            "right_to_left": answer.right_to_left,
        }
        for answer in answers
    ]


def told(sentence: Sentence, kind: str, translate: Translate) -> dict[str, Any]:
    """Return a sentence that the teacher let through."""
    label = [sentence.label, named(kind, sentence.label, translate)]
    return {"text": sentence.text, "label": label, "answers": views(sentence.answers, translate)}


def sent(nonce: str, sentence: Sentence, translate: Translate) -> dict[str, Any]:
    """Return a sentence to the device that sent it."""
    answers = views(sentence.answers, translate)
    return {"nonce": nonce, "text": sentence.text, "label": sentence.label, "answers": answers}


def mine(seen: Seen, translate: Translate) -> dict[str, Any] | None:
    """Return what a device did itself; None if nothing."""
    if seen.sent:
        return {"sentences": [sent(nonce, sentence, translate) for nonce, sentence in seen.sent]}
    return seen.given
