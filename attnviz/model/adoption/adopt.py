"""A model that was trained elsewhere -> an experiment that answers as that model does.

It is read as it was trained: without a mask, padding and all, unless it is told that there was one.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor, nn

from attnviz.errors import AttnvizError, check_range, enumerate_values
from attnviz.model.about import MOST_POSITIONS, About, AdoptedInfo, Cut, DataInfo, TrainingInfo, VectorsInfo
from attnviz.model.adoption.segmenter import PlainSegmenter, fitting_segmenter
from attnviz.model.adoption.state import State, read_state
from attnviz.model.adoption.words import PADDINGS, Given, Words, read_words
from attnviz.model.experiment import Experiment, check_name
from attnviz.model.model_card import card
from attnviz.model.variants import TWINS, VariantConfig
from attnviz.text import Vocabulary
from attnviz.vectors.cosine import unit_rows
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.pruning import prune

Model = nn.Module | Mapping[str, Any] | str | Path
MAX_LEN = 200
_MOST_LABELS, _NGRAMS = 1000, 50_000  # n-grams: of a .bin
_HANGUL = re.compile("[\uac00-\ud7a3]")
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST_LABEL = 100  # characters
_LARGEST = float(np.finfo(np.float16).max)
_NEAR = 0.5  # cosine of the model's rows to those of the vectors, below which they hardly are its


@dataclass(frozen=True)
class Adoption:
    """An experiment made of a model from elsewhere, and what its owner should know of how it was understood."""

    experiment: Experiment
    remarks: tuple[AttnvizError, ...] = ()


@dataclass(frozen=True)
class Reads:
    """How a model reads its texts; what is None is told from its vocabulary."""

    max_len: int = MAX_LEN  # tokens of a text that are read, and to which it is filled up
    masked: bool = False  # whether padding takes no part
    cut: Cut | None = None
    lower: bool | None = None
    language: str | None = None
    padding: str | int | None = None  # the entry of the vocabulary for padding, or its id
    unknown: str | int | None = None  # likewise for unknown words


def adopt(
    model: Model,
    vocabulary: Given,
    labels: Sequence[str],
    *,
    name: str = "mine",
    fine_tuned: Model | None = None,
    vectors: FastTextVectors | Experiment | str | Path | None = None,
    **reads: Any,
) -> Experiment:
    """Make an experiment of a model of the course's class, `embedding`, `lstm`, `attention` and `fc`.

    `model` is the module, its `state_dict()`, or a file of that by safetensors or torch; with a second one,
    `fine_tuned`, the first is the twin whose word vectors stayed frozen. `vocabulary` is word -> id, a list in the
    order of the ids, or a file of either. `vectors` give words outside it a vector by their n-grams; without them
    every such word is <unk>. How it reads are the fields of `Reads`: `max_len` (200), `masked` (False: padding is read
    like words, as the course's class does), `cut` (words, letters or spaces), `lower`, `language`, `padding`,
    `unknown`. What is worth knowing of how it was understood is a warning; what does not fit is an `AttnvizError`.
    """
    found = adoption(model, vocabulary, labels, name=name, fine_tuned=fine_tuned, vectors=vectors, reads=Reads(**reads))
    for remark in found.remarks:
        warnings.warn(str(remark), stacklevel=2)
    return found.experiment


def adoption(
    model: Model,
    vocabulary: Given,
    labels: Sequence[str],
    *,
    name: str,
    fine_tuned: Model | None = None,
    vectors: FastTextVectors | Experiment | str | Path | None = None,
    reads: Reads,
) -> Adoption:
    """Do what `adopt` does, and hand back its remarks."""
    check_name(name)
    if not isinstance(reads.max_len, int):
        raise AttnvizError("max_len is a number of tokens, not {given}.", given=repr(reads.max_len)[:40])
    check_range("max_len", reads.max_len, 1, MOST_POSITIONS)
    if reads.cut is not None and reads.cut not in get_args(Cut):
        ways = enumerate_values(get_args(Cut))
        raise AttnvizError("cut is one of {ways}, not {given}.", ways=ways, given=repr(reads.cut)[:40])
    if reads.language and not re.fullmatch("[a-z]{2,3}", reads.language):
        raise AttnvizError("language is a code such as en or ko, not {given}.", given=repr(reads.language)[:40])
    states = _states(model, fine_tuned)
    first = next(iter(states.values()))
    words = read_words(vocabulary, first.rows, reads.padding, reads.unknown)
    if words.padding is None and not reads.masked:
        raise AttnvizError(
            "No entry of the vocabulary stands for padding ({names}), and id 0 is a word's. Name the entry by "
            "`padding`, or say that the model reads no padding by `masked`.",
            names=", ".join(PADDINGS[:2]),
        )
    kept = words.kept
    known = Vocabulary(tuple(kept), [words.counts.get(word, 0) for word in kept])
    segmenter = fitting_segmenter(known.words, reads.cut, reads.lower)
    names, states = _with_labels(labels, states)
    dim, hidden, _ = first.sizes
    own, source, remark = _vectors(vectors, known, _rows(first, words, kept)[2:].numpy())
    file = Path(model).name if isinstance(model, str | Path) else type(model).__name__
    about = About(
        language=reads.language or _language(known),
        labels=names,
        data=DataInfo(name=file, source="unknown: the model came from elsewhere"),
        vectors=source,
        training=TrainingInfo(),
        embedding_dim=dim,
        hidden_dim=hidden,
        max_tokens=reads.max_len,
        variants={
            variant: VariantConfig(freeze_embeddings=variant == TWINS[0], scorer=state.scorer)
            for variant, state in states.items()
        },
        adopted=AdoptedInfo(file, segmenter.cut_at, segmenter.lower, None if reads.masked else reads.max_len),
    )
    models = {}
    for variant, state in states.items():
        rows = _rows(state, words, kept)
        models[variant] = about.build(variant, rows)
        models[variant].load_state_dict({**state.tensors, "embedding.weight": rows})
    made = Experiment(name, about, known, own, models, segmenter=segmenter)
    made.card = card(made)
    never = [word for word in known.words if segmenter.words(word) != [word]]
    return Adoption(made, (*words.remarks, *_on_reading(never, known, segmenter), *([remark] if remark else [])))


def _states(model: Model, fine_tuned: Model | None) -> dict[str, State]:
    """Return the numbers by variant: twins, if two are given, of the same sizes."""
    if fine_tuned is None:
        return {TWINS[1]: read_state(model)}
    frozen, tuned = read_state(model), read_state(fine_tuned)
    here, there = ((one.rows, *one.sizes, one.scorer) for one in (frozen, tuned))
    if here != there:
        raise AttnvizError(
            "The two models are no twins: one has {here} rows, numbers of a word vector, of a hidden state, classes "
            "and scorer, the other {there}.",
            here=enumerate_values(here),
            there=enumerate_values(there),
        )
    return {TWINS[0]: frozen, TWINS[1]: tuned}


def _with_labels(labels: Sequence[str], states: dict[str, State]) -> tuple[tuple[str, ...], dict[str, State]]:
    """Check labels against the classes; a single logit of two classes is that of the second against 0."""
    names = tuple(labels.split(",") if isinstance(labels, str) else labels)
    classes = next(iter(states.values())).sizes[2]
    if classes == 1 and len(names) == 2:
        states = {variant: replace(state, tensors=_two_logits(state.tensors)) for variant, state in states.items()}
        classes = 2
    if len(names) != classes:
        raise AttnvizError(
            "{count} labels were given ({labels}), but fc has {classes} classes: name each class once, in its order.",
            count=len(names),
            labels=enumerate_values(names),
            classes=classes,
        )
    for at, label in enumerate(names):
        plain = isinstance(label, str) and label.strip() and len(label) <= _LONGEST_LABEL and not _UNFIT.search(label)
        if not plain or label.strip() in [other.strip() for other in names[:at]]:
            raise AttnvizError(
                "{label} cannot be a label: each is some text in one line, and another one than the others.",
                label=repr(label)[:60],
            )
    if len(names) > _MOST_LABELS:
        raise AttnvizError("{count} labels: attnviz takes up to {limit}.", count=len(names), limit=_MOST_LABELS)
    return names, states


def _two_logits(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return tensors | {
        name: torch.cat((torch.zeros_like(tensors[name]), tensors[name])) for name in ("fc.weight", "fc.bias")
    }


def _rows(state: State, words: Words, kept: Mapping[str, int]) -> Tensor:
    """Return the embedding as attnviz numbers its rows: padding, unknown, then the words."""
    table = state.tensors["embedding.weight"]
    padding = torch.zeros_like(table[0]) if words.padding is None else table[words.padding]
    unknown = padding if words.unknown is None else table[words.unknown]
    return torch.cat((padding[None], unknown[None], table[list(kept.values())]))


def _vectors(
    given: FastTextVectors | Experiment | str | Path | None, vocabulary: Vocabulary, rows: np.ndarray
) -> tuple[FastTextVectors, VectorsInfo, AttnvizError | None]:
    """Return what gives a word outside the vocabulary a vector, how it is called, and whether that is to be doubted.

    Without any vectors it is the model's own rows [words, D], which know no n-gram.
    """
    dim = rows.shape[1]
    if given is None:
        if np.abs(rows).max(initial=0) > _LARGEST:
            raise AttnvizError(
                "embedding.weight holds numbers above {limit:g}: was the training unstable?", limit=_LARGEST
            )
        none = np.zeros((0, dim), dtype=np.float16)
        own = FastTextVectors(vocabulary.words, rows.astype(np.float16), none, min_n=3, max_n=6)
        return own, VectorsInfo("the rows of the model's own embedding"), None
    if isinstance(given, str | Path):
        given = _opened(given)
    source, lent = (given.name, given.vectors) if isinstance(given, Experiment) else ("", given)
    if lent.dim != dim:
        raise AttnvizError(
            "The vectors have {dim} dimensions and the embedding of the model {own}: give those it started from, or "
            "none.",
            dim=lent.dim,
            own=dim,
        )
    if lent.source:
        own = prune(lent, dict.fromkeys(vocabulary.words, 1), vocabulary.words, _NGRAMS)
    else:
        own = lent.with_words(vocabulary.words)
    source = source or (lent.source.name if lent.source else "a file")
    cosine = float(np.median((unit_rows(own.matrix(own.words)) * unit_rows(rows)).sum(axis=1))) if len(rows) else 1.0
    doubt = AttnvizError(
        "The rows of the model have little to do with the vectors (median cosine {cosine:.2f}): what these give words "
        "outside the vocabulary means little to it. Give the vectors that it started from, or none.",
        cosine=cosine,
    )
    info = VectorsInfo(
        source,
        min_n=own.min_n,
        max_n=own.max_n,
        ngram_units=own.ngram_units,
        buckets=own.buckets,
        ngrams=own.kept_ngrams if lent.source else None,
    )
    return own, info, doubt if cosine < _NEAR else None


def _opened(path: str | Path) -> FastTextVectors | Experiment:
    from attnviz.model.experiment import load, names

    if str(path) in names() or Path(path).is_dir():
        return load(path)
    return FastTextVectors.open(path)


def _language(vocabulary: Vocabulary) -> str:
    hangul = sum(_HANGUL.search(word) is not None for word in vocabulary.words)
    return "ko" if 2 * hangul > len(vocabulary.words) else "en"


def _on_reading(never: Sequence[str], known: Vocabulary, segmenter: PlainSegmenter) -> Iterable[AttnvizError]:
    """Say how texts are cut, if some words of the vocabulary can never come of it."""
    if never:
        yield AttnvizError(
            "Texts are cut as `{cut}`, by which {count} of the {words} words of the vocabulary are never read, such as "
            "{some}. If that is not how the model was trained, say so by `cut` (words, letters, spaces) and `lower`.",
            cut=segmenter.cut_at,
            count=f"{len(never):,}",
            words=f"{len(known.words):,}",
            some=enumerate_values(never[:3]),
        )
