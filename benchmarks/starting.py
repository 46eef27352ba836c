"""Start-up: the help text against a bare Python, the first frame against a bare Textual program."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.measure import PYTHON, Row, first_frame, in_turn, process

BARE = Path(__file__).with_name("bare.py")


def rows(runs: int) -> list[Row]:
    """`--help` and the first frame of the welcome page."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        wizard = [PYTHON, "-m", "wizard", "--state-dir", folder]
        return [
            in_turn(
                "--help",
                lambda: process([PYTHON, "-m", "wizard", "--help"]),
                "python -c pass",
                lambda: process([PYTHON, "-c", "pass"]),
                runs,
            ),
            in_turn(
                "first frame",
                lambda: first_frame(wizard, b"Palisade", environ),
                "a bare Textual program",
                lambda: first_frame([PYTHON, str(BARE)], b"BARE-FRAME", environ),
                runs,
            ),
        ]
