"""The question: every planted fault is found and nothing else, by every engine, in every format."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import question, writing
from services.audit.audit import Wanted
from services.audit.kinds import KINDS
from services.audit.question import BACKUP, FINDINGS, KEY_ID, text
from services.audit.sources import FolderSource
from services.audit.subject import Subject
from services.backups.shards import parse_key
from services.problems import ProblemError
from services.verify.retention import Lock
from tests import fleet
from tests.fleet import LOCK, NOW, TERMS, Fleet
from tests.services.audit.asking import ask, checks, found, of_report
from tests.services.audit.stacked import Stack, Version, of_fleet
from tests.tally import count
from tests.world import ACCOUNT

SMALL = Fleet(7000, 10, fleet.KINDS)
LISTED = frozenset({"encryption", "retention-none", "retention-expired", "retention-weak"})
"""What a listing cannot know."""


@pytest.fixture(scope="module", params=["Parquet", "CSV"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven thousand wallets, some twenty thousand rows, ten faults of each of fourteen kinds."""
    form: Literal["Parquet", "CSV"] = request.param
    folder = fleet.write(SMALL, tmp_path_factory.mktemp("report"), form)
    fleet.expected(SMALL, folder / "expected.csv")
    count("faults injected", len(SMALL.planted))
    return folder


def test_every_planted_fault_is_found_and_nothing_else(report: Path) -> None:
    audited = of_report(report, report / "expected.csv")
    assert found(audited) == SMALL.planted
    assert audited.report.exit_code == 3
    totals = audited.document["totals"]
    gone = 20  # missing ones, and those that are not expected
    assert (totals["wallets"], totals["expected"]) == (6990, 6990)
    assert (totals["expected_and_there"], totals["markers"]) == (7000 - gone, 10)
    assert (
        totals["files"] == 3 * 6990 - 10 - 10 + 10
    )  # without those behind a marker and in a gap, with those named twice
    assert sum(day["wallets"] for day in audited.document["by_day"]) == 6990
    assert audited.document["kinds"] == dict.fromkeys(
        (kind.name for kind in KINDS if kind.name in fleet.KINDS), 10
    )
    left = {row["left"]: row["wallets"] for row in audited.document["retention_left"]}
    assert {word: number for word, number in left.items() if number} == {
        "none": 10, "run out": 10, "90 to 364 days": 6990 - 20,
    }  # fmt: skip


def test_a_list_of_the_same_bucket_finds_the_same_but_for_what_no_listing_tells(
    report: Path, tmp_path: Path
) -> None:
    stack = of_fleet(SMALL)
    audited = ask(Wanted("list", expected=report / "expected.csv"), tmp_path, stack)
    wanted = {(kind, where) for kind, where in SMALL.planted if kind not in LISTED | {"counted-twice"}}
    assert found(audited) == wanted
    told = checks(audited)
    assert {told[kind].status for kind in LISTED} == {"skipped"}
    assert "does not tell" in told["encryption"].evidence


def test_a_strange_file_that_is_deleted_or_overwritten_is_told_once_or_not_at_all(tmp_path: Path) -> None:
    gone = [Version("gone.txt", 0, "m", marker=True), Version("gone.txt", 1, "v")]
    twice = [Version("twice.txt", 0, "w"), Version("twice.txt", 1, "v")]
    assert found(ask(Wanted("list"), tmp_path, Stack([*gone, *twice]))) == {("strange-name", "twice.txt")}


def test_without_a_list_nothing_is_missing_or_unknown(report: Path) -> None:
    audited = of_report(report)
    kinds = {kind for kind, _ in found(audited)}
    assert not kinds & {"missing", "unseen", "not-expected"}
    told = checks(audited)
    assert {told["missing"].status, told["not-expected"].status} == {"skipped"}
    assert told["expected"].status == "warn"


def test_without_object_lock_retention_is_no_finding(report: Path) -> None:
    off = Subject(replace(TERMS, lock=Lock()), ACCOUNT)
    wanted = Wanted(
        "inventory",
        lambda _aws, _cache: FolderSource(report),
    )
    audited = ask(wanted, report, subject=off)
    assert not {kind for kind, _ in found(audited)} & LISTED - {"encryption"}
    assert checks(audited)["retention-none"].status == "skipped"


