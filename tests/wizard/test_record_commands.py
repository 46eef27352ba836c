"""The record on the command line: from what verification saw to a printed sheet, and against the bucket."""

from __future__ import annotations

import re
import shlex

import pytest

from services.model.calls import Call, Refused, Reply
from services.verify.backups import MOST_FILES
from tests.ports import Denying, Recording
from tests.wizard.driving import Terminal, refused
from tests.wizard.recorded import ETHEREUM, HAND, KEY_ID, OTHER_KEY_ID, QUORUM, Machine, Written


@pytest.fixture
def machine(terminal: Terminal) -> Machine:
    terminal.aws = written = Written(terminal.aws)
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    return Machine(terminal, setup, written)


def test_from_what_verification_saw_to_a_sheet(machine: Machine) -> None:
    machine.palisade(KEY_ID)
    machine.palisade(OTHER_KEY_ID, algorithm="ED25519")
    seen = machine("verify", "--palisade-quorum-id", QUORUM)
    assert "2 of these wallets are not on record" in seen.err
    machine.terminal.aws = recording = Recording(machine.written)
    added = machine("record", "add", "--from-verify", "--quorum-id", QUORUM, "--json")
    assert (added.status, recording.writes) == (0, [])
    assert [one["key_id"] for one in added.document["added"]] == [KEY_ID, OTHER_KEY_ID]
    assert (added.document["proven"], added.document["against"]) == ([], [])
    assert "not on record" not in machine("verify", "--palisade-quorum-id", QUORUM).err

    listed = machine("record", "list", "--check", "--json")
    assert listed.status == 0
    document = listed.document
    assert document["file"] == str(machine.record)
    assert document["check"]["exit_code"] == 0
    assert [one["algorithm"] for one in document["wallets"]] == ["SECP256K1", "ED25519"]
    for one in document["wallets"]:
        assert set(one) == {
            "quorum_id", "key_id", "algorithm", "address", "kit", "recovery_key_fingerprints", "backup_file",
            "backup_written", "verified",
        }  # fmt: skip
        assert (one["quorum_id"], one["kit"], one["backup_file"]) == (
            QUORUM,
            "acme-sandbox kit",
            "recovery_shard-0.txt",
        )
        assert [proof["how"] for proof in one["verified"]] == ["verify"]

    sheet = machine.terminal.folder / "record.txt"
    assert machine("record", "export", "--format", "text", "--out", sheet).status == 0
    assert all(word in sheet.read_text() for word in (QUORUM, KEY_ID, OTHER_KEY_ID))
    assert sheet.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("more", [(), pytest.param(("--key-id", KEY_ID), marks=pytest.mark.slow)])
def test_the_command_that_verify_prints_puts_the_wallet_on_record(
    machine: Machine, more: tuple[str, ...]
) -> None:
    machine.palisade(KEY_ID)
    (command,) = re.findall("palisade-wizard (record add .*)", machine("verify", *more).err)
    assert command.endswith("--quorum-id ID")
    seen = machine("verify", "--palisade-quorum-id", QUORUM, *more)
    (command,) = re.findall("palisade-wizard (record add .*)", seen.err)
    assert all(word in command for word in more)
    assert machine.terminal(*shlex.split(command)).status == 0
    assert KEY_ID in machine.record.read_text()


def test_again_the_proofs_are_renewed_and_nothing_stands_twice(machine: Machine) -> None:
    machine.palisade(KEY_ID)
    assert machine("record", "add", *HAND, "--address", ETHEREUM).status == 0
    again = machine("record", "add", "--from-verify", "--quorum-id", QUORUM, "--json")
    assert (again.status, again.document["added"]) == (0, [])
    (proven,) = again.document["proven"]
    assert (proven["address"], proven["verified"][0]["how"]) == (ETHEREUM, "verify")
    before = machine.record.read_bytes()
    assert machine("record", "add", "--from-verify", "--quorum-id", QUORUM).status == 0
    assert machine.record.read_bytes() == before


def test_a_wallet_of_another_quorum_is_not_taken_over(machine: Machine) -> None:
    machine.palisade(KEY_ID, quorum=QUORUM.replace("b7", "b8"))
    ran = machine("record", "add", "--from-verify", "--quorum-id", QUORUM, "--json")
    assert (ran.status, ran.document["added"]) == (3, [])
    assert "not sealed for this quorum ID" in ran.document["against"][0]
    unsaid = machine("record", "add", "--from-verify")
    assert unsaid.status == 3
    assert "Answer palisade.quorum_id" in unsaid.out
    assert not machine.record.exists()


