"""An experiment on disk <-> in memory: twin classifiers, their words and vectors, and what they reached.

A folder holds `experiment.json`, `vocabulary.txt`, `vectors.safetensors`, one `<variant>.safetensors` each,
`history.json`, a `README.md`, the plain classifier's `baseline.safetensors`, `learned.safetensors` (which texts it
learned from) and, if a second seed was trained, `spread.safetensors`; `word-history.safetensors` if there are twins,
`morphemes.txt`, with their counts, if it reads morphemes, and what somebody has measured: other rates (`rates.json`),
changed texts (`behaviour.json`), how far its heat-maps may be believed (`belief.json`), its encoders (`encoders.json`).
A frozen variant keeps no embedding of its own: its rows are the vectors, or those of the variant that its settings
name. A model from elsewhere is kept in full, so that it answers here as it does there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from attnviz.data.files import is_folder, models_folders, written_whole
from attnviz.data.steps import finished
from attnviz.errors import AttnvizError
from attnviz.model.about import SLUG, About, History
from attnviz.model.adoption.segmenter import PlainSegmenter
from attnviz.model.baseline import Baseline
from attnviz.model.batches import Sentences, Unknown, encode, read_all
from attnviz.model.behaviour import Behaviour, read_behaviour
from attnviz.model.belief_figures import BeliefFigures, read_belief_figures
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.encoder_figures import EncoderFigures, read_encoder_figures
from attnviz.model.explanation import Explanation, explain
from attnviz.model.learned import Learned, read_learned
from attnviz.model.rates import Rates, read_rates
from attnviz.model.storage import (
    Figures,
    Standings,
    existing,
    read_about,
    read_history,
    read_tensors,
    steadily,
    write_about,
    write_history,
)
from attnviz.model.variants import BASELINE, TWINS
from attnviz.model.weights import kept_tensors, read_models
from attnviz.model.word_history import WordHistory, read_word_history
from attnviz.morphemes import WORDS, Segmenter
from attnviz.text import Token, Vocabulary, listed
from attnviz.vectors.fasttext import FastTextVectors

if TYPE_CHECKING:
    from attnviz.analysis.belief.examination import Belief

MODELS, *_BESIDE = models_folders()  # where new ones go, and where else there are some
_SPREAD, _LEARNED = "spread.safetensors", "learned.safetensors"
_WORD_HISTORY, _RATES = "word-history.safetensors", "rates.json"
_BEHAVIOUR, BELIEF, _ENCODERS = "behaviour.json", "belief.json", "encoders.json"
_BASELINE = f"{BASELINE}.safetensors"
_MORPHEMES = "morphemes.txt"


def starting_rows(vocabulary: Vocabulary, vectors: FastTextVectors) -> Tensor:
    """Return the embedding [vocabulary, D] that variants start from: padding 0, unknown the mean word."""
    matrix = torch.from_numpy(vectors.matrix(vocabulary.words))
    return torch.cat((torch.zeros_like(matrix[:1]), matrix.mean(0, keepdim=True).half().float(), matrix))


def cosine_distance(one: Tensor, other: Tensor) -> np.ndarray:
    """Return 1 − cosine of the rows of two tables [N, D], as float64 [N]: exactly 0 where two rows are the same.

    It is half the squared gap between the rows at length 1, which does not lose a small distance to rounding.
    """
    one, other = one.double(), other.double()
    distance = (F.normalize(one) - F.normalize(other)).square().sum(1) / 2
    distance[~(one.any(1) & other.any(1))] = 1  # what has no length has cosine 0 to everything
    return distance.masked_fill((one == other).all(1), 0).numpy()


@dataclass(eq=False, repr=False)
class Experiment:
    """A data set's vocabulary and vectors with the variants trained on them, ready to be asked."""

    name: str
    about: About
    vocabulary: Vocabulary
    vectors: FastTextVectors
    models: dict[str, AttentionClassifier]
    figures: Figures = field(default_factory=dict, kw_only=True)
    standings: Standings = field(default_factory=dict, kw_only=True)
    baseline: Baseline | None = field(default=None, kw_only=True)
    history: History = field(default_factory=History, kw_only=True)
    card: str = field(default="", kw_only=True)
    spread: np.ndarray | None = field(default=None, kw_only=True)  # [vocabulary], 1 − cosine between two seeds' rows
    learned: Learned | None = field(default=None, kw_only=True)  # None: older ones and very large data keep none
    word_history: WordHistory | None = field(default=None, kw_only=True)  # None: older ones keep none
    rates: Rates | None = field(default=None, kw_only=True)  # None: nobody has measured any
    behaviour: Behaviour | None = field(default=None, kw_only=True)  # None: nobody has tested it
    belief_figures: BeliefFigures | None = field(default=None, kw_only=True)  # likewise
    encoder_figures: EncoderFigures | None = field(default=None, kw_only=True)  # likewise
    segmenter: Segmenter = field(default=WORDS, kw_only=True)  # how its classifiers' texts are cut

    def __post_init__(self) -> None:
        for model in self.models.values():
            model.eval().requires_grad_(False)

    @property
    def language(self) -> str:
        """The language of its sentences, as in “en”."""
        return self.about.language

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its classes."""
        return self.about.labels

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of its classifiers."""
        return tuple(self.models)

    @property
    def twins(self) -> tuple[str, str] | None:
        """The frozen variant and the fine-tuned one; None if one of them is missing."""
        return TWINS if self.models.keys() >= set(TWINS) else None

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the classifiers read."""
        return self.about.max_tokens

    def __repr__(self) -> str:
        labels, variants = ", ".join(self.labels), ", ".join(map(self._reached, self.variants))
        return f"<Experiment {self.name} ({self.language}) answers {labels}: {variants}>"

    def _repr_html_(self) -> str:
        title = f"<b>{escape(self.name)}</b> · {escape(self.language)} · {escape(', '.join(self.labels))}"
        rows = [("variant", "test rows", "right", "95% interval")]
        for variant in self.variants:
            if test := self.figures.get(variant, {}).get("all"):
                low, high = test.interval
                rows.append((variant, f"{test.n:,}", f"{test.accuracy:.1%}", f"{low:.1%} – {high:.1%}"))
            else:
                rows.append((variant, "–", "–", "–"))
        table = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        return f"{title}<table>{table}</table>"

    def _reached(self, variant: str) -> str:
        """Name a variant and how much of the test rows it got right."""
        test = self.figures.get(variant, {}).get("all")
        return f"{variant} {test.accuracy:.1%}" if test else variant

    def model(self, variant: str) -> AttentionClassifier:
        """Return a variant's classifier, in eval mode."""
        if variant not in self.variants:  # a tuple: any value can be looked for in it
            raise AttnvizError(
                "{experiment} has no variant “{variant}”: it has {variants}.",
                experiment=self.name,
                variant=variant,
                variants=", ".join(self.models),
            )
        return self.models[variant]

    def tokenize(self, text: str) -> list[Token]:
        """Cut a text as its classifiers read it, all of it, with the places of the tokens."""
        return self.segmenter.tokenize(text)

    def words(self, text: str) -> list[str]:
        """Return the look-up forms of the tokens of a text, all of them."""
        return self.segmenter.words(text)

    def explain(
        self,
        text: str,
        variant: str = "fine-tuned",
        unknown: Unknown = "subword",
        without: Collection[int] = (),
        *,
        masked: bool = False,
    ) -> Explanation:
        """Say what `variant` makes of `text`, with the tokens at the places in `without` left out.

        `masked` asks a model from elsewhere that reads padding what it would say if it did not.
        """
        model = self.model(variant)
        return explain(
            model.masked() if masked else model,
            text,
            vocabulary=self.vocabulary,
            vectors=self.vectors,
            labels=self.labels,
            experiment=self.name,
            variant=variant,
            max_tokens=self.max_tokens,
            unknown=unknown,
            without=without,
            segmenter=self.segmenter,
        )

    def belief(self, text: str, variant: str = "fine-tuned", unknown: Unknown = "subword") -> Belief:
        """Ask how far the heat-map of `text` by `variant` may be believed."""
        from attnviz.analysis.belief.examination import examine  # above this room: a door to it, not a floor under it
        from attnviz.analysis.belief.subject import Subject

        return finished(examine(Subject.of(self, self.explain(text, variant, unknown))))

    def encode(self, texts: Sequence[str], unknown: Unknown = "subword") -> Sentences:
        """Turn texts into ids, each cut at `max_tokens`."""
        return encode(
            [self.words(text)[: self.max_tokens] for text in listed(texts)], self.vocabulary, self.vectors, unknown
        )

    def predict(
        self,
        texts: Sequence[str],
        variant: str = "fine-tuned",
        unknown: Unknown = "subword",
        on_progress: Callable[[float], None] | None = None,
    ) -> np.ndarray:
        """Return the probabilities [N, K] of many texts, read in batches of like length."""
        model, sentences = self.model(variant), self.encode(texts := listed(texts), unknown)
        probabilities = np.zeros((len(texts), len(self.labels)))
        done = 0
        for rows, reading in read_all(model, sentences):
            probabilities[rows] = reading.logits.double().softmax(dim=1).cpu().numpy()
            done += len(rows)
            if on_progress:
                on_progress(done / len(texts))
        return probabilities

    def push_to_hub(
        self, repository: str, *, private: bool = False, token: str | None = None, message: str = ""
    ) -> str:
        """Send it to `owner/name` at the hub of huggingface_hub and return the address that `load` takes."""
        from attnviz.model.hub import push

        return push(self, repository, private=private, token=token, message=message)

    def save(self, folder: Path) -> Path:
        """Write `folder/<name>`, whole or not at all, in place of what was there; return it."""
        check_name(self.name)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / self.name
        try:
            with written_whole(target) as new:
                new.mkdir()
                self._write(new)
        except OSError as error:
            raise AttnvizError(
                "{path} cannot be written ({reason}). Make room there, or name another folder.",
                path=target,
                reason=error.strerror or error,
            ) from error
        return target

    def _write(self, new: Path) -> None:
        self.vocabulary.save(new / "vocabulary.txt")
        if self.segmenter.morphemes is not None:
            self.segmenter.morphemes.save(new / _MORPHEMES)
        self.vectors.save(new / "vectors.safetensors")
        for variant, model in self.models.items():
            save_file(kept_tensors(model, self.about, variant), new / f"{variant}.safetensors")
        if self.baseline:
            self.baseline.save(new / _BASELINE)
        if self.spread is not None:
            save_file({"spread": torch.from_numpy(self.spread).float()}, new / _SPREAD)
        if self.learned is not None:
            self.learned.save(new / _LEARNED)
        if self.word_history is not None:
            self.word_history.save(new / _WORD_HISTORY)
        if self.rates is not None:
            self.rates.save(new / _RATES)
        if self.behaviour is not None:
            self.behaviour.save(new / _BEHAVIOUR)
        if self.belief_figures is not None:
            self.belief_figures.save(new / BELIEF)
        if self.encoder_figures is not None:
            self.encoder_figures.save(new / _ENCODERS)
        write_history(new / "history.json", self.history)
        (new / "README.md").write_text(self.card, encoding="utf-8")
        write_about(new / "experiment.json", self.about, self.figures, self.standings)
        for file in new.iterdir():
            file.chmod(0o644)  # safetensors lets nobody else read, be it the server of a class


