"""Starts the program, with signals that end it in an orderly way."""

from __future__ import annotations

import sys

from wizard import signals
from wizard.cli import run
from wizard.render.voice import silence
from wizard.root import Surroundings


def main() -> None:
    """The program; ends the process with its exit status."""
    around = Surroundings()
    with signals.as_endings():
        status = signals.or_ended(lambda: run(sys.argv[1:], around), around)
    for stream in (around.stdout, around.stderr):
        try:
            stream.flush()
        except OSError:
            silence(stream)
    sys.exit(status)


if __name__ == "__main__":
    main()
