"""The role's policies as an evaluator that is not ours understands them: who may be it, and what it may do."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

from services.model import policies
from services.rules import EXTRA_ACTIONS
from tests.judge import PLACES, Site, key_arn, plain
from tests.role_requests import ALLOWED, ON_ANYTHING_ELSE, ON_BUCKET, ON_OBJECTS
from tests.world import ACCOUNT, EXTERNAL_ID

# The role


def via(site: Site) -> dict[str, str]:
    suffix = ".cn" if site.partition == "aws-cn" else ""
    return {"kms__viaservice": f"s3.{site.region}.amazonaws.com{suffix}"}


@pytest.mark.parametrize("place", PLACES)
def test_the_role_may_put_objects_and_use_the_key_for_it(place: tuple[str, str]) -> None:
    site = Site(place)
    resources = {"s3:PutObject": f"{site.bucket}/any/key.txt", "kms:GenerateDataKey": site.key}
    for action in ALLOWED:
        assert site.role(action, resources[action], **via(site)) == "Allow"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("action", ON_OBJECTS)
def test_the_role_may_do_nothing_else_to_objects(place: tuple[str, str], action: str) -> None:
    site = Site(place)
    assert site.role(action, f"{site.bucket}/x") == "ImplicitDeny"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("action", ON_BUCKET)
def test_the_role_may_do_nothing_to_the_bucket(place: tuple[str, str], action: str) -> None:
    site = Site(place)
    assert site.role(action, site.bucket) == "ImplicitDeny"


@pytest.mark.parametrize("place", PLACES)
def test_the_role_reaches_no_other_bucket_or_key(place: tuple[str, str]) -> None:
    site = Site(place)
    for bucket in (f"{site.bucket}-2", f"arn:{site.partition}:s3:::acme", "*"):
        assert site.role("s3:PutObject", f"{bucket}/x") == "ImplicitDeny"
    other = key_arn(site.partition, site.region, "key/ffffffff-0000-0000-0000-000000000000")
    assert site.role("kms:GenerateDataKey", other, **via(site)) == "ImplicitDeny"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "service",
    [None, "s3.us-east-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com.evil"],
)
def test_the_key_can_be_used_through_this_regions_s3_alone(
    place: tuple[str, str], service: str | None
) -> None:
    site = Site(place)
    context = {"kms__viaservice": service} if service else {}
    assert site.role("kms:GenerateDataKey", site.key, **context) == "ImplicitDeny"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("action", ON_ANYTHING_ELSE)
def test_the_role_may_do_nothing_else(place: tuple[str, str], action: str) -> None:
    site = Site(place)
    for resource in (site.key, "*", f"arn:{site.partition}:iam::{ACCOUNT}:role/Writer"):
        assert site.role(action, resource, **via(site)) == "ImplicitDeny"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("extra", sorted(EXTRA_ACTIONS))
def test_an_extra_action_gives_itself_and_nothing_else(place: tuple[str, str], extra: str) -> None:
    site = Site(place, extra=(extra,))
    objects, everything = f"{site.bucket}/x", sorted(EXTRA_ACTIONS)
    for action in everything:
        decisions = {
            site.role(action, resource, **via(site)) for resource in (site.bucket, objects, site.key, "*")
        }
        expected = action == extra and not action.startswith("sts:")
        assert ("Allow" in decisions) == expected
    assert site.role("s3:GetObject", objects) == "ImplicitDeny"
    if extra.startswith("kms:"):
        assert site.role(extra, site.key) == "ImplicitDeny"


# The trust


def assumed(place: tuple[str, str], caller: str, external_id: str | None, **options: Any) -> bool:
    partition, region = place
    principal = options.get("principal", f"arn:{partition}:iam::444455556666:role/palisade-mpc")
    policy = plain(policies.trust_policy(principal, EXTERNAL_ID, options.get("extra", ())))
    request = EvalContext(
        principal_arn=caller,
        principal_type="AssumedRole",
        principal_account=caller.split(":")[4],
        action=options.get("action", "sts:AssumeRole"),
        resource_arn=f"arn:{partition}:iam::{ACCOUNT}:role/Writer",
        region=region,
        service_context={} if external_id is None else {"sts:externalid": external_id},
    )
    return bool(evaluate_trust_policy(policy, caller, request))


@pytest.mark.parametrize("place", PLACES)
def test_the_role_trusts_the_principal_with_the_external_id_alone(place: tuple[str, str]) -> None:
    partition = place[0]
    caller = f"arn:{partition}:sts::444455556666:assumed-role/palisade-mpc/session"
    assert assumed(place, caller, EXTERNAL_ID)
    for external_id in (None, "", EXTERNAL_ID.upper(), EXTERNAL_ID + "x", "*", EXTERNAL_ID[:-1]):
        assert not assumed(place, caller, external_id)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "caller",
    [
        "sts::444455556666:assumed-role/palisade-mpc-2/session",
        "sts::999999999999:assumed-role/palisade-mpc/session",
        "iam::444455556666:user/palisade-mpc",
        f"iam::{ACCOUNT}:user/admin",
        f"iam::{ACCOUNT}:root",
    ],
)
def test_the_role_trusts_nobody_else(place: tuple[str, str], caller: str) -> None:
    assert not assumed(place, f"arn:{place[0]}:{caller}", EXTERNAL_ID)


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity"])
def test_sessions_may_be_tagged_only_if_the_answers_say_so(action: str) -> None:
    place = PLACES[0]
    caller = "arn:aws:sts::444455556666:assumed-role/palisade-mpc/session"
    assert not assumed(place, caller, EXTERNAL_ID, action=action)
    assert assumed(place, caller, EXTERNAL_ID, action=action, extra=(action, "kms:Decrypt"))
    assert not assumed(place, caller, None, action=action, extra=(action,))
    assert not assumed(place, caller, EXTERNAL_ID, action="kms:Decrypt", extra=(action, "kms:Decrypt"))
