"""Making a recovery key pair, as the interfaces see it: the work itself happens in a child process.

Nothing here loads `cryptography`, so that the program starts fast and no private key is ever in its memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.problems import refuse
from services.recovery import keyfiles
from services.recovery.keyfiles import NAME, Format, KeyFiles
from services.recovery.passwords import ITERATIONS, check_password
from services.recovery.process import Order, Work
from services.recovery.stages import Say, silent


@dataclass(frozen=True)
class Request:
    """Which key pair to make, or to complete: `folder` is made if it is missing."""

    folder: Path
    name: str = NAME
    format: Format = "pke1"
    iterations: int = ITERATIONS


def generating(request: Request, password: bytearray) -> Work[KeyFiles]:
    """The work of making a key pair; `password` is wiped by its run, and ignored for the format `hex`.

    Errors, before any work: `invalid-answer`, `bad-password`, `exists`.
    """
    of = keyfiles.paths(request.folder, request.name)
    if keyfiles.check_format(request.format) == "pke1":
        check_password(password)
    keyfiles.refuse_existing(of)
    return Work(_order("generate", request, password), key_files)


def generate(request: Request, password: bytearray, say: Say = silent) -> KeyFiles:
    """Make a key pair, prove it and publish it; `say` hears of every stage. See `generating`."""
    return generating(request, password).run(say)


def completing(request: Request, password: bytearray) -> Work[KeyFiles]:
    """The work of writing what an interrupted run left out; the format is that of the file that was left."""
    left = keyfiles.leftover(request.folder, request.name)
    if left is None:
        raise refuse(
            "unreadable-file",
            f"There is nothing to complete under the name {request.name} in {request.folder}.",
            "Check the folder and the name.",
            where=request.folder,
        )
    found = Request(request.folder, request.name, left.format, request.iterations)
    return Work(_order("complete", found, password), key_files)


def complete(request: Request, password: bytearray, say: Say = silent) -> KeyFiles:
    """Open and prove the private file of an interrupted run, then publish its public files. See `completing`."""
    return completing(request, password).run(say)


def _order(work: str, request: Request, password: bytearray) -> Order:
    parameters: dict[str, object] = {
        "folder": request.folder.absolute(),
        "name": request.name,
        "format": request.format,
        "iterations": request.iterations,
    }
    return Order(work, parameters, {"password": password})


def key_files(answer: Mapping[str, Any]) -> KeyFiles:
    """The finished key pair in a child's answer."""
    return KeyFiles(
        public_der=Path(answer["public_der"]),
        public_hex=Path(answer["public_hex"]),
        private_file=Path(answer["private_file"]),
        format=answer["format"],
        sha256=answer["sha256"],
        bits=answer["bits"],
        exponent=answer["exponent"],
        notes=tuple(answer["notes"]),
    )
