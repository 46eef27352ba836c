"""A given KMS key: what kinds of it can serve, and that its policy is its owner's."""

from __future__ import annotations

import pytest

from services.engine.plan import same
from services.model.resource import Facet, Origin
from services.model.values import Tree
from tests.world import KEY_ARN, sample_blueprint

GOOD: dict[str, Tree] = {
    "KeyManager": "CUSTOMER",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "Origin": "AWS_KMS",
    "MultiRegionConfiguration": None,
}


def facet(name: str, origin: Origin, given: str = KEY_ARN) -> Facet:
    (key,) = (part for part in sample_blueprint(storage__kms_key=given) if part.name == "key")
    return next(found for found in key.facets(origin) if found.name == name)


def multi_region(part: str) -> dict[str, Tree]:
    return {"MultiRegionConfiguration": {"MultiRegionKeyType": part, "ReplicaKeys": []}}


@pytest.mark.parametrize("have", [{}, multi_region("PRIMARY"), {"Origin": None}])
def test_a_key_that_aws_can_renew_serves(have: dict[str, Tree]) -> None:
    kind = facet("kind", "foreign")
    assert kind.refuse({**GOOD, **have}, kind.want) is None
    assert same(kind, {**GOOD, **have}, kind.want)
    assert kind.words({**GOOD, **have}) == "CUSTOMER, SYMMETRIC_DEFAULT, ENCRYPT_DECRYPT"


@pytest.mark.parametrize(
    ("have", "word"),
    [
        ({"Origin": "EXTERNAL"}, "EXTERNAL"),
        ({"Origin": "EXTERNAL_KEY_STORE"}, "EXTERNAL_KEY_STORE"),
        ({"Origin": "AWS_CLOUDHSM"}, "AWS_CLOUDHSM"),
        (multi_region("REPLICA"), "replica"),
        ({"KeyManager": "AWS"}, "AWS"),
    ],
)
@pytest.mark.parametrize("origin", ["foreign", "adopted", "created"])
def test_a_key_that_cannot_serve_is_refused_with_the_reason(
    have: dict[str, Tree], word: str, origin: Origin
) -> None:
    kind = facet("kind", origin)
    problem = kind.refuse({**GOOD, **have}, kind.want)
    assert problem is not None
    assert problem.code == "unfit"
    assert word in problem.summary
    assert not same(kind, {**GOOD, **have}, kind.want)


@pytest.mark.parametrize("origin", ["foreign", "adopted", "created"])
def test_the_policy_of_a_given_key_is_never_written(origin: Origin) -> None:
    assert facet("policy", origin).write is None


def test_the_policy_of_a_key_that_was_made_here_is_kept_as_it_should_be() -> None:
    assert facet("policy", "created", "create").write is not None
    assert facet("policy", "adopted", "create").write is None
