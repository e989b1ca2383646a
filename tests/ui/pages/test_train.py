"""The Train page as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from attnviz.model import archive
from attnviz.model.experiment import names
from attnviz.training import jobs
from attnviz.training.config import OFFERED, TrainingConfig
from attnviz.training.job_spec import JobSpec
from attnviz.training.jobs import Job
from attnviz.ui.views import TrainView
from tests.ui.conftest import given, said
from tests.ui.conftest import opened as open_page

opened = partial(open_page, "train")


def uploaded(app: AppTest, data: bytes, name: str = "my films.csv") -> AppTest:
    app.file_uploader(key="file").upload(name, data, "text/csv").run()
    assert not app.exception
    return app


@pytest.fixture
def rows(tiny_csv: Path) -> bytes:
    return tiny_csv.read_bytes()


@pytest.fixture
def training(models: Path) -> Iterator[Path]:
    """Return the models' folder, and kill what is at work there in the end."""
    yield models
    for job in jobs.jobs(models):
        for process in jobs.processes(job):
            process.kill()


def left_behind(models: Path, state: str, *events: dict[str, object]) -> Job:
    """Write a run as another server might have left it."""
    folder = models / ".jobs" / "earlier"
    folder.mkdir(parents=True)
    spec = JobSpec("earlier", TrainingConfig(probes=("so good",)), "movie-reviews", labels=("negative", "positive"))
    spec.write(folder, None)
    (folder / "events.jsonl").write_text("".join(json.dumps({"at": time.time(), **event}) + "\n" for event in events))
    if state != "waiting":
        (folder / "process.json").write_text(json.dumps({"pid": 999_999_999, "born": 1.0}))
    job = jobs.find(models, "earlier")
    assert job.state == state
    return job


def epoch(number: int, **more: object) -> dict[str, object]:
    probes = {"frozen": [{"weights": [0.5, 0.5], "probabilities": [0.4, 0.6]}]}
    told = {"stage": "training", "fraction": number / 3, "epoch": number, "epochs": 3, "step": 1, "steps": 1}
    watched = {"probes": probes, "tokens": [["so", "good"]]}
    return {**told, "losses": {"frozen": 0.5}, "accuracy": {"frozen": 0.5 + number / 10}, **watched, **more}


def test_a_file_is_looked_at_and_its_run_is_started(training: Path, rows: bytes) -> None:
    app = uploaded(opened(epochs="100", hidden="8", reading="2"), rows)
    assert app.selectbox(key="lender").value == "train"
    assert "“my-films”" in said(app) and "2 classes" in said(app)
    app.selectbox(key="lender").set_value("tiny-en").run()
    app.text_area(key="probes").set_value("it was bad\n\nit was good").run()
    app.text_input(key="name").set_value("../../한글 Films").run()
    assert "“films”. A name is a part of links" in said(app)
    app.button(key="start").click().run()
    [job] = jobs.jobs(training)
    assert (job.name, job.active) == ("films", True)
    assert job.spec == JobSpec(
        "films",
        file="my films.csv",
        text_column="text",
        label_column="label",
        pretrained="tiny-en",
        config=TrainingConfig(
            variants=("frozen", "fine-tuned"),
            epochs=100,
            hidden_dim=8,
            language_model_epochs=2,
            probes=("it was bad", "it was good"),
        ),
        labels=("negative", "positive"),
    )
    assert "100" in app.query_params["epochs"]
    assert "waits in line" not in said(app) and "in training" in said(app)
    app.button(key="really_films").click().run()
    assert jobs.jobs(training) == []


@pytest.mark.usefixtures("models")
def test_problems_are_listed_and_nothing_can_be_started() -> None:
    app = uploaded(opened(), b"text,label\nsame,a\nsame,b\n")
    assert "none of its 2 rows" in said(app)
    assert app.button(key="start").disabled
    app = uploaded(opened("ko-KR"), b"\xff\xff", "x.csv")
    assert "UTF-8" in said(app)


