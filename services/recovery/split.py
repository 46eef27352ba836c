"""A recovery key whose password is split among custodians, as the interfaces see it; the work is done in a child.

See `dealing` for handing shares out on a screen instead of in files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from services.problems import refuse
from services.recovery import keyfiles, keypair, share_files
from services.recovery.keyfiles import NAME, KeyFiles
from services.recovery.medium import disk
from services.recovery.passwords import ITERATIONS, wipe
from services.recovery.process import Order, Work
from services.recovery.stages import Say, silent

Given = Sequence[tuple[str, bytearray]]
"""Shares with the names that problems call them by: paths, or “the share of NAME”."""


@dataclass(frozen=True)
class SplitRequest:
    """Which key pair to make: any `threshold` of the shares, one in each of `share_folders`, open its sealed file."""

    folder: Path
    threshold: int
    share_folders: tuple[Path, ...]
    production: bool
    name: str = NAME
    iterations: int = ITERATIONS


@dataclass(frozen=True)
class SplitKey:
    """A finished key pair with its share files. `groups`: how many smallest groups of shares were recombined: all."""

    files: KeyFiles
    shares: tuple[Path, ...]
    threshold: int
    identifier: int
    groups: int


@dataclass(frozen=True)
class Combined:
    """What shares open: the fingerprint of the key, whether it is RSA-4096/65537; the password only if asked for."""

    sha256: str
    threshold: int
    identifier: int
    acceptable: bool
    recovery_tool_accepts: bool
    notes: tuple[str, ...]
    password: bytearray | None = field(default=None, repr=False)


def splitting(request: SplitRequest, device: Callable[[Path], Hashable] = disk) -> Work[SplitKey]:
    """The work of making a key pair with share files; `device` says on which disk a folder is.

    Errors, before any work: `invalid-answer`, `exists`, `folder`. An interruption leaves either share files that open
    nothing, for no sealed file was made with them, or the sealed file with all of its shares: see `complete`.
    """
    share_files.check_numbers(request.threshold, len(request.share_folders))
    of = keyfiles.paths(request.folder, request.name)
    keyfiles.refuse_existing(of)
    _refuse_orphans(request)
    doubts = share_files.check_folders(
        request.share_folders, request.name, production=request.production, device=device
    )
    order = Order(
        "split",
        {
            "folder": request.folder.absolute(),
            "name": request.name,
            "threshold": request.threshold,
            "shares": share_files.share_paths(request.share_folders, request.name),
            "iterations": request.iterations,
        },
        {},
    )
    return Work(order, lambda answer: _split_key(answer, doubts))


def _refuse_orphans(request: SplitRequest) -> None:
    for path in share_files.share_paths(request.share_folders, request.name):
        if os.path.lexists(path):
            raise refuse(
                "exists",
                f"{path} exists already and is never overwritten.",
                "Choose another name.",
                "If a run was interrupted before it wrote a sealed file, its shares open nothing: "
                "make sure that no sealed file of this name is anywhere, then delete them.",
                where=str(path),
            )


def _split_key(answer: Mapping[str, Any], doubts: tuple[str, ...]) -> SplitKey:
    made = keypair.key_files(answer)
    copies = (
        f"Every custodian also needs a copy of {made.private_file.name}: without it the shares open nothing."
    )
    notes = (*doubts, *made.notes, *answer["share_notes"], copies)
    shares = tuple(Path(path) for path in answer["shares"])
    return SplitKey(
        replace(made, notes=notes), shares, answer["threshold"], answer["identifier"], answer["groups"]
    )


def as_json(made: SplitKey) -> dict[str, object]:
    """The contract's JSON of `keygen` with shares: paths only."""
    return {
        **keyfiles.as_json(made.files),
        "shares": [str(path) for path in made.shares],
        "threshold": made.threshold,
        "set": made.identifier,
    }


def combining(
    shares: Given, sealed: bytes, *, reveal: bool = False, iterations: int = ITERATIONS
) -> Work[Combined]:
    """The work of `shares combine`; its run wipes the shares. With `reveal` the answer holds the password, to wipe.

    Errors: `unreadable-file`, `invalid-answer`, `wrong-password`.
    """
    order = Order(
        "combine",
        {"names": [name for name, _ in shares], "reveal": reveal, "iterations": iterations},
        {"sealed": sealed, **{f"share-{number}": share for number, (_, share) in enumerate(shares)}},
    )
    return Work(order, _combined)


def _combined(answer: Mapping[str, Any]) -> Combined:
    return Combined(
        answer["sha256"],
        answer["threshold"],
        answer["identifier"],
        bool(answer["acceptable"]),
        answer["recovery_tool_accepts"],
        tuple(answer["notes"]),
        answer.get("password"),
    )


def complete(request: keypair.Request, shares: Given, say: Say = silent) -> KeyFiles:
    """Combine shares and publish the public files that an interrupted run left out. Errors: of both works."""
    sealed = keyfiles.paths(request.folder, request.name).sealed
    work = combining(shares, share_files.read_sealed(sealed), reveal=True, iterations=request.iterations)
    password = work.run(say).password or bytearray()
    try:
        return keypair.complete(request, password, say)
    finally:
        wipe(password)


def combined_as_json(found: Combined) -> dict[str, object]:
    """The JSON of `shares combine`: everything but the password."""
    return {
        "opens": True,
        "sha256": found.sha256,
        "threshold": found.threshold,
        "set": found.identifier,
        "acceptable": found.acceptable,
        "recovery_tool_accepts": found.recovery_tool_accepts,
        "notes": list(found.notes),
    }
