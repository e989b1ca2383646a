"""The Errors page as somebody sees it who has a keyboard, a mouse and a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PAINTED, Windows, accessible

MARKUP = "<img/src=x/onerror=window.hacked=1>"


@pytest.fixture(scope="session")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of 64 rows, every second label wrong, one text markup and one a formula."""
    path = tmp_path_factory.mktemp("mine") / "mine.csv"
    rows = [
        f"the {thing} was {word},{label}"
        for thing in ("film", "story", "plot", "music", "ending", "scene", "script", "acting")
        for word in ("good", "awful", "dull", "great")
        for label in ("positive", "negative")
    ]
    path.write_text("\n".join(["text,label", *rows, f"{MARKUP} awful,positive"]), encoding="utf-8")
    return path


def brought(page: Page, address: str, mine: Path) -> None:
    """Open the page, bring the file and let it be scored."""
    page.goto(f"{address}/errors?data=upload")
    page.locator("input[type=file]").set_input_files(mine)
    page.get_by_text("all rows: 65").click()  # some of them are test rows of the experiment
    page.get_by_role("button", name="Score the rows: 65").click()
    expect(board(page, "frozen and fine-tuned against the labels")).to_be_visible(timeout=60_000)
    expect(current(page)).to_have_count(1)


def board(page: Page, name: str) -> Locator:
    """Return one of the tables that can be clicked."""
    return page.get_by_role("table", name=name)


def current(page: Page) -> Locator:
    """Return the line of the list that is chosen."""
    return page.locator(".list [aria-current]")


def test_a_click_in_the_matrix_filters_and_arrow_keys_step(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    cell = board(page, "What fine-tuned takes for what").get_by_role("button").nth(1)
    count = cell.locator(".text").inner_text()
    cell.click()
    heading = page.locator(".list h3")
    expect(heading).to_contain_text(f"of {count}")
    expect(cell).to_have_attribute("aria-pressed", "true")
    lines = page.locator(".list tbody tr")
    for key, place in (
        ("ArrowRight", 1),
        ("ArrowLeft", 0),
    ):  # from anywhere on the page, after a click in the matrix too
        page.keyboard.press(key)
        expect(lines.nth(place).locator("[aria-current]")).to_have_count(1)
        shown = page.locator(".heatmap[data-drawn]").get_by_role("region", name="frozen").locator(".word .text")
        expect(shown).to_have_text(lines.nth(place).locator(".text").inner_text().split())
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.get_by_role("button", name="Marked", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(lines.nth(1).locator("[aria-current]")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(lines.nth(0).locator("[aria-current]")).to_have_count(1)
    expect(shown).to_have_text(lines.nth(0).locator(".text").inner_text().split())  # the line is at once, this is not
    current(page).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".list tbody tr").nth(1).locator("button")).to_be_focused()
    text = page.locator(".list tbody tr").nth(1).locator(".text").inner_text()
    expect(
        page.locator(".heatmap[data-drawn]").get_by_role("region", name="frozen").locator(".word .text")
    ).to_have_text(text.split())
    assert text != lines.nth(0).locator(".text").inner_text()
    expect(page.locator(".st-key-one_error")).to_contain_text("2 of ")  # the server has answered: Next is the one after
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".list tbody tr").nth(2).locator("[aria-current]")).to_have_count(1)
    page.reload()
    expect(heading).to_contain_text(f"of {count}", timeout=60_000)
    expect(page.locator(".list tbody tr").nth(2).locator("[aria-current]")).to_have_count(1)


