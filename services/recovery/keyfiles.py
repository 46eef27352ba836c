"""The files of a recovery key pair: their names, what must not exist before, and what an interruption leaves.

The private file is written and proven first, the public ones after it. So a private file without its public files
is an interrupted run, while public files alone are the normal state: the private one went offline.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services import leftovers
from services.file_problems import taken
from services.problems import refuse

Format = Literal["pke1", "hex"]
FORMATS: tuple[Format, ...] = ("pke1", "hex")
NAME = "recovery"

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


def check_name(name: str) -> str:
    """The name again, if files can be called so. Errors: `invalid-answer`."""
    if not _NAME.fullmatch(name):
        raise refuse(
            "invalid-answer",
            f"{name[:80]!a} cannot be the name of key files.",
            "Use 1 to 64 letters, digits, dots, hyphens and underscores, and no dot at the beginning.",
            where="name",
        )
    return name


def check_format(format_: str) -> Format:
    """The format again, if it is one. Errors: `invalid-answer`."""
    if format_ not in FORMATS:
        raise refuse(
            "invalid-answer",
            f"{format_[:80]!a} is no format of a private key file.",
            "Use pke1 (sealed with a password) or hex (open text).",
            where="format",
        )
    return format_


@dataclass(frozen=True)
class Paths:
    """Where the files of one key pair are, or would be."""

    public_der: Path
    public_hex: Path
    sealed: Path
    plain: Path

    @property
    def all(self) -> tuple[Path, ...]:
        return (self.sealed, self.plain, self.public_der, self.public_hex)

    def private(self, format_: Format) -> Path:
        return self.sealed if format_ == "pke1" else self.plain


@dataclass(frozen=True)
class KeyFiles:
    """A finished key pair; `notes` are sentences about what the medium could not do."""

    public_der: Path
    public_hex: Path
    private_file: Path
    format: Format
    sha256: str
    bits: int
    exponent: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leftover:
    """A private file whose public files an interruption prevented; `temporary` files may hold copies of it."""

    private_file: Path
    format: Format
    missing: tuple[Path, ...]
    temporary: tuple[Path, ...] = ()


def paths(folder: Path, name: str) -> Paths:
    """The four names that a key pair can take. Errors: `invalid-answer`."""
    check_name(name)
    folder = folder.absolute()
    return Paths(
        folder / f"{name}.pub.der",
        folder / f"{name}.pub.hex",
        folder / f"{name}.pke1",
        folder / f"{name}.private.hex",
    )


def refuse_existing(of: Paths) -> None:
    """Refuse a name of which any file exists, of either format: they would belong to another key. `exists`."""
    for path in of.all:
        refuse_taken(path)


def refuse_taken(path: Path) -> None:
    """Refuse a target that exists, even as a dangling link, before any work is done for it. `exists`."""
    if os.path.lexists(path):
        raise taken(path)


def refuse_written(path: Path) -> None:
    """The same for a private file of one's own choice: a run that was killed last may have left a copy beside it, which goes."""
    if os.path.lexists(path):
        clear(path)
    refuse_taken(path)


def leftover(folder: Path, name: str) -> Leftover | None:
    """What an interrupted run left under this name, or None if nothing is to be completed."""
    of = paths(folder, name)
    missing = tuple(path for path in (of.public_der, of.public_hex) if not os.path.lexists(path))
    if not missing:
        return None
    for format_ in FORMATS:
        private = of.private(format_)
        if os.path.lexists(private):
            return Leftover(private, format_, missing, temporary(of))
    return None


def temporary(of: Paths) -> tuple[Path, ...]:
    """Copies under temporary names that killed runs left."""
    return tuple(found for path in of.all for found in leftovers.of(path))


def clear(*targets: Path) -> None:
    """Removes the copies that killed runs left of these files. One that cannot go is no reason to fail."""
    for path in targets:
        for copy in leftovers.of(path):
            with contextlib.suppress(OSError):
                copy.unlink()


def as_json(made: KeyFiles) -> dict[str, object]:
    """The contract's JSON of `keygen`."""
    return {
        "public_der": str(made.public_der),
        "public_hex": str(made.public_hex),
        "private_file": str(made.private_file),
        "format": made.format,
        "sha256": made.sha256,
        "bits": made.bits,
        "exponent": made.exponent,
        "shares": [],
        "notes": list(made.notes),
    }
