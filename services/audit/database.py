"""The embedded database, DuckDB: an optional part of the program, loaded when an audit begins.

It works in one file below a folder of its own, within a bounded memory; what does not fit goes to the disk. It never
reaches the network: extensions are neither installed nor loaded by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from services.audit.question import OBJECTS
from services.own_command import all_parts
from services.problems import refuse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    Database: TypeAlias = DuckDBPyConnection

MEMORY = "300MB"
"""What the database itself may use; the process has some 150 MB beside it."""


MORE = ("1GB", "4GB")
"""What it may use in turn where that does not do: a report is cut into pieces that only AWS chooses."""

WHILE_LISTING = "32MB"
"""The same while pages come in: rows go to the disk, so a full bucket takes no more than a small one."""


def opened(file: Path) -> Database:
    """The database in a file, made if it is not there. Errors: `missing-extra`, `locked`, `folder`."""
    try:
        import duckdb
    except ImportError:
        raise refuse(
            "missing-extra",
            "The audit needs the embedded database DuckDB, which is not installed.",
            f"Run this in the program's folder, then try again: {all_parts()}",
            where="duckdb",
        ) from None
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(file.with_suffix(".tmp")),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        found = duckdb.connect(file, config=settings)
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise refuse(
                "locked",
                "Another audit of this set-up is running on this computer.",
                "Wait for it to end, then run this one again.",
                where=str(file),
            ) from None
        raise refuse(
            "folder",
            f"The audit's database {file} cannot be opened: it is damaged, or its folder cannot be written.",
            f"Remove {file.parent} if the folder is sound, then run the audit again; it begins anew.",
            where=str(file),
        ) from None
    found.execute("SET TimeZone = 'UTC'")
    return found


def make(database: Database, sql: str, memories: Sequence[str] = (MEMORY, *MORE)) -> None:
    """Runs what makes a table, with more memory when it does not get through with less."""
    import duckdb

    for memory in memories[:-1]:
        database.execute(f"SET memory_limit = '{memory}'")
        try:
            database.execute(sql)
        except duckdb.OutOfMemoryException:
            continue
        return
    database.execute(f"SET memory_limit = '{memories[-1]}'")
    database.execute(sql)


@contextmanager
def within(database: Database, memory: str) -> Iterator[None]:
    """Work for which the database may use less."""
    database.execute(f"SET memory_limit = '{memory}'")
    yield
    database.execute(f"SET memory_limit = '{MEMORY}'")


def columns() -> str:
    """The columns of `objects` for a CREATE TABLE."""
    return ", ".join(f"{name} {kind}" for name, kind in OBJECTS)


def one(database: Database, sql: str) -> Mapping[str, Any]:
    """The one row that a query has, by column."""
    found = database.execute(sql)
    names = [column[0] for column in found.description or ()]
    row = found.fetchone() or ()
    return dict(zip(names, row, strict=True))
