"""The SQL that Athena gets: Trino's as it stands, with the meaning that DuckDB gives it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from services.audit import question
from services.audit.athena_table import objects, table
from services.audit.inventory import manifest_of
from services.audit.manifest import FIELDS
from services.audit.question import Terms
from services.audit.sources import FolderSource
from services.verify.retention import Lock
from tests import fleet
from tests.fleet import TERMS, Fleet
from tests.world import BUCKET

SMALL = Fleet(120, 2, fleet.KINDS)


@pytest.mark.parametrize("form", ["Parquet", "CSV"])
@pytest.mark.parametrize(
    "terms", [TERMS, replace(TERMS, key_arn="", lock=Lock("governance", 30), unseen=("a", "b"))]
)
def test_the_sql_is_trinos_as_it_stands_and_means_the_same_there(
    tmp_path: Path, form: Literal["Parquet", "CSV"], terms: Terms
) -> None:
    """Athena speaks Trino. Nobody translates: what is read as Trino's and put into DuckDB's words finds the same rows."""
    report = fleet.write(SMALL, tmp_path, form)
    fleet.expected(SMALL, report / "expected.csv")
    told = manifest_of(FolderSource(report), BUCKET)
    asked = table("acme", "inv/2026-11-22T01-00Z/", told)
    reader = f"read_csv(?, header = false, all_varchar = true, names = {list(told.schema)})"
    plain = "read_parquet(?)" if told.format == "Parquet" else reader
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    # Athena's reader of CSV gives text, and empty text for nothing.
    columns = ", ".join(
        f"coalesce(\"{name}\", '') AS {column}" if form == "CSV" else f'"{column}"'
        for name, column in FIELDS.items()
    )
    files = [str(path) for path in (report / "data").iterdir()]
    database.execute(
        f"CREATE TABLE {asked.name} AS SELECT {columns}, '2026-11-22-01-00' AS dt FROM {plain}", [files]
    )
    database.execute(f"CREATE TABLE objects AS {objects(asked)}")
    database.execute(f"CREATE TABLE expected AS SELECT key_id FROM read_csv('{report / 'expected.csv'}')")
    database.execute(
        "CREATE TABLE contents (kind VARCHAR, status VARCHAR, key_id VARCHAR, affected BIGINT, files BIGINT, seen VARCHAR)"
    )
    database.execute(f"CREATE TABLE coverage AS {question.coverage(terms)}")
    database.execute(
        "CREATE MACRO trinos(name, pattern) AS nullif(regexp_extract(name, pattern), ''), "
        "(name, pattern, part) AS nullif(regexp_extract(name, pattern, part), '')"
    )
    queries = (
        objects(asked),
        question.coverage(terms),
        question.findings(terms),
        question.by_day(),
        question.totals(),
    )
    for query in queries:
        assert known_to_trino(query)
        (said,) = sqlglot.transpile(query, read="trino", write="duckdb")
        assert rows(database, said) == rows(database, query)
        # Where nothing matches, Trino has NULL.
        assert rows(database, query.replace("regexp_extract(", "trinos(")) == rows(database, query)
    found = {(row[2], row[4] or row[5]) for row in database.execute(question.findings(terms)).fetchall()}
    assert found == SMALL.planted or terms is not TERMS


def rows(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return sorted(database.execute(query).fetchall(), key=repr)


TRINO = frozenset(
    "cast coalesce nullif count sum min max split_part regexp_extract starts_with replace url_decode case".split()  # noqa: SIM905
)
"""The functions of Trino that are used, with the meaning that DuckDB gives them; `regexp_extract` but for its nothing."""


def known_to_trino(query: str) -> bool:
    tree = sqlglot.parse_one(query, read="trino")
    used = {
        str(each.name if isinstance(each, exp.Anonymous) else each.sql_name()).lower()
        for each in tree.find_all(exp.Func)
    }
    assert used <= TRINO | {"and", "or", "if", "starts_with", "filter"}, used
    return True
