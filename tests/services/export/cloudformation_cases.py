"""Set-ups to export: each way to answer that makes a blueprint different, in every partition, with what AWS told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.answers import Answers
from services.blueprint import blueprint
from services.engine.world import Have, Present, World
from services.export.subject import Subject
from services.model.resource import Blueprint
from services.model.values import Ref
from services.setup_file import SetupFile
from tests.world import ACCOUNT, ALARMS, HARD, TRAIL, Journey, sample, sample_lookup, tagged

PRODUCTION: Mapping[str, object] = MappingProxyType({**HARD, **TRAIL, **ALARMS})
NOWHERE = Path("nowhere.toml")
SEEN = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)


def subject_of(answers: Answers, world: World | None = None) -> Subject:
    """The set-up in the sample's account, as if nothing of it were there or as the world has it."""
    seen = None if world is None else SEEN
    return Subject(SetupFile(NOWHERE, answers), ACCOUNT, blueprint(answers, ACCOUNT), world or World(), seen)


def observed(journey: Journey, answers: Answers) -> Subject:
    """The set-up as it is found."""
    return Subject(SetupFile(NOWHERE, answers), ACCOUNT, journey.blueprint, journey.observe(), SEEN)


@dataclass(frozen=True)
class Case:
    """One set-up to export."""

    name: str
    region: str
    partition: str
    answers: Answers
    given: World | None = None

    @property
    def world(self) -> World:
        return self.given or World()

    @property
    def subject(self) -> Subject:
        return subject_of(self.answers, self.given)

    @property
    def blueprint(self) -> Blueprint:
        return self.subject.blueprint

    @property
    def lookup(self) -> Callable[[Ref], str | None]:
        """What AWS tells of what is there, and will tell of what is made."""
        made: Any = sample_lookup(self.partition, self.region)
        return lambda ref: self.world.output(ref) or made(ref)


def _case(
    name: str, region: str, partition: str, values: Mapping[str, object], world: World | None = None
) -> Case:
    principal = f"arn:{partition}:iam::444455556666:root"
    answers = sample(aws__region=region, palisade__principal_arn=principal, **values)
    return Case(f"{name}, {region}", region, partition, tagged(answers, team="desk"), world)


def _of(region: str, partition: str) -> tuple[Case, ...]:
    lookup = sample_lookup(partition, region)
    key, key_id = lookup(Ref("key")), lookup(Ref("key", "id"))
    trail = f"arn:{partition}:cloudtrail:{region}:{ACCOUNT}:trail/audit"
    reused = {"hardening__trail": trail, "hardening__data_events": "all"}
    told = {"arn": trail, "home": region, "bucket": "audit-logs", "log_group": "audit"}
    foreign = World(
        {"key": Present({"arn": key, "id": key_id}, "foreign"), "trail": Present(told, "adopted")},
        {"trail.regions": Have({"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": True})},
    )
    ways: Mapping[str, Mapping[str, object]] = {
        "plain": {},
        "production": PRODUCTION,
        "given key, unasked": {"storage__kms_key": key},
        "reused trail, unasked": {**reused, **ALARMS},
        "boundary, strict": {
            "role__permissions_boundary": f"arn:{partition}:iam::{ACCOUNT}:policy/Bound",
            "role__path": "/palisade/",
            "role__extra_actions": ("kms:Decrypt", "s3:ListBucket", "s3:PutObjectTagging", "sts:TagSession"),
            "storage__encryption_headers": "strict",
            "hardening__trail": "create",
            "hardening__data_events": "write",
        },
        "account-regional, MFA Delete": {
            "storage__namespace": "account-regional",
            "storage__bucket": f"acme-{ACCOUNT}-{region}-an",
            "storage__access_logs": True,
            "hardening__mfa_delete": "planned",
        },
    }
    beside_others = {"storage__kms_key": key, **reused, **ALARMS}
    return (
        *(_case(name, region, partition, values) for name, values in ways.items()),
        _case("given key, reused trail", region, partition, beside_others, foreign),
    )


CASES = tuple(
    case
    for region, partition in (
        ("eu-west-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
    )
    for case in _of(region, partition)
)
