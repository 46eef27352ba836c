"""The wallets that there should be: from a file of key IDs, or from the offline record.

A file is a CSV with a column `key_id` (without a header its first column counts), or a record as JSON. Doubles and lines
without a key ID are counted and told, never passed over in silence.
"""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from services import file_trust, json_text, seen
from services.backups.shards import parse_key
from services.ledger import Ledger
from services.problems import ProblemError, refuse
from services.record import book

if TYPE_CHECKING:
    from services.audit.database import Database

MOST_NAMED = 5
"""Lines that are named of those which hold no key ID."""

LARGEST_JSON = 64 * 1024 * 1024
"""Characters of a record in JSON that is read."""

LONGEST = 1024 * 1024
"""Characters that a row of a CSV may have."""

MOST_BLANK = 64
"""Blank lines before the first sign of JSON."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Expected:
    """What was taken over: how many wallets, how many were named again, how many lines hold no key ID, and which first."""

    source: str
    wallets: int = 0
    doubles: int = 0
    bad: int = 0
    first_bad: tuple[str, ...] = ()


def take(database: Database, source: str | Path, found: Iterable[tuple[int, str]], scratch: Path) -> Expected:
    """Fills the relation `expected` with key IDs, each with its line; `scratch` is a file that is written on the way.

    A list without a wallet is refused: of none, none is missing. Errors: `unreadable-file`, `folder`.
    """
    bad, first = 0, list[str]()
    try:
        with scratch.open("w", encoding="ascii") as out:
            for line, given in found:
                key_id = normal(given)
                if key_id:
                    out.write(f"{key_id}\n")
                    continue
                bad += 1
                if len(first) < MOST_NAMED:
                    first.append(f"line {line} ({ascii(given[:40])[1:-1] or 'empty'})")
    except OSError as error:
        raise refuse("folder", f"The expected wallets could not be kept ({error.strerror}).", "Make room, then run the audit again.", where=str(scratch)) from None  # fmt: skip
    database.execute(
        "CREATE OR REPLACE TABLE expected AS SELECT key_id, count(*) AS times FROM read_csv(?, header = false, "
        "columns = {'key_id': 'VARCHAR'}, auto_detect = false, delim = ',', quote = '', escape = '') GROUP BY key_id",
        [str(scratch)],
    )
    scratch.unlink(missing_ok=True)
    wallets, times = database.execute(
        "SELECT count(*), coalesce(sum(times), 0) FROM expected"
    ).fetchone() or (0, 0)
    if not wallets:
        raise _unreadable(source, "there is no key ID in it")
    return Expected(str(source), int(wallets), int(times) - int(wallets), bad, tuple(first))


def normal(given: str) -> str:
    """A key ID in the form that a folder has; empty if it is none. A UUID's case does not tell two apart."""
    plain = given.strip()
    if _UUID.fullmatch(plain):  # nearly every line of a long list
        return plain
    with suppress(ValueError):
        if len(plain) == 36:
            return str(uuid.UUID(plain))
    return plain if parse_key(f"{plain}/recovery_shard-0.txt") is not None else ""


def read(path: Path) -> Iterator[tuple[int, str]]:
    """The key IDs of a file or a pipe, each with its line (in JSON its place). Errors: `unreadable-file`.

    It is opened once and read from front to back: what went through a pipe does not come again.
    """
    try:
        handle = file_trust.open_read(path, stream=True)
        with open(handle, encoding="utf-8-sig", newline="") as content:  # noqa: PTH123 - a descriptor
            begin = [content.readline(LONGEST + 1)]
            while begin[-1].isspace() and len(begin) < MOST_BLANK:
                begin.append(content.readline(LONGEST + 1))
            is_json = begin[-1].lstrip()[:1] in {"{", "["}
            yield from _of_json(path, begin, content) if is_json else _of_csv(path, begin, content)
    except UnicodeDecodeError:
        raise _unreadable(path, "it is no text in UTF-8") from None
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from None


def _of_csv(path: Path, begin: Sequence[str], content: TextIO) -> Iterator[tuple[int, str]]:
    long = 0

    def lines() -> Iterator[str]:
        nonlocal long
        for line in chain(begin, iter(lambda: content.readline(LONGEST + 1), "")):
            long += len(line)
            if long > LONGEST:
                raise _unreadable(
                    path, f"the row at line {rows.line_num + 1} is longer than any row of a list"
                )
            yield line

    rows = csv.reader(lines())
    try:
        first = next(rows, None)
        if first is None:
            return
        names = [name.strip().lower() for name in first]
        column = names.index("key_id") if "key_id" in names else 0
        before = [] if "key_id" in names else [first]
        for row in chain(before, rows):
            long = 0
            if any(cell.strip() for cell in row):
                yield rows.line_num, row[column] if column < len(row) else ""
    except csv.Error:
        raise _unreadable(path, "it is no CSV") from None


def _of_json(path: Path, begin: Sequence[str], content: TextIO) -> Iterator[tuple[int, str]]:
    """What `record export --format json` writes, the record itself, or a list of key IDs or of objects that have one."""
    whole = "".join((*begin, content.read(LARGEST_JSON)))
    if len(whole) > LARGEST_JSON:
        raise _unreadable(path, f"it has more than {LARGEST_JSON >> 20} million characters")
    try:
        value: Any = json_text.parsed(whole)
    except ValueError:
        raise _unreadable(path, "it is no JSON") from None
    if isinstance(value, dict) and "entries" in value:
        if not seen.file(path):
            raise _unreadable(path, "a record is read from its own file alone, not through a pipe")
        listed: Any = [wallet.key_id for wallet in book.read(_record(path)).wallets]
    else:
        listed = value.get("wallets") if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise _unreadable(path, "it holds no list of wallets")
    for place, each in enumerate(listed, 1):
        yield place, str(each.get("key_id", "") if isinstance(each, dict) else each)


def _record(path: Path) -> Ledger:
    return Ledger(path, None, "", "record", "record", "give another file")


def _unreadable(source: str | Path, why: str) -> ProblemError:
    return refuse(
        "unreadable-file",
        f"The expected wallets in {source} cannot be read: {why}.",
        "Give a CSV with a column key_id, or what 'palisade-wizard record export --format json' writes.",
        where=source,
    )
