from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from attnviz.model.experiment import Experiment, load, names
from attnviz.ui.i18n import catalogue
from attnviz.ui.pages.steps.homework import MOST, sheet

ROOT = Path(__file__).parents[4]
SHIPPED = [name for name in names(ROOT / "models") if (ROOT / "models" / name / "uniform.safetensors").exists()]
PARTS = {
    "en": (["The film", "Her acting", "This story", "Stocks of the club", "A computer"],
           ["was not amazing.", "is a joy from start to end!", "never finds its feet", "fell by half, then rose again",
            "made me laugh and cry, and in the end it was only the music that I could not forget for days"]),
    "ko": (["이 영화는", "음악이", "배우의 연기는", "이야기가", "마지막 장면은"],
           ["전혀 재미있지 않았다.", "최고예요!", "조금 느리지만 감동적이다", "지루하고 뻔하다",
            "좋았지만 너무 길어서 중간에 졸았고 끝나고 나니 무슨 이야기인지 하나도 기억나지 않았습니다"]),
}  # fmt: skip


def figures(cells: list[str]) -> list[float]:
    return [float(cell.replace("−", "-")) for cell in cells if re.fullmatch(r"[−+]?\d+\.\d{3}", cell)]


def rows(page: str, kind: str) -> list[list[str]]:
    """Return the cells of the rows of one kind of a sheet."""
    return [
        re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(rf'<tr class="{kind}">(.*?)</tr>', page, re.S)
    ]


def told(page: str, kind: str) -> str:
    return str(re.findall(rf'class="[^"]*\b{kind}">(.*?)<', page)[0])


def rounded(value: float) -> float:
    return float(Decimal(repr(value)).quantize(Decimal("0.001"), ROUND_HALF_UP))


def solved(page: str) -> dict[str, list[float]]:
    """Work a sheet out from what is printed on it alone, as its instructions say."""
    given = [figures(row) for row in rows(page, "task")]
    assert all(len(row) == 2 for row in given)  # score and vote: the blanks are blank
    others = figures(rows(page, "others")[0]) if rows(page, "others") else [0.0, 0.0]
    [bias] = figures(rows(page, "bias")[0])
    powers = [rounded(math.exp(score)) for score, _vote in given]
    total = rounded(sum(powers) + others[0])
    weights = [rounded(power / total) for power in powers]
    added = [rounded(weight * vote) for weight, (_score, vote) in zip(weights, given, strict=True)]
    logit = rounded(sum(added) + others[1] + bias)
    logits = [float(one.replace("−", "-")) for one in re.findall(r'class="other">.*? ([−\d.]+)</b>', page)]
    probability = rounded(math.exp(logit) / (math.exp(logit) + sum(map(math.exp, logits))))
    return {"powers": powers, "weights": weights, "added": added, "sums": [total, logit], "probability": [probability]}


@pytest.mark.parametrize("name", SHIPPED)
def test_fifty_sheets_are_solvable_from_what_is_on_them_and_their_keys_are_right(name: str) -> None:
    experiment = load(ROOT / "models" / name)
    language = experiment.language
    sentences = [f"{who} {what}" for who in PARTS[language][0] for what in PARTS[language][1]]
    for text in sentences:
        for variant in ("frozen", "fine-tuned"):
            found = experiment.explain(text, variant)
            blank, key = (sheet(found, language, catalogue(language).gettext, key=filled) for filled in (False, True))
            answers = solved(blank)
            tasks = [figures(row) for row in rows(key, "task")]
            assert [row[1] for row in tasks] == answers["powers"]
            assert [row[2] for row in tasks] == answers["weights"]
            assert [row[4] for row in tasks] == answers["added"]
            assert figures(rows(key, "sum")[0]) == answers["sums"]
            assert [float(told(key, "probability"))] == answers["probability"]
            assert float(told(key, "uniform")) == rounded(1 / len(found.tokens))
            # as far as three places go, that is the model
            heaviest = sorted(range(len(found.tokens)), key=lambda place: -found.weights[place])[:MOST]
            assert sorted(answers["weights"]) == pytest.approx(sorted(found.weights[heaviest]), abs=2e-3)
            assert answers["sums"][1] == pytest.approx(found.logits.max(), abs=0.02)
            assert answers["probability"][0] == pytest.approx(found.probabilities.max(), abs=6e-3)


def test_what_people_typed_is_text_and_scores_out_of_reach_are_brought_near(tiny: Experiment) -> None:
    from dataclasses import replace

    found = tiny.explain("a <b>good</b> film")
    steep = replace(found, scores=found.scores + 40)
    page = sheet(steep, "en", str, key=False)
    assert "<b>good" not in page and "softmax does not notice" in page
    assert max(solved(page)["powers"]) < 404
    assert solved(page)["weights"] == solved(sheet(found, "en", str, key=False))["weights"]
