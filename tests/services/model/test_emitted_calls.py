"""Every call that a blueprint can emit is one that AWS's own models know, with ARNs of the right partition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
import pytest
from botocore.model import MapShape, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

from services.answers import Answers
from services.blueprint import blueprint
from services.engine.plan import same
from services.model.calls import Call, filled
from services.model.operations import OPERATIONS, reads
from services.model.resource import Blueprint, calls_of
from services.model.values import Ref, bare, refs
from tests.world import ACCOUNT, ALARMS, HARD, TRAIL, sample, sample_lookup, tagged


@dataclass(frozen=True)
class Variant:
    """One way to answer."""

    name: str
    region: str
    partition: str
    answers: Answers

    @property
    def blueprint(self) -> Blueprint:
        return blueprint(self.answers, ACCOUNT)

    @property
    def calls(self) -> list[Call]:
        lookup = sample_lookup(self.partition, self.region)
        return [filled(call, lookup) for resource in self.blueprint for call in possible(resource)]


def possible(resource: Any) -> Iterator[Call]:
    yield from calls_of(resource)
    for origin in ("adopted", "foreign"):
        for facet in resource.facets(origin):
            yield facet.read
            target = facet.merge(None, facet.want)
            # What keeps its owner's "nothing" is never written.
            if facet.write is not None and not same(facet, None, target):
                yield facet.write(None, target)


def variants() -> Iterator[Variant]:
    for region, partition in (
        ("us-east-1", "aws"),
        ("eu-west-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("ap-southeast-2", "aws"),
    ):
        place = {
            "aws__region": region,
            "palisade__principal_arn": f"arn:{partition}:iam::444455556666:root",
        }
        key = f"arn:{partition}:kms:{region}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        every = ("kms:Decrypt", "s3:ListBucket", "s3:PutObjectTagging", "sts:TagSession")
        ways: dict[str, Mapping[str, object]] = {
            "plain": {},
            "account-regional": {
                "storage__namespace": "account-regional",
                "storage__bucket": f"acme-{ACCOUNT}-{region}-an",
                "storage__access_logs": True,
            },
            "given key": {"storage__kms_key": key},
            "boundary": {"role__permissions_boundary": f"arn:{partition}:iam::{ACCOUNT}:policy/Bound"},
            "managed boundary": {
                "role__permissions_boundary": f"arn:{partition}:iam::aws:policy/PowerUserAccess"
            },
            "strict": {"storage__encryption_headers": "strict"},
            "hardened": {**HARD, **TRAIL, **ALARMS},
            "MFA Delete": {"hardening__mfa_delete": "planned"},
            "extra actions": {"role__extra_actions": every, "role__path": "/palisade/"},
            "own trail": {"hardening__trail": "create", "hardening__data_events": "write"},
            "reused trail": {
                "hardening__trail": f"arn:{partition}:cloudtrail:{region}:{ACCOUNT}:trail/audit",
                "hardening__data_events": "all",
            },
        }
        for name, values in ways.items():
            yield Variant(
                f"{region}, {name}", region, partition, tagged(sample(**place, **values), team="desk")
            )


VARIANTS = list(variants())
SESSION = botocore.session.get_session()
MODELS: dict[str, ServiceModel] = {
    name: SESSION.get_service_model(name)
    for name in ("s3", "kms", "iam", "sts", "cloudtrail", "logs", "sns", "cloudwatch")
}

each_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)


@each_variant
def test_every_call_is_valid_by_awss_own_model(variant: Variant) -> None:
    for call in variant.calls:
        assert call.name in OPERATIONS
        shape = MODELS[call.service].operation_model(call.op).input_shape
        report = ParamValidator().validate(dict(call.params), shape)
        assert not report.has_errors(), f"{call.name}: {report.generate_report()}"


@each_variant
def test_every_output_begins_at_a_member_of_the_reply(variant: Variant) -> None:
    for call in variant.calls:
        reply = MODELS[call.service].operation_model(call.op).output_shape
        for path in call.outputs.values():
            if not path.startswith("'"):
                assert member(reply, path), f"{call.name}: {path}"


def member(shape: Shape, path: str) -> bool:
    """Whether a path of plain names leads somewhere; at the first list, filter or choice it is good enough."""
    for part in re.sub(r"^(?:split|type)\(([^,)]+).*", r"\1", path).split("."):
        name = part.split("[")[0]
        if isinstance(shape, MapShape):  # its names are free
            return True
        if not isinstance(shape, StructureShape):
            return False
        if name.startswith("{"):
            names = [pair.split(":")[1].strip(" }") for pair in path[path.index("{") :].split(",")]
            return all(n in shape.members for n in names)
        if name not in shape.members:
            return False
        if "[" in part:
            return True
        shape = shape.members[name]
    return True


@each_variant
def test_every_error_that_a_call_expects_is_in_small_words_one_code(variant: Variant) -> None:
    for call in variant.calls:
        assert all(code and " " not in code for code in call.absent | call.transient)
        assert not (call.absent and not reads(call))


@each_variant
def test_every_arn_is_of_the_partition(variant: Variant) -> None:
    for call in variant.calls:
        text = json.dumps(call.params)
        wrong = [other for other in ("aws", "aws-us-gov", "aws-cn") if other != variant.partition]
        assert not any(f"arn:{other}:" in text for other in wrong), call.name


@each_variant
def test_the_region_is_named_as_s3_wants_it(variant: Variant) -> None:
    creates = [call for call in variant.calls if call.name == "s3:CreateBucket"]
    assert creates
    for create in creates:
        configuration = create.params["CreateBucketConfiguration"]
        assert isinstance(configuration, dict)
        if variant.region == "us-east-1":
            assert "LocationConstraint" not in configuration
        else:
            assert configuration["LocationConstraint"] == variant.region
        regional = "account-regional" in variant.name
        assert create.params.get("BucketNamespace") == ("account-regional" if regional else None)


@each_variant
def test_nothing_dangerous_is_ever_asked_for(variant: Variant) -> None:
    text = json.dumps([call.params for call in variant.calls])
    for word in (
        "BypassPolicyLockoutSafetyCheck",
        "s3:DeleteObject",
        "BypassGovernance",
        "kms:ScheduleKeyDeletion",
    ):
        assert word not in text
    assert not any(call.op.startswith(("Delete", "Schedule", "Detach", "Remove")) for call in variant.calls)


@each_variant
def test_only_known_resources_are_referred_to(variant: Variant) -> None:
    names = {resource.name for resource in variant.blueprint}
    trees = [call.params for resource in variant.blueprint for call in possible(resource)]
    found = {ref for tree in trees for ref in refs(tree)}
    assert {ref.resource for ref in found} <= names
    assert Ref("key") in found


def test_the_keys_policy_names_no_one_but_the_account() -> None:
    for variant in VARIANTS:
        for resource in variant.blueprint:
            if resource.name == "key":
                facet = next(facet for facet in resource.facets("created") if facet.name == "policy")
                policy = json.loads(json.dumps(bare(facet.want)))
                (statement,) = policy["Statement"]
                assert statement["Principal"] == {"AWS": f"arn:{variant.partition}:iam::{ACCOUNT}:root"}
