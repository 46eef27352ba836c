"""Several set-ups side by side: what each uses, and what two of them share that should be apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from services.export.document import custody
from services.export.document.facts import Findings
from services.export.document.markdown import code, items, table, text

_PARTS = (
    ("Bucket", "bucket"),
    ("Role", "role"),
    ("KMS key", "key"),
    ("Trail", "trail"),
    ("Bucket of the trail", "trail_bucket"),
    ("Bucket of the access logs", "log_bucket"),
    ("KMS key of the records", "log_key"),
    ("Topic of the alarms", "topic"),
)


def told(found: Sequence[Findings]) -> Iterator[str]:
    """The table, and what is shared."""
    names = [_name(one) for one in found]
    rows = [
        ("Environment", *(text(one.subject.setup.answers.text("setup.environment")) for one in found)),
        ("AWS account", *(code(one.subject.account) for one in found)),
        ("Region", *(code(one.subject.setup.answers.text("aws.region")) for one in found)),
        *((label, *(_cell(one, part) for one in found)) for label, part in _PARTS),
        ("Alarms", *(_alarms(one) for one in found)),
        ("Recovery key", *(_keys(one) for one in found)),
        ("State", *(_state(one) for one in found)),
    ]
    yield table(("", *map(text, names)), rows)
    shared = [text(said) for one, other in combinations(found, 2) for said in _shared(one, other)]
    if shared:
        yield "**Used by more than one set-up:**"
        yield items(shared)
    else:
        yield "None of these parts, and no recovery key, is used by two of the set-ups."


def _name(one: Findings) -> str:
    return one.subject.setup.answers.text("setup.name")


def _cell(one: Findings, name: str) -> str:
    part = one.part(name)
    if part is None:
        return "none"
    return code(part.arn) if part.arn else f"{code(part.name)}, {text(part.status)}"


def _alarms(one: Findings) -> str:
    alarms = [part for part in one.parts if part.resource.name.startswith("alarm-")]
    there = sum(part.there for part in alarms)
    return f"{there} of {len(alarms)} there" if alarms else "none"


def _keys(one: Findings) -> str:
    return ", ".join(map(code, custody.fingerprints(one.subject.setup))) or "none recorded"


def _state(one: Findings) -> str:
    if one.subject.seen is None:
        return "not looked at"
    steps = len(one.plan.steps)
    return "as planned" if not steps else f"{steps} not as planned"


def _shared(one: Findings, other: Findings) -> Iterator[str]:
    environments = {each.subject.setup.answers.text("setup.environment") for each in (one, other)}
    apart = " Sandbox and production must not share it." if len(environments) > 1 else ""
    for label, name in _PARTS:
        mine, theirs = one.part(name), other.part(name)
        if mine is None or theirs is None:
            continue
        # A part that is not there yet has no ARN; two of one name in one account will be the same.
        here = one.subject.account == other.subject.account and mine.name == theirs.name
        if (mine.arn and mine.arn == theirs.arn) or (here and not (mine.arn and theirs.arn)):
            yield f"{_name(one)} and {_name(other)}: {label}, {mine.arn or mine.name}.{apart}"
    for key in set(custody.fingerprints(one.subject.setup)) & set(custody.fingerprints(other.subject.setup)):
        yield f"{_name(one)} and {_name(other)}: the recovery key {key}. A pair of its own for each is recommended."
