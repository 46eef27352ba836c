"""What was done is written down for good, on a day that is no guess, and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services import ledger
from services.lifecycle import diary, office
from services.lifecycle.duties import IDS
from services.problems import ProblemError
from services.record import book
from services.setups import State
from tests.ports import FakeClock
from tests.services.record.records import KEY_ID, PLAIN, setup

CLOCK = FakeClock()
TODAY = CLOCK.wall().date()


def test_what_was_done_is_kept_with_its_note(tmp_path: Path) -> None:
    of, state = setup(tmp_path), State(tmp_path / "state")
    found = office.done(of, state, CLOCK, "audit", on=TODAY, note=" by Ada ")
    assert [(one.duty, one.on, one.note) for one in found.done] == [("audit", TODAY, "by Ada")]
    place = diary.place(of, state)
    assert place.path == tmp_path / "acme.lifecycle.json"
    assert diary.read(place).last("audit") == found.done[0]
    office.done(of, state, CLOCK, "audit", on=TODAY - timedelta(days=9))
    last = diary.read(place).last("audit")
    assert last is not None
    assert last.on == TODAY


def test_the_review_stands_for_all_its_parts(tmp_path: Path) -> None:
    found = office.done(setup(tmp_path), State(tmp_path / "state"), CLOCK, "annual-review", on=TODAY)
    assert found.review_done == TODAY
    assert {one.duty for one in found.done} == {each.duty.id for each in found.review}


def test_a_rehearsal_is_a_proof_on_the_record_of_its_wallet(tmp_path: Path) -> None:
    of, state = setup(tmp_path), State(tmp_path / "state")
    book.add(book.place(of, state), CLOCK, PLAIN)
    office.done(of, state, CLOCK, "rehearsal", on=TODAY, note="by Ada", key_id=KEY_ID)
    (wallet,) = book.read(book.place(of, state)).wallets
    assert wallet.rehearsed is not None
    assert (wallet.rehearsed.on, wallet.rehearsed.evidence) == (TODAY.isoformat(), "by Ada")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"name": "audits"}, "usage"),
        ({"name": "alarm-mail"}, "usage"),
        ({"name": "retention"}, "usage"),
        ({"name": "audit", "key_id": KEY_ID}, "usage"),
        ({"name": "rehearsal", "key_id": KEY_ID}, "invalid-answer"),
        ({"name": "audit", "on": TODAY + timedelta(days=2)}, "invalid-answer"),
        ({"name": "audit", "on": date(1999, 1, 1)}, "invalid-answer"),
        ({"name": "audit", "note": "a\x1b[2J"}, "invalid-answer"),
        ({"name": "audit", "note": "a\nb"}, "invalid-answer"),
        ({"name": "audit", "note": "x" * 401}, "invalid-answer"),
        ({"name": "rehearsal", "note": "x" * 401, "key_id": KEY_ID}, "invalid-answer"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_and_nothing_is_written(
    tmp_path: Path, words: Mapping[str, Any], code: str
) -> None:
    of, state = setup(tmp_path), State(tmp_path / "state")
    with pytest.raises(ProblemError) as caught:
        office.done(of, state, CLOCK, **{"on": TODAY, **words})
    assert caught.value.problem.code == code
    assert caught.value.problem.remedy
    assert not diary.place(of, state).path.exists()
    assert not book.place(of, state).path.exists()


def test_the_names_of_duties_are_said_where_one_is_wrong(tmp_path: Path) -> None:
    found = office.look(setup(tmp_path), State(tmp_path / "state"), CLOCK.wall())
    with pytest.raises(ProblemError) as caught:
        office.about(found, "audits")
    assert all(name in " ".join(caught.value.problem.remedy) for name in IDS)


def test_where_it_is_tomorrow_already_today_is_a_day(tmp_path: Path) -> None:
    found = office.done(
        setup(tmp_path), State(tmp_path / "state"), CLOCK, "audit", on=TODAY + timedelta(days=1)
    )
    assert len(found.done) == 1


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"duty": "audit", "on": "someday", "note": ""},
        {"duty": "audit", "on": "2026-11-24", "note": "a\nb"},
    ],
)
def test_a_damaged_diary_is_told(tmp_path: Path, entry: Mapping[str, str]) -> None:
    of, state = setup(tmp_path), State(tmp_path / "state")
    office.done(of, state, CLOCK, "audit", on=TODAY)
    place = diary.place(of, state)
    ledger.append(place, CLOCK, lambda _entry: None, lambda _before: [entry])
    with pytest.raises(ProblemError) as caught:
        office.look(of, state, CLOCK.wall())
    assert caught.value.problem.code == "unreadable-file"
