from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

import attnviz
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, load, names
from attnviz.model.storage import SCHEMA
from tests.model.test_rates import rates


@pytest.fixture
def copy(tiny_models: Path, tmp_path: Path) -> Path:
    """Return a copy of tiny-en that may be damaged."""
    return Path(shutil.copytree(tiny_models / "tiny-en", tmp_path / "tiny-en"))


def test_what_is_saved_comes_back(tiny: Experiment, tmp_path: Path) -> None:
    again = load(tiny.save(tmp_path))
    text = "the amaaazing movie was not boring"
    for variant in tiny.variants:
        assert np.array_equal(again.explain(text, variant).logits, tiny.explain(text, variant).logits)
    assert (again.about, again.figures, again.standings, again.history, again.card) == (
        tiny.about,
        tiny.figures,
        tiny.standings,
        tiny.history,
        tiny.card,
    )


def test_a_folder_holds_what_the_design_says_and_no_embedding_twice(tiny_models: Path) -> None:
    assert {path.name for path in (tiny_models / "tiny-en").iterdir()} == {
        "README.md",
        "experiment.json",
        "vocabulary.txt",
        "vectors.safetensors",
        "history.json",
        "frozen.safetensors",
        "fine-tuned.safetensors",
        "uniform.safetensors",
        "spread.safetensors",
        "baseline.safetensors",
        "learned.safetensors",
        "word-history.safetensors",
    }
    assert "embedding.weight" not in load_file(tiny_models / "tiny-en" / "frozen.safetensors")
    assert load_file(tiny_models / "tiny-en" / "fine-tuned.safetensors")["embedding.weight"].dtype == np.float16


def test_a_table_of_rates_and_the_words_of_the_epochs_come_back(copy: Path, tmp_path: Path) -> None:
    rates().save(copy / "rates.json")
    again = load(load(copy).save(tmp_path / "again"))
    assert again.rates == rates()
    before, after = (
        load_file(folder / "word-history.safetensors") for folder in (copy, tmp_path / "again" / copy.name)
    )
    assert before.keys() == after.keys() and all(np.array_equal(before[name], after[name]) for name in before)
    (copy / "rates.json").write_text("{")
    with pytest.raises(AttnvizError, match=r"rates\.json"):
        load(copy)


def test_the_twins_are_the_frozen_and_the_fine_tuned_variant_if_both_are_there(tiny: Experiment) -> None:
    assert tiny.twins == ("frozen", "fine-tuned")
    models = {name: tiny.model(name) for name in ("frozen", "uniform")}
    assert Experiment("alone", tiny.about, tiny.vocabulary, tiny.vectors, models).twins is None


def test_saving_takes_the_place_of_the_old_one_and_leaves_nothing_else(tiny: Experiment, tmp_path: Path) -> None:
    tiny.save(tmp_path)
    (tmp_path / "tiny-en" / "leftover").touch()
    tiny.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny-en"]
    assert not (tmp_path / "tiny-en" / "leftover").exists()


