"""How resources go, as data: every such call is valid by AWS's own model, in its table, and dangerous in one way only."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.validate import ParamValidator

from services.engine.plan import same
from services.model.calls import Call, filled
from services.model.operations import OPERATIONS, reads
from services.model.removals import WAIT_DAYS, emptying_calls
from services.model.resource import Facet, Resource, Turn, ending, removal_calls
from services.model.values import Ref, fill, refs
from tests.services.model.test_emitted_calls import MODELS, VARIANTS, Variant
from tests.world import sample_lookup

each_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
REMOVES = frozenset({"Delete", "Schedule", "Unsubscribe", "Untag", "RemoveTags", "Abort", "Stop"})


def deleting(resource: Resource) -> Iterator[Call]:
    """Every call that taking it down can make."""
    yield from removal_calls(resource)
    if resource.removal is not None and resource.removal.bucket is not None:
        yield from emptying_calls(resource.removal.bucket)


def lookup(variant: Variant) -> dict[Ref, str]:
    known = sample_lookup(variant.partition, variant.region)
    wanted = {ref for part in variant.blueprint for call in deleting(part) for ref in refs(call.params)}
    return {ref: known(ref) or f"{ref.resource}-{ref.output}" for ref in wanted}


@each_variant
def test_every_call_is_valid_by_awss_own_model(variant: Variant) -> None:
    known = lookup(variant)
    for resource in variant.blueprint:
        for call in deleting(resource):
            made = filled(call, known.get)
            assert made.name in OPERATIONS
            shape = MODELS[made.service].operation_model(made.op).input_shape
            report = ParamValidator().validate(dict(made.params), shape)
            assert not report.has_errors(), f"{made.name}: {report.generate_report()}"
            if made.service == "s3":
                assert "ExpectedBucketOwner" in made.params


@each_variant
def test_everything_says_how_it_goes_and_what_is_made_can_go(variant: Variant) -> None:
    for resource in variant.blueprint:
        assert resource.removal is not None, resource.name
        assert bool(resource.removal.calls) == (resource.create is not None), resource.name
        assert not any(reads(call) for call in resource.removal.calls)
        assert all(reads(facet.read) for facet in resource.removal.looks)
        assert all(call.op.startswith(tuple(REMOVES)) for call in resource.removal.calls)


@each_variant
def test_keys_wait_as_short_as_aws_lets_them_and_no_lock_is_bypassed(variant: Variant) -> None:
    calls = [call for part in variant.blueprint for call in deleting(part)]
    waits = [call.params["PendingWindowInDays"] for call in calls if call.op == "ScheduleKeyDeletion"]
    assert set(waits) <= {WAIT_DAYS} == {7}
    assert "Bypass" not in json.dumps([call.params for call in calls], default=str)


@each_variant
def test_nothing_goes_before_what_is_needed_to_know_that_it_is_ours(variant: Variant) -> None:
    parts = {part.name: part for part in variant.blueprint}
    for part in parts.values():
        assert part.removal is not None
        for name in part.removal.proof:
            other = parts[name].removal if name in parts else None
            assert other is None or part.removal.turn < other.turn, (part.name, name)
        for name in part.removal.keeps:
            other = parts[name].removal if name in parts else None
            assert other is None or other.turn != part.removal.turn


def test_the_turns_are_in_the_order_of_harm() -> None:
    assert (
        Turn.ALARM
        < Turn.TOPIC
        < Turn.TRAIL
        < Turn.WRITER
        < Turn.BACKUPS
        < Turn.ACCESS_LOGS
        < Turn.ALIAS
        < Turn.KEY
    )
    assert min(Turn) == Turn.FILTER
    assert max(Turn) == Turn.KEY


def withdrawing(variant: Variant) -> Iterator[tuple[Resource, Facet]]:
    for resource in variant.blueprint:
        for facet in resource.facets("adopted"):
            if facet.withdraw is not None:
                yield resource, facet


@each_variant
def test_taking_ours_out_of_what_is_ours_alone_and_of_nothing_of_ours(variant: Variant) -> None:
    """Done twice it is done once; and of a thing that has nothing of ours, nothing is taken."""
    known = sample_lookup(variant.partition, variant.region)
    for resource, facet in withdrawing(variant):
        assert facet.withdraw is not None
        ours = fill(facet.merge(None, fill(facet.want, known)), known)
        rest = facet.withdraw.without(ours)
        again = facet.withdraw.without(rest)
        assert same(facet, rest, again), (resource.name, facet.name)
        assert same(facet, None, facet.withdraw.without(None)), (resource.name, facet.name)


@each_variant
def test_the_tags_of_everything_that_can_be_adopted_can_be_taken_off(variant: Variant) -> None:
    """But for a trail of the set-up's own, which is never adopted."""
    found = {(resource.name, facet.name) for resource, facet in withdrawing(variant)}
    tagged = {r.name for r in variant.blueprint for f in r.facets("adopted") if f.name == "tags"}
    own = {r.name for r in variant.blueprint if r.name == "trail" and r.create is not None}
    assert {name for name, side in found if side == "tags"} == tagged - own


def test_what_is_not_for_deleting_is_not_read_for_it() -> None:
    for resource in (part for variant in VARIANTS for part in variant.blueprint):
        assert {facet.name for facet in ending(resource).facets("created")} <= {"tags"}
