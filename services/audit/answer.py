"""The answer of an audit: what the engine could see, the answered question, and what a person and a program get of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from services.audit.expected import Expected
from services.audit.question import Terms
from services.audit.reading import Reach
from services.audit.writers import Told
from services.problems import Problem
from services.verify.checks import Report

if TYPE_CHECKING:
    from services.audit.database import Database

Engine: TypeAlias = Literal["list", "inventory", "athena"]


@dataclass(frozen=True)
class Looked:
    """What the engine could see: of when the list is, what is wrong with it, and what keeps it from being whole.

    `unseen` are the beginnings of key IDs of which nothing could be seen; `note` is a sentence about how it was looked at,
    `details` the same for programs.
    """

    engine: Engine
    as_of: datetime
    place: str
    begun: datetime | None = None
    denied: tuple[Problem, ...] = ()
    unseen: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def whole(self) -> bool:
        return not (self.denied or self.absent or self.damaged)


@dataclass(frozen=True)
class Asked:
    """The answered question, still in the database: `coverage` and `findings` are tables there.

    `reach` is how far reading came; `key` is why no file could be held against the KMS key, None where each was.
    """

    database: Database
    terms: Terms
    looked: Looked
    expected: Expected | None
    reach: Reach
    totals: Mapping[str, Any]
    key: Problem | None = None
    writers: Told | None = None
    """What the trail told of who wrote; None where there is no trail to ask."""


@dataclass(frozen=True)
class Audited:
    """The checklist, and the document beside it; `files` are those that were written."""

    report: Report
    document: Mapping[str, Any]
    files: tuple[Path, ...] = ()
