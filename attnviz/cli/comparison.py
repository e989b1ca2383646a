"""The commands that set frozen against fine-tuned: `python -m attnviz drift | neighbours | trace`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column

from attnviz.cli.options import (
    ExperimentOption,
    JsonOption,
    TextArgument,
    TextCommand,
    given_texts,
    number_column,
    open_console,
    plain_table,
    print_json,
    typed,
)

if TYPE_CHECKING:
    import numpy as np

    from attnviz.comparison import Drift, Lean
    from attnviz.tracing import Answers, Trace

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()

TopOption = Annotated[int, typer.Option(min=1, metavar="N", help="How many words to show.")]

_OOV = "“{}” is not in the vocabulary: fine-tuning never touched it."


@app.command()
def drift(
    experiment: ExperimentOption = "reviews-en",
    top: TopOption = 20,
    word: Annotated[
        list[str] | None, typer.Option("--word", "-w", metavar="W", help="Only this word; say it again for more.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how far fine-tuning carried the words, those that moved most first.

    Drift is 1 − cosine of a word's frozen and fine-tuned vectors: exactly 0 for what training never touched.
    Spread is the same between two seeds: a drift within it, shown dim, may be chance; – if no second seed was trained.
    A word leans to the classes for which it votes when it stands alone, in each twin.

        python -m attnviz drift --top 10

        python -m attnviz drift --word good --word bad --json
    """
    from attnviz import comparison
    from attnviz.model.experiment import load
    from attnviz.model.variants import TWINS

    opened = load(experiment)
    if word:
        found = comparison.drift(opened, [comparison.one_word(typed(given), opened.vocabulary) for given in word])
    else:
        whole = comparison.drift(opened)
        found = comparison.drift(opened, [whole.words[place] for place in whole.order[:top]])
    lean = comparison.lean(opened, found.words)
    if as_json:
        print_json({"words": _drift_as_json(found, lean)})
        return
    console = open_console()
    numbers = map(number_column, ("drift", "spread", "length", "count"))
    leans_to = (Column(f"{variant}: leans to", no_wrap=True) for variant in TWINS)
    table = plain_table("word", *numbers, *leans_to)
    for place, name in enumerate(found.words):
        leans = (_leaning(lean.labels, votes[place]) for votes in (lean.frozen, lean.fine_tuned))
        length = "no n-gram known" if found.vectorless[place] else f"×{found.stretch[place]:.2f}"
        count = f"{found.counts[place]:,}" if opened.vocabulary.counted else "–"
        spread = "–" if found.spread is None else f"{found.spread[place]:.4f}"
        style = "dim" if found.within_spread[place] else None
        table.add_row(name, f"{found.drift[place]:.4f}", spread, length, count, *leans, style=style)
    console.print(table)
    for name in found.words:
        if name not in opened.vocabulary:
            console.print(_OOV.format(name), style="dim", soft_wrap=True)


@app.command(cls=TextCommand)
def neighbours(
    word: Annotated[str, typer.Argument(metavar="WORD", help="A word, known or not.", show_default=False)],
    experiment: ExperimentOption = "reviews-en",
    top: TopOption = 10,
    as_json: JsonOption = False,
) -> None:
    """Show the words nearest to a word before and after fine-tuning, with their cosines.

    A word outside the vocabulary is compared by its n-grams.

        python -m attnviz neighbours good

        python -m attnviz neighbours amaaazing --top 5 --json
    """
    from attnviz import comparison
    from attnviz.model.experiment import load

    opened = load(experiment)
    found = comparison.neighbours(opened, comparison.one_word(typed(word), opened.vocabulary), top)
    if as_json:
        print_json(
            {
                "word": found.word,
                "known": found.known,
                "frozen": [{"word": near.word, "cosine": near.frozen} for near in found.frozen],
                "fine-tuned": [{"word": near.word, "cosine": near.fine_tuned} for near in found.fine_tuned],
            }
        )
        return
    console = open_console()
    table = plain_table("frozen", "", "fine-tuned", "")
    left, joined = ({near.word for near in some} for some in (found.went, found.came))
    for before, after in zip(found.frozen, found.fine_tuned, strict=True):
        went, came = " went" if before.word in left else "", " came" if after.word in joined else ""
        table.add_row(before.word, f"{before.frozen:.3f}{went}", after.word, f"{after.fine_tuned:.3f}{came}")
    console.print(table)
    stayed = len(found.frozen) - len(left)
    console.print(f"\n{stayed} of {len(found.frozen)} neighbours stayed.", style="dim")
    if not found.known:
        console.print(f"{_OOV.format(found.word)} Its neighbours moved, not it.", style="dim", soft_wrap=True)


@app.command(cls=TextCommand)
def trace(text: TextArgument, experiment: ExperimentOption = "reviews-en", as_json: JsonOption = False) -> None:
    """Swap the twins' vectors word by word, and show how their answers move.

    Each word's frozen vector is put back into the fine-tuned twin, and its fine-tuned vector into the frozen one. In
    the JSON, `fine-tuned` of a word is what the fine-tuned twin answers with that word's frozen vector, and the other
    way round.

        python -m attnviz trace "this movie was not amazing"
    """
    from attnviz.model.experiment import load
    from attnviz.tracing import trace as trace_text

    opened, console = load(experiment), open_console()
    for number, one in enumerate(given_texts(text)):
        found = trace_text(opened, one)
        if as_json:
            print_json(found.to_dict())
            continue
        if number:
            console.print()
        _print_trace(console, found)


def _print_trace(console: Console, found: Trace) -> None:
    table = plain_table("vector swapped", *map(number_column, ("fine-tuned twin", "frozen twin")))
    rows: list[tuple[str, Answers]] = [("(none)", found.answers)]
    rows += [(swap.word if swap.moved else f"{swap.word} (never moved)", swap.answers) for swap in found.swaps]
    for name, answers in [*rows, ("(all)", found.all_swapped)]:
        table.add_row(name, _answer(found.labels, answers.fine_tuned), _answer(found.labels, answers.frozen))
    console.print(table)
    if found.total_tokens > len(found.tokens):
        console.print(
            f"\nOnly the first {len(found.tokens):,} of the {found.total_tokens:,} words and marks were read."
        )
    if found.decisive:
        console.print(
            f"\nThe fine-tuning of “{found.decisive.word}” makes the most difference.", style="dim", soft_wrap=True
        )


def _drift_as_json(found: Drift, lean: Lean) -> list[dict[str, Any]]:
    return [
        {
            "word": word,
            "drift": float(found.drift[place]),
            "count": int(found.counts[place]),
            "spread": None if found.spread is None else float(found.spread[place]),
            "lean": {
                "frozen": dict(zip(lean.labels, lean.frozen[place].tolist(), strict=True)),
                "fine-tuned": dict(zip(lean.labels, lean.fine_tuned[place].tolist(), strict=True)),
            },
        }
        for place, word in enumerate(found.words)
    ]


def _leaning(labels: Sequence[str], votes: np.ndarray) -> str:
    """Name the class with the highest vote, and by how much it leads the next."""
    ranked = sorted(zip(votes, labels, strict=True), reverse=True)
    return f"{ranked[0][1]} by {ranked[0][0] - ranked[1][0]:.2f}" if len(ranked) > 1 else ranked[0][1]


def _answer(labels: Sequence[str], probabilities: np.ndarray) -> str:
    probability, label = max(zip(probabilities, labels, strict=True))
    return f"{label} {probability:.1%}"
