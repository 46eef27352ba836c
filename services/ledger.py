"""A file of facts that stand nowhere else, such as the quorum ID of a wallet: entries are only ever added.

Every change is whole on the disk before it counts, under a lock. The file lies beside the setup file, and the state
directory keeps a copy of it, so that a file that was damaged or thrown away has a way back. What is damaged is never
overwritten, and a checksum tells a damaged value from a true one: one wrong digit of an ID loses a wallet.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from services import files, json_text, own_files, seen
from services.alone import PATIENCE, alone
from services.clock import Clock, stamp
from services.problems import Problem, ProblemError, refuse

LIMIT = 32 << 20
"""Bytes that a ledger may have: room for some 40,000 wallets."""

_MARK, _VERSION, _SUM = "palisade-wizard", 1, "sha256"

Entry: TypeAlias = Mapping[str, Any]
"""One line of history; `at` is when it was written."""


@dataclass(frozen=True)
class Ledger:
    """Where a ledger is: the file, its copy (the state directory's; None while the setup has no id), and whose it is.

    `what` is its kind (`record`), `called` what a sentence calls it, `anew` how to begin it anew if all is lost.
    """

    path: Path
    copy: Path | None
    setup: str
    what: str
    called: str
    anew: str
    limit: int = LIMIT
    patience: float = PATIENCE


@dataclass(frozen=True)
class Copied:
    """What the copy of a ledger knows; `unread` says why nobody can tell, and is None where there is no copy at all."""

    entries: tuple[Entry, ...] = ()
    unread: Problem | None = None


class DamagedError(ValueError):
    """An entry that cannot be what this program wrote; the text says why, as the end of a sentence."""


Check: TypeAlias = Callable[[Entry], object]
"""Raises `DamagedError` for an entry that is none."""


def beside(setup: Path, what: str) -> Path:
    """The file of a ledger beside a setup file; beside the file itself where the path is a link.

    A link that another user made is not followed: then it is beside the link.
    """
    try:
        found = own_files.led_to(setup)
    except ProblemError:
        found = setup.absolute()
    return found.with_suffix(f".{what}.json")


def read(of: Ledger, check: Check) -> tuple[Entry, ...]:
    """All entries, the oldest first; none where nothing was ever written. Errors: `unreadable-file`, `unfit`."""
    if seen.nothing(of.path):
        try:
            _refuse_gone(of, check)
        except ProblemError:
            if seen.nothing(of.path):  # or another run has made it since the first look, and its copy
                raise
        else:
            return ()
    try:
        return _entries(of.path, of, check)
    except DamagedError as error:
        raise _damaged(of, check, str(error)) from None


def both(of: Ledger, check: Check) -> tuple[tuple[Entry, ...], Copied]:
    """The entries, and what the copy knows; errors as those of `read`.

    The copy is read first: a run that writes in between would leave it ahead of the file, as if that had lost something.
    """
    copy = copied(of, check)
    return read(of, check), copy


def append(
    of: Ledger, clock: Clock, check: Check, make: Callable[[tuple[Entry, ...]], Sequence[Entry]]
) -> tuple[Entry, ...]:
    """Adds what `make` gives for the entries that are there, or raises what it raises; gives all entries then.

    Errors: `locked`, `folder`, `limit`, and those of `read`.
    """
    with alone(of.path, of.patience):
        before = read(of, check)
        if before and copied(of, check).entries != before:  # a run was killed between the file and its copy
            _copy(of, before, _content(of, before), check)
        made = make(before)
        after = (*before, *({"at": stamp(clock.wall()), **entry} for entry in made))
        if made:
            _write(of, after, check)
    return after


def _write(of: Ledger, entries: Sequence[Entry], check: Check) -> None:
    content = _content(of, entries)
    if len(content) > of.limit:
        raise refuse(
            "limit",
            f"{of.path} would have more than {of.limit >> 20} MB, which this program does not read.",
            "Keep the wallets of further quorums with a set-up of their own.",
            where=str(of.path),
        )
    files.replace(of.path, content, shared=True)
    _copy(of, entries, content, check)


def _copy(of: Ledger, entries: Sequence[Entry], content: bytes, check: Check) -> None:
    """Makes the copy the same as the file.

    A copy that knows what the file does not is the only way back to that, and stays; so does one that cannot be read,
    which may know it. It is no more than a second way back, so a state directory that cannot be written stops nobody.
    """
    known = copied(of, check)
    if of.copy is not None and known.unread is None and not lost(entries, known):
        with contextlib.suppress(ProblemError):
            own_files.private_folder(of.copy.parent)
            files.replace(of.copy, content)


def lost(entries: Sequence[Entry], known: Copied) -> tuple[Entry, ...]:
    """The entries of the copy that are not among these: the file was put back from an older one, or cut by hand."""
    there = {_spelt(entry) for entry in entries}
    return tuple(entry for entry in known.entries if _spelt(entry) not in there)


def _spelt(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def copied(of: Ledger, check: Check) -> Copied:
    """What the copy knows. Only where the system says that nothing is there, there is none."""
    if of.copy is None or seen.nothing(of.copy):
        return Copied()
    first: tuple[str, ...] = ()
    try:
        return Copied(_entries(of.copy, of, check))
    except DamagedError as error:
        why = f"{of.copy} is damaged: {error}."
    except ProblemError as error:
        why, first = error.problem.summary, error.problem.remedy
    copy = shlex.quote(str(of.copy))
    return Copied(
        unread=Problem(
            "unreadable-file",
            f"The copy of the {of.called} in the state directory cannot be read, and nothing is written over it. {why}",
            (
                *first,
                f"If nothing in it is missed, move it away, and the next change makes a new one: “mv {copy} {copy}.old”.",
            ),
            str(of.copy),
        )
    )


def _content(of: Ledger, entries: Sequence[Entry]) -> bytes:
    document = {_MARK: of.what, "version": _VERSION, "setup": of.setup, "entries": list(entries)}
    whole = {**document, _SUM: checksum(document)}
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def checksum(document: Mapping[str, object]) -> str:
    """The SHA-256 (hex) of everything in a document but its checksum, whatever its layout."""
    bare = {key: value for key, value in document.items() if key != _SUM}
    return hashlib.sha256(_spelt(bare).encode()).hexdigest()


def _entries(path: Path, of: Ledger, check: Check) -> tuple[Entry, ...]:
    """The entries of a file. Raises `DamagedError`, and problems for what is no damage."""
    data = files.read_small(path, of.limit)
    try:
        document = json_text.parsed(data.decode("utf-8-sig"))
    except ValueError:
        raise DamagedError("it is no whole JSON document") from None
    if not _writable(document):
        raise DamagedError("a text in it holds half a sign, which no text has")
    if not isinstance(document, dict) or document.get(_MARK) != of.what:
        raise DamagedError(f"it is no {of.called} of this program")
    if document.get("version") != _VERSION:
        raise _newer(path)
    # Whoever writes values by hand takes the checksum out: then nothing says that they are as they were.
    if _SUM in document and document[_SUM] != checksum(document):
        raise DamagedError("its checksum does not fit, so something in it is not as it was written")
    theirs = document.get("setup")
    if of.setup and theirs and theirs != of.setup:
        raise _of_another(path, of, str(theirs))
    entries = document.get("entries")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DamagedError("its entries cannot be read")
    for entry in entries:
        if not isinstance(entry.get("at"), str):
            raise DamagedError("an entry does not say when it was written")
        check(entry)
    return tuple(entries)


def _writable(document: object) -> bool:
    """Whether the document can be written as UTF-8: JSON can spell halves of signs (`\\ud800`), which nothing else can."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _damaged(of: Ledger, check: Check, why: str) -> ProblemError:
    path, known = shlex.quote(str(of.path)), copied(of, check)
    by_hand = (
        (f'If you changed it by hand and every value in it is right, take the line "{_SUM}" out of it.',)
        if "checksum" in why
        else ()
    )
    moved = f"mv {path} {path}.damaged"
    remedy = (
        f"{_way_back(of, known)} Put it back with “{moved} && cp {shlex.quote(str(of.copy))} {path}”"
        if known.entries
        else f"Move it away with “{moved}”. Then {of.anew}, and compare with your printed sheet"
    )
    return refuse(
        "unreadable-file",
        f"{of.path} is damaged: {why}. Nothing was written over it.",
        *by_hand,
        *((known.unread.summary, *known.unread.remedy) if known.unread else ()),
        f"{remedy}.",
        where=str(of.path),
    )


def _refuse_gone(of: Ledger, check: Check) -> None:
    """A file that is gone must not look like one that never was."""
    known = copied(of, check)
    copy, path = shlex.quote(str(of.copy)), shlex.quote(str(of.path))
    if known.unread:
        raise refuse(
            "unreadable-file",
            f"The {of.called} {of.path} is not there, and this set-up may have had one. {known.unread.summary}",
            *known.unread.remedy,
            where=str(of.path),
        )
    if known.entries:
        raise refuse(
            "unreadable-file",
            f"The {of.called} {of.path} is gone, and this set-up has had one.",
            f"{_way_back(of, known)} Put it back with “cp {copy} {path}”.",
            f"Or, if it was meant to go, move the copy away too: “mv {copy} {copy}.old”.",
            where=str(of.path),
        )


def _way_back(of: Ledger, known: Copied) -> str:
    """A sentence about a copy that has entries."""
    count = f"{len(known.entries)} entr{'ies' if len(known.entries) > 1 else 'y'}"
    return f"A copy with {count}, the last of {known.entries[-1]['at']}, is in {of.copy}."


def _newer(path: Path) -> ProblemError:
    return refuse(
        "unreadable-file",
        f"{path} was written by another version of this program, which this one cannot read.",
        "Use the newer version of the program.",
        where=str(path),
    )


def _of_another(path: Path, of: Ledger, theirs: str) -> ProblemError:
    return refuse(
        "unfit",
        f"{path} belongs to another set-up: to the one with the id {theirs}, and this one has {of.setup}.",
        "Rename one of the two setup files, so that each has its own beside it.",
        f'Or, if this is the same set-up and its file was made anew, write id = "{theirs}" under [setup] in it.',
        where=str(path),
    )
