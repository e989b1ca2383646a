"""Files that unpack to more than there is memory for, or take for ever: each is refused while little is in memory.

Run by `test_bombs.py` in a process of its own that may have only so much memory and time: a line for each.
"""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from attnviz.analysis.behaviour.own_tests import read_tests
from attnviz.data.rationales.reading import read_rationales
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError
from attnviz.heatmap.html import page
from attnviz.model import archive
from attnviz.model.adoption.state import read_state
from attnviz.model.adoption.words import read_words
from attnviz.model.experiment import Experiment, load
from attnviz.text import tokenize
from attnviz.vectors.fasttext import FastTextVectors
from tests.vectors.facebook_files import facebook_bytes

MEMORY, GROWTH = 12_000_000_000, 1_500_000_000  # bytes of addresses that the process may have; by which it may grow
Bomb = tuple[str, Callable[[], object]]
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(sheet: str, target: str = "/xl/worksheets/sheet1.xml", strings: str = "") -> bytes:
    """Return a workbook with this XML for its sheet."""
    book, plain, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["text", "label"])
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name == "xl/worksheets/sheet1.xml":
                new.writestr(target.removeprefix("/"), sheet)
            else:
                new.writestr(name, old.read(name).replace(b"/xl/worksheets/sheet1.xml", target.encode()))
        if strings:
            new.writestr("xl/sharedStrings.xml", strings)
    return out.getvalue()


def cells(*more: str) -> str:
    first = '<row r="1"><c r="A1" t="str"><v>text</v></c><c r="B1" t="str"><v>label</v></c></row>'
    return f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{first}{"".join(more)}</sheetData></worksheet>'


def workbooks() -> Iterator[tuple[str, bytes]]:
    """Yield workbooks with a cell far away that is hard to see, and strings that many cells share."""
    far = '<c r="XFD1048576" t="str"><v>x</v></c>'
    for name, row in {
        "far": far,
        "leading zeros": far.replace("XFD1048576", "XFD00001048576"),
        "row alone": '<row r="000001048576"><c t="str"><v>x</v></c></row>' + far,
        "another attribute": far.replace("<c ", "<c z=\" r='A3'\" "),
        "an end in an attribute": far.replace("<c ", '<c z=">" '),
        "a beginning in an attribute": far.replace("<c ", f'<c z="{"y" * 1_048_000}<{"y" * 900}" '),
        "a prefix": far.replace("<c ", f"<a-b:c xmlns:a-b={quoteattr(SPREADSHEET)} ").replace("</c>", "</a-b:c>"),
        "a comment": "<!-- <c -->" + far,
        "CDATA": '<c r="A3" t="str"><v><![CDATA[<c r="]]></v></c>' + far,
    }.items():
        yield name, workbook(cells(f"<row>{row}</row>"))
    yield "elsewhere", workbook(cells(f"<row>{far}</row>"), "/other/cells")
    yield "capitals", workbook(cells(f"<row>{far}</row>"), "/XL/Worksheets/Sheet1.xml")
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>'
    yield "laughs", workbook(doctype + cells('<row><c r="A2" t="str"><v>&a11;</v></c></row>'))
    many = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 30_000))
    strings = f'<sst xmlns="{SPREADSHEET}"><si><t>{"x" * 1_000_000}</t></si></sst>'
    yield "shared strings", workbook(cells(many), strings=strings)
    yield "zeros", workbook(cells() + " " * 600_000_000)


def tables() -> Iterator[tuple[str, pa.Table]]:
    """Yield tables that Parquet keeps in a few bytes."""
    rows = 200_000
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["x" * 900_000]))
    yield "one text in every row", pa.table({"text": text, "label": text})
    number = pa.array(np.zeros(1_000_000, np.int64))
    yield "a number in every cell", pa.table({f"c{n}": number for n in range(200)})
    lists = pa.ListArray.from_arrays(pa.array(np.arange(11) * 1_000_000, pa.int32()), np.zeros(10_000_000, np.int8))
    yield "lists", pa.table({"text": ["a"] * 10, "label": ["a"] * 10, "x": lists})


def bombs(folder: Path, models: Path) -> Iterator[Bomb]:
    """Yield how each is called, and what is done with it."""
    for name, data in workbooks():
        yield f"workbook: {name}", partial(read_table, Path("x.xlsx"), data=data)
    for name, table in tables():
        pq.write_table(table, folder / "x.parquet", compression="zstd")
        yield f"parquet: {name}", partial(read_table, folder / "x.parquet")
    yield from marks(folder)
    yield from texts()
    yield from checkpoints(folder)
    yield from experiments(folder, models)


