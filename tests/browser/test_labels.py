"""From a file to wrong labels to a file without them, by keys, as an engineer would."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.analysis.labels.flipped import flipped_file
from tests.browser.conftest import accessible, served, still
from tests.conftest import sentences


def test_ten_wrong_labels_are_found_decided_by_keys_and_trained_without(
    page: Page, address: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    flipped = flipped_file(path, sentences())
    page.goto(f"{address}/errors?experiment=tiny-en&data=upload")
    page.locator("input[type=file]").set_input_files(path, timeout=120_000)  # a busy machine is no fault of the page
    page.get_by_role("button", name="Score the rows").click(timeout=60_000)
    page.get_by_text("Labels", exact=True).click(timeout=60_000)
    page.get_by_role("button", name=f"Check the labels of {len(sentences())} rows").click(timeout=60_000)
    keep = page.get_by_role("button", name="Keep")
    expect(keep).to_be_visible(timeout=120_000)
    expect(page.get_by_text("people upheld 55%")).to_be_visible()
    accessible(page, ".st-key-decide")

    decided = list[int]()
    for _ in range(10):
        number = shown(page)
        assert number in flipped
        decided.append(number)
        turned = "2" if "labelled negative" in (current(page).text_content() or "") else "1"
        press(page, turned)
    removed = shown(page)
    press(page, "x")
    page.keyboard.press("z")  # the row is there again, and it is the one shown
    expect(current(page)).to_have_attribute("data-id", str(removed))
    expect(page.get_by_text("Kept 0, relabelled 10, removed 0, unsure 0.")).to_be_visible()
    press(page, "ArrowRight")
    press(page, "k")
    page.reload()  # nothing is lost
    expect(page.get_by_text("Kept 1, relabelled 10, removed 0, unsure 0.")).to_be_visible(timeout=60_000)

    with page.expect_download() as download:
        page.get_by_role("button", name="The corrected file").click()
    assert download.value.suggested_filename == "mine-2.csv"
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [f"a{at}" for at in range(len(sentences()))]
    assert {at + 2 for at, row in enumerate(rows) if row["label"] != sentences()[at][1]} == {*flipped} - {*decided}

    page.get_by_role("button", name="Train again with these").click()
    expect(page.get_by_text("“mine-2.parquet” is still here.")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Name", exact=True)).to_have_value("tiny-en-2")
    expect(page.get_by_label("Hidden size (numbers)")).to_have_value("16")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()


def current(page: Page) -> Locator:
    """Return the suspect that is chosen in the list."""
    return page.locator(".list [aria-current=true]")


def shown(page: Page) -> int:
    """Return the number of the row that can be decided, once the page shows the one that the list has chosen."""
    number = current(page).get_attribute("data-id")
    expect(page.get_by_text(re.compile(f" of .* · row {number} · labelled"))).to_be_visible()
    still(page)
    return int(number or 0)


def press(page: Page, key: str) -> None:
    """Press a key that leads on to the next suspect, and wait until it is there."""
    before = shown(page)
    page.keyboard.press(key)
    expect(current(page)).not_to_have_attribute("data-id", str(before))


READING = """
import time
from pathlib import Path
from attnviz.analysis.evaluation import short_first
whole = short_first.predict_short_first
def held(*about):
    steps = whole(*about)
    yield next(steps)
    while not Path({gate!r}).exists():
        time.sleep(0.05)
        yield short_first.Growth(0.0)
    return (yield from steps)
short_first.predict_short_first = held
"""


def test_nothing_stays_of_the_part_before_while_rows_are_read(
    context: BrowserContext, tiny_models: Path, tmp_path: Path
) -> None:
    path, gate = tmp_path / "many.csv", tmp_path / "gate"
    flipped_file(path, [(f"{text} {at}", label) for at, (text, label) in enumerate(sentences() * 4)])
    page = context.new_page()
    with served(tiny_models, tmp_path / "log", first=READING.format(gate=str(gate))) as address:
        page.goto(f"{address}/errors?experiment=tiny-en&data=upload")
        page.locator("input[type=file]").set_input_files(path, timeout=120_000)
        page.get_by_role("button", name="Score the rows").click(timeout=60_000)
        expect(page.get_by_role("link", name="See it on the Sentence page")).to_be_visible(timeout=60_000)
        page.get_by_text("Labels", exact=True).click()
        expect(page.get_by_text("Labels are checked once all rows are read.")).to_be_visible()
        expect(page.locator(".heatmap[data-drawn]")).to_have_count(0)
        gate.touch()  # and once they are read the part is what it is
        expect(page.get_by_role("button", name="Check the labels of")).to_be_visible(timeout=60_000)
        page.close()
