"""`python -m attnviz explain`, `train`, `errors` and the others: a file of this folder each.

A thin skin. What is heavy is imported where it is used, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, TextIO

import typer

from attnviz import __version__
from attnviz.cli import app as pages
from attnviz.cli import (
    behaviour,
    belief,
    comparison,
    errors,
    evaluate,
    experiments,
    explain,
    import_model,
    labels,
    predict,
    train,
    vectors,
)
from attnviz.cli.options import INTERRUPTED
from attnviz.errors import AttnvizError

MISTAKE, FAILURE = 2, 1  # exit codes: what was given is wrong, something broke
FIRST_SPEAKS = 60.0  # seconds that another of torchrun's processes waits for the first to say what is wrong
SHOW_TRACEBACK = "ATTNVIZ_TRACEBACK"


def _show_version(asked: bool) -> None:
    if asked:
        print(f"attnviz {__version__}")
        raise typer.Exit


app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
    help="""See which words a text classifier looked at, and what fine-tuning its word vectors changes.

An *experiment* is a data set, FastText vectors and *variants*, classifiers that differ in one thing only: in `frozen`
the word vectors stay as they are, in `fine-tuned` they learn, and `uniform` looks at every word alike.

Start with `python -m attnviz explain "this movie was not amazing"`.""",
)


@app.callback()
def _whole(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Take what stands before a command."""


app.add_typer(vectors.app, name="vectors")
for command in (
    behaviour,
    belief,
    comparison,
    errors,
    labels,
    predict,
    train,
    import_model,
    explain,
    evaluate,
    experiments,
    pages,
):
    app.add_typer(command.app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; whatever goes wrong is one sentence on standard error."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if _is_silent():
        sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
    try:
        with _as_events() if "--events" in arguments else nullcontext():
            return int(app(list(arguments) or ["--help"], standalone_mode=False) or 0)
    except AttnvizError as error:
        if type(error).__name__ == "LostRank":  # torch is imported only where it is used
            return _say(str(error), FAILURE, sys.__stderr__)
        return _say(str(error), MISTAKE)
    except typer.TyperException as error:
        return _say(f"{error.format_message().rstrip('.')}. --help shows what there is.", MISTAKE)
    except (KeyboardInterrupt, typer.Abort):
        return _say("stopped.", INTERRUPTED)
    except BrokenPipeError:  # whoever read along has seen enough, as in `… | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FAILURE
    except OSError as error:
        return _say(str(error), FAILURE)
    except Exception as error:
        if os.environ.get(SHOW_TRACEBACK):
            raise
        return _say(f"unexpected {type(error).__name__}: {error}. {SHOW_TRACEBACK}=1 shows where.", FAILURE)


def _as_events() -> AbstractContextManager[None]:
    """Return what tells programs how a run began and ended, as JSON lines on standard output."""
    from attnviz.training.progress import reporting_failures

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return reporting_failures(sys.stdout)


def _is_silent() -> bool:
    """Return whether this is one of torchrun's processes, but not the first, which speaks for all."""
    return os.environ.get("RANK", "0") != "0" and "WORLD_SIZE" in os.environ


def _say(sentence: str, code: int, file: TextIO | None = None) -> int:
    if _is_silent() and file is None and code != INTERRUPTED:
        # Whoever ends first takes the others along: torchrun ends them, and the first may not have spoken yet. What is
        # wrong is mostly wrong for all of them, so the first will say it, and this one be ended while it waits.
        time.sleep(FIRST_SPEAKS)
        file = sys.__stderr__
    print(f"error: {' '.join(sentence.split())}", file=file or sys.stderr)
    return code
