"""The record on the command line: from nothing to a printed sheet, with its refusals and exit statuses."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Aws, Call, Refused, Reply
from services.recovery.formats import public_key
from tests.ports import Denying, FakeClock, Recording
from tests.wizard.driving import Ran, Terminal, contents, refused

QUORUM = "20b7aefb-0000-4000-8000-00000000000b"
KEY_ID = "c4b083d4-0000-4000-8000-00000000000a"
OTHER_KEY_ID = "d7a1f2c3-0000-4000-8000-00000000000c"
ETHEREUM = "0x52908400098527886E0F7030069857D2E4169EE7"
HAND = ("--key-id", KEY_ID, "--quorum-id", QUORUM, "--algorithm", "SECP256K1")


@dataclass
class Written:
    """AWS with backups in the bucket, which the account below lets nobody read."""

    below: Aws
    objects: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, call: Call) -> Reply:
        match call.name:
            case "s3:ListObjectsV2":
                return self._list(str(call.params.get("Prefix", "")), by_folder="Delimiter" in call.params)
            case "s3:GetObject":
                aliases = self.below(Call("kms", "ListAliases"))["Aliases"]
                target = next(one["TargetKeyId"] for one in aliases if "palisade" in one["AliasName"])
                arn = self.below(Call("kms", "DescribeKey", {"KeyId": target}))["KeyMetadata"]["Arn"]
                body = self.objects[str(call.params["Key"])]
                return {
                    "Body": body,
                    "ServerSideEncryption": "aws:kms",
                    "SSEKMSKeyId": arn,
                    "VersionId": "v1",
                }
            case _:
                return self.below(call)

    def _list(self, prefix: str, *, by_folder: bool) -> Reply:
        keys = sorted(key for key in self.objects if key.startswith(prefix))
        if by_folder:
            return {"CommonPrefixes": [{"Prefix": f"{key.split('/')[0]}/"} for key in keys]}
        now = FakeClock().wall().isoformat()
        return {"Contents": [{"Key": key, "LastModified": now} for key in keys]}

    def write(self, public: Path, key_id: str, quorum: str = QUORUM, algorithm: Any = "SECP256K1") -> None:
        """What Palisade does when a wallet is created."""
        wallet = new_wallet(quorum, key_id, algorithm, random.Random(1))
        der = public_key(public.read_bytes()).der
        self.objects[object_key(wallet, 0)] = backup_object(wallet, der, 0, rng=random.Random(2))


@dataclass
class Machine:
    """A computer with a set-up that is applied."""

    terminal: Terminal
    setup: Path
    written: Written

    def __call__(self, *words: str | Path, **more: Any) -> Ran:
        return self.terminal(*words, "--config", self.setup, **more)

    @property
    def record(self) -> Path:
        return self.setup.with_name("setup.record.json")

    def palisade(self, key_id: str, **more: Any) -> None:
        self.written.write(self.terminal.folder / "keys" / "recovery.pub.der", key_id, **more)


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


def test_every_wallet_of_a_full_bucket_comes_on_record_when_asked(machine: Machine) -> None:
    ids = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(33)]
    for key_id in ids:
        machine.palisade(key_id)
    some = machine("record", "add", "--from-verify", "--quorum-id", QUORUM, "--json")
    assert len(some.document["added"]) == 30
    assert machine("record", "list", "--check").status == 3
    rest = machine("record", "add", "--from-verify", "--all", "--quorum-id", QUORUM, "--json")
    assert (rest.status, len(rest.document["added"])) == (0, 3)
    assert machine("record", "list", "--check").status == 0
    machine.terminal.aws = Denying(machine.written, "s3:ListObjectsV2")
    refused(machine("record", "add", "--from-verify", "--all", "--json"), "denied")


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


def test_by_hand_nothing_is_asked_of_aws(offline: Terminal) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    added = machine("record", "add", *HAND, "--kit", "=1+1", "--json")
    assert (added.status, added.document["wallet"]["verified"]) == (0, [])
    listed = machine("record", "list")
    assert "not verified" in listed.out
    assert "1 wallet on record is not verified" in listed.err
    shown = machine("record", "export", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(shown))
    assert row["kit"] == "'=1+1"
    changed = machine("record", "change", "--key-id", KEY_ID, "--address", ETHEREUM, "--kit", "", "--json")
    assert (changed.document["wallet"]["address"], changed.document["wallet"]["kit"]) == (ETHEREUM, "")
    assert machine("record", "remove", "--key-id", KEY_ID, "--yes").status == 0
    assert machine("record", "list", "--json").document["wallets"] == []
    (gone,) = machine("record", "list", "--removed", "--json").document["removed"]
    assert (gone["quorum_id"], gone["address"]) == (QUORUM, ETHEREUM)
    assert machine("record", "restore", "--key-id", KEY_ID).status == 0
    exported = machine("record", "export", "--json").document
    assert [one["key_id"] for one in exported["wallets"]] == [KEY_ID]
    assert '"at"' in machine.record.read_text()


def test_removing_asks_and_says_what_is_lost(offline: Terminal) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    machine("record", "add", *HAND)
    before = machine.record.read_bytes()
    problem = refused(machine("record", "remove", "--key-id", KEY_ID, "--json"), "consent")
    assert "cannot be recovered" in problem["summary"]
    no = machine("record", "remove", "--key-id", KEY_ID, typed="\n")
    assert (no.status, machine.record.read_bytes()) == (6, before)
    assert "cannot be recovered" in no.err
    assert machine("record", "remove", "--key-id", KEY_ID, typed="yes\n").status == 0


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


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (("add",), "usage", "--from-verify"),
        (("add", "--key-id", KEY_ID), "usage", "--algorithm"),
        (("add", "--key-id", KEY_ID, "--algorithm", "ED25519"), "usage", "--quorum-id"),
        (("add", "--key-id", KEY_ID, "--key-id", OTHER_KEY_ID, "--algorithm", "ED25519"), "usage", "one --key-id"),
        (("add", *HAND[:-1], "RSA"), "invalid-answer", "ED25519"),
        (("add", *HAND, "--address", "a b"), "invalid-answer", "address"),
        (("add", "--key-id", "x", *HAND[2:]), "invalid-answer", "UUID"),
        (("add", "--from-verify", "--algorithm", "ED25519"), "usage", "--algorithm"),
        (("add", "--from-verify", "--address", ETHEREUM), "usage", "--key-id"),
        (("add", "--all"), "usage", "--from-verify"),
        (("add", "--from-verify", "--all", "--key-id", KEY_ID), "usage", "--key-id"),
        (("add", "--from-verify", "--quorum-id", "x"), "invalid-answer", "UUID"),
        (("change", "--key-id", KEY_ID), "usage", "nothing to change"),
        (("change", "--key-id", KEY_ID, "--kit", "x"), "invalid-answer", "on record"),
        (("remove", "--key-id", KEY_ID, "--yes"), "invalid-answer", "on record"),
        (("restore", "--key-id", KEY_ID), "invalid-answer", "--removed"),
        (("export", "--format", "xml"), "usage", "xml"),
    ],
)  # fmt: skip
def test_a_slip_is_one_sentence_and_loses_nothing(
    offline: Terminal, words: tuple[str, ...], code: str, word: str
) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    before = contents(offline.folder)
    problem = refused(machine("record", *words, "--json"), code)
    assert word in " ".join((problem["summary"], *problem["remedy"], problem["where"]))
    assert contents(offline.folder) == before


def test_an_existing_file_is_never_overwritten(offline: Terminal) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    before = contents(offline.folder)
    refused(machine("record", "export", "--out", machine.setup, "--json"), "exists")
    assert contents(offline.folder) == before


def test_a_damaged_record_stops_every_command_before_aws_is_asked(offline: Terminal) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    machine("record", "add", *HAND)
    content = machine.record.read_bytes()
    machine.record.write_bytes(content[:-40])
    for words in (
        ("list",),
        ("add", "--from-verify"),
        ("add", *HAND),
        ("export",),
        ("remove", "--key-id", KEY_ID, "--yes"),
    ):
        problem = refused(machine("record", *words, "--json"), "unreadable-file")
        assert any("Put it back with" in sentence for sentence in problem["remedy"])
    assert machine.record.read_bytes() == content[:-40]
    (copy,) = (offline.folder / "state" / "setups").glob("*.record.json")
    shutil.copy(copy, machine.record)
    assert machine("record", "list").status == 0


def test_verify_tells_of_a_damaged_record_and_verifies(machine: Machine) -> None:
    machine.record.write_text("{")
    ran = machine("verify")
    assert ran.status == 7
    assert "is damaged" in ran.err


def test_the_config_may_come_first(offline: Terminal) -> None:
    setup = offline.answered()
    assert offline("--config", setup, "record", "list").status == 0


def test_every_value_of_a_hostile_record_is_shown_and_sent_nowhere(offline: Terminal) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    assert machine("record", "add", *HAND, "--kit", "[/x] \u202e kit").status == 0
    shown = machine("record", "list", "-v")
    assert "\u202e" not in shown.out
    assert "[/x]" in shown.out
    assert json.loads(machine("record", "list", "--json").out)["wallets"][0]["kit"] == "[/x] \u202e kit"


def test_a_setup_without_an_id_gets_one_and_keeps_it(offline: Terminal) -> None:
    setup = offline.answered()
    setup.write_text(
        "\n".join(line for line in setup.read_text().splitlines() if not line.startswith("id ="))
    )
    machine = Machine(offline, setup, Written(offline.aws))
    assert machine("record", "list").status == 0
    assert "\nid =" not in setup.read_text()
    assert machine("record", "add", *HAND).status == 0
    assert machine("record", "list", "--json").document["setup"] in machine.record.read_text()
