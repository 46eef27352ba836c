"""The journal survives crashes of its own."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.engine.journal import Journal, written_ahead
from services.events import (
    Event,
    Failed,
    Finished,
    Progressed,
    Skipped,
    Started,
    Succeeded,
    Waiting,
    event_json,
)
from services.problems import Problem, ProblemError
from tests.ports import FakeClock

CLOCK = FakeClock(began=datetime(2026, 11, 22, 12, 0, tzinfo=UTC))

EVENTS: tuple[Event, ...] = (
    Started("bucket", "create", "holds the backups", "S3 bucket acme"),
    Waiting("bucket", 0.2, "AWS answers 404"),
    Succeeded("bucket", "holds the backups"),
    Skipped("bucket.tags", "carries the tags"),
    Failed("bucket.policy", Problem("denied", "AWS said no.", ("Ask.",))),
    Finished(2, 1, 3),
    Progressed("bucket", "1000 versions deleted"),
)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "journal.jsonl", CLOCK)


def test_every_event_is_on_the_disk_before_the_next_one_is_asked_for(journal: Journal) -> None:
    seen = [len(list(journal.entries())) for _ in written_ahead(iter(EVENTS), journal, "run")]
    assert seen == list(range(1, len(EVENTS) + 1))
    entries = list(journal.entries())
    assert [{k: v for k, v in e.items() if k not in {"at", "run"}} for e in entries] == [
        json.loads(json.dumps(event_json(event))) for event in EVENTS
    ]
    assert {e["at"] for e in entries} == {"2026-11-22T12:00:00Z"}


def test_the_journal_is_its_owners_alone(journal: Journal) -> None:
    journal.append({"event": "started"})
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700


def test_begun_is_what_was_about_to_be_created(journal: Journal) -> None:
    for event in EVENTS:
        journal.append(event_json(event))
    journal.append(event_json(Started("role", "adopt", "…", "IAM role acme")))
    assert journal.begun() == {"S3 bucket acme": datetime(2026, 11, 22, 12, 0, tzinfo=UTC)}


def test_a_name_that_was_taken_was_not_begun(journal: Journal) -> None:
    journal.append(event_json(EVENTS[0]))
    journal.append(event_json(Failed("bucket", Problem("taken", "The name is taken."))))
    journal.append(event_json(Started("bucket", "create", "holds the backups", "S3 bucket acme-two")))
    assert set(journal.begun()) == {"S3 bucket acme-two"}


CREATED = Started("bucket", "create", "holds the backups", "S3 bucket acme")
DELETED = Started("bucket", "delete", "is deleted", "S3 bucket acme")
GONE = {"event": "destroyed", "titles": ["S3 bucket acme"]}


@pytest.mark.parametrize(
    ("entries", "begun", "ended"),
    [
        ((CREATED, EVENTS[2]), True, False),
        ((CREATED, EVENTS[2], DELETED), True, True),
        ((CREATED, DELETED, EVENTS[2]), False, False),
        ((CREATED, DELETED, EVENTS[4]), True, True),
        ((CREATED, DELETED, CREATED), True, False),
        ((CREATED, DELETED, EVENTS[2], CREATED), True, False),
        ((CREATED, DELETED, GONE), False, False),
        ((CREATED, GONE, CREATED), True, False),
        ((CREATED, {"event": "destroyed", "titles": ["another"]}), True, False),
    ],
)
def test_what_was_deleted_is_begun_no_more(
    journal: Journal, entries: tuple[Event | dict[str, object], ...], begun: bool, ended: bool
) -> None:
    for entry in entries:
        journal.append(entry if isinstance(entry, dict) else event_json(entry))
    assert ("S3 bucket acme" in journal.begun(), "S3 bucket acme" in journal.ended()) == (begun, ended)


def test_no_journal_is_an_empty_one(journal: Journal) -> None:
    assert journal.begun() == {}


LINE = json.dumps({"at": "2026-11-22T12:00:00Z", **event_json(EVENTS[0])}) + "\n"


@pytest.mark.parametrize("cut", range(1, len(LINE) - 1))
def test_a_torn_last_line_costs_nothing_but_itself(journal: Journal, cut: int) -> None:
    journal.append(event_json(EVENTS[0]))
    with journal.path.open("a") as file:
        file.write(LINE[:cut])
    journal.append({"event": "started", "verb": "create", "address": "role", "title": "IAM role acme"})
    assert set(journal.begun()) == {"S3 bucket acme", "IAM role acme"}
    lines = journal.path.read_text().splitlines()
    assert len(lines) == 3
    assert json.loads(lines[2])["address"] == "role"


@pytest.mark.parametrize(
    "junk", [b"\xff\xfe\x00\n", b"[1]\n", b"null\n", b'{"event": "started", "verb": "create"}\n']
)
def test_damaged_lines_are_passed_over(journal: Journal, junk: bytes) -> None:
    journal.append(event_json(EVENTS[0]))
    journal.path.write_bytes(junk + journal.path.read_bytes() + junk)
    assert set(journal.begun()) == {"S3 bucket acme"}


def test_a_journal_that_cannot_be_written_stops_before_the_call(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "state" / "journal.jsonl", CLOCK)
    passed_on = written_ahead(iter(EVENTS), journal, "run")
    with pytest.raises(ProblemError) as caught:
        next(passed_on)
    assert caught.value.problem.code == "folder"


def test_a_link_in_the_journals_place_is_refused(tmp_path: Path, journal: Journal) -> None:
    journal.path.parent.mkdir()
    journal.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProblemError):
        journal.append({"event": "started"})
    assert not (tmp_path / "elsewhere").exists()


def test_a_journal_that_is_gone_in_the_middle_does_not_begin_anew(journal: Journal) -> None:
    passed_on = written_ahead(iter(EVENTS), journal, "run")
    next(passed_on)
    journal.path.unlink()
    with pytest.raises(ProblemError) as caught:
        next(passed_on)
    assert caught.value.problem.code == "folder"
    assert not journal.path.exists()


def test_what_ends_lines_elsewhere_does_not_end_one_here(journal: Journal) -> None:
    journal.append(event_json(EVENTS[0]))
    taken = Problem("taken", "The name is\u2028taken\x85.")
    journal.append(event_json(Failed("bucket", taken)))
    assert journal.begun() == {}
