"""The variants of an experiment in training: they take every step in turn, on the same batch.

Everything random is drawn from the seed, the epoch and the step alone, so the twins see the same rows under the same
dropout masks, and a run that was stopped goes on as if it had not been.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_

from attnviz.data.files import written_whole
from attnviz.data.streaming import StreamedRows
from attnviz.errors import AttnvizError
from attnviz.model.about import About, EpochResult, History, Probe, ProbeReading, to_json
from attnviz.model.batches import Batch, Sentences, by_length, encode, read_all
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import starting_rows
from attnviz.model.explanation import explain
from attnviz.model.variants import TWINS
from attnviz.model.word_history import WordHistory
from attnviz.morphemes import WORDS, Segmenter
from attnviz.text import Vocabulary
from attnviz.training.config import TrainingConfig, other_run
from attnviz.training.distributed import ALONE, Ranks
from attnviz.training.loaders import BatchLoader, TokenizedRows, balanced, loader
from attnviz.training.optimizer import LazyAdam
from attnviz.training.progress import Progress
from attnviz.vectors.fasttext import FastTextVectors

_BFLOAT16_MUST_GAIN = 1.1  # times as fast, so that noise does not decide
_WORDS = "word-history/"  # no variant can be called so
_AVERAGED = 1 / 12  # of all steps are what the weights are averaged over


class VariantTrainer:
    """One variant with its optimisers; only embedding rows that occur in a batch are updated.

    `averages` are the moving averages of its weights over the last steps (Polyak and Juditsky 1992): with few rows the
    last step alone is much the doing of the rows it has seen.

    Word vectors that another variant has learned on the same rows say of a rare word which class those had, and who
    reads them learns to believe that. So half of the words of a batch, drawn anew each step, are read as they `began`
    [vocabulary, D] (after Lee, Cho and Kang 2020, who call it mixout).
    """

    def __init__(
        self, model: AttentionClassifier, config: TrainingConfig, ranks: Ranks = ALONE, began: Tensor | None = None
    ) -> None:
        self.model = model
        self.began = None if began is None else began.to(model.fc.weight.device)
        self.averages = {name: value.clone() for name, value in _moving(model).items()}
        self.ranks = ranks
        self.clip = config.clip
        self.input_dropout = config.input_dropout
        model.embedding.sparse = True
        self.dense = [p for name, p in model.named_parameters() if name != "embedding.weight"]
        adam = torch.optim.Adam(self.dense, fused=True)
        self.rates: dict[torch.optim.Optimizer, float] = {adam: config.learning_rate}
        if model.embedding.weight.requires_grad:
            self.rates[LazyAdam([model.embedding.weight])] = config.embedding_rate

    def step(
        self, batch: Batch, labels: Tensor, factor: float, bfloat16: bool, share: float = 1.0, kept: float = 0.0
    ) -> Tensor:
        """Take one step at `factor` of the learning rates and return the loss (nats), a scalar.

        `share` is this rank's part of the rows of the whole batch; the step and the loss are of that one. Of the
        averaged weights a share is `kept`, the rest is what the step reached.
        """
        for optimizer in self.rates:
            optimizer.zero_grad()
        loss = labels.new_zeros((), dtype=torch.float32)
        if share:
            loss = self.loss(batch, labels, bfloat16) * share
            loss.backward()
        loss = self.ranks.add_gradients(self.dense, self.model.embedding.weight, loss.detach())
        clip_grad_norm_(self.dense, self.clip)
        rows = self.model.embedding.weight
        if rows.grad is not None:
            rows.grad = rows.grad.coalesce()
            rows.grad.mul_((self.clip / (rows.grad.values().norm() + 1e-6)).clamp(max=1.0))
        for optimizer, rate in self.rates.items():
            optimizer.param_groups[0]["lr"] = rate * factor
            optimizer.step()
        torch._foreach_lerp_(list(self.averages.values()), list(_moving(self.model).values()), 1 - kept)
        return loss

    def loss(self, batch: Batch, labels: Tensor, bfloat16: bool) -> Tensor:
        """Return the cross-entropy of a batch (nats) with its classes [B], or with targets [B, K]."""
        with torch.autocast(labels.device.type, dtype=torch.bfloat16, enabled=bfloat16):
            logits = batch.read(self.model, self.input_dropout, self.began).logits
        return F.cross_entropy(logits.float(), labels)

    def tensors(self) -> dict[str, Tensor]:
        """Return all that a checkpoint needs to go on: parameters that move, and the optimisers' state."""
        kept = {f"model/{name}": value for name, value in _moving(self.model).items()}
        kept |= {f"average/{name}": value for name, value in self.averages.items()}
        for o, optimizer in enumerate(self.rates):
            for p, state in optimizer.state_dict()["state"].items():
                kept |= {f"optimizer{o}/{p}/{key}": torch.as_tensor(value) for key, value in state.items()}
        return kept

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Take back what `tensors` gave."""
        for o, optimizer in enumerate(self.rates):
            whole = optimizer.state_dict()
            for name in [name for name in tensors if name.startswith(f"optimizer{o}/")]:
                _, p, key = name.split("/")
                whole["state"].setdefault(int(p), {})[key] = tensors[name]
            optimizer.load_state_dict(whole)
        _put(self.model, _under("model/", tensors))
        self.averages |= _under("average/", tensors)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Let the model have its averaged weights for a while."""
        reached = {name: value.clone() for name, value in _moving(self.model).items()}
        _put(self.model, self.averages)
        try:
            yield
        finally:
            _put(self.model, reached)