def load(name_or_path: str | Path) -> Experiment:
    """Open the experiment of that name among the models, the one in a folder, or `hf://owner/name` at a hub.

    Raises `AttnvizError` naming the file and the fault if the folder is not there or damaged.
    """
    if not isinstance(name_or_path, str | os.PathLike):
        raise AttnvizError(
            "Name an experiment, as in “reviews-en”, or give its folder: {given} is neither.",
            given=repr(name_or_path)[:80],
        )
    if str(name_or_path).startswith("hf://"):
        from attnviz.model.hub import fetched, said_of

        at, name = fetched(str(name_or_path))
        with said_of(str(name_or_path)):
            return replace(load(at), name=name)
    folder = Path(name_or_path)
    if not is_folder(folder) and re.fullmatch(SLUG, str(name_or_path)):
        folder = folder_of(str(name_or_path))
    if not is_folder(folder):
        raise AttnvizError(
            "There is no experiment “{name}”. These are there: {names}. A path to an experiment's folder works too.",
            name=str(name_or_path)[:300],
            names=", ".join(names()) or "—",
        )
    return steadily(_read, folder.resolve())


def _read(folder: Path) -> Experiment:
    about, figures, standings = read_about(folder / "experiment.json")
    vocabulary = Vocabulary.load(existing(folder / "vocabulary.txt"))
    vectors = FastTextVectors.open(existing(folder / "vectors.safetensors"))
    if vectors.words != vocabulary.words or vectors.dim != about.embedding_dim:
        raise AttnvizError(
            "{path}: its {words} words of {dim} dimensions do not fit the {expected} words of vocabulary.txt and the "
            "{embedding_dim} dimensions of experiment.json. Restore or rebuild the experiment.",
            path=folder / "vectors.safetensors",
            words=len(vectors.words),
            dim=vectors.dim,
            expected=len(vocabulary.words),
            embedding_dim=about.embedding_dim,
        )
    card = folder / "README.md"
    return Experiment(
        folder.name,
        about,
        vocabulary,
        vectors,
        read_models(folder, about, starting_rows(vocabulary, vectors)),
        figures=figures,
        standings=standings,
        baseline=_read_baseline(folder / _BASELINE, about),
        history=read_history(folder / "history.json"),
        card=card.read_text(encoding="utf-8", errors="replace") if card.is_file() else "",
        spread=_read_spread(folder / _SPREAD, len(vocabulary)),
        learned=read_learned(folder / _LEARNED),
        word_history=read_word_history(folder / _WORD_HISTORY, len(vocabulary), about.embedding_dim),
        rates=read_rates(folder / _RATES),
        behaviour=read_behaviour(folder / _BEHAVIOUR),
        belief_figures=read_belief_figures(folder / BELIEF),
        encoder_figures=read_encoder_figures(folder / _ENCODERS),
        segmenter=_segmenter(folder, about),
    )


