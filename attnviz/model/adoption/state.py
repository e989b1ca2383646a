"""The numbers of a model from elsewhere: read without running anything, and laid out as `AttentionClassifier` has them.

What is taken is the class of the course: `embedding`, a bidirectional `lstm` of one layer, `attention`, `fc`. An LSTM
that only reads forwards becomes the forward half of one whose backward half is zeros, which gives zeros.
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from attnviz.errors import AttnvizError
from attnviz.model.variants import Scorer

_SAVE = 'torch.save(model.state_dict(), "model.pt")'
_LSTM = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
_LARGEST = 4096  # numbers of a word vector, and of a hidden state
_BYTES = b"\nbytearray\n"  # as a pickle names it
_NAMES = ("embedding", "lstm", "attention", "fc")


@dataclass(frozen=True)
class State:
    """A classifier's numbers: V rows of D, hidden states of 2H, K classes."""

    tensors: dict[str, Tensor]  # float32, as in the `state_dict` of an `AttentionClassifier`
    scorer: Scorer
    backward: bool  # whether its LSTM reads backwards too

    @property
    def rows(self) -> int:
        """How many ids it knows."""
        return len(self.tensors["embedding.weight"])

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Numbers of a word vector, numbers of a hidden state in each direction, classes."""
        return (
            self.tensors["embedding.weight"].shape[1],
            self.tensors["lstm.weight_hh_l0"].shape[1],
            len(self.tensors["fc.weight"]),
        )


def read_state(model: nn.Module | Mapping[str, Any] | str | Path) -> State:
    """Take a model, its `state_dict()`, or a file of that, by torch or safetensors.

    Raises `AttnvizError` naming what is missing, too much, or of another shape than expected.
    """
    if isinstance(model, nn.Module):
        name, found = type(model).__name__, model.state_dict()
    elif isinstance(model, Mapping):
        name, found = "the state", dict(model)
    else:
        name, found = Path(model).name, _read_file(Path(model))
    return _Layout(name, _unwrapped(name, found)).state()


def _read_file(path: Path) -> Any:
    """Return what a file holds; only tensors and plain containers can come of it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(9)
    except (OSError, ValueError) as error:  # a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise AttnvizError("{file} cannot be read: {reason}.", file=path, reason=reason) from error
    if start[8:9] == b"{":
        try:
            return load_file(path)
        except (OSError, SafetensorError) as error:
            raise AttnvizError(
                "{file} is no whole safetensors file: {reason}. Save it again.", file=path.name, reason=error
            ) from error
    if not start.startswith(b"PK"):
        raise AttnvizError(
            "{file} is neither a safetensors file nor what {save} writes (since PyTorch 1.6). Save the model so.",
            file=path.name,
            save=_SAVE,
        )
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > size:
                raise _inflated(path.name)
            if any(_BYTES in archive.read(one) for one in archive.infolist() if one.filename.endswith(".pkl")):
                raise pickle.UnpicklingError("bytes of any length")  # torch would make them
        found = torch.load(path, map_location="meta", weights_only=True)  # shapes only: nothing is allocated
        if sum(one.numel() * one.element_size() for one in _tensors(found)) > size:
            raise _inflated(path.name)
        return torch.load(path, map_location="cpu", weights_only=True)
    except AttnvizError:
        raise
    except pickle.UnpicklingError as error:
        raise AttnvizError(
            "{file} holds Python code or objects beside its numbers, which attnviz does not run. "
            "Save the numbers alone: {save}.",
            file=path.name,
            save=_SAVE,
        ) from error
    except Exception as error:  # whatever a damaged pickle has torch do
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise AttnvizError(
            "{file} is no whole file of torch: {reason}. Save it again: {save}.",
            file=path.name,
            reason=reason.rstrip("."),
            save=_SAVE,
        ) from error


def _inflated(name: str) -> AttnvizError:
    return AttnvizError(
        "{file} says that it holds more numbers than there are in it. Save it again: {save}.", file=name, save=_SAVE
    )


def _tensors(found: Any) -> Iterator[Tensor]:
    """Yield the tensors in what a file holds, each once, however often and deep it is in there."""
    left, seen = [found], set[int]()
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Tensor):
            yield one
        elif isinstance(one, Mapping | list | tuple):
            left += one.values() if isinstance(one, Mapping) else one


def _unwrapped(name: str, found: Any) -> dict[str, Tensor]:
    """Return the state in a checkpoint that may hold more, without a prefix that wrappers put before its names."""
    inside = [found, *(found.values() if isinstance(found, Mapping) else ())]
    for one in inside:
        names = [key for key in one if isinstance(key, str)] if isinstance(one, Mapping) else []
        for prefix in (key.removesuffix("embedding.weight") for key in names if key.endswith("embedding.weight")):
            if not prefix or prefix.endswith("."):
                return {key.removeprefix(prefix) if key.startswith(prefix) else key: one[key] for key in names}
    names = [str(key)[:60] for key in found] if isinstance(found, Mapping) else []
    raise AttnvizError(
        "{file} has no embedding.weight, and so is not the state of a classifier with embedding, lstm, attention and "
        "fc. It holds {found}.",
        file=name,
        found=", ".join(names[:6]) + (" …" if len(names) > 6 else "") if names else type(found).__name__,
    )


