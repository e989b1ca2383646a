"""Opening vectors of the crawl's size: gensim against ours, each in fresh processes.

    python -m benchmarks.vectors

Writes a file of random numbers in the shape of `cc.en.300.bin` (2 million words and 2 million n-gram buckets of 300
numbers, n-grams of 5 characters; 7.2 GB with the output matrix at its end, which both leave alone), and removes it
afterwards. Clocks start when the libraries are imported. Private memory is what the kernel calls anonymous: pages of
the file that are merely cached belong to nobody.

What it costs to take only some n-grams along is measured on vectors that were really trained, by default those that
gensim has among its test data; `--trained FILE.bin --data DATA` measures it on others.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from gensim.test.utils import datapath

from attnviz.data.datasets import load_dataset
from attnviz.text import Vocabulary
from attnviz.text import words as words_of
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.pruning import prune, pruning_cosine
from benchmarks.options import parser
from benchmarks.report import LeftOut, Report, run

MILLION = 1_000_000
SIZES = {"full": (2 * MILLION, 2 * MILLION, 300), "small": (20_000, 20_000, 300)}
ASKED = 20_000
RUNS = {"gensim": 1, "ours, first opening": 3, "ours, later": 5}
_COLUMNS = {
    "": "",
    "first vector, s": ".3f",
    "times gensim's speed": ",.0f",
    "20,000 x 300, s": ".2f",
    "private MB": ",.0f",
    "of gensim's": ".3f",
    "index MB": ",.0f",
}


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--small", action="store_true", help="a hundredth of the rows")
    found.add_argument("--once", action="store_true", help="open it once each way, not several times")
    found.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the file is written")
    found.add_argument("--trained", type=Path, metavar="FILE.bin", help="vectors that were trained on texts")
    found.add_argument("--data", help="a data set for the words, as `attnviz train` takes it")
    found.add_argument("--child", nargs=2, metavar=("WHO", "FILE"), help=argparse.SUPPRESS)
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Measure what some n-grams cost, then open the file in every way."""
    if chosen.child:
        what, file = chosen.child
        print(json.dumps(neighbours(file) if what == "neighbours" else opening(what, file)))
        return
    selection(chosen.trained, chosen.data, report)
    words, buckets, dim = SIZES["small" if chosen.small else "full"]
    needed = 1.1 * (4 * dim * (2 * words + buckets) + 100 * words)
    if shutil.disk_usage(chosen.folder).free < needed:
        raise LeftOut(f"{chosen.folder} has no {needed / 1e9:.1f} GB free: name another --folder")
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="attnviz-vectors-") as folder:
        path = Path(folder, "random.300.bin")
        write(path, words, buckets, dim)
        size = path.stat().st_size / 1e9
        table = report.table(f"{words:,} words, {buckets:,} buckets, {dim}-d: {size:.2f} GB", _COLUMNS)
        slowest = most = 0.0
        for who, runs in RUNS.items():
            results = []
            for _ in range(1 if chosen.once else runs):
                if who == "ours, first opening":
                    remove_index(path)
                results.append(in_a_fresh_process(who, path))
            first, matrix, private = (statistics.median(result[name] for result in results) for name in results[0])
            slowest, most = slowest or first, most or private
            beside = sum(file.stat().st_size for file in Path(folder).iterdir() if file != path) / 1e6
            table.row(who, first, slowest / first, matrix, private, private / most, beside)
        took = in_a_fresh_process("neighbours", path)
    title = f"Neighbours among the first {min(words, 200_000):,} words"
    table = report.table(title, {"worked out once, s": ".1f", "then found, ms": ".1f", "private MB": ",.0f"})
    table.row(took["once"], 1000 * took["later"], took["private"])
    report.ratio("gensim's time to the first vector / ours, later", slowest / first)


