"""What a person must agree to by name before a plan is carried out."""

from __future__ import annotations

from collections.abc import Iterable

from services.engine.plan import Plan, Step
from services.problems import Problem

RISKS = ("adopt", "cost", "irreversible", "principal")


def lacking(plan: Plan, accepted: Iterable[str]) -> tuple[Step, ...]:
    """The steps whose risk nobody accepted; `accepted` holds `RISK` or `RISK:ADDRESS`."""
    given = frozenset(accepted)
    return tuple(
        step
        for step in plan.steps
        if step.risk is not None and not given & {step.risk, f"{step.risk}:{step.address}"}
    )


def problem(steps: tuple[Step, ...]) -> Problem:
    """Says which consent is missing and how to give it."""
    first = steps[0]
    flags = " ".join(dict.fromkeys(f"--accept {step.risk}:{step.address}" for step in steps))
    return Problem(
        "consent",
        f"This needs your consent and nothing was changed: {first.says} ({first.risk}).",
        (f"Look at the plan; if you agree, add {flags}.",),
        first.address,
    )
