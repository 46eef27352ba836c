"""Which wallets are read, and where what was read is kept: the relations `heads`, `contents` and `roots`."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from services.audit.question import BACKUP, text
from services.audit.reading import Content, Reach, Read, Reader, Wallet, read_all
from services.clock import Clock
from services.events import Progressed

if TYPE_CHECKING:
    from services.audit.database import Database

BATCH = 200
"""Wallets whose findings are written at once."""

EVERY = 2.0
"""Seconds between two words about how far it is."""

_CURRENT = f"regexp_matches(key, {text(BACKUP)}) AND coalesce(latest, TRUE) AND NOT marker"


def prepare(database: Database) -> None:
    """The relations of what is read, empty."""
    tables = {
        "heads": "key VARCHAR, version_id VARCHAR, encryption VARCHAR, kms_key VARCHAR, lock_known BOOLEAN, "
        "lock_mode VARCHAR, locked_until TIMESTAMP",
        "contents": "kind VARCHAR, status VARCHAR, key_id VARCHAR, affected BIGINT, files BIGINT, seen VARCHAR",
        "roots": "root_key VARCHAR, key_id VARCHAR",
    }
    for name, columns in tables.items():
        database.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")


def sampled(database: Database, number: int, seed: str) -> list[Wallet]:
    """So many wallets by chance, the same for the same `seed`; fewer if there are no more."""
    limit, chosen = number * 4, list[str]()
    while number:
        rows = database.execute(
            f"SELECT key_id FROM (SELECT split_part(key, '/', 1) AS key_id FROM raw WHERE {_CURRENT}) "
            f"ORDER BY md5(key_id || {text(seed)}), key_id LIMIT {limit}"
        ).fetchall()
        chosen = list(dict.fromkeys(str(row[0]) for row in rows))[:number]
        if len(chosen) == number or len(rows) < limit:
            break
        limit *= 4
    return among(database, chosen)


def among(database: Database, chosen: Sequence[str]) -> list[Wallet]:
    """These wallets, by their key IDs."""
    if not chosen:
        return []
    rows = database.execute(
        f"SELECT key, size FROM raw WHERE {_CURRENT} AND list_contains($1::VARCHAR[], split_part(key, '/', 1)) ORDER BY key",
        [list(chosen)],
    ).fetchall()
    return list(_grouped(rows))


def wallets(database: Database) -> int:
    """How many wallets have a current file."""
    counted = database.execute(
        f"SELECT count(DISTINCT split_part(key, '/', 1)) FROM raw WHERE {_CURRENT}"
    ).fetchone()
    return int(counted[0]) if counted else 0


def every(database: Database) -> Iterator[Wallet]:
    """All wallets, in the order of their key IDs; never more than some of them in memory."""
    cursor = database.cursor().execute(f"SELECT key, size FROM raw WHERE {_CURRENT} ORDER BY key")

    def rows() -> Iterator[tuple[Any, ...]]:
        while page := cursor.fetchmany(1000):
            yield from page

    yield from _grouped(rows())


def _grouped(rows: Iterable[tuple[Any, ...]]) -> Iterator[Wallet]:
    for key_id, files in groupby(rows, key=lambda row: str(row[0]).partition("/")[0]):
        yield Wallet(key_id, tuple((str(key), int(size or 0)) for key, size in files))


def read_into(
    database: Database, reader: Reader, wallets: Iterable[Wallet], number: int, clock: Clock
) -> Generator[Progressed, None, Reach]:
    """Reads wallets and keeps what was found; `number` is how many there are. Gives how far that came."""
    begun = told = clock.now()
    found, reach = read_all(reader, wallets), Reach()
    while batch := list(islice(found, BATCH if number > BATCH else 10)):
        _keep(database, batch)
        reach = reduce(Reach.with_, batch, reach)
        done, now = reach.wallets, clock.now()
        if now - told >= EVERY:
            told, rate = now, done / (now - begun)
            left = f"about {(number - done) / rate:.0f} s left"
            yield Progressed("contents", f"{done:,} of {number:,} wallets gone through, {left}")
    database.execute(_SHARED)
    return reach


def _keep(database: Database, batch: Sequence[Read]) -> None:
    heads = [
        (h.key, h.version_id, h.encryption, h.kms_key, h.lock_known, h.lock_mode, h.locked_until)
        for read in batch
        for h in read.heads
    ]
    contents = [each for read in batch for each in read.contents]
    roots = [(read.root_key, read.key_id) for read in batch if read.root_key is not None]
    database.begin()
    _insert(
        database,
        "heads",
        ("VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "BOOLEAN", "VARCHAR", "TIMESTAMPTZ"),
        heads,
    )
    keep(database, contents)
    _insert(database, "roots", ("VARCHAR", "VARCHAR"), roots)
    database.commit()


def keep(database: Database, found: Sequence[Content]) -> None:
    """Findings about what was read."""
    rows = [(c.kind, c.status, c.key_id, c.affected, c.files, c.seen) for c in found]
    _insert(database, "contents", ("VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "VARCHAR"), rows)


def _insert(database: Database, table: str, kinds: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        columns = ", ".join(f"unnest(${place}::VARCHAR[])::{kind}" for place, kind in enumerate(kinds, 1))
        texts = [
            [None if cell is None else str(cell) for cell in column] for column in zip(*rows, strict=True)
        ]
        database.execute(f"INSERT INTO {table} SELECT {columns}", texts)


_SHARED = """
INSERT INTO contents
SELECT 'shared-root-key', 'fail', key_id, 1, NULL, root_key
FROM roots WHERE root_key IN (SELECT root_key FROM roots GROUP BY root_key HAVING count(DISTINCT key_id) > 1)"""

JOINED = """
SELECT
  raw.key, raw.version_id, raw.latest, raw.marker, raw.size, raw.written,
  coalesce(heads.encryption, raw.encryption) AS encryption, coalesce(heads.kms_key, raw.kms_key) AS kms_key,
  coalesce(heads.lock_known, FALSE) OR raw.lock_known AS lock_known,
  coalesce(heads.lock_mode, raw.lock_mode) AS lock_mode,
  coalesce(heads.locked_until, raw.locked_until) AS locked_until
FROM raw LEFT JOIN heads ON raw.key = heads.key AND raw.version_id = heads.version_id"""
"""The relation `objects`: what the list tells, with what was read of some files."""