class Trainer:
    """All variants of an experiment, their history and their checkpoint."""

    def __init__(
        self,
        about: About,
        config: TrainingConfig,
        vocabulary: Vocabulary,
        vectors: FastTextVectors,
        checkpoint: Path,
        *,
        lstm: dict[str, Tensor] | None = None,
        lent: Tensor | None = None,
        ranks: Ranks = ALONE,
        segmenter: Segmenter = WORDS,
    ) -> None:
        """Make the variants: they start from the same weights, their LSTM from the state `lstm` if that is given.

        Their word vectors are those of `vectors`, or `lent` [vocabulary, D], which were learned on the same rows.
        """
        self.about, self.config, self.vocabulary, self.vectors = about, config, vocabulary, vectors
        self.checkpoint = checkpoint
        self.ranks, self.segmenter = ranks, segmenter
        self.device = usual_device()
        start = starting_rows(vocabulary, vectors)
        self.twins: dict[str, VariantTrainer] = {}
        for variant in about.variants:
            torch.manual_seed(config.seed)
            model = about.build(variant, start if lent is None else lent, config.dropout)
            if lstm and model.encoder == "lstm":
                model.lstm.load_state_dict(lstm)
            self.twins[variant] = VariantTrainer(model.to(self.device), config, ranks, None if lent is None else start)
        self.best: dict[str, dict[str, Tensor]] = {}
        self.bfloat16 = config.bfloat16  # None: not measured yet
        self.words: WordHistory | None = None  # how they move, where there are twins to be compared
        if about.variants.keys() >= set(TWINS):
            self.words = WordHistory.begin(start.numpy(), config.epochs or 0)
        self._start = start
        self.history = History(
            tuple(Probe(text, tuple(token.text for token in segmenter.tokenize(text))) for text in config.probes)
        )

    def fit(
        self,
        train: TokenizedRows | StreamedRows,
        validation: TokenizedRows,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Progress]:
        """Train, yield at every step, and leave each variant at the averaged weights of the epoch that is kept.

        If rows are of groups, an epoch draws as many of each group as the smallest one has; so does the validation.
        Once an epoch has ended, training ends early as soon as it is `enough`, which is asked at every step.
        """
        chosen = self.ranks.share(balanced(validation.groups, np.random.default_rng(self.config.seed)))
        checks = self._encode([validation.words[row][: self.about.max_tokens] for row in chosen])
        truth = np.asarray(validation.labels)[chosen]
        supply = loader(train, self._encode)
        epochs, steps = self.config.epochs, supply.steps(self.config.batch_size)
        assert epochs is not None, "the number of rows says it: `TrainingConfig.for_rows`"
        if not self.history.epochs:
            self._end_epoch(checks, truth, {})
            yield Progress("training", 0.0, epochs=epochs, **self._reached())
        began, first = time.monotonic(), len(self.history.epochs)
        for epoch in range(first, epochs + 1):
            sums = dict.fromkeys(self.twins, 0.0)
            for step, (batch, wanted, share) in enumerate(self._batches(supply, epoch), start=1):
                if self.best and self.ranks.agree(should_stop):
                    self._take_best()
                    return
                done = (epoch - 1) * steps + step
                if self.bfloat16 is None:
                    self.bfloat16 = self.ranks.agree(lambda: self._bfloat16_pays(batch, wanted))  # noqa: B023 - now
                for variant, twin in self.twins.items():
                    # the same dropout mask for every variant, another for every rank
                    torch.manual_seed(self.config.seed + done - 1 + (self.ranks.rank << 40))
                    factor = self.config.rate(done / (epochs * steps + 1))
                    kept = min(1 - 1 / max(1, _AVERAGED * epochs * steps), done / (done + 9))  # fewer at first
                    sums[variant] += float(twin.step(batch, wanted, factor, self.bfloat16, share, kept))
                losses = {variant: total / step for variant, total in sums.items()}
                last = step == steps
                if last:
                    self._end_epoch(checks, truth, losses)
                yield Progress(
                    "training",
                    fraction=done / (epochs * steps),
                    epoch=epoch,
                    epochs=epochs,
                    step=step,
                    steps=steps,
                    losses=losses,
                    seconds_left=(time.monotonic() - began) / (done - (first - 1) * steps) * (epochs * steps - done),
                    **(self._reached() if last else {}),
                )
        self._take_best()

    def _batches(self, supply: BatchLoader, epoch: int) -> Iterator[tuple[Batch, Tensor, float]]:
        """Yield the batches of an epoch, this rank's rows of each: with their classes, and their share of the whole."""
        random = np.random.default_rng((self.config.seed, epoch))
        for window in supply.chunks(random):
            ids = [self.config.excerpt(window.sentences.ids[row], random) for row in window.rows]
            for rows in by_length(np.array([len(row) for row in ids]), self.config.batch_size, random):
                own = self.ranks.share(rows)
                wanted = torch.from_numpy(window.labels[window.rows[own]]).to(self.device)
                yield Batch.of([ids[row] for row in own], window.sentences, self.device), wanted, len(own) / len(rows)
            del window, ids  # before the next is read

    def models(self) -> dict[str, AttentionClassifier]:
        """Return the classifiers as an experiment's folder will give them back: at float16."""
        return {variant: twin.model.cpu().half().float() for variant, twin in self.twins.items()}

    def _take_best(self) -> None:
        for variant, twin in self.twins.items():
            _put(twin.model, self.best[variant])

    def _reached(self) -> dict[str, Any]:
        """Return what `Progress` tells of an epoch that has ended."""
        last = self.history.epochs[-1]
        return {
            "accuracy": {variant: result.validation_accuracy for variant, result in last.items()},
            "checked": self.history.checked or 0,
            "probes": {variant: result.probes for variant, result in last.items()} if self.config.probes else {},
            "tokens": tuple(probe.tokens for probe in self.history.probes) or None,
        }

    def _encode(self, token_words: Sequence[Sequence[str]]) -> Sentences:
        sentences = encode(token_words, self.vocabulary, self.vectors)
        return Sentences(sentences.ids, sentences.oov.to(self.device), sentences.vocabulary_size)

    def _bfloat16_pays(self, batch: Batch, labels: Tensor) -> bool:
        """Time forward and backward passes in both precisions in turn, where the processor knows bfloat16 at all."""
        if self.device.type == "cpu" and torch.backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2"):
            return False
        twin = next(iter(self.twins.values()))
        inmost = next(p for name, p in twin.model.named_parameters() if name.startswith(("lstm", "transformer")))
        seconds: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(7):
            for bfloat16, timings in seconds.items():
                began = time.perf_counter()
                float(torch.autograd.grad(twin.loss(batch, labels, bfloat16), inmost)[0].sum())
                timings.append(time.perf_counter() - began)
        return min(seconds[False]) > _BFLOAT16_MUST_GAIN * min(seconds[True])

    def _end_epoch(self, checks: Sentences, truth: np.ndarray, losses: dict[str, float]) -> None:
        """Measure the averaged weights on validation rows and probes, keep those to be kept, write the checkpoint."""
        results: dict[str, EpochResult] = {}
        count = self.ranks.add(len(truth))
        for variant, twin in self.twins.items():
            twin.model.eval()
            with twin.averaged():
                right = sum(
                    int((reading.logits.argmax(1).cpu().numpy() == truth[rows]).sum())
                    for rows, reading in read_all(twin.model, checks)
                )
                probes = tuple(self._probe(twin.model, variant, text) for text in self.config.probes)
            accuracy = self.ranks.add(right) / count
            results[variant] = EpochResult(losses.get(variant), accuracy, probes)
            twin.model.train()
        self.history = replace(self.history, epochs=(*self.history.epochs, results), checked=int(count))
        for variant in self.twins if losses else ():
            if self._is_kept(variant):
                self._keep(variant)
        if self.words and losses:
            ids = torch.from_numpy(self.words.ids).long()
            rows = self.twins[TWINS[1]].averages["embedding.weight"][ids.to(self.device)].cpu()
            self.words = self.words.after((rows - self._start[ids]).numpy())
        if self.ranks.first:
            self._save()

    def _probe(self, model: AttentionClassifier, variant: str, text: str) -> ProbeReading:
        explanation = explain(
            model,
            text,
            vocabulary=self.vocabulary,
            vectors=self.vectors,
            labels=self.about.labels,
            experiment="",
            variant=variant,
            max_tokens=self.about.max_tokens,
            segmenter=self.segmenter,
        )
        return ProbeReading(
            weights=tuple(round(value, 5) for value in explanation.weights.tolist()),
            probabilities=tuple(round(value, 5) for value in explanation.probabilities.tolist()),
        )

    def _is_kept(self, variant: str) -> bool:
        """Return whether the last epoch is the one to keep; epoch 0 is the untrained classifier."""
        return self.history.kept(variant) == len(self.history.epochs) - 1

    def _keep(self, variant: str) -> None:
        self.best[variant] = {name: value.clone() for name, value in self.twins[variant].averages.items()}

    def _save(self) -> None:
        tensors = {f"{v}/{name}": value for v, twin in self.twins.items() for name, value in twin.tensors().items()}
        for variant, best in self.best.items():
            if not self._is_kept(variant):  # else it is the average
                tensors |= {f"{variant}/best/{name}": value for name, value in best.items()}
        if self.words:
            tensors |= {f"{_WORDS}{name}": torch.from_numpy(value) for name, value in self.words.tensors().items()}
        state = {"run": self._settings(), "history": asdict(self.history), "bfloat16": self.bfloat16}
        with written_whole(self.checkpoint) as new:  # on a full disk the checkpoint before this one stays
            save_file(
                {name: value.cpu().contiguous() for name, value in tensors.items()},
                new,
                metadata={"state": json.dumps(state)},
            )

    def _settings(self) -> Any:
        """Return what a run that goes on must share with the one that was stopped, as JSON gives it back."""
        return [to_json(self.about), list(self.config.probes)]

    def restore(self) -> None:
        """Go on from the checkpoint if there is one; raises `AttnvizError` for one of other settings."""
        if not self.checkpoint.exists():
            return
        try:
            with safe_open(self.checkpoint, framework="pt", device=str(self.device)) as file:
                state = json.loads(file.metadata()["state"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
        except (OSError, SafetensorError) as error:
            raise AttnvizError(
                "{path}: the checkpoint cannot be read ({fault}). Train without resuming.",
                path=self.checkpoint,
                fault=error,
            ) from error
        if state["run"] != self._settings():
            raise other_run(self.checkpoint)
        self.history, self.bfloat16 = History.of(state["history"]), state["bfloat16"]
        kept = {name: value.cpu().numpy() for name, value in _under(_WORDS, tensors).items()}
        self.words = WordHistory(**kept) if kept else None  # an older version kept none
        for variant, twin in self.twins.items():
            own = _under(f"{variant}/", tensors)
            twin.restore(own)
            best = _under("best/", own)
            if best:
                self.best[variant] = best
            elif len(self.history.epochs) > 1:
                self._keep(variant)


def usual_device() -> torch.device:
    """Return where training happens: on the GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _moving(model: AttentionClassifier) -> dict[str, Tensor]:
    """Return the parameters that training moves."""
    return {name: value.detach() for name, value in model.named_parameters() if value.requires_grad}


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors whose names begin with a prefix, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _put(model: AttentionClassifier, values: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, value in values.items():
            model.get_parameter(name).copy_(value)
