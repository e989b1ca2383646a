"""What the image starts, with the image's settings, where every write outside of the volume and /tmp is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from attnviz.model import archive
from attnviz.ui import owner
from benchmarks.servers import free_port
from tests.test_image import settings, steps
from tests.test_installation import installed as installed

KEY = "a key that nobody guesses"
READ_ONLY = """
import errno, os, sys, tempfile
_FREE = tuple(os.path.realpath(one) + os.sep for one in (os.environ["XDG_DATA_HOME"], os.environ["TMPDIR"], "/dev"))
_AT = {"os.mkdir": 0, "os.rename": 1, "os.remove": 0, "os.rmdir": 0, "os.link": 1, "os.symlink": 1, "os.truncate": 0}

def _refuse(event, args):
    if event == "open":
        path, mode, flags = args
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else 0
        if not writes or isinstance(path, int):
            return
    elif event in _AT:
        path = args[_AT[event]]
    else:
        return
    if not (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(_FREE):
        print("REFUSED", event, path, file=sys.stderr, flush=True)
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

sys.addaudithook(_refuse)
print("the root is only read", file=sys.stderr, flush=True)
"""


def test_pages_key_upload_and_health_with_a_root_that_is_only_read(
    installed: Path, page: Page, tiny_models: Path, tmp_path: Path
) -> None:
    said, port = dict(steps()), str(free_port())
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(READ_ONLY)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "data").mkdir()
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("ATTNVIZ_", "STREAMLIT_"))}
    image = {name: value.replace("/data", str(tmp_path / "data")) for name, value in settings().items()}
    ours |= {**image, "STREAMLIT_SERVER_PORT": port, owner.KEY: KEY, "TMPDIR": str(tmp_path / "tmp")}
    ours["PYTHONPATH"] = os.pathsep.join([str(tmp_path / "python"), str(installed)])
    program, *words = json.loads(said["CMD"])
    command = [sys.executable, "-m", program, *words]
    log = tmp_path / "log"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd="/", env=ours, stdout=out, stderr=out)
    try:
        health = ["sh", "-c", said["HEALTHCHECK"].partition("CMD ")[2].replace("python ", f"{sys.executable} ", 1)]
        for _ in range(300):
            if subprocess.run(health, check=False, env=ours, capture_output=True).returncode == 0:
                break
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
        page.goto(f"http://127.0.0.1:{port}/owner#{KEY}")
        page.get_by_role("link", name="To the page Train").click()
        (tmp_path / "mine.zip").write_bytes(archive.to_zip(tiny_models, "tiny-en"))
        page.locator("[class*=st-key-zip] input[type=file]").set_input_files(tmp_path / "mine.zip", timeout=60_000)
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("“tiny-en” is there.")).to_be_visible()
        page.goto(f"http://127.0.0.1:{port}/?experiment=reviews-en")  # it comes with the image
        expect(page.locator(".heatmap .word").first).to_be_visible(timeout=60_000)
    finally:
        server.terminate()
        server.wait(10)
    assert (tmp_path / "data" / "attnviz" / "models" / "tiny-en" / "experiment.json").is_file()
    assert list((tmp_path / "data" / "cache" / "tables").iterdir())
    told = log.read_text()
    assert told.startswith("the root is only read") and "REFUSED" not in told and "Traceback" not in told, told
