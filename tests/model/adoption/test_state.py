"""Whatever is no state of the course's class is refused by name, and nothing in a file is ever run."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from attnviz import AttnvizError
from attnviz.model.adoption.state import read_state
from tests.model.adoption.course import AttentionClassifier

State = dict[str, Tensor]


def state() -> State:
    return AttentionClassifier(9, 4, 3, 2).state_dict()


class Payload:
    """Creates a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["zip", "legacy", "pickle", "model"])
def test_code_in_a_file_is_refused_and_does_not_run(tmp_path: Path, kind: str) -> None:
    ran, path = tmp_path / "ran", tmp_path / "model.pt"
    held = {**state(), "more": Payload(ran)}
    if kind == "pickle":
        path.write_bytes(pickle.dumps(held))
    elif kind == "model":
        torch.save(AttentionClassifier(9, 4, 3, 2), path)
    else:
        torch.save(held, path, _use_new_zipfile_serialization=kind == "zip")
    with pytest.raises(AttnvizError, match=r"model.state_dict\(\)"):
        read_state(path)
    assert not ran.exists()
    if kind == "zip":
        torch.load(path, weights_only=False)
        assert ran.exists()  # it would have


def test_a_file_that_would_unpack_to_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save(state() | {"embedding.weight": torch.zeros(1, 4).expand(10**9, 4)}, path)
    with pytest.raises(AttnvizError, match="more numbers than there are in it"):
        read_state(path)
    with zipfile.ZipFile(path) as stored, zipfile.ZipFile(tmp_path / "squeezed.pt", "w", zipfile.ZIP_DEFLATED) as to:
        for member in stored.namelist():
            to.writestr(member, stored.read(member) + bytes(10**6) * (member.endswith("/0")))
    with pytest.raises(AttnvizError, match="more numbers than there are in it"):
        read_state(tmp_path / "squeezed.pt")


@pytest.mark.parametrize("kind", ["missing", "empty", "cut", "text", "cut safetensors", "list"])
def test_what_is_no_whole_file_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model.pt"
    if kind in ("cut", "list"):
        torch.save(state() if kind == "cut" else [torch.zeros(2)], path)
    if kind == "cut safetensors":
        save_file(state(), path)
    if kind.startswith("cut"):
        path.write_bytes(path.read_bytes()[:-40])
    if kind in ("empty", "text"):
        path.write_text("" if kind == "empty" else "embedding.weight")
    with pytest.raises(AttnvizError, match=r"model\.pt"):
        read_state(path)


def without(*names: str) -> Callable[[State], State]:
    return lambda held: {name: value for name, value in held.items() if name not in names}


def having(**values: Tensor) -> Callable[[State], State]:
    return lambda held: held | {name.replace("__", "."): value for name, value in values.items()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("attention.weight", "attention.bias"), r"no tensor attention\.weight"),
        (without("embedding.weight"), r"no embedding\.weight"),
        (without("lstm.weight_hh_l0_reverse"), r"no tensor lstm\.weight_hh_l0_reverse"),
        (without("fc.weight"), r"no tensor fc\.weight"),
        (having(attention__weight=torch.zeros(1, 5)), r"attention\.weight has shape \(1, 5\), expected is \(1, 6\)"),
        (having(fc__weight=torch.zeros(2, 3)), r"fc\.weight has shape \(2, 3\), expected is \(any, 6\)"),
        (having(fc__bias=torch.zeros(3)), r"fc\.bias has shape \(3,\), expected is \(2\)"),
        (having(embedding__weight=torch.zeros(9)), r"embedding\.weight has shape \(9,\), expected is \(any, any\)"),
        (having(embedding__weight=torch.zeros(9, 5)), r"lstm\.weight_ih_l0 has shape \(12, 4\), expected is \(12, 5\)"),
        (having(embedding__weight=torch.full((9, 4), torch.nan)), r"embedding\.weight holds numbers that are not"),
        (having(embedding__weight=torch.zeros(9, 4, dtype=torch.int64)), r"embedding\.weight holds numbers that are"),
        (having(lstm__weight_ih_l0=torch.zeros(9, 4)), "is a GRU"),
        (having(lstm__weight_ih_l0=torch.zeros(3, 4)), "is a RNN"),
        (having(lstm__weight_ih_l1=torch.zeros(12, 6)), "more than one layer"),
        (having(lstm__weight_hr_l0=torch.zeros(12, 6)), "projection"),
        (having(conv__weight=torch.zeros(2)), r"has conv\.weight, which attnviz knows nothing of"),
        (having(embedding__weight=torch.zeros(9, 5000)), "embedding_dim is 5,000"),
    ],
)
def test_another_shape_is_refused_by_name(change: Callable[[State], State], said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        read_state(change(state()))


def test_what_a_model_has_none_of_is_zeros() -> None:
    biases = [name for name in state() if "bias" in name]
    found = read_state(without(*biases)(state()))
    assert all(not found.tensors[name].any() for name in biases)
    assert found.sizes == (4, 3, 2)


def test_sixteen_bits_are_read_as_they_are(tmp_path: Path) -> None:
    halves = {name: value.half() for name, value in state().items()}
    save_file(halves, tmp_path / "model.safetensors")
    found = read_state(tmp_path / "model.safetensors").tensors
    assert all((found[name] == value.float()).all() for name, value in halves.items())
