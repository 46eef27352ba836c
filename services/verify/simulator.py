"""IAM's own simulator, asked about the policies as AWS has them now. It changes nothing and makes no other request.

Its limits: it takes no resource policy for a role. A bucket policy that is for everybody alike is therefore simulated
for a user who has the role's policies, which comes to the same; for any other the role's policies are simulated alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.model.calls import Aws, Call
from services.model.policy_conditions import Answer
from services.model.policy_reading import Document, condition_keys, names_nobody
from services.model.values import Tree, document, entries, items
from services.verify.policy_documents import Documents, Where
from services.verify.policy_rows import Row

NOT_TAKEN = frozenset(
    {"InvalidInput", "InvalidInputException", "PolicyEvaluation", "PolicyEvaluationException"}
)
"""Codes that say that the simulator cannot answer this question, not that nobody may ask."""

_TYPES: Mapping[str, str] = {
    "aws:securetransport": "boolean",
    "aws:viaawsservice": "boolean",
    "aws:principalisawsservice": "boolean",
    "s3:tlsversion": "numeric",
}

_OF_THE_CALLER = ("aws:principal", "aws:user")
_NOT_OF_THE_CALLER = frozenset({"aws:principalisawsservice"})


@dataclass(frozen=True)
class Simulated:
    """What the simulator says of each action of a row; None where values that nobody knows could change it."""

    answers: Mapping[str, Answer]
    unknown: tuple[str, ...] = ()


def takes(policy: Document | None) -> bool:
    """Whether a bucket policy can be simulated: it names nobody, and looks at nothing that a user has otherwise."""
    if policy is None:
        return True
    asked = condition_keys(policy).keys() - _NOT_OF_THE_CALLER
    return names_nobody(policy) and not any(key.startswith(_OF_THE_CALLER) for key in asked)


def question(row: Row, found: Documents, where: Where) -> Call:
    """The row as a call of `SimulateCustomPolicy`."""
    bucket = found.bucket if row.on == "bucket" and takes(found.bucket) else None
    boundary = found.boundary
    given = [*found.role, *([boundary] if boundary else []), *([bucket] if bucket else [])]
    asked = {key: spelt for policy in given for key, spelt in condition_keys(policy).items()}
    params: dict[str, Tree] = {
        "PolicyInputList": [_text(policy) for policy in found.role],
        "ActionNames": list(row.actions),
        "ResourceArns": [row.resource],
        "ContextEntries": [
            _entry(key, spelt, row.context[key]) for key, spelt in sorted(asked.items()) if key in row.context
        ],
    }
    if boundary is not None:
        params["PermissionsBoundaryPolicyInputList"] = [_text(boundary)]
    if bucket is not None:
        params["ResourcePolicy"] = _text(bucket)
        params["CallerArn"] = f"arn:{where.partition}:iam::{where.account}:user/palisade-wizard-simulation"
    return Call("iam", "SimulateCustomPolicy", params)


def simulate(aws: Aws, row: Row, found: Documents, where: Where) -> Simulated:
    """Asks. Raises `Refused` if AWS does not answer."""
    results = [entries(r) for r in items(aws(question(row, found, where)).get("EvaluationResults"))]
    answers: dict[str, Answer] = dict.fromkeys(row.actions)
    unknown: set[str] = set()
    for result in results:
        action, missing = str(result.get("EvalActionName")), _missing(result, row)
        unknown |= missing
        if action in answers and not missing:
            answers[action] = _decision(result, row.resource)
    return Simulated(answers, tuple(sorted(unknown)))


def _text(policy: Document) -> str:
    return json.dumps(document(policy.content), sort_keys=True)


def _entry(key: str, spelt: str, value: str) -> Tree:
    kind = _TYPES.get(key, "string")
    return {"ContextKeyName": spelt, "ContextKeyValues": [value], "ContextKeyType": kind}


def _specific(result: Mapping[str, Tree]) -> Iterable[Mapping[str, Tree]]:
    return [entries(found) for found in items(result.get("ResourceSpecificResults"))]


def _missing(result: Mapping[str, Tree], row: Row) -> set[str]:
    """The condition keys whose values the simulator lacked, but for those that such a request never has."""
    told = [key for part in (result, *_specific(result)) for key in items(part.get("MissingContextValues"))]
    return {str(key).lower() for key in told} - row.absent


def _decision(result: Mapping[str, Tree], resource: str) -> Answer:
    for found in _specific(result):
        if found.get("EvalResourceName") == resource:
            return _ANSWERS.get(str(found.get("EvalResourceDecision")))
    return _ANSWERS.get(str(result.get("EvalDecision")))


_ANSWERS: Mapping[str, bool] = {"allowed": True, "explicitDeny": False, "implicitDeny": False}
