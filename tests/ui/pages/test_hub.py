"""The Train page sends an experiment to a hub, and brings one from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnviz.model.experiment import load
from tests.model.hub_server import Hub
from tests.model.test_hub import hub
from tests.ui.conftest import opened, said

__all__ = ["hub"]  # a fixture


def test_an_experiment_is_sent_and_brought_again(models: Path, hub: Hub) -> None:
    app = opened("train")
    app.text_input(key="hub_place_tiny-en").set_value("someone/films").run()
    app.button(key="hub_sent_tiny-en").click().run()
    assert "“tiny-en” is at hf://someone/films." in said(app).replace("\u2060", "")
    copied = "hf:\u2060//someone/films"  # as the page shows it, with what keeps it from being a link
    app.text_input(key="hub_address").set_value(copied).run()
    assert "The experiment will be called “films”." in said(app)
    app.button(key="hub_bring").click().run()
    assert not app.exception
    assert "“films” is there." in said(app)
    assert load(models / "films").about == load(models / "tiny-en").about


@pytest.mark.usefixtures("models", "hub")
def test_what_is_not_there_is_said() -> None:
    app = opened("train", locale="ko-KR")
    app.text_input(key="hub_address").set_value("someone/else").run()
    app.button(key="hub_bring").click().run()
    assert not app.exception
    assert "hf://someone/else: 없거나 볼 수 없는 주소입니다." in said(app).replace("\u2060", "")
