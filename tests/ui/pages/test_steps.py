"""The Step by step page as Streamlit runs it: what links ask for, and what an experiment may lack."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import given, said
from tests.ui.conftest import opened as open_page

opened = partial(open_page, "steps")


def pictures(app: AppTest) -> list[dict[str, Any]]:
    return [one for one in given(app) if "blocks" in one or "mode" in one]


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("text", ["good", "zzzq xxqv wwkj", "!", "great " * 400, "<b>$x$</b> :smile: **so** good"])
def test_every_step_takes_every_sentence(text: str) -> None:
    app = opened(text=text, step="1")
    for step in range(1, 11):
        app.query_params["step"] = str(step)
        app.run()
        assert not app.exception
        assert pictures(app) or "misspelt" in said(app)
        assert "{" not in said(app)


@pytest.mark.usefixtures("models")
def test_a_link_to_what_is_not_there_is_said_and_opens() -> None:
    app = opened(step="99", heat="77", reader="nobody", side="joy", experiment="none")
    assert "no step 99" in said(app) and "between 0 and 5" in said(app)
    [picture] = pictures(app)
    assert picture["step"] == 1


@pytest.mark.usefixtures("models")
def test_weights_of_another_sentence_do_not_count() -> None:
    [picture] = pictures(opened(step="5", text="so good", hand="one-1", of="00000000"))
    assert picture["hand"] == "own"
    [picture] = pictures(opened(step="5", text="so good", hand="one-1", of=picture["digest"]))
    assert picture["hand"] == "one-1"


def whole_model(app: AppTest) -> list[dict[str, Any]]:
    """Return what the picture above the steps was given of each reader."""
    [picture] = [one for one in given(app) if "readers" in one]
    return list(picture["readers"])


@pytest.mark.usefixtures("models")
def test_nothing_of_the_weights_is_sent_before_they_are_revealed() -> None:
    for step in ("3", "4", "5", "9"):
        app = opened(step=step, text="so good", predict="1")
        assert not pictures(app)
        assert not {"weights", "scores", "context"} & {key for reader in whole_model(app) for key in reader}
        assert "α" not in json.dumps([one for one in given(app) if "readers" not in one], ensure_ascii=False)
        [asked] = [one for one in given(app) if "twins" in one]
        assert asked["twins"] is None


def test_without_a_uniform_or_a_frozen_one_the_step_says_so(models: Path) -> None:
    path = models / "tiny-en" / "experiment.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    for variant in ("uniform", "frozen"):
        del stored["about"]["variants"][variant], stored["figures"][variant]
    path.write_text(json.dumps(stored), encoding="utf-8")
    [picture] = pictures(opened(step="2", text="so good"))
    assert "no classifier trained on the plain mean" in json.dumps(picture)
    app = opened(step="8", text="so good")
    assert not pictures(app) and "has no variant frozen" in said(app).replace("\\", "")
