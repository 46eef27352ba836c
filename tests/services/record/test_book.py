"""Wallets come, change and go; nothing that was ever on record leaves the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.problems import ProblemError
from services.record import book
from services.record.book import Record
from tests.ports import FakeClock
from tests.services.record.records import (
    ETHEREUM,
    FULL,
    KEY_ID,
    OTHER,
    OTHER_KEY_ID,
    PLAIN,
    QUORUM,
    VERIFIED,
    place,
    setup,
)

CLOCK = FakeClock()


def test_a_record_begins_empty_and_keeps_the_order(tmp_path: Path) -> None:
    of = place(tmp_path)
    assert book.read(of) == Record()
    book.add(of, CLOCK, FULL)
    added = book.add(of, CLOCK, OTHER)
    assert book.read(of) == added
    assert added.wallets == (FULL, OTHER)
    assert added.find(KEY_ID.upper()) == FULL
    assert added.since == CLOCK.wall().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert of.path == tmp_path / "acme.record.json"


def test_changed_and_removed_values_stay_in_the_file(tmp_path: Path) -> None:
    of = place(tmp_path)
    book.add(of, CLOCK, FULL)
    book.change(of, CLOCK, KEY_ID, lambda one: replace(one, address="", kit="another"))
    gone = book.remove(of, CLOCK, KEY_ID)
    assert (gone.wallets, [one.wallet.kit for one in gone.removed]) == ((), ["another"])
    text = of.path.read_text()
    assert ETHEREUM in text
    assert QUORUM in text
    back = book.restore(of, CLOCK, KEY_ID)
    assert ([one.kit for one in back.wallets], back.removed) == (["another"], ())


def test_a_change_keeps_the_place_and_the_key_id_and_nothing_new_writes_nothing(tmp_path: Path) -> None:
    of = place(tmp_path)
    book.add(of, CLOCK, FULL)
    book.add(of, CLOCK, OTHER)
    changed = book.change(of, CLOCK, KEY_ID, lambda one: replace(one, key_id=OTHER_KEY_ID, kit="new"))
    assert [one.key_id for one in changed.wallets] == [KEY_ID, OTHER_KEY_ID]
    before = of.path.read_bytes()
    book.change(of, CLOCK, KEY_ID, lambda one: one)
    assert of.path.read_bytes() == before


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda of: book.add(of, CLOCK, replace(PLAIN, quorum_id=QUORUM.replace("b7", "b8"))), "exists"),
        (lambda of: book.add(of, CLOCK, replace(PLAIN, key_id=KEY_ID.upper())), "exists"),
        (lambda of: book.add(of, CLOCK, replace(PLAIN, key_id=OTHER_KEY_ID, address=ETHEREUM.lower())), "exists"),
        (lambda of: book.add(of, CLOCK, replace(OTHER, address="a b")), "invalid-answer"),
        (lambda of: book.take_over(of, CLOCK, [OTHER, OTHER], []), "exists"),
        (lambda of: book.take_over(of, CLOCK, [OTHER, PLAIN], []), "exists"),
        (lambda of: book.take_over(of, CLOCK, [], [OTHER]), "invalid-answer"),
        (lambda of: book.change(of, CLOCK, OTHER_KEY_ID, lambda one: one), "invalid-answer"),
        (lambda of: book.change(of, CLOCK, KEY_ID, lambda one: replace(one, quorum_id="x")), "invalid-answer"),
        (lambda of: book.remove(of, CLOCK, OTHER_KEY_ID), "invalid-answer"),
        (lambda of: book.restore(of, CLOCK, KEY_ID), "invalid-answer"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_and_changes_nothing(
    tmp_path: Path, work: Callable[[object], Record], code: str
) -> None:
    of = place(tmp_path)
    book.add(of, CLOCK, FULL)
    before = of.path.read_bytes()
    with pytest.raises(ProblemError) as caught:
        work(of)
    assert caught.value.problem.code == code
    assert caught.value.problem.remedy
    assert of.path.read_bytes() == before


def test_a_wallet_that_was_added_anew_is_not_restored_over(tmp_path: Path) -> None:
    of = place(tmp_path)
    book.add(of, CLOCK, FULL)
    book.remove(of, CLOCK, KEY_ID)
    book.add(of, CLOCK, PLAIN)
    with pytest.raises(ProblemError):
        book.restore(of, CLOCK, KEY_ID)
    assert book.read(of).wallets == (PLAIN,)


def test_what_was_seen_is_taken_over_in_one_write(tmp_path: Path) -> None:
    of = place(tmp_path)
    book.add(of, CLOCK, PLAIN)
    found = book.take_over(of, CLOCK, [OTHER], [PLAIN.proven(VERIFIED)])
    assert [one.verified for one in found.wallets] == [VERIFIED, None]
    assert found.wallets[1] == OTHER


def test_wallets_that_only_the_copy_knows_are_named(tmp_path: Path) -> None:
    of = place(tmp_path)
    book.add(of, CLOCK, FULL)
    older = of.path.read_bytes()
    book.add(of, CLOCK, OTHER)
    of.path.write_bytes(older)
    assert book.read(of).lost == (OTHER_KEY_ID,)
    book.add(of, CLOCK, OTHER)
    assert book.read(of).lost == ()


def test_two_set_ups_of_one_name_do_not_share_a_record(tmp_path: Path) -> None:
    one = setup(tmp_path)
    book.add(place(tmp_path, one), CLOCK, FULL)
    other = replace(one, path=tmp_path / "acme.conf", answers=one.answers.with_(setup__id=QUORUM))
    with pytest.raises(ProblemError) as caught:
        book.read(place(tmp_path, other))
    assert caught.value.problem.code == "unfit"
