"""The token heat-map: a sentence, word by word, as each classifier reads it, in buttons that strike words out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, signed, visible
from attnviz.heatmap.heatmap import ATTENTION, Heatmap
from attnviz.heatmap.rounding import PLACES, percent
from attnviz.ui.components.base import component
from attnviz.ui.components.heatmap.belief import expected
from attnviz.ui.i18n import msg

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation

DOUBT = msg("Attention shows where a classifier looked, not why it answered: strike a word out to test it.")
NOTES = {
    "frozen": msg("word vectors stay as they are"),
    "fine-tuned": msg("word vectors learn with the classifier"),
    "uniform": msg("no attention: every word weighs the same"),
    "frozen-additive": msg("as frozen, with the scorer v·tanh(W·h + b)"),
    "fine-tuned-additive": msg("as fine-tuned, with the scorer v·tanh(W·h + b)"),
    "transformer": msg("self-attention in the LSTM's place, word vectors of fine-tuned"),
}


@dataclass(frozen=True)
class Ablation:
    """What one classifier makes of a sentence, and of it without the struck words where there are any."""

    whole: Explanation
    without: Explanation | None = None

    @property
    def now(self) -> Explanation:
        """The explanation that holds at the moment."""
        return self.without or self.whole

    @property
    def struck(self) -> tuple[int, ...]:
        """The places of the words that are struck out."""
        left = {token.start for token in self.now.tokens}
        return tuple(place for place, token in enumerate(self.whole.tokens) if token.start not in left)


def heatmap(
    judgements: Sequence[Ablation],
    shade: str,
    *,
    key: str,
    translate: Translate,
    on_strike: Callable[[str, list[int]], None],
    on_open: Callable[[str, str], None],
    history: dict[str, Any] | None = None,
    on_epoch: Callable[[int], None] | None = None,
    on_examine: Callable[[str], None] | None = None,
    heading: str = "",
    legend: bool = True,
    doubt: bool = True,
    ahead: str = "",
) -> None:
    """Draw one panel a judgement, with a legend and, in it, what no picture of attention says, unless the page does.

    A click that changes which words are struck calls `on_strike(digest, positions)`, one in a word's details that asks
    for another page's view of it `on_open(page, word)`. With a `history` (see `epochs.payload`) a slider moves them
    through the epochs; where it comes to rest it calls `on_epoch(place)`. With `on_examine` the line under a panel
    leads to more behind it: `on_examine(variant)`. Of a list's drawings (see `prefetch`) those are its own that go by
    `ahead` and the name of a line.
    """

    def removed(event: dict[str, Any]) -> None:
        on_strike(str(event["digest"]), [int(position) for position in event["words"]])

    def opened(event: dict[str, Any]) -> None:
        if event["digest"] == digest(judgements[0].whole.text):
            on_open(str(event["page"]), judgements[0].whole.tokens[int(event["word"])].word)

    def rested(event: dict[str, Any]) -> None:
        if on_epoch and event["digest"] == digest(judgements[0].whole.text):
            on_epoch(int(event["at"]))

    def examined(event: dict[str, Any]) -> None:
        if on_examine and event["digest"] == digest(judgements[0].whole.text):
            on_examine(judgements[int(event["panel"])].whole.variant)

    examine = translate(msg("Examine this heat-map")) if on_examine else ""
    data = drawing(
        judgements, shade, translate, history, heading, legend=legend, doubt=doubt, examine=examine, ahead=ahead
    )
    _mount(data, key=key, on_strike=removed, on_open=opened, on_epoch=rested, on_examine=examined)


def drawing(
    judgements: Sequence[Ablation],
    shade: str,
    translate: Translate,
    history: dict[str, Any] | None = None,
    heading: str = "",
    *,
    legend: bool = True,
    doubt: bool = True,
    examine: str = "",
    ahead: str = "",
) -> str:
    """Return what the browser draws of `judgements`, as JSON; `examine` names the way to more behind the lines."""
    data = payload(judgements, shade, translate)
    data["texts"]["examine"] = examine
    data["history"] = history
    data["heading"] = heading
    data["ahead"] = ahead
    data["doubt"] = translate(DOUBT) if doubt else ""
    if not legend:
        data["legend"] = None
    return json.dumps(data)


def prefetch(drawings: dict[str, str | None], key: str) -> None:
    """Let the browser have drawings before they are wanted, by the names of the lines that want them in a list.

    The heat-map shows one as soon as its line is chosen (see `choice_table.js`), and what the server then says comes to
    the same. None stands for the line of what the heat-map shows.
    """
    _mount_prefetch(drawings, key=key)


def digest(text: str) -> str:
    """Return a short name for a sentence, so that a late click is not taken for one on the next sentence."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def payload(judgements: Sequence[Ablation], shade: str, translate: Translate) -> dict[str, Any]:
    """Return what the browser needs to draw `judgements` of one sentence: plain lists, numbers and translated words."""
    _ = translate
    whole = judgements[0].whole
    struck = set(judgements[0].struck)
    heatmaps = [judgement.now.heatmap(shade, translate, details=False) for judgement in judgements]
    drawn = whole.heatmap(shade, translate, details=False) if judgements[0].without else heatmaps[0]
    by_ngrams = zip(whole.ngrams, whole.ngram_counts, strict=True) if whole.unknown == "subword" else repeat(((), 0))
    words = [
        {
            "text": word.text,
            "known": word.known,
            "struck": place in struck,
            "ngrams": [visible(ngram) for ngram in ngrams],
            "more": _("and {count} more").format(count=f"{count - len(ngrams):,}") if count > len(ngrams) else "",
            "origin": "" if word.known else _origin(whole.unknown, bool(ngrams), _),
        }
        for place, (word, (ngrams, count)) in enumerate(zip(drawn.words, by_ngrams, strict=False))
    ]
    return {
        "digest": digest(whole.text),
        "words": words,
        "gaps": ["".join(passage.text for passage in gap) for gap in drawn.gaps],
        "tail": drawn.tail,
        "labels": [one.label for one in drawn.classes],
        "panels": [_panel(*both, _) for both in zip(judgements, heatmaps, strict=True)],
        "legend": _legend(heatmaps[0], _),
        "texts": {
            "words": _("The sentence as the {variant} classifier reads it"),
            "without": _("Judged without: {words}"),
            "back": _("Put all words back"),
            "out": _("Struck out: the sentence is judged without this word."),
            "click": _("Click to strike it out."),
            "clickBack": _("Click to put it back."),
            "into": _("The down arrow leads into this box."),
            "strike": _("Strike this word out"),
            "restore": _("Put this word back"),
            "embeddings": _("Its neighbours before and after"),
            "subwords": _("How its n-grams make its vector"),
            "unseen": _("not in the vocabulary"),
            "hint": _("Click a word to strike it out: does the answer change?"),
            "hintTouch": _("Tap a word, then strike it out: does the answer change?"),
            "mark": _mark(whole.unknown, _),
            "weight": _("attention weight α = {weight}, {ratio} × the uniform share"),
            "score": _("score e = {score}"),
            "vote": _("vote"),
            "contribution": _("contribution = α · vote"),
            "how": _("How do we know?"),
        },
    }


