"""Object Lock: never weaker or shorter than it is, and what cannot be undone is said before."""

from __future__ import annotations

import itertools
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers import place
from services.model.bucket_sides import Site
from services.model.object_lock import Lock, no_object_lock, object_lock
from services.model.values import Tree, entries
from tests.world import ACCOUNT, BUCKET, sample

SITE = Site(place(sample(), ACCOUNT), "bucket", BUCKET, "storage.bucket")
MODES: tuple[Literal["governance", "compliance"], ...] = ("governance", "compliance")
LOCKS = st.builds(Lock, st.sampled_from(MODES), st.integers(1, 36500))


def reply(lock: Lock | None, *, years: bool = False) -> Tree:
    """As S3 tells it; a whole number of years may be told so."""
    if lock is None:
        return {"ObjectLockEnabled": "Enabled"}
    period = {"Years": lock.days // 365} if years and lock.days % 365 == 0 else {"Days": lock.days}
    return {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": lock.mode.upper(), **period}},
    }


@given(have=LOCKS, want=LOCKS, years=st.booleans())
def test_what_is_there_is_never_weakened_or_shortened(have: Lock, want: Lock, years: bool) -> None:
    facet = object_lock(SITE, want)
    there = reply(have, years=years)
    target = facet.merge(there, facet.want)
    assert facet.merge(target, facet.want) == target
    if facet.refuse(there, target) is not None:
        assert not have.covers(want)
        assert not want.covers(have)
        return
    assert {facet.normal(target) == facet.normal(reply(lock)) for lock in (have, want)} == (
        {True} if have == want else {True, False}
    )
    result = have if facet.normal(target) == facet.normal(there) else want
    assert result.covers(have)
    assert result.covers(want)


@pytest.mark.parametrize(
    ("have", "want", "blocked"),
    [
        (("governance", 10), ("compliance", 10), False),
        (("governance", 10), ("governance", 11), False),
        (("compliance", 10), ("governance", 10), False),
        (("compliance", 11), ("compliance", 10), False),
        (("governance", 11), ("compliance", 10), True),
        (("compliance", 10), ("governance", 11), True),
    ],
)
def test_what_cannot_be_compared_is_for_a_person(
    have: tuple[Literal["governance", "compliance"], int],
    want: tuple[Literal["governance", "compliance"], int],
    blocked: bool,
) -> None:
    facet = object_lock(SITE, Lock(*want))
    there = reply(Lock(*have))
    problem = facet.refuse(there, facet.merge(there, facet.want))
    assert (problem is not None) == blocked
    if problem is not None:
        assert problem.code == "unfit"
        assert "compliance" in problem.remedy[0]
        assert "11" in problem.remedy[0]


def test_a_bucket_that_had_no_lock_or_no_default_gets_one() -> None:
    facet = object_lock(SITE, Lock("compliance", 365))
    for have in (None, reply(None)):
        target = facet.merge(have, facet.want)
        assert target == facet.want
        assert facet.refuse(have, target) is None
        assert facet.normal(have) != facet.normal(target)
        assert facet.write is not None
        configuration = entries(facet.write(have, target).params["ObjectLockConfiguration"])
        assert entries(entries(configuration["Rule"])["DefaultRetention"]) == {
            "Mode": "COMPLIANCE",
            "Days": 365,
        }


def test_every_step_is_irreversible_and_named_as_such() -> None:
    for mode, have in itertools.product(MODES, (None, reply(Lock("governance", 1)))):
        facet = object_lock(SITE, Lock(mode, 30))
        assert facet.risk(have, facet.want) == "irreversible"
        said = facet.remark(have, facet.want)
        assert said is not None
        for words in (
            "never be turned off",
            "versioning never suspended",
            "deleting the KMS key",
            "checksum",
            "sandbox",
        ):
            assert words in said.text
        assert ("root included" in said.text) == (mode == "compliance")
        assert ("BypassGovernanceRetention" in said.text) == (mode == "governance")


def test_what_is_as_wanted_needs_no_words_and_what_is_stricter_some() -> None:
    facet = object_lock(SITE, Lock("governance", 30))
    assert facet.remark(facet.want, facet.want) is None
    stricter = reply(Lock("compliance", 60))
    said = facet.remark(stricter, facet.merge(stricter, facet.want))
    assert said is not None
    assert "compliance mode for 60 days" in said.text
    assert "never shortened" in said.text


def test_a_bucket_for_access_logs_must_not_lock_them() -> None:
    facet = no_object_lock(SITE)
    assert facet.refuse(None, None) is None
    for there in (reply(None), reply(Lock("governance", 1))):
        problem = facet.refuse(there, None)
        assert problem is not None, (
            "S3 delivers to no bucket with Object Lock, whether it has a default or not"
        )
        assert problem.code == "unfit"
