"""A file at a hub, as huggingface_hub reaches it, written piece by piece to a path of ours, up to a size.

(`hf_hub_download` names files in its cache by what the server answers, and begins anew what broke off.)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

# huggingface_hub is imported where it is used: nobody else waits for it.

PATIENCE = 30.0  # seconds for an answer


class TooMuch(Exception):
    """More came than was to come."""


def fetch(
    url: str,
    path: Path,
    most: int,
    *,
    token: bool | None = None,
    go_on: bool = False,
    on_bytes: Callable[[int], None] = lambda _: None,
) -> int:
    """Write what stands at an address to a path and return its size in bytes, however large the hub says it is.

    With `go_on` what is at the path already is not asked for again. `on_bytes` hears how many are there. Raises
    `TooMuch` if there are more than `most`, and httpx's errors.
    """
    from huggingface_hub import get_session
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # public in its documents

    size = path.stat().st_size if go_on and path.is_file() else 0
    headers = {**build_hf_headers(token=token), "Accept-Encoding": "identity"}  # or a place is none of the file
    if size:
        headers["Range"] = f"bytes={size}-"
    with get_session().stream("GET", url, headers=headers, follow_redirects=True, timeout=PATIENCE) as answer:
        answer.raise_for_status()
        if answer.status_code != 206:  # all of it
            size = 0
        with path.open("ab" if size else "wb") as file:
            for piece in answer.iter_bytes():
                size += len(piece)
                if size > most:
                    raise TooMuch
                file.write(piece)
                on_bytes(size)
    return size