def test_the_files_have_stable_columns_and_the_same_rows(report: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    audited = of_report(report, report / "expected.csv", out=out)
    assert (
        {path.name for path in audited.files} == set(writing.NAMES) == {path.name for path in out.iterdir()}
    )
    as_json = json.loads((out / "findings.json").read_text())
    with (out / "findings.csv").open(newline="") as content:
        rows = list(csv.reader(content))
    parquet = duckdb.execute(f"SELECT * FROM read_parquet('{out / 'findings.parquet'}')")
    names = [column[0] for column in parquet.description or ()]
    assert tuple(rows[0]) == tuple(as_json[0]) == tuple(names) == FINDINGS
    listed = {(row["kind"], row["key_id"] or row["object_key"]) for row in as_json}
    assert (
        listed
        == {(row[2], row[4] or row[5]) for row in rows[1:]}
        == {(r[2], r[4] or r[5]) for r in parquet.fetchall()}
    )
    assert listed == SMALL.planted
    covered = duckdb.execute(f"SELECT * FROM read_parquet('{out / 'coverage.parquet'}')")
    assert tuple(column[0] for column in covered.description or ()) == writing.COVERAGE
    assert len(covered.fetchall()) == 7000
    assert {oct(path.stat().st_mode)[-3:] for path in out.iterdir()} == {"600"}
    assert json.loads((out / "audit.json").read_text())["findings_total"] == len(SMALL.planted)


def test_nothing_is_overwritten_and_that_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "findings.csv").write_text("mine")
    with pytest.raises(ProblemError) as raised:
        ask(Wanted("list", out=out), tmp_path)
    assert raised.value.problem.code == "exists"
    assert [path.name for path in out.iterdir()] == ["findings.csv"]


ODD = st.text(st.sampled_from("aZ09_-/.\n +é$recovery_shard"), max_size=20)
NAMES = st.one_of(
    ODD,
    st.builds(
        "{}/recovery_shard-{}.txt{}".format,
        st.one_of(
            ODD,
            st.sampled_from(["a", "_a", "-", "a" * 128, "a" * 129, "c4b083d4-0000-4000-8000-00000000000a"]),
        ),
        st.one_of(st.integers(-1, 10_000_000), st.sampled_from(["00", "01", "", "1.0", "１"])),
        st.sampled_from(["", "\n", "x", ".txt"]),
    ),
)


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_the_sql_and_the_program_know_the_same_backup_files(name: str) -> None:
    (says,) = _MEMORY.execute(f"SELECT regexp_matches({text(name)}, {text(BACKUP)})").fetchone() or ()
    assert says == (parse_key(name) is not None)
    (key_id,) = (
        _MEMORY.execute(
            f"SELECT regexp_matches({text(name)}, {text(f'^{KEY_ID}' + chr(92) + 'z')})"
        ).fetchone()
        or ()
    )
    assert key_id == (parse_key(f"{name}/recovery_shard-0.txt") is not None)


_MEMORY = duckdb.connect()


def test_texts_are_quoted() -> None:
    (back,) = _MEMORY.execute(f"SELECT {text(chr(39) + '; DROP TABLE x; --')}").fetchone() or ()
    assert back == "'; DROP TABLE x; --"


def test_a_day_of_slack_as_verification_has_it(tmp_path: Path) -> None:
    """A retention of exactly what was asked for, told a little later than the write, is long enough."""
    written, day = NOW - timedelta(days=10), timedelta(days=1)
    for left, weak in (
        (LOCK.days * day - day + timedelta(seconds=1), 0),
        (LOCK.days * day - day - timedelta(seconds=1), 1),
    ):
        database = duckdb.connect()
        row = (
            f"SELECT {text(fleet.key_id(1))} || '/recovery_shard-0.txt' AS key, 'v' AS version_id, TRUE AS latest, FALSE AS marker, "
            f"300000 AS size, {question.moment(written)} AS written, 'SSE-KMS' AS encryption, CAST(NULL AS VARCHAR) AS kms_key, "
            f"TRUE AS lock_known, 'COMPLIANCE' AS lock_mode, {question.moment(written + left)} AS locked_until"
        )
        database.execute(f"CREATE VIEW objects AS {row}")
        database.execute("CREATE TABLE expected (key_id VARCHAR)")
        got = database.execute(f"SELECT weak FROM ({question.coverage(TERMS)})").fetchall()
        assert got == [(weak,)]


def test_every_kind_has_whole_words() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert kind.remedy.endswith(".")
        assert not kind.title.endswith(".")
        assert all((kind.one, kind.many))
