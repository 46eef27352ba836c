"""`doctor` on the command line: a set-up of ours, one made by hand, and what it says of both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ports import Denying, Recording
from tests.services.doctor.changes import says
from tests.services.doctor.cloud import Cloud, broken
from tests.wizard.driving import BUCKET, Terminal
from tests.world import ROLE, do

CHECK = {"id", "title", "status", "severity", "evidence", "remedy", "references"}
NAMES = ("--bucket", BUCKET, "--role", ROLE)


def test_a_set_up_of_ours_is_audited_without_a_write_and_without_touching_its_file(
    terminal: Terminal,
) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    before = setup.read_bytes()
    terminal.aws = recording = Recording(terminal.aws)
    ran = terminal("doctor", "--config", setup, "--json")
    assert recording.writes == []
    assert setup.read_bytes() == before
    document = ran.document
    assert {"checks", "summary", "endpoint"} == set(document)
    assert all(set(check) == CHECK for check in document["checks"])
    found = {check["id"]: check["status"] for check in document["checks"]}
    assert len(found) >= 40
    for same in (
        "bucket.versioning",
        "bucket.encryption",
        "bucket.policy-tls",
        "role.trust",
        "key.rotation",
        "role.forbidden",
    ):
        assert found[f"config.{same}"] == "pass", same
    assert not [i for i, status in found.items() if status in {"fail", "unknown"}]
    assert (ran.status, document["summary"]["exit_code"]) == (0, 0)


def test_the_same_identifier_means_the_same_in_verify_and_doctor(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    do(
        terminal.aws,
        "s3",
        "PutBucketVersioning",
        Bucket=BUCKET,
        VersioningConfiguration={"Status": "Suspended"},
    )
    do(terminal.aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    failed = {}
    for command in ("verify", "doctor"):
        ran = terminal(command, "--config", setup, "--json")
        assert ran.status == 3
        failed[command] = {c["id"] for c in ran.document["checks"] if c["status"] == "fail"}
    assert failed["verify"] & failed["doctor"] == {"config.bucket.versioning"}
    assert "config.bucket.policy-tls" in failed["doctor"]
    text = terminal("doctor", "--config", setup).out
    assert f"palisade-wizard apply --config {setup}" in text


def by_hand(folder: Path, cloud: Cloud) -> Terminal:
    cloud.replies["sts:GetCallerIdentity"] = {
        "Account": "123456789012",
        "Arn": "arn:aws:iam::123456789012:user/kim",
    }
    return Terminal(folder, cloud)


def test_names_alone_are_enough(tmp_path: Path) -> None:
    terminal = by_hand(tmp_path, Cloud())
    ran = terminal("doctor", *NAMES)
    assert ran.status == 0
    assert "Nothing to find fault with." in ran.out
    assert "✓ [" not in ran.out
    every = terminal("doctor", *NAMES, "-v").out
    assert every.count("✓ [") > 60
    named = terminal("doctor", *NAMES, "--kms-key", "alias/acme-backup", "--trail", "acme", "--json")
    assert named.status == 0


def test_a_finding_is_shown_with_weight_evidence_remedy_and_references(tmp_path: Path) -> None:
    terminal = by_hand(tmp_path, broken(says("s3:GetBucketVersioning")))
    ran = terminal("doctor", *NAMES)
    assert ran.status == 3
    (at,) = [n for n, line in enumerate(ran.out.splitlines()) if line.startswith("  ✗")]
    assert ran.out.splitlines()[at : at + 4] == [
        "  ✗ [critical] keeps old versions",
        "      Versioning is off: overwriting a backup loses it.",
        f"      → aws s3api put-bucket-versioning --bucket {BUCKET} --versioning-configuration Status=Enabled",
        "      (config.bucket.versioning, S3.14, s3_bucket_object_versioning)",
    ]
    assert "Failed: 1 critical." in ran.out


def test_denied_is_exit_5_and_the_right_is_named(tmp_path: Path) -> None:
    terminal = by_hand(tmp_path, Cloud())
    terminal.aws = Denying(terminal.aws, "s3:GetBucketPolicy")
    ran = terminal("doctor", *NAMES)
    assert ran.status == 5
    assert "it lacks s3:GetBucketPolicy" in ran.out
    assert "the lines with ? name the missing permission" in ran.out


def test_an_endpoint_that_is_not_awss_own_stands_at_the_head(tmp_path: Path) -> None:
    terminal = by_hand(tmp_path, Cloud())
    terminal.endpoint = "http://localhost:4566"
    assert terminal("doctor", *NAMES).out.startswith("! Endpoint: http://localhost:4566")
    assert json.loads(terminal("doctor", *NAMES, "--json").out)["endpoint"] == terminal.endpoint


@pytest.mark.parametrize(
    ("arguments", "says_"),
    [
        ((), "--config S"),
        (("--bucket", BUCKET), "--bucket B --role R"),
        (("--role", ROLE), "--bucket B --role R"),
        (("--config", "x.toml", "--role", ROLE), "Leave one out"),
        (("--config", "x.toml", "--trail", "acme"), "Leave one out"),
        ((*NAMES, "--storage-bucket", "other"), "only names"),
    ],
)
def test_what_is_audited_must_be_clear(offline: Terminal, arguments: tuple[str, ...], says_: str) -> None:
    ran = offline("doctor", *arguments, "--json")
    assert (ran.status, ran.problem["code"]) == (2, "usage")
    assert says_ in " ".join(ran.problem["remedy"])
