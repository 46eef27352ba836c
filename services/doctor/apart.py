"""Checks that need no AWS: what sandbox and production share on this computer, and the recovery public key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from services import kit
from services.doctor.facts import Facts
from services.doctor.judging import Rule, Verdict, bad, doubtful, left_out, well
from services.doctor.looker import mapping
from services.engine.world import Have
from services.model.place import parse_arn
from services.own_command import on_setup
from services.problems import ProblemError
from services.separation.apart import fingerprints
from services.separation.things import (
    Footprint,
    Kind,
    Name,
    Thing,
    alias_of,
    bucket_name,
    key_names,
    role_name,
    things,
)
from services.setup_file import SetupFile

Names: TypeAlias = tuple[Name, ...]
Judge: TypeAlias = Callable[[Facts], Verdict]


def _environment(setup: SetupFile) -> str:
    return setup.answers.text("setup.environment")


def _having(facts: Facts, has: Callable[[SetupFile], bool]) -> tuple[list[SetupFile], set[str]]:
    """The other set-ups that have the same, and the environments that have it in all."""
    own = facts.subject.setup
    found = [
        other
        for other in facts.subject.others
        if (own is None or other.path != own.path)
        and other.answers.text("aws.account") in {"", facts.account}
        and has(other)
    ]
    environments = {facts.subject.environment, *(_environment(other) for other in found)} - {""}
    return found, environments


def _who(found: list[SetupFile]) -> str:
    return ", ".join(f"{other.answers.text('setup.name')} ({_environment(other)})" for other in found)


def _apart(kind: Kind, shown: Callable[[Facts], str], names: Callable[[Facts], Names], key: str) -> Judge:
    def judge(facts: Facts) -> Verdict:
        name = shown(facts)
        mine = Thing(kind, kind, key, name, names(facts) if name else ())
        found, environments = _having(facts, lambda o: any(mine.same_as(t) for t in things(Footprint(o))))
        if len(environments) > 1:
            return bad(
                f"Sandbox and production share the {kind} {name}: {_who(found)} has it too.",
                f"Give each environment a {kind} of its own ({key} in the setup file), and make a new kit for it.",
            )
        return _nobody_has(facts, f"No set-up of the other environment on this computer has this {kind}.")

    return judge


def _nobody_has(facts: Facts, says: str) -> Verdict:
    """A pass, unless there are set-ups that could not be compared."""
    if not facts.subject.unread:
        return well(says)
    return doubtful(
        f"No set-up of the other environment that can be read has it, and these cannot be read as a whole: {', '.join(facts.subject.unread)}.",
        "Make them readable, or move away those that are not needed any more; then run doctor again.",
    )


def _bucket(facts: Facts) -> Names:
    return (bucket_name(facts.subject.bucket, facts.account, facts.subject.region),)


def _role(facts: Facts) -> Names:
    return (role_name(facts.subject.role, facts.account),)


def _key_name(facts: Facts) -> str:
    return str(facts.key_arn or "")


def _key(facts: Facts) -> Names:
    """The key's ARN, and the aliases that AWS tells: by one of them another set-up may have made it."""
    arn = _key_name(facts)
    found = parse_arn(arn)
    fact = facts.seen["key.aliases"]
    told = mapping(fact.value).get("Aliases") if isinstance(fact, Have) else None
    region = found.region if found else facts.subject.region
    aliases = [str(one.get("AliasName")) for one in told or []]
    return (*key_names(arn), *(alias_of(alias, facts.account, region) for alias in aliases))


def _recovery_key_apart(facts: Facts) -> Verdict:
    setup = facts.subject.setup
    mine = fingerprints(setup) if setup is not None else frozenset()
    if not mine:
        return left_out("No recovery key is recorded in a setup file, so it cannot be compared.")
    found, environments = _having(facts, lambda other: bool(mine & fingerprints(other)))
    if len(environments) > 1:
        return doubtful(
            f"Sandbox and production share the recovery key: {_who(found)} has it too.",
            "Make a key pair for each with “palisade-wizard keygen”, and a new kit for new quorums: whoever rehearses in "
            "sandbox then never touches the key of production.",
        )
    return _nobody_has(facts, "No set-up of the other environment on this computer has this recovery key.")


def _recovery_key(facts: Facts) -> Verdict:
    setup = facts.subject.setup
    if setup is None:
        return left_out("No setup file names the recovery public key.")
    if not setup.answers.texts("recovery_key.public_files"):
        return doubtful(
            "The setup file names no recovery public key.",
            f"Make one: “{on_setup('keygen', setup.path, '--out', 'DIR')}”.",
        )
    try:
        keys = kit.recovery_keys(setup)
    except ProblemError as error:
        return bad(error.problem.summary, " ".join(error.problem.remedy))
    said = ", ".join(f"{key.file} (SHA-256 {key.sha256})" for key in keys)
    if not setup.answers.text("recovery_key.fingerprint"):
        return doubtful(
            f"RSA-4096: {said}. No fingerprint is recorded, so an exchanged file would not show.",
            f"Set recovery_key.fingerprint in {setup.path} to the fingerprint of the kit's key.",
        )
    return well(f"RSA-4096, and the fingerprint is the recorded one: {said}.")


RULES: tuple[Rule, ...] = (
    Rule("config.bucket.apart", "Separation: the bucket serves one environment", "high", (), _apart("bucket", lambda f: f.subject.bucket, _bucket, "storage.bucket")),
    Rule("config.role.apart", "Separation: the role serves one environment", "high", (), _apart("role", lambda f: f.subject.role, _role, "role.name")),
    Rule("config.key.apart", "Separation: the KMS key serves one environment", "high", (), _apart("KMS key", _key_name, _key, "storage.kms_key")),
    Rule("config.recovery_key.apart", "Separation: the recovery key serves one environment", "medium", (), _recovery_key_apart),
    Rule("config.recovery_key.public", "Recovery key: the public key is RSA-4096 and the recorded one", "high", (), _recovery_key),
)  # fmt: skip
