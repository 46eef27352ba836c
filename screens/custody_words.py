"""The ways of keeping the private key, each with what speaks for it and against it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.recovery.keyfiles import KeyFiles, Leftover

Kind = Literal["make", "split", "hsm", "take"]


@dataclass(frozen=True)
class Way:
    """One choice. `strict` is said in production, in place of `against`, where it is not empty."""

    kind: Kind
    label: str
    next: str
    good: str
    against: str
    strict: str = ""
    recommended: bool = False
    """For production."""


WAYS: tuple[Way, ...] = (
    Way(
        "make",
        "Make one, sealed with a password",
        "Choose a password",
        "It costs nothing and is simple: a file on a medium that is kept offline, and a password kept elsewhere.",
        "All hangs on one password and on where the file lies.",
        "In production this lets one person alone take, or lose, every wallet. Let a second person know where the file "
        "and the password are.",
    ),
    Way(
        "split",
        "Make one, split among custodians",
        "Name the custodians",
        "No single person can open it, and some shares may be lost.",
        "To recover, enough custodians must come together, and each also needs a copy of the sealed file.",
        recommended=True,
    ),
    Way(
        "hsm",
        "Make one, guarded by an HSM",
        "Choose a password",
        "The sealed file or its password lies in hardware that withstands tampering and records who used it.",
        "It costs more and is harder to set up. The HSM guards the file; it cannot use the key in your stead.",
        recommended=True,
    ),
    Way(
        "take",
        "I have a key already",
        "Name its file",
        "Take its public half, or bring the private key into the form that the recovery tool reads.",
        "The tool refuses what openssl writes (PEM), so such a file is converted, or it could not recover anything.",
    ),
)


def way(kind: str) -> Way:
    """The way of this name; the first one where there is none."""
    return next((one for one in WAYS if one.kind == kind), WAYS[0])


def label(of: Way, production: bool) -> str:
    """What the choice says."""
    return f"{of.label} (recommended)" if production and of.recommended else of.label


def against(of: Way, production: bool) -> tuple[str, str]:
    """What speaks against it, and with which sign."""
    return (of.strict, "warn") if production and of.strict else (of.against, "todo")


def whole(pair: KeyFiles) -> tuple[str, str]:
    """What is said of a key pair that lacks nothing and that the set-up does not have, and with which sign."""
    says = (
        f"A whole key pair is there already: {pair.private_file}, {pair.public_der.name} and {pair.public_hex.name}, "
        f"SHA-256 {pair.sha256}. If an earlier run made it and was cut off, this set-up only has to record it: nothing is "
        "made anew, and nothing is overwritten. For a new key, choose another name."
    )
    return says, "warn"


def unfinished(left: Leftover, *, split: bool) -> tuple[str, str]:
    """What is said of a private file whose public half is missing, and with which sign."""
    begin = f"An earlier run was interrupted and left {left.private_file} without its public half."
    if split:
        then = "The shares of its custodians complete it, or if it has a single password, the first choice above."
    elif left.format == "pke1":
        then = (
            "Its password completes it. If it is split among custodians, choose that above: then shares do."
        )
    else:
        then = "It can be completed."
    return f"{begin} {then} For a new key, choose another name.", "warn"
