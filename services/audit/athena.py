"""The *athena* engine: the question is answered where the report is, and only what it says of each wallet comes here.

Athena counts the files of each wallet, by the same SQL as the other engines. What is expected stays on this computer, and
so do the wallets that are read: their rows come along with those of the files that are no backups, and are counted here.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.audit import question
from services.audit.answer import Looked
from services.audit.athena_offer import PRICE, Offer, dollars, readable
from services.audit.athena_query import Asking, Ended, fetch, run
from services.audit.athena_table import definition, objects
from services.audit.database import columns, make
from services.audit.inventory import NOTHING, stranger
from services.audit.question import OBJECTS, Terms, text
from services.events import Progressed

if TYPE_CHECKING:
    from services.audit.database import Database

MOST_READ = 5000
"""Wallets that can be read at most: they are named in a statement, which may have 256 KB."""

NOBODY = "SELECT CAST(NULL AS VARCHAR) AS key_id WHERE FALSE"


@dataclass(frozen=True)
class Athena:
    """One run of the engine; `scratch` is a folder for the answers."""

    asking: Asking
    offer: Offer
    database: Database
    scratch: Path

    def counted(self, terms: Terms) -> Generator[Progressed, None, Ended]:
        """Has the table defined, and fills `counted`: the coverage of all wallets that the report knows."""
        yield from run(self.asking, definition(self.offer.table))
        # What is expected is not sent to Athena.
        whole = f"WITH objects AS ({objects(self.offer.table)}),\nexpected AS ({NOBODY})\n"
        ended = yield from run(self.asking, f"{whole}SELECT * FROM ({question.coverage(terms)})")
        file = self.scratch / "counted.csv"
        yield from fetch(self.asking, ended, self.owner, file)
        empty = (
            f"WITH objects AS ({NOTHING}), expected AS ({NOBODY}) SELECT * FROM ({question.coverage(terms)})"
        )
        make(self.database, f"CREATE OR REPLACE TABLE counted AS {empty}")
        self._take("counted", file)
        return ended

    def rows(self, wallets: Sequence[str]) -> Generator[Progressed, None, Ended]:
        """Fills `raw` with the rows of these wallets, and of the files that are no backups."""
        named = f"split_part(key, '/', 1) IN ({', '.join(map(text, wallets))})" if wallets else "FALSE"
        listed = ", ".join(name for name, _ in OBJECTS)
        ended = yield from run(
            self.asking,
            f"WITH objects AS ({objects(self.offer.table)})\n"
            f"SELECT {listed} FROM objects WHERE ({question.STRANGE}) OR key = '' OR {named}",
        )
        file = self.scratch / "rows.csv"
        yield from fetch(self.asking, ended, self.owner, file)
        self.database.execute(f"CREATE OR REPLACE TABLE raw ({columns()})")
        self._take("raw", file)
        # Read back from text, a name of the row about another bucket is NULL or ''.
        foreign = self.database.execute("SELECT count(*) FROM raw WHERE coalesce(key, '') = ''").fetchone()
        if foreign and foreign[0]:
            raise stranger()
        return ended

    @property
    def owner(self) -> str:
        return self.offer.owner or self.asking.account

    def _take(self, table: str, file: Path) -> None:
        """An answer into a table whose columns it has, in order; its first line names them."""
        kinds = self.database.execute(f"DESCRIBE {table}").fetchall()
        named = ", ".join(f"{text(str(name))}: {text(str(kind))}" for name, kind, *_ in kinds)
        self.database.execute(
            f"INSERT INTO {table} SELECT * FROM read_csv(?, header = true, columns = {{{named}}}, auto_detect = false, "
            "delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, "
            "max_line_size = 65536, buffer_size = 1048576)",
            [str(file)],
        )
        file.unlink()

    def looked(self, ended: Sequence[Ended]) -> Looked:
        """What could be seen, and what it took."""
        scanned = sum(each.scanned for each in ended)
        manifest, offer = self.offer.table.manifest, self.offer
        return Looked(
            "athena",
            manifest.created,
            self.offer.where,
            lacking=manifest.missing,
            note=f"Athena read {readable(scanned)} of it in the workgroup {offer.workgroup} (about "
            f"{dollars(scanned / 1e12 * PRICE)}); its files have the sizes of the manifest, their checksums were not looked at.",
            details={
                "workgroup": offer.workgroup,
                "database": offer.database,
                "table": offer.table.name,
                "queries": [each.query for each in ended],
                "scanned_bytes": scanned,
                "usd_at_most": round(offer.usd, 6),
            },
        )


MERGED = """
SELECT counted.* REPLACE (coalesce(here.expected, FALSE) AS expected)
FROM counted LEFT JOIN here USING (key_id)
WHERE coalesce(here.known, 0) = 0
UNION ALL BY NAME
SELECT * FROM here WHERE known > 0 OR key_id NOT IN (SELECT key_id FROM counted)"""
"""The coverage: what Athena counted, with what is expected; and, counted here, the wallets that were read or are not there."""


def merge(database: Database, terms: Terms) -> None:
    """Makes `coverage` of `counted`, of the rows that are here (`objects`), and of what is expected."""
    make(database, f"CREATE OR REPLACE TABLE here AS {question.coverage(terms)}")
    make(database, f"CREATE OR REPLACE TABLE coverage AS {MERGED}")


def chosen(database: Database, number: int, seed: str) -> list[str]:
    """So many wallets by chance, the same for the same `seed`; fewer if there are no more."""
    rows = database.execute(
        f"SELECT key_id FROM counted WHERE files > 0 ORDER BY md5(key_id || {text(seed)}), key_id LIMIT {number}"
    ).fetchall()
    return [str(row[0]) for row in rows]