def test_a_wallet_that_was_named_and_not_seen_is_a_difference(machine: Machine) -> None:
    ran = machine("record", "add", "--from-verify", "--key-id", KEY_ID, "--quorum-id", QUORUM)
    assert ran.status == 3
    assert "nothing was put on record" in ran.out


@pytest.mark.slow
def test_every_wallet_of_a_full_bucket_comes_on_record_when_asked(machine: Machine) -> None:
    ids = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(31)]
    for key_id in ids:
        machine.palisade(key_id)
    some = machine("record", "add", "--from-verify", "--quorum-id", QUORUM, "--json")
    assert (len(some.document["added"]), some.document["not_looked_at"]) == (30, ids[30:])
    assert some.document["complete"] is False
    assert machine("record", "list", "--check").status == 3
    rest = machine("record", "add", "--from-verify", "--all", "--quorum-id", QUORUM, "--json")
    assert (rest.status, len(rest.document["added"]), rest.document["complete"]) == (0, 1, True)
    assert machine("record", "list", "--check").status == 0
    machine.terminal.aws = Denying(machine.written, "s3:ListObjectsV2")
    refused(machine("record", "add", "--from-verify", "--all", "--json"), "denied")


def test_wallets_that_were_not_looked_at_are_told_with_a_command_that_does(machine: Machine) -> None:
    for number in range(MOST_FILES + 2):
        machine.written.objects[f"{number:08x}-0000-4000-8000-000000000000/recovery_shard-0.txt"] = b"x"
    some = machine("record", "add", "--from-verify", "--quorum-id", QUORUM)
    assert "2 wallets of the bucket that are not on record were not looked at" in some.err
    (command,) = re.findall("“palisade-wizard (record add .*)”", some.err)
    looked = machine.terminal(*shlex.split(command), "--json")
    assert (looked.document["not_looked_at"], looked.document["complete"]) == ([], True)
    assert len(looked.document["against"]) == MOST_FILES + 2


def test_on_a_terminal_it_proposes_and_asks(machine: Machine) -> None:
    machine.palisade(KEY_ID)
    text = machine.setup.read_text().replace("# quorum_id = …", f'quorum_id = "{QUORUM}"')
    machine.setup.write_text(text)
    no = machine("record", "add", typed="no\n")
    assert (no.status, machine.record.exists()) == (6, False)
    assert KEY_ID in no.err
    yes = machine("record", "add", typed="yes\n")
    assert (yes.status, machine.record.exists()) == (0, True)


def test_what_differs_from_the_bucket_ends_with_3_and_denied_with_5(machine: Machine) -> None:
    machine.palisade(OTHER_KEY_ID)
    assert machine("record", "add", *HAND).status == 0
    ran = machine("record", "list", "--check")
    assert ran.status == 3
    assert f"The bucket holds a backup of {OTHER_KEY_ID}, which is not on record." in ran.out
    assert f"The wallet {KEY_ID} is on record, and the bucket holds no backup of it." in ran.out
    machine.terminal.aws = Denying(machine.written, "s3:ListObjectsV2")
    denied = machine("record", "list", "--check", "--json")
    assert (denied.status, denied.document["check"]["unknown"]) == (5, [KEY_ID])
    assert denied.document["check"]["not_in_bucket"] == []
    assert "s3:ListBucket" in denied.document["check"]["problem"]


def refuse_all(call: Call) -> Reply:
    raise Refused(call, "ExpiredToken", "no", 400)


def test_an_ended_sign_in_is_told_as_one(machine: Machine) -> None:
    machine.terminal.aws = refuse_all
    refused(machine("record", "list", "--check", "--json"), "sign-in")
    assert machine("record", "list").status == 0


def test_another_quorum_takes_the_proofs_away(machine: Machine) -> None:
    machine.palisade(KEY_ID)
    machine("record", "add", "--from-verify", "--quorum-id", QUORUM)
    same = machine("record", "change", "--key-id", KEY_ID, "--quorum-id", QUORUM.upper(), "--json")
    assert len(same.document["wallet"]["verified"]) == 1
    other = QUORUM.replace("b7", "b8")
    changed = machine("record", "change", "--key-id", KEY_ID, "--quorum-id", other, "--json")
    assert changed.document["wallet"]["verified"] == []
    again = machine("record", "add", "--from-verify", "--quorum-id", QUORUM)
    assert again.status == 3
    assert "the record says quorum" in again.out


def test_verify_tells_of_a_damaged_record_and_verifies(machine: Machine) -> None:
    machine.record.write_text("{")
    ran = machine("verify")
    assert ran.status == 7
    assert "is damaged" in ran.err
