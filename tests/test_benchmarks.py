"""The benchmarks as one: every one is in the list, and every command that a document names can be given to it."""

from __future__ import annotations

import json
import re
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attnviz import __version__
from benchmarks import __main__ as benchmarks
from benchmarks import options
from benchmarks.__main__ import MEMBERS, Member
from benchmarks.report import TIMES, LeftOut, Report, Spread, run

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"
SHARED = {"__init__", "__main__", "browser", "databases", "options", "proxy", "report", "servers"}
FULL = {f"{member.name} {asked}".strip() for member in MEMBERS for asked in member.full}


def test_every_benchmark_is_in_the_list() -> None:
    there = {path.stem for path in BENCHMARKS.glob("*.py")} - SHARED
    there |= {path.parent.name for path in BENCHMARKS.glob("*/__main__.py")}
    names = [member.name for member in MEMBERS]
    assert there == set(names)
    assert names == sorted(set(names))


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_what_a_member_is_asked_it_understands(member: Member) -> None:
    module = f"benchmarks.{member.name}" + (".__main__" if (BENCHMARKS / member.name).is_dir() else "")
    parser = import_module(module).arguments()
    for asked in (member.quick, *member.full, "--json found.json " + member.quick):
        parser.parse_args(asked.split())
    files = [word for word in member.quick.split() if "/" in word]
    assert all((ROOT / file).exists() for file in files), "the quick form takes what comes along"


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_a_docstring_begins_with_a_command_of_the_list(member: Member) -> None:
    one = BENCHMARKS / member.name
    code = (one / "__main__.py" if one.is_dir() else one.with_suffix(".py")).read_text(encoding="utf-8")
    first = re.search(r"^    python -m benchmarks\.(.*)$", code, re.M)
    assert first
    assert first[1] in FULL


def test_a_table_grows_in_its_formats_and_keeps_the_numbers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = Report(tmp_path / "found.json")
    table = report.table("Some", {"what": "", "share": ".1%", "times": ".2f"})
    assert capsys.readouterr().out == "\nSome\n\n| what | share | times |\n| --- | --- | --- |\n"
    table.row("a|b", np.float32(0.5), [1, 2.345])
    table.row("none", None, float("nan"))
    assert json.loads((tmp_path / "found.json").read_text())["tables"][0]["rows"] == [
        ["a|b", 0.5, [1, 2.345]],
        ["none", None, None],
    ]
    table.row(Spread.of([0.25, 0.75]), 0.1, 1, spec=".0%")
    assert capsys.readouterr().out == (
        "| a\\|b | 50.0% | 1.00, 2.35 |\n| none | – | – |\n| 50% (25% – 75%) | 10% | 100% |\n"
    )
    report.table("", TIMES).timed("typed", iter([3.0, 1.0, 1000.0]))
    assert capsys.readouterr().out.endswith("| typed | 3 | 1,000 |\n")
    report.ratio("ours / theirs", 4.25)
    report.say("That was all.")
    assert capsys.readouterr().out == "\nours / theirs: 4.25\n\nThat was all.\n"
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["tables"][0]["rows"][2][0] == {"middle": 0.5, "low": 0.25, "high": 0.75}
    assert found["tables"][1] == {"title": "", "columns": list(TIMES), "rows": [["typed", 3.0, 1000.0]]}
    assert (found["ratios"], found["notes"]) == ({"ours / theirs": 4.25}, ["That was all."])
    with pytest.raises(ValueError, match="zip"):
        table.row("too few")


def test_what_was_found_is_kept_when_a_benchmark_breaks_or_leaves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["one", "--json", str(tmp_path / "found.json")])

    def breaks(_chosen: Any, report: Report) -> None:
        report.table("", {"n": ""}).row(1)
        raise KeyboardInterrupt

    def leaves(_chosen: Any, _report: Report) -> None:
        raise LeftOut("no such program")

    with pytest.raises(KeyboardInterrupt):
        run(breaks, options.parser(""))
    assert json.loads((tmp_path / "found.json").read_text())["tables"][0]["rows"] == [[1]]
    with pytest.raises(SystemExit, match="1"):
        run(leaves, options.parser(""))
    assert json.loads((tmp_path / "found.json").read_text())["left_out"] == "no such program"


def test_one_that_fails_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three are asked: one fails, one lacks its data, one is well."""
    asked = []

    def ran(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command[2:-2])
        Path(command[-1]).write_text('{"tables": [], "ratios": {"ours / theirs": 2}, "notes": []}')
        return subprocess.CompletedProcess(command, int("breaks" in command[2]))

    (tmp_path / "nsmc").mkdir()
    (tmp_path / "nsmc" / "test.csv").touch()
    three = (
        Member("breaks", "--little"),
        Member("lacks", "", ("ag_news/test.csv", "nsmc/test.csv")),
        Member("well", "--some"),
    )
    monkeypatch.setattr(benchmarks, "MEMBERS", three)
    monkeypatch.setattr(subprocess, "run", ran)
    file = tmp_path / "found.json"
    monkeypatch.setattr("sys.argv", ["benchmarks", "--full", "--data", str(tmp_path), "--json", str(file)])
    assert benchmarks.main() == 1
    assert asked == [["benchmarks.breaks"], ["benchmarks.lacks", str(tmp_path / "nsmc/test.csv")], ["benchmarks.well"]]
    found = json.loads(file.read_text())
    assert (found["version"], found["form"]) == (__version__, "full")
    assert set(found) == {"version", "date", "machine", "form", "members"}
    assert set(found["machine"]) == {"system", "cpu", "cores", "load", "python", "torch"}
    keys = {"member", "command", "state", "reason", "seconds", "processor_seconds", "found"}
    assert all(set(one) == keys for one in found["members"])
    states = [(one["member"], one["state"], one["reason"]) for one in found["members"]]
    assert states == [
        ("breaks", "failed", "it ended with 1"),
        ("lacks", "left out", f"there is no {tmp_path / 'ag_news/test.csv'}"),
        ("lacks", "ok", ""),
        ("well", "ok", ""),
    ]
    assert found["members"][3]["found"]["ratios"] == {"ours / theirs": 2}
    shown = capsys.readouterr().out
    assert "| lacks | 0.0 | 0.0 | left out: there is no" in shown
    assert "| ours / theirs: 2.00 |" in shown


def test_without_data_a_full_form_says_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "--full", "korean_units"])
    assert benchmarks.main() == 0
    assert "| left out: no --data says where nsmc/train.csv is |" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["benchmarks", "nothing"])
    with pytest.raises(SystemExit, match="2"):
        benchmarks.main()
    assert "no benchmark is called nothing" in capsys.readouterr().err
