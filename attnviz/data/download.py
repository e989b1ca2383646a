"""Files from the net, in the user's cache folder: fetched once, and there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from attnviz.data.files import CACHE, cache_folder
from attnviz.errors import AttnvizError

# pooch and requests are imported where a file is fetched: whoever brings a file of their own does without.

_CHUNK = 65_536  # bytes


@dataclass(frozen=True)
class Download:
    """A file at an address, how many rows it has and how large it is; its SHA-256 where one is published."""

    url: str
    folder: str  # within the cache
    rows: int
    sha256: str | None = None
    megabytes: float = 0.0  # 0 where nobody has said

    @property
    def path(self) -> Path:
        """Where the file is kept; one put there by hand is as good."""
        return cache_folder() / self.folder / self.url.rsplit("/", 1)[-1]

    def fetch(self, on_progress: Callable[[float], None] | None = None) -> Path:
        """Return the file's path, downloading it first if it is not there; `on_progress` hears the fraction done.

        What is cut off or has another checksum is not kept. Raises `AttnvizError`.
        """
        import pooch
        from requests import exceptions

        path, meter = self.path, _Meter(on_progress)
        # Unpacked on the way, a file would be longer than the length its server announces.
        headers = {"Accept-Encoding": "identity"}
        http = pooch.HTTPDownloader(progressbar=meter, chunk_size=_CHUNK, headers=headers)
        pooch.get_logger().setLevel("ERROR")  # it would ask the user to put a checksum into our code
        try:
            pooch.retrieve(self.url, self.sha256, fname=path.name, path=path.parent, downloader=http)
        except exceptions.HTTPError as error:
            assert error.response is not None  # there was an answer, if not the one hoped for
            raise AttnvizError(
                "{url} answers with status {status}. Try again later, or download the file by hand and save it as "
                "{path}.",
                url=self.url,
                status=error.response.status_code,
                path=path,
            ) from error
        except exceptions.RequestException as error:
            if meter.done or isinstance(error, exceptions.ChunkedEncodingError):
                raise AttnvizError(
                    "The connection was cut while {url} came in; nothing of it is kept. Try again, or download the "
                    "file by hand and save it as {path}.",
                    url=self.url,
                    path=path,
                ) from error
            raise AttnvizError(
                "{url} cannot be reached. Is there a network? Without one, download the file by hand elsewhere and "
                "save it as {path}, or give the path of your copy in place of the name; the Errors page takes it as "
                "a file of your own.",
                url=self.url,
                path=path,
            ) from error
        except OSError as error:
            raise AttnvizError(
                "{folder} cannot be written: {reason}. Name another folder in the environment variable {variable}.",
                folder=path.parent,
                reason=error.strerror or str(error),
                variable=CACHE,
            ) from error
        except ValueError as error:  # pooch has no error of its own for a wrong checksum
            raise AttnvizError(
                "What {url} sends is not the file we know: its SHA-256 is not {expected}. Nothing of it is kept. "
                "Try again, or give the path of a copy that you trust in place of the name.",
                url=self.url,
                expected=self.sha256,
            ) from error
        return path


class _Meter:
    """What pooch takes for a progress bar: bytes come in, a fraction goes out."""

    def __init__(self, on_progress: Callable[[float], None] | None) -> None:
        self.total = self.done = 0  # bytes; pooch sets the total, to 0 where the server does not say
        self._on_progress = on_progress

    def update(self, count: int) -> None:
        self.done += count
        if self._on_progress and self.total:
            self._on_progress(min(self.done / self.total, 1.0))

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        """Leave the bar to its owner."""
