"""One folder a page of the app: `page.py` draws it, the files beside it are parts that only it has."""

from __future__ import annotations

from pathlib import Path

from attnviz.ui.views import (
    EmbeddingsView,
    ErrorsView,
    SentenceView,
    StepsView,
    SubwordsView,
    TrainView,
    View,
)

ADDRESSES: dict[type[View], str] = {  # a page's view, and its folder here, which is also the path of its link
    SentenceView: "sentence",
    StepsView: "steps",
    SubwordsView: "subwords",
    EmbeddingsView: "embeddings",
    ErrorsView: "errors",
    TrainView: "train",
}


def file(kind: type[View]) -> Path:
    """Return the script of the page that shows a view of this kind."""
    return Path(__file__).parent / ADDRESSES[kind] / "page.py"
