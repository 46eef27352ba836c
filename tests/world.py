"""A sample setup, and the whole journey over it in few words: observe, plan, apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.answers import Answers
from services.blueprint import blueprint
from services.clock import Clock
from services.engine.apply import apply
from services.engine.observe import Ownership, observe
from services.engine.plan import Plan, plan
from services.engine.world import World
from services.events import Event, Finished
from services.model.calls import Aws, Call
from services.model.resource import Blueprint
from services.model.values import Ref
from tests.ports import FakeClock

ACCOUNT = "123456789012"
"""The account that moto answers for."""

SETUP = "0b8f3c1e-6d5a-4c1b-9a51-2f6f0e1d7a10"
OTHER_SETUP = "7d9a2b64-1c0f-4f5e-8a3b-5e4d3c2b1a09"
BUCKET = "acme-palisade-backup-sandbox"
ROLE = "PalisadeS3BackupRole-sandbox"
EXTERNAL_ID = "acme-4f1c2d3e-external"
PRINCIPAL = "arn:aws:iam::444455556666:role/palisade-mpc"
KEY_ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_GIVEN: Mapping[str, object] = {
    "setup.id": SETUP,
    "setup.name": "acme-sandbox",
    "setup.environment": "sandbox",
    "aws.region": "eu-west-1",
    "aws.account": ACCOUNT,
    "palisade.principal_arn": PRINCIPAL,
    "palisade.external_id": EXTERNAL_ID,
    "storage.bucket": BUCKET,
    "role.name": ROLE,
}


TRAIL = {"hardening__trail": "create", "hardening__data_events": "all"}
"""A trail of the set-up's own, as production has it."""

ALARMS = {"hardening__alarms": True, "hardening__alarm_email": "security@example.com"}
"""Alarms, for a set-up that has a trail."""

TRAIL_BUCKET = f"{BUCKET}-trail"
TRAIL_ARN = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/palisade-acme-sandbox"
LOG_GROUP = "palisade/acme-sandbox/cloudtrail"
LOG_ROLE = "PalisadeTrailLogs-acme-sandbox"
LOG_BUCKET = f"{BUCKET}-access-logs"
HARD: Mapping[str, object] = {
    "storage__noncurrent_versions": 10,
    "storage__noncurrent_days": 90,
    "storage__object_lock": "compliance",
    "storage__object_lock_days": 365,
    "storage__access_logs": True,
    "hardening__inventory": True,
}
"""What production has by default: everything about the buckets turned on."""


def sample(**values: object) -> Answers:
    """The sample answers; keys are given with two underscores for the dot."""
    return Answers().updated(_GIVEN).with_(**values)


def tagged(answers: Answers, **tags: str) -> Answers:
    """The answers with free tags."""
    return replace(answers, tags=tags)


def sample_blueprint(**values: object) -> Blueprint:
    return blueprint(sample(**values), ACCOUNT)


@dataclass(frozen=True)
class Journey:
    """One setup against one AWS."""

    aws: Aws
    blueprint: Blueprint = field(default_factory=sample_blueprint)
    setup: str = SETUP
    begun: Mapping[str, datetime] = field(default_factory=dict)
    clock: Clock = field(default_factory=FakeClock)

    def observe(self) -> World:
        return observe(self.blueprint, self.aws, Ownership(self.setup, self.begun), workers=1)

    def plan(self) -> Plan:
        return plan(self.blueprint, self.observe())

    def events(self, seen: World | None = None) -> Iterator[Event]:
        """What happens when everything is applied, from what was seen or from what is seen now."""
        world = seen or self.observe()
        return apply(plan(self.blueprint, world), world, self.aws, self.clock)

    def run(self, seen: World | None = None) -> Finished:
        """Applies everything; the last event."""
        last = list(self.events(seen))[-1]
        assert isinstance(last, Finished)
        return last


def addresses(found: Plan) -> list[str]:
    return [step.address for step in found.steps]


def sample_lookup(partition: str = "aws", region: str = "eu-west-1") -> Any:
    """Values for every reference that a blueprint holds."""
    key = "1234abcd-12ab-34cd-56ef-1234567890ab"
    values = {
        Ref("key"): f"arn:{partition}:kms:{region}:{ACCOUNT}:key/{key}",
        Ref("key", "id"): key,
        Ref("bucket"): f"arn:{partition}:s3:::{BUCKET}",
        Ref("log_bucket"): f"arn:{partition}:s3:::{LOG_BUCKET}",
        Ref("log_bucket", "id"): LOG_BUCKET,
        Ref("role"): f"arn:{partition}:iam::{ACCOUNT}:role/{ROLE}",
        Ref("log_key"): f"arn:{partition}:kms:{region}:{ACCOUNT}:key/{key[::-1]}",
        Ref("log_key", "id"): key[::-1],
        Ref("trail", "home"): region,
        Ref("trail", "log_group"): "palisade/acme-sandbox/cloudtrail",
        Ref("topic"): f"arn:{partition}:sns:{region}:{ACCOUNT}:palisade-acme-sandbox-alarms",
    }
    return values.get


def do(aws: Aws, service: str, op: str, **params: Any) -> Any:
    """One direct call, past the engine: what another program or a person did."""
    return aws(Call(service, op, params))
