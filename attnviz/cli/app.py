"""The command that opens the pages: `python -m attnviz app`."""

from __future__ import annotations

import subprocess
import sys

import typer

from attnviz.data.files import home

app = typer.Typer()


@app.command("app", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def open_app(context: typer.Context) -> int:
    """Open the pages in a browser; options are Streamlit's own, as in `--server.port 8502`.

    python -m attnviz app
    """
    command = [sys.executable, "-m", "streamlit", "run", str(home() / "app.py"), *context.args]
    server = subprocess.Popen(command)  # noqa: S603 - what the person typed, passed on as it is
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # the server has been told too, and takes its leave
            continue
