"""Whether this set-up has something in common with one of the other environment on this computer."""

from __future__ import annotations

from services.desk import Desk
from services.separation.apart import Warned
from services.verify.checks import Check

TITLES = {
    "recovery_key": "Separation: the recovery key serves one environment",
    "principal": "Separation: the writer that is trusted is of this environment",
    "external_id": "Separation: the external ID is of this environment",
}


def apart(desk: Desk) -> tuple[Check, ...]:
    """One line for each thing that the environments should not share; none where there is nothing to compare with.

    What they must not share (bucket, role, KMS key) is refused before anything is verified.
    """
    if not desk.others and not desk.untold:
        return ()
    warned = {one.topic: one for one in desk.warnings}
    return tuple(_check(topic, title, desk, warned.get(topic)) for topic, title in TITLES.items())


def _check(topic: str, title: str, desk: Desk, warned: Warned | None) -> Check:
    identifier = f"config.{topic}.apart"
    if warned is not None:
        return Check(identifier, title, "warn", warned.says, warned.remedy)
    if desk.untold:
        says = " ".join(one.says for one in desk.untold)
        return Check(identifier, title, "warn", says, " ".join(one.remedy for one in desk.untold))
    names = ", ".join(other.name for other in desk.others)
    return Check(identifier, title, "pass", f"Compared with {names} on this computer.")
