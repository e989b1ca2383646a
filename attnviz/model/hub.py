"""Experiments at a hub, as huggingface_hub knows it: sent with a card that it can read, and fetched to be opened.

Only the files of an experiment are fetched, whatever else lies beside them, and they are checked as every folder is.
`HF_ENDPOINT` names another server that answers as the hub does.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attnviz.data.files import cache_folder, written_whole
from attnviz.data.hub_files import PATIENCE, TooMuch, fetch
from attnviz.errors import AttnvizError
from attnviz.model.about import About
from attnviz.model.names import available_name
from attnviz.model.storage import LARGEST, MOST_FILES, Figures, belongs

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

# huggingface_hub is imported where it is used: nobody else waits for it.

SCHEME = "hf://"
_ADDRESS = re.compile(r"hf://([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


class Sent(Protocol):
    """What a hub wants of an experiment."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def about(self) -> About: ...  # noqa: D102
    @property
    def figures(self) -> Figures: ...  # noqa: D102
    @property
    def card(self) -> str: ...  # noqa: D102
    def save(self, folder: Path) -> Path: ...  # noqa: D102


@contextmanager
def said_of(address: str) -> Iterator[None]:
    """Let what is wrong with a fetched file be said of the file at the hub, not of where it was laid."""
    try:
        yield
    except AttnvizError as error:
        values = {
            k: f"{address}/{value.name}" if isinstance(value, Path) else value for k, value in error.values.items()
        }
        raise AttnvizError(error.template, **values) from error


def fetched(address: str) -> tuple[Path, str]:
    """Return the folder to which the files of `hf://owner/name`, or of that `@revision`, were fetched, and a name.

    Raises `AttnvizError` if it is not there, cannot be reached, or holds no experiment or too much.
    """
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise AttnvizError("“{address}” is no place at a hub: write it as hf://owner/name.", address=address[:100])
    from huggingface_hub import HfApi, hf_hub_url

    repository, revision = found.groups()
    with _told(address):
        api = HfApi()
        info = api.model_info(repository, revision=revision, files_metadata=True, timeout=PATIENCE)
        files = sorted(one.rfilename for one in info.siblings or () if belongs(one.rfilename))
        if not re.fullmatch("[0-9a-f]{40}", info.sha or ""):  # it becomes a part of a path
            raise AttnvizError("{address}: the hub names no revision of it.", address=address)
        if "experiment.json" not in files:
            raise AttnvizError("{address} holds no experiment of attnviz: it has no experiment.json.", address=address)
        if len(files) > MOST_FILES or sum(one.size or 0 for one in info.siblings or ()) > LARGEST:
            raise _too_much(address)
        folder = cache_folder() / "hub" / f"{sha256(repository.encode()).hexdigest()[:16]}-{info.sha}"
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(folder) as new:
                new.mkdir()
                left = LARGEST
                for name in files:
                    try:
                        left -= fetch(hf_hub_url(repository, name, revision=info.sha), new / name, left)
                    except TooMuch as error:
                        raise _too_much(address) from error
    return folder, available_name(repository.rpartition("/")[2], ()).name


def _too_much(address: str) -> AttnvizError:
    return AttnvizError(
        "{address} holds more than {limit} MB or {files} files: that is no experiment.",
        address=address,
        limit=LARGEST // 1_000_000,
        files=MOST_FILES,
    )


def push(
    experiment: Sent, repository: str, *, private: bool = False, token: str | None = None, message: str = ""
) -> str:
    """Send an experiment to `owner/name`, which is made if it is not there, and return its address."""
    from huggingface_hub import HfApi

    address = f"{SCHEME}{repository}"
    if not _ADDRESS.fullmatch(address):
        raise AttnvizError("“{address}” is no place at a hub: write it as owner/name.", address=repository[:100])
    with tempfile.TemporaryDirectory() as scratch, _told(address):
        folder = experiment.save(Path(scratch))
        (folder / "README.md").write_text(card(experiment, address), encoding="utf-8")
        api = HfApi(token=token)
        api.create_repo(repository, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=repository, folder_path=folder, commit_message=message or f"{experiment.name}, by attnviz"
        )
    return address


def card(experiment: Sent, address: str) -> str:
    """Return an experiment's card with the metadata that a hub reads, and how to open it from there."""
    body = _FRONT.sub("", experiment.card).replace("[attnviz](../../README.md)", "attnviz").strip()
    opening = f'```python\nimport attnviz\n\nexperiment = attnviz.load("{address}")\n```'
    body = body if opening in body else f"{body}\n\n## How to open it\n\n{opening}"
    return f"---\n{metadata(experiment).to_yaml()}\n---\n{body}\n"


def metadata(experiment: Sent) -> ModelCardData:
    """Return what a hub is told of an experiment: its language, what it is for, and its figures on test rows."""
    from huggingface_hub import EvalResult, ModelCardData

    about = experiment.about
    results = [
        EvalResult(
            task_type="text-classification",
            dataset_type=re.sub(r"[^\w-]+", "-", about.data.name) or "unknown",
            dataset_name=about.data.name or "unknown",
            dataset_split="test",
            metric_type="accuracy",
            metric_name=f"accuracy, {variant}",
            metric_value=round(groups["all"].accuracy, 4),
        )
        for variant, groups in experiment.figures.items()
        if variant in about.variants and "all" in groups
    ]
    return ModelCardData(
        language=about.language if re.fullmatch("[a-z]{2,3}", about.language) else None,
        library_name="attnviz",
        pipeline_tag="text-classification",
        tags=["attention", "lstm", "fasttext", "interpretability"],
        model_name=experiment.name if results else None,
        eval_results=results or None,
    )


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Say in a sentence what went wrong between here and the hub."""
    from httpx2 import HTTPError
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        yield
    except AttnvizError:
        raise
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise AttnvizError(
            "{address} is not there, or not for you: look at its spelling, or log in by `hf auth login`.",
            address=address,
        ) from error
    except (HTTPError, HFValidationError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        # the latter where an answer has not the shape that a hub's has
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise AttnvizError("{address}: the hub did not do it ({reason}).", address=address, reason=reason) from error
