"""Who wrote the files that were read, by the records of the set-up's trail: `verify`'s own reading, as far as it goes.

Records are looked for around the moments at which these files were written, the latest ones, within `verify`'s bounds. A
record that is not there proves nothing, so a file without one is neither well nor a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from services.audit.reading import Content
from services.aws.translate import problem_of
from services.backups.shards import parse_key
from services.clock import Clock
from services.model.calls import Aws, Refused
from services.problems import Problem
from services.verify.files import Judged
from services.verify.search import FoundFile
from services.verify.trail import record_of
from services.verify.trail_source import Expected, Trail, around, read

if TYPE_CHECKING:
    from services.audit.database import Database


@dataclass(frozen=True)
class Source:
    """Where records are and what they are held against; `problem` is why the trail or the role cannot be seen."""

    trail: Trail | None = None
    expected: Expected | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Told:
    """Of how many files that were read the trail tells who wrote them; `problem` is why nobody could look."""

    files: int = 0
    known: int = 0
    problem: Problem | None = None


_READ = """
SELECT raw.key, raw.version_id, raw.written, coalesce(raw.size, 0)
FROM raw JOIN heads ON raw.key = heads.key AND raw.version_id = heads.version_id
WHERE coalesce(raw.latest, TRUE) AND NOT raw.marker AND raw.written IS NOT NULL ORDER BY raw.key"""


def look(database: Database, aws: Aws, source: Source, clock: Clock) -> tuple[Told, tuple[Content, ...]]:
    """What the trail tells of the files that were read, and the wallets of which it tells that others wrote."""
    if source.trail is None or source.expected is None:
        return Told(problem=source.problem), ()
    files = [
        Judged(FoundFile(key, written.replace(tzinfo=UTC), int(size)), named, (), version_id=str(version))
        for key, version, written, size in database.execute(_READ).fetchall()
        if (named := parse_key(str(key))) is not None
    ]
    if not files:
        return Told(), ()
    windows = around((each.file.written for each in files), clock.wall())
    try:
        events = read(aws, source.trail, source.expected, windows).events
    except Refused as refused:
        return Told(len(files), problem=problem_of(refused)), ()
    told = [(each, event) for each in files if (event := record_of(each, events)) is not None]
    others: dict[str, list[str]] = {}
    for each, event in told:
        if event.actor.role != source.expected.role_arn:
            others.setdefault(each.named.key_id, []).append(event.actor.name)
    number = {key: sum(each.named.key_id == key for each in files) for key in others}
    found = tuple(
        Content("writer", "fail", key, len(names), number[key], names[0]) for key, names in others.items()
    )
    return Told(len(files), len(told)), found
