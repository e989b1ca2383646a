from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from attnviz.analysis.diagnosis import removal
from attnviz.analysis.evaluation.answers import answered
from attnviz.analysis.evaluation.predictions import fingerprint
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.data.datasets import Dataset
from attnviz.data.steps import finished
from attnviz.data.streaming import StreamedDataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, load, unfinished_work
from attnviz.morphemes import Segmenter
from attnviz.text import words
from attnviz.tracing import trace
from attnviz.training import morphemes
from attnviz.training.config import TrainingConfig
from attnviz.training.progress import Progress
from attnviz.training.train import train
from tests.conftest import MORPHEMES
from tests.training.runs import QUICK

TEXT, READ = "영화는 재미있지 않다", ["영화", "는", "재미있", "지", "않", "다"]
KOREAN = replace(QUICK, language="ko", units="morphemes", probes=(TEXT,))


def test_what_reads_a_text_for_the_classifiers_reads_its_morphemes(tiny_ko: Experiment) -> None:
    assert tiny_ko.words(TEXT) == [token.word for token in tiny_ko.tokenize(TEXT)] == READ
    explained = tiny_ko.explain(TEXT)
    assert [token.text for token in explained.tokens] == READ and explained.known.all()
    assert [token.text for token in tiny_ko.explain(TEXT, without=[2]).tokens] == [*READ[:2], *READ[3:]]
    assert len(tiny_ko.encode([TEXT]).ids[0]) == len(READ)
    assert [token.word for token in trace(tiny_ko, TEXT).tokens] == READ
    assert answered(tiny_ko, [0], [TEXT], ["frozen"], tokens=True).column("tokens").to_pylist() == [READ]
    index = TokenIndex.of([TEXT, "재미없다"], 60, tiny_ko.segmenter)
    assert index.having(["재미있"]).tolist() == [True, False] and index.segmenter.words("재미있지") == ["재미있", "지"]
    answer = tiny_ko.explain(TEXT, "frozen").prediction
    found = finished(removal(tiny_ko, "frozen", TEXT, *{*tiny_ko.labels} - {answer}))
    assert found is None or max(found.places) < len(READ)
    assert tiny_ko.history.probes[0].tokens == tuple(READ)


def test_vocabulary_and_vectors_are_of_morphemes_and_the_baseline_of_words(
    tiny_ko: Experiment, tiny_ko_data: Dataset
) -> None:
    counted = Counter(word for text in tiny_ko_data.split("train").texts for word in tiny_ko.words(text))
    assert dict(zip(tiny_ko.vocabulary.words, tiny_ko.vocabulary.counts, strict=True)) == counted
    assert set(READ) <= set(tiny_ko.vectors.words) and "재미있지" not in tiny_ko.vectors.words
    assert tiny_ko.baseline
    assert any("있지" in term for terms in tiny_ko.baseline.terms.values() for term in terms)


def test_gaps_of_a_heat_map_are_those_of_the_text(tiny_ko: Experiment) -> None:
    drawn = tiny_ko.explain(TEXT).heatmap()
    assert ["".join(passage.text for passage in gap) for gap in drawn.gaps] == ["", "", " ", "", " ", "", ""]


def test_an_experiment_comes_back_with_its_morphemes(tiny_ko: Experiment, tmp_path: Path) -> None:
    folder = tiny_ko.save(tmp_path)
    again = load(folder)
    assert again.about.units == "morphemes" and again.words(TEXT) == READ
    assert fingerprint(again) == fingerprint(tiny_ko)
    again.segmenter = Segmenter.of_counts(MORPHEMES | {"재미": 9_000})
    assert fingerprint(again) != fingerprint(tiny_ko)
    (folder / "morphemes.txt").unlink()
    with pytest.raises(AttnvizError, match=r"morphemes\.txt: the file is missing"):
        load(folder)


