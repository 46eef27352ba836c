"""What ends the work of Athena early: each is one clear sentence, and no query is left running."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.audit.athena_query import Ended, fetch, run, why
from services.audit.sources import SLICE
from services.aws.guards import OwnQueries
from services.model.athena_calls import execution
from services.model.calls import Call, Refused, Reply
from services.problems import ProblemError
from tests.services.audit.athena_stand import DONE, Room, asking, done, whole
from tests.tally import count
from tests.world import ACCOUNT

CUT = "Bytes scanned limit was exceeded"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ({"State": "CANCELLED", "StateChangeReason": CUT}, "limit"),
        ({"State": "FAILED", "StateChangeReason": f"Query exhausted: {CUT}."}, "limit"),
        ({"State": "CANCELLED"}, "busy"),
        ({"State": "CANCELLED", "StateChangeReason": "Query was cancelled by user"}, "busy"),
        (
            {
                "State": "FAILED",
                "StateChangeReason": "Access denied when writing output to url: s3://acme-answers/audit/q-1.csv",
            },
            "denied",
        ),
        (
            {
                "State": "FAILED",
                "StateChangeReason": "Insufficient permissions to execute the query. User is not authorized: glue:GetTable",
            },
            "denied",
        ),
        (
            {
                "State": "FAILED",
                "AthenaError": {"ErrorCategory": 1, "ErrorMessage": "Query exhausted resources"},
            },
            "busy",
        ),
        ({"State": "FAILED", "AthenaError": {"ErrorCategory": 2, "Retryable": True}}, "busy"),
        (
            {
                "State": "FAILED",
                "AthenaError": {"ErrorCategory": 2},
                "StateChangeReason": "HIVE_BAD_DATA: x\n",
            },
            "refused",
        ),
        ({"State": "FAILED"}, "refused"),
    ],
)
def test_whatever_ends_a_query_early_is_one_problem(status: dict[str, Any], code: str) -> None:
    with pytest.raises(ProblemError) as raised:
        done(run(asking(Room(states=[{"State": "RUNNING"}, status])), "WITH x"))
    whole(raised.value.problem, code)
    assert "q-1" in raised.value.problem.where
    assert raised.value.problem == why(status, "q-1", "audit")


def test_a_query_is_waited_for_longer_each_time_and_its_reading_is_told() -> None:
    room = Room(states=[{"State": "QUEUED"}, *[{"State": "RUNNING"}] * 8, DONE])
    with_clock = asking(room)
    assert done(run(with_clock, "WITH x")) == Ended("q-1", 7, "")
    assert 60 > with_clock.clock.now() > 30
    assert room.ops().count("GetQueryExecution") == 10
    assert "StopQueryExecution" not in room.ops()


def test_whoever_leaves_stops_the_query() -> None:
    left = Room(states=[{"State": "RUNNING"}])
    work = run(asking(OwnQueries(left, "audit")), "WITH x")
    next(work)
    work.close()
    lost = Room(states=[Refused(execution("q-1"), "ExpiredTokenException", "ended", 400)])
    with pytest.raises(ProblemError) as raised:
        done(run(asking(OwnQueries(lost, "audit")), "WITH x"))
    assert raised.value.problem.code == "sign-in"
    assert left.ops()[-1] == lost.ops()[-1] == "StopQueryExecution"
    count("faults injected", 2)


def test_one_run_begins_a_query_once_and_another_run_a_new_one() -> None:
    def token(seed: str, statement: str) -> str:
        room = Room()
        done(run(replace(asking(room), seed=seed), statement))
        return str(room.calls[0].params["ClientRequestToken"])

    tokens = [
        token(seed, statement)
        for seed, statement in (("a", "WITH x"), ("a", "WITH x"), ("b", "WITH x"), ("a", "WITH y"))
    ]
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 3
    assert all(32 <= len(each) <= 128 for each in tokens)


def answer(room: Room, folder: Path, place: str = "s3://acme-answers/audit/q-1.csv") -> bytes:
    for _ in fetch(asking(room), Ended("q-1", 7, place), ACCOUNT, folder / "answer"):
        pass
    return (folder / "answer").read_bytes()


def test_an_answer_is_fetched_whole_in_slices(tmp_path: Path) -> None:
    body = b"x" * (SLICE + 5)
    room = Room(files={"audit/q-1.csv": body})
    assert answer(room, tmp_path) == body
    assert room.ops() == ["HeadObject", "GetObject", "GetObject"]


@pytest.mark.parametrize(
    ("room", "place", "code"),
    [
        (Room(), "", "unfit"),
        (Room(refused={"HeadObject": "403"}), "s3://acme-answers/audit/q-1.csv", "denied"),
        (
            Room(files={"audit/q-1.csv": b"x"}, refused={"GetObject": "AccessDenied"}),
            "s3://acme-answers/audit/q-1.csv",
            "denied",
        ),
        (Room(), "s3://acme-answers/audit/q-1.csv", "not-ready"),
    ],
)
def test_an_answer_that_cannot_be_fetched(tmp_path: Path, room: Room, place: str, code: str) -> None:
    with pytest.raises(ProblemError) as raised:
        answer(room, tmp_path, place)
    whole(raised.value.problem, code)


def test_an_answer_that_changes_meanwhile_is_not_taken(tmp_path: Path) -> None:
    room = Room(files={"audit/q-1.csv": b"xx"})

    def shrinking(call: Call) -> Reply:
        reply = room(call)
        return {**reply, "Body": reply["Body"][:1]}

    with pytest.raises(ProblemError) as raised:
        for _ in fetch(
            asking(shrinking),
            Ended("q-1", 7, "s3://acme-answers/audit/q-1.csv"),
            ACCOUNT,
            tmp_path / "answer",
        ):
            pass
    whole(raised.value.problem, "busy")
