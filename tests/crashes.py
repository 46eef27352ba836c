"""Crashes on purpose at a named place of the code, in whatever process or thread gets there first.

Nothing in the product knows of them: the interpreter's own profiler tells when a function is entered. An error that is
raised there says everything that the place can see: every local variable up the stack, keys as numbers.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import rsa

from tests import planted
from tests.search import Search, word_runs

_PRODUCT = tuple(
    f"{Path(__file__).parents[1] / part}{os.sep}"
    for part in ("services", "screens", "wizard", "tests/services")
)

How = Literal["raise", "panic", "kill"]


class UnforeseenError(RuntimeError):
    """An error that nobody foresaw."""

    def __rich__(self) -> str:
        return str(self)


class Panic(BaseException):
    """The same where even `except Exception` does not see it, as Rust's panics in `cryptography` are."""


@dataclass(frozen=True)
class Crash:
    """Where (`file` is the end of a path; `stage` a stage of key work), how, and at which call, counted from 1."""

    file: str
    function: str
    how: How = "raise"
    stage: str = ""
    nth: int = 1

    def __str__(self) -> str:
        place = self.stage or f"{Path(self.file).stem}.{self.function}"
        return f"{self.how} at {place}" + (f" {self.nth}" if self.nth > 1 else "")


def at_stage(stage: str, how: How = "raise", nth: int = 1) -> Crash:
    """A crash as this stage of key work begins; with `nth` 2, when it is done and has not been told."""
    return Crash("recovery/stages.py", "stage", how, stage, nth)


_waiting: list[tuple[Crash, list[int], Path]] = []
"""The crash that is to come, with the calls that are left until then."""


def arm(crash: Crash, evidence: Path) -> None:
    """Crash there, in this thread or in one that was started since `watch_threads`; `evidence` tells that it came to that."""
    _waiting[:] = [(crash, [crash.nth], evidence)]
    watch_threads()
    sys.setprofile(_entered)


def disarm() -> None:
    """Nothing crashes any more."""
    _waiting.clear()
    threading.setprofile(None)
    sys.setprofile(None)


def watch_threads() -> None:
    """Threads that start from now on can crash, also where they are armed later."""
    threading.setprofile(_entered)


def _entered(frame: FrameType, event: str, _argument: object) -> None:
    """What the profiler calls."""
    if event != "call" or not _waiting:
        return
    crash, left, evidence = _waiting[0]
    code = frame.f_code
    if code.co_name != crash.function or not code.co_filename.endswith(crash.file):
        return
    if crash.stage and frame.f_locals.get("name") != crash.stage:
        return
    left[0] -= 1
    if left[0] == 0:
        disarm()
        _crash(crash, frame, evidence)


def _crash(crash: Crash, frame: FrameType, evidence: Path) -> None:
    says = everything(frame)
    keep(crash, says, evidence)
    match crash.how:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "panic":
            panic = Panic(says)
            panic.add_note(says)
            raise panic
        case "raise":
            boom = UnforeseenError(says)
            boom.add_note(says)
            raise boom


def keep(crash: Crash, says: str, evidence: Path) -> None:
    """What was within reach there, by name alone, and how the processes look from outside, to be searched later."""
    within = sorted({found.split(",")[0] for found in Search(planted.ALL).inside(says)})
    within += ["words of a share"] * bool(word_runs(says.encode("utf-8", "replace")))
    evidence.with_suffix(".json").write_text(
        json.dumps({**asdict(crash), "within": within, "says": len(says)})
    )
    for name, file in (
        ("cmdline", "/proc/self/cmdline"),
        ("environ", "/proc/self/environ"),
        ("limits", "/proc/self/limits"),
        ("parent", f"/proc/{os.getppid()}/cmdline"),
    ):
        with contextlib.suppress(
            FileNotFoundError, PermissionError
        ):  # the second where no dump is allowed, but for root
            evidence.with_suffix(f".{name}").write_bytes(Path(file).read_bytes())


def everything(frame: FrameType | None) -> str:
    """All local variables of the product's frames, from this one up."""
    said: list[str] = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(_PRODUCT):
            said += (f"{name} = {_shown(value)}" for name, value in list(frame.f_locals.items()))
        frame = frame.f_back
    return "\n".join(said)


def _shown(value: Any, depth: int = 2) -> str:
    if isinstance(value, ModuleType | FunctionType | type):
        return value.__name__
    if isinstance(value, rsa.RSAPrivateKey):
        return str(value.private_numbers().d)
    if isinstance(value, bytes | bytearray):
        return f"{value!r} {value.decode('latin-1')}"
    try:
        inner = vars(value) if depth and hasattr(value, "__dict__") else {}
        parts = [_shown(part, depth - 1) for part in list(inner.values())[:20]]
        return " ".join([repr(value)[:5_000], *parts])
    except Exception as error:  # noqa: BLE001 - objects that are half made have no repr
        return type(error).__name__
