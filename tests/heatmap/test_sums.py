"""What is shown sums to what is shown, on every drawing of many sentences."""

from __future__ import annotations

import json
import random
import re
from decimal import Decimal

import pytest

from attnviz.cli.terminal import draw
from attnviz.model.experiment import MODELS, Experiment, load
from attnviz.ui.components.heatmap.heatmap import Ablation, drawing
from attnviz.ui.i18n import catalogue
from tests.conftest import _BAD, _FRAMES, _GOOD, _THINGS

_KOREAN = (
    "이 영화는",
    "전혀",
    "재미있지",
    "않았다",
    "배우들의",
    "연기가",
    "훌륭하고",
    "이야기는",
    "지루해서",
    "졸았다",
    "!",
)


def made(count: int) -> list[str]:
    """Return sentences of one to some thirty words of our own, half of them Korean."""
    chance, found = random.Random(0), []
    for at in range(count):
        if at % 2:
            found.append(" ".join(chance.choices(_KOREAN, k=chance.randint(1, 30))))
        else:
            parts = [
                chance.choice(_FRAMES).format(thing=chance.choice(_THINGS), word=chance.choice(_GOOD + _BAD))
                for _ in range(chance.randint(1, 6))
            ]
            found.append(" , ".join(parts))
    return found


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
    for at, text in enumerate(made(200)):
        check(tiny, text, ("en", "ko")[at % 2])


@pytest.mark.parametrize("name", ["reviews-en", "news-en", "reviews-ko"])
def test_the_shipped_experiments_add_up_as_shown(name: str) -> None:
    experiment = load(MODELS / name)
    for text in made(200)[::10]:
        check(experiment, text, experiment.language)
