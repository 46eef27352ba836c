"""A plan's steps in the contract's JSON."""

from __future__ import annotations

from services.engine.plan import Step
from services.model.values import shown
from services.problems import as_json


def step_json(step: Step) -> dict[str, object]:
    """The contract's JSON shape of a step; confidential values are masked."""
    return {
        "address": step.address,
        "verb": step.verb,
        "says": step.says,
        "reason": _reason(step),
        "before": step.before,
        "after": step.after,
        "before_value": shown(step.have),
        "after_value": shown(step.target),
        "risk": step.risk,
        "call": {"service": step.call.service, "op": step.call.op} if step.call else None,
        "problem": as_json(step.problem) if step.problem else None,
    }


def _reason(step: Step) -> str:
    match step.verb:
        case "create":
            return "It does not exist yet."
        case "set":
            return "It is not set yet."
        case "change":
            return "It is not as this set-up wants it."
        case "adopt":
            return "It exists already and was not made by this set-up."
        case "blocked":
            return step.problem.summary if step.problem else ""
        case "delete":
            return "It was made by this set-up."
