"""When a duty is due follows from the record, the answers and what was written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lifecycle.diary import Diary, Done
from services.lifecycle.duties import DUTIES, REVIEW
from services.lifecycle.situation import Situation
from services.lifecycle.standing import Life, Standing, a_year_after, as_json, life
from services.record.book import Record
from tests.services.record.records import FULL, PLAIN, setup

TODAY = date(2026, 11, 24)
SINCE = "2026-06-01T10:00:00Z"
LOCKED: dict[str, object] = {"storage__object_lock": "compliance", "storage__object_lock_days": 365}


EMPTY = Record()


def lived(
    folder: Path, record: Record = EMPTY, *done: Done, values: Mapping[str, object] = MappingProxyType({})
) -> Life:
    return life(Situation(setup(folder, **values), record, TODAY), Diary(done))


def one(found: Life, name: str) -> Standing:
    return next(each for each in found.standings if each.duty.id == name)


def did(duty: str, on: date) -> Done:
    return Done(duty, on, "", "2026-11-24T00:00:00Z")


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_a_year_later_is_the_same_day_and_never_a_29th_of_february(day: date) -> None:
    later = a_year_after(day)
    assert timedelta(days=364) <= later - day <= timedelta(days=366)
    assert (later.month, later.day) != (2, 29)
    assert later.year == day.year + 1
    assert (later.month, later.day) == (day.month, day.day) or (day.month, day.day) == (2, 29)


def test_before_anything_is_on_record_nothing_is_due(tmp_path: Path) -> None:
    found = lived(tmp_path, values=LOCKED)
    assert found.having("due", "soon") == ()
    assert found.review_due is None
    assert {each.state for each in found.review} == {"waiting"}
    assert one(found, "retention").state == "waiting"


def test_the_first_rehearsal_is_due_at_once_and_the_rest_a_year_later(tmp_path: Path) -> None:
    found = lived(tmp_path, Record((PLAIN,), since=SINCE))
    assert one(found, "rehearsal").state == "due"
    assert one(found, "rehearsal").due == date(2026, 6, 1)
    for each in found.review:
        if each.duty.id != "rehearsal":
            assert (each.state, each.due) == ("later", date(2027, 6, 1))
    assert (found.review_due, found.review_done) == (date(2027, 6, 1), None)


@pytest.mark.parametrize(
    ("days_ago", "state"),
    [(0, "later"), (334, "later"), (335, "soon"), (364, "soon"), (365, "due"), (400, "due")],
)
def test_a_year_after_it_was_done_it_is_due_again(tmp_path: Path, days_ago: int, state: str) -> None:
    done = did("audit", TODAY - timedelta(days=days_ago))
    found = one(lived(tmp_path, Record(), done), "audit")
    assert found.state == state
    assert f"Last done on {done.on.isoformat()}" in found.says


def test_a_rehearsal_on_the_record_counts(tmp_path: Path) -> None:
    found = one(lived(tmp_path, Record((FULL,), since=SINCE)), "rehearsal")
    assert (found.state, found.due) == ("later", date(2027, 11, 23))


def test_the_review_was_done_when_its_last_part_was(tmp_path: Path) -> None:
    parts = [duty.id for duty in DUTIES if duty.kind == "yearly" and duty.id != "alarm-mail"]
    days = {part: TODAY - timedelta(days=number) for number, part in enumerate(parts)}
    found = lived(tmp_path, Record(), *(did(part, day) for part, day in days.items()))
    assert found.review_done == min(days.values())
    assert found.review_due == a_year_after(min(days.values()))
    assert lived_without(found, parts[0]).review_done is None


def lived_without(found: Life, part: str) -> Life:
    return life(found.of, Diary(tuple(each for each in found.done if each.duty != part)))


@pytest.mark.parametrize(
    ("written", "days", "done", "due", "ends"),
    [
        ("2026-11-20", 365, None, "2027-08-22", "2027-11-20"),
        ("2026-01-02", 365, None, "2026-10-04", "2027-01-02"),
        ("2026-11-20", 30, None, "2026-12-05", "2026-12-20"),
        ("2026-01-02", 365, "2026-11-01", "2027-08-03", "2027-11-01"),
        ("2026-11-20", 365, "2026-01-01", "2027-08-22", "2027-11-20"),
    ],
)
def test_a_retention_is_due_90_days_before_its_end(
    tmp_path: Path, written: str, days: int, done: str | None, due: str, ends: str
) -> None:
    wallet = replace(FULL, written=written)
    log = [did("retention", date.fromisoformat(done))] if done else []
    later = replace(FULL, key_id=PLAIN.quorum_id, written="2026-11-23")
    found = lived(
        tmp_path,
        Record((later, wallet)),
        *log,
        values={"storage__object_lock": "governance", "storage__object_lock_days": days},
    )
    standing = one(found, "retention")
    assert standing.due is not None
    assert standing.ends is not None
    assert (standing.due.isoformat(), standing.ends.isoformat()) == (due, ends)
    assert standing.state == (
        "due" if standing.due <= TODAY else "soon" if standing.due <= TODAY + timedelta(30) else "later"
    )


def test_a_set_up_has_only_the_duties_that_it_can_do(tmp_path: Path) -> None:
    names = {each.duty.id for each in lived(tmp_path).standings}
    assert {"alarm-mail", "retention"} & names == set()
    rings = {"hardening__trail": "create", "hardening__alarms": True, "hardening__alarm_email": "a@b.co"}
    more = lived(tmp_path / "b", values={**LOCKED, **rings})
    assert {each.duty.id for each in more.standings} == {duty.id for duty in DUTIES}


def test_json_has_every_duty_with_its_steps(tmp_path: Path) -> None:
    document = as_json(lived(tmp_path, Record((FULL,), since=SINCE), did("audit", TODAY)))
    duties = document["duties"]
    assert isinstance(duties, list)
    assert all(each["steps"] and each["why"] for each in duties)
    review = document[REVIEW]
    assert isinstance(review, dict)
    assert set(review["parts"]) == {each["id"] for each in duties if each["part_of"] == REVIEW}
    assert document["done"] == [
        {"duty": "audit", "on": "2026-11-24", "note": "", "at": "2026-11-24T00:00:00Z"}
    ]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
