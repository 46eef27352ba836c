"""The record without AWS: what a person gives, changes and removes, and everything that is refused."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest

from tests.wizard.driving import Terminal, contents, refused
from tests.wizard.recorded import ETHEREUM, HAND, KEY_ID, OTHER_KEY_ID, QUORUM, Machine, Written


def test_by_hand_nothing_is_asked_of_aws(offline: Terminal) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    assert machine("record", "export").err.endswith("--from-verify --quorum-id ID\n")
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


def test_a_copy_that_cannot_be_read_is_told_and_stops_what_would_write_over_it(offline: Terminal) -> None:
    machine = Machine(offline, offline.answered(), Written(offline.aws))
    assert machine("record", "add", *HAND).status == 0
    (copy,) = (offline.folder / "state").glob("setups/*.record.json")
    spoilt = copy.read_bytes().replace(b'"version": 1', b'"version": 2')
    copy.write_bytes(spoilt)
    changed = ("record", "change", "--key-id", KEY_ID, "--kit", "K")
    for words in (("record", "list"), ("record", "export"), changed):
        assert f"mv {copy} {copy}.old" in machine(*words).err
    listed = machine("record", "list", "--json").document
    assert (len(listed["wallets"]), listed["copy_problem"]["where"]) == (1, str(copy))
    machine.record.unlink()
    gone: tuple[tuple[str, ...], ...] = (("record", "list"), ("record", "add", *HAND))
    for work in gone:
        assert str(copy) in refused(machine(*work, "--json"), "unreadable-file")["summary"]
    assert (copy.read_bytes(), machine.record.exists()) == (spoilt, False)


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


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (("add",), "usage", "--from-verify"),
        (("add", "--key-id", KEY_ID), "usage", "'record add --from-verify' finds it out by itself. --algorithm"),
        (("add", "--key-id", KEY_ID, "--algorithm", "ED25519"), "usage", "in Palisade and nowhere in a backup. --quorum-id"),
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