def names(folder: Path | None = None) -> list[str]:
    """Return the names of the experiments in a folder, or of all there are, damaged ones too, in order."""
    tell_tale = ("experiment.json", "vocabulary.txt", "vectors.safetensors")  # one of them may be what is missing
    folders = (MODELS, *_BESIDE) if folder is None else (folder,)
    found = {path.parent.name for some in folders for name in tell_tale for path in some.glob(f"*/{name}")}
    return sorted(name for name in found if re.fullmatch(SLUG, name))


def folder_of(name: str) -> Path:
    """Return the folder of an experiment, among the models or where the shipped ones are; it need not be there."""
    return next((some / name for some in (MODELS, *_BESIDE) if (some / name).is_dir()), MODELS / name)


def unfinished_work(folder: Path, name: str) -> Path:
    """Return the folder in which the run that makes experiment `name` keeps its checkpoints."""
    return folder / f".{name}.training"


def check_name(name: str) -> None:
    """Raise `AttnvizError` unless `name` can be a folder and a part of a link."""
    if not re.fullmatch(SLUG, name):
        raise AttnvizError(
            "“{name}” cannot be an experiment's name: use 1 to 64 lower-case letters, digits and hyphens, "
            "as in “reviews-en”.",
            name=name,
        )


def _segmenter(folder: Path, about: About) -> Segmenter:
    if about.adopted:
        return PlainSegmenter(cut_at=about.adopted.cut, lower=about.adopted.lower)
    return Segmenter.load(existing(folder / _MORPHEMES)) if about.units == "morphemes" else WORDS


def _read_baseline(path: Path, about: About) -> Baseline | None:
    fitted = about.baseline
    return Baseline.load(path, fitted.terms, len(about.labels)) if fitted and not fitted.skipped else None


def _read_spread(path: Path, size: int) -> np.ndarray | None:
    return read_tensors(path, {"spread": (size,)})["spread"].double().numpy() if path.exists() else None
