from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from attnviz.data.datasets import Dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import load
from attnviz.training.config import TrainingConfig
from attnviz.training.language_model import pretrain
from attnviz.training.train import train
from tests.conftest import TINY

# What opens a sentence says how it ends, two words later: 2 … 8, 3 … 9.
ENDINGS = [[opening, middle, opening + 6] for opening in (2, 3) for middle in (4, 5, 6, 7)] * 100
READING = replace(TINY, language_model_epochs=1, epochs=1, learning_rate=0.0, second_seed=False)


def finished(seed: int = 0, epochs: int = 100) -> tuple[list[float], dict[str, Tensor], Tensor]:
    torch.manual_seed(0)
    table = torch.randn(10, 8)
    table[0] = 0
    steps = pretrain(ENDINGS, table, 16, epochs=epochs, seed=seed)
    fractions = []
    while True:
        try:
            fractions.append(next(steps))
        except StopIteration as end:
            return fractions, end.value, table


def memory(state: dict[str, Tensor] | None, table: Tensor, backward: bool) -> float:
    """How far apart the middle states lie by what the sentence began with, against by the word in the middle.

    Backward it begins with its ending.
    """
    torch.manual_seed(1)
    lstm = nn.LSTM(8, 16, bidirectional=True, batch_first=True)
    if state:
        lstm.load_state_dict(state)
    with torch.no_grad():
        direction = slice(16, None) if backward else slice(16)
        states = torch.stack([lstm(table[ids][None])[0][0, 1, direction] for ids in ENDINGS[:8]]).view(2, 4, 16)
    centres = states.mean(1)
    return float((centres[0] - centres[1]).norm() / (states - centres[:, None]).norm(dim=2).mean())


@pytest.mark.parametrize("backward", [False, True])
def test_reading_teaches_the_lstm_what_the_next_word_hangs_on(backward: bool) -> None:
    fractions, state, table = finished()
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert memory(state, table, backward) > 1.5 * memory(None, table, backward)


def test_the_same_seed_reads_the_same() -> None:
    one, again, other = (finished(seed, epochs=1)[1] for seed in (0, 0, 1))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["weight_hh_l0"], other["weight_hh_l0"])


def test_every_variant_starts_from_what_was_read(tiny_data: Dataset, tmp_path: Path) -> None:
    stages = [progress.stage for progress in train(tiny_data, "quick", READING, out=tmp_path)]
    assert list(dict.fromkeys(stages)) == ["vectors", "language model", "training", "baseline", "testing", "done"]
    experiment = load(tmp_path / "quick")
    assert experiment.about.training.language_model_epochs == 1
    lstms = [experiment.model(variant).lstm.state_dict() for variant in experiment.variants]
    list(train(tiny_data, "plain", replace(READING, language_model_epochs=0), out=tmp_path))
    plain = load(tmp_path / "plain").model("frozen").lstm.state_dict()
    for name, value in lstms[0].items():
        assert all(torch.equal(value, lstm[name]) for lstm in lstms[1:])
        assert not torch.equal(value, plain[name])


def test_a_run_stopped_after_reading_does_not_read_again(tiny_data: Dataset, tmp_path: Path) -> None:
    def stopped(config: TrainingConfig) -> None:
        run = train(tiny_data, "quick", config, out=tmp_path, overwrite=True)
        next(progress for progress in run if progress.stage == "training")
        run.close()
        (tmp_path / ".quick.training" / "checkpoint.safetensors").unlink()

    stopped(READING)
    other_seed = replace(READING, seed=1)
    for other in (replace(READING, hidden_dim=8), replace(READING, language_model_epochs=2), other_seed):
        with pytest.raises(AttnvizError, match="other settings"):
            list(train(tiny_data, "quick", other, out=tmp_path, resume=True))
    again = train(tiny_data, "quick", READING, tmp_path, resume=True, overwrite=True)
    assert "language model" not in {one.stage for one in again}
