"""Where a listing keeps what it has: the versions that were listed and how far each part has come, in one database.

A page's rows and the place where its part goes on are committed together, so a run that is killed loses at most the
pages that were under way, and one that goes on counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from services.audit.database import columns
from services.audit.parts import PARTS

if TYPE_CHECKING:
    from services.audit.database import Database

FRESH = timedelta(hours=24)
"""A listing that was begun longer ago is begun anew: the bucket has changed too much."""


@dataclass(frozen=True)
class Mark:
    """How far a part has come: the name and version after which it goes on; `done` at its end."""

    key: str = ""
    version: str = ""
    done: bool = False


class Row(NamedTuple):
    """One version of a file as a listing tells of it; `written` in ISO 8601."""

    key: str
    version_id: str
    latest: bool
    marker: bool
    size: int
    written: str


@dataclass(frozen=True)
class Page:
    """A page of one part: its rows, and where the part goes on."""

    rows: tuple[Row, ...]
    mark: Mark


@dataclass(frozen=True)
class Pages:
    """A listing of one bucket in a database."""

    database: Database

    def begin(self, bucket: str, account: str, now: datetime) -> datetime:
        """Goes on with a listing of the same bucket if one is there and fresh, else begins one; says since when it runs."""
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS listing (bucket VARCHAR, account VARCHAR, begun TIMESTAMP)"
        )
        found = self.database.execute(
            "SELECT begun FROM listing WHERE bucket = ? AND account = ?", [bucket, account]
        ).fetchone()
        begun: datetime | None = found[0].replace(tzinfo=UTC) if found else None
        if begun is not None and now - FRESH <= begun <= now:
            return begun
        self.database.begin()
        for table, kinds in (("listed", columns()), ("marks", _MARKS)):
            self.database.execute(f"CREATE OR REPLACE TABLE {table} ({kinds})")
        self.database.execute("DELETE FROM listing")
        plain = now.astimezone(UTC).replace(tzinfo=None)
        self.database.execute("INSERT INTO listing VALUES (?, ?, ?)", [bucket, account, plain])
        self.database.commit()
        return now

    def marks(self) -> dict[str, Mark]:
        """How far each part has come."""
        rows = self.database.execute("SELECT part, key, version, done FROM marks").fetchall()
        found = {part: Mark(key, version, done) for part, key, version, done in rows}
        return {part: found.get(part, Mark()) for part in PARTS}

    def count(self) -> int:
        """How many versions are listed."""
        (number,) = self.database.execute("SELECT count(*) FROM listed").fetchone() or (0,)
        return int(number)

    def add(self, pages: Mapping[str, Page]) -> None:
        """Pages and where their parts go on, in one transaction."""
        rows = [row for page in pages.values() for row in page.rows]
        self.database.begin()
        if rows:
            self.database.execute(_INSERT, _columns(rows))
        for part, page in pages.items():
            mark = [part, page.mark.key, page.mark.version, page.mark.done]
            self.database.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", mark)
        self.database.commit()


_MARKS = "part VARCHAR PRIMARY KEY, key VARCHAR, version VARCHAR, done BOOLEAN"
_INSERT = """
INSERT INTO listed (key, version_id, latest, marker, size, written, lock_known)
SELECT key, version_id, latest, marker, CASE WHEN NOT marker THEN size END, CAST(written AS TIMESTAMPTZ), FALSE
FROM (SELECT unnest($1::VARCHAR[]) AS key, unnest($2::VARCHAR[]) AS version_id, unnest($3::BOOLEAN[]) AS latest,
  unnest($4::BOOLEAN[]) AS marker, unnest($5::BIGINT[]) AS size, unnest($6::VARCHAR[]) AS written)"""


def _columns(rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
