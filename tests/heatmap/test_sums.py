"""What is shown sums to what is shown, on every drawing of many sentences."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import attnviz.data
from attnviz.cli.terminal import draw
from attnviz.model.experiment import MODELS, Experiment, load
from attnviz.ui.components.heatmap.heatmap import Ablation, drawing
from attnviz.ui.i18n import catalogue

TOURS = Path(attnviz.data.__file__).parent / "tours"


def toured(*names: str) -> list[str]:
    """Return two hundred sentences of tours, evenly."""
    found = [text for name in names for text in pd.read_csv(TOURS / f"{name}.csv")["text"]]
    return found[:: len(found) // 200][:200]


def figures(texts: list[str]) -> Decimal:
    """Return the sum of figures as they are written; “>99.9%” and “<0.1%” stand for 100 and 0."""
    plain = (text.replace(">99.9", "100.0").replace("<0.1", "0.0").replace("−", "-").rstrip("%") for text in texts)
    return sum(map(Decimal, plain), Decimal(0))


def check(experiment: Experiment, text: str, locale: str) -> None:
    for variant in experiment.variants:
        explanation = experiment.explain(text, variant)
        shown = explanation.rounded
        heatmap = explanation.heatmap()
        numbers, percents = [word.number for word in heatmap.words], [one.percent for one in heatmap.classes]
        assert figures(numbers) == 100 and figures(percents) == 100
        svg, html = explanation.to_svg(), explanation.to_html()
        assert figures(re.findall(r'font-size="12">(-?[\d.]+%)</text></g>', svg)) == 100
        assert figures(re.findall(r'<small style="font-size:12px">([\d.]+%)</small>', html)) == 100
        terminal = draw(heatmap, 100).plain.split("\n")
        assert figures([one for line in terminal[1:][1::2] for one in line.split()]) == 100
        [panel] = json.loads(drawing([Ablation(explanation)], "attention", catalogue(locale).gettext))["panels"]
        assert figures(panel["numbers"]) == 100 and figures([one["percent"] for one in panel["classes"]]) == 100
        assert panel["numbers"] == numbers == [f"{weight:.1%}" for weight in shown.weights]
        for k, label in enumerate(experiment.labels):
            below = [word.number for word in explanation.heatmap(label).words]
            bias, logit = (Decimal(f"{of[k]:.3f}") for of in (shown.bias, shown.logits))
            assert figures(below) + bias == logit
            told = [word.details.split("\n")[2 + k].rsplit(" ", 1)[1] for word in heatmap.words]
            assert figures(told) + bias == logit


def test_sums_as_shown_add_up_on_every_drawing_of_two_hundred_sentences(tiny: Experiment) -> None:
    texts = toured("tour-en", "tour-ko")
    assert len(texts) == 200
    for at, text in enumerate(texts):
        check(tiny, text, ("en", "ko")[at % 2])


@pytest.mark.parametrize(
    ("name", "tours"),
    [("reviews-en", ["tour-en"]), ("news-en", ["tour-news", "tour-en"]), ("reviews-ko", ["tour-ko"])],
)
def test_the_shipped_experiments_add_up_as_shown(name: str, tours: list[str]) -> None:
    experiment = load(MODELS / name)
    for text in toured(*tours):
        check(experiment, text, experiment.language)
