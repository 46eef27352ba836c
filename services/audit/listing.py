"""The *list* engine: pages the bucket's versions, all parts side by side, into the database.

A listing tells names, versions, delete markers, sizes and moments. It tells neither encryption nor retention: those stay
unknown, but for the files that are read afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

from services.audit.pages import Mark, Page, Pages, Row
from services.audit.parts import OTHERS, PARTS, jump, part_of, prefix_of, share
from services.aws.translate import problem_of
from services.clock import Clock
from services.events import Progressed
from services.model.calls import Aws, Refused, Reply
from services.model.coverage_reads import page
from services.problems import Problem, ProblemError, refuse
from services.side_by_side import threads

SIDE_BY_SIDE = 8
"""Pages that are asked for at once."""

EVERY = 2.0
"""Seconds between two words about how far it is."""


@dataclass
class Listing:
    """One run of the engine. `denied` are the parts that AWS does not let this sign-in see, with why."""

    aws: Aws
    bucket: str
    account: str
    clock: Clock
    denied: dict[str, Problem] = field(default_factory=dict)

    def run(self, pages: Pages) -> Iterator[Progressed]:
        """Lists what is not listed yet. Raises `ProblemError` for whatever ends it early; what was listed is kept."""
        marks = pages.marks()
        pace = _Pace(self.clock, pages.count(), marks)
        waiting = [part for part in PARTS if not marks[part].done]
        running: dict[Future[Page], str] = {}
        with threads(SIDE_BY_SIDE) as pool:
            while waiting or running:
                while waiting and len(running) < SIDE_BY_SIDE:
                    part = waiting.pop(0)
                    running[pool.submit(self._page, part, marks[part])] = part
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                ended = {running.pop(future): future for future in done}
                answered = {part: self._answered(part, future) for part, future in ended.items()}
                came = {part: got for part, got in answered.items() if got is not None}
                pages.add(came)
                for part, got in came.items():
                    marks[part] = got.mark
                    pace.add(part, len(got.rows), got.mark)
                waiting += [part for part, got in came.items() if not got.mark.done]
                yield from pace.due()

    def _answered(self, part: str, future: Future[Page]) -> Page | None:
        try:
            return future.result()
        except Refused as refused:
            problem = problem_of(refused)
            if problem.code != "denied":
                raise ProblemError(problem) from None
            self.denied[part] = problem
            return None

    def _page(self, part: str, mark: Mark) -> Page:
        reply = self.aws(page(self.bucket, self.account, prefix_of(part), mark.key, mark.version))
        return read(part, mark, reply)


def read(part: str, mark: Mark, reply: Reply) -> Page:
    """A reply as the rows of a part and where it goes on. A page that does not go forward would never end: refused."""
    rows = [
        *(_row(each, marker=False) for each in reply.get("Versions", [])),
        *(_row(each, marker=True) for each in reply.get("DeleteMarkers", [])),
    ]
    mine = tuple(row for row in rows if part_of(row.key) == part and row.key >= mark.key)
    if not reply.get("IsTruncated"):
        return Page(mine, Mark(mark.key, mark.version, done=True))
    key, version = str(reply.get("NextKeyMarker") or ""), str(reply.get("NextVersionIdMarker") or "")
    onward = jump(part, key)
    after = Mark(onward, version if onward == key else "")
    if after.key < mark.key or after == mark:
        raise refuse(
            "busy",
            "The listing of the bucket does not go forward: the same page came twice.",
            "Run the audit again; what was listed is kept.",
            where="s3:ListObjectVersions",
        )
    return Page(mine, after)


def _row(each: Reply, *, marker: bool) -> Row:
    return Row(
        key=str(each["Key"]),
        version_id=str(each.get("VersionId") or ""),
        latest=bool(each.get("IsLatest")),
        marker=marker,
        size=int(each.get("Size") or 0),
        written=str(each["LastModified"]),
    )


@dataclass
class _Pace:
    """How far a listing is, how fast, and how long it will take: key IDs are spread evenly over the parts."""

    clock: Clock
    count: int
    marks: dict[str, Mark]
    new: int = 0

    def __post_init__(self) -> None:
        self.shares = {part: self._share(part, mark) for part, mark in self.marks.items()}
        self.begun = self.told = self.clock.now()
        self.before = sum(self.shares.values())

    def add(self, part: str, rows: int, mark: Mark) -> None:
        self.count += rows
        self.new += rows
        self.shares[part] = self._share(part, mark)

    def _share(self, part: str, mark: Mark) -> float:
        return float(part != OTHERS) if mark.done else share(part, mark.key)

    def due(self) -> Iterator[Progressed]:
        now = self.clock.now()
        if now - self.told >= EVERY:
            self.told = now
            yield Progressed("list", self.says(now - self.begun))

    def says(self, seconds: float) -> str:
        listed = sum(self.shares.values())
        whole, gained = len(PARTS) - 1, listed - self.before
        rate = self.new / seconds if seconds > 0 else 0.0
        left = f", about {_time(seconds * (whole - listed) / gained)} left" if gained > 0.01 else ""
        return f"{self.count:,} versions listed, {rate:,.0f} a second{left}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
