"""Starts the program, with signals that end it in an orderly way."""

from __future__ import annotations

import resource
import sys

from wizard import fatal, signals
from wizard.cli import run
from wizard.render.voice import silence
from wizard.root import Surroundings


def main(around: Surroundings | None = None) -> None:
    """The program; ends the process with its exit status."""
    # A password is in this process, too, until the child has it: no crash may leave it in a file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    fatal.show_no_tracebacks()
    around = around or Surroundings()
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
