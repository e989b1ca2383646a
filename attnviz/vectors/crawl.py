"""FastText's crawl vectors at Hugging Face: 157 languages, 4 to 7 GB each (https://fasttext.cc/docs/en/crawl-vectors.html).

`HF_ENDPOINT` names another server that answers as the hub does.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from attnviz.errors import AttnvizError

# huggingface_hub is imported where it is used: nobody else waits for it.

FILE = "model.bin"
_SPARE = 200_000_000  # bytes, for the index and the neighbours


def download(language: str, folder: Path) -> Path:
    """Return the `.bin` of a language: found in `folder` or the hub's own cache, else downloaded to `folder`.

    A download that broke off goes on where it ended, which `hf_hub_download` does not do since it writes each attempt
    to a file of its own; its progress is drawn on standard error.
    """
    if not re.fullmatch("[a-z]{2,3}([-_][a-z]{2,8})?", language):
        raise _unknown(language)
    path = folder / f"cc.{language}.300.bin"
    if path.is_file():
        return path

    from httpx2 import HTTPError
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
    from huggingface_hub.errors import EntryNotFoundError, FileMetadataError, RepositoryNotFoundError
    from huggingface_hub.file_download import http_get

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
        with part.open("ab") as file:
            http_get(url, file, resume_size=have, expected_size=found.size, displayed_filename=path.name)
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
