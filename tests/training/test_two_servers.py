"""Two processes on one folder of experiments: what both want in the same moment one gets, and the other is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from attnviz.errors import AttnvizError
from attnviz.model import archive
from attnviz.training import jobs
from attnviz.training.job_spec import JobSpec, at_work, working

ROUNDS = 4
SERVER = """
import json, sys
from dataclasses import replace
from pathlib import Path
from attnviz.errors import AttnvizError
from attnviz.model import archive
from attnviz.model.experiment import load
from attnviz.model.folder import add
from attnviz.training import jobs
from attnviz.training.job_spec import JobSpec

models = Path(sys.argv[1])
packed, tiny = archive.to_zip(models, "tiny-en"), load(models / "tiny-en")

def lent(name):
    jobs.submit(models, JobSpec("with-" + name, data="movie-reviews", pretrained=name))

def delete(name):
    with jobs.unlent(models, name):
        archive.delete(models, name)

acts = {
    "import": lambda name: archive.from_zip(models, packed, name),
    "add": lambda name: add(models, replace(tiny, name=name)),
    "submit": lambda name: jobs.submit(models, JobSpec(name, data="movie-reviews")),
    "rename": lambda old, new: archive.rename(models, old, new),
    "delete": delete,
    "lend": lent,
}
print("ready", flush=True)
for line in sys.stdin:
    act, *names = json.loads(line)
    try:
        acts[act](*names)
        print("done", flush=True)
    except AttnvizError as error:
        print(error, flush=True)
    except Exception as error:
        print(f"!! {error!r}", flush=True)
"""


def race(servers: list[subprocess.Popen[str]], *acts: list[str]) -> list[str]:
    """Let each server do its own at the same time, and return what they said."""
    for server, act in zip(servers, acts, strict=True):
        assert server.stdin
        server.stdin.write(json.dumps(act) + "\n")
        server.stdin.flush()
    return [server.stdout.readline().strip() for server in servers if server.stdout]


def test_what_two_servers_want_at_once_one_gets(tiny_models: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(tiny_models, models)
    busy(models)
    command = [sys.executable, "-c", SERVER, str(models)]
    servers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        assert [server.stdout.readline() for server in servers if server.stdout] == ["ready\n"] * 2
        lost = {
            "there already": [("import", "import"), ("add", "add"), ("import", "add")],
            "taken|there already": [("submit", "submit"), ("submit", "import"), ("add", "submit")],
        }
        for at in range(ROUNDS):
            for said, pairs in lost.items():
                for one, two in pairs:
                    name = f"{one}-{two}-{at}"
                    one_of_two(race(servers, [one, name], [two, name]), said)
            one, two, three = f"import-import-{at}", f"import-add-{at}", f"add-add-{at}"
            one_of_two(race(servers, ["rename", one, f"a-{at}"], ["rename", one, f"b-{at}"]), "any more")
            one_of_two(race(servers, ["rename", two, f"c-{at}"], ["rename", three, f"c-{at}"]), "there already")
            one_of_two(race(servers, ["delete", f"c-{at}"], ["delete", f"c-{at}"]), "any more")
            left = next(name for name in (f"a-{at}", f"b-{at}") if (models / name).exists())
            one_of_two(race(servers, ["lend", left], ["delete", left]), "any more|lends its vectors")
        known = jobs.jobs(models)
        assert [job.name for job in known if job.active] == ["busy"]  # the others wait behind it
        assert all((models / job.spec.pretrained).is_dir() for job in known if job.spec.pretrained)
        archive.from_zip(models, archive.to_zip(models, "tiny-en"), "at-the-end")  # nobody holds the folder any more
    finally:
        for server in servers:
            server.kill()


def one_of_two(said: list[str], lost: str) -> None:
    assert sorted(one == "done" for one in said) == [False, True], said
    assert any(part in one for part in lost.split("|") for one in said), said


def busy(models: Path) -> Path:
    """Leave a run that this very process seems to be at work on, so that those behind it wait."""
    folder = models / ".jobs" / "busy"
    folder.mkdir(parents=True)
    JobSpec("busy", data="movie-reviews", asked=time.time_ns()).write(folder, None)
    me = psutil.Process()
    (folder / "process.json").write_text(json.dumps({"pid": me.pid, "born": me.create_time()}))
    return folder


def test_a_run_in_another_container_is_at_work_though_its_number_means_nothing_here(tmp_path: Path) -> None:
    folder = busy(tmp_path)
    (folder / "process.json").write_text(json.dumps({"pid": 999_999_999, "born": 1.0}))
    assert jobs.find(tmp_path, "busy").state == "interrupted" and not at_work(folder)
    with working(folder):
        assert jobs.find(tmp_path, "busy").state == "running"
        with pytest.raises(AttnvizError, match="in another container"):
            jobs.discard(tmp_path, "busy")
        jobs.resume(tmp_path, "busy")  # nothing begins a second time
        assert jobs.find(tmp_path, "busy").state == "running" and (folder / "process.json").exists()
    assert jobs.find(tmp_path, "busy").state == "interrupted"
    jobs.discard(tmp_path, "busy")
    assert not folder.exists()
