"""The Dockerfile, built and run where a docker is at work, and read step by step everywhere, and `deploy/compose.yaml`.

That what it starts writes to its volume and to /tmp alone, `tests/browser/test_image_runs.py` shows.
"""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit import config

from attnviz.data import files
from attnviz.rounds import database
from attnviz.ui import owner, security_headers
from tests.test_installation import CARRIED

ROOT = Path(__file__).parent.parent
KNOWN = {"HOME", "XDG_DATA_HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}  # of others, beside pip's
OURS = {files.MODELS, files.CACHE, database.DATABASE, owner.KEY, security_headers.FRAMED_BY}


def steps() -> list[tuple[str, str]]:
    """Return the Dockerfile's steps: the word and what follows, on one line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.M)
    lines = re.sub(r"\\\n", "", text).splitlines()
    return [(word, rest) for line in lines if line.strip() for word, _, rest in [line.partition(" ")]]


def settings() -> dict[str, str]:
    """Return what its ENV steps set."""
    found = [one.partition("=") for word, rest in steps() if word == "ENV" for one in shlex.split(rest)]
    return {name: value for name, _, value in found}


def compose() -> Any:
    """Return the compose file."""
    return yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))


def processes() -> list[dict[str, Any]]:
    """Return the environments of the services that are ours."""
    return [one["environment"] for one in compose()["services"].values() if one["image"] == "attnviz"]


def ignored(path: str) -> bool:
    """Say whether `.dockerignore` keeps a path from who builds: the last line that fits it counts."""
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and any(fnmatch.fnmatch(path, line.lstrip("!") + end) for end in ("", "/*")):
            out = not line.startswith("!")
    return out


def test_it_takes_along_what_an_installation_needs_and_nothing_else() -> None:
    copied = [source for word, rest in steps() if word == "COPY" for source in shlex.split(rest)[:-1]]
    assert set(copied) == set(CARRIED)
    assert not [source for source in copied if not (ROOT / source).exists() or ignored(source)]
    secret = (".streamlit/secrets.toml", "models/.jobs", "models/vectors", ".git", "tests")
    assert all(map(ignored, secret)) and not ignored("models/reviews-en/experiment.json")


def test_every_setting_is_one_that_is_read() -> None:
    known = {option.env_var for option in config._config_options_template.values()} | KNOWN | OURS
    told = set(settings())
    for environment in processes():
        told |= set(environment)
    page = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    told |= set(re.findall(r"\b(?:STREAMLIT|ATTNVIZ)_[A-Z_]+\b", page))
    assert {name for name in told if not name.startswith("PIP_")} <= known


def test_a_space_finds_its_port_and_its_user() -> None:
    said = dict(steps())
    assert (said["EXPOSE"], said["USER"]) == ("7860", "1000") == (settings()["STREAMLIT_SERVER_PORT"], said["USER"])
    assert settings()["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"
    assert json.loads(said["CMD"]) == ["attnviz", "app"]


def test_the_proxy_asks_the_processes_that_compose_starts() -> None:
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    started = processes()
    asked = re.findall(r"^    server (127\.0\.0\.1):(\d+);", site, re.M)
    assert asked == [(one["STREAMLIT_SERVER_ADDRESS"], str(one["STREAMLIT_SERVER_PORT"])) for one in started]
    assert {f"location /{one['STREAMLIT_SERVER_BASE_URL_PATH']}/ {{" in site for one in started} == {True}
    limit = re.search(r"client_max_body_size (\d+)m", site)
    assert limit and int(limit[1]) == config.get_option("server.maxUploadSize") + 1


@pytest.mark.skipif(
    not shutil.which("docker") or subprocess.run(["docker", "info"], check=False, capture_output=True).returncode != 0,
    reason="no docker is at work here",
)
def test_it_is_built_and_serves_from_a_root_that_is_only_read() -> None:
    subprocess.run(["docker", "build", "--quiet", "--tag", "attnviz-test", str(ROOT)], check=True)
    command = "docker run --rm --detach --read-only --tmpfs /tmp --health-interval 2s attnviz-test"
    started = subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout.strip()
    try:
        look = ["docker", "inspect", "--format", "{{.State.Health.Status}} {{.Config.User}}", started]
        for _ in range(120):
            state = subprocess.run(look, check=True, capture_output=True, text=True).stdout.split()
            if state[0] != "starting":
                break
            time.sleep(1)
        assert state == ["healthy", "1000"]
    finally:
        subprocess.run(["docker", "kill", started], check=False, capture_output=True)
