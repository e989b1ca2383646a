"""Commands about whole experiments: `python -m attnviz list` and `push`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attnviz.cli.options import JsonOption, experiment_as_json, open_console, print_json
from attnviz.errors import AttnvizError

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command("list")
def list_experiments(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="A folder of experiments; without it, all that are known by name."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the experiments there are, and what their variants reached on test rows.

    python -m attnviz list

    python -m attnviz list models --json
    """
    from attnviz.cli import terminal
    from attnviz.model.experiment import folder_of, load, names

    console = open_console()
    found: list[dict[str, Any]] = []
    if folder and not folder.is_dir():
        raise AttnvizError("{path} is no folder: name one that holds experiments.", path=folder)
    for name in names(folder):
        try:
            opened = load(folder / name if folder else folder_of(name))
        except AttnvizError as error:
            found.append({"name": name, "error": str(error)})
            if not as_json:
                console.print(f"{name} cannot be opened. {error}\n", soft_wrap=True)
            continue
        found.append(experiment_as_json(opened))
        if not as_json:
            console.print(f"{name} · {opened.language} · {', '.join(opened.labels)}", style="bold")
            if opened.figures:
                console.print(terminal.figures_table(opened.figures))
            else:
                console.print(f"{', '.join(opened.variants)}: a model from elsewhere, without figures")
            console.print()
    if as_json:
        print_json({"experiments": found})
    elif not found and folder:
        console.print(f"{folder} holds no experiment.")
    elif not found:
        console.print("There is none yet. Make one: python -m attnviz train movie-reviews --name reviews-en")


@app.command()
def push(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An experiment's name, as `list` shows it, or folder.")],
    place: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Where to; it is made if it is not there.")],
    public: Annotated[
        bool, typer.Option("--public", help="Let everybody see a new place; without it, it is yours alone.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send an experiment to a hub, as whoever `hf auth login` or HF_TOKEN says.

    python -m attnviz push reviews-en owner/reviews-en
    """
    from attnviz.model.experiment import load

    address = load(name).push_to_hub(place.removeprefix("hf://"), private=not public)
    if as_json:
        print_json({"experiment": name, "address": address})
    else:
        open_console().print(f"{name} is at {address}.", soft_wrap=True)
