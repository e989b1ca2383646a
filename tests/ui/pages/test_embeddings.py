"""The Embeddings page as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attnviz.analysis.word_epochs import word_epochs
from attnviz.comparison import Drift, Lean, drift, lean, neighbours, pairs
from attnviz.heatmap.display import number
from attnviz.model.experiment import Experiment, load
from attnviz.model.opposites import NEWS, OPPOSITES, opposites
from attnviz.model.rates import Seeds
from attnviz.tracing import trace
from attnviz.ui.components.swap_table import swap_table
from attnviz.ui.components.word_epochs.word_epochs import payload
from attnviz.ui.pages.embeddings.most_moved import leaning, listed, narrowed
from attnviz.ui.pages.embeddings.page import start
from attnviz.ui.pages.embeddings.pairs import listed as pairs_listed
from attnviz.ui.pages.embeddings.pairs import nearest
from attnviz.ui.views import EmbeddingsView
from tests.conftest import EPOCHS
from tests.model.test_rates import rates
from tests.test_comparison import remade
from tests.ui.conftest import given, said
from tests.ui.conftest import opened as open_page

STRANGER = "wonderfulllll"

opened = partial(open_page, "embeddings")


def column(table: dict[str, Any]) -> list[str]:
    """Return the first word of each row."""
    return [row["cells"][0]["words"][0]["word"] for row in table["rows"] if "words" in row["cells"][0]]


@pytest.mark.usefixtures("models")
def test_the_first_sight_is_the_pairs_and_then_the_one_of_their_words_with_a_story(tiny: Experiment) -> None:
    app = opened()
    pairs, group = given(app, "tables")
    assert not pairs["subject"] and column(pairs["tables"][0])[0] == "good"
    first = group["subject"]["word"]
    assert first == group["chosen"] == pairs["chosen"]
    assert first in tiny.vocabulary
    near = neighbours(tiny, first)
    assert column(group["tables"][0]) == [one.word for one in near.frozen]
    assert column(group["tables"][1]) == [one.word for one in near.fine_tuned]
    marked = [row["cells"][0]["words"][0]["word"] for row in group["tables"][1]["rows"] if "mark" in row["cells"][0]]
    assert marked == [one.word for one in near.came]
    assert app.get("plotly_chart")
    assert not app.query_params


FAR = {  # word: drift, times in training, by how much it leads now, stretch, another seed's drift
    "!": (0.9, 9_000, 9.0, 1.0, 0.0),
    "of": (0.9, 9_000, 9.0, 1.0, 0.0),
    "film": (0.8, 5_000, 4.0, 1.0, 0.0),
    "good": (0.5, 4_000, 2.0, 1.0, 0.0),
    "bad": (0.6, 3_000, 1.0, 1.0, 0.0),
    "worst": (0.1, 2_000, 3.0, 1.0, 0.0),
    "best": (1.0, 2_000, 8.0, np.inf, 0.0),  # it had no vector
    "love": (0.7, 2_000, 8.0, 1.0, 0.7),  # another seed carries it as far
    "awful": (0.9, 60, 8.0, 1.0, 0.0),
    "tedious": (0.95, 3, 9.0, 1.0, 0.0),
}


@pytest.mark.parametrize(
    ("there", "first"),
    [
        (FAR, "good"),  # 0.5 · 2 of the opposites that are read often
        (FAR.keys() - {"good"}, "bad"),
        (FAR.keys() - {"good", "bad", "worst"}, "awful"),  # opposites before others, though they are rarer
        (FAR.keys() - {"good", "bad", "worst", "awful"}, "tedious"),
        (("of", "!", "film", "best", "love"), "film"),  # no opposite moved farther than by chance
        (("tedious", "awful"), "awful"),  # few rows: none is read often
        ((), ""),
    ],
)
def test_the_first_word_moved_far_is_read_often_and_leans_clearly(
    monkeypatch: pytest.MonkeyPatch, tiny: Experiment, there: Collection[str], first: str
) -> None:
    words = tuple(word for word in FAR if word in there)
    far, counts, leads, stretch, spread = np.array([FAR[word] for word in words]).reshape(-1, 5).T
    moved = Drift(words, far, stretch, counts.astype(int), spread)
    votes = np.stack((leads, np.zeros(len(words))), axis=1)
    monkeypatch.setattr("attnviz.ui.cache.comparisons.drift", lambda name: moved)
    monkeypatch.setattr("attnviz.ui.cache.comparisons.lean", lambda name: Lean(words, tiny.labels, votes, votes))
    assert start(tiny) == first


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
@pytest.mark.parametrize("part", ["map", "moved", "pairs", "sentence"])
def test_every_part_opens_from_a_link_for_known_words_and_strangers(locale: str, part: str) -> None:
    for word in ("awful", STRANGER):
        app = opened(locale, word=word, part=part, zoom="1")
        assert given(app, "tables")[0]["chosen"] == word
        assert bool(app.get("plotly_chart")) == (part != "sentence")


@pytest.mark.usefixtures("models")
def test_a_stranger_is_said_never_to_have_moved() -> None:
    subject = given(opened(word=STRANGER), "tables")[1]["subject"]
    assert subject["oov"] and "never touched" in subject["about"]
    assert dict(subject["facts"])["drift = 1 − cosine"] == "0.0000"


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("word", "says"), [(" ", "no word to read"), ("two words", "exactly one"), ("x" * 5_000, "first 48"), ("*", "")]
)
def test_words_that_cannot_be_compared_get_a_plain_sentence(word: str, says: str) -> None:
    app = opened(word=word)
    assert says in said(app)
    assert app.get("plotly_chart")


@pytest.mark.usefixtures("models")
def test_a_link_that_asks_for_what_is_not_there_opens_all_the_same() -> None:
    app = opened(part="no", method="no", leans="joy", towards="joy", least="x", pairs="good good odd", lang="xx")
    assert app.get("plotly_chart")
    assert "same word" in said(opened(part="pairs", pairs="good good"))


@pytest.mark.usefixtures("models")
def test_a_pair_of_ones_own_comes_first_and_travels_in_the_link() -> None:
    app = opened(part="pairs")
    app.text_input(key="pair_box").set_value(f"funny, {STRANGER}").run()
    assert dict(app.query_params) == {"pairs": f"funny {STRANGER}", "lang": "en"}
    assert column(given(app, "tables")[0]["tables"][0])[:2] == ["funny", "good"]
    app.text_input(key="pair_box").set_value("funny").run()
    assert "A pair is two words" in said(app)


@pytest.mark.parametrize("name", ["news-en", "reviews-en", "reviews-ko"])
def test_pairs_count_as_parted_by_the_rule_that_the_figures_are_told_by(name: str) -> None:
    shipped = load(name)
    found = list(pairs(shipped, opposites(shipped.about)))
    table = pairs_listed(found, *nearest(shipped, found))
    parted = 0
    for pair, row in zip(found, table.rows, strict=True):
        one, other = (neighbours(shipped, word) for word in pair.words)
        before = pair.words[1] in {near.word for near in one.frozen} or pair.words[0] in {w.word for w in other.frozen}
        after = {near.word for near in (*one.fine_tuned, *other.fine_tuned)} & set(pair.words)
        assert row.quiet is not (pair.apart >= 0.15 or (before and not after))
        parted += not row.quiet
    assert table.about.startswith(f"{parted} of 10 pairs parted") and ("In grey" in table.about) is (parted < 10)


@pytest.mark.usefixtures("models")
def test_the_terms_of_the_page_are_explained_on_it() -> None:
    for locale, terms in (("en-US", ("cosine", "drift", "leans to")), ("ko-KR", ("코사인", "이동량", "기우는 쪽"))):
        app = opened(locale)
        assert all(f"**{term}**" in said(app) for term in terms)


@pytest.mark.usefixtures("models")
def test_an_experiment_without_twins_says_what_it_lacks(models: Path) -> None:
    path = models / "tiny-en" / "experiment.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    for part in (stored["about"]["variants"], stored["figures"]):
        del part["fine-tuned"]
    path.write_text(json.dumps(stored), encoding="utf-8")
    app = opened()
    assert "fine-tuned" in said(app) and not given(app, "tables")


def test_few_words_and_a_single_class_are_enough(tiny: Experiment, models: Path) -> None:
    remade(tiny, 10).save(models)
    about = replace(tiny.about, labels=("only",))
    start = tiny.model("frozen").embedding.weight
    alone = {variant: about.build(variant, start) for variant in about.variants}
    Experiment("one-class", about, tiny.vocabulary, tiny.vectors, alone).save(models)
    for name in ("10-words", "one-class"):
        for part in ("map", "moved", "pairs", "sentence"):
            assert given(opened(experiment=name, part=part), "tables")
    assert opened(experiment="10-words", part="map", method="tsne", word=STRANGER).get("plotly_chart")


def test_without_any_experiment_the_page_says_how_to_get_one(models: Path) -> None:
    shutil.rmtree(models)
    assert "python -m attnviz train" in said(opened())


# The lists


def test_filters_leave_the_words_they_name(tiny: Experiment) -> None:
    found, leans = drift(tiny), lean(tiny)

    def words(**filters: Any) -> list[str]:
        return [found.words[place] for place in narrowed(replace(EmbeddingsView(), **filters), found, leans)]

    assert words() == [found.words[place] for place in found.order]
    counts = dict(zip(found.words, found.counts, strict=True))
    assert set(words(least=40)) == {word for word in counts if counts[word] >= 40}
    assert set(words(among="Good, the BAD and STRANGERS")) <= {"good", ",", "the", "bad", "and", "strangers"}
    positive = words(leans="positive")
    assert {"good", "great"} <= set(positive) and not set(positive) & set(words(leans="negative"))
    assert set(words(towards="positive")) | set(words(towards="negative")) == set(found.words)


def test_words_within_the_spread_are_quiet(models: Path) -> None:
    experiment = load(models / "tiny-en")
    assert experiment.spread is not None
    experiment.spread[:] = 2
    experiment.save(models)
    rows = given(opened(part="moved"), "tables")[-1]["tables"][0]["rows"]
    assert rows and all(row["quiet"] for row in rows)


def test_a_trace_has_a_line_a_word_and_marks_the_decisive_one(tiny: Experiment) -> None:
    found = trace(tiny, f"the film was not good not {STRANGER}")
    table = swap_table(found)
    assert [row.cells[0].words for row in table.rows[1:-1]] == [(swap.word,) for swap in found.swaps]
    assert found.decisive and [row.cells[0].words[0] for row in table.rows if row.strong] == [found.decisive.word]
    assert [row.cells[0].words[0] for row in table.rows if row.quiet] == [STRANGER]


def test_a_lean_names_both_classes_only_if_it_turned() -> None:
    before, after = np.array([[0.5, 1.5]]), np.array([[0.0, 3.0]])
    assert leaning(Lean(("good",), ("negative", "positive"), before, after), 0) == "positive 1.0 → 3.0"
    assert leaning(Lean(("good",), ("negative", "positive"), -before, after), 0) == "negative 1.0 → positive 3.0"


def test_opposites_follow_the_language_the_units_and_the_classes(tiny: Experiment) -> None:
    korean = replace(tiny.about, language="ko", labels=("부정", "긍정"))
    assert opposites(replace(tiny.about, language="fi")) == opposites(tiny.about) == OPPOSITES["en"]
    assert opposites(korean) == OPPOSITES["ko"]
    assert opposites(replace(korean, units="morphemes")) == OPPOSITES["ko-morphemes"]
    assert opposites(replace(tiny.about, labels=tuple(NEWS))) == OPPOSITES["news"]
    assert all(len(pairs) == 10 and all(one != other for one, other in pairs) for pairs in OPPOSITES.values())


# Epoch by epoch, rate by rate


@pytest.mark.usefixtures("models")
def test_a_word_is_followed_through_the_epochs_of_the_run(tiny: Experiment) -> None:
    [moved] = given(opened(word="good", epoch="2"), "cosines")
    apart = word_epochs(tiny, "good", "bad")
    assert apart and apart.cosines is not None
    assert moved["cosines"] == apart.cosines.round(6).tolist()
    assert moved["history"]["at"] == 2 and moved["history"]["last"] == len(moved["neighbours"]) - 2 == EPOCHS
    assert not given(opened(word=STRANGER), "cosines")


@pytest.mark.parametrize("name", ["news-en", "reviews-en", "reviews-ko"])
def test_a_cosine_is_one_number_in_the_tables_and_beside_the_slider(name: str) -> None:
    shipped, places = load(name), 0
    for couple in opposites(shipped.about):
        for word in couple:
            moved, near = word_epochs(shipped, word), neighbours(shipped, word)
            if moved is None:
                continue
            known = {one.word: (one.frozen, one.fine_tuned) for one in (*near.frozen, *near.fine_tuned)}
            for end, place in ((0, 0), (1, -1)):
                for one in payload(moved, None, str)["neighbours"][place]:
                    other, cosine = one["word"], one["cosine"]
                    if other in known:
                        places += 1
                        assert number(cosine) == number(known[other][end])
    assert places > 100


def test_an_experiment_that_kept_no_epochs_shows_no_slider_and_one_without_rates_no_dial(models: Path) -> None:
    (models / "tiny-en" / "word-history.safetensors").unlink()
    app = opened(part="rates")
    assert given(app, "tables") and not given(app, "cosines") and not app.select_slider


def test_the_dial_shows_what_a_rate_made_of_pairs_and_neighbours(models: Path) -> None:
    rates().save(models / "tiny-en" / "rates.json")
    app = opened(part="rates", word="good")
    app.select_slider(key="rate").set_value("0.02").run()
    assert dict(app.query_params)["rate"] == "0.02"
    reached, pairs, near = given(app, "tables")[0]["tables"]
    assert [row["strong"] for row in reached["rows"]] == [False, False, True]
    assert [cell["text"] for cell in reached["rows"][2]["cells"]] == ["0.02", "80.0%", "79.0% – 81.0%", "0.04"]
    assert "2 seeds" in reached["about"] and "95%" in reached["about"]
    assert [cell.get("text") for cell in pairs["rows"][0]["cells"]][1:] == ["0.70", "−0.10", "−0.80"]
    assert "1 of 1 pairs parted" in pairs["about"]
    assert "are not those of tiny-en" in said(app) and "again about tiny-en itself" in said(app)
    assert column(near) == ["movie"] and near["rows"][0]["cells"][0]["mark"] == "came"


def test_a_dial_of_three_seeds_at_other_rates_tells_means_and_ranges(models: Path) -> None:
    table = rates()
    frozen, tuned = table.rates[0], table.rates[1]
    others = [replace(tuned, rate=rate, accuracy=Seeds(0.78, 0.77, 0.79)) for rate in (0.0005, 0.002, 0.004, 0.02)]
    replace(table, seeds=(0, 1, 2), rates=(frozen, *others)).save(models / "tiny-en" / "rates.json")
    app = opened(part="rates", rate="0.002")
    reached, pairs, _near = given(app, "tables")[0]["tables"]
    assert [row["cells"][0]["text"] for row in reached["rows"]] == ["0 (frozen)", "0.0005", "0.002", "0.004", "0.02"]
    assert [cell["text"] for cell in reached["rows"][2]["cells"]][1:3] == ["78.0%", "77.0% – 79.0%"]
    assert "3 seeds" in reached["about"] and not pairs["rows"][0]["quiet"]
    app = open_page("steps", step="8", text="good", reader="fine-tuned")
    assert "(seeds: 3) are right on 80.0% of the test rows if frozen; at an embedding rate of 0.0005 on 78.0%" in said(
        app
    )


def test_a_dial_of_one_seed_tells_no_least_and_most(models: Path) -> None:
    replace(rates(), seeds=(0,)).save(models / "tiny-en" / "rates.json")
    reached = given(opened(part="rates"), "tables")[0]["tables"][0]
    assert len(reached["heads"]) == len(reached["rows"][0]["cells"]) == 3 and "with one seed" in reached["about"]


def test_a_word_that_had_no_vector_is_said_to_have_no_ngram_and_tops_no_list(tiny: Experiment, models: Path) -> None:
    experiment = load(models / "tiny-en")
    model, row = experiment.model("frozen"), experiment.vocabulary.id("good")
    model.embedding.weight[row] = 0
    found = drift(experiment)
    assert found.words[found.order[-1]] == "good" and found.vectorless.sum() == 1
    shown = listed(found, lean(experiment), found.order[::-1][:1])
    assert shown.rows[0].cells[1].text == "no n-gram known"
