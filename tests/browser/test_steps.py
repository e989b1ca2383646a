"""The Step by step page as somebody walks it by keyboard; every number on it beside what `explain` gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from attnviz.model.experiment import Experiment, load, names
from attnviz.model.explanation import Explanation
from benchmarks.servers import ROOT
from tests.browser.conftest import PAINTED, Windows, accessible, served

SHIPPED = [name for name in names(ROOT / "models") if (ROOT / "models" / name / "uniform.safetensors").exists()]
SIXTY = {
    "en": "The plot is thin, but the ending is superb and moving. " * 5,
    "ko": "이야기는 조금 느리지만 연기가 최고예요. 음악도 참 좋았습니다! " * 6,
}
ONE = {"en": "superb", "ko": "최고예요"}
UNIT = 1.01e-3  # a settled number may be off by one in the third place


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the app listens, on the shipped models."""
    with served(ROOT / "models", tmp_path_factory.mktemp("shipped") / "log") as address:
        yield address


def opened(page: Page, address: str, **link: str) -> None:
    """Open the page at a link and wait for its step."""
    page.goto(f"{address}/steps?{urlencode(link)}")
    at(page, int(link.get("step", "1")))


def at(page: Page, step: int) -> Locator:
    """Return a step's picture once it is drawn."""
    picture = page.locator(f".lesson[data-step='{step}']")
    expect(picture).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", level=2).filter(has_text=f"{step}. ")).to_be_visible()
    return picture


def numbers(texts: Locator | str) -> list[float]:
    """Return every number with three places in some texts."""
    joined = texts if isinstance(texts, str) else " ".join(texts.all_inner_texts())
    return [float(found.replace("−", "-")) for found in re.findall(r"[−+]?\d+\.\d{3}(?!\d)", joined)]


def same(shown: list[float], true: object, off: float = 5.01e-4) -> None:
    """Hold numbers on the screen to the true ones."""
    np.testing.assert_allclose(shown, np.ravel(np.asarray(true)), rtol=0, atol=off)


def answers(panel: Locator, found: Explanation, logits: bool = True) -> None:
    """Hold an answer on the screen to an explanation: logits, and probabilities that add up to 1."""
    if logits:
        same(numbers(panel.locator(".classes .logit")), found.logits)
    shown = numbers(panel.locator(".classes .probability"))
    same(shown, found.probabilities, UNIT)
    assert round(sum(shown), 3) == 1


def weights(picture: Locator, found: Explanation) -> None:
    """Hold the weights on the screen to an explanation, and their sum to 1."""
    *shown, total = numbers(picture.locator(".weights .number"))
    same(shown, found.weights, UNIT)
    assert round(sum(shown), 3) == total == 1


def adds_up(picture: Locator) -> float:
    """Return the total of a waterfall, which its parts add up to."""
    *parts, total = numbers(picture.locator(".sum .number"))
    assert round(sum(parts), 3) == total
    return total


