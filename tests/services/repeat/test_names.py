"""New names after old ones: always a name that AWS takes, never one that is taken, and recognisably the new set-up's."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services import rules
from services.model.naming import parted
from services.problems import ProblemError
from services.repeat import names
from tests.services.repeat.valid_names import BUCKETS, REGIONAL, ROLES, SET_UPS


@given(BUCKETS | REGIONAL, SET_UPS, SET_UPS, SET_UPS)
def test_a_bucket_gets_a_valid_name_that_is_free(old: str, before: str, one: str, two: str) -> None:
    taken = {old}
    for after in (one, two, one):
        new = names.bucket(old, before, after, lambda name: name not in taken)
        assert rules.bucket_name(new) == new
        assert new not in taken
        assert parted(new)[1] == parted(old)[1]
        taken.add(new)


@given(ROLES, SET_UPS, SET_UPS, SET_UPS)
def test_a_role_gets_a_valid_name_that_is_free_in_any_case(old: str, before: str, one: str, two: str) -> None:
    taken = {old.casefold()}
    for after in (one, two, one):
        new = names.role(old, before, after, lambda name: name.casefold() not in taken)
        assert rules.role_name(new) == new
        assert new.casefold() not in taken
        taken.add(new.casefold())


@given(BUCKETS, SET_UPS)
def test_the_new_set_up_is_named_in_it_whole(old: str, after: str) -> None:
    assume(not after.startswith(("xn--", "sthree-", "amzn-s3-demo-")))
    new = names.bucket(old, "none-of-this", after, lambda name: name != old)
    assert after in new


@pytest.mark.parametrize(
    ("old", "before", "after", "new"),
    [
        ("acme-one-backup", "acme-one", "acme-two", "acme-two-backup"),
        ("acme-backup", "one", "two", "acme-backup-two"),
        ("acme-oneness", "one", "two", "acme-oneness-two"),
        ("one-one", "one", "two", "two-one"),
        ("acme-backup", "one", "", "acme-backup-2"),
        ("acme-backup", "acme", "xn--acme", "palisade-xn--acme-backup"),
        ("one-111122223333-eu-west-1-an", "one", "two", "two-111122223333-eu-west-1-an"),
        ("b" * 63, "one", "two", "b" * 59 + "-two"),
        ("one-" + "b" * 59, "one", "longer-name", "longer-name-" + "b" * 51),
    ],
)
def test_what_named_the_old_set_up_names_the_new_one(old: str, before: str, after: str, new: str) -> None:
    assert names.bucket(old, before, after, lambda name: name != old) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [("Role-one", "Role-two"), ("one-", "two"), ("Role=", "Role=-two"), ("ROLE-ONE", "ROLE-two")],
)
def test_a_roles_name_begins_and_ends_with_something_to_read(old: str, new: str) -> None:
    assert names.role(old, "one", "two", lambda name: name != old) == new


def test_the_ending_names_the_new_region() -> None:
    old = "one-111122223333-eu-west-1-an"
    new = names.bucket(old, "one", "two", lambda name: name != old, "eu-central-1")
    assert new == "two-111122223333-eu-central-1-an"


def test_where_everything_is_taken_it_says_so() -> None:
    with pytest.raises(ProblemError) as caught:
        names.role("Role", "one", "two", lambda _name: False)
    assert caught.value.problem.code == "invalid-answer"


@given(SET_UPS, st.sets(SET_UPS))
def test_a_set_ups_name_is_numbered_only_where_it_must(wanted: str, taken: set[str]) -> None:
    first = names.set_up(wanted, frozenset(taken))
    assert (first == wanted) == (wanted not in taken)
    second = names.set_up(wanted, frozenset({*taken, wanted, first}))
    assert rules.setup_name(second) == second
    assert second not in {*taken, wanted, first}
