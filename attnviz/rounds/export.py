"""What a round came to, as a table for spreadsheets: of nobody; nothing in it runs, and nothing in it is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attnviz.data.csv_export import csv
from attnviz.heatmap.display import visible
from attnviz.rounds.round import Answer, Results, Round, Sentence


def to_csv(one: Round, results: Results, sentences: Sequence[Sentence], answers: Sequence[Answer] = ()) -> bytes:
    """Return a row a word of what was marked, a row a choice of a guess, or a row a sentence that was sent.

    `answers` are those of the variants to the round's own sentence.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    if one.task.kind == "mark":
        marked = [round(share * results.devices) for share in results.share]
        for at, word in enumerate(one.task.words):
            weights = {f"attention {answer.variant}": answer.words[at].weight for answer in answers}
            rows.append(
                {"place": at + 1, "word": word.text, "marked": marked[at], "devices": results.devices, **weights}
            )
    elif one.task.kind == "guess":
        rows = [{"choice": choice, "guessed": count, "devices": results.devices} for choice, count in results.choices]
    else:
        told = {None: "", True: "yes", False: "no"}
        for sentence in sentences:
            read = {f"answer {answer.variant}": answer.label for answer in sentence.answers}
            sure = {f"probability {answer.variant}": answer.probability for answer in sentence.answers}
            rows.append({"text": sentence.text, "label": sentence.label, "shown": told[sentence.shown], **read, **sure})
    asked = {"round": one.number, "kind": one.task.kind, "sentence": one.task.text}
    return csv(pd.DataFrame([{key: _seen(cell) for key, cell in {**asked, **row}.items()} for row in rows]))


def _seen(cell: Any) -> Any:
    """Return a cell as it is seen everywhere: what turns its direction would turn the spreadsheet's, too."""
    return visible(cell) if isinstance(cell, str) else cell
