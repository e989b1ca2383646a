"""FastText's crawl vectors at Hugging Face: 157 languages, 4 to 7 GB each (https://fasttext.cc/docs/en/crawl-vectors.html).

`HF_ENDPOINT` names another server that answers as the hub does.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from attnviz.data.hub_files import TooMuch, fetch
from attnviz.errors import AttnvizError

# huggingface_hub is imported where it is used: nobody else waits for it.

FILE = "model.bin"
_SPARE = 200_000_000  # bytes, for the index and the neighbours
_LARGEST = 20_000_000_000  # bytes, where the hub does not say how many there are
_TRIES = 5  # of a connection that is cut


class _Cut(OSError):
    """Something else came than the file."""


def download(language: str, folder: Path, on_progress: Callable[[float], None] = lambda _: None) -> Path:
    """Return the `.bin` of a language: found in `folder` or the hub's own cache, else downloaded to `folder`.

    A download that broke off goes on where it ended; `on_progress` hears the fraction done.
    """
    if not re.fullmatch("[a-z]{2,3}([-_][a-z]{2,8})?", language):
        raise _unknown(language)
    path = folder / f"cc.{language}.300.bin"
    if path.is_file():
        return path

    from httpx2 import HTTPError
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
    from huggingface_hub.errors import EntryNotFoundError, FileMetadataError, RepositoryNotFoundError

    repository = f"facebook/fasttext-{language}-vectors"
    cached = try_to_load_from_cache(repository, FILE)
    if isinstance(cached, str):
        return Path(cached)
    url = hf_hub_url(repository, FILE)
    try:
        found = get_hf_file_metadata(url, token=False)
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{path.name}.{re.sub('[^0-9A-Za-z]', '', found.etag or '')[:16]}.part"  # of this version
        have = part.stat().st_size if part.is_file() else 0
        if found.size is not None:
            _check_disk(folder, found.size - have)
        _fetched(url, part, found.size, on_progress)
        part.replace(path)
    except (RepositoryNotFoundError, EntryNotFoundError) as error:
        raise _unknown(language) from error
    except (HTTPError, FileMetadataError, OSError) as error:
        if isinstance(error, AttnvizError):
            raise
        raise AttnvizError(
            "The download of “{language}” broke off ({reason}). The same command goes on where it ended.",
            language=language,
            reason=str(error) or type(error).__name__,
        ) from error
    return path


def _fetched(url: str, part: Path, size: int | None, on_progress: Callable[[float], None]) -> None:
    """Fetch a file of a known size, if it is known, or what is missing of it; what is cut is taken up again."""
    from httpx2 import TransportError

    for left in reversed(range(_TRIES)):
        if size is not None and part.is_file() and part.stat().st_size == size:
            return
        try:
            have = fetch(
                url,
                part,
                _LARGEST if size is None else size,
                token=False,
                go_on=True,
                on_bytes=lambda done: on_progress(done / size if size else 0.0),
            )
        except TransportError:
            if not left:
                raise
            continue
        except TooMuch as error:
            part.unlink()
            raise _Cut("more came than the file has") from error
        if size is None or have == size:
            return
    raise _Cut("less came than the file has")


def _check_disk(folder: Path, wanted: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted + _SPARE:
        raise AttnvizError(
            "{folder} has {free} GB free, the download needs {wanted} GB. Free some, or give another --folder.",
            folder=folder,
            free=f"{free / 1e9:.1f}",
            wanted=f"{(wanted + _SPARE) / 1e9:.1f}",
        )


def _unknown(language: str) -> AttnvizError:
    return AttnvizError(
        "There are no vectors for “{language}”. Give the code of one of the 157 languages on "
        "https://fasttext.cc/docs/en/crawl-vectors.html, such as en or ko.",
        language=language,
    )
