"""`lifecycle` on the command line: the list, what to do, what was done, and the calendar."""

from __future__ import annotations

from pathlib import Path

import pytest
from icalendar import Calendar

from services.lifecycle.duties import IDS
from tests.wizard.driving import Terminal, contents, refused

HAND = (
    "--key-id", "c4b083d4-0000-4000-8000-00000000000a", "--quorum-id", "20b7aefb-0000-4000-8000-00000000000b",
    "--algorithm", "SECP256K1",
)  # fmt: skip


@pytest.fixture
def setup(offline: Terminal) -> Path:
    return offline.answered()


def recorded(offline: Terminal, setup: Path) -> None:
    assert offline("record", "add", "--config", setup, *HAND).status == 0


def test_alone_it_lists_every_duty_and_asks_nobody(offline: Terminal, setup: Path) -> None:
    before = contents(offline.folder)
    ran = offline("lifecycle", "--config", setup)
    assert ran.status == 0
    assert contents(offline.folder) == before
    for words in (
        "Key reshare",
        "Quorum restructure",
        "Somebody with the recovery key leaves",
        "Once a year",
    ):
        assert words in ran.out
    assert "No duty is due." in ran.out


def test_what_is_due_is_told_with_its_commands_and_checked(offline: Terminal, setup: Path) -> None:
    recorded(offline, setup)
    ran = offline("lifecycle", "--config", setup, "--check")
    assert ran.status == 3
    assert "wallet-recovery-cli recover" in ran.out
    assert f"--key-id={HAND[1]}" in ran.out
    done = offline(
        "lifecycle",
        "--config",
        setup,
        "--done",
        "rehearsal",
        "--key-id",
        HAND[1],
        "--note",
        "by Ada",
        "--check",
    )
    assert (done.status, "✓ Written down: rehearsal." in done.err) == (0, True)
    (wallet,) = offline("record", "list", "--config", setup, "--json").document["wallets"]
    assert [(proof["how"], proof["evidence"]) for proof in wallet["verified"]] == [("rehearsal", "by Ada")]


@pytest.mark.parametrize("name", [name for name in IDS if name not in {"retention", "alarm-mail"}])
def test_each_duty_is_told_alone(offline: Terminal, setup: Path, name: str) -> None:
    ran = offline("lifecycle", "--config", setup, "--about", name)
    assert ran.status == 0
    assert "1. " in ran.out
    assert "--done" in ran.out


def test_json_is_one_document(offline: Terminal, setup: Path) -> None:
    document = offline("lifecycle", "--config", setup, "--done", "annual-review", "--json").document
    assert set(document) == {
        "setup", "name", "path", "duties", "annual-review", "done", "summary", "reminders", "warnings",
    }  # fmt: skip
    assert document["annual-review"]["last_done"]
    assert {one["duty"] for one in document["done"]} == set(document["annual-review"]["parts"])
    assert document["setup"]


def test_what_the_copy_says_against_the_diary_is_told_and_it_is_not_written_over(
    offline: Terminal, setup: Path
) -> None:
    diary = setup.with_suffix(".lifecycle.json")
    assert offline("lifecycle", "--config", setup, "--done", "audit").status == 0
    older = diary.read_bytes()
    assert offline("lifecycle", "--config", setup, "--done", "rehearsal").status == 0
    (copy,) = (offline.folder / "state").glob("setups/*.lifecycle.json")
    diary.write_bytes(older)
    assert "knows 1 entry that the diary of duties does not" in offline("lifecycle", "--config", setup).out
    copy.write_bytes(spoilt := copy.read_bytes()[:-9])
    ran = offline("lifecycle", "--config", setup, "--done", "audit", "--json")
    (warning,) = ran.document["warnings"]
    assert f"mv {copy} {copy}.old" in warning
    diary.unlink()
    refused(offline("lifecycle", "--config", setup, "--done", "audit", "--json"), "unreadable-file")
    assert copy.read_bytes() == spoilt


def test_reminders_go_into_a_new_file(offline: Terminal, setup: Path) -> None:
    recorded(offline, setup)
    out = offline.folder / "acme.ics"
    ran = offline("lifecycle", "--config", setup, "--ics", out, "--json")
    assert ran.document["reminders"] == str(out)
    assert len(Calendar.from_ical(out.read_bytes()).walk("VEVENT")) == 3
    before = contents(offline.folder)
    refused(offline("lifecycle", "--config", setup, "--ics", out, "--json"), "exists")
    assert contents(offline.folder) == before


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (("--done", "party"), "usage", "key-reshare"),
        (("--about", "party"), "usage", "key-reshare"),
        (("--done", "retention"), "usage", "turned off"),
        (("--on", "2026-11-22"), "usage", "--done"),
        (("--note", "x"), "usage", "--done"),
        (("--done", "audit", "--on", "yesterday"), "usage", "2026-11-22"),
        (("--done", "audit", "--on", "2199-01-01"), "invalid-answer", "2199-01-01"),
        (("--done", "audit", "--note", "a\nb"), "invalid-answer", "line"),
        (("--ics", "acme.ics"), "not-ready", "record add"),
    ],
)
def test_a_slip_is_one_sentence_and_loses_nothing(
    offline: Terminal,
    setup: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: str,
    word: str,
) -> None:
    monkeypatch.chdir(offline.folder)
    before = contents(offline.folder)
    problem = refused(offline("lifecycle", "--config", setup, "--json", *words), code)
    assert word in " ".join((problem["summary"], *problem["remedy"], problem["where"]))
    assert contents(offline.folder) == before


def test_a_damaged_record_or_diary_is_told(offline: Terminal, setup: Path) -> None:
    for name in ("record", "lifecycle"):
        path = setup.with_name(f"setup.{name}.json")
        path.write_text("{")
        problem = refused(offline("lifecycle", "--config", setup, "--json"), "unreadable-file")
        assert problem["where"] == str(path)
        path.unlink()
