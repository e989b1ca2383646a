"""One sentence and one classifier -> what it looked at, as numbers that add up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from attnviz.errors import AttnvizError
from attnviz.heatmap import html, palette, svg
from attnviz.heatmap.display import Translate, shorten, signed, visible
from attnviz.heatmap.heatmap import ATTENTION, ClassShare, Heatmap, Passage, Word
from attnviz.heatmap.rounding import PLACES, apportion, chance, percent, rounded
from attnviz.heatmap.text_width import right_to_left
from attnviz.model.batches import Batch, Unknown, encode
from attnviz.model.classifier import AttentionClassifier
from attnviz.morphemes import WORDS, Segmenter
from attnviz.text import Token, Vocabulary, tokenize, unspaced
from attnviz.vectors.fasttext import FastTextVectors

if TYPE_CHECKING:
    import pandas as pd

MOST_NGRAMS = 30  # kept of each word: a word of 100,000 characters has 200,000
_SHOWN_NGRAMS, _LONGEST_TAIL = 20, 600  # of a heat-map

# pandas is imported where it is used: it takes half a second, and a first picture does without.


@dataclass(frozen=True)
class PaddingPart:
    """What padding had of one text, in a classifier that was trained to read it like words."""

    count: int  # positions that it fills
    weight: float  # of the attention
    contributions: np.ndarray  # [K]


@dataclass(frozen=True, repr=False)
class Explanation:
    """What one variant made of one text: T tokens, K classes, arrays of float64.

    `weights` sum to 1 (T > 0), and `contributions.sum(0) + bias == logits`. A text of no tokens has logits == bias.
    Where the classifier reads padding, that is one more item of both sums: `padding`.
    """

    experiment: str
    variant: str
    text: str
    tokens: tuple[Token, ...]
    total_tokens: int  # how many tokens the text has; more than max_tokens are not read
    max_tokens: int
    unknown: Unknown  # how words outside the vocabulary were read
    known: np.ndarray  # [T] bool: has a row of its own in the vocabulary
    ngrams: tuple[tuple[str, ...], ...]  # of each token that is not known: the first n-grams its vector is built from
    ngram_counts: tuple[int, ...]  # of each token that is not known: how many there are in all
    scores: np.ndarray  # [T] e_i
    weights: np.ndarray  # [T] α_i
    votes: np.ndarray  # [T, K] V·h_i
    contributions: np.ndarray  # [T, K] α_i · (V·h_i)
    bias: np.ndarray  # [K]
    logits: np.ndarray  # [K]
    probabilities: np.ndarray  # [K]
    labels: tuple[str, ...]
    padding: PaddingPart | None = None  # None: it takes no part

    @property
    def fixed(self) -> np.ndarray:
        """What of the logits [K] no word contributes: the bias, and what padding adds if that is read."""
        return self.bias if self.padding is None else self.bias + self.padding.contributions

    @property
    def uniform(self) -> float:
        """The weight of every position if attention did nothing, 0 if there is none."""
        return 1 / max(len(self.tokens) + (self.padding.count if self.padding else 0), 1)

    @property
    def shares(self) -> np.ndarray:
        """Each token's share of the attention that falls on words, [T]: the weights, if padding gets none."""
        return self.weights if self.padding is None else self.weights / max(float(self.weights.sum()), 1e-300)

    @property
    def prediction(self) -> str:
        """The most probable label."""
        return self.labels[int(self.probabilities.argmax())]

    @property
    def truncated(self) -> bool:
        """Whether the text had more tokens than the classifier reads."""
        return self.total_tokens > self.max_tokens

    @property
    def unspaced(self) -> bool:
        """Whether some of the text is in a script without spaces, where dictionaries say what a word is."""
        return unspaced(self.text)

    @cached_property
    def rounded(self) -> Explanation:
        """The same with its figures as they are shown, to three places, and they add up as in full.

        Its weights and its probabilities sum to 1, contributions and bias to the logits.
        """
        bias, logits, padding = rounded(self.bias), rounded(self.logits), self.padding
        if padding:
            told = rounded(np.append(padding.contributions, padding.weight))
            padding = PaddingPart(padding.count, float(told[-1]), told[:-1])
        rest = logits - bias - (padding.contributions if padding else 0)
        columns = [apportion(column, rest[k]) for k, column in enumerate(self.contributions.T)]
        return replace(
            self,
            padding=padding,
            weights=apportion(self.weights, 1 - (padding.weight if padding else 0)),
            contributions=np.stack(columns, axis=1),
            bias=bias,
            logits=logits,
            probabilities=apportion(self.probabilities, 1),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a token: its text and place, known, score, weight, and votes and contributions by label."""
        import pandas as pd

        columns: dict[str, Any] = {
            "token": [token.text for token in self.tokens],
            "start": [token.start for token in self.tokens],
            "end": [token.end for token in self.tokens],
            "known": self.known,
            "score": self.scores,
            "weight": self.weights,
        }
        columns |= {f"vote {label}": self.votes[:, k] for k, label in enumerate(self.labels)}
        columns |= {f"contribution {label}": self.contributions[:, k] for k, label in enumerate(self.labels)}
        return pd.DataFrame(columns)

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON: the command line's answer for one variant."""
        return {
            "variant": self.variant,
            "prediction": self.prediction,
            "probabilities": self.probabilities.tolist(),
            "logits": self.logits.tolist(),
            "bias": self.bias.tolist(),
            "tokens": [
                {
                    "text": token.text,
                    "start": token.start,
                    "end": token.end,
                    "known": bool(self.known[i]),
                    "score": float(self.scores[i]),
                    "weight": float(self.weights[i]),
                    "votes": self.votes[i].tolist(),
                    "contributions": self.contributions[i].tolist(),
                }
                for i, token in enumerate(self.tokens)
            ],
            **({"padding": self._padding_as_json(self.padding)} if self.padding else {}),
        }

    def _padding_as_json(self, padding: PaddingPart) -> dict[str, Any]:
        return {
            "count": padding.count,
            "weight": padding.weight,
            "contributions": padding.contributions.tolist(),
        }

    def heatmap(self, shade: str = ATTENTION, translate: Translate = str, *, details: bool = True) -> Heatmap:
        """Return what a heat-map shows of it, shaded by attention or by contribution to a label.

        Without `details` those of the words stay empty: for who writes their own.
        Raises `AttnvizError` if `shade` is neither attention nor one of the labels.
        """
        levels, numbers = self._shading(shade)
        gaps, tail = self._gaps()
        return Heatmap(
            experiment=visible(self.experiment),
            variant=visible(translate(self.variant)),
            shade=shade,
            words=tuple(
                Word(
                    text=visible(shorten(token.text)),
                    weight=float(self.weights[i]),
                    level=levels[i],
                    scale=palette.scale_of(levels[i], shade),
                    number=numbers[i],
                    known=bool(self.known[i]),
                    details=visible("\n".join(_details(self, i, translate))) if details else "",
                )
                for i, token in enumerate(self.tokens)
            ),
            gaps=tuple(map(_passages, gaps)),
            tail=visible(tail if len(tail) <= _LONGEST_TAIL else f"{tail[:_LONGEST_TAIL]} …"),
            right_to_left=right_to_left(self.text),
            prediction=visible(translate(self.prediction)),
            classes=tuple(
                ClassShare(
                    visible(translate(label)),
                    float(self.probabilities[k]),
                    chance(self.rounded.probabilities[k], self.probabilities[k]),
                    colour,
                )
                for k, (label, colour) in enumerate(zip(self.labels, palette.class_colours(self.labels), strict=True))
            ),
            legend=tuple(map(visible, _legend(self, shade, translate))),
            ticks=tuple(palette.ticks(shade)),
            padding=self.padding.count if self.padding else 0,
        )

    def on_padding(self, translate: Translate = str) -> str:
        """Say how much of the attention lies on padding, "" where that takes no part."""
        _, padding = translate, self.rounded.padding
        if not padding:
            return ""
        said = _("{share} of its attention lies on padding: {count} positions without a word.")
        return said.format(share=percent(padding.weight), count=f"{padding.count:,}")

    def _shading(self, shade: str) -> tuple[list[int], list[str]]:
        """Return each token's level on the fixed scale and the number that stands below it."""
        if shade == ATTENTION:
            return palette.attention_levels(self.weights), list(map(percent, self.rounded.weights))
        if shade not in self.labels:
            raise AttnvizError(
                "“{shade}” is nothing to shade by: choose “attention” or one of the labels {labels}.",
                shade=shade,
                labels=", ".join(self.labels),
            )
        k = self.labels.index(shade)
        numbers = [signed(value, PLACES) for value in self.rounded.contributions[:, k]]
        return palette.contribution_levels(self.contributions[:, k]), numbers

    def _gaps(self) -> tuple[list[str], str]:
        """Return what stands before, between and after the T tokens (T + 1 texts), and what is not read."""
        ends = [0, *(token.end for token in self.tokens)]
        starts = [token.start for token in self.tokens]
        starts.append(ends[-1] if self.truncated else len(self.text))
        return [self.text[end:start] for end, start in zip(ends, starts, strict=True)], self.text[starts[-1] :]

    def to_html(self, shade: str = ATTENTION) -> str:
        """Return a self-contained heat-map page, shaded by attention or by contribution to a label."""
        return html.page([self.heatmap(shade)])

    def to_svg(self, shade: str = ATTENTION) -> str:
        """Return the heat-map as a stand-alone SVG, shaded by attention or by contribution to a label."""
        return svg.sheet([self.heatmap(shade)])

    def __repr__(self) -> str:
        text, answer = shorten(self.text), f"{self.prediction} {percent(self.rounded.probabilities.max())}"
        return f"<Explanation of “{text}” ({len(self.tokens):,} tokens) by {self.experiment} {self.variant}: {answer}>"

    def _repr_html_(self) -> str:
        return self.to_html()


def explain(
    model: AttentionClassifier,
    text: str,
    *,
    vocabulary: Vocabulary,
    vectors: FastTextVectors,
    labels: tuple[str, ...],
    experiment: str,
    variant: str,
    max_tokens: int,
    unknown: Unknown = "subword",
    without: Collection[int] = (),
    segmenter: Segmenter = WORDS,
) -> Explanation:
    """Read `text` with `model` and take its answer apart; tokens at the places in `without` are left out.

    Places count the tokens of the whole text. Raises `AttnvizError` for an `unknown` other than subword or unk.
    """
    if unknown not in ("subword", "unk"):
        raise AttnvizError(
            "Unknown words can be read as “subword” or “unk”, not as “{given}”: choose one of them.", given=unknown
        )
    if not vectors.buckets:  # nothing to make a vector of: the words of a model from elsewhere, without FastText
        unknown = "unk"
    found = segmenter.tokenize(text)
    tokens = tuple(token for at, token in enumerate(found[:max_tokens]) if at not in without)
    words = [token.word for token in tokens]
    known = np.array([word in vocabulary for word in words], dtype=bool)
    sentences = encode([words], vocabulary, vectors, unknown)
    ngrams = [[] if is_known else vectors.ngrams(word) for word, is_known in zip(words, known, strict=True)]
    with torch.inference_mode():
        reading = Batch.of(sentences.ids, sentences, model.fc.weight.device).read(model)
        hidden, scores, weights, logits = (
            value[0].double().cpu().numpy()
            for value in (reading.hidden, reading.scores, reading.weights, reading.logits)
        )
        probabilities = reading.logits[0].double().softmax(dim=0).cpu().numpy()
        votes = hidden @ model.fc.weight.double().cpu().numpy().T
        bias = model.fc.bias.double().cpu().numpy()
        padding = None
        if reading.padding is not None:
            added = model.fc.weight.double() @ reading.padding.context[0].double()
            count = max((model.padded_to or 0) - len(tokens), 0)
            padding = PaddingPart(count, float(reading.padding.weight[0]), added.cpu().numpy())
    return Explanation(
        experiment=experiment,
        variant=variant,
        text=text,
        tokens=tokens,
        total_tokens=len(found),
        max_tokens=max_tokens,
        unknown=unknown,
        known=known,
        ngrams=tuple(tuple(of_word[:MOST_NGRAMS]) for of_word in ngrams),
        ngram_counts=tuple(map(len, ngrams)),
        scores=scores,
        weights=weights,
        votes=votes,
        contributions=weights[:, None] * votes,
        bias=bias,
        logits=logits,
        probabilities=probabilities,
        labels=labels,
        padding=padding,
    )


def _passages(gap: str) -> tuple[Passage, ...]:
    """Cut what stands between two tokens into words that were left out and the rest."""
    pieces, end = [], 0
    for token in tokenize(gap):
        pieces += [(gap[end : token.start], False), (token.text, True)]
        end = token.end
    return tuple(Passage(visible(shorten(text)), left_out) for text, left_out in [*pieces, (gap[end:], False)] if text)


def _details(explanation: Explanation, i: int, translate: Translate) -> Iterator[str]:
    """Yield the numbers behind a word, in lines."""
    _ = translate
    yield shorten(explanation.tokens[i].text)
    yield f"α = {explanation.rounded.weights[i]:.{PLACES}f}, e = {signed(explanation.scores[i], PLACES)}"
    for k, label in enumerate(explanation.labels):
        yield _("{label}: vote {vote}, contribution {contribution}").format(
            label=_(label),
            vote=signed(explanation.votes[i, k], PLACES),
            contribution=signed(explanation.rounded.contributions[i, k], PLACES),
        )
    if not explanation.known[i]:
        shown, more = explanation.ngrams[i][:_SHOWN_NGRAMS], explanation.ngram_counts[i] - _SHOWN_NGRAMS
        yield _("not in the vocabulary") + ": " + " ".join(shown)
        if more > 0:
            yield _("and {count} more").format(count=f"{more:,}")


def note_on_spaces(translate: Translate = str) -> str:
    """Say what a word is in a script without spaces."""
    _ = translate
    return _("This script puts no spaces between words: dictionaries (ICU) say where one ends.")


def _legend(explanation: Explanation, shade: str, translate: Translate) -> Iterator[str]:
    """Say, line by line, what the colours mean, and what else a reader must know."""
    _ = translate
    count = len(explanation.tokens)
    if shade != ATTENTION:
        yield _("Contribution to “{label}”: blue speaks for it, orange against it.").format(label=_(shade))
    elif count:
        yield _("The stronger the colour, the more attention. Uniform share 1/{count} = {share}.").format(
            count=count + (explanation.padding.count if explanation.padding else 0), share=percent(explanation.uniform)
        )
    else:
        yield _("There is no word to read here.")
    if said := explanation.on_padding(translate):
        yield said
    if explanation.truncated:
        yield _("The classifier reads the first {limit} of {total} words and marks.").format(
            limit=f"{explanation.max_tokens:,}", total=f"{explanation.total_tokens:,}"
        )
    if explanation.unspaced:
        yield note_on_spaces(translate)
    if not all(explanation.known):
        yield _("Dashed: not in the vocabulary.")