def _panel(judgement: Ablation, drawn: Heatmap, translate: Translate) -> dict[str, Any]:
    """Return one classifier's numbers, in the order of the whole sentence's tokens; struck words have zeros."""
    _ = translate
    whole, now = judgement.whole, judgement.now
    place = {token.start: i for i, token in enumerate(now.tokens)}
    rows = [place.get(token.start, -1) for token in whole.tokens]

    def numbers(values: np.ndarray) -> Any:
        padded = np.concatenate([values, np.zeros((1, *values.shape[1:]))])
        return np.round(padded[rows], 6).tolist()

    levels = [*(word.level for word in drawn.words), 0]
    shown = [levels[row] for row in rows]
    changed = judgement.without is not None
    return {
        "id": now.variant,
        "name": drawn.variant,
        "note": _(NOTES[now.variant]) if now.variant in NOTES else "",
        "weights": numbers(now.weights),
        "shares": numbers(now.rounded.weights),
        "scores": numbers(now.scores),
        "votes": numbers(now.votes),
        "contributions": numbers(now.rounded.contributions),
        "levels": shown,
        "numbers": [drawn.words[row].number if row >= 0 else "–" for row in rows],
        "scales": [palette.scale_of(level, drawn.shade) for level in shown],
        "prediction": drawn.prediction,
        "sum": _below(now, drawn.shade, _),
        "positions": drawn.positions if now.padding else None,
        **expected(now, _),
        "was": _("before: {label}").format(label=_(whole.prediction)) if now.prediction != whole.prediction else "",
        "classes": [
            {
                "name": one.label,
                "probability": round(one.probability, 9),
                "percent": one.percent,
                "was": round(float(before), 9) if changed else None,
                "change": signed(100 * change, PLACES - 2),
                "colour": one.colour,
            }
            for one, before, change in zip(
                drawn.classes,
                whole.probabilities,
                now.rounded.probabilities - whole.rounded.probabilities,
                strict=True,
            )
        ],
    }