def test_an_experiment_made_before_there_were_units_reads_words(tiny: Experiment, tmp_path: Path) -> None:
    folder = tiny.save(tmp_path)
    path = folder / "experiment.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    del stored["about"]["units"]
    path.write_text(json.dumps(stored), encoding="utf-8")
    again = load(folder)
    assert again.about.units == "words" and again.words("재미있지") == ["재미있지"]
    assert not (folder / "morphemes.txt").exists()


def test_a_stopped_run_keeps_its_counts_and_needs_no_analyser_to_go_on(
    tiny_ko_data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(morphemes, "find_spec", lambda _: None)
    with pytest.raises(AttnvizError, match="pip install kiwipiepy"):
        next(train(tiny_ko_data, "ko", KOREAN, out=tmp_path))
    assert not unfinished_work(tmp_path, "ko").exists()
    work = unfinished_work(tmp_path, "ko")
    work.mkdir()
    _keep(work / "morphemes.txt")
    events = list(train(tiny_ko_data, "ko", replace(KOREAN, epochs=1), out=tmp_path, resume=True))
    assert "morphemes" not in {event.stage for event in events}
    assert {event.tokens for event in events if event.accuracy} == {(tuple(READ),)}
    assert load(tmp_path / "ko").segmenter.units == "morphemes"


def test_a_stream_reads_and_counts_morphemes_as_a_file_in_memory_does(tiny_ko_data: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    columns = {"text": tiny_ko_data.texts, "label": [tiny_ko_data.label_names[label] for label in tiny_ko_data.labels]}
    pd.DataFrame(columns | {"split": tiny_ko_data.splits}).to_parquet(path, row_group_size=50)
    for name, data in (("stream", StreamedDataset.open(path)), ("memory", tiny_ko_data)):
        work = unfinished_work(tmp_path, name)
        work.mkdir()
        _keep(work / "morphemes.txt")
        for _ in train(data, name, replace(KOREAN, epochs=1), out=tmp_path, resume=True):
            pass
    one, other = load(tmp_path / "stream"), load(tmp_path / "memory")
    assert (one.vocabulary.words, one.vocabulary.counts) == (other.vocabulary.words, other.vocabulary.counts)
    texts = StreamedDataset.open(path).train.texts(20)
    assert len(texts) == 20 and set(texts) <= set(tiny_ko_data.split("train").texts)


def test_vectors_of_other_units_are_not_lent(tiny: Experiment, tiny_ko_data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match="tiny-en has vectors of words, and this run reads morphemes"):
        next(train(tiny_ko_data, "ko", KOREAN, out=tmp_path, vectors=tiny))
    assert not list(tmp_path.iterdir())


def test_morphemes_are_for_korean() -> None:
    with pytest.raises(AttnvizError, match="Morphemes are for Korean, and the language of the texts is “en”"):
        TrainingConfig(units="morphemes")


def test_what_is_counted_is_drawn_of_too_many_rows_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(morphemes, "find_spec", lambda _: True)
    monkeypatch.setattr(morphemes, "morphemes", words)
    monkeypatch.setattr(morphemes, "MOST_ROWS", 600)

    def run(texts: Sequence[str]) -> Generator[Progress, None, None]:
        found = yield from morphemes.counted(texts, tmp_path / "morphemes.txt")
        assert found.morphemes is not None and found.morphemes.counts == (600,)

    told = list(run(["영화"] * 1_000))
    assert [step.stage for step in told] == ["morphemes"] * 2 and 0 < told[0].fraction < told[1].fraction <= 1


def test_kiwipiepy_cuts_at_surface_boundaries() -> None:
    pytest.importorskip("kiwipiepy")
    assert list(morphemes.morphemes("영화는 재미있지 않았다.")) == ["영화", "는", "재미있", "지", "않", "았", "다"]
    assert list(morphemes.morphemes("공부했다 ㅋㅋ good영화")) == [
        "공부",
        "했",
        "다",
        "영화",
    ]  # 하 + 었 share a syllable


def _keep(path: Path) -> None:
    counts = Segmenter.of_counts(MORPHEMES).morphemes
    assert counts is not None
    counts.save(path)