@pytest.mark.usefixtures("models")
def test_labels_are_given_their_meaning_and_the_file_outlives_a_visit_elsewhere(rows: bytes) -> None:
    app = uploaded(opened(), rows.replace(b"positive", b"pos").replace(b"negative", b"neg"))
    [box] = [one for one in app.text_area if one.key and one.key.startswith("label_map")]
    box.set_value("pos = positive\nneg = negative\nno = negative").run()
    assert "no row has the label no," in said(app) and not app.button(key="start").disabled
    box.set_value("pos").run()
    assert "LABEL=CLASS" in said(app) and app.button(key="start").disabled
    app._page_hash = calc_hash("subwords")
    app.run()
    app._page_hash = calc_hash("train")
    app.run()
    assert "“my films.csv” is still here" in said(app) and "2 classes" in said(app)
    app.button(key="file_away").click().run()
    assert "still here" not in said(app)


@pytest.mark.usefixtures("models")
def test_sentences_to_watch_end_with_a_word() -> None:
    long = "The company said that the delay of its new machine costs it some sixty million dollars a quarter, at least."
    row = f'"{long}",Business\n'
    app = uploaded(opened(), ("text,label\n" + row * 3 + '"Rain stopped play.",Sports\n' * 3).encode())
    watched = (app.text_area(key="probes").value or "").split("\n")[0]
    assert long.startswith(watched + " ") and 80 < len(watched) <= 100


def test_a_link_sets_the_page_within_its_limits(rows: bytes) -> None:
    app = uploaded(opened(epochs="7", hidden="9999", rate="x", dropout="0.3", scorer="?", trained="frozen,no"), rows)
    keys = ("epochs", "hidden_dim", "learning_rate", "dropout")
    assert [app.number_input(key=key).value for key in keys] == [7, 128, 0.002, 0.3]
    assert app.button_group(key="variants").value == ["frozen"]
    app = opened(data="nsmc", watched="\n".join(f"sentence {n}" for n in range(9)))
    assert "too many to watch" in said(app) and app.button(key="start").disabled


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(("linked", "rate"), [("", None), ("0.0005", 0.0005), ("0", 0.0), ("9", None), ("x", None)])
def test_a_link_sets_the_rate_of_the_vectors_which_is_half_the_other_as_long_as_none_is_given(
    rows: bytes, linked: str, rate: float | None
) -> None:
    box = uploaded(opened(vectors=linked, rate="0.004"), rows).number_input(key="embedding_learning_rate")
    assert (box.value, box.placeholder) == (rate, "empty: 0.002")
    assert (box.min, box.max) == OFFERED["embedding_learning_rate"] == (0.0, 0.05)


def test_a_run_is_started_with_the_rate_of_the_vectors_that_the_page_shows(training: Path, rows: bytes) -> None:
    app = uploaded(opened(epochs="100", hidden="8"), rows)
    app.number_input(key="embedding_learning_rate").set_value(0.008).run()
    assert dict(app.query_params)["vectors"] == "0.008"
    app.button(key="start").click().run()
    [job] = jobs.jobs(training)
    assert job.spec is not None and job.spec.config.embedding_learning_rate == 0.008
    app.button(key=f"really_{job.name}").click().run()


def test_the_page_begins_with_the_defaults_of_training() -> None:
    asked, usual = ({name: getattr(kind, name) for name in OFFERED} for kind in (TrainView, TrainingConfig))
    assert asked == usual


def test_a_run_that_another_version_asked_for_says_so_and_can_be_thrown_away(models: Path) -> None:
    left_behind(models, "interrupted", epoch(0), epoch(1))
    (models / ".jobs" / "earlier" / "job.json").write_text('{"asked": 1, "order": {"name": "earlier", "epochs": 5}}')
    app = opened()
    assert "another version of attnviz" in said(app)
    app.button(key="really_earlier").click().run()
    assert jobs.jobs(models) == []


