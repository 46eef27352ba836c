"""Sandbox and production share nothing: what is refused before AWS is asked, and what is only warned of.

A bucket, role or KMS key of the other environment is refused. A recovery key, a writer of Palisade's or an external ID
that both have is a warning: it works, and the guide advises against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services import kit
from services.answers import Answers
from services.problems import ProblemError, refuse
from services.separation.things import Footprint, things
from services.setup_file import SetupFile
from services.setups import UnreadError


@dataclass(frozen=True)
class Warned:
    """Something that both environments have and should not, or that nobody can tell (`unread`).

    `topic` is stable; `key` is the answer to change, if there is one.
    """

    topic: str
    key: str
    says: str
    remedy: str


def kept_apart(mine: Footprint, others: Iterable[Footprint]) -> None:
    """Refuses a bucket, role or KMS key that a setup of the other environment on this computer uses."""
    for other in others:
        if other.environment == mine.environment:
            continue
        for thing in things(mine):
            if not any(thing.same_as(theirs) for theirs in things(other)):
                continue
            raise refuse(
                "other-environment",
                f"The {thing.what} {thing.shown} belongs to the {other.environment} set-up {other.name}: "
                "sandbox and production share nothing.",
                _instead(thing.what, thing.key),
                where=thing.key,
            )


def _instead(what: str, key: str) -> str:
    if key == "setup.name":
        return "Its name follows from that of the set-up: make a set-up with another name (setup.name)."
    return f"Choose another {what} under {key}."


def warnings(mine: Footprint, others: Iterable[Footprint]) -> tuple[Warned, ...]:
    """What this set-up has in common with one of the other environment, each thing once."""
    found: dict[str, Warned] = {}
    for other in others:
        if other.environment != mine.environment:
            for warned in both_have(mine, other):
                found.setdefault(warned.topic, warned)
    return tuple(found.values())


def untold(mine: Footprint, others: Iterable[Footprint], unread: Iterable[UnreadError]) -> tuple[Warned, ...]:
    """Which set-ups of this computer could not be compared, or not wholly: they may share anything."""
    found = [_unread(one) for one in unread if not one.is_of(mine.environment)]
    for other in others:
        if other.environment != mine.environment and (problem := other.untold) is not None:
            says = f"Which KMS keys {_named(other)} made is not known, so they were not compared. {problem.summary}"
            found.append(Warned(UNREAD, "", says, " ".join(problem.remedy)))
    return tuple(found)


UNREAD = "unread"


def _unread(one: UnreadError) -> Warned:
    whole = one.partly is None
    says = (
        f"Nothing was compared with {one.path}, because it cannot be read: whether sandbox and production share "
        "something is not known."
        if whole
        else f"Not all of {one.path} was compared, because it cannot be read as a whole."
    )
    remedy = (*one.problem.remedy, "Or, if nothing needs it any more, move it away.")
    return Warned(UNREAD, "", f"{says} {one.problem.summary}", " ".join(remedy))


def both_have(mine: Footprint, other: Footprint) -> tuple[Warned, ...]:
    """What two set-ups of different environments should not both have."""
    found = []
    shared = sorted(fingerprints(mine.setup) & fingerprints(other.setup))
    if shared:
        found.append(_recovery_key(shared[0], other))
    for key, (topic, says, remedy) in _SHOULD_DIFFER.items():
        value = mine.answers.text(key)
        if value and value == other.answers.text(key):
            found.append(Warned(topic, key, says.format(of=_named(other)), remedy))
    return tuple(found)


def _recovery_key(sha256: str, other: Footprint) -> Warned:
    return Warned(
        "recovery_key",
        "recovery_key.public_files",
        f"The recovery key (SHA-256 {sha256[:8]}…{sha256[-4:]}) is also that of {_named(other)}: whoever rehearses "
        "in sandbox then holds the key that opens the backups of production.",
        "Make a key pair for each with “palisade-wizard keygen”, before the kit is created: a kit keeps its key.",
    )


def _named(other: Footprint) -> str:
    return f"the {other.environment} set-up {other.name}"


_SHOULD_DIFFER: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "palisade.principal_arn": (
            "principal",
            "The writer that the role trusts is also that of {of}.",
            "Ask Palisade whether that is meant, and correct palisade.principal_arn if it is not.",
        ),
        "palisade.external_id": (
            "external_id",
            "The external ID is also that of {of}: who learns it in sandbox knows that of production.",
            "Use the one that Palisade gave you for this environment (palisade.external_id).",
        ),
    }
)


def fingerprints(setup: SetupFile) -> frozenset[str]:
    """SHA-256 of the recovery public keys: the recorded one, and those of the files that can be read."""
    answers: Answers = setup.answers
    recorded = {answers.text("recovery_key.fingerprint")} - {""}
    try:
        return frozenset(recorded | {key.sha256 for key in kit.recovery_keys(setup)})
    except ProblemError:
        return frozenset(recorded)
