"""Checks that need no AWS: what sandbox and production share on this computer, and the recovery public key."""

from __future__ import annotations

from collections.abc import Callable

from services import kit
from services.answers import Answers
from services.doctor.facts import Facts
from services.doctor.judging import Rule, Verdict, bad, doubtful, left_out, well
from services.problems import ProblemError
from services.setup_file import SetupFile


def _environment(setup: SetupFile) -> str:
    return setup.answers.text("setup.environment")


def _sharing(facts: Facts, mine: str, theirs: Callable[[Answers], str]) -> tuple[list[SetupFile], set[str]]:
    """The other set-ups with the same thing, and the environments that have it in all."""
    own = facts.subject.setup
    found = [
        other
        for other in facts.subject.others
        if mine
        and theirs(other.answers) == mine
        and other.answers.text("aws.account") in {"", facts.account}
        and (own is None or other.path != own.path)
    ]
    environments = {facts.subject.environment, *(_environment(other) for other in found)} - {""}
    return found, environments


def _apart(what: str, mine: Callable[[Facts], str], key: str) -> Callable[[Facts], Verdict]:
    def judge(facts: Facts) -> Verdict:
        name = mine(facts)
        found, environments = _sharing(facts, name, lambda answers: answers.text(key))
        if len(environments) > 1:
            who = ", ".join(f"{s.answers.text('setup.name')} ({_environment(s)})" for s in found)
            return bad(
                f"Sandbox and production share the {what} {name}: {who} has it too.",
                f"Give each environment a {what} of its own ({key} in the setup file), and make a new kit for it.",
            )
        return well(f"No set-up of the other environment on this computer has this {what}.")

    return judge


def _key_name(facts: Facts) -> str:
    return str(facts.key_arn or "")


def _recovery_key_apart(facts: Facts) -> Verdict:
    mine = facts.subject.answer("recovery_key.fingerprint")
    if not mine:
        return left_out("No recovery key is recorded in a setup file, so it cannot be compared.")
    found, environments = _sharing(facts, mine, lambda answers: answers.text("recovery_key.fingerprint"))
    if len(environments) > 1:
        who = ", ".join(f"{s.answers.text('setup.name')} ({_environment(s)})" for s in found)
        return doubtful(
            f"Sandbox and production share the recovery key: {who} has it too.",
            "Make a key pair for each with palisade-wizard keygen, and a new kit for new quorums: whoever rehearses in "
            "sandbox then never touches the key of production.",
        )
    return well("No set-up of the other environment on this computer has this recovery key.")


def _recovery_key(facts: Facts) -> Verdict:
    setup = facts.subject.setup
    if setup is None:
        return left_out("No setup file names the recovery public key.")
    if not setup.answers.texts("recovery_key.public_files"):
        return doubtful(
            "The setup file names no recovery public key.",
            f"Make one: palisade-wizard keygen --config {setup.path} --out DIR",
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
    Rule("config.bucket.apart", "Separation: the bucket serves one environment", "high", (), _apart("bucket", lambda f: f.subject.bucket, "storage.bucket")),
    Rule("config.role.apart", "Separation: the role serves one environment", "high", (), _apart("role", lambda f: f.subject.role, "role.name")),
    Rule("config.key.apart", "Separation: the KMS key serves one environment", "high", (), _apart("KMS key", _key_name, "storage.kms_key")),
    Rule("config.recovery_key.apart", "Separation: the recovery key serves one environment", "medium", (), _recovery_key_apart),
    Rule("config.recovery_key.public", "Recovery key: the public key is RSA-4096 and the recorded one", "high", (), _recovery_key),
)  # fmt: skip
