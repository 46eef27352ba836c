"""The program of the child process: reads one order, does the work, writes lines of JSON.

Nothing that fails here shows a value: a problem goes out in its own words, anything else as the name of the error
and the line of code where it happened. A few orders open a talk, in which the parent goes on asking.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from services import dumps
from services.problems import Problem, ProblemError, as_json
from services.recovery.passwords import wipe
from services.recovery.stages import Stage

_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "split": "services.recovery.split_operations",
        "combine": "services.recovery.split_operations",
        "deal": "services.recovery.split_operations",
        "gather": "services.recovery.split_operations",
        "token-list": "services.recovery.token_operations",
        "token-store": "services.recovery.token_operations",
        "token-read": "services.recovery.token_operations",
    }
)
"""Where the work is done that needs more than keys and files; each is imported for its own orders alone."""

Tell = Callable[[Mapping[str, object]], None]


def main() -> int:
    """Serve standard input and output. Ends with 0 when an answer, be it a problem, was given."""
    dumps.forbid()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - what the driver of a token prints must not get in between
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, answers)
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

    def answer(result: Mapping[str, object]) -> None:
        """A buffer in a result is a secret that was asked for; it goes behind the line, raw, and is wiped."""
        buffers = {name: value for name, value in result.items() if isinstance(value, bytearray)}
        open_ = {name: value for name, value in result.items() if name not in buffers}
        tell({"result": open_, "secrets": {name: len(value) for name, value in buffers.items()}})
        for value in buffers.values():
            answers.write(value)
        answers.flush()
        wipe(*buffers.values())

    secrets: dict[str, bytearray] = {}
    try:
        with _told(tell):
            head: dict[str, Any] = json.loads(orders.readline())
            secrets.update(_secrets(head, orders))
            work = head["work"]
            operations = importlib.import_module(_PLACES.get(work, "services.recovery.operations"))
            if work in getattr(operations, "TALKS", {}):
                first, ask = operations.TALKS[work](head["parameters"], secrets, say)
                answer(first)
                for line in orders:
                    with _told(tell):
                        answer(_asked(ask, json.loads(line), orders))
            else:
                answer(operations.WORK[work](head["parameters"], secrets, say))
    finally:
        wipe(*secrets.values())


def _asked(
    ask: Callable[[Mapping[str, object]], Mapping[str, object]], question: Mapping[str, Any], orders: BinaryIO
) -> Mapping[str, object]:
    """The answer to a question; the secrets behind it are in it, and are wiped afterwards."""
    secrets = _secrets(question, orders)
    try:
        return ask({**question, **secrets})
    finally:
        wipe(*secrets.values())


def _secrets(line: Mapping[str, Any], orders: BinaryIO) -> dict[str, bytearray]:
    """What a line announces and what comes behind it."""
    return {name: bytearray(orders.read(size)) for name, size in line["secrets"].items()}


@contextlib.contextmanager
def _told(tell: Tell) -> Iterator[None]:
    """What fails in here is told, and is over."""
    try:
        yield
    except ProblemError as error:
        tell({"problem": as_json(error.problem)})
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last place where it can be told without its values
        tell({"problem": as_json(_bug(error))})


def _bug(error: Exception) -> Problem:
    last = traceback.extract_tb(error.__traceback__)[-1]
    missing = f" {error.name}" if isinstance(error, ImportError) and error.name else ""
    return Problem(
        "our-bug",
        "The work on the key failed in a way that the program did not foresee; no file was overwritten.",
        ("Start again; if it fails again, report the place that is named here.",),
        f"{type(error).__name__}{missing} at {Path(last.filename).name}:{last.lineno}",
    )
