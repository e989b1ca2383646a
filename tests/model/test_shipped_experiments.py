"""The shipped experiments: they open, are small enough, and are made by the command that docs/figures.md gives."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path

import pytest

from attnviz.analysis.attention_history import attention_histories
from attnviz.model.experiment import load, names, starting_rows

ROOT = Path(__file__).parent.parent.parent
SHIPPED = names(ROOT / "models")


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_there_is_one_and_all_fit_the_repository() -> None:
    assert "reviews-en" in SHIPPED
    assert size(ROOT / "models") <= 45_000_000


@pytest.mark.parametrize("name", SHIPPED)
def test_it_opens_and_is_small_enough(name: str) -> None:
    experiment = load(ROOT / "models" / name)
    assert size(ROOT / "models" / name) <= 15_250_000
    assert set(experiment.figures) - {"baseline"} == set(experiment.variants)
    moved = (
        experiment.model("fine-tuned").embedding.weight != starting_rows(experiment.vocabulary, experiment.vectors)
    ).any(1)
    assert moved.float().mean() > 0.9 and not moved[:2].any()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_documented_command_made_it(name: str) -> None:
    document = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8").replace("\\\n", " ")
    (command,) = re.findall(rf"^python -m attnviz train .*--name {name}\b.*$", document, re.M)
    words = shlex.split(command)
    given = dict(itertools.pairwise(words))
    about, history = load(ROOT / "models" / name).about, load(ROOT / "models" / name).history
    assert (Path(words[4]).parent.name or words[4]) == about.data.name
    assert (int(given["--min-n"]), int(given["--max-n"])) == (about.vectors.min_n, about.vectors.max_n)
    probes = [words[at + 1] for at, word in enumerate(words) if word == "--probe"]
    assert probes == [probe.text for probe in history.probes]


@pytest.mark.parametrize("name", SHIPPED)
def test_attention_is_near_uniform_before_training_and_gathers_by_the_kept_epoch(name: str) -> None:
    experiment = load(ROOT / "models" / name)
    grown = attention_histories(experiment)
    assert len(grown) == len(experiment.history.probes) >= 3
    for variant, config in experiment.about.variants.items():
        before = [growth.variants[variant].evenness[0] for growth in grown]
        kept = [growth.variants[variant].evenness[growth.variants[variant].kept] for growth in grown]
        assert min(before) > 0.99
        if config.pooling == "attention":
            assert max(kept) < min(before) - 0.03 and sum(kept) / len(kept) < 0.9
        else:
            assert min(kept) > 0.999


@pytest.mark.parametrize("name", SHIPPED)
def test_the_kept_epoch_is_the_classifier_that_is_shipped(name: str) -> None:
    experiment = load(ROOT / "models" / name)
    for growth in attention_histories(experiment):
        for variant, grown in growth.variants.items():
            weights = experiment.explain(growth.text, variant).weights
            assert weights == pytest.approx(grown.weights[grown.kept], abs=0.01)


def test_negation_as_the_readme_tells_it() -> None:
    experiment = load(ROOT / "models" / "reviews-en")
    assert experiment.explain("this movie was not amazing").prediction == "negative"
    assert experiment.explain("this movie was amazing").prediction == "positive"
