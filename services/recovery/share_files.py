"""The files of shares: how they are called, what they say, and in which folders they may lie.

A share file is for a custodian and for Trezor's tool: comment lines beginning with “#”, then the words on one line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from services import files, seen
from services.problems import refuse
from services.recovery.keyfiles import check_name, refuse_taken

FEWEST, MOST = 2, 16
"""Shares of one secret: SLIP-39 allows up to 16, and with one share nothing is split."""

WORDS = 33
"""Words of a share of a 256-bit secret."""

LIMIT = 1 << 14
"""Bytes of the largest share file that is read."""


def check_numbers(threshold: int, count: int) -> None:
    """Refuse what is no split: `invalid-answer`."""
    if not FEWEST <= threshold <= count <= MOST:
        raise refuse(
            "invalid-answer",
            f"A secret cannot be split into {count} shares of which {threshold} are needed.",
            f"Choose {FEWEST} to {MOST} shares, and a threshold of at least {FEWEST} and at most their number.",
            where="threshold",
        )


def share_paths(folders: Sequence[Path], name: str) -> tuple[Path, ...]:
    """Where the share files of a key pair go: the first share to the first folder, and so on."""
    check_name(name)
    count = len(folders)
    return tuple(
        folder.absolute() / f"{name}.share-{index}-of-{count}.txt" for index, folder in enumerate(folders, 1)
    )


def check_folders(
    folders: Sequence[Path],
    name: str,
    *,
    production: bool,
    device: Callable[[Path], Hashable] = lambda path: path.stat().st_dev,
) -> tuple[str, ...]:
    """Refuse folders that do not keep shares apart; sentences about what is only doubtful.

    `device` says on which disk a folder is. Errors: `folder` for one that is not there (a stick that is not plugged in
    must not be replaced by a new folder), `invalid-answer` for the same folder twice, and in production for two
    folders on one disk, `exists` for a share file that is there.
    """
    for folder in folders:
        if not seen.folder(folder):
            raise refuse(
                "folder",
                f"{folder} is not there, or is no folder.",
                "Plug the medium in, or make the folder, then try again.",
                where=folder,
            )
    _refuse_twice(folders)
    for path in share_paths(folders, name):
        refuse_taken(path)
    together = _together(folders, device)
    if together is None:
        return ()
    sentence = f"{together[0]} and {together[1]} are on one disk: whoever takes it takes several shares."
    if production:
        raise refuse(
            "invalid-answer",
            sentence,
            "Give every custodian a medium of their own; in production nothing else is accepted.",
            where="share-dir",
        )
    return (f"{sentence} In production this would be refused.",)


def _refuse_twice(folders: Sequence[Path]) -> None:
    seen: dict[tuple[int, int], Path] = {}
    for folder in folders:
        status = folder.stat()
        same = (status.st_dev, status.st_ino)
        if same in seen:
            raise refuse(
                "invalid-answer",
                f"{seen[same]} and {folder} are the same folder.",
                "Name another folder for each share.",
                where="share-dir",
            )
        seen[same] = folder


def _together(folders: Sequence[Path], device: Callable[[Path], Hashable]) -> tuple[Path, Path] | None:
    seen: dict[Hashable, Path] = {}
    for folder in folders:
        on = device(folder)
        if on in seen:
            return seen[on], folder
        seen[on] = folder
    return None


def share_text(
    words: str, *, index: int, count: int, threshold: int, identifier: int, fingerprint: str, sealed: str
) -> bytearray:
    """The content of a share file. Secret, by its last line alone; `sealed` is the name of the sealed file."""
    head = (
        f"Share {index} of {count}; any {threshold} of them together open {sealed}.",
        f"Set {identifier}; SHA-256 of the recovery public key (SPKI DER):",
        fingerprint,
        "Keep this file secret, offline, and apart from the other shares. You also need a copy of",
        f"{sealed}. To recover, bring {threshold} shares together on an offline computer:",
        f"  palisade-wizard shares combine SHARE-FILE... --sealed {sealed} --reveal",
        "or give the words to `shamir recover` of Trezor's shamir-mnemonic, without a passphrase.",
        f"Either prints 64 hex digits: the password of {sealed} for wallet-recovery-cli.",
    )
    lines = [f"# {line}\n".encode() for line in head]
    return bytearray(b"".join(lines) + words.encode("ascii") + b"\n")


def words_of(content: bytes | bytearray) -> list[str] | None:
    """The words of a share file, or of what a custodian typed; None if this is no such text."""
    try:
        text = bytes(content).decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    lines = (line.strip() for line in text.splitlines())
    words = " ".join(line for line in lines if not line.startswith("#")).split()
    return words if words and all(word.isascii() and word.isalpha() for word in words) else None


def read_sealed(path: Path) -> bytes:
    """A sealed file, for shares to be tried on. Errors: `unreadable-file`."""
    return files.read_small(path, LIMIT * 4)


def remove(paths: Sequence[Path]) -> None:
    """Take away share files of a key that will never exist."""
    for path in paths:
        with contextlib.suppress(OSError):  # the medium may be what failed
            path.unlink(missing_ok=True)