class _Layout:
    """Checks the tensors of a state by name and shape, and lays them out."""

    def __init__(self, name: str, found: Mapping[str, Any]) -> None:
        self._name, self._found, self._left = name, found, set(found)

    def state(self) -> State:
        """Return the state; the first thing that does not fit raises `AttnvizError`."""
        self._check_kind()
        rows, dim = self._take("embedding.weight", None, None).shape
        hidden = self._take("lstm.weight_hh_l0", None, None).shape[1]
        for what, size in (("embedding_dim", dim), ("hidden_dim", hidden)):
            if not 0 < size <= _LARGEST:
                raise AttnvizError(
                    "{file}: {what} is {size}; attnviz takes 1 to {limit}.",
                    file=self._name,
                    what=what,
                    size=f"{size:,}",
                    limit=f"{_LARGEST:,}",
                )
        backward = any(one.endswith("_reverse") for one in self._found)
        width = hidden * (1 + backward)
        tensors = {"embedding.weight": self._take("embedding.weight", rows, dim)}
        for part, shape in zip(_LSTM, ((dim,), (hidden,), (), ()), strict=True):
            for direction in ("", "_reverse"):
                key, whole = f"lstm.{part}_l0{direction}", (4 * hidden, *shape)
                absent = direction and not backward
                tensors[key] = torch.zeros(whole) if absent else self._take(key, *whole, optional=part[0] == "b")
        scorer, attention = self._attention(hidden, width)
        classes = self._take("fc.weight", None, width).shape[0]
        tensors |= attention | {
            "fc.weight": _widened(self._take("fc.weight", classes, width), 2 * hidden),
            "fc.bias": self._take("fc.bias", classes, optional=True),
        }
        if self._left:
            raise self._unknown(sorted(self._left))
        return State(tensors, scorer, backward)

    def _check_kind(self) -> None:
        """Name what is another architecture, before a shape is found fault with."""
        if deeper := [name for name in ("lstm.weight_ih_l1", "lstm.weight_hr_l0") if name in self._found]:
            raise AttnvizError(
                "{file} has {tensor}: its LSTM has more than one layer, or a projection (proj_size). attnviz reads one "
                "layer without any.",
                file=self._name,
                tensor=deeper[0],
            )
        gates, states = (self._found.get(f"lstm.{part}_l0") for part in ("weight_ih", "weight_hh"))
        if isinstance(gates, Tensor) and isinstance(states, Tensor) and states.ndim == 2 == gates.ndim:
            kinds = {states.shape[1]: "RNN", 3 * states.shape[1]: "GRU"}
            if gates.shape[0] in kinds:
                raise AttnvizError(
                    "{file}: lstm is a {kind}, by the {rows} rows of lstm.weight_ih_l0. attnviz reads an LSTM, which "
                    "has {expected}.",
                    file=self._name,
                    kind=kinds[gates.shape[0]],
                    rows=gates.shape[0],
                    expected=4 * states.shape[1],
                )

    def _attention(self, hidden: int, width: int) -> tuple[Scorer, dict[str, Tensor]]:
        """Take the scorer; a bias that all scores have alike is one that softmax does not see."""
        if "attention.0.weight" in self._found:
            self._left.discard("attention.2.bias")
            inner = self._take("attention.0.weight", hidden, width)
            return "additive", {
                "attention.0.weight": _widened(inner, 2 * hidden),
                "attention.0.bias": self._take("attention.0.bias", hidden, optional=True),
                "attention.2.weight": self._take("attention.2.weight", 1, hidden),
            }
        return "linear", {
            "attention.weight": _widened(self._take("attention.weight", 1, width), 2 * hidden),
            "attention.bias": self._take("attention.bias", 1, optional=True),
        }

    def _take(self, name: str, *shape: int | None, optional: bool = False) -> Tensor:
        """Return a tensor of finite numbers by name; one of no bias is zeros."""
        value = self._found.get(name)
        if value is None and optional:
            return torch.zeros([size or 0 for size in shape])
        if not isinstance(value, Tensor):
            raise AttnvizError(
                "{file} has no tensor {tensor}. It takes embedding, lstm, attention and fc, as in {found}.",
                file=self._name,
                tensor=name,
                found="embedding.weight, lstm.weight_ih_l0, attention.weight, fc.weight",
            )
        there = tuple(value.shape)
        if len(there) != len(shape) or any(wanted not in (None, got) for wanted, got in zip(shape, there, strict=True)):
            raise AttnvizError(
                "{file}: {tensor} has shape {found}, expected is {expected}.",
                file=self._name,
                tensor=name,
                found=there,
                expected=f"({', '.join('any' if size is None else str(size) for size in shape)})",
            )
        if not _is_finite(value):
            raise AttnvizError(
                "{file}: {tensor} holds numbers that are not finite, or none at all: was the training unstable?",
                file=self._name,
                tensor=name,
            )
        self._left.discard(name)
        return value.detach().to("cpu", torch.float32, copy=True).contiguous()

    def _unknown(self, names: list[str]) -> AttnvizError:
        return AttnvizError(
            "{file} has {names}, which attnviz knows nothing of: it would not answer as that model does. "
            "It reads {expected}.",
            file=self._name,
            names=", ".join(names[:3]) + (f" (+ {len(names) - 3})" if len(names) > 3 else ""),
            expected=", ".join(_NAMES),
        )


def _is_finite(value: Tensor) -> bool:
    """Return whether a tensor holds finite numbers: some kinds hold none, and of some torch cannot tell."""
    plain = value.is_floating_point() and value.layout == torch.strided and value.device.type != "meta"
    try:
        return plain and bool(torch.isfinite(value.float()).all())
    except (RuntimeError, NotImplementedError):  # of a kind that only some hardware reckons with
        return False


def _widened(value: Tensor, width: int) -> Tensor:
    """Return a matrix [N, W] with columns of zeros up to `width`, for a backward half that is zeros."""
    return torch.nn.functional.pad(value, (0, width - value.shape[1]))
