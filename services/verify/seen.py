"""The wallets that a look saw, as values: what the offline record and a rehearsal need of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from services.backups.coverage import coverage
from services.backups.curves import Algorithm

if TYPE_CHECKING:
    from services.verify.files import Judged


@dataclass(frozen=True)
class Seen:
    """A wallet with at least one readable file. `file` is the one to recover from, `written` when the oldest came.

    `whole`: its backup passes for a recovery key of the kit, and nothing about that file fails. `quorum_id` is the one
    that the shares are sealed for, as was shown; empty if that was not shown, and then `foreign` says whether they are
    sealed for another one. `fingerprints` are the recovery keys that open it, `root_key` the SHA-256 of its root key.
    """

    key_id: str
    algorithm: Algorithm | None
    file: str
    written: datetime
    whole: bool
    quorum_id: str = ""
    foreign: bool = False
    fingerprints: tuple[str, ...] = ()
    root_key: str = ""
    files: int = 1


def seen(judged: Iterable[Judged], quorum_id: str) -> tuple[Seen, ...]:
    """The wallets of the files that were read, in the order in which they came up."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        if one.report is not None and one.read:
            groups.setdefault(one.named.key_id, []).append(one)
    return tuple(_wallet(key_id, group, quorum_id) for key_id, group in groups.items())


def _wallet(key_id: str, group: list[Judged], quorum_id: str) -> Seen:
    reports = [one.report for one in group if one.report is not None]
    usable = [one for one in group if one.report is not None and one.report.held and _well(one)]
    best = sorted(usable or group, key=lambda one: one.named.number)
    seals = {_seal(one) for one in best}
    facts = [one.report.facts for one in best if one.report is not None]
    shown = bool(usable) and seals == {"pass"}
    return Seen(
        key_id=key_id,
        algorithm=next((fact.algorithm for fact in facts if fact.algorithm), None),
        file=best[0].named.file,
        written=min(one.file.written for one in best),
        whole=bool(usable) and coverage(reports).status in {"pass", "warn"},
        quorum_id=quorum_id if shown else "",
        foreign="fail" in seals,
        fingerprints=tuple(
            dict.fromkeys(fact.recovery_key_sha256 for fact in facts if usable and fact.recovery_key_sha256)
        ),
        root_key=next((fact.root_key_sha256 for fact in facts if fact.root_key_sha256), ""),
        files=len(best),
    )


def _well(one: Judged) -> bool:
    """Whether nothing about a file is wrong but, possibly, that it belongs to another quorum than was said."""
    return not any(check.status == "fail" and not check.id.endswith(".sealed") for check in one.checks)


def _seal(one: Judged) -> str:
    findings = one.report.findings if one.report is not None else ()
    return next((finding.status for finding in findings if finding.what == "sealed"), "skipped")
