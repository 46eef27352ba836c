"""The lines about what was read: none is green where nothing was read, and each says of how much it speaks."""

from __future__ import annotations

from collections.abc import Collection

from services.audit import unread
from services.audit.answer import Asked
from services.audit.kinds import BY_NAME, Kind
from services.audit.reading import Reach
from services.verify.checks import Check, Status

KINDS = frozenset({"unrecoverable", "flawed", "shared-root-key", "writer", *unread.KINDS})
"""The kinds of findings that only reading gives."""

_THEY_SAY = "Do what the lines about files that were not read say, then run the audit again."


def line(kind: Kind, asked: Asked, found: Collection[str]) -> Check:
    """The line of a kind of which nothing was found; `found` are the kinds of which something was."""
    status, evidence, remedy = _judged(kind.name, asked, found)
    return Check(f"audit.{kind.name}", kind.title, status, evidence, remedy)


def _judged(kind: str, asked: Asked, found: Collection[str]) -> tuple[Status, str, str]:
    reach = asked.reach
    if not reach.wallets:
        return "skipped", "No wallet was read.", "Read some with --sample N, or every one with --all."
    if kind in unread.KINDS:
        return _all_read(kind, reach, found)
    if not reach.read:
        evidence = f"None of the {reach.wallets:,} wallets that were asked for could be read."
        return "unknown" if kind == "unrecoverable" else "skipped", evidence, _THEY_SAY
    if kind == "writer":
        return _writer(asked)
    if kind == "unrecoverable" and reach.open:
        some = f"{reach.open:,} wallet{'s have' if reach.open > 1 else ' has'}"
        evidence = (
            f"{_read(asked)} {some} no file that passes among those that were read, and others that were not."
        )
        return "unknown", evidence, _THEY_SAY
    return "pass", _read(asked), ""


def _all_read(kind: str, reach: Reach, found: Collection[str]) -> tuple[Status, str, str]:
    """Whether every file came. Only then is it sure that none is in an archive, deleted, or lost to everybody."""
    if reach.fetched == reach.files:
        return "pass", f"All {reach.files:,} files that were asked for were read.", ""
    evidence = f"{reach.fetched:,} of {reach.files:,} files that were asked for were read"
    if kind != "unread":
        return "skipped", f"{evidence}; of the others, none is known to be so.", ""
    why = ", ".join(f"“{BY_NAME[name].title}”" for name in (*unread.KINDS, "large") if name in found)
    return "unknown", f"{evidence}; why the others were not is told by {why}.", _THEY_SAY


def _writer(asked: Asked) -> tuple[Status, str, str]:
    told = asked.writers
    if told is None:
        evidence = "The set-up has no trail that records who writes files, so nothing tells who wrote one."
        return "skipped", evidence, "Answer hardening.trail and hardening.data_events."
    if told.problem is not None:
        return "unknown", told.problem.summary, " ".join(told.problem.remedy)
    if told.known:
        return "pass", f"The trail tells of {told.known:,} of {told.files:,} files that were read.", ""
    return (
        "skipped",
        f"The trail tells of none of the {told.files:,} files that were read; it is asked about the latest of them.",
        "'palisade-wizard verify --config S --key-id ID' looks for those of one wallet.",
    )


def _read(asked: Asked) -> str:
    """How many wallets were read, of how many; and of how many nothing came."""
    reach, whole = asked.reach, asked.totals["wallets"]
    said = f"{reach.read:,} wallet{'s' * (reach.read != 1)} of {whole:,} {_were(reach.read)} read"
    if reach.part:
        said += f", {reach.part:,} of them in part"
    if left := reach.wallets - reach.read:
        said += f"; of {left:,} more that {_were(left)} asked for, no file was"
    return f"{said}."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
