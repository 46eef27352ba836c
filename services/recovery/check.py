"""Judging, proving and converting key files, as the interfaces see it: keys are opened in a child process.

`recovery_tool_accepts` is about the form alone: the vendor's tool also takes weak keys, which `acceptable` refuses.
A sealed file that nobody opened counts as taken, with a note that only opening it proves this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.problems import Problem
from services.recovery.keyfiles import Format, check_format, refuse_written
from services.recovery.passwords import ITERATIONS, check_password
from services.recovery.process import Order, Work
from services.recovery.stages import Say, silent


@dataclass(frozen=True)
class CheckResult:
    """The answer about one key file.

    `acceptable`: RSA-4096 with exponent 65537, None while closed. `matches_public`: None without a public key to
    compare with, or while closed. `proven`: the outcome of a round trip, None if none was asked for.
    """

    kind: str
    is_private: bool
    sealed: bool
    acceptable: bool | None
    bits: int | None
    exponent: int | None
    sha256: str | None
    recovery_tool_accepts: bool
    matches_public: bool | None
    proven: bool | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Converted:
    """A private key in its new, proven file; `notes` are sentences about the medium."""

    file: Path
    format: Format
    notes: tuple[str, ...] = ()


def checking(
    data: bytes,
    public: bytes | None = None,
    password: bytearray | None = None,
    *,
    prove: bool = False,
    iterations: int = ITERATIONS,
) -> Work[CheckResult]:
    """The work of `keycheck`; `password` is wiped by its run."""
    order = Order(
        "check",
        {"prove": prove, "iterations": iterations},
        {"data": data, "public": public, "password": password},
    )
    return Work(order, _result)


def keycheck(
    data: bytes,
    public: bytes | None = None,
    password: bytearray | None = None,
    *,
    prove: bool = False,
    iterations: int = ITERATIONS,
) -> CheckResult:
    """Say what a key file is and whether recovery can rely on it; with a password, open it to see.

    Errors: `unreadable-file`, `wrong-password`. A key that is no good is a result: see `verdict`.
    """
    return checking(data, public, password, prove=prove, iterations=iterations).run()


def converting(
    data: bytes,
    out: Path,
    to: Format,
    *,
    password: bytearray | None = None,
    new_password: bytearray | None = None,
    iterations: int = ITERATIONS,
) -> Work[Converted]:
    """The work of writing a private key in a form that the recovery tool takes; its run wipes both passwords."""
    if check_format(to) == "pke1":
        check_password(new_password or b"")
    refuse_written(out)
    order = Order(
        "convert",
        {"out": out.absolute(), "format": to, "iterations": iterations},
        {"data": data, "password": password, "new_password": new_password},
    )

    def finish(answer: Mapping[str, Any]) -> Converted:
        return Converted(Path(answer["file"]), to, tuple(answer["notes"]))

    return Work(order, finish)


def convert(
    data: bytes,
    out: Path,
    to: Format,
    *,
    password: bytearray | None = None,
    new_password: bytearray | None = None,
    iterations: int = ITERATIONS,
    say: Say = silent,
) -> Converted:
    """Write the private key of any readable file to the new file `out`, sealed or as hex text, and prove it there.

    Errors: `bad-password`, `wrong-password`, `unreadable-file`, `unacceptable-key`, `exists`, `folder`.
    """
    work = converting(data, out, to, password=password, new_password=new_password, iterations=iterations)
    return work.run(say)


def verdict(result: CheckResult) -> Problem | None:
    """Why recovery must not rely on this file as it is, or None if nothing speaks against it."""
    if result.acceptable is False:
        return Problem("unacceptable-key", result.notes[0], ("Make a new recovery key pair.",))
    if result.matches_public is False:
        return Problem(
            "unacceptable-key",
            "The two files do not belong to the same key pair.",
            ("Look for the file that belongs to the public key in the kit.",),
        )
    if result.proven is False:
        return Problem("failed-check", "The private key does not work.", ("Take another copy of the file.",))
    if result.is_private and not result.recovery_tool_accepts:
        return Problem(
            "failed-check",
            "The recovery tool does not take this file as it is.",
            ("Convert it with “palisade-wizard keycheck FILE --convert-to pke1 --out NEW-FILE”.",),
        )
    return None


def as_json(result: CheckResult) -> dict[str, object]:
    """The contract's JSON of `keycheck`."""
    return {**asdict(result), "notes": list(result.notes)}


def _result(answer: Mapping[str, Any]) -> CheckResult:
    return CheckResult(**{**answer, "notes": tuple(answer["notes"])})
