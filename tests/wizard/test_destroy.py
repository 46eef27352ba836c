"""`destroy` on the command line: who may be asked, what is typed, what is told, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.model.calls import Call
from tests.account import everything
from tests.ports import Denying, Recording
from tests.shelves import Shelves
from tests.wizard.driving import BUCKET, Terminal, refused

LOCKED = ("--set", "storage.object_lock=governance", "--set", "storage.object_lock_days=3")


@pytest.fixture
def machine(terminal: Terminal) -> Terminal:
    """A machine with a set-up whose bucket holds two versions of a backup."""
    return made(terminal)


def made(terminal: Terminal, *flags: str) -> Terminal:
    machine = replace(terminal, aws=Recording(Shelves(terminal.aws)))
    setup = machine.answered(*flags)
    ran = machine("apply", "--config", setup, "--yes", "--accept", "irreversible")
    assert ran.status == 0, ran.err
    for _ in range(2):
        shelves(machine).put(BUCKET, "a/0")
    writes(machine).clear()
    return machine


def shelves(machine: Terminal) -> Shelves:
    assert isinstance(machine.aws, Recording)
    assert isinstance(machine.aws.aws, Shelves)
    return machine.aws.aws


def writes(machine: Terminal) -> list[Call]:
    assert isinstance(machine.aws, Recording)
    return machine.aws.calls


def untouched(machine: Terminal) -> None:
    assert isinstance(machine.aws, Recording)
    assert machine.aws.writes == []


def test_unattended_it_tells_one_event_a_line(machine: Terminal) -> None:
    ran = machine("destroy", "--config", machine.setup, "--yes", "--accept", "delete-backups", "--json")
    assert ran.status == 0, ran.out
    assert [(line["event"], line["address"]) for line in ran.lines if line["event"] != "progress"] == [
        *(
            (event, address)
            for address in ("role", "bucket", "alias", "key")
            for event in ("started", "succeeded")
        ),
        ("finished", ""),
    ]
    assert {line["verb"] for line in ran.lines if line["event"] == "started"} == {"delete"}
    assert [line["says"] for line in ran.lines if line["event"] == "progress"] == ["2 versions deleted"]
    assert ran.lines[-1] == {
        "event": "finished", "address": "", "ok": True, "done": 4, "failed": 0, "remaining": 0, "endpoint": "",
    }  # fmt: skip
    again = machine("destroy", "--config", machine.setup, "--json")
    assert (again.status, again.lines[-1]["done"]) == (0, 0)


def test_and_apply_makes_it_anew(machine: Terminal) -> None:
    assert (
        machine("destroy", "--config", machine.setup, "--yes", "--accept", "delete-backups:bucket").status
        == 0
    )
    assert machine("plan", "--config", machine.setup, "--check").status == 3
    assert machine("apply", "--config", machine.setup, "--yes").status == 0
    assert machine("plan", "--config", machine.setup, "--check").status == 0


def test_without_a_terminal_and_without_yes_nothing_is_done(machine: Terminal) -> None:
    problem = refused(machine("destroy", "--config", machine.setup, "--json"), "consent")
    assert problem["where"] == "--yes"
    untouched(machine)


def test_yes_alone_does_not_cover_backups_and_is_enough_without_any(machine: Terminal) -> None:
    problem = refused(machine("destroy", "--config", machine.setup, "--yes", "--json"), "consent")
    assert problem["where"] == "bucket"
    assert "2 versions" not in problem["remedy"][0]
    untouched(machine)
    shelves(machine).versions.clear()
    assert machine("destroy", "--config", machine.setup, "--yes", "--json").status == 0


@pytest.mark.parametrize("risk", ["irreversible", "delete-backups:role", "everything"])
def test_what_is_no_risk_of_it_is_wrong_usage(machine: Terminal, risk: str) -> None:
    refused(machine("destroy", "--config", machine.setup, "--yes", "--accept", risk, "--json"), "usage")
    untouched(machine)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "yes\nacme-sandbox\n",
        "delete-backups\n",
        "delete-backups\nyes\n",
        "acme-sandbox\ndelete-backups\n",
    ],
)
def test_in_a_terminal_anything_but_the_two_words_changes_nothing(machine: Terminal, typed: str) -> None:
    ran = machine("destroy", "--config", machine.setup, typed=typed)
    assert ran.status == 6
    assert "You did not agree, so nothing was changed." in ran.err
    untouched(machine)


def test_in_a_terminal_all_of_it_is_shown_before_it_is_asked(machine: Terminal) -> None:
    ran = machine("destroy", "--config", machine.setup, typed="delete-backups\nacme-sandbox\n")
    assert ran.status == 0, ran.err
    shown, _, asked = ran.err.partition("Type delete-backups to agree")
    for words in (
        "Taking down set-up acme-sandbox (sandbox), account 123456789012",
        f"- S3 bucket {BUCKET}: is deleted, with everything in it: 2 versions",
        "These are backups that Palisade wrote.",
        "- KMS key alias/palisade-backup-acme-sandbox: is deleted in 7 days, the shortest wait",
        "4 to delete, 0 to take ours out of, 0 blocked.",
    ):
        assert words in shown, words
    assert "Type the name of the set-up, acme-sandbox, to agree" in asked
    assert "✓ bucket: is deleted" in ran.out
    assert "cancel-key-deletion" in ran.err
    assert "its kit" in ran.err.lower()


def test_a_bucket_without_backups_asks_for_the_name_alone(machine: Terminal) -> None:
    shelves(machine).versions.clear()
    ran = machine("destroy", "--config", machine.setup, typed="acme-sandbox\n")
    assert ran.status == 0, ran.err
    assert "delete-backups" not in ran.err


def test_production_is_refused_before_aws_is_asked(offline: Terminal) -> None:
    setup = offline.answered("--setup-environment", "production")
    for more in ((), ("--yes", "--accept", "delete-backups")):
        problem = refused(offline("destroy", "--config", setup, *more, "--json"), "unfit")
        assert "production" in problem["summary"]
        assert problem["where"] == "setup.environment"


def test_a_flag_cannot_make_production_a_sandbox(offline: Terminal) -> None:
    setup = offline.answered("--setup-environment", "production")
    refused(offline("destroy", "--config", setup, "--setup-environment", "sandbox", "--json"), "usage")


def test_a_legal_hold_on_one_version_is_told_and_nothing_is_changed(terminal: Terminal) -> None:
    machine = made(terminal, *LOCKED)
    held = shelves(machine).lock(BUCKET, 1, hold=True)
    before = everything(terminal.aws)
    problem = refused(
        machine("destroy", "--config", machine.setup, "--yes", "--accept", "delete-backups", "--json"),
        "unfit",
    )
    assert f"1 of 2 versions cannot be deleted. The first is a/0 (version {held.id})" in problem["summary"]
    untouched(machine)
    after = everything(terminal.aws)
    assert after == before


def test_denied_is_exit_5_and_names_the_right(machine: Terminal) -> None:
    denied: Any = Denying(machine.aws, "s3:ListObjectVersions")
    ran = replace(machine, aws=denied)("destroy", "--config", machine.setup, "--yes", "--json")
    problem = refused(ran, "denied")
    assert "s3:ListBucketVersions" in problem["summary"]
    untouched(machine)


def test_the_endpoint_that_is_not_awss_is_named(machine: Terminal) -> None:
    elsewhere = replace(machine, endpoint="http://localhost:4566")
    ran = elsewhere("destroy", "--config", machine.setup, "--yes", "--accept", "delete-backups", "--json")
    assert ran.lines[-1]["endpoint"] == "http://localhost:4566"
    assert "http://localhost:4566" in ran.err


def test_the_policy_for_the_job_is_printed(machine: Terminal) -> None:
    ran = machine("policy", "--config", machine.setup, "--for", "destroy")
    assert ran.status == 0
    assert any("s3:DeleteBucket" in statement["Action"] for statement in ran.document["Statement"])


def test_nothing_on_this_computer_is_deleted(machine: Terminal, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert machine("destroy", "--config", machine.setup, "--yes", "--accept", "delete-backups").status == 0
    assert before <= {path for path in tmp_path.rglob("*") if path.is_file()}
