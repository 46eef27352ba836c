"""What is audited, from a set-up: its bucket, its key as AWS has it, its recovery keys, and the wallets on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from services import kit
from services.audit.question import Terms
from services.audit.writers import Source
from services.aws.guards import ReadOnly
from services.aws.translate import problem_of
from services.desk import Desk
from services.model.calls import Refused, ask
from services.problems import Problem
from services.record import book
from services.verify.retention import Lock
from services.verify.trail_source import Expected, Trail


@dataclass(frozen=True)
class Subject:
    """What is audited and held against what. `key` is why the KMS key cannot be seen, None where it is.

    `wallets` are those on record, None where there is none; `quorums` their quorum IDs by key ID.
    """

    terms: Terms
    account: str
    recovery_keys: tuple[bytes, ...] = ()
    wallets: tuple[str, ...] | None = None
    quorums: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    key: Problem | None = None
    writers: Source | None = None
    """Where it stands who wrote; None where the set-up has no trail that records that."""


def of_desk(desk: Desk, *, reading: bool) -> Subject:
    """The subject of a set-up; its recovery keys are needed only where files are read. Errors: those of the record."""
    answers = desk.setup.answers
    found = _key(desk)
    record = book.read(book.place(desk.setup, desk.state))
    return Subject(
        terms=Terms(
            environment=answers.text("setup.environment"),
            bucket=answers.text("storage.bucket"),
            key_arn="" if isinstance(found, Problem) else found,
            now=desk.clock.wall(),
            lock=Lock(answers.text("storage.object_lock"), answers.number("storage.object_lock_days")),
        ),
        account=desk.identity.account,
        recovery_keys=tuple(key.der for key in kit.recovery_keys(desk.setup)) if reading else (),
        wallets=tuple(one.key_id for one in record.wallets) or None,
        quorums={one.key_id: one.quorum_id for one in record.wallets},
        key=found if isinstance(found, Problem) else None,
        writers=_writers(desk, "" if isinstance(found, Problem) else found) if reading else None,
    )


def _writers(desk: Desk, key_arn: str) -> Source | None:
    """The trail with data events that the set-up has, and what its records are held against."""
    parts = {each.name: each for each in desk.blueprint}
    answers = desk.setup.answers
    if "trail" not in parts or answers.text("hardening.data_events") == "off":
        return None
    looking = ReadOnly(desk.aws)
    try:
        trail, role = (ask(looking, parts[name].lookup) for name in ("trail", "role"))
    except Refused as refused:
        return Source(problem=problem_of(refused))
    if trail is None or role is None:
        missing = parts["trail" if trail is None else "role"].title
        return Source(
            problem=Problem(
                "not-ready",
                f"The {missing} is not there, so no record of a write can be looked for.",
                ("Look at 'palisade-wizard plan --config S'.",),
            )
        )
    region = answers.text("aws.region")
    return Source(
        Trail(
            str(trail["arn"]),
            str(trail.get("home") or region),
            desk.identity.account,
            str(trail.get("log_group") or ""),
        ),
        Expected(
            bucket=answers.text("storage.bucket"),
            region=region,
            key_arn=key_arn,
            role_arn=str(role["arn"]),
            principal_arn=answers.text("palisade.principal_arn"),
            external_id=answers.text("palisade.external_id"),
            own_endpoint=bool(desk.endpoint),
        ),
    )


def _key(desk: Desk) -> str | Problem:
    """The ARN of the set-up's key, or why it is not known."""
    resource = next(each for each in desk.blueprint if each.name == "key")
    try:
        found = ask(ReadOnly(desk.aws), resource.lookup)
    except Refused as refused:
        return problem_of(refused)
    if found is None:
        return Problem(
            "not-ready",
            f"The {resource.title} is not there, so no file can be held against it.",
            ("Look at 'palisade-wizard plan --config S'.",),
        )
    return str(found["arn"])
