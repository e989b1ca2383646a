"""The command line for vectors alone: `python -m attnviz vectors download | info | nearest | ngrams`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attnviz.cli.options import JsonOption, TextCommand, open_console, print_json, typed

if TYPE_CHECKING:
    from attnviz.vectors.fasttext import FastTextVectors

app = typer.Typer(
    rich_markup_mode="markdown",
    help="""Look into FastText vectors, and get those that were trained on the crawl of the web.

    PATH is a Facebook `.bin` of any size, a `vectors.safetensors`, or an experiment's name.

        python -m attnviz vectors ngrams reviews-en amaaazing""",
)

PathArgument = Annotated[
    str, typer.Argument(metavar="PATH", help="A `.bin`, a `vectors.safetensors` or an experiment.", show_default=False)
]
WordArgument = Annotated[str, typer.Argument(metavar="WORD", help="Any word, known or not.", show_default=False)]


@app.command()
def download(
    language: Annotated[str, typer.Argument(metavar="LANG", help="A language's code, as `en`, `ko`.")],
    folder: Annotated[Path | None, typer.Option(metavar="FOLDER", help="[default: models/vectors]")] = None,
    as_json: JsonOption = False,
) -> None:
    """Get a language's crawl vectors, 4 to 7 GB, from Hugging Face; what broke off goes on.

    python -m attnviz vectors download en
    """
    from attnviz.cli import terminal
    from attnviz.model.experiment import MODELS
    from attnviz.vectors import crawl

    with terminal.fraction_bar(f"vectors of {language}") as show:
        path = crawl.download(language, folder or MODELS / "vectors", show)
    if as_json:
        print_json({"language": language, "path": str(path), "bytes": path.stat().st_size})
    else:
        open_console().print(f"{path} is there ({path.stat().st_size / 1e9:.2f} GB).", soft_wrap=True)


@app.command()
def info(path: PathArgument, as_json: JsonOption = False) -> None:
    """Say how many words, n-grams and numbers there are.

    python -m attnviz vectors info reviews-en
    """
    from attnviz.vectors.ngrams import JAMO_SIZES

    vectors = open_vectors(path)
    said = {
        "path": path,
        "dim": vectors.dim,
        "words": len(vectors.words),
        "first_words": list(vectors.words[:10]),
        "min_n": vectors.min_n,
        "max_n": vectors.max_n,
        "ngram_units": vectors.ngram_units,
        "buckets": vectors.buckets,
        "ngrams": vectors.kept_ngrams,
    }
    if as_json:
        print_json(said)
        return
    kept = "" if vectors.kept_ngrams == vectors.buckets else f", with a row: {vectors.kept_ngrams:,}"
    letters = " and {} to {} letters".format(*JAMO_SIZES) if vectors.ngram_units == "jamo" else ""
    first = ", ".join([*vectors.words[:10], *(["…"] if len(vectors.words) > 10 else [])])
    lines = (
        f"Words: {len(vectors.words):,} ({first}), dimensions: {vectors.dim}",
        f"Buckets for n-grams of {vectors.min_n} to {vectors.max_n} characters{letters}: {vectors.buckets:,}{kept}",
    )
    open_console().print("\n".join(lines), soft_wrap=True)


@app.command(cls=TextCommand)
def nearest(
    path: PathArgument,
    word: WordArgument,
    topn: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 10,
    among: Annotated[int, typer.Option(min=1, help="Of a `.bin`: look among that many most frequent words.")] = 200_000,
    as_json: JsonOption = False,
) -> None:
    """Show the words nearest to a word, by cosine. Of a large file this is worked out once, which takes a while.

    python -m attnviz vectors nearest reviews-en amaaazing
    """
    from attnviz.cli import terminal

    vectors, word = open_vectors(path), typed(word)
    with terminal.fraction_bar("neighbours, once") as show:
        vectors.prepare_neighbours(among, show)
    found = vectors.most_similar(word, topn)
    if as_json:
        neighbours = [{"word": near, "cosine": cosine} for near, cosine in found]
        print_json({"word": word, "known": word in vectors, "neighbours": neighbours})
        return
    for near, cosine in found:
        open_console().print(f"{cosine:+.3f}  {near}", soft_wrap=True)


@app.command(cls=TextCommand)
def ngrams(path: PathArgument, word: WordArgument, as_json: JsonOption = False) -> None:
    """Show the n-grams of a word, how long their vectors are and how near to the word's own.

    python -m attnviz vectors ngrams reviews-en amaaazing
    """
    import numpy as np

    from attnviz.vectors.cosine import unit_rows

    vectors, word = open_vectors(path), typed(word)
    whole = vectors.vector(word)
    found, rows = vectors.ngram_vectors(word)
    lengths, length = np.linalg.norm(rows, axis=1), np.linalg.norm(whole)
    cosines = unit_rows(rows) @ unit_rows(whole[None])[0]
    listed = [
        {"ngram": ngram.text, "start": ngram.start, "length": round(float(pull), 6), "cosine": round(float(cosine), 6)}
        for ngram, pull, cosine in zip(found, lengths, cosines, strict=True)
    ]
    if as_json:
        print_json({"word": word, "known": word in vectors, "length": round(float(length), 6), "ngrams": listed})
        return
    known = "is a word of its own" if word in vectors else "is not among the words"
    open_console().print(f"“{word}” {known}; its vector is {length:.3f} long.", soft_wrap=True)
    for ngram, pull, cosine in zip(found, lengths, cosines, strict=True):
        covered = f"<{word}>"[ngram.start : ngram.start + len(ngram.pieces)]
        letters = "" if ngram.text == covered else f"  letters of {covered}"
        open_console().print(f"{ngram.text:12} length {pull:.3f}  cosine {cosine:+.3f}{letters}", soft_wrap=True)


def open_vectors(path: str) -> FastTextVectors:
    """Open a file of vectors, or an experiment's."""
    from attnviz.vectors.fasttext import FastTextVectors

    if Path(path).is_file() or Path(path).suffix in (".bin", ".safetensors"):
        return FastTextVectors.open(path)
    from attnviz.model.experiment import load

    return load(path).vectors
