"""Plans as JSON, and whether a plan that somebody saw and saved is still what would be done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services import json_text
from services.desk import Desk, Planned
from services.engine.steps_json import step_json
from services.model.values import bare
from services.problems import refuse


def plan_json(desk: Desk, planned: Planned) -> dict[str, object]:
    """The contract's JSON shape of a plan."""
    return {
        **_aims(desk),
        "fingerprint": fingerprint(desk, planned),
        "steps": [step_json(step) for step in planned.plan.steps],
        "costs": list(planned.costs),
        "warnings": [
            {"topic": one.topic, "key": one.key, "says": one.says, "remedy": one.remedy}
            for one in desk.warnings
        ],
        "notes": [{"address": note.address, "says": note.says} for note in planned.plan.notes],
    }


def saved_json(desk: Desk, planned: Planned) -> dict[str, object]:
    """What `plan --out` saves: the same, with the id of this one plan."""
    return {**plan_json(desk, planned), "id": planned.id}


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


@dataclass(frozen=True)
class Approved:
    """The plan that somebody saw and agreed to; `id` is empty in one that was saved without it."""

    fingerprint: str
    id: str


def check_saved(desk: Desk, planned: Planned, saved: bytes) -> Approved:
    """Refuses if the saved plan is not what would be done now, or what remains of it after an interrupted run."""
    try:
        content = json_text.parsed(saved)
        approved = _approved(content)
        fits = is_rest(desk, planned, content)
    except (ValueError, KeyError, TypeError):
        raise refuse(
            "unreadable-file", "The plan file is no plan.", "Make one with 'palisade-wizard plan --out F'."
        ) from None
    if not fits:
        raise refuse(
            "stale",
            "The saved plan does not fit any more: the answers or AWS have changed since it was made.",
            "Make a new plan, look at it, and apply that one.",
        )
    return approved


def is_rest(desk: Desk, planned: Planned, approved: Mapping[str, Any]) -> bool:
    """Whether everything that would be done now stands in the plan that was approved (`saved_json`), or in its rest.

    A rest is only there once the plan was begun. What a run has done is done with: where it differs again, somebody
    changed it since, and nobody has approved to write over that.
    """
    steps = {(s["address"], _kind(s["verb"])): s["before"] for s in approved["steps"]}
    same = all(approved[name] == value for name, value in _aims(desk).items())
    seen = _approved(approved)
    done = desk.journal.done_of(seen.fingerprint, seen.id)
    if seen.fingerprint == fingerprint(desk, planned):
        # Without an id nobody can tell one that was done from one that was made anew, of the same content, after that.
        return not seen.id or done is None or done.isdisjoint(step.address for step in planned.plan.steps)
    return (
        same
        and done is not None
        and all(
            step.address not in done
            and (step.address, _kind(step.verb)) in steps
            # None: the thing itself was not there yet, and what is set on one that a run has made replaces what it has.
            and steps[step.address, _kind(step.verb)] in (None, step.before)
            for step in planned.plan.steps
        )
    )


def _approved(content: Mapping[str, Any]) -> Approved:
    found = Approved(content["fingerprint"], content.get("id", ""))
    if not (isinstance(found.fingerprint, str) and isinstance(found.id, str)):
        raise TypeError
    return found


def _aims(desk: Desk) -> dict[str, object]:
    """Where a plan leads, in the words of `plan_json`."""
    return {
        "setup": desk.setup_id,
        "account": desk.identity.account,
        "region": desk.setup.answers.text("aws.region"),
        "endpoint": desk.endpoint,
        "wants": wants(desk),
    }


def _kind(verb: str) -> str:
    """One that was to be set may be there by now, with another value, and is changed."""
    return "set" if verb == "change" else verb
