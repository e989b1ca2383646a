"""Nothing that is typed, uploaded or linked runs in a browser, which holds to no policy here: the pages alone do."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Dialog, FilePayload, Page, expect

from tests.browser.conftest import served, still

RUNS = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>\"'><svg/onload=window.pwned=1>"
LINKS = {
    "": {"text": RUNS, "pin": RUNS, "shade": RUNS, "examined": RUNS, "against": RUNS, "experiment": RUNS},
    "subwords": {"word": RUNS, "other": RUNS, "vectors": RUNS, "ngrams": "1"},
    "embeddings": {"word": RUNS, "part": "moved", "among": RUNS, "towards": RUNS, "pairs": RUNS},
    "steps": {"text": RUNS, "hand": RUNS, "side": RUNS, "reader": RUNS, "step": "4"},
    "errors": {"data": RUNS, "contains": RUNS, "truth": RUNS, "having": RUNS, "sort": RUNS, "test": RUNS},
    "train": {"called": RUNS, "watched": RUNS, "trained": RUNS, "spoken": RUNS, "data": RUNS},
}


@pytest.fixture(scope="module")
def models(tiny_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return models among which one has markup wherever it has a text."""
    folder = tmp_path_factory.mktemp("hostile") / "models"
    shutil.copytree(tiny_models, folder)
    shutil.copytree(folder / "tiny-en", folder / "runs")
    path = folder / "runs" / "experiment.json"
    told = json.loads(path.read_text())
    told["about"]["labels"] = [RUNS, f"{RUNS}2"]
    told["about"]["data"] |= {"name": RUNS, "source": RUNS, "licence": RUNS, "split_rule": RUNS}
    told["about"]["vectors"]["from"] = RUNS
    for standing in told.get("standings", {}).values():
        standing["answer"] = RUNS
    path.write_text(json.dumps(told))
    (folder / "runs" / "README.md").write_text(f"# runs\n{RUNS}\n")
    return folder


@pytest.fixture(scope="module")
def hostile(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(models, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture
def watched(context: BrowserContext, hostile: str) -> Iterator[Page]:
    """Return a page that fails for a dialog, a request to elsewhere, and what has run."""
    page, seen = context.new_page(), list[str]()

    def dismiss(dialog: Dialog) -> None:
        seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    home = urlsplit(hostile).netloc
    page.on("request", lambda one: None if urlsplit(one.url).netloc in (home, "") else seen.append(one.url))
    page.set_default_timeout(60_000)
    yield page
    assert page.evaluate("window.pwned === undefined") and not seen


@pytest.mark.parametrize("page", [*LINKS])
def test_nothing_linked_runs(watched: Page, hostile: str, page: str) -> None:
    query = "&".join(f"{name}={quote(value)}" for name, value in {**LINKS[page], "experiment": "runs"}.items())
    watched.goto(f"{hostile}/{page}?{query}")
    still(watched)
    expect(watched.locator("img[src=x]")).to_have_count(0)


def test_nothing_uploaded_or_typed_runs(watched: Page, hostile: str, models: Path) -> None:
    quoted = RUNS.replace('"', '""')
    rows = "".join(f'"{quoted} {n}","{quoted}{n % 2}"\n' for n in range(20))
    name = "<img src=x onerror=window.pwned=1>"
    watched.goto(f"{hostile}/train")
    still(watched)
    box = watched.locator("input[type=file]")
    table: FilePayload = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": f"text,{name}\n{rows}".encode()}
    box.first.set_input_files([table])
    still(watched)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for path in (models / "runs").iterdir():
            made.write(path, f"{name.replace('/', '')}/{path.name}")
    zipped: FilePayload = {"name": f"{name}.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    watched.locator("input[type=file][accept*=zip]").last.set_input_files([zipped])
    still(watched)
    expect(watched.locator("img[src=x]")).to_have_count(0)
