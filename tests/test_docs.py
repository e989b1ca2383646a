"""What the documents say is run, so that it cannot rot: Python as it stands, commands as far as they are quick."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import typer
from babel.messages.frontend import CommandLineInterface

import attnviz.model.experiment
from attnviz.cli import main
from attnviz.cli.main import app
from benchmarks import __main__ as benchmarks

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md")))
}
FENCED = re.compile(r"^```(\w+)\n(.*?)^```\n", re.M | re.S)
PRINTED = re.compile(r"^```sh\npython -m attnviz (.*)\n```\n\n```text\n(.*?)^```", re.M | re.S)
PROGRAMS = "docker|python|pip|streamlit|torchrun|pytest|bash|ruff|mypy|lint-imports|git|pybabel"
SLOW = (
    "errors",
    "evaluate",
    "import",
    "labels",
    "push",
    "predict",
    "train",
)  # they are read as far as their last option, not run


def blocks(document: str, language: str) -> list[str]:
    """Return the code of the fenced blocks in a language."""
    return [code for tag, code in FENCED.findall(DOCUMENTS[document]) if tag == language]


def commands(document: str) -> list[list[str]]:
    """Return every command of a document as words, from its shell blocks and from amid its sentences."""
    lines = "\n".join(blocks(document, "sh")).replace("\\\n", " ").splitlines()
    prose = FENCED.sub("", DOCUMENTS[document])
    lines += [" ".join(code.split()) for code in re.findall(rf"`((?:{PROGRAMS})\s[^`]*)`", prose)]
    parts = [part for line in lines for part in line.split(" && ")]
    return [words for part in parts if (words := shlex.split(part, comments=True))]


def links(document: str) -> list[str]:
    """Return where a document leads to in this repository."""
    targets = re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", DOCUMENTS[document]))
    return [target for target in targets if not urlsplit(target).scheme]


def anchors(text: str) -> set[str]:
    """Return what a link can name in a document: its headings as GitHub spells them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", [document for document in DOCUMENTS if blocks(document, "python")])
