"""What a class typed -> an experiment of its own, trained in seconds on the word vectors of one that is there."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from hashlib import blake2b
from pathlib import Path

from attnviz.data.files import models_folders
from attnviz.data.splits import key
from attnviz.errors import AttnvizError, enumerate_values
from attnviz.model.archive import SHIPPED
from attnviz.model.names import available_name
from attnviz.model.storage import read_about
from attnviz.model.variants import TWINS
from attnviz.morphemes import TextUnits
from attnviz.rounds.round import Round, Sentence
from attnviz.training import jobs
from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec
from attnviz.training.jobs import Job

FEWEST = 4  # sentences of a class: two to learn from, one to choose by, one to test on


def submit(models: Path, one: Round, sentences: Sequence[Sentence], taken: Collection[str]) -> Job:
    """Let the sentences of a round that were not weeded become an experiment; return its run.

    `taken` are the names of the experiments that are there. Raises `AttnvizError` if a class has too few sentences.
    """
    rows = to_rows(one.task.labels, sentences)
    name, units = lender(models, one)
    spec = JobSpec(
        available_name(f"class-{one.classroom}-{one.number}", taken).name,
        TrainingConfig(
            variants=TWINS,
            language=one.task.language,
            units=units,
            hidden_dim=32,
            vocab_size=5_000,
            max_tokens=100,
            batch_size=16,
            epochs=20,
            learning_rate=1e-2,  # few rows are few steps: with the usual rate no attention grew, and no answer was sure
            dropout=0.3,
            word_dropout=0.1,
            input_dropout=0.2,
            bfloat16=False,  # to find out whether it is faster takes longer than the run
        ),
        file=f"{one.classroom}-{one.number}.csv",
        text_column="text",
        label_column="label",
        pretrained=name,
        cut_alike=True,
    )
    return jobs.submit(models, spec, rows)


def to_rows(labels: Sequence[str], sentences: Sequence[Sentence]) -> bytes:
    """Return a CSV of the sentences that were not weeded, each text once, with splits in which every class is."""
    kept: dict[str, Sentence] = {}
    for sentence in sentences:
        if sentence.shown is not False:
            kept.setdefault(key(sentence.text), sentence)
    by_label = {label: [one for one in kept.values() if one.label == label] for label in labels}
    if few := [label for label, some in by_label.items() if len(some) < FEWEST]:
        raise AttnvizError(
            "A class needs {fewest} different sentences at least, and these have fewer: {labels}.",
            fewest=FEWEST,
            labels=enumerate_values(few),
        )
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("text", "label", "split"))
    for label, some in by_label.items():
        ordered = sorted(some, key=lambda one: blake2b(key(one.text).encode()).digest())  # not as they came
        tenth = max(1, len(ordered) // 10)
        splits = ["validation"] * tenth + ["test"] * tenth + ["train"] * (len(ordered) - 2 * tenth)
        table.writerows((one.text, label, split) for one, split in zip(ordered, splits, strict=True))
    return out.getvalue().encode()


def lender(models: Path, one: Round) -> tuple[str, TextUnits]:
    """Return whose vectors are lent, and of what: of the round's own experiment if they suit, or of a shipped one."""
    for name in (one.task.experiment, *sorted(SHIPPED)):
        for folder in (models, *models_folders()):
            if (folder / name / "experiment.json").is_file():
                about = read_about(folder / name / "experiment.json")[0]
                if about.language == one.task.language and about.adopted is None:
                    return name, about.units
    raise AttnvizError("No experiment is here that lends word vectors of this language: train or import one first.")