def _below(explanation: Explanation, shade: str, translate: Translate) -> str:
    """Say what stands below the classes: how the words' figures add up to one, with what has the rest."""
    if shade != ATTENTION:
        return _sum(explanation, explanation.labels.index(shade), translate)
    return explanation.on_padding(translate)


def _sum(explanation: Explanation, k: int, translate: Translate) -> str:
    """Say how contributions and bias add up to a logit, in figures that do add up as they are shown."""
    _ = translate
    shown = explanation.rounded
    bias, logit, padding = float(shown.bias[k]), float(shown.logits[k]), 0.0
    said = _("contributions {contributions} and bias {bias} add up to the logit {logit} of “{label}”")
    if shown.padding:
        padding = float(shown.padding.contributions[k])
        said = _(
            "contributions {contributions}, padding {padding} and bias {bias} add up to the logit {logit} of “{label}”"
        )
    return said.format(
        contributions=signed(logit - bias - padding, PLACES),
        padding=signed(padding, PLACES),
        bias=signed(bias, PLACES),
        logit=signed(logit, PLACES),
        label=_(explanation.labels[k]),
    )


def _origin(unknown: str, has_ngrams: bool, translate: Translate) -> str:
    _ = translate
    if unknown == "unk":
        return _("Not in the vocabulary: read as <unk>, like every unknown word.")
    if not has_ngrams:
        return _("Not in the vocabulary and without a known n-gram: its vector is zero.")
    return _("Not in the vocabulary: its vector is the mean of these character n-grams (FastText).")


def _mark(unknown: str, translate: Translate) -> str:
    _ = translate
    if unknown == "unk":
        return _("≈ and a dashed line: not in the vocabulary, so read as <unk>, one vector for all such words.")
    return _(
        "≈ and a dashed line: not in the vocabulary, so read by its subwords (n-grams). "
        "Point at the word, or tap it, to see them."
    )


def _legend(heatmap: Heatmap, translate: Translate) -> dict[str, Any]:
    """Return the scale of colours, its ticks and, for attention, where the uniform share lies on it."""
    _ = translate
    share = None
    if heatmap.shade != ATTENTION:
        meaning = _(
            "Contribution of a word to “{label}”: blue speaks for it, orange against it. "
            "All of them and the bias add up to the logit."
        ).format(label=_(heatmap.shade))
        if heatmap.padding:
            meaning = _(
                "Contribution of a word to “{label}”: blue speaks for it, orange against it. "
                "All of them, that of the padding and the bias add up to the logit."
            ).format(label=_(heatmap.shade))
    else:
        meaning = _("The stronger the colour, the more attention; the weights of a sentence add up to 100%.")
        if heatmap.padding:
            meaning = _("The stronger the colour, the more attention; words and padding have 100% of it together.")
        if heatmap.uniform_share is not None:
            named = _("uniform share 1/{count} = {share}: what each word would get if attention did nothing")
            share = {
                "place": float(palette.attention_intensity(heatmap.uniform_share)),
                "text": named.format(count=heatmap.positions, share=percent(heatmap.uniform_share)),
            }
    return {
        "scale": ATTENTION if heatmap.shade == ATTENTION else "contribution",
        "ticks": heatmap.ticks,
        "share": share,
        "meaning": meaning,
    }


def _rules() -> str:
    """Return the CSS of the colours that `palette` gives, in both themes: one rule a level, one a legend's strip."""
    rules = [rule for scale in palette.SCALES for rule in palette.rules(scale)]
    for shade in (ATTENTION, "contribution"):
        steps = ", ".join(palette.both_themes(level, scale).background for level, scale in palette.scale_steps(shade))
        rules.append(f".strip.{shade} {{ background-image: linear-gradient(to right, {steps}); }}")
    return "\n".join(rules)


_mount = component("heatmap", "epochs", "details", "belief", "heatmap", css=_rules())
_mount_prefetch = component("heatmap", "prefetch")