def test_python_blocks_run(document: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # what a block writes, it writes here
    monkeypatch.setattr(attnviz.model.experiment, "MODELS", tmp_path)
    monkeypatch.setattr(attnviz.model.experiment, "_BESIDE", [ROOT / "models"])
    names: dict[str, object] = {}
    for code in blocks(document, "python"):
        exec(compile(code, document, "exec"), names)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, id=f"{document}: {' '.join(command)}")
        for document in DOCUMENTS
        for command in commands(document)
    ],
)
def test_commands_are_real(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    match command:
        case ["python", "-m", "tests.image_steps"]:  # takes root and minutes
            assert (ROOT / "tests" / "image_steps.py").exists()
        case ["python", "-m", "attnviz", "belief", "marks.jsonl", *options]:
            (lines,) = blocks("docs/command-line.md", "json")
            path = tmp_path / "marks.jsonl"
            path.write_text(lines, encoding="utf-8")
            assert main(["belief", str(path), *options]) == 0
            assert "compared in 2 texts" in capsys.readouterr().out
        case ["python", "-m", "attnviz", "behaviour", *arguments, "mine.toml"]:
            (rules,) = blocks("docs/command-line.md", "toml")
            path = tmp_path / "mine.toml"
            path.write_text(rules, encoding="utf-8")
            assert main(["behaviour", *arguments, str(path)]) == 0
            assert "price" in capsys.readouterr().out
        case ["python", "-m", "attnviz", name, *arguments] if name in SLOW or "--keep" in arguments:
            group = typer.main.get_command(app)
            assert isinstance(group, typer.core.TyperGroup)
            assert group.commands[name].make_context(name, arguments)
        case ["python", "-m", "attnviz", "app", *options]:  # tests/cli/test_app.py runs it
            assert all(option.startswith("--server.") for option in options[::2])
        case ["python", "-m", "attnviz", *_, "<", path]:  # tests/cli/test_explain.py gives texts like that
            assert path == "texts.txt"
        case ["python", "-m", "attnviz", "vectors", "download", language]:
            assert re.fullmatch("[a-z]{2,3}", language)
            assert main(["vectors", "download", "--help"]) == 0
        case ["torchrun", "--nproc-per-node=2", "-m", *rest]:  # tests/training/test_distributed.py runs one
            test_commands_are_real(["python", "-m", *rest], capsys, monkeypatch, tmp_path)
        case ["python", "-m", "attnviz", *arguments]:
            assert main(arguments) == 0
            assert capsys.readouterr().out
        case ["python", "-m", "venv", _]:
            pass
        case ["python", "-m", "benchmarks", *arguments]:
            chosen = benchmarks.arguments().parse_args(arguments)
            assert {*chosen.members} <= {member.name for member in benchmarks.MEMBERS}
        case ["python", "-m", "benchmarks.scorers", "mine", "mine.csv"]:  # somebody's own
            pass
        case ["python", "-m", module, *arguments] if module == "benchmarks.proxy" or "--at" in arguments:
            assert import_module(module).arguments().parse_args(arguments)  # the server that load is asked to measure
        case ["python", "-m", module, *arguments]:  # tests/test_benchmarks.py gives the list to the parsers
            (full,) = [member.full for member in benchmarks.MEMBERS if f"benchmarks.{member.name}" == module]
            assert " ".join(arguments) in full
        case ["pip", "install", "."]:  # tests/test_installation.py
            assert (ROOT / "pyproject.toml").exists()
        case ["pip", "install", "kiwipiepy"]:  # optional: the tests have it
            assert "kiwipiepy==" in (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
        case ["pip", "install", "-r", path] | ["streamlit", "run", path, *_] | ["bash", path]:
            assert (ROOT / path).exists()
        case ["pytest", *arguments]:
            assert all((ROOT / path.split("::")[0]).exists() for path in arguments if path.startswith("tests"))
        case ["pybabel", name, *arguments]:
            with pytest.raises(SystemExit):
                CommandLineInterface().run(["pybabel", name, "--help"])
            shown = capsys.readouterr().out
            assert all(option in shown for option in arguments if option.startswith("-"))
        case ["docker", "build" | "run", *_, "." | "attnviz"]:  # tests/test_image.py
            assert (ROOT / "Dockerfile").exists()
        case ["docker", "compose", "-f", path, *_]:
            assert (ROOT / path).exists()
        case ["git", "clone" | "switch", *_] | ["ruff", *_] | ["mypy"] | ["lint-imports"] | ["source", _]:
            pass
        case _:
            pytest.fail("nobody looks whether this command works: add it here")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_command_is_said_to_print_it_prints(
    document: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    for command, said in PRINTED.findall(DOCUMENTS[document]):
        assert main(shlex.split(command)) == 0
        assert capsys.readouterr().out.split() == said.split()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = ((ROOT / document).parent / path).resolve() if path else ROOT / document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_are_there(document: str) -> None:
    tracked = [f"/{path.relative_to(ROOT)}" for top in ("attnviz", "tests", "docs") for path in (ROOT / top).rglob("*")]
    tracked += [f"/{path.name}" for path in ROOT.iterdir()]
    for name in re.findall(r"`([\w./]+\.(?:py|js|css|po|toml|png))`", DOCUMENTS[document]):
        assert "X" in name or any(path.endswith(f"/{name}") for path in tracked) or (ROOT / name).is_file(), name


def test_every_figure_has_the_command_that_measures_it() -> None:
    sections = re.split(r"^##+ ", DOCUMENTS["docs/figures.md"], flags=re.M)[1:]
    assert len(sections) > 10
    for section in sections:
        assert "python -m " in section or "\n|" not in section, section.splitlines()[0]


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, new = set(), {"README.md"}
    while new:
        reached |= new
        targets = {((ROOT / one).parent / link.partition("#")[0]).resolve() for one in new for link in links(one)}
        new = {str(path.relative_to(ROOT)) for path in targets} & set(DOCUMENTS) - reached
    assert reached == set(DOCUMENTS)


def test_the_readme_is_read_in_a_minute() -> None:
    assert len(DOCUMENTS["README.md"].splitlines()) <= 120
