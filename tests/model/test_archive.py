"""Experiments renamed, taken away, brought back, deleted; and zips that try to be more than one."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.model import archive
from attnviz.model.archive import from_zip, to_zip
from attnviz.model.experiment import Experiment, check_name, load, names
from attnviz.model.names import available_name


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    shutil.copytree(tiny_models, folder)
    return folder


@pytest.mark.parametrize(
    ("typed", "name", "reasons"),
    [
        ("my-films", "my-films", 0),
        ("My Films 2", "my-films-2", 1),
        ("../../x", "x", 1),
        ("한글", "rows", 1),
        ("", "rows", 0),
        ("   ", "rows", 0),
        ("é" * 300, "e" * 64, 1),
        ("there", "there-2", 1),
        ("Café crème", "cafe-creme", 1),
    ],
)
def test_a_name_is_made_of_what_was_typed(typed: str, name: str, reasons: int) -> None:
    made = available_name(typed, {"there"}, "rows")
    assert (made.name, len(made.reasons)) == (name, reasons)


@given(typed=st.text(max_size=100), fallback=st.text(max_size=100))
def test_every_name_that_is_made_can_be_taken(typed: str, fallback: str) -> None:
    taken: set[str] = set()
    for _ in range(3):
        made = available_name(typed, taken, fallback)
        check_name(made.name)
        assert made.name not in taken
        taken.add(made.name)


def test_an_experiment_is_renamed_with_its_card(models: Path) -> None:
    archive.rename(models, "tiny-en", "other")
    assert names(models) == ["other"]
    assert load(models / "other").card.startswith("# other\n")
    shutil.copytree(models / "other", models / "reviews-en")
    for old, new, problem in (
        ("other", "reviews-en", "there already"),
        ("other", "../x", "cannot be"),
        ("reviews-en", "mine", "comes with attnviz"),
        ("../other", "mine", "cannot be"),
        ("gone", "mine", "any more"),
    ):
        with pytest.raises(AttnvizError, match=problem):
            archive.rename(models, old, new)
    assert names(models) == ["other", "reviews-en"]


def test_an_experiment_is_deleted_but_not_a_shipped_one(models: Path) -> None:
    shutil.copytree(models / "tiny-en", models / "reviews-ko")
    archive.delete(models, "tiny-en")
    for name in ("tiny-en", "reviews-ko", "..", ""):
        with pytest.raises(AttnvizError):
            archive.delete(models, name)
    assert [path.name for path in models.iterdir() if path.name != ".jobs"] == ["reviews-ko"]


def test_a_zip_brings_back_what_it_took_away(models: Path) -> None:
    packed = to_zip(models, "tiny-en")
    assert packed == to_zip(models, "tiny-en")
    assert archive.name_in(packed) == "tiny-en"
    brought = from_zip(models, packed, "again")
    text = "the movie was not good"
    assert brought.explain(text).logits.tolist() == load(models / "tiny-en").explain(text).logits.tolist()
    with pytest.raises(AttnvizError, match="there already"):
        from_zip(models, packed, "again")
    with pytest.raises(AttnvizError, match="cannot be"):
        from_zip(models, packed, "../again")
    assert names(models) == ["again", "tiny-en"]


def changed(packed: bytes, change: Callable[[str, bytes], list[tuple[str | zipfile.ZipInfo, bytes]]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            for name, data in change(member.filename, old.read(member)):
                new.writestr(name, data)
    return out.getvalue()


def link(name: str, data: bytes) -> list[tuple[str | zipfile.ZipInfo, bytes]]:
    if not name.endswith("README.md"):
        return [(name, data)]
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return [(member, b"/etc/passwd")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda name, data: [(name, data), ("../evil.json", b"x")], "evil.json"),
        (lambda name, data: [(f"../{name}", data)], "which no experiment has"),
        (lambda name, data: [(f"/tmp/{name}", data)], "which no experiment has"),
        (lambda name, data: [(f"a/{name}", data)], "which no experiment has"),
        (lambda name, data: [(name, data), ("tiny-en/run.py", b"x")], "run.py"),
        (lambda name, data: [(name, data), ("tiny-en/model.pkl", b"x")], "model.pkl"),
        (link, "README.md"),
        (lambda name, data: [] if name.endswith("experiment.json") else [(name, data)], "does not hold one experiment"),
        (lambda name, data: [] if name.endswith("frozen.safetensors") else [(name, data)], "is missing"),
        (lambda name, data: [(name, b"x" if name.endswith("frozen.safetensors") else data)], "cannot be read"),
        (lambda name, data: [(name, b"{}" if name.endswith("experiment.json") else data)], "schema"),
        (lambda name, data: [(name.replace("tiny-en", "ab"[len(name) % 2]), data)], "does not hold one experiment"),
        (lambda name, data: [(name, bytes(250_000_000) if name.endswith("history.json") else data)], "200 MB"),
    ],
)
def test_a_zip_that_is_no_whole_experiment_leaves_nothing(
    models: Path, change: Callable[[str, bytes], list[tuple[str | zipfile.ZipInfo, bytes]]], problem: str
) -> None:
    packed = changed(to_zip(models, "tiny-en"), change)
    with pytest.raises(AttnvizError, match=problem):
        from_zip(models, packed, "new")
    assert [path.name for path in models.iterdir()] == ["tiny-en"]
    assert not (models.parent / "evil.json").exists()


@given(cut=st.integers(0, 200), noise=st.binary(max_size=200))
def test_noise_is_no_zip(tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes) -> None:
    folder = tmp_path_factory.mktemp("models")
    for data in (noise, b"PK\x03\x04" + noise):
        with pytest.raises(AttnvizError):
            from_zip(folder, data, "new")
    assert not list(folder.iterdir())


@given(places=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=9), noise=st.integers(1, 255))
@settings(max_examples=60)
def test_a_damaged_zip_is_said_to_be_one(
    tiny_models: Path, tmp_path_factory: pytest.TempPathFactory, places: list[float], noise: int
) -> None:
    folder = tmp_path_factory.mktemp("models")
    packed = bytearray(to_zip(tiny_models, "tiny-en"))
    for place in places:
        packed[int(place * len(packed))] ^= noise
    try:
        from_zip(folder, bytes(packed), "new")  # the damage may be in what nobody reads
    except AttnvizError as error:
        assert str(folder) not in str(error)
        assert not list(folder.iterdir())


def test_an_experiment_that_reads_morphemes_takes_them_along(tiny_ko: Experiment, tmp_path: Path) -> None:
    tiny_ko.save(tmp_path)
    again = from_zip(tmp_path, to_zip(tmp_path, "tiny-ko"), "other")
    assert again.words("재미있지 않다") == ["재미있", "지", "않", "다"]
    archive.rename(tmp_path, "other", "third")
    assert load(tmp_path / "third").words("재미있지") == ["재미있", "지"]
