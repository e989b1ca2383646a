from __future__ import annotations

import json
from pathlib import Path

import pytest

from attnviz.model.experiment import Experiment, load
from attnviz.model.model_card import card
from attnviz.model.storage import write_about, write_history


def test_the_card_says_what_how_and_how_well(tiny: Experiment) -> None:
    figures = tiny.figures["fine-tuned"]["all"]
    assert f"| fine-tuned | all | {figures.n} | {figures.accuracy:.1%} |" in tiny.card
    assert tiny.about.data.split_rule in tiny.card
    assert json.dumps(tiny.about.data.rows["train"]) in tiny.card


@pytest.mark.parametrize("name", ["reviews-en", "reviews-ko", "news-en"])
def test_the_shipped_cards_and_files_are_what_would_be_written_today(name: str, tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent.parent / "models" / name
    experiment = load(folder)
    assert card(experiment) == experiment.card
    write_about(tmp_path / "experiment.json", experiment.about, experiment.figures, experiment.standings)
    write_history(tmp_path / "history.json", experiment.history)
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (folder / file.name).read_bytes()
