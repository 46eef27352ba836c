"""Scenes whose policies are changed one at a time, the cells that differ, and a judge of single requests that is not ours."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

from ministack.core.iam_evaluator import (
    EvalContext,
    EvalResult,
    combine_resource_policy,
    evaluate,
    evaluate_resource_policy,
    evaluate_trust_policy,
    parse_policy_document,
)

from services.engine.world import Have, World
from services.overview.matrix import Bench, Cell, Judged, Matrix, bench, judged, matrix, tries
from services.overview.scene import Scene
from tests.judge import plain
from tests.world import ACCOUNT, ALARMS, BUCKET, EXTERNAL_ID, HARD, TRAIL, sample, sample_blueprint

WHOLE = {**HARD, **TRAIL, **ALARMS}
FILES = f"arn:aws:s3:::{BUCKET}/*"
STRANGER = "arn:aws:iam::999988887777:root"
WRITE, READ, LIST = "Write a backup", "Read a backup", "List the bucket"
ENCRYPT, DECRYPT = "Encrypt with the KMS key", "Decrypt with the KMS key"
KEY_ROWS = (ENCRYPT, DECRYPT, "Change or delete the KMS key")
BACKUP_ROWS = (
    *(WRITE, READ, "Delete a backup (recoverable)", "Delete a version for good", LIST),
    "Change the bucket's policy",
)
WITH_ID, WITHOUT_ID = "Assume role with external ID", "Assume role with other or no ID"
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"StringEquals": {"aws:PrincipalAccount": "999988887777"}},
    {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
    {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
    {"StringNotEqualsIfExists": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
    {"Null": {"s3:x-amz-server-side-encryption": "true"}},
)
TLS = "Never over plain HTTP or over a TLS older than 1.2."
_SIGNING_IN = "sts:AssumeRoleWithWebIdentity"
"""The one way of a provider's users that the other evaluator knows: no policy here tells it from SAML."""
Change = Callable[[list[dict[str, Any]]], object]
"""Something done to the statements of a policy."""


def scene(**answers: object) -> Scene:
    """A set-up that AWS was not asked about."""
    return Scene(sample(**answers), ACCOUNT, sample_blueprint(**answers))


def changed(before: Scene, changes: Mapping[str, Change]) -> Scene:
    """The set-up as if AWS had these policies, each by its address, with a change made to it."""
    sides = dict(before.world.sides)
    for address, change in changes.items():
        content = copy.deepcopy(plain(before.policies()[address].content))
        change(content["Statement"])
        sides[address] = Have(content)
    world = World(before.world.resources, sides)
    return Scene(before.answers, before.account, before.blueprint, world, after=False)


def without(sid: str) -> Change:
    """Takes a statement of ours away."""

    def change(statements: list[dict[str, Any]]) -> None:
        (gone,) = [one for one in statements if one.get("Sid") == f"PalisadeWizard{sid}"]
        statements.remove(gone)

    return change


def adding(action: str | list[str], on: str | list[str] = "*", **more: Any) -> Change:
    """Adds a statement of somebody else."""
    return lambda statements: statements.append(
        {"Sid": "Foreign", "Effect": "Allow", "Action": action, "Resource": on, **more}
    )


def cells(found: Matrix) -> dict[tuple[str, str], Cell]:
    """Every cell by its row and column."""
    return {(row.says, column): cell for row in found.rows for column, cell in row.cells.items()}


@cache
def sandbox() -> Scene:
    """The plainest set-up, made once."""
    return scene()


@cache
def _of_sandbox() -> dict[tuple[str, str], Cell]:
    return cells(matrix(sandbox()))


def differing(before: Scene, after: Scene) -> dict[tuple[str, str], Cell]:
    """The cells that a change made others, as they are then."""
    old = _of_sandbox() if before is sandbox() else cells(matrix(before))
    return {where: cell for where, cell in cells(matrix(after)).items() if old.get(where) != cell}


class OtherJudge:
    """An evaluator that is not ours, over the policies of one set-up."""

    def __init__(self, by: Bench) -> None:
        self._policies = {name: plain(document.content) for name, document in by.policies.items()}
        self._own = {
            asker.principal: [parse_policy_document(plain(one.content)) for one in asker.own]
            for askers in by.columns.values()
            for asker in askers
            if asker.own is not None
        }

    def allows(self, judged: Judged) -> bool:
        """Whether it lets the request through."""
        asker, request, on = judged.asker, judged.request, judged.need.on
        policy = self._policies["role.trust" if on == "role" else f"{on}.policy"]
        who = f"arn:aws:iam::{asker.account}:root" if asker.principal == asker.account else asker.principal
        asked = EvalContext(
            principal_arn=who,
            principal_type="User",
            principal_account=asker.account,
            action=request.action,
            resource_arn=request.resource,
            region="eu-west-1",
            secure_transport=request.context.get("aws:securetransport") == "true",
            service_context=dict(request.context),
        )
        if asker.kind == "Service":
            return _yes(evaluate_resource_policy(policy, asked, service=asker.principal))
        if asker.kind == "Federated" and on == "role":
            return bool(evaluate_trust_policy(policy, who, replace(asked, action=_SIGNING_IN)))
        if not asker.account:
            return _yes(evaluate_resource_policy(policy, asked))
        own = self._own.get(asker.principal)
        identity = EvalResult("Allow") if own is None else evaluate(asked, own)
        if on == "role":
            lets_in = bool(evaluate_trust_policy(_for_no_service(policy), who, asked))
            return lets_in and self._may_assume(identity, policy, asked)
        required = on.endswith("key")
        return _yes(combine_resource_policy(identity, asked, policy, ACCOUNT, required))

    @staticmethod
    def _may_assume(identity: EvalResult, policy: Any, asked: EvalContext) -> bool:
        """Whoever a trust policy lets in as one of the account needs a right as well; whom it names does not."""
        named = evaluate_resource_policy(_everywhere(policy), asked, named_only=True)
        return _yes(identity) or _yes(named)


def every_request(by: Bench) -> Iterator[Judged]:
    """Every request that the matrix is made of."""
    for part in by.parts:
        for verb, askers in product(part.verbs, by.columns.values()):
            for asker, variation in product(askers, (None, *verb.variations)):
                for who, way in tries(verb, asker):
                    yield from (judged(by, who, need, variation) for need in way)


def no_opinion_of_its_own(found: Scene, *, sure: bool = True) -> int:
    """Holds every request of a matrix against the other evaluator; how many there were."""
    by, count = bench(found), 0
    other = OtherJudge(by)
    for one in every_request(by):
        if one.finding.allowed is None:
            # For whom a service comes to read is not known.
            assert not sure or one.asker.kind == "Service", one
            continue
        count += 1
        assert one.finding.allowed is other.allows(one), one
    return count


def _for_no_service(policy: Any) -> Any:
    """A trust policy without what it says to services: this evaluator takes an account's root for each of them."""
    return {**policy, "Statement": [one for one in policy["Statement"] if "Service" not in one["Principal"]]}


def _everywhere(policy: Any) -> Any:
    return {**policy, "Statement": [{"Resource": "*", **one} for one in policy["Statement"]]}


def _yes(found: EvalResult) -> bool:
    return str(found.decision) == "Allow"
