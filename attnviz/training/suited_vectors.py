"""Which word vectors suit the rows: those of an experiment as they are, or the same after they have read the rows too.

A few thousand rows are too few to learn vectors from, and an experiment's may come from other texts: film reviews know
little of the news. So both are tried by what they are wanted for: a logistic regression tells the classes apart by the
mean vector of each text, and the vectors with which it is right more often in cross-validation are taken.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from attnviz.data.files import models_folders, written_whole
from attnviz.data.steps import told
from attnviz.model.about import VectorsInfo
from attnviz.model.archive import SHIPPED
from attnviz.model.experiment import Experiment, load
from attnviz.text import Vocabulary
from attnviz.training.config import TrainingConfig, other_run
from attnviz.training.loaders import TokenizedRows
from attnviz.training.progress import Progress
from attnviz.training.vectors import Corpus
from attnviz.vectors.fasttext import FastTextVectors

MOST_ROWS = 20_000  # so many can give vectors of their own
_COMPARED = 4_000  # rows
_FOLDS = 5
_STRENGTH = 0.03  # inverse of the regularisation, for numbers of variance 1


def lenders(language: str, models: Path) -> list[Experiment]:
    """Return the shipped experiments of a language, from a folder, or from where an installation has them."""
    places = [folder / name for name in sorted(SHIPPED) for folder in (models, *models_folders()[1:])]
    found = [load(place) for place in places if place.is_dir()]
    return [experiment for experiment in found if experiment.about.language == language]


def suited_vectors(
    rows: TokenizedRows, vocabulary: Vocabulary, config: TrainingConfig, lenders: Sequence[Experiment], kept: Path
) -> Generator[Progress, None, tuple[FastTextVectors, VectorsInfo]]:
    """Return the vectors that suit the rows, as float16 gives them back, and how they were made.

    Of several lenders the one whose vectors suit best as they are is tried further. A run that goes on takes what it
    had chosen; another's raise `AttnvizError`.
    """
    note = kept.with_suffix(".json")
    if not note.exists():
        suits = {one.name: suitability(one.vectors, rows, config.seed) for one in lenders}
        lender = max(lenders, key=lambda one: suits[one.name])
        corpus = Corpus.of(rows.words, vocabulary, config)
        steps = FastTextVectors.training(
            corpus.sentences,
            corpus.counts,
            **lender.vectors.sizes,
            epochs=corpus.epochs,
            seed=config.seed,
            start=lender.vectors,
        )
        further = yield from told(steps, lambda fraction: Progress("vectors", fraction))
        chosen, info = lender.vectors, replace(lender.about.vectors, source=lender.name)
        as_they_are = suits[lender.name]
        error = (as_they_are * (1 - as_they_are) / min(len(rows.words), _COMPARED)) ** 0.5
        if suitability(further, rows, config.seed) > as_they_are + error:  # what is known of rare words gets lost
            chosen, info = further, replace(info, source=f"{lender.name}, trained on with the training rows")
            info = replace(info, epochs=corpus.epochs)
        with written_whole(kept) as new:
            chosen.with_words(vocabulary.words).save(new)
        with written_whole(note) as new:
            new.write_bytes(TypeAdapter(VectorsInfo).dump_json(info, by_alias=True))
    vectors = FastTextVectors.open(kept)
    if vectors.words != vocabulary.words:
        raise other_run(kept)
    return vectors, TypeAdapter(VectorsInfo).validate_json(note.read_bytes())


def suitability(vectors: FastTextVectors, rows: TokenizedRows, seed: int) -> float:
    """Return the share of rows that a logistic regression on mean vectors gets right in cross-validation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    drawn = np.random.default_rng(seed).permutation(len(rows.words))[:_COMPARED]
    known = list(dict.fromkeys(word for row in drawn for word in rows.words[row]))
    place, table = {word: at for at, word in enumerate(known)}, vectors.matrix(known)
    nothing = np.zeros(vectors.dim, dtype=np.float32)
    texts = [[place[word] for word in rows.words[row]] for row in drawn]
    means = [table[at].mean(axis=0) if at else nothing for at in texts]
    labels = np.asarray(rows.labels)[drawn]
    folds = KFold(min(_FOLDS, len(drawn)), shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fold may lack a class, and then counts for nothing
        regression = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=300))
        return float(cross_val_score(regression, np.stack(means), labels, cv=folds, error_score=0.0).mean())