def check(step: int, picture: Locator, experiment: Experiment, text: str) -> None:
    """Hold every number of a step to what `explain` gives."""
    found = experiment.explain(text)
    last = len(found.tokens) - 1
    match step:
        case 1:
            rows = experiment.model("fine-tuned").embedding.weight.numpy()
            for place, line in enumerate(picture.locator(".strips .numbers").all()):
                if found.known[place]:
                    same(numbers(line), rows[experiment.vocabulary.id(found.tokens[place].word)][:3])
        case 2:
            answers(picture, experiment.explain(text, "uniform"))
        case 3:
            same(numbers(picture.locator(".choices button")), found.scores)
            assert adds_up(picture) == pytest.approx(found.scores[found.weights.argmax()], abs=6e-4)
        case 4:
            weights(picture, found)
            same(numbers(picture.locator(".weights .score")), found.scores)
            *powers, total = numbers(picture.locator(".weights .power"))
            same(powers, np.exp(found.scores), UNIT)
            assert round(sum(powers), 3) == total
            answers(picture, found)
        case 5:
            weights(picture, found)
            answers(picture, found)
            assert numbers(picture.locator(".far, .said"))[0] == 0
        case 6:
            k = int(found.logits.argmax())
            assert adds_up(picture) == pytest.approx(found.logits[k], abs=6e-4)
            answers(picture, found)
            if last == 0:
                same(
                    numbers(picture.locator(".sum .number")),
                    [found.contributions[0, k], found.bias[k], found.logits[k]],
                    UNIT,
                )
        case 7:
            if not found.known.all():
                strangers = [i for i in np.flatnonzero(~found.known) if found.tokens[i].text[0].isalnum()]
                unk = experiment.explain(text, unknown="unk")
                shown = numbers(picture.locator(".cells td.barred"))
                same(shown[:2], [found.weights[strangers[0]], unk.weights[strangers[0]]])
                answers(picture.locator("[data-id=subword]"), found)
                answers(picture.locator("[data-id=unk]"), unk)
        case 8:
            answers(picture.locator("[data-id=frozen]"), experiment.explain(text, "frozen"))
            answers(picture.locator("[data-id=fine-tuned]"), found)
        case 9:
            weights(picture, found)
            if last > len(found.labels):
                picture.get_by_role("button", name=re.compile("farthest|가장 먼")).click()
                *shown, total = numbers(picture.locator(".weights .number"))
                assert round(sum(shown), 3) == total == 1
                answers(picture, found, logits=False)  # all logits may be shifted alike
                far = numbers(picture.locator(".said"))[0]
                assert far == pytest.approx(np.abs(np.array(shown) - found.weights).sum() / 2, abs=0.01)
                assert far > 0.5
        case _:
            fade = numbers(picture.locator(".curve").last.locator("tbody td"))
            assert fade[0] == 1 and all(share >= 0 for share in fade)
            times = numbers(picture.locator(".curve").first.locator("tbody td"))
            assert len(times) == 3 * 3 and min(times) > 0  # by three lengths; how long it takes is the machine's affair


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_is_what_explain_gives(page: Page, shipped: str, name: str) -> None:
    experiment = load(ROOT / "models" / name)
    for text in (ONE[experiment.language], SIXTY[experiment.language]):
        link = {"experiment": name, "text": text, "lang": experiment.language}
        opened(page, shipped, **link)
        for step in range(1, 11):
            if step > 1:
                page.keyboard.press("ArrowRight")
            picture = at(page, step)
            for patience in reversed(range(200)):  # what the server said last may still be on its way to the screen
                try:
                    check(step, picture, experiment, text)
                    break
                except AssertionError:
                    if not patience:
                        raise
                    page.evaluate(PAINTED)
            page.locator("h2").first.click()  # what was clicked in a step lets go of the keys
    assert page.get_by_text("NaN").count() == 0


def test_no_english_is_left_on_a_korean_page(page: Page, address: str, tiny: Experiment) -> None:
    near = [word for word, _ in tiny.vectors.most_similar("amaaazing")]
    opened(page, address, lang="ko", text="so bad amaaazing", present="1")
    names = {
        "LSTM",
        "FastText",
        "Bahdanau",
        "additive",
        "exp",
        "tanh",
        "unk",
        "Jain",
        "Wallace",
        "Wiegreffe",
        "Pinter",
        "PyTorch",
        "Word",
        "Vec",
        "GloVe",
    }
    for step in range(1, 11):
        if step > 1:
            page.keyboard.press("ArrowRight")
        at(page, step)
        lesson = page.locator(".st-key-lesson")
        lesson.locator("summary").click()
        said = re.sub(
            "“[^”]*”", "", " ".join(lesson.all_inner_texts()).replace("_", " ")
        )  # data stands in quotation marks
        apart = lesson.locator(".katex, [data-testid=stIconMaterial]")
        formula = " ".join(apart.all_inner_texts()).replace("_", " ")
        english = set(re.findall("[A-Za-z]{3,}", said)) - set(re.findall("[A-Za-z]{3,}", formula)) - names
        assert english <= {"bad", "amaaazing", "film", *near}, step


def test_weights_by_hand_answer_in_the_browser_and_stand_in_the_link(page: Page, address: str) -> None:
    opened(page, address, step="5", text="the movie was not good")
    picture = at(page, 5)
    slider = picture.get_by_role("slider", name="weight of “good”")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    shown = numbers(picture.locator(".weights .number"))
    assert round(sum(shown[:-1]), 3) == shown[-1] == 1
    page.wait_for_function("new URLSearchParams(location.search).has('hand')")
    seen = picture.inner_text()
    assert page.locator("nav[data-now='5']").count() == 1  # the arrow keys belonged to the slider
    page.reload()
    assert at(page, 5).inner_text() == seen
    picture.get_by_role("button", name="not", exact=True).click()
    assert numbers(picture.locator(".weights .number")) == [0, 0, 0, 1, 0, 1]


