"""What an export is told that a side should be: the owner's things stay, and references to what is managed stay too."""

from __future__ import annotations

import json

from services.engine.plan import same
from services.engine.world import Absent, Have, World
from services.model.calls import Aws
from services.model.values import Json, Ref, Tree, document, entries, fill, items, refs
from tests.ports import keeping_rules
from tests.services.export.cloudformation_cases import PRODUCTION, observed, subject_of
from tests.world import Journey, sample, sample_blueprint


def test_of_a_complete_set_up_every_reference_is_kept_and_stands_for_what_is_there(aws: Aws) -> None:
    journey = Journey(keeping_rules(aws), sample_blueprint(**PRODUCTION))
    assert journey.run().ok
    subject = observed(journey, sample(**PRODUCTION))
    counted = 0
    for resource in subject.managed():
        for facet in subject.facets(resource):
            target = subject.target(resource, facet)
            assert set(refs(facet.want)) <= set(refs(target)), (resource.name, facet.name)
            filled = fill(target, subject.world.output)
            assert not list(refs(filled))
            side = subject.world.sides[f"{resource.name}.{facet.name}"]
            assert isinstance(side, Have)
            have = document(side.value) if facet.document else side.value
            assert same(facet, have, filled), (resource.name, facet.name)
            counted += len(set(refs(facet.want)))
    assert counted > 20


def test_a_reference_to_what_is_gone_stays_one_in_the_policy_of_what_is_there() -> None:
    """The bucket has a policy with a statement of its owner's; the key is to be made anew."""
    guest: Tree = {"Sid": "Guest", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    have = {"bucket.policy": Have(json.dumps({"Version": "2012-10-17", "Statement": [guest]}))}
    subject = subject_of(sample(), World({"key": Absent()}, have))
    bucket = next(r for r in subject.blueprint if r.name == "bucket")
    facet = next(f for f in subject.facets(bucket) if f.name == "policy")
    target = subject.target(bucket, facet)
    assert isinstance(target, Json)
    statements = items(entries(target.tree)["Statement"])
    assert statements[0] == guest
    assert set(refs(target)) == {Ref("key")}
    assert "\0" not in repr(target)
    assert "known after" not in repr(target)
