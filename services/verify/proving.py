"""What the policies of a set-up allow and refuse: what a verification proves of it, and what it tries for real."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from services.answers import place
from services.aws.guards import ReadOnly
from services.desk import Desk, Planned
from services.engine.world import Present
from services.model.values import Ref
from services.verify.checks import Check
from services.verify.policy_documents import Where
from services.verify.policy_proofs import policy_proofs
from services.verify.probes import announced, probe_all


@dataclass
class Proven:
    """The proofs of an earlier look, and the policies that they were made for: IAM is not asked about them again."""

    policies: str = ""
    checks: tuple[Check, ...] = ()


def proofs(desk: Desk, seen: Planned, before: Proven) -> tuple[Check, ...]:
    """What IAM's simulator, and where it cannot be asked our own reading, says of the policies; reads only."""
    where = _where(desk, seen)
    if where is None:
        return ()
    sides = sorted(seen.world.sides.items())
    policies = repr([(address, side) for address, side in sides if _matters(address)])
    if before.policies != policies or any(check.status in {"waiting", "unknown"} for check in before.checks):
        extra, aws = desk.setup.answers.texts("role.extra_actions"), ReadOnly(desk.aws)
        before.policies = policies
        before.checks = policy_proofs(aws, where, strict=_strict(desk), extra=extra, endpoint=desk.endpoint)
    return before.checks


def _matters(address: str) -> bool:
    return address.startswith("role.") or address == "bucket.policy"


def probe_words(desk: Desk, seen: Planned) -> tuple[str, ...]:
    """What `probe` will try, to be said before it does."""
    where = _where(desk, seen)
    return () if where is None else announced(where, strict=_strict(desk))


def probe(desk: Desk, seen: Planned) -> tuple[Check, ...]:
    """Tries for real what the bucket policy must refuse: the one part of a verification that may write."""
    where = _where(desk, seen)
    if where is None:
        return ()
    name = str(uuid.uuid4())
    return tuple(probe_all(desk.aws, where, strict=_strict(desk), name=name, endpoint=desk.endpoint))


def _where(desk: Desk, seen: Planned) -> Where | None:
    """What the policy proofs look at; None while the role, the bucket or the key is missing."""
    key, role = seen.world.output(Ref("key")), seen.world.output(Ref("role"))
    if key is None or role is None or not isinstance(seen.world.resources.get("bucket"), Present):
        return None
    here = place(desk.setup.answers, desk.identity.account)
    name, bucket = (desk.setup.answers.text(k) for k in ("role.name", "storage.bucket"))
    return Where(name, role, bucket, key, here.account, here.region, here.partition)


def _strict(desk: Desk) -> bool:
    return desk.setup.answers.text("storage.encryption_headers") == "strict"
