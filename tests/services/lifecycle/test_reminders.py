"""Reminders are a calendar file that calendars take, and that replaces itself when it is imported anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from icalendar import Calendar

from services.lifecycle.diary import Diary, Done
from services.lifecycle.reminders import calendar
from services.lifecycle.situation import Situation
from services.lifecycle.standing import Life, life
from services.problems import ProblemError
from services.record.book import Record
from tests.services.record.records import FULL, setup
from tests.world import SETUP

NOW = datetime(2026, 11, 24, 18, 0, 30, tzinfo=UTC)
RECORD = Record((replace(FULL, written="2026-11-20", proofs=()),), since="2026-11-01T00:00:00Z")
LOCKED: dict[str, object] = {"storage__object_lock": "compliance", "storage__object_lock_days": 365}


def lived(
    folder: Path,
    *done: Done,
    record: Record = RECORD,
    now: datetime = NOW,
    values: Mapping[str, object] = MappingProxyType({}),
) -> Life:
    return life(Situation(setup(folder, **values), record, now.date()), Diary(done))


def events(content: bytes) -> Mapping[str, Any]:
    found = Calendar.from_ical(content)
    assert (str(found["version"]), str(found["prodid"])) == ("2.0", "-//palisade-wizard//reminders//EN")
    return {str(event["uid"]).partition(".")[0]: event for event in found.walk("VEVENT")}


def test_every_day_that_is_known_is_an_all_day_event(tmp_path: Path) -> None:
    found = events(calendar(lived(tmp_path, values=LOCKED), NOW))
    days = {name: event.decoded("dtstart") for name, event in found.items()}
    assert days == {
        "annual-review": date(2027, 11, 1),
        "custodians": date(2027, 11, 1),
        "rehearsal": date(2026, 11, 24),
        "retention": date(2027, 8, 22),
        "retention-end": date(2027, 11, 20),
    }
    for name, event in found.items():
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        assert event.decoded("dtstamp") == NOW.replace(microsecond=0)
        assert ("rrule" in event) is (name in {"annual-review", "custodians"})
        assert "acme-sandbox" in str(event["summary"])
        assert "palisade-wizard" in str(event["description"])
        (alarm,) = event.walk("VALARM")
        assert alarm.decoded("trigger") == -timedelta(days=7)


def test_lines_are_folded_as_the_standard_says_and_give_the_text_back(tmp_path: Path) -> None:
    folder = tmp_path / ("ein sehr langer Ordner mit Ümläuten, Semikolon; und Backslash\\ " * 3)
    folder.mkdir(parents=True)
    content = calendar(lived(folder, values=LOCKED), NOW)
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert not [line for line in lines if len(line) > 75 or b"\n" in line or b"\r" in line]
    for line in lines:
        line.decode()  # no sign is cut in two
    assert str(folder) in str(events(content)["annual-review"]["description"])


def test_imported_anew_the_same_reminders_move(tmp_path: Path) -> None:
    before = lived(tmp_path, values=LOCKED)
    later = NOW + timedelta(days=400)
    done = [Done(each.duty.id, later.date(), "", "") for each in before.standings]
    after = life(replace(before.of, today=later.date()), Diary(tuple(done)))
    old, new = events(calendar(before, NOW)), events(calendar(after, later))
    same = set(old) & set(new)
    assert same == {"annual-review", "custodians", "retention", "retention-end"}
    for name in same:
        assert old[name]["uid"] == new[name]["uid"] == f"{name}.{SETUP}@palisade-wizard"
        assert new[name].decoded("dtstart") > old[name].decoded("dtstart")
        assert int(new[name]["sequence"]) > int(old[name]["sequence"])


def test_the_same_moment_gives_the_same_bytes(tmp_path: Path) -> None:
    found = lived(tmp_path, values=LOCKED)
    assert calendar(found, NOW) == calendar(found, NOW)
    assert calendar(found, NOW) != calendar(found, NOW + timedelta(minutes=1))


def test_what_is_overdue_stands_on_today(tmp_path: Path) -> None:
    later = NOW + timedelta(days=1000)
    found = events(calendar(lived(tmp_path, now=later), later))
    assert found["annual-review"].decoded("dtstart") == later.date()
    assert "retention" not in found


def test_without_a_day_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        calendar(lived(tmp_path, record=Record()), NOW)
    assert caught.value.problem.code == "not-ready"
    assert "record add" in " ".join(caught.value.problem.remedy)
