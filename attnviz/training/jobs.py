"""Training runs in processes of their own: one at a time, the others wait in line; all that is known lies on disk.

`models/.jobs/<name>/` holds `job.json` (what is asked for), `rows/` (an uploaded file, until the run is done),
`events.jsonl` (what the process tells), `log` (what it says otherwise), `process.json` (which process it is) and `stop`
(once it is to end early). Whoever looks, from whatever tab or server, finds the same; nothing is remembered elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil
from pydantic import TypeAdapter, ValidationError

from attnviz.data.files import written_whole
from attnviz.errors import AttnvizError
from attnviz.model.experiment import check_name, folder_of, unfinished_work
from attnviz.model.folder import JOBS, alone, check_free
from attnviz.training.job_spec import JobSpec, at_work
from attnviz.training.progress import RunStatus, read

if TYPE_CHECKING:
    from attnviz.training.estimate import Estimate

State = Literal["waiting", "running", "stopping", "done", "failed", "interrupted", "unreadable"]
THREADS = max(1, (os.cpu_count() or 2) - 1)  # one core is the pages'
_NICE = 10
_ROOT = Path(__file__).parents[2]
_SAME = 1.0  # seconds that two readings of a process's birth may differ
_STARTING = 10.0  # seconds in which a process that was just begun may not have told its number yet
_LONGEST_MEASUREMENT = 120.0  # seconds


@dataclass(frozen=True)
class Job:
    """A run as it stands on disk at the moment."""

    folder: Path
    spec: JobSpec
    state: State
    status: RunStatus

    @property
    def name(self) -> str:
        """The name of the experiment that it is to make."""
        return self.spec.name

    @property
    def active(self) -> bool:
        """Whether a process is at work on it."""
        return self.state in ("running", "stopping")

    @property
    def can_keep(self) -> bool:
        """Whether an epoch has ended, so that there is something to keep."""
        return bool(self.status.best)

    @property
    def last_words(self) -> str:
        """What its process said last outside its events, one line."""
        try:
            lines = (self.folder / "log").read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip()[:500] for line in reversed(lines) if line.strip()), "")


def jobs(models: Path) -> list[Job]:
    """Return all runs that are known, in the order in which they were asked for."""
    found = (_job(folder) for folder in _folder(models).glob("[a-z0-9]*") if folder.is_dir())
    return sorted((job for job in found if job), key=lambda job: job.spec.asked)


def submit(models: Path, spec: JobSpec, rows: bytes | None = None) -> Job:
    """Put a run at the end of the line and let it begin if it is the first; `rows` is the file that it learns from.

    Raises `AttnvizError` for a name that is taken, be it by a click in another tab a moment ago.
    """
    check_name(spec.name)
    folder = _folder(models)
    folder.mkdir(parents=True, exist_ok=True)
    advance_queue(models, begin=False)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as scratch:
        new = Path(scratch, "job")
        new.mkdir()
        try:
            replace(spec, asked=time.time_ns()).write(new, rows)
        except OSError as error:
            raise AttnvizError(
                "Nothing was started: the rows cannot be kept ({reason}).", reason=error.strerror or error
            ) from error
        with alone(models):
            if spec.pretrained and not folder_of(spec.pretrained).is_dir() and not (models / spec.pretrained).is_dir():
                raise AttnvizError("There is no experiment “{name}” any more.", name=spec.pretrained)
            old = _job(folder / spec.name)
            if old and old.state == "done" and not (models / spec.name).exists():  # its experiment has gone
                shutil.rmtree(old.folder)
            check_free(models, spec.name)
            new.rename(folder / spec.name)
    advance_queue(models)
    watch(models)
    return find(models, spec.name)


def find(models: Path, name: str) -> Job:
    """Return the run of that name; `AttnvizError` if there is none."""
    check_name(name)
    job = _job(_folder(models) / name)
    if job is None:
        raise AttnvizError("There is no run “{name}” any more: it was ended or put away in another window.", name=name)
    return job


def processes(job: Job) -> list[psutil.Process]:
    """Return the process of a run, nothing if none lives."""
    return _processes(job.folder, job.status)


@contextmanager
def unlent(models: Path, name: str) -> Iterator[None]:
    """Hold the folder alone to change an experiment; raise `AttnvizError` if a run has yet to take its vectors."""
    with alone(models):
        for job in jobs(models):
            if job.spec.pretrained == name and job.state != "done":
                raise AttnvizError(
                    "“{name}” lends its vectors to the run “{run}”: wait for that.", name=name, run=job.name
                )
        yield


def stop(job: Job) -> None:
    """Let a run end with the best that its ended epochs reached: it is tested and becomes an experiment."""
    if not job.can_keep:
        raise AttnvizError("There is nothing to keep before the first epoch has ended. Wait for it, or throw it away.")
    (job.folder / "stop").touch()


def resume(models: Path, name: str) -> None:
    """Let a run that broke off go on from its last ended epoch, when its turn comes."""
    with alone(models):
        job = find(models, name)
        if job.state in ("failed", "interrupted"):
            (job.folder / "process.json").unlink(missing_ok=True)
    advance_queue(models)
    watch(models)


def discard(models: Path, name: str) -> None:
    """Throw a run away, with its process and its unfinished work; an experiment that it has made stays."""
    with alone(models):
        job = find(models, name)
        for process in processes(job):
            _kill(process)
        if at_work(job.folder):
            raise AttnvizError(
                "The run “{name}” is at work on another machine or in another container: throw it away there.",
                name=name,
            )
        # at once for whoever looks, then its files
        with tempfile.TemporaryDirectory(dir=_folder(models), prefix=".gone-", ignore_cleanup_errors=True) as gone:
            job.folder.rename(Path(gone, "job"))
        _sweep(models, job.name)
    advance_queue(models)


def estimate_duration(models: Path, spec: JobSpec, rows: bytes | None = None) -> Estimate:
    """Return how long a run would take, measured in a process like its own."""
    from attnviz.training.estimate import Estimate

    with tempfile.TemporaryDirectory() as scratch:
        spec.write(Path(scratch), rows)
        command = [*_command(Path(scratch), models), "--estimate"]
        try:
            done = subprocess.run(  # noqa: S603 - our own module, arguments that no shell reads
                command, capture_output=True, env=_environment(), timeout=_LONGEST_MEASUREMENT, check=True
            )
            return TypeAdapter(Estimate).validate_json(done.stdout)
        except (subprocess.SubprocessError, ValidationError) as error:
            said = getattr(error, "stderr", b"") or b""
            raise AttnvizError(
                "It cannot be measured: {reason}", reason=said.decode("utf-8", "replace").strip()[:300] or str(error)
            ) from error


def advance_queue(models: Path, begin: bool = True) -> None:
    """Clear up behind runs that are done, and begin the first in line if none is at work."""
    if not _folder(models).exists():
        return  # nothing was ever asked for: looking at the page leaves no trace
    with alone(models):
        known = jobs(models)
        done = [job for job in known if job.state == "done"]
        for job in done:
            if (job.folder / "process.json").exists():  # once: the name is free for others to train by hand then
                _clear(models, job)
            if job is not done[-1] or not (models / job.name).exists():  # the last one's curves are still looked at
                shutil.rmtree(job.folder, ignore_errors=True)
        waiting = [job for job in known if job.state == "waiting"]
        if begin and waiting and not any(job.active for job in known):
            _begin(models, waiting[0])


def watch(models: Path) -> None:
    """See to it that the line moves on though nobody looks: a thread that ends when nothing is at work or waits."""

    def look() -> None:
        while True:
            with _watching:  # who asks for it from here on gets another one
                if not any(job.active or job.state == "waiting" for job in jobs(models)):
                    return _watched.discard(models)
            with suppress(OSError):
                advance_queue(models)
            time.sleep(1.0)

    with _watching:
        if models not in _watched:
            _watched.add(models)
            threading.Thread(target=look, name="jobs", daemon=True).start()


_watching = threading.Lock()
_watched: set[Path] = set()
_children: list[subprocess.Popen[bytes]] = []  # looked after until they end, so that none stays as a zombie


def _begin(models: Path, job: Job) -> None:
    """Start the process of a run, less urgent than the pages, in a session of its own: the server may end before it."""
    _sweep(models, job.name, keep_unfinished=True)
    _write(job.folder / "process.json", {"pid": None, "born": time.time()})
    with (job.folder / "events.jsonl").open("ab") as out, (job.folder / "log").open("ab") as log:
        if out.tell():
            out.write(b"\n")  # the line that a killed process left unfinished ends here
            out.flush()
        process = subprocess.Popen(  # noqa: S603 - as above
            _command(job.folder, models),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            start_new_session=True,
            env=_environment(),
        )
    _children.append(process)
    with suppress(psutil.Error):  # it may have ended already
        known = psutil.Process(process.pid)
        _write(job.folder / "process.json", {"pid": process.pid, "born": known.create_time()})
        known.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else max(_NICE, known.nice()))


def _command(folder: Path, models: Path) -> list[str]:
    return [sys.executable, "-m", "attnviz.training.run_job", str(folder), str(models)]


def _environment() -> dict[str, str]:
    """Return what the process of a run finds: this package, few threads, UTF-8."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    threads = {name: str(THREADS) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    return {**os.environ, **threads, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def _job(folder: Path) -> Job | None:
    """Return the run in a folder; None if it holds none."""
    status = read(folder / "events.jsonl")
    try:
        spec = JobSpec.read(folder)
    except AttnvizError as error:
        state: State = "done" if status.stage == "done" else "unreadable"
        return Job(folder, JobSpec(folder.name), state, RunStatus(status.stage, process=status.process, failure=error))
    except OSError:
        return None
    return Job(folder, spec, _state(folder, spec.name, status), status)


