"""Experiments go to a hub and come back as they were; what else lies there is not fetched, and nothing is run."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard, ModelCardData

import attnviz
from attnviz import AttnvizError, Experiment
from attnviz.model.hub import card
from tests.model.hub_server import Hub
from tests.vectors.test_crawl import at


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    at(server.address, monkeypatch)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_sent_comes_back_as_it_was(tiny: Experiment, hub: Hub, tmp_path: Path) -> None:
    address = tiny.push_to_hub("someone/Tiny_EN", private=True)
    assert address == "hf://someone/Tiny_EN"
    back = attnviz.load(address)
    assert back.name == "tiny-en"
    assert (back.about, back.figures, back.variants) == (tiny.about, tiny.figures, tiny.variants)
    text = "the movie was amazzzing"
    assert (back.explain(text).logits == tiny.explain(text).logits).all()
    back.save(tmp_path)
    assert attnviz.load(tmp_path / "tiny-en").about == tiny.about
    assert attnviz.load(f"{address}@main").name == "tiny-en"
    assert tiny.push_to_hub("someone/Tiny_EN") == address  # again
    assert hub.cards


def test_its_card_says_what_a_hub_reads(tiny: Experiment) -> None:
    told = ModelCard(card(tiny, "hf://someone/tiny-en"))
    assert isinstance(told.data, ModelCardData)
    assert (
        told.data.to_dict().items()
        >= {
            "language": "en",
            "library_name": "attnviz",
            "pipeline_tag": "text-classification",
        }.items()
    )
    figures = {one.metric_name: one.metric_value for one in told.data.eval_results or ()}
    for variant in tiny.variants:
        assert figures[f"accuracy, {variant}"] == round(tiny.figures[variant]["all"].accuracy, 4)
    assert 'attnviz.load("hf://someone/tiny-en")' in told.text
    assert "](../../" not in told.text
    again = replace(tiny, card=card(tiny, "hf://someone/tiny-en"))
    assert card(again, "hf://someone/tiny-en") == card(tiny, "hf://someone/tiny-en")
    assert "model-index" not in card(replace(tiny, figures={}), "hf://a/b")


def test_only_its_own_files_are_fetched(tiny: Experiment, hub: Hub, tmp_path: Path) -> None:
    tiny.push_to_hub("someone/tiny-en")
    files = hub.repositories["someone/tiny-en"]
    for name in ("model.pkl", "pytorch_model.bin", "setup.py", ".gitattributes", "more/experiment.json"):
        files[name] = pickle.dumps(name)
    attnviz.load("hf://someone/tiny-en")
    assert not set(hub.fetched) & {"model.pkl", "pytorch_model.bin", "setup.py", ".gitattributes"}
    assert "experiment.json" in hub.fetched
    assert all("/" not in name for name in hub.fetched)


def test_what_is_damaged_there_is_refused(tiny: Experiment, hub: Hub) -> None:
    tiny.push_to_hub("someone/tiny-en")
    files = hub.repositories["someone/tiny-en"]
    whole = dict(files)
    for name, content in (("frozen.safetensors", b"\x80\x04cos\nsystem"), ("experiment.json", b"{}")):
        files |= {name: content}
        with pytest.raises(AttnvizError, match=f"^hf://someone/tiny-en/{name}: "):
            attnviz.load("hf://someone/tiny-en")
        files |= whole


def test_what_is_no_experiment_is_said(tiny: Experiment, hub: Hub) -> None:
    hub.repositories["someone/bert"] = {"config.json": b"{}", "model.safetensors": b""}
    with pytest.raises(AttnvizError, match=r"hf://someone/bert holds no experiment"):
        attnviz.load("hf://someone/bert")
    tiny.push_to_hub("someone/tiny-en")
    hub.sizes["frozen.safetensors"] = 10**9
    with pytest.raises(AttnvizError, match="holds more than 200 MB"):
        attnviz.load("hf://someone/tiny-en")
    assert not hub.fetched


@pytest.mark.parametrize("address", ["hf://", "hf://someone", "hf://a/b/c", "hf://a b/c", "hf://../..@"])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(AttnvizError, match="is no place at a hub"):
        attnviz.load(address)


def test_a_hub_that_has_it_not_or_is_not_there(tiny: Experiment, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttnvizError, match="hf://someone/else is not there, or not for you"):
        attnviz.load("hf://someone/else")
    at("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(AttnvizError, match="hf://someone/else: the hub did not do it"):
        attnviz.load("hf://someone/else")
    with pytest.raises(AttnvizError, match="the hub did not do it"):
        tiny.push_to_hub("someone/else")
    with pytest.raises(AttnvizError, match="is no place at a hub"):
        tiny.push_to_hub("nobody")
    assert not hub.repositories


def test_a_hub_that_tells_a_small_size_and_sends_more(
    tiny: Experiment, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.push_to_hub("someone/tiny-en")
    hub.sizes = dict.fromkeys(hub.repositories["someone/tiny-en"], 1)
    monkeypatch.setattr("attnviz.model.hub.LARGEST", 5_000)
    with pytest.raises(AttnvizError, match="holds more than"):
        attnviz.load("hf://someone/tiny-en")


def test_no_answer_of_a_hub_names_a_file(tiny: Experiment, hub: Hub, tmp_path: Path) -> None:
    tiny.push_to_hub("someone/tiny-en")
    hub.etag = str(tmp_path / "from-outside")
    assert attnviz.load("hf://someone/tiny-en").labels == tiny.labels
    assert not (tmp_path / "from-outside").exists()
    hub.told = {"id": "someone/tiny-en", "sha": "../../../x", "siblings": [{"rfilename": "experiment.json"}]}
    with pytest.raises(AttnvizError, match="names no revision"):
        attnviz.load("hf://someone/tiny-en")


@pytest.mark.parametrize(
    "told", [b"{not json", [], {}, {"id": "a/b", "siblings": 5}, {"id": "a/b", "siblings": [{"a": 1}]}]
)
def test_an_answer_of_another_shape_is_said(tiny: Experiment, hub: Hub, told: object) -> None:
    tiny.push_to_hub("someone/tiny-en")
    hub.told = told
    with pytest.raises(AttnvizError, match="hf://someone/tiny-en"):
        attnviz.load("hf://someone/tiny-en")
