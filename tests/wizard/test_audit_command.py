"""`audit` as a person and a program meet it: on an account that was set up, with wallets that are well and some that are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.audit.picture import WIDTH
from services.audit.plots import text
from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Aws
from tests import fleet
from tests.fleet import Fleet, key_id
from tests.obstacles import STRANGER
from tests.ports import Denying, Recording
from tests.wizard.driving import ROOT, Ran, Terminal, refused
from tests.world import BUCKET, do

QUORUM = key_id(99)
HEAD = "Set-up acme-sandbox (sandbox), account 123456789012, region eu-west-1"


@pytest.fixture
def stocked(terminal: Terminal, aws: Aws) -> Terminal:
    """Three wallets of which one was deleted, and a file that is no backup; the bucket policy is one that moto cannot judge."""
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    do(aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    key = do(aws, "kms", "DescribeKey", KeyId="alias/palisade-backup-acme-sandbox")["KeyMetadata"]["Arn"]
    public = (terminal.folder / "keys" / "recovery.pub.der").read_bytes()
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    for number in range(3):
        wallet = new_wallet(QUORUM, key_id(number), "SECP256K1")
        body = backup_object(wallet, public, 0)
        do(aws, "s3", "PutObject", Bucket=BUCKET, Key=object_key(wallet, 0), Body=body, **sealed)
    do(aws, "s3", "DeleteObject", Bucket=BUCKET, Key=f"{key_id(2)}/recovery_shard-0.txt")
    do(aws, "s3", "PutObject", Bucket=BUCKET, Key="notes.txt", Body=b"x", **sealed)
    return terminal


def expected(terminal: Terminal, *numbers: int) -> Path:
    path = terminal.folder / "expected.csv"
    path.write_text("".join(f"{key_id(number)}\n" for number in numbers))
    return path


def run(terminal: Terminal, *arguments: str | Path) -> Ran:
    return terminal("audit", "--config", terminal.setup, *arguments)


def test_findings_as_text_and_as_json(stocked: Terminal) -> None:
    given = ("--expected", expected(stocked, 0, 2, 5))
    ran = run(stocked, *given)
    assert ran.status == 3
    assert ran.out.startswith(HEAD)
    for line in (
        "1 wallet is expected and has no file",
        "behind a delete marker",
        "1 other file is in the bucket",
    ):
        assert line in ran.out
    assert "Something is wrong" in ran.out
    document = run(stocked, *given, "--json").document
    found = {(row["kind"], row["key_id"] or row["object_key"]) for row in document["findings"]}
    assert found == {
        ("missing", key_id(5)), ("not-expected", key_id(1)), ("deleted", key_id(2)), ("strange-name", "notes.txt"),
    }  # fmt: skip
    assert document["summary"]["exit_code"] == 3
    assert (document["engine"], document["complete"], document["wallets_read"]) == ("list", True, 2)
    assert {
        "setup",
        "environment",
        "bucket",
        "as_of",
        "totals",
        "by_day",
        "files",
        "endpoint",
        "checks",
    } <= set(document)
    assert document["totals"]["wallets"] == 2
    told = {check["id"]: check["status"] for check in document["checks"]}
    assert (told["audit.encryption"], told["audit.unrecoverable"]) == ("pass", "pass")
    assert not any((stocked.folder / "state" / "audits").rglob("*.duckdb"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link to another user")
def test_an_audit_works_in_no_folder_that_another_user_put_there(terminal: Terminal) -> None:
    terminal.answered()
    way, theirs = terminal.folder / "state" / "audits", terminal.folder / "theirs"
    theirs.mkdir()
    way.symlink_to(theirs)
    os.chown(way, STRANGER, STRANGER, follow_symlinks=False)
    refusal = refused(run(terminal, "--sample", "0", "--json"), "folder")
    assert refusal["where"] == str(way)
    assert not list(theirs.iterdir())


@pytest.mark.slow
def test_the_record_is_what_is_expected_unless_a_list_is_given(stocked: Terminal) -> None:
    assert "No wallets are on record" in run(stocked, "--sample", "0").out
    add = ("record", "add", "--config", stocked.setup, "--quorum-id", QUORUM, "--algorithm", "SECP256K1")
    for number in (0, 7):
        assert stocked(*add, "--key-id", key_id(number)).status == 0
    document = run(stocked, "--json").document
    kinds = {(row["kind"], row["key_id"]) for row in document["findings"] if row["key_id"]}
    assert kinds == {
        ("missing", key_id(7)),
        ("not-expected", key_id(1)),
        ("not-expected", key_id(2)),
        ("deleted", key_id(2)),
    }


def test_files_are_written_once(stocked: Terminal) -> None:
    out = stocked.folder / "out"
    ran = run(stocked, "--out", out, "--all", "--json")
    assert {Path(path).name for path in ran.document["files"]} == {path.name for path in out.iterdir()}
    assert json.loads((out / "audit.json").read_text())["summary"] == ran.document["summary"]
    page = (out / "report.md").read_text()
    assert f"# All wallets of `{BUCKET}` (sandbox)" in page
    assert text(ran.document, WIDTH) in page
    assert all(check["title"] in page for check in ran.document["checks"])
    assert max(map(len, page.splitlines())) < 120
    assert page.count("```") == 4
    assert refused(run(stocked, "--out", out, "--json"), "exists")["where"] == str(out / "audit.json")


def test_an_inventory_is_read_from_a_folder(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    tiny = Fleet(60, 1, fleet.KINDS)
    report = fleet.write(tiny, terminal.folder / "report")
    given = ("--engine", "inventory", "--inventory", report, "--sample", "0", "--json")
    ran = run(terminal, *given, "--expected", fleet.expected(tiny, terminal.folder / "expected.csv"))
    found = {(row["kind"], row["key_id"] or row["object_key"]) for row in ran.document["findings"]}
    # The set-up of a sandbox asks for no retention.
    assert found == {(kind, where) for kind, where in tiny.planted if not kind.startswith("retention")}
    assert ran.status == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--sample", "3", "--all"), "usage"),
        (("--inventory", "somewhere"), "usage"),
        (("--engine", "inventory", "--inventory", "nowhere"), "not-ready"),
        (("--engine", "inventory"), "unfit"),
        (("--expected", "nowhere.csv"), "unreadable-file"),
    ],
)
def test_what_cannot_be_done_is_said(terminal: Terminal, arguments: tuple[str, ...], code: str) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    refused(run(terminal, *arguments, "--json"), code)


def test_denied_is_unknown_and_names_the_action(terminal: Terminal, aws: Aws) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    terminal.aws = Denying(
        aws, "s3:ListObjectVersions", message="not authorized to perform: s3:ListBucketVersions"
    )
    ran = run(terminal, "--expected", expected(terminal, 1))
    assert ran.status == 5
    assert "PARTIAL" in ran.out
    assert "ListBucketVersions" in ran.out
    assert "could not be seen" in ran.out
    assert "has no file" not in ran.out


@pytest.mark.parametrize(
    ("code", "status", "kind", "line"),
    [
        ("InvalidObjectState", 403, "archived", "? No file that was asked for is in an archive"),
        ("InvalidRequest", 400, "unreadable", "✗ No file that was asked for is one that nobody can read"),
    ],
)
def test_what_was_not_read_is_not_green(
    stocked: Terminal, aws: Aws, code: str, status: int, kind: str, line: str
) -> None:
    stocked.aws = Denying(aws, "s3:GetObject", code=code, message="No.", status=status)
    ran = run(stocked, "--expected", expected(stocked, 0, 1, 2), "--json")
    told = {check["id"]: check["status"] for check in ran.document["checks"]}
    assert (ran.document["wallets_read"], ran.document["wallets_asked_for"]) == (0, 2)
    assert {told["audit.unrecoverable"], told["audit.unread"]} == {"unknown"}
    said = run(stocked, "--expected", expected(stocked, 0, 1, 2)).out
    assert line in said
    assert "None of the 2 wallets that were asked for could be read." in said
    # Of the one behind a delete marker nothing is to be read.
    assert {row["kind"] for row in ran.document["findings"]} == {kind, "deleted", "strange-name"}


def test_without_the_database_one_sentence_says_how_to_get_it(tmp_path: Path) -> None:
    """A machine on which the optional part is not installed: the module is there and cannot be imported."""
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "duckdb.py").write_text("raise ImportError('not installed')\n")
    probe = "from pathlib import Path; from services.audit.database import opened; opened(Path('x.duckdb'))"
    environ = {**os.environ, "PYTHONPATH": f"{shadow}{os.pathsep}{ROOT}"}
    ended = subprocess.run(
        [sys.executable, "-c", probe], env=environ, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (
        "missing-extra: The audit needs the embedded database DuckDB, which is not installed." in ended.stderr
    )


def test_the_trail_of_the_set_up_is_asked_who_wrote(terminal: Terminal, aws: Aws) -> None:
    """What it was asked is the question of `verify`; here nothing is in the log group, so nothing is told of anybody."""
    with_trail = ("--hardening-trail", "create", "--hardening-data-events", "write")
    setup = terminal.with_key(*with_trail)
    assert terminal("apply", "--config", setup, "--yes", "--accept", "cost").status == 0
    do(aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    do(aws, "s3", "PutObject", Bucket=BUCKET, Key=f"{key_id(0)}/recovery_shard-0.txt", Body=b"x")
    seen = terminal.aws = Recording(aws)
    told = {check["id"]: check for check in run(terminal, "--json").document["checks"]}
    assert (told["audit.writer"]["status"], "none of the 1 files" in told["audit.writer"]["evidence"]) == (
        "skipped",
        True,
    )
    asked = [call for call in seen.calls if call.op == "FilterLogEvents"]
    assert asked
    assert all(f'"{BUCKET}"' in str(call.params["filterPattern"]) for call in asked)
    assert seen.writes == []
    terminal.aws = Denying(aws, "cloudtrail:GetTrail")
    told = {check["id"]: check for check in run(terminal, "--json").document["checks"]}
    assert told["audit.writer"]["status"] == "unknown"
    assert "cloudtrail:GetTrail" in told["audit.writer"]["evidence"]
