"""Starts the program, with signals that end it in an orderly way."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.root import Surroundings

ALLOCATIONS = 50_000
"""After how many more objects Python looks for what could go. What a start loads stays, and looking through all of it again
and again took a tenth of the start."""


def main(around: Surroundings | None = None) -> None:
    """The program; ends the process with its exit status."""
    gc.set_threshold(ALLOCATIONS)
    # While the program is being loaded there is nothing to tell yet: a signal ends it without a word.
    sys.excepthook = lambda *_told: None
    from services import dumps

    dumps.forbid()  # a password is in this process, too, until the child has it: no crash may leave it in a file
    from wizard import fatal, signals
    from wizard.cli import run
    from wizard.render.voice import silence
    from wizard.root import Surroundings

    fatal.show_no_tracebacks()
    around = around or Surroundings()

    def work() -> int:
        with signals.as_endings():
            return run(sys.argv[1:], around)

    status = signals.or_ended(work, around)
    try:
        for stream in (around.stdout, around.stderr):
            try:
                stream.flush()
            except OSError:
                silence(stream)
    finally:  # Ctrl-C once more, while a stream takes nothing
        around.leave(status)


if __name__ == "__main__":
    main()