def in_a_fresh_process(what: str, path: Path) -> dict[str, float]:
    """Measure one thing and return what it took."""
    command = [sys.executable, "-m", "benchmarks.vectors", "--child", what, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    numbers: dict[str, float] = json.loads(said.splitlines()[-1])
    return numbers


def selection(trained: Path | None, data: str | None, report: Report) -> None:
    """Tell what words outside the vocabulary lose when only some n-grams are taken along."""
    if data:
        dataset = load_dataset(data)
        learning, others = (list(map(words_of, dataset.split(part).texts)) for part in ("train", "test"))
    else:
        lines = Path(datapath("lee_background.cor")).read_text(encoding="utf-8").splitlines()
        learning, others = ([line.split() for line in part] for part in (lines[:200], lines[200:]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy2(trained or datapath("lee_fasttext.bin"), folder))
        full = FastTextVectors.open(path)
        counts = dict(Counter(word for words in learning for word in words).most_common())
        vocabulary = Vocabulary.build(learning, min(5_000, len(counts) // 4))
        found = Counter(word for words in others for word in words if word not in vocabulary)
        used = len({bucket for word in counts for bucket in full.ngram_buckets(word)})
        title = f"{path.name}: {len(found):,} words outside a vocabulary of {len(vocabulary.words):,}, {used:,} buckets"
        cosines_of = {"cosine of a word, mean": ".3f", "of an occurrence, mean": ".3f"}
        table = report.table(title, {"n-grams taken": ","} | cosines_of | {"words left with nothing": ".1%"})
        for share in (0.05, 0.1, 0.2, 0.4, 1.0):
            cosines = pruning_cosine(prune(full, counts, vocabulary.words, int(share * used)), full, list(found))
            often = np.average(cosines, weights=list(found.values()))
            table.row(int(share * used), cosines.mean(), often, (cosines == 0).mean())


def remove_index(path: Path) -> None:
    """Remove what stands beside a file."""
    for file in path.parent.iterdir():
        if file != path:
            file.unlink()


def write(path: Path, words: int, buckets: int, dim: int) -> None:
    """Write a random file block by block, as FastText would have trained it."""
    random = np.random.default_rng(0)
    letters = np.array(list("etaoinsrhldcumfpgwybvkxjqzé한국어"))
    with path.open("wb") as file:
        file.write(struct.pack("<2i", 793712314, 12))
        file.write(struct.pack("<12id", dim, 5, 5, 5, 10, 1, 2, 1, buckets, 5, 5, 100, 1e-4))
        file.write(struct.pack("<3iqq", words, words, 0, words * 1000, -1))
        for start in range(0, words, 100_000):
            count = min(100_000, words - start)
            drawn = letters[random.integers(len(letters), size=(count, 6))]
            file.write(
                b"".join(
                    f"{''.join(row)}{start + at:x}".encode() + b"\0" + struct.pack("<qb", 2 * words - start - at, 0)
                    for at, row in enumerate(drawn)
                )
            )
        file.write(struct.pack("<bqq", 0, words + buckets, dim))
        for start in range(0, words + buckets, 50_000):
            rows = min(50_000, words + buckets - start)
            random.standard_normal((rows, dim), dtype=np.float32).tofile(file)
        file.write(struct.pack("<bqq", 0, words, dim))
        for start in range(0, words, 50_000):
            np.zeros((min(50_000, words - start), dim), dtype=np.float32).tofile(file)


def neighbours(path: str) -> dict[str, float]:
    """Work out neighbours among the first 200,000 words, then ask for those of some words."""
    vectors = FastTextVectors.open(path)
    began = time.perf_counter()
    vectors.prepare_neighbours()
    once, later = time.perf_counter() - began, []
    for row in range(20):
        began = time.perf_counter()
        vectors.most_similar(vectors.words[row * 100])
        later.append(time.perf_counter() - began)
    return {"once": once, "later": statistics.median(later), "private": private_megabytes()}


def opening(who: str, path: str) -> dict[str, float]:
    """Open the file in this process, ask for a matrix, and return what it took."""
    if who == "gensim":
        from gensim.models.fasttext import load_facebook_vectors as opener
    else:
        opener = FastTextVectors.open
    began = time.perf_counter()
    vectors = opener(path)
    known = vectors.index_to_key if who == "gensim" else vectors.words
    assert vectors[known[7]].shape == vectors["runninggggg"].shape == (300,)
    first = time.perf_counter() - began
    words = [known[row] for row in np.random.default_rng(1).permutation(len(known))[:ASKED]]
    began = time.perf_counter()
    matrix = np.array([vectors[word] for word in words]) if who == "gensim" else vectors.matrix(words)
    taken = time.perf_counter() - began
    assert matrix.shape == (len(words), 300)
    return {"first": first, "matrix": taken, "private": private_megabytes()}


def private_megabytes() -> float:
    """Return the memory that only this process holds, the file's cached pages left out."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1000
    raise SystemExit("this needs Linux, which tells how much memory is private")


if __name__ == "__main__":
    run(main, arguments())
