"""IAM's simulator for tests: replies of the shape that AWS's model has, decided by an evaluator that is not ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ministack.core.iam_evaluator import EvalContext, combine_resource_policy, evaluate, parse_policy_document

from services.model.calls import Aws, Call, Refused, Reply

_WORDS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}


@dataclass
class Simulating:
    """Answers `SimulateCustomPolicy`, and hands every other call on."""

    aws: Aws
    account: str
    asked: list[Call] = field(default_factory=list)
    refuses: tuple[str, int] | None = None
    """A code and status with which every question is refused."""
    knows: frozenset[str] | None = None
    """The only actions that it takes; any other makes a question invalid, as AWS does with unknown ones."""

    def __call__(self, call: Call) -> Reply:
        if call.name != "iam:SimulateCustomPolicy":
            return self.aws(call)
        self.asked.append(call)
        if self.refuses is not None:
            raise Refused(call, self.refuses[0], "Not this one.", self.refuses[1])
        params: Mapping[str, Any] = call.params
        assert params["PolicyInputList"], "AWS takes no empty list"
        if self.knows is not None and not set(params["ActionNames"]) <= self.knows:
            raise Refused(call, "InvalidInput", "Invalid Action name.", 400)
        (resource,) = params["ResourceArns"]
        return {
            "EvaluationResults": [self._result(params, a, resource) for a in params["ActionNames"]],
            "IsTruncated": False,
        }

    def _result(self, params: Mapping[str, Any], action: str, resource: str) -> dict[str, Any]:
        given = {e["ContextKeyName"].lower(): e["ContextKeyValues"][0] for e in params["ContextEntries"]}
        documents = [*params["PolicyInputList"], *params.get("PermissionsBoundaryPolicyInputList", ())]
        own, limits = params["PolicyInputList"], params.get("PermissionsBoundaryPolicyInputList")
        request = EvalContext(
            principal_arn=params.get("CallerArn", f"arn:aws:iam::{self.account}:user/nobody"),
            principal_type="User",
            principal_account=self.account,
            action=action,
            resource_arn=resource,
            region="eu-west-1",
            secure_transport=given.get("aws:securetransport") == "true",
            service_context=given,
        )
        layers = [[parse_policy_document(d) for d in limits]] if limits else []
        decision = evaluate(request, [parse_policy_document(d) for d in own], *layers)
        if "ResourcePolicy" in params:
            documents.append(params["ResourcePolicy"])
            decision = combine_resource_policy(
                decision, request, json.loads(params["ResourcePolicy"]), self.account
            )
        word = _WORDS[decision.decision]
        specific = {
            "EvalResourceName": resource,
            "EvalResourceDecision": word,
            "MatchedStatements": [],
            "MissingContextValues": sorted(_keys(documents) - given.keys()),
        }
        template = "arn:${Partition}:s3:::${BucketName}/${KeyName}"
        return {
            "EvalActionName": action,
            "EvalResourceName": template,
            "EvalDecision": word,
            "MatchedStatements": [],
            "MissingContextValues": [],
            "EvalDecisionDetails": {},
            "ResourceSpecificResults": [specific],
        }


def _keys(documents: Sequence[str]) -> set[str]:
    statements = [s for d in documents for s in json.loads(d)["Statement"]]
    return {k.lower() for s in statements for tests in s.get("Condition", {}).values() for k in tests}
