"""The lock files, read: which packages of which version, where they are used, with which hashes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "requirements"

Use: TypeAlias = Literal["run", "demo", "all", "dev", "audit", "build"]
USES: tuple[Use, ...] = ("run", "demo", "all", "dev", "audit", "build")
"""From what every user installs to what only a check of this list needs; and what builds the program itself."""

_PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[0-9][A-Za-z0-9.+!]*)(?: ; (?P<marker>[^\\]+?))?(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)"
)


@dataclass(frozen=True)
class Pin:
    """One package of a lock file; `marker` says where it is needed, empty for everywhere."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def read(text: str) -> tuple[Pin, ...]:
    """The pins of a lock file. Raises `ValueError` for anything in it that is no exact pin with SHA-256 hashes."""
    found, at = [], 0
    for match in _PIN.finditer(text):
        if text[at : match.start()].strip():
            raise ValueError(f"no pin: {text[at : match.start()].strip()[:200]!r}")
        hashes = tuple(re.findall(r"sha256:([0-9a-f]{64})", match["hashes"]))
        found.append(Pin(match["name"], match["version"], match["marker"] or "", hashes))
        at = match.end()
    if text[at:].strip():
        raise ValueError(f"no pin: {text[at:].strip()[:200]!r}")
    return tuple(found)


def pins(use: Use) -> tuple[Pin, ...]:
    """The pins of one of the lock files."""
    return read((FOLDER / f"{use}.txt").read_text("utf-8"))


def first_use() -> dict[str, tuple[Use, Pin]]:
    """Every package, with the smallest set that it is in."""
    found: dict[str, tuple[Use, Pin]] = {}
    for use in USES[:4]:
        for pin in pins(use):
            found.setdefault(pin.name, (use, pin))
    return found