def test_looking_at_the_page_leaves_no_trace(models: Path) -> None:
    before = sorted(models.rglob("*"))
    opened()
    assert sorted(models.rglob("*")) == before


def test_a_run_that_broke_off_says_so_and_can_go_on(models: Path) -> None:
    left_behind(models, "interrupted", epoch(0), epoch(1))
    app = opened()
    assert "ended without a word" in said(app) and "1 of 3 epochs" in said(app)
    assert {"resume_earlier", "really_earlier"} <= {button.key for button in app.button}
    assert "강제로 종료" in said(opened("ko-KR"))
    app.button(key="really_earlier").click().run()
    assert jobs.jobs(models) == []


def test_a_run_that_failed_says_why_in_the_language_of_the_screen(models: Path) -> None:
    template = "{name} is {value}: give a number from {low} to {high}."
    values = {"name": "seed", "value": -1, "low": 0, "high": 9}
    left_behind(models, "failed", {"stage": "failed", "template": template, "values": values})
    assert "seed is -1: give a number from 0 to 9." in said(opened())


def test_a_run_that_is_done_leads_to_its_sentences(models: Path) -> None:
    shutil.copytree(models / "tiny-en", models / "earlier")
    left_behind(models, "done", epoch(0), epoch(1), {"stage": "done", "fraction": 1.0})
    app = opened()
    assert "Right on the" in said(app) and "TF-IDF + logistic regression" in said(app)
    assert "the plain baseline (TF-IDF + logistic regression)" in said(app)
    assert "kept, for none does clearly better on the validation rows: frozen epoch 1" in said(app)
    [race] = given(app, "charts")
    assert [curve["points"] for curve in race["charts"][1]["curves"]] == [[[0.0, 0.5], [1.0, 0.6]]]
    assert race["probes"][0]["panels"][0]["answer"] == "positive 60%"
    app.button(key="away_earlier").click().run()
    assert jobs.jobs(models) == [] and "earlier" in names(models)


def test_experiments_are_renamed_and_deleted_but_not_shipped_ones(models: Path) -> None:
    shutil.copytree(models / "tiny-en", models / "reviews-en")
    app = opened(experiment="tiny-en")
    assert app.selectbox(key="keep_name").value == "tiny-en"
    app.selectbox(key="keep_name").set_value("tiny-en").run()
    app.text_input(key="new_name_tiny-en").set_value("Other!").run()
    app.button(key="keep_renamed").click().run()
    assert names(models) == ["other", "reviews-en"] and "“other” now" in said(app)
    assert app.selectbox(key="experiment").value == "other"
    app.button(key="keep_deleted").click().run()
    assert names(models) == ["reviews-en"]
    assert "is deleted" in said(app)


def test_an_experiment_that_lends_its_vectors_stays_until_the_run_is_over(models: Path) -> None:
    left_behind(models, "interrupted")
    path = models / ".jobs" / "earlier" / "job.json"
    stored = json.loads(path.read_text())
    stored["pretrained"] = "tiny-en"
    path.write_text(json.dumps(stored))
    app = opened()
    app.button(key="keep_deleted").click().run()
    assert names(models) == ["tiny-en"] and "lends its vectors" in said(app)


def test_a_zip_is_brought_and_a_bad_one_refused(models: Path) -> None:
    packed = archive.to_zip(models, "tiny-en")
    app = opened()
    app.file_uploader(key="zip_0").upload("tiny-en.zip", packed, "application/zip").run()
    assert "“tiny-en-2”" in said(app)
    app.button(key="import").click().run()
    assert names(models) == ["tiny-en", "tiny-en-2"] and "“tiny-en-2” is there" in said(app)
    app.file_uploader(key="zip_1").upload("x.zip", b"PK", "application/zip").run()
    assert "no whole zip" in said(app)
