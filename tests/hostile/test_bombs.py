"""The bombs, in a process that they may take with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.hostile.nasty import COUNTS, SLOWEST

ROOT = Path(__file__).parents[2]
PATIENCE = 900  # seconds until a machine, however busy, must have done what takes it half a minute


def test_no_bomb_takes_the_memory_or_for_ever(tiny_models: Path) -> None:
    command = [sys.executable, "-m", "tests.hostile.bombs", str(tiny_models)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert done.returncode == 0, (lines[-1:], done.stderr[-2000:])
    for line in lines:
        COUNTS["bomb"] += 1
        SLOWEST["bomb"] = max(SLOWEST.get("bomb", 0.0), float(line[1]))
    assert not [line for line in lines if "FAULT" in line[-1]]
    assert len(lines) > 60
