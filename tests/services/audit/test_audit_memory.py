"""The database begins with little memory and takes more only when it does not get through."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from services.audit.database import MEMORY, WHILE_LISTING, make, one, opened, within
from tests.tally import count

HUNGRY = "CREATE OR REPLACE TABLE x AS SELECT list(i) AS all FROM range(4000000) AS r(i)"


def test_what_does_not_get_through_with_little_gets_more(tmp_path: Path) -> None:
    with opened(tmp_path / "x.duckdb") as database:
        with pytest.raises(duckdb.OutOfMemoryException):
            make(database, HUNGRY, ("16MB", "17MB"))
        make(database, HUNGRY, ("16MB", "1GB"))
        assert one(database, "SELECT len(x.all) AS n FROM x") == {"n": 4_000_000}
    count("faults injected", 2)


def test_the_limits_hold_and_come_back(tmp_path: Path) -> None:
    asked = "SELECT current_setting('memory_limit') AS limit"
    with opened(tmp_path / "x.duckdb") as database:
        before = one(database, asked)
        with within(database, WHILE_LISTING):
            assert one(database, asked) != before
        assert one(database, asked) == before
        assert MEMORY == "300MB"
        off = one(
            database,
            "SELECT current_setting('autoinstall_known_extensions') AS a, current_setting('autoload_known_extensions') AS b",
        )
        assert off == {"a": False, "b": False}
