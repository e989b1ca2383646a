"""What sessions share: the open experiments and their faults."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import attnviz.model.experiment
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, load
from attnviz.ui import session
from attnviz.ui.cache import experiments, models_folder
from attnviz.ui.markdown import escape_markdown


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with a copy of the tiny experiment that a test may damage, and empty caches."""
    folder = tmp_path / "models"
    shutil.copytree(tiny_models, folder)
    (folder / "tiny-en" / "experiment.json").touch()  # no other test has opened this one
    monkeypatch.setattr(attnviz.model.experiment, "MODELS", folder)
    monkeypatch.setattr(models_folder, "LASTS", 0.0)  # what a test changes is seen at once
    st.cache_resource.clear()
    yield folder
    st.cache_resource.clear()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the experiments opened from now on."""
    names: list[str] = []

    def note(folder: Path) -> Experiment:
        names.append(folder.name)
        return load(folder)

    monkeypatch.setattr(attnviz.model.experiment, "load", note)
    return names


def test_an_experiment_is_opened_once_and_anew_when_any_file_has_changed(models: Path, opened: list[str]) -> None:
    assert experiments.opened("tiny-en") is experiments.opened("tiny-en")
    assert opened == ["tiny-en"]
    for name in ("experiment.json", "frozen.safetensors", "vocabulary.txt"):
        path = models / "tiny-en" / name
        os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
        experiments.opened("tiny-en")
    assert len(opened) == 4


def test_faults_are_looked_for_once_and_keep_nothing_open(models: Path, opened: list[str]) -> None:
    for i in range(12):
        shutil.copytree(models / "tiny-en", models / f"more-{i}")
    assert session.faults() == {}
    assert len(opened) == 13
    assert session.faults() == {}
    assert len(opened) == 13


@pytest.mark.parametrize(
    "name",
    [
        "experiment.json",
        "history.json",
        "vocabulary.txt",
        "vectors.safetensors",
        "frozen.safetensors",
        "fine-tuned.safetensors",
    ],
)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "noise"])
def test_a_damaged_file_is_noticed_named_and_forgotten_when_mended(models: Path, name: str, damage: str) -> None:
    assert session.faults() == {}
    path = models / "tiny-en" / name
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "noise": bytes(range(256)) * 4}[damage])
    assert name in session.faults()["tiny-en"]
    with pytest.raises(AttnvizError):
        experiments.opened("tiny-en")
    path.write_bytes(whole)
    assert session.faults() == {}


@pytest.mark.usefixtures("models")
def test_explanations_of_short_texts_are_kept_and_of_long_ones_not() -> None:
    def twice(text: str) -> bool:
        first, second = (experiments.explain("tiny-en", text, "frozen", "subword") for _ in range(2))
        assert first.text == second.text == text
        return first is second

    assert twice("a good film")
    assert not twice("x" * 100_000)


def test_markdown_and_its_extensions_lose_their_meaning() -> None:
    assert escape_markdown("**x** [a](b)") == r"\*\*x\*\* \[a\]\(b\)"
    for text in ("->", "--", "<-", ">=", ":material/home:", "http://a.org", "www.a.org", "me@a.org"):
        shown = escape_markdown(text).replace("\\", "")
        assert shown != text and shown.replace("\u2060", "") == text


def test_what_a_component_told_that_has_gone_is_nothing_and_no_link_is_followed_for_it() -> None:
    def script() -> None:
        import streamlit as st

        from attnviz.ui import session
        from attnviz.ui.components.base import component_event
        from attnviz.ui.views import SentenceView

        session.begin()
        told = component_event("gone", "choose")
        st.query_params["text"] = "an address from before"
        session.begin()
        st.text(f"{told} {session.current_view(SentenceView).text}")

    assert AppTest.from_function(script).run().text[0].value == "None None"


@pytest.mark.parametrize(("echo", "kept"), [(60.0, "put"), (0.0, "typed")])
def test_what_a_click_put_into_a_box_is_not_undone_by_the_browser_that_has_not_heard(
    monkeypatch: pytest.MonkeyPatch, echo: float, kept: str
) -> None:
    def script() -> None:
        import streamlit as st

        from attnviz.ui import session
        from attnviz.ui.views import SubwordsView

        shown = session.current_view(SubwordsView)
        st.text_input("word", **session.widget_args(shown, "word"))
        st.button("put", on_click=session.update_view, args=(SubwordsView,), kwargs={"word": "put"})
        st.text(shown.word)

    monkeypatch.setattr(session, "_ECHO", echo)
    app = AppTest.from_function(script).run()
    app.text_input[0].set_value("typed").run()
    app.button[0].click().run()
    assert app.text_input[0].value == app.text[0].value == "put"
    app.text_input[0].set_value("typed").run()
    assert app.text_input[0].value == app.text[0].value == kept