def test_a_step_shows_its_sentence_before_the_server_answers(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    lines = page.locator(".list tbody tr")
    rows = [line.get_attribute("data-id") for line in lines.locator("button").all()[:3]]
    for here, key in ((0, "ArrowRight"), (1, "ArrowRight"), (2, "ArrowLeft")):
        page.wait_for_function("(row) => document.prefetched?.[row] === null", arg=rows[here])
        there = here + (1 if key == "ArrowRight" else -1)
        page.evaluate(
            """(key) => {
              document.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
              const root = document.querySelector(".heatmap") ?? [...document.querySelectorAll("*")]
                .map((node) => node.shadowRoot?.querySelector(".heatmap")).find(Boolean);
              const words = root.querySelector(".words").querySelectorAll(".word .text");
              window.atOnce = [...words].map((word) => word.textContent);
            }""",
            key,
        )
        assert page.evaluate("window.atOnce") == lines.nth(there).locator(".text").inner_text().split()


def test_keys_in_haste_end_at_the_sentence_of_the_line(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    shown = page.locator(".heatmap[data-drawn]").get_by_role("region", name="frozen").locator(".word .text")
    lines = page.locator(".list tbody button").all()
    rows = [int(line.get_attribute("data-id") or -1) for line in lines]
    texts = [line.locator(".text").inner_text() for line in lines]
    for keys, place in (("RRRLR", 3), ("LRLL", 1), ("RRLRRL", 3), ("LLLL", 0)):  # no key is lost
        for key in keys:
            page.keyboard.press({"R": "ArrowRight", "L": "ArrowLeft"}[key])
            page.evaluate(PAINTED)
        expect(current(page)).to_have_attribute("data-id", str(rows[place]))
        expect(page.locator(".st-key-one_error")).to_contain_text(f"Row {rows[place]} ")
        expect(shown).to_have_text(texts[place].split())
        expect(page).to_have_url(re.compile(rf"[?&]row={rows[place]}(&|$)"))


def test_a_key_that_got_lost_on_its_way_is_told_once_more(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    line = page.locator(".list tbody button").nth(1)
    row = int(line.get_attribute("data-id") or -1)
    line.evaluate(
        """(button) => {
          const { drawing } = button.closest(".choice_table"), { tell } = drawing;
          drawing.tell = () => (drawing.tell = tell);
        }"""
    )
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"[?&]row={row}(&|$)"))
    expect(line).to_have_attribute("aria-current", "true")


# Gives a list what the server gives once more rows are read: a line before all others, or one of its lines no more.
GROW = """(root, without) => {
  const { drawing } = root, given = JSON.parse(drawing.given), [board] = given.boards;
  const [[cell]] = board.rows;
  board.rows = board.rows.filter(([{ id }]) => id !== without);
  if (!without) board.rows.unshift([{ ...cell, id: "9999" }]);
  drawing.receive(JSON.stringify(given));
}"""


@pytest.mark.parametrize("by", ["mouse", "Space", "ArrowDown"])
def test_rows_that_come_in_amid_a_click_take_nothing_back(page: Page, address: str, mine: Path, by: str) -> None:
    brought(page, address, mine)
    shelf = page.locator(".choice_table:has(.list)")
    line = page.locator(".list tbody button").nth(1)
    row = int(line.get_attribute("data-id") or -1)
    if by == "mouse":
        line.hover()
        page.mouse.down()
        shelf.evaluate(GROW)
        page.mouse.up()
    elif by == "Space":
        line.focus()
        page.keyboard.down("Space")
        shelf.evaluate(GROW)
        page.keyboard.up("Space")
    else:
        current(page).focus()
        shelf.evaluate("({ drawing }) => { const { tell } = drawing; drawing.tell = () => (drawing.tell = tell); }")
        page.keyboard.press("ArrowDown")  # and what it tells gets lost
        shelf.evaluate(GROW)
    expect(current(page)).to_have_attribute("data-id", str(row))
    expect(page).to_have_url(re.compile(rf"[?&]row={row}(&|$)"))
    expect(page.locator(".list tbody button").nth(1)).to_have_attribute("aria-current", "true")


def test_a_line_that_is_gone_gives_way(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    shelf = page.locator(".choice_table:has(.list)")
    before = current(page).get_attribute("data-id")
    assert before
    line = page.locator(".list tbody button").nth(1)
    row = line.get_attribute("data-id")
    shelf.evaluate("({ drawing }) => (drawing.tell = () => {})")
    line.click()
    expect(current(page)).to_have_attribute("data-id", row or "")
    shelf.evaluate(GROW, row)
    expect(current(page)).to_have_attribute("data-id", before)
    expect(page.locator(f".list [data-id='{row}']")).to_have_count(0)


def test_back_and_the_way_to_the_sentence_page_lead_where_they_say(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    lines = page.locator(".list tbody tr")
    texts = [line.locator(".text").inner_text() for line in lines.all()[:2]]
    shown = page.locator(".heatmap[data-drawn]").get_by_role("region", name="frozen").locator(".word .text")
    ended = page.get_by_text(re.compile("right without|no set of up to")).first
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_text(texts[1].split())
    expect(page.locator(".st-key-one_error")).to_contain_text("2 of ")
    expect(page).to_have_url(re.compile("row="))
    expect(ended).to_be_visible()  # its search has drawn parts of the page many times
    page.go_back()
    expect(lines.nth(0).locator("[aria-current]")).to_have_count(1)
    expect(shown).to_have_text(texts[0].split())
    expect(ended).to_be_visible()
    page.get_by_role("link", name="See it on the Sentence page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("look")
    expect(shown).to_have_text(texts[0].split())


def test_a_list_that_drops_down_changes_its_language_too(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    expect(page.get_by_role("combobox", name="Sorted by")).to_have_value("highest loss")
    page.get_by_role("radio", name="한국어").click()
    expect(page.get_by_role("combobox", name="정렬")).to_have_value(re.compile("손실"))


def test_a_word_can_be_struck_and_the_text_is_no_markup(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    page.get_by_role("textbox", name="With these words").fill("hacked")
    page.get_by_role("textbox", name="With these words").press("Enter")
    expect(page.locator(".list h3")).to_contain_text("of 1")
    words = page.locator(".heatmap[data-drawn]").get_by_role("region", name="frozen")
    words.get_by_role("button", name="awful").click()
    expect(page).to_have_url(re.compile("struck="))
    app = page.get_by_test_id("stApp")  # a file that is offered anew has another address, once the run is over
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    assert page.evaluate("window.hacked") is None
    with page.expect_download() as saved:
        page.get_by_role("button", name="HTML report").click()
    report = Path(saved.value.path()).read_text(encoding="utf-8")
    assert MARKUP not in report and "<script" not in report
    away = page.context.new_page()
    requests: list[str] = []
    away.on("request", lambda request: requests.append(request.url))
    away.set_content(report)
    assert not requests and away.evaluate("window.hacked") is None


def test_the_words_that_would_have_to_go_are_found_and_struck_out(page: Page, address: str, mine: Path) -> None:
    brought(page, address, mine)
    page.reload()  # as from a link: the page is drawn more than once then, and a search must not be lost in it
    without = page.get_by_role("button", name="Strike them out").first
    for place in range(1, 6):
        expect(page.get_by_text(re.compile(f"^{place} of "))).to_be_visible()
        expect(page.get_by_text(re.compile("right without|no set of up to")).first).to_be_visible()
        expect(page.get_by_text("sets tried")).to_have_count(0)
        if without.is_visible():
            break
        page.get_by_role("button", name="Next").click()
    without.click()
    expect(page).to_have_url(re.compile("struck="))
    expect(page.locator(".heatmap[data-drawn] [aria-pressed=true]").first).to_be_visible()


def test_nothing_stands_in_the_way_of_assistive_technology(windows: Windows, address: str, mine: Path) -> None:
    context = windows.like(viewport={"width": 390, "height": 844}, locale="ko-KR", color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/errors?data=upload&lang=en")
    page.locator("input[type=file]").set_input_files(mine)
    page.get_by_text("all rows: 65").click()  # some of them are test rows of the experiment
    page.get_by_role("button", name="Score the rows: 65").click()
    expect(board(page, "What fine-tuned takes for what")).to_be_visible(timeout=60_000)
    looks = {
        "Sentences": ".list",
        "Slices": ".list",
        "Words looked at": ".word_table",
        "Calibration": ".js-plotly-plot",
    }
    for name, there in looks.items():
        page.get_by_role("radio", name=name).click()
        expect(page.locator(there).first).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_the_labels_of_the_choices_stand_on_one_line(windows: Windows, address: str, locale: str) -> None:
    page = windows.like(viewport={"width": 1280, "height": 720}, locale=locale).new_page()
    page.goto(f"{address}/errors?data=upload")
    labels = page.locator(".st-key-errors_controls [data-testid=stWidgetLabel]")
    expect(labels).to_have_count(2, timeout=60_000)
    first, second = (box["y"] for label in labels.all() if (box := label.bounding_box()))
    assert abs(first - second) <= 1
