"""Reading S3 Inventory: what is damaged, missing, another bucket's or oddly named is said, and nothing is taken on trust."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from services.audit.manifest import FIELDS
from services.problems import KINDS, ProblemError
from tests import fleet
from tests.fleet import Fleet, manifest
from tests.services.audit.asking import checks, found, of_report
from tests.tally import count
from tests.world import BUCKET

TINY = Fleet(60, 1, fleet.KINDS)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = fleet.write(TINY, tmp_path / "2026-11-22T01-00Z", parts=3)
    fleet.expected(TINY, tmp_path / "expected.csv")
    return folder


def problem(report: Path) -> str:
    """The code of what stops the audit; the sentences are whole."""
    count("faults injected")
    with pytest.raises(ProblemError) as raised:
        of_report(report)
    told = raised.value.problem
    assert told.summary.endswith(".")
    assert told.remedy
    return told.code


def change(report: Path, how: Callable[[dict[str, Any]], object], *, sealed: bool = True) -> None:
    """Changes the manifest, with a fitting checksum if `sealed`."""
    path = report / "manifest.json"
    value = json.loads(path.read_text())
    how(value)
    path.write_text(json.dumps(value))
    if sealed:
        (report / "manifest.checksum").write_text(fleet._md5(path.read_bytes()))


def test_a_manifest_that_was_changed_is_refused(report: Path) -> None:
    change(report, lambda value: value["files"].pop(), sealed=False)
    assert problem(report) == "failed-check"
    assert KINDS["failed-check"] == 3


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (lambda v: v.update(sourceBucket="another-bucket"), "unfit"),
        (lambda v: v.update(fileFormat="ORC"), "unfit"),
        (lambda v: v["files"].append(v["files"][0]), "unfit"),
        (lambda v: v.update(fileSchema="message s3.inventory { optional binary key (UTF8); }"), "unfit"),
        (lambda v: v.pop("files"), "unreadable-file"),
        (lambda v: v.update(creationTimestamp="soon"), "unreadable-file"),
        (lambda v: v.update(files=[{"key": 1}]), "unreadable-file"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    report: Path, how: Callable[[dict[str, Any]], object], code: str
) -> None:
    change(report, how)
    assert problem(report) == code


def put(report: Path, content: bytes) -> None:
    (report / "manifest.json").write_bytes(content)
    (report / "manifest.checksum").write_text(fleet._md5(content))


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b"null"])
def test_what_is_no_manifest_is_refused(report: Path, content: bytes) -> None:
    put(report, content)
    assert problem(report) == "unreadable-file"


@pytest.mark.parametrize("depth", [10, 1_000, 100_000])
def test_a_manifest_that_is_nested_without_end_is_refused(report: Path, depth: int) -> None:
    """As a whole, and in each of its values."""
    whole, deep = json.loads((report / "manifest.json").read_text()), "[" * depth + "]" * depth
    read = set(whole) - {"version"}  # nobody asks for it
    nested = [json.dumps({**whole, name: "DEEP"}).replace('"DEEP"', deep) for name in read]
    for content in (deep, *nested):
        put(report, content.encode())
        assert problem(report) == "unreadable-file", content[:300]


def test_another_buckets_report_is_refused_by_its_name_before_its_rows_are_read(report: Path) -> None:
    change(report, lambda value: value.update(sourceBucket="another-bucket", files=[]))
    with pytest.raises(ProblemError) as raised:
        of_report(report)
    assert "'another-bucket'" in raised.value.problem.summary


def test_an_absent_file_makes_the_result_partial_and_nobody_missing(report: Path) -> None:
    (report / "data" / "1.parquet").unlink()
    audited = of_report(report, report.parent / "expected.csv")
    told = checks(audited)
    assert not audited.document["complete"]
    assert told["list"].status == "unknown"
    assert "PARTIAL" in told["list"].evidence
    kinds = {kind for kind, _ in found(audited)}
    assert "missing" not in kinds
    assert "unseen" in kinds
    count("faults injected")


def test_a_file_with_another_checksum_is_left_out_and_fails(report: Path) -> None:
    path = report / "data" / "1.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    audited = of_report(report, report.parent / "expected.csv")
    assert checks(audited)["list"].status == "fail"
    assert "missing" not in {kind for kind, _ in found(audited)}
    assert audited.report.exit_code == 3
    count("faults injected")


def test_all_files_gone_is_partial_not_empty(report: Path) -> None:
    for path in (report / "data").iterdir():
        path.unlink()
    audited = of_report(report, report.parent / "expected.csv")
    assert audited.document["totals"]["wallets"] == 0
    assert {kind for kind, _ in found(audited)} == {"unseen"}


def test_content_that_is_not_what_its_manifest_says(report: Path) -> None:
    (report / "data" / "1.parquet").write_bytes(b"no parquet at all")
    manifest(report, "Parquet")
    assert problem(report) == "unreadable-file"


def test_rows_about_another_bucket_are_refused(report: Path) -> None:
    path = report / "data" / "1.parquet"
    rows = f"SELECT * REPLACE (CASE WHEN size % 2 = 0 THEN 'another' ELSE bucket END AS bucket) FROM read_parquet('{path}')"
    duckdb.execute(f"COPY ({rows}) TO '{path}.new' (FORMAT parquet)")
    Path(f"{path}.new").rename(path)
    manifest(report, "Parquet")
    assert problem(report) == "unfit"


@pytest.mark.parametrize(
    "lacking", [name for name in FIELDS if name not in {"Key", "Size", "LastModifiedDate"}]
)
def test_a_field_that_is_missing_is_named_and_what_it_would_tell_is_no_finding(
    report: Path, lacking: str
) -> None:
    fields = tuple(name for name in FIELDS if name != lacking)
    for path in (report / "data").iterdir():
        columns = ", ".join(FIELDS[name] for name in fields)
        duckdb.execute(
            f"COPY (SELECT {columns} FROM read_parquet('{path}')) TO '{path}.new' (FORMAT parquet)"
        )
        Path(f"{path}.new").rename(path)
    manifest(report, "Parquet", fields=fields)
    if lacking == "Bucket":
        assert problem(report) == "unfit"
        return
    audited = of_report(report, report.parent / "expected.csv")
    told = checks(audited)
    assert lacking in told["list"].evidence
    assert told["list"].status == "warn"
    silent = {
        "EncryptionStatus": {"encryption"},
        "ObjectLockMode": {"retention-weak"},
        "ObjectLockRetainUntilDate": {"retention-none", "retention-expired", "retention-weak"},
        "VersionId": {"unversioned"},
        "IsDeleteMarker": {"deleted"},
        "IsLatest": set(),
    }[lacking]
    assert not {kind for kind, _ in found(audited)} & silent
    assert {told[kind].status for kind in silent} <= {"skipped"}


NAMES = (
    "a b/c",
    "a+b",
    "100%/x",
    'quo"te',
    "com,ma",
    "line\nbreak",
    "=cmd()",
    "é\U0001f511",
    "%41",
    "x" * 1000,
)


@pytest.mark.parametrize("form", ["Parquet", "CSV"])
def test_strange_names_arrive_as_they_are(tmp_path: Path, form: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    names = ", ".join("('" + name.replace("'", "''") + "')" for name in NAMES)
    empty = {"bucket": f"'{BUCKET}'", "version_id": "'v'", "is_latest": "true", "is_delete_marker": "false", "size": "5",
             "last_modified_date": "TIMESTAMP '2026-11-01 00:00:00'"}  # fmt: skip
    key = "replace(url_encode(name), '%20', '+')" if form == "CSV" else "name"
    columns = ", ".join(
        f"{key if column == 'key' else empty.get(column, 'NULL')} AS {column}" for column in FIELDS.values()
    )
    options = (
        "FORMAT csv, HEADER false, COMPRESSION gzip, FORCE_QUOTE *" if form == "CSV" else "FORMAT parquet"
    )
    duckdb.execute(
        f"COPY (SELECT {columns} FROM (VALUES {names}) AS v(name)) TO '{data / '0.csv.gz'}' ({options})"
    )
    manifest(tmp_path, form)
    audited = of_report(tmp_path, out=tmp_path / "out")
    assert found(audited) == {("strange-name", name) for name in NAMES}
    assert "\n" not in checks(audited)["strange-name"].evidence
    cells = (tmp_path / "out" / "findings.csv").read_text()
    assert "'=cmd()" in cells


def test_a_damaged_gzip_is_told(tmp_path: Path) -> None:
    folder = fleet.write(TINY, tmp_path, "CSV", parts=1)
    path = folder / "data" / "0.csv.gz"
    path.write_bytes(gzip.compress(b'"' + BUCKET.encode() + b'","only two columns"\n'))
    manifest(folder, "CSV")
    assert problem(folder) == "unreadable-file"


def test_the_age_is_told_and_an_old_report_warns(report: Path) -> None:
    assert "13 hours old" in checks(of_report(report))["list"].evidence
    change(report, lambda value: value.update(creationTimestamp="1770000000000"))
    told = checks(of_report(report))["list"]
    assert told.status == "warn"
    assert "days old" in told.evidence
