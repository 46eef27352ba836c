"""Plans as JSON, and whether a plan that somebody saw and saved is still what would be done."""

from __future__ import annotations

import hashlib
import json

from services import json_text
from services.desk import Desk, Planned
from services.engine.steps_json import step_json
from services.model.values import bare
from services.problems import refuse


def plan_json(desk: Desk, planned: Planned) -> dict[str, object]:
    """The contract's JSON shape of a plan; also what `plan --out` saves."""
    return {
        "setup": desk.setup_id,
        "account": desk.identity.account,
        "region": desk.setup.answers.text("aws.region"),
        "endpoint": desk.endpoint,
        "fingerprint": fingerprint(desk, planned),
        "wants": wants(desk),
        "steps": [step_json(step) for step in planned.plan.steps],
        "costs": list(planned.costs),
        "warnings": [
            {"topic": one.topic, "key": one.key, "says": one.says, "remedy": one.remedy}
            for one in desk.warnings
        ],
        "notes": [{"address": note.address, "says": note.says} for note in planned.plan.notes],
    }


def fingerprint(desk: Desk, planned: Planned) -> str:
    """Equal exactly for equal plans of the same setup in the same account and region."""
    place = [desk.setup_id, desk.identity.account, desk.setup.answers.text("aws.region")]
    return hashlib.sha256(json.dumps([*place, planned.plan.fingerprint]).encode()).hexdigest()


def wants(desk: Desk) -> str:
    """SHA-256 over everything that the answers want in AWS: equal exactly for equal answers, whatever AWS has."""
    content = [
        [
            r.name,
            bare(r.create.params if r.create else None),
            [[f.name, bare(f.want)] for f in r.facets("created")],
        ]
        for r in desk.blueprint
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def check_saved(desk: Desk, planned: Planned, saved: bytes) -> None:
    """Refuses if the saved plan is not what would be done now, or what remains of it after an interrupted run."""
    stale = refuse(
        "stale",
        "The saved plan does not fit any more: the answers or AWS have changed since it was made.",
        "Make a new plan, look at it, and apply that one.",
    )
    try:
        content = json_text.parsed(saved)
        steps = {(step["address"], step["verb"]) for step in content["steps"]}
        wanted, setup, answers = content["fingerprint"], content["setup"], content["wants"]
    except (ValueError, KeyError, TypeError):
        raise refuse(
            "unreadable-file", "The plan file is no plan.", "Make one with 'palisade-wizard plan --out F'."
        ) from None
    if wanted == fingerprint(desk, planned):
        return
    begun = any(e.get("event") == "plan" and e.get("fingerprint") == wanted for e in desk.journal.entries())
    now = {(step.address, "set" if step.verb == "change" else step.verb) for step in planned.plan.steps}
    before = {(address, "set" if verb == "change" else verb) for address, verb in steps}
    if setup != desk.setup_id or answers != wants(desk) or not begun or not now <= before:
        raise stale
