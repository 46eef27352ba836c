"""The program of the child process: reads one order, does the work, writes lines of JSON.

Nothing that fails here shows a value: a problem goes out in its own words, anything else as the name of the error
and the line of code where it happened.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from services.problems import Problem, ProblemError, as_json
from services.recovery.passwords import wipe
from services.recovery.stages import Stage


def main() -> int:
    """Serve standard input and output. Ends with 0 when an answer, be it a problem, was given."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        return 1  # nobody listens any more
    return 0


def serve(orders: BinaryIO, answers: BinaryIO) -> None:
    """Do the one order of the stream. A listener that went away ends the work with `BrokenPipeError`."""

    def tell(line: Mapping[str, object]) -> None:
        answers.write(json.dumps(line).encode("ascii") + b"\n")
        answers.flush()

    def say(stage: Stage) -> None:
        tell({"stage": stage.name, "done": stage.done, "seconds": stage.seconds})

    secrets: dict[str, bytearray] = {}
    try:
        head: dict[str, Any] = json.loads(orders.readline())
        secrets.update((name, bytearray(orders.read(size))) for name, size in head["secrets"].items())
        operations = importlib.import_module("services.recovery.operations")
        tell({"result": operations.WORK[head["work"]](head["parameters"], secrets, say)})
    except ProblemError as error:
        tell({"problem": as_json(error.problem)})
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last place where it can be told without its values
        tell({"problem": as_json(_bug(error))})
    finally:
        wipe(*secrets.values())


def _bug(error: Exception) -> Problem:
    last = traceback.extract_tb(error.__traceback__)[-1]
    missing = f" {error.name}" if isinstance(error, ImportError) and error.name else ""
    return Problem(
        "our-bug",
        "The work on the key failed in a way that the program did not foresee; no file was overwritten.",
        ("Start again; if it fails again, report the place that is named here.",),
        f"{type(error).__name__}{missing} at {Path(last.filename).name}:{last.lineno}",
    )
