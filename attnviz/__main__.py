"""`python -m attnviz` is the `attnviz` command."""

from __future__ import annotations

import sys

from attnviz.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
