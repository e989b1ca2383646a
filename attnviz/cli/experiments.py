"""The command that lists the experiments: `python -m attnviz list`."""

from __future__ import annotations

from typing import Any

import typer

from attnviz.cli.options import JsonOption, experiment_as_json, open_console, print_json
from attnviz.errors import AttnvizError

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command("list")
def list_experiments(as_json: JsonOption = False) -> None:
    """Show the experiments there are, and what their variants reached on test rows.

    `python -m attnviz list`
    """
    from attnviz.cli import terminal
    from attnviz.model.experiment import folder_of, load, names

    console = open_console()
    found: list[dict[str, Any]] = []
    for name in names():
        try:
            opened = load(folder_of(name))
        except AttnvizError as error:
            found.append({"name": name, "error": str(error)})
            if not as_json:
                console.print(f"{name} cannot be opened. {error}\n", soft_wrap=True)
            continue
        found.append(experiment_as_json(opened))
        if not as_json:
            console.print(f"{name} · {opened.language} · {', '.join(opened.labels)}", style="bold")
            console.print(terminal.figures_table(opened.figures))
            console.print()
    if as_json:
        print_json({"experiments": found})
    elif not found:
        console.print("There is none yet. Make one: python -m attnviz train movie-reviews --name reviews-en")