def _state(folder: Path, name: str, status: RunStatus) -> State:
    if status.stage == "done":
        return "done"
    started = _started(folder)
    if started is None:
        return "waiting"
    starts = started[0] is None and abs(time.time() - started[1]) < _STARTING
    if _processes(folder, status) or starts or at_work(folder):
        return "stopping" if (folder / "stop").exists() else "running"
    status = read(folder / "events.jsonl")  # it may have ended between the two looks
    if status.stage == "done" or (folder.parent.parent / name / "experiment.json").exists():
        return "done"  # killed after the experiment stood there whole
    return "failed" if status.failure else "interrupted"


def _started(folder: Path) -> tuple[int | None, float] | None:
    """Return number and birth of the process that was begun; None if none was."""
    try:
        written = json.loads((folder / "process.json").read_text(encoding="utf-8"))
        return written["pid"], float(written["born"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return None, 0.0


def _processes(folder: Path, status: RunStatus) -> list[psutil.Process]:
    """Return the process of a run if it lives: of that number, and born when it says, as numbers are used again."""
    _children[:] = [child for child in _children if child.poll() is None]
    started = _started(folder)
    known = {started, status.process} if started else set()
    alive = []
    for number, born in filter(None, known):
        with suppress(psutil.Error):
            process = psutil.Process(number) if number else None
            if process and abs(process.create_time() - born) < _SAME and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
    return alive


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        family = [process, *process.children(recursive=True)]
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(family, timeout=5)


def _clear(models: Path, job: Job) -> None:
    """Remove what a run that is done needs no more: its rows, its checkpoints."""
    shutil.rmtree(job.folder / "rows", ignore_errors=True)
    _sweep(models, job.name)
    if job.status.stage != "done":  # it was killed when all was written but the last word
        with (job.folder / "events.jsonl").open("a", encoding="utf-8") as out:
            out.write("\n" + json.dumps({"stage": "done", "fraction": 1.0, "at": time.time()}) + "\n")
    (job.folder / "process.json").unlink()


def _sweep(models: Path, name: str, keep_unfinished: bool = False) -> None:
    """Remove what a run left beside the experiments: its checkpoints, and a half-written experiment."""
    if not keep_unfinished:
        shutil.rmtree(unfinished_work(models, name), ignore_errors=True)
    for folder in models.glob(f".{name}-*"):
        if re.fullmatch("[a-z0-9_]{8}", folder.name.removeprefix(f".{name}-")):  # as `Experiment.save` calls it
            shutil.rmtree(folder, ignore_errors=True)


def _folder(models: Path) -> Path:
    return models / JOBS


def _write(path: Path, value: object) -> None:
    """Write JSON, whole or not at all."""
    with written_whole(path) as new:
        new.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
