"""Every word that a journal or a list of errors can rightly hold: what is none of them was put there by somebody else."""

from __future__ import annotations

import re
from functools import cache

from services.answers import Answers
from services.aws.codes import CODES
from services.blueprint import blueprint
from services.model.operations import OPERATIONS
from services.questions import BY_KEY

_ACCOUNT = "123456789012"
_SAMPLE: dict[str, object] = {
    "setup.id": "00000000-0000-4000-8000-000000000000",
    "setup.name": "sample",
    "setup.environment": "production",
    "aws.region": "eu-west-1",
    "palisade.principal_arn": f"arn:aws:iam::{_ACCOUNT}:root",
    "palisade.external_id": "sample",
    "storage.bucket": "sample",
    "role.permissions_boundary": f"arn:aws:iam::{_ACCOUNT}:policy/sample",
    "hardening.alarm_email": "sample@example.com",
}
_OTHERS: tuple[dict[str, object], ...] = (
    {},
    {"hardening.trail": f"arn:aws:cloudtrail:eu-west-1:{_ACCOUNT}:trail/sample"},
    {"hardening.mfa_delete": "planned", "storage.noncurrent_versions": 0, "storage.noncurrent_days": 0},
)
"""The kinds of set-ups that there are: all of it, with a trail of others, with MFA Delete."""

_CALL = re.compile(r"([a-z0-9-]+:[A-Za-z0-9]+)(?: \(([A-Za-z0-9.]+)\))?")
_PHRASES = (
    "explicit deny", "service control policy", "resource control policy", "permissions boundary", "session policy",
    "resource-based policy", "identity-based policy", "invalid principal", "signature expired",
)  # fmt: skip


@cache
def addresses() -> frozenset[str]:
    """Every address that a plan can have."""
    found: set[str] = set()
    for other in _OTHERS:
        for resource in blueprint(Answers().updated({**_SAMPLE, **other}), _ACCOUNT):
            found.add(resource.name)
            found.update(f"{resource.name}.{facet.name}" for facet in resource.facets("created"))
    return frozenset(found)


def address(text: object) -> str:
    """The address, if there can be such a one."""
    return text if isinstance(text, str) and text in addresses() else ""


def place(text: object) -> str:
    """Where a problem was: a call and AWS's code, an answer, or an address; empty for anything else."""
    if not isinstance(text, str):
        return ""
    if text in BY_KEY or text in addresses():
        return text
    call = _CALL.fullmatch(text)
    if call is None or call.group(1) not in OPERATIONS:
        return ""
    code = call.group(2)
    if code is None:
        return call.group(1)
    return f"{call.group(1)} ({code if code in CODES else 'a code that is not listed'})"


def essence(text: str) -> tuple[str, ...]:
    """What a refusal says that is worth knowing: actions and kinds of policies. Nothing else of it is passed on."""
    actions = {action for operation in OPERATIONS.values() for action in operation.actions}
    named = dict.fromkeys(word for word in re.findall(r"[a-z0-9-]+:[A-Za-z]+", text) if word in actions)
    low = text.lower()
    return (*named, *(phrase for phrase in _PHRASES if phrase in low))
