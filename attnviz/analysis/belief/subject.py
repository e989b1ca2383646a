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
    sentences: Sentences
    answer: int
    _seed: int = field(default=0)

    @classmethod
    def of(cls, experiment: Classifiers, explanation: Explanation) -> Subject:
        """Take the tokens that an explanation is of: what was cut off or struck out takes no part."""
        words = [token.word for token in explanation.tokens]
        sentences = encode([words], experiment.vocabulary, experiment.vectors, explanation.unknown)
        told = "\0".join((explanation.variant, explanation.unknown, *words)).encode("utf-8", "surrogatepass")
        seed = int.from_bytes(sha256(told).digest()[:8], "big")
        model = experiment.model(explanation.variant)
        return cls(explanation, model, sentences, int(explanation.probabilities.argmax()), seed)

    @property
    def ids(self) -> np.ndarray:
        """The ids of its tokens [T]."""
        return self.sentences.ids[0]

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

    def slopes(self, vectors: Tensor, along: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-odds [N] where the tokens have other vectors [N, T, D], T > 0, and their slopes [N, T].

        A token's slope is the gradient with respect to its own vector times a direction, that of `along` [T, D].
        """
        count, steps, _ = vectors.shape
        table = vectors.flatten(0, 1).requires_grad_()  # the classifier's own parameters get no gradient
        places = torch.arange(count * steps, device=table.device).reshape(count, steps)
        reading = self.model.read(table, places, torch.full((count,), steps, device=table.device))
        odds = odds_of(reading.logits, self.answer)
        (gradients,) = torch.autograd.grad(odds.sum(), table)
        slopes = (gradients.reshape(vectors.shape) * along).double().sum(dim=2)
        return odds.detach().cpu().numpy(), slopes.cpu().numpy()

    def logits(self, sequences: Sequence[np.ndarray]) -> Reading:
        """Read sequences of ids in place of the sentence and return their logits [N, K]."""
        found, done = np.zeros((len(sequences), len(self.explanation.labels))), 0
        for rows in by_tokens(np.array([len(one) for one in sequences], dtype=np.int64), TOKENS):
            with torch.inference_mode():
                batch = Batch.of([sequences[row] for row in rows], self.sentences, self.model.fc.weight.device)
                found[rows] = batch.read(self.model).logits.double().cpu().numpy()
            done += len(rows)
            yield done
        return found

    def log_odds(self, sequences: Sequence[np.ndarray]) -> Reading:
        """Read sequences of ids in place of the sentence and return the log-odds of its answer [N]."""
        logits = yield from self.logits(sequences)
        return np.asarray(odds_of(torch.from_numpy(logits), self.answer).numpy())


def odds_of(logits: Tensor, answer: int) -> Tensor:
    """Return the log-odds of a class against the rest [N], in float64, of logits [N, K]."""
    logits = logits.double()
    others = torch.cat((logits[:, :answer], logits[:, answer + 1 :]), dim=1)
    return logits[:, answer] - others.logsumexp(dim=1)


def probability(log_odds: np.ndarray | float) -> np.ndarray:
    """Return the probability that log-odds stand for."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))))
