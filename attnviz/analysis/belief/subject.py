"""One sentence and the classifier that judged it, ready to be asked what it would say to other words in their place.

All questions have one measure, the log-odds of the answered class against the rest, log p − log (1 − p): a single
logit says nothing, for the softmax does not see a shift of all of them, and near p = 1 a probability no longer moves.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from attnviz.model.batches import Batch, Sentences, by_tokens, encode
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.explanation import Explanation
from attnviz.text import UNKNOWN, Vocabulary
from attnviz.vectors.fasttext import FastTextVectors

TOKENS = 8_192  # of a batch at most, padding and all

Reading = Generator[int, None, np.ndarray]  # yields how many sequences are read so far


class Classifiers(Protocol):
    """What an `Experiment` gives, which has a door to this room and so is not imported here."""

    vocabulary: Vocabulary
    vectors: FastTextVectors

    def model(self, variant: str) -> AttentionClassifier:
        """Return a variant's classifier."""
        ...


@dataclass(frozen=True, repr=False, eq=False)
class Subject:
    """A sentence of T tokens, as ids, that a classifier gave the answer `answer`."""

    explanation: Explanation
    model: AttentionClassifier
    sentences: Sentences  # it and those that are read together with it
    ids: np.ndarray  # of its tokens [T]
    answer: int
    _seed: int = field(default=0)

    @classmethod
    def of(cls, experiment: Classifiers, explanation: Explanation) -> Subject:
        """Take the tokens that an explanation is of: what was cut off or struck out takes no part."""
        return cls.together(experiment, [explanation])[0]

    @classmethod
    def together(cls, experiment: Classifiers, explanations: Sequence[Explanation]) -> list[Subject]:
        """Take sentences that one variant has read in one way, so that what is asked of them can be read at once."""
        first = explanations[0]
        assert all((one.variant, one.unknown) == (first.variant, first.unknown) for one in explanations)
        words = [[token.word for token in one.tokens] for one in explanations]
        sentences = encode(words, experiment.vocabulary, experiment.vectors, first.unknown)
        model, found = experiment.model(first.variant), []
        if first.padding is None:
            model = model.masked()
        for explanation, own, ids in zip(explanations, words, sentences.ids, strict=True):
            told = "\0".join((explanation.variant, explanation.unknown, *own)).encode("utf-8", "surrogatepass")
            seed = int.from_bytes(sha256(told).digest()[:8], "big")
            found.append(cls(explanation, model, sentences, ids, int(explanation.probabilities.argmax()), seed))
        return found

    @property
    def own(self) -> float:
        """The log-odds of the answered class, as the sentence stands."""
        return float(odds_of(torch.from_numpy(self.explanation.logits)[None], self.answer)[0])

    def random(self, purpose: str) -> np.random.Generator:
        """Return a generator that draws the same whenever it is asked for the same sentence, variant and purpose."""
        return np.random.default_rng([self._seed, *purpose.encode()])

    def words(self, random: np.random.Generator, count: int) -> np.ndarray:
        """Draw ids of words of the vocabulary [count], each as likely as any other."""
        return random.integers(UNKNOWN + 1, self.sentences.vocabulary_size, count)

    def replaced(self, places: Sequence[int] | np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the ids [T] with random words at some places."""
        ids = self.ids.copy()
        ids[places] = self.words(random, len(places))
        return ids

    def rows(self, ids: np.ndarray) -> Tensor:
        """Return the word vectors of ids [N, D], one a place: a word that stands twice has two."""
        table = self.model.embedding.weight
        places = torch.from_numpy(ids).to(table.device)
        known = places < self.sentences.vocabulary_size
        found = table[places * known]
        found[~known] = self.sentences.oov.to(table)[places[~known] - self.sentences.vocabulary_size]
        return found

    def logits(self, sequences: Sequence[np.ndarray]) -> Reading:
        """Read sequences of ids in place of the sentence and return their logits [N, K]."""
        return (yield from read_together([self], [sequences]))[0]

    def log_odds(self, sequences: Sequence[np.ndarray]) -> Reading:
        """Read sequences of ids in place of the sentence and return the log-odds of its answer [N]."""
        logits = yield from self.logits(sequences)
        return np.asarray(odds_of(torch.from_numpy(logits), self.answer).numpy())


def read_together(
    subjects: Sequence[Subject], asked: Sequence[Sequence[np.ndarray]]
) -> Generator[int, None, list[np.ndarray]]:
    """Read sequences of ids in place of each of some sentences, taken together, and return their logits [N, K] each.

    Sequences of like length are read at once, whichever sentence they are of, and the same one once. Yields how many
    are read so far.
    """
    if not subjects:
        return []
    first, sequences = subjects[0], [ids for one in asked for ids in one]
    assert all(one.sentences is first.sentences for one in subjects), "the ids of unknown words are those of `together`"
    places: dict[bytes, list[int]] = {}
    for place, ids in enumerate(sequences):
        places.setdefault(ids.tobytes(), []).append(place)
    same = list(places.values())
    lengths = np.array([len(sequences[some[0]]) for some in same], dtype=np.int64)
    found, done = np.zeros((len(sequences), len(first.explanation.labels))), 0
    for rows in by_tokens(lengths, TOKENS):
        with torch.inference_mode():
            batch = Batch.of([sequences[same[row][0]] for row in rows], first.sentences, first.model.fc.weight.device)
            logits = batch.read(first.model).logits.double().cpu().numpy()
        for row, of_row in zip(rows, logits, strict=True):
            found[same[row]] = of_row
            done += len(same[row])
        yield done
    return np.split(found, np.cumsum([len(one) for one in asked])[:-1])


def odds_of(logits: Tensor, answer: int | Tensor) -> Tensor:
    """Return the log-odds of a class against the rest [N], in float64, of logits [N, K]; a class for all, or [N]."""
    logits = logits.double()
    answers = torch.as_tensor(answer, device=logits.device).expand(len(logits))[:, None]
    others = logits.scatter(1, answers, -torch.inf)
    return logits.gather(1, answers)[:, 0] - others.logsumexp(dim=1)


def probability(log_odds: np.ndarray | float) -> np.ndarray:
    """Return the probability that log-odds stand for."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))))
