"""The words in which backup checks report, and the one place where text from a backup object is made safe to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Status = Literal["pass", "warn", "fail", "skipped"]

# Stable: the key is the last part of a check identifier, the value its title.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "present": "The object holds data",
        "base64": "The content is base64",
        "json": "The content is one JSON object",
        "fields": "Every field is there",
        "index": "The index is readable",
        "recovery-key": "It names the kit's recovery key",
        "recovery-data": "The recovery data is readable",
        "version": "The version is known",
        "algorithm": "The algorithm fits the root key",
        "root-key": "Every player has the wallet's root key",
        "players": "There are enough players",
        "arrays": "The arrays belong together",
        "sealed": "It is sealed to the recovery key for this wallet",
        "coverage": "The wallet has a backup for your recovery key",
        "per-key": "It has files for each recovery key",
        "shared-root-key": "The root key belongs to one key ID",
    }
)

UNPROVEN = (
    "These checks need no private key, so they cannot show that decryption will work. "
    "Only a rehearsal shows it: recover an empty wallet in the sandbox with the private key."
)

WRITE_AGAIN = (
    "Look at the earlier versions in the bucket; if none passes, "
    "ask Palisade to write the backup again and keep funds out of the wallet until it passes."
)

OTHER_KEY = (
    "Compare the recovery kit in Palisade with the public key files of this set-up; "
    "a quorum keeps its kit, so another key needs a new kit and a new quorum."
)

_ORDER: tuple[Status, ...] = ("skipped", "pass", "warn", "fail")


@dataclass(frozen=True)
class Finding:
    """The answer of one check. `evidence` is what was seen; `remedy` is what to do next, empty on a pass."""

    what: str
    status: Status
    title: str
    evidence: str
    remedy: str = ""


def finding(what: str, status: Status, evidence: str, remedy: str = "") -> Finding:
    """A `Finding` with the title that belongs to `what`; KeyError for a slug that is not in `TITLES`."""
    return Finding(what, status, TITLES[what], evidence, remedy)


def worst(findings: Iterable[Finding]) -> Status:
    """The gravest status among the findings; `pass` when there are none but skipped ones."""
    return max(("pass", *(each.status for each in findings)), key=_ORDER.index)


def shown(value: object, limit: int = 48) -> str:
    """An untrusted JSON value as one short line of printable ASCII, in quotation marks when it is text.

    Everything else (control, escape, bidirectional and other characters) becomes U+FFFD. The result may still
    hold square brackets: an interface with a markup language escapes them itself.
    """
    match value:
        case str():
            cut = value[:limit]
            safe = "".join(char if " " <= char <= "~" else "\N{REPLACEMENT CHARACTER}" for char in cut)
            return f'"{safe}{"…" if len(value) > limit else ""}"'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case list():
            return f"a list of {len(value)}"
        case dict():
            return f"an object with {len(value)} fields"
        case _:
            return "something unknown"