def test_the_temperature_turns_and_zero_is_its_limit(page: Page, address: str) -> None:
    opened(page, address, step="4", text="the movie was not good", heat="0")
    picture = at(page, 4)
    shown = numbers(picture.locator(".weights .number"))
    assert sorted(shown) == [0, 0, 0, 0, 1, 1]
    expect(picture).to_contain_text("divide by zero")
    picture.get_by_role("slider").press("End")
    hot = numbers(picture.locator(".weights .number"))
    assert max(hot[:-1]) < 0.5 and hot[-1] == 1
    query = "new URLSearchParams(location.search).get('heat') === '5'"
    page.wait_for_function(query)


def test_predict_then_reveal_from_a_teachers_link(page: Page, address: str) -> None:
    page.goto(f"{address}/steps?{urlencode({'step': '4', 'predict': '1', 'text': 'the movie was not good'})}")
    mark = page.get_by_role("button", name="good", exact=True)
    expect(mark).to_be_visible(timeout=60_000)
    assert page.locator(".weights").count() == 0
    mark.click()
    page.get_by_role("button", name="not", exact=True).click()
    page.get_by_role("button", name="Reveal the weights").click()
    twins = page.locator(".answer[data-id='frozen'], .answer[data-id='fine-tuned']")
    expect(twins).to_have_count(2)
    for twin in twins.all():
        assert re.search(r"[012] of 2 are the same: overlap (0\.000|0\.500|1\.000)", twin.inner_text())
        assert round(sum(numbers(twin.locator(".word small"))), 3) == 1
    at(page, 4)
    link = {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}
    assert link["marks"] == "3,4" and link["reveal"] == "4"


@pytest.mark.parametrize(
    ("language", "offer", "notice"),
    [("en", "This step as a sheet", "Notice:"), ("ko", "이 단계를 한 장으로", "살펴보기:")],
)
def test_a_sheet_stands_alone(page: Page, address: str, tmp_path: Path, language: str, offer: str, notice: str) -> None:
    opened(page, address, step="6", text="<b>not</b> a good film & plot", lang=language)
    title = page.get_by_role("heading", level=2).first.inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(offer)).click()
    path = tmp_path / "sheet.html"
    waiting.value.save_as(path)
    seen = numbers(at(page, 6).locator(".sum .number"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    expect(page.locator("blockquote")).to_have_text("<b>not</b> a good film & plot")
    assert page.evaluate("document.documentElement.lang") == language
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("p > b")).to_have_text(notice)
    assert numbers(page.locator(".sum .number")) == seen
    assert page.locator("math").count() == 1
    assert [url for url in asked if not url.startswith("file:")] == []


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "ko-KR")])
def test_axe_finds_nothing_on_any_step(
    windows: Windows, address: str, scheme: Literal["light", "dark"], locale: str
) -> None:
    page = windows.like(viewport={"width": 1280, "height": 720}, color_scheme=scheme, locale=locale).new_page()
    opened(page, address, text="such an amaaazing plot, not a clumsy one " * 3)
    for step in range(1, 11):
        if step > 1:
            page.keyboard.press("ArrowRight")
        at(page, step)
        accessible(page, ".st-key-lesson" if step > 1 else None)  # all else stays
    assert page.evaluate("document.documentElement.lang") == locale[:2]


def test_a_phone_scrolls_down_only(windows: Windows, address: str) -> None:
    page = windows.like(viewport={"width": 390, "height": 844}, locale="ko-KR", has_touch=True).new_page()
    opened(page, address, text="such an amaaazing plot, " + "w" * 80)
    for step in range(1, 11):
        if step > 1:
            page.get_by_role("link", name="다음").click()
        at(page, step)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, step
        for picture in page.locator(".lesson[data-step]").all():
            assert picture.evaluate("node => node.scrollWidth <= node.clientWidth"), step
