"""A server of the room alone, which a test can kill: `python -m tests.rounds.serve PORT`."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette

from attnviz.errors import AttnvizError
from attnviz.rounds.routes import Outside, routes


def _explain(experiment: str, *_: str) -> None:
    raise AttnvizError("There is no experiment “{name}” here.", name=experiment)


if __name__ == "__main__":
    outside = Outside(_explain, lambda _language: str, lambda _locale: "en", {"en": "English"})  # type: ignore[arg-type]
    uvicorn.run(Starlette(routes=routes("/", outside)), port=int(sys.argv[1]), log_level="error")