def test_a_crash_while_saving_leaves_the_old_one(
    tiny: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.save(tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "tiny-en").iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(type(tiny.vectors), "save", full)
    with pytest.raises(AttnvizError, match=r"cannot be written \(No space left on device\)"):
        tiny.save(tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "tiny-en").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["tiny-en"]


def test_load_by_path_and_by_name(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert attnviz.load(tiny_models / "tiny-en").name == "tiny-en"
    monkeypatch.setattr("attnviz.model.experiment.MODELS", tiny_models)
    assert attnviz.load("tiny-en").name == "tiny-en"
    assert names(tiny_models) == ["tiny-en"]


@pytest.mark.parametrize("name", ["nothing-here", "../tiny-en", "", "/etc"])
def test_a_name_that_is_not_there_says_so(name: str) -> None:
    with pytest.raises(AttnvizError):
        load(name)


@pytest.mark.parametrize(
    "file", ["experiment.json", "vocabulary.txt", "vectors.safetensors", "frozen.safetensors", "history.json"]
)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert names(copy.parent) == ["tiny-en"]
    with pytest.raises(AttnvizError, match=f"{file}.*missing"):
        load(copy)


@pytest.mark.parametrize(
    "file",
    [
        "vectors.safetensors",
        "frozen.safetensors",
        "spread.safetensors",
        "learned.safetensors",
        "word-history.safetensors",
        "experiment.json",
        "history.json",
    ],
)
def test_a_truncated_file_is_named(copy: Path, file: str) -> None:
    whole = (copy / file).read_bytes()
    (copy / file).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AttnvizError, match=file):
        load(copy)


def test_another_schema_is_named(copy: Path) -> None:
    about = json.loads((copy / "experiment.json").read_text())
    assert about["schema"] == SCHEMA
    (copy / "experiment.json").write_text(json.dumps({**about, "schema": SCHEMA + 1}))
    with pytest.raises(AttnvizError, match="schema"):
        load(copy)


def test_a_wrong_shape_and_a_number_that_is_none_are_named(copy: Path) -> None:
    tensors = load_file(copy / "fine-tuned.safetensors")
    save_file({**tensors, "fc.weight": tensors["fc.weight"][:, :-1].copy()}, copy / "fine-tuned.safetensors")
    with pytest.raises(AttnvizError, match=r"fine-tuned\.safetensors.*fc\.weight.*shape"):
        load(copy)
    save_file({**tensors, "fc.bias": np.full_like(tensors["fc.bias"], np.nan)}, copy / "fine-tuned.safetensors")
    with pytest.raises(AttnvizError, match="not finite"):
        load(copy)


def test_no_variant_at_all_and_a_card_of_other_bytes(copy: Path) -> None:
    (copy / "README.md").write_bytes(b"\xff\xfe caf\xe9")
    assert load(copy).card
    stored = json.loads((copy / "experiment.json").read_text())
    stored["about"]["variants"] = {}
    (copy / "experiment.json").write_text(json.dumps(stored))
    with pytest.raises(AttnvizError, match="variants"):
        load(copy)


@pytest.mark.parametrize("number", ["NaN", "1e400", "-Infinity"])
def test_a_number_that_is_not_finite_is_refused(copy: Path, number: str) -> None:
    text = (copy / "experiment.json").read_text()
    (copy / "experiment.json").write_text(re.sub(r'"accuracy": [0-9.]+', f'"accuracy": {number}', text, count=1))
    with pytest.raises(AttnvizError, match=r"experiment\.json"):
        load(copy)


def test_json_without_end_is_refused(copy: Path) -> None:
    (copy / "experiment.json").write_text("[" * 200_000)
    with pytest.raises(AttnvizError, match=r"experiment\.json"):
        load(copy)


def test_a_label_cannot_command_a_terminal(copy: Path) -> None:
    stored = json.loads((copy / "experiment.json").read_text())
    stored["about"]["labels"][0] = "\x1b]0;mine\x07"
    (copy / "experiment.json").write_text(json.dumps(stored))
    with pytest.raises(AttnvizError, match="labels"):
        load(copy)


def test_vectors_of_another_vocabulary_are_refused(copy: Path) -> None:
    lines = (copy / "vocabulary.txt").read_text().splitlines(keepends=True)
    (copy / "vocabulary.txt").write_text("".join(lines[:-1]))
    with pytest.raises(AttnvizError, match=r"vectors\.safetensors"):
        load(copy)


def test_a_path_in_a_variants_name_is_refused(copy: Path) -> None:
    about = json.loads((copy / "experiment.json").read_text())
    variants = about["about"]["variants"]
    variants["../../secret"] = variants.pop("frozen")
    (copy / "experiment.json").write_text(json.dumps(about))
    with pytest.raises(AttnvizError, match=r"experiment\.json"):
        load(copy)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_experiment_json_with_anything_in_it_only_ever_gives_our_error(copy: Path, data: st.DataObject) -> None:
    path = copy / "experiment.json"
    original = path.read_text()
    about = json.loads(original)
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=4,
    )
    part = data.draw(st.sampled_from([about, about["about"], about["figures"]["frozen"]["all"]]))
    part[data.draw(st.sampled_from([*sorted(part), "surplus"]))] = data.draw(anything)
    try:
        path.write_text(json.dumps(about))
        load(copy)
    except AttnvizError:
        pass
    finally:
        path.write_text(original)
