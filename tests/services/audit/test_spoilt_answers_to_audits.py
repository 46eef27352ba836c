"""An audit whose answers are spoilt, one value at a time, in each engine: one whole problem or a result, and always an end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.audit.athena_query import Ended, fetch, run
from services.audit.audit import Wanted
from services.audit.sources import newest
from services.engine import contents
from services.model.calls import Aws, Call, Reply
from services.problems import Problem, ProblemError
from services.verify.trail_source import Window, _day
from tests import fleet, tally
from tests.fleet import LOCK
from tests.services.audit.asking import ask
from tests.services.audit.athena_stand import DONE, STORE, Room, asking, done, offered, report
from tests.services.audit.stacked import Stack, files
from tests.services.audit.test_inventory import TINY
from tests.services.audit.test_locating import Destination, configured
from tests.services.audit.test_reading import LOCKED, OPEN
from tests.services.verify.bucket import BODY, FILE, KEY_ID
from tests.spoilt import KINDS_OF_VALUES, Hearing, Spoilt
from tests.world import ACCOUNT, BUCKET

Wrap = Callable[[Aws], Aws]


@dataclass
class Ground:
    """What each engine has to look at; every look is one of a fresh run, in a folder of its own."""

    folder: Path
    delivered: Mapping[str, bytes]
    there: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def new(self) -> Path:
        place = self.folder / str(next(self.numbers))
        place.mkdir()
        return place

    def listed(self, wrap: Wrap) -> object:
        other = f"{KEY_ID}/recovery_shard-1.txt"
        stack = Stack(
            files([FILE, other]), bodies={FILE: BODY, other: BODY}, own_headers={FILE: LOCKED}, page=1
        )
        subject = replace(OPEN, terms=replace(OPEN.terms, lock=LOCK))
        return ask(Wanted("list", sample=5, seed="x"), self.new(), wrap(stack), subject)

    def inventory(self, wrap: Wrap) -> object:
        return ask(configured(), self.new(), wrap(Destination(self.there)))

    def offered(self, wrap: Wrap) -> object:
        room: Any = wrap(Room(files=dict(self.delivered)))
        return offered(room)

    def asked(self, wrap: Wrap) -> object:
        return done(run(asking(wrap(Room(states=[{"State": "RUNNING"}, DONE]))), "WITH x"))

    def fetched(self, wrap: Wrap) -> object:
        key = next(iter(self.delivered))
        room = wrap(Room(files=dict(self.delivered)))
        return list(fetch(asking(room), Ended("q", 7, f"s3://{STORE}/{key}"), ACCOUNT, self.new() / "answer"))


WAYS = ("listed", "inventory", "offered", "asked", "fetched")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("audits")
    there = fleet.write(TINY, folder / "2026-11-22T01-00Z", parts=2)
    return Ground(folder, report(folder), there)


def whole(problem: Problem) -> None:
    assert problem.remedy
    for sentence in (problem.summary, *problem.remedy):
        assert sentence[0].isupper(), sentence
        assert sentence.endswith((".", ")", "…")), sentence
        assert sentence.isprintable()


@pytest.mark.parametrize(
    ("way", "every"),
    [
        ("listed", 150),
        ("inventory", 60),
        *((way, 1) for way in WAYS[2:]),
        *(pytest.param(way, 1, marks=pytest.mark.slow) for way in WAYS[:2]),
    ],
)
def test_each_value_of_each_answer_in_turn(ground: Ground, way: str, every: int) -> None:
    look_: Callable[[Wrap], object] = getattr(ground, way)
    told: dict[str, int] = {}
    look_(lambda aws: Hearing(aws, told))
    rows = [
        (name, place, kind)
        for name, count in told.items()
        for place in range(count)
        for kind in KINDS_OF_VALUES
    ]
    assert rows
    unforeseen = []
    for name, place, kind in rows[::every]:
        try:
            look_(partial(Spoilt, name=name, place=place, kind=kind))
        except ProblemError as error:
            whole(error.problem)
        except AssertionError:
            continue  # a stand-in, which knows one account and one bucket alone
        except Exception as error:  # noqa: BLE001 - that is what must not come
            unforeseen.append((name, place, kind, repr(error)))
    assert not unforeseen


def endless(call: Call) -> Reply:
    """Every page says that there is more, at a place where it has been."""
    tally.count("faults injected")
    match call.op:
        case "ListObjectVersions":
            return {"IsTruncated": True, "NextKeyMarker": "k", "NextVersionIdMarker": "v"}
        case "ListMultipartUploads":
            return {"IsTruncated": True, "NextKeyMarker": "k", "NextUploadIdMarker": "u"}
        case "ListObjectsV2":
            return {"IsTruncated": True, "NextContinuationToken": "same"}
        case _:
            return {}


def endless_uploads(call: Call) -> Reply:
    """The versions end, the unfinished uploads do not."""
    return {"IsTruncated": False} if call.op == "ListObjectVersions" else endless(call)


BUCKET_OF_OURS = {"Bucket": BUCKET, "ExpectedBucketOwner": ACCOUNT}
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "walk"),
    [
        ("s3:ListObjectVersions", lambda place: ask(Wanted("list"), place, endless)),
        ("s3:ListObjectsV2", lambda place: newest(endless, STORE, ACCOUNT, "inv/", place)),
        ("s3:ListObjectVersions", lambda _place: contents.look(endless, BUCKET_OF_OURS, AT)),
        ("s3:ListMultipartUploads", lambda _place: contents.look(endless_uploads, BUCKET_OF_OURS, AT)),
        ("s3:ListObjectsV2", lambda _place: list(_day(endless, {"Bucket": STORE}, Window(AT, AT)))),
    ],
)
def test_a_list_that_does_not_go_forward_ends(
    tmp_path: Path, name: str, walk: Callable[[Path], object]
) -> None:
    with pytest.raises(ProblemError) as raised:
        walk(tmp_path)
    whole(raised.value.problem)
    assert (raised.value.problem.code, raised.value.problem.where) == ("busy", name)
