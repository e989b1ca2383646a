"""The command that opens the pages: `python -m attnviz app`."""

from __future__ import annotations

import runpy
import sys

import typer

from attnviz.data.files import home

app = typer.Typer()


@app.command("app", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def open_app(context: typer.Context) -> None:
    """Open the pages in a browser; options are Streamlit's own, as in `--server.port 8502`.

    python -m attnviz app
    """
    sys.argv = ["streamlit", "run", str(home() / "app.py"), *context.args]
    runpy.run_module("streamlit", run_name="__main__")  # in this process, so that whoever ends it ends the server
