"""Asks the audit's question in a test: of a report in a folder or of a bucket in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.audit.answer import Audited
from services.audit.audit import Wanted, audit
from services.audit.sources import FolderSource
from services.audit.subject import Subject
from services.model.calls import Aws, Call, Reply
from services.own_files import held
from services.verify.checks import Check
from tests.fleet import NOW, TERMS
from tests.ports import FakeClock
from tests.world import ACCOUNT

SUBJECT = Subject(TERMS, ACCOUNT)


def nowhere(call: Call) -> Reply:
    """AWS where it must not be asked."""
    raise AssertionError(f"{call.name} was called")


def ask(wanted: Wanted, folder: Path, aws: Aws = nowhere, subject: Subject = SUBJECT) -> Audited:
    """The answer; whatever the audit needed on the way is gone afterwards."""
    with held(folder, "work") as place:
        *_, last = audit(aws, subject, wanted, place, FakeClock(began=NOW))
    assert isinstance(last, Audited)
    assert not place.path.exists()
    return last


def of_report(report: Path, expected: Path | None = None, folder: Path | None = None, **more: Any) -> Audited:
    """The answer about a report in a folder."""
    wanted = Wanted("inventory", lambda _aws, _cache: FolderSource(report), expected)
    return ask(replace(wanted, **more), folder or report)


def found(audited: Audited) -> set[tuple[str, str]]:
    """Every finding as kind and key ID, or object key. None may be there twice."""
    rows = [(row["kind"], row["key_id"] or row["object_key"]) for row in audited.document["findings"]]
    assert audited.document["findings_total"] == len(rows) == len(set(rows))
    return set(rows)


def checks(audited: Audited) -> Mapping[str, Check]:
    return {check.id.removeprefix("audit."): check for check in audited.report.checks}