def from_file(path: Path, data: str | bytes, act: Callable[[Path], object]) -> object:
    """Do something with a file of these bytes."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return act(path)


def marks(folder: Path) -> Iterator[Bomb]:
    """Yield files of rationales, a megabyte each."""
    openings = {"tags": "<a ", "comments": "<!--", "declarations": "<!", "sections": "<![x[", "ends": "</"}
    for name, opening in openings.items():
        rows = f"Input.text,Answer.html_output\na,<span>a</span>\na,{opening * (1_000_000 // len(opening))}\n"
        yield f"map: {name}", partial(from_file, folder / "maps.csv", rows, read_rationales)
    many = [chr(code) for code in range(0x4E00, 0x9F00)]
    for name, text, marked in (("one word", "a" * 500_000, ["a"] * 250_000), ("many words", "".join(many) * 5, many)):
        line = json.dumps({"text": text, "marked": marked})
        yield f"marks: {name}", partial(from_file, folder / "marks.jsonl", line, read_rationales)
    (folder / "docs").mkdir()
    (folder / "docs" / "d").write_text("a " * 100_000)
    evidence = {"evidences": [[{"docid": "d", "start_token": 0, "end_token": 100_000}] * 20_000]}
    yield "marks: one evidence often", partial(from_file, folder / "eraser.jsonl", json.dumps(evidence), few_marks)


def few_marks(path: Path) -> None:
    """Read marks, which are no more than there are tokens."""
    assert len(read_rationales(path).rationales[0].marks[0]) <= 100_000


def texts() -> Iterator[Bomb]:
    """Yield tables, tests and sentences of a megabyte of nonsense."""
    for name, line in {"quotes": '"' * 1_000_000, "commas": "," * 1_000_000, "a line": "a" * 1_000_000}.items():
        yield f"csv: {name}", partial(read_table, Path("x.csv"), data=f"text,label\n{line}".encode())
    for name, line in {"brackets": "[" * 10**6, "digits": "9" * 10**6, "keys": '{"a":' * 900 + "1" + "}" * 900}.items():
        yield f"json: {name}", partial(read_table, Path("x.jsonl"), data=line.encode())
    rules = {"brackets": "x=" + "[" * 49_000, "dots": "a." * 24_000 + "b=1", "digits": "x=" + "9" * 49_000}
    for name, line in rules.items():
        yield f"toml: {name}", partial(read_tests, line.encode(), "x.toml", ["a"])
    for name, text in {
        "words": "a " * 500_000,
        "letters": "a" * 1_000_000,
        "syllables": "한" * 300_000,
        "characters": "不" * 300_000,
        "marks": "e" + "\u0301" * 500_000,
        "joiners": "a\u200d" * 300_000,
        "apostrophes": "a'" * 300_000,
        "references": "&amp;" * 200_000,
        "tags": "<a href=" * 100_000,
        "hidden": "\u200b" * 1_000_000,
    }.items():
        yield f"text: {name}", partial(tokenize, text)


def checkpoints(folder: Path) -> Iterator[Bomb]:
    """Yield checkpoints, vocabularies and FastText files."""
    whole = io.BytesIO()
    torch.save({"embedding.weight": torch.zeros(2, 2)}, whole)
    shared: list[object] = [torch.zeros(1)]
    for _ in range(6):
        shared = [shared] * 1_000
    strides, nothing = torch.zeros(1).expand(2**20, 2**20), torch.zeros(1, device="meta").expand(2**30, 2**10)
    for name, value in {"strides": strides, "meta": nothing, "lists in lists": shared}.items():
        out = io.BytesIO()
        torch.save({"embedding.weight": value}, out)
        yield f"checkpoint: {name}", partial(from_file, folder / "model.pt", out.getvalue(), read_state)
    for name, pickle in {
        "bytes": b"\x80\x02cbuiltins\nbytearray\n\x8a\x05\x00\x00\x00\x00\x04\x85R.",
        "a long number": b"\x80\x02\x8b\xff\xff\xff\x7f.",
        "a far place": b"\x80\x02]r\xff\xff\xff\x7f.",
    }.items():
        out = io.BytesIO()
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w") as new:
            for part in old.namelist():
                new.writestr(part, pickle if part.endswith(".pkl") else old.read(part))
        yield f"checkpoint: {name}", partial(from_file, folder / "model.pt", out.getvalue(), read_state)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("m/data.pkl", bytes(400_000_000))
    yield "checkpoint: deflated", partial(from_file, folder / "model.pt", out.getvalue(), read_state)
    header = json.dumps({"embedding.weight": {"dtype": "F32", "shape": [2**40, 2**9], "data_offsets": [0, 4]}}).encode()
    lies = {"shape": struct.pack("<Q", len(header)) + header + bytes(4), "header": struct.pack("<Q", 2**40) + b"{}"}
    for name, data in lies.items():
        yield f"safetensors: {name}", partial(from_file, folder / "model.pt", data, read_state)
    for name, line in {"ids": '{"a": 999999999999999}', "brackets": "[" * 1_000_000}.items():
        yield f"vocabulary: {name}", partial(from_file, folder / "words.json", line, partial(read_words, rows=10))
    many: dict[str, dict[str, Any]] = {
        "buckets": {"bucket": 2**31 - 1, "rows": 2**31},
        "dim": {"dim": 65_000},
        "words": {"nwords": 2**30, "size": 2**30},
    }
    for name, given in many.items():
        data = facebook_bytes(matrix=np.zeros((35, 6), np.float32), **given)
        yield f"bin: {name}", partial(from_file, folder / f"{name}.bin", data, FastTextVectors.open)


def experiments(folder: Path, models: Path) -> Iterator[Bomb]:
    """Yield experiments that would be large, and sentences that are."""
    changes: dict[str, dict[str, object]] = {
        "hidden_dim": {"hidden_dim": 4096, "embedding_dim": 4096},
        "max_tokens": {"max_tokens": 100_000},
        "labels": {"labels": [f"label {n}" for n in range(1000)]},
        "label": {"labels": ["a" * 50_000_000, "b"]},
    }
    for name, change in changes.items():
        yield f"experiment: {name}", partial(spoilt, models, folder / name, change)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for file in ("experiment.json", "vocabulary.txt", "README.md"):
            made.writestr(f"x/{file}", bytes(150_000_000))
    yield "zip: zeros", partial(archive.from_zip, folder / "models", out.getvalue(), "x")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for n in range(20_000):
            made.writestr(f"x/{n}.json", b"")
    yield "zip: members", partial(archive.from_zip, folder / "models", out.getvalue(), "x")
    whole = load(models / "tiny-en")
    for name, text in {"words": "good film " * 50_000, "a word": "a" * 100_000, "markup": "<b>" * 100_000}.items():
        yield f"sentence: {name}", partial(drawn, whole, text)


def drawn(experiment: Experiment, text: str) -> None:
    """Explain a text and draw it."""
    found = experiment.explain(text)
    assert len(page([found.heatmap()])) < 50_000_000 and len(found.to_svg()) < 50_000_000


def spoilt(models: Path, folder: Path, change: dict[str, object]) -> None:
    """Open an experiment that says something else of itself."""
    folder.mkdir()
    for path in (models / "tiny-en").iterdir():
        (folder / path.name).symlink_to(path)
    value = json.loads((folder / "experiment.json").read_text())
    value["about"] |= change
    (folder / "experiment.json").unlink()
    (folder / "experiment.json").write_text(json.dumps(value))
    load(folder).explain("a good film")


def set_off(light: Callable[[], object]) -> str:
    """Return what came of one."""
    try:
        light()
    except AttnvizError as error:
        return f"refused: {str(error)[:90]!r}"
    except BaseException as error:
        return f"FAULT: {type(error).__name__}: {str(error)[:90]!r}"
    return "right"


def main() -> None:
    """Set off each of them, or those whose names hold what was given, and say what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    models, wanted = Path(sys.argv[1]), "".join(sys.argv[2:])
    with tempfile.TemporaryDirectory() as scratch:
        for name, light in bombs(Path(scratch), models):
            if wanted not in name:
                continue
            before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
            sys.stdout.write(f"{name}\t")
            sys.stdout.flush()  # it may be the last that is said
            said, seconds = set_off(light), time.process_time() - began
            grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
            if grown > GROWTH:
                said = "FAULT: it grew"
            sys.stdout.write(f"{seconds:.2f}\t{grown // 10**6}\t{said}\n")


if __name__ == "__main__":
    main()
