"""Experiments as things to keep: rename, take away as a zip, bring one back, delete."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from attnviz.data.files import written_whole
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, check_name, load
from attnviz.model.folder import alone, check_free
from attnviz.model.storage import LARGEST, MOST_FILES, belongs

SHIPPED = frozenset({"reviews-en", "reviews-ko", "news-en"})
_PIECE = 1 << 20
# what reading a damaged zip raises
_FAULTS = (
    zipfile.BadZipFile,
    ValueError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same experiment gives the same zip


def rename(models: Path, name: str, new: str) -> None:
    """Give an experiment another name, in its card too. Shipped ones keep theirs."""
    check_name(new)
    with alone(models):
        folder = _own(models, name)
        check_free(models, new)
        card = folder / "README.md"
        if card.is_file():
            text = card.read_text(encoding="utf-8", errors="replace")
            if text.startswith(f"# {name}\n"):
                with written_whole(card) as unfinished:
                    unfinished.write_text(text.replace(f"# {name}\n", f"# {new}\n", 1), encoding="utf-8")
        folder.rename(models / new)


def delete(models: Path, name: str) -> None:
    """Remove an experiment: at once for whoever looks, then its files. Shipped ones cannot be removed."""
    _own(models, name)
    scratch = tempfile.TemporaryDirectory(dir=models, prefix=".deleted-", ignore_cleanup_errors=True)
    with scratch as gone, alone(models):
        _own(models, name).rename(Path(gone, "old"))


def to_zip(models: Path, name: str) -> bytes:
    """Return an experiment as a zip that holds one folder."""
    check_name(name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted((models / name).iterdir()):
            if path.is_file() and not path.is_symlink() and belongs(path.name):
                member = zipfile.ZipInfo(f"{name}/{path.name}", _WHEN)
                member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(member, path.read_bytes())
    return packed.getvalue()


def name_in(packed: bytes) -> str:
    """Return what the folder in a zip is called, "" if its files lie in none; raise `AttnvizError` as `unpack` does."""
    with _opened(packed) as archive:
        _, folder = _members(archive)
    return folder


def from_zip(models: Path, packed: bytes, name: str) -> Experiment:
    """Take an experiment out of a zip, checked as every experiment that is opened, and put it at `models/<name>`.

    Raises `AttnvizError` for what is no zip, for files that no experiment has, paths that lead elsewhere, links, too
    much of anything, and every fault that `load` finds. Nothing is kept then.
    """
    check_name(name)
    check_free(models, name)
    with _disk(models / name), _scratch(models) as scratch, _opened(packed) as archive:
        members, _ = _members(archive)
        new = Path(scratch, name)
        new.mkdir()
        left = LARGEST
        for file, member in members.items():
            left = _take_out(archive, member, new / file, left)
        try:
            load(new)
        except AttnvizError as error:  # said of the file in the zip, not of where it was laid out
            values = {key: value.name if isinstance(value, Path) else value for key, value in error.values.items()}
            raise AttnvizError(error.template, **values) from error
        with alone(models):
            check_free(models, name)
            new.rename(models / name)
    return load(models / name)


@contextmanager
def _scratch(models: Path) -> Iterator[str]:
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models, prefix=".import-") as scratch:
        yield scratch


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Say what a full disk, or one that may not be written, raises."""
    try:
        yield
    except OSError as error:
        raise AttnvizError(
            "{path} cannot be written ({reason}). Make room there, or name another folder.",
            path=path,
            reason=error.strerror or error,
        ) from error


def _own(models: Path, name: str) -> Path:
    """Return the folder of an experiment that may be changed."""
    check_name(name)
    if name in SHIPPED:
        raise AttnvizError("“{name}” comes with attnviz and stays as it is.", name=name)
    if not (models / name).is_dir():
        raise AttnvizError("There is no experiment “{name}” any more.", name=name)
    return models / name


def _opened(packed: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(packed))
    except (*_FAULTS, OSError) as error:
        raise _broken(error) from error


def _members(archive: zipfile.ZipFile) -> tuple[dict[str, zipfile.ZipInfo], str]:
    """Return the files in a zip by name, and the one folder they lie in, "" for none."""
    found: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if member.filename.endswith("/") and len(path.parts) == 1 and ".." not in path.parts and not path.is_absolute():
            continue
        kind = stat.S_IFMT(member.external_attr >> 16)
        odd = kind not in (0, stat.S_IFREG) or member.flag_bits & 1 or path.name in found
        if odd or len(path.parts) > 2 or ".." in path.parts or path.is_absolute() or not belongs(path.name):
            raise AttnvizError(
                "The zip holds “{file}”, which no experiment has. "
                "Give a zip of one experiment, as it is downloaded here.",
                file=member.filename[:80],
            )
        found[path.name] = member
        folders.add(path.parts[0] if len(path.parts) == 2 else "")
        if len(found) > MOST_FILES:
            raise AttnvizError("The zip holds more than {limit} files: that is no experiment.", limit=MOST_FILES)
    if "experiment.json" not in found or len(folders) != 1:
        raise AttnvizError("The zip does not hold one experiment: one folder with experiment.json and its other files.")
    return found, folders.pop()


def _take_out(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one file of a zip, and return how many bytes may still come."""
    try:
        with archive.open(member) as source, target.open("xb") as out:
            while piece := source.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise AttnvizError(
                        "Unpacked, the zip has more than {limit} MB: that is no experiment.",
                        limit=LARGEST // 1_000_000,
                    )
                out.write(piece)
    except AttnvizError:  # a ValueError, and said already
        raise
    except _FAULTS as error:
        raise _broken(error) from error
    except OSError as error:
        raise AttnvizError("The zip cannot be unpacked: {reason}.", reason=error.strerror or str(error)) from error
    return left


def _broken(error: Exception) -> AttnvizError:
    return AttnvizError("This is no whole zip file: {reason}. Download it again.", reason=str(error).rstrip("."))
