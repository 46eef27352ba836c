"""The answered question as a checklist: a line about the list itself, one about what is expected, one for each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.audit import read_lines
from services.audit.answer import Asked, Audited, Looked
from services.audit.kinds import BY_NAME, KINDS, Kind
from services.audit.question import FINDINGS, LEFT, by_day, retention_left
from services.backups.findings import shown
from services.clock import stamp
from services.verify.checks import Check, Report, Status

NAMED = 3
"""Wallets that a line names."""

LONGEST = 200
"""Signs of what was seen that a line holds."""

MOST = 1000
"""Findings that the document holds; every one is in the files of --out."""

STALE = timedelta(days=3)
"""An inventory that is older says little about today."""

_LOCKS = frozenset({"retention-none", "retention-expired", "retention-weak"})
_EXPECTING = frozenset({"missing", "unseen", "not-expected"})
_THERE = frozenset({"missing", "deleted"})
"""What a list says no more once a file that it names is gone."""


@dataclass(frozen=True)
class _Found:
    """How often a kind was found, the first few, and what was seen of the first."""

    count: int
    first: tuple[str, ...]
    seen: str


def answered(asked: Asked) -> Audited:
    """The checklist and the document."""
    found = _found(asked)
    checks = (
        _list(asked),
        *_expected(asked),
        *(_check(kind, found, asked) for kind in KINDS),
    )
    return Audited(Report(checks), _document(asked, {name: each.count for name, each in found.items()}))


def _found(asked: Asked) -> Mapping[str, _Found]:
    counts = asked.database.execute("SELECT kind, count(*) FROM findings GROUP BY kind").fetchall()
    return {kind: _first(asked, kind, int(number)) for kind, number in counts}


def _first(asked: Asked, kind: str, number: int) -> _Found:
    rows = asked.database.execute(
        f"SELECT coalesce(key_id, object_key), seen FROM findings WHERE kind = ? ORDER BY 1 LIMIT {NAMED}",
        [kind],
    ).fetchall()
    plain = kind != "strange-name"
    return _Found(
        number, tuple(str(name) if plain else shown(name, 80) for name, _ in rows), str(rows[0][1] or "")
    )


def _check(kind: Kind, found: Mapping[str, _Found], asked: Asked) -> Check:
    identifier = f"audit.{kind.name}"
    if kind.name in found:
        return Check(identifier, kind.title, kind.status, _evidence(kind, found[kind.name]), kind.remedy)
    if kind.name in read_lines.KINDS:
        return read_lines.line(kind, asked, found)
    if kind.name == "encryption" and asked.key is not None:
        return Check(identifier, kind.title, "unknown", asked.key.summary, " ".join(asked.key.remedy))
    silent = _silent(kind.name, asked)
    if silent is not None:
        return Check(identifier, kind.title, "skipped", *silent)
    if kind.name in _THERE and "gone" in found:
        evidence = f"{_known(kind.name, asked)} So the list has it; some files are gone, as “{BY_NAME['gone'].title}” tells."
        return Check(identifier, kind.title, "unknown", evidence, "Take a newer list: --engine list.")
    return Check(identifier, kind.title, "pass", _known(kind.name, asked))


def _evidence(kind: Kind, found: _Found) -> str:
    what = kind.one if found.count == 1 else kind.many
    more = found.count - len(found.first)
    tells = found.seen and (kind.seen != "NULL" or kind.name in read_lines.KINDS)
    seen = f" ({_brief(found.seen)})" if tells else ""
    return f"{found.count:,} {what}: {', '.join(found.first)}{seen}{f' and {more:,} more' if more else ''}."


def _brief(seen: str) -> str:
    """What was seen, within a sentence."""
    return seen.removesuffix(".") if len(seen) <= LONGEST else f"{seen[: LONGEST - 1]}…"


def _silent(kind: str, asked: Asked) -> tuple[str, str] | None:
    """Why a line says nothing, and what would make it speak; None where it does."""
    totals, lacking = asked.totals, asked.looked.lacking
    if kind in _EXPECTING and asked.expected is None:
        return (
            "No wallets are on record, so none is missed.",
            "Give a list with --expected FILE, or fill the record.",
        )
    if kind in _LOCKS and asked.terms.lock.mode == "off":
        return "Object Lock is off in this set-up, so no file is under retention.", ""
    if kind in _LOCKS and totals["files"] and totals["lock_unknown"] == totals["files"]:
        return "The list does not tell of retention.", _TELLS
    if kind == "retention-weak" and "ObjectLockMode" in lacking:
        return "The inventory does not tell in which mode files are locked.", "Let it hold ObjectLockMode."
    if kind == "encryption" and totals["files"] and totals["encryption_unknown"] == totals["files"]:
        return "The list does not tell of encryption.", _TELLS
    if kind == "deleted" and "IsDeleteMarker" in lacking:
        return (
            "The inventory has no delete markers.",
            "Let it hold all versions, with IsLatest and IsDeleteMarker.",
        )
    if kind == "unversioned" and "VersionId" in lacking:
        return "The inventory has no versions.", "Let it hold all versions, with VersionId."
    return None


_TELLS = "Read some files with --sample N, every one with --all, or take an inventory with all fields."


def _known(kind: str, asked: Asked) -> str:
    """What a good line stands on."""
    totals = asked.totals
    whole = int(totals["files"])
    if kind == "encryption":
        known, keys = whole - int(totals["encryption_unknown"]), int(totals["key_unknown"])
        return f"Known of {known:,} of {whole:,} files; of {known - keys:,} also with which key."
    if kind in _LOCKS:
        return f"Known of {whole - int(totals['lock_unknown']):,} of {whole:,} files."
    if kind in _EXPECTING:
        return f"{totals['expected_and_there']:,} of {totals['expected']:,} expected wallets are there."
    return f"None of {totals['wallets']:,} wallets with {whole:,} files."


def _list(asked: Asked) -> Check:
    """What was looked at, how old it is, and whether it is whole."""
    looked, title = asked.looked, "The list of the bucket is whole"
    evidence = f"{_counted(asked.totals)} {_source(looked, asked.terms.now)}"
    if looked.damaged:
        remedy = "Take another report, or list the bucket: --engine list. Find out who can write to the inventory's bucket."
        more = (
            f" PARTIAL: {_some(looked.damaged)} does not have the checksum of the manifest and was left out."
        )
        return Check("audit.list", title, "fail", evidence + more, remedy)
    if looked.absent:
        return Check("audit.list", title, "unknown", f"{evidence} PARTIAL: {_some(looked.absent)}", "Take a whole report, or list the bucket: --engine list.")  # fmt: skip
    if looked.denied:
        first = looked.denied[0]
        return Check(
            "audit.list", title, "unknown", f"{evidence} PARTIAL: {first.summary}", " ".join(first.remedy)
        )
    if looked.lacking:
        remedy = "Add the fields to the inventory's configuration; the next report has them."
        return Check(
            "audit.list",
            title,
            "warn",
            f"{evidence} It lacks the fields {', '.join(looked.lacking)}.",
            remedy,
        )
    if asked.terms.now - looked.as_of > STALE:
        return Check("audit.list", title, "warn", evidence, "It says nothing of what came since: take a newer report, or list the bucket: --engine list.")  # fmt: skip
    return Check("audit.list", title, "pass", evidence)


def _counted(totals: Mapping[str, Any]) -> str:
    return (
        f"{totals['wallets']:,} wallets with {totals['files']:,} files ({int(totals['bytes']) / 1e9:,.1f} GB), "
        f"{totals['versions']:,} versions and {totals['markers']:,} delete markers."
    )


def _source(looked: Looked, now: datetime) -> str:
    if looked.engine == "list":
        return f"Listed at {stamp(looked.begun or looked.as_of)}; a listing tells neither encryption nor retention."
    hours = (now - looked.as_of).total_seconds() / 3600
    age = f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
    note = f" {looked.note}" if looked.note else ""
    return f"From the S3 Inventory of {stamp(looked.as_of)}, which is {age} old; what came since is not in it.{note}"


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - 1
    return f"{shown(names[0], 160)}{f' and {more} more' if more else ''}"


def _expected(asked: Asked) -> Iterator[Check]:
    given, title = asked.expected, "The list of expected wallets is sound"
    if given is None:
        evidence = "No wallets are on record and no list was given, so nobody can say which are missing."
        yield Check("audit.expected", title, "warn", evidence, "Give a list with --expected FILE, or fill the record: 'palisade-wizard record add --config S --from-verify --all'.")  # fmt: skip
        return
    evidence = f"{given.wallets:,} wallets from {given.source}."
    doubles = f" {given.doubles:,} were named again and counted once." if given.doubles else ""
    if given.bad:
        bad = f" {given.bad:,} lines hold no key ID and were left out: {', '.join(given.first_bad)}."
        yield Check("audit.expected", title, "fail", evidence + doubles + bad, "Correct these lines: the wallets that they mean were not looked for.")  # fmt: skip
        return
    status: Status = "warn" if doubles else "pass"
    yield Check(
        "audit.expected",
        title,
        status,
        evidence + doubles,
        "Take the doubles out of the list." if doubles else "",
    )


def _document(asked: Asked, counts: Mapping[str, int]) -> dict[str, Any]:
    looked, database = asked.looked, asked.database
    rows = database.execute(
        f"SELECT {', '.join(FINDINGS)} FROM findings ORDER BY kind, key_id, object_key LIMIT {MOST}"
    ).fetchall()
    days = database.execute(by_day()).fetchall()
    return {
        "environment": asked.terms.environment,
        "bucket": asked.terms.bucket,
        "engine": looked.engine,
        "place": looked.place,
        "as_of": stamp(looked.as_of),
        "complete": looked.whole,
        "missing_fields": list(looked.lacking),
        **({looked.engine: dict(looked.details)} if looked.details else {}),
        "wallets_asked_for": asked.reach.wallets,
        "wallets_read": asked.reach.read,
        "files_asked_for": asked.reach.files,
        "files_read": asked.reach.fetched,
        "totals": {name: _plain(value) for name, value in asked.totals.items()},
        "by_day": [
            {"day": day.isoformat(), "wallets": wallets, "files": int(number), "bytes": int(size or 0)}
            for day, wallets, number, size in days
        ],
        "retention_left": _retention_left(asked),
        "kinds": {kind.name: counts[kind.name] for kind in KINDS if kind.name in counts},
        "findings_total": sum(counts.values()),
        "findings": [dict(zip(FINDINGS, map(_plain, row), strict=True)) for row in rows],
    }  # fmt: skip


def _retention_left(asked: Asked) -> list[dict[str, Any]]:
    """Every length, also those that no wallet has; none where the set-up asks for no retention."""
    if asked.terms.lock.mode == "off":
        return []
    counts = dict(asked.database.execute(retention_left(asked.terms)).fetchall())
    return [{"left": name, "wallets": counts.get(place, 0)} for place, (name, _) in enumerate(LEFT)]


def _plain(value: Any) -> Any:
    """A cell as JSON has it; moments of the database are in UTC."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
