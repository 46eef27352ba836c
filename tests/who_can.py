"""Scenes whose policies are changed one at a time, the cells that differ, and a judge of single requests that is not ours."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
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
from services.model.policy_reading import Document
from services.overview.matrix import Bench, Cell, Judged, Matrix, matrix
from services.overview.scene import Scene, policy_of
from tests.judge import plain
from tests.world import ACCOUNT, sample, sample_blueprint

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


def differing(before: Scene, after: Scene) -> dict[tuple[str, str], Cell]:
    """The cells that a change made others, as they are then."""
    old = cells(matrix(before))
    return {where: cell for where, cell in cells(matrix(after)).items() if old.get(where) != cell}


def other_judge(by: Bench, judged: Judged) -> bool:
    """Whether an evaluator that is not ours lets the request through."""
    asker, request = judged.asker, judged.request
    policy = _given(policy_of(by.policies, judged.need.on))
    context = {name: value for name, value in request.context.items() if value}
    who = f"arn:aws:iam::{asker.account}:root" if asker.principal == asker.account else asker.principal
    asked = EvalContext(
        principal_arn=who,
        principal_type="User",
        principal_account=asker.account,
        action=request.action,
        resource_arn=request.resource,
        region="eu-west-1",
        secure_transport=context.get("aws:securetransport") == "true",
        service_context=context,
    )
    if asker.kind == "Service":
        return str(evaluate_resource_policy(policy, asked, service=asker.principal).decision) == "Allow"
    if judged.need.on == "role":
        return bool(evaluate_trust_policy(policy, who, asked)) and (
            asker.own is None or _may(asker.own, asked)
        )
    if not asker.account:
        return str(evaluate_resource_policy(policy, asked).decision) == "Allow"
    identity = EvalResult("Allow") if asker.own is None else _own(asker.own, asked)
    required = judged.need.on.endswith("key")
    return str(combine_resource_policy(identity, asked, policy, ACCOUNT, required).decision) == "Allow"


def _own(own: tuple[Document, ...], asked: EvalContext) -> EvalResult:
    return evaluate(asked, [parse_policy_document(_given(one)) for one in own])


def _may(own: tuple[Document, ...], asked: EvalContext) -> bool:
    """A trust policy may let in somebody by name; whoever it lets in as one of the account needs a right as well."""
    return str(_own(own, asked).decision) == "Allow"


def _given(document: Document) -> Any:
    return plain(document.content)
