"""Real connections that break: before a request arrives, after it had its effect, and in the middle of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.aws.port import Port, Settings
from services.engine.journal import Journal, written_ahead
from services.events import Finished
from services.model.calls import Call
from services.problems import ProblemError
from tests import planted
from tests.faults import try_again_at_once
from tests.ports import FakeClock
from tests.services.faults.ground import PLAIN, ended
from tests.services.faults.relay import Relay, Way, relay
from tests.world import Journey, do


def port(url: str) -> Port:
    """The real port, without the pauses between its tries."""
    settings = Settings(
        region="eu-west-1", endpoint_url=url, access_key="AKIAEXAMPLE", secret_key=planted.AWS_SECRET_KEY
    )
    return Port(settings, at_once)


def at_once(events: Any) -> None:
    for name in ("s3", "kms", "iam", "sts"):
        events.register_first(f"needs-retry.{name}", try_again_at_once)


@pytest.fixture
def between(moto_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with relay(moto_server) as found:
        yield found


OFTEN, SELDOM = 3, 40
WAYS: tuple[tuple[Way, int], ...] = (
    ("lost", OFTEN),
    # What is left of such an answer looks whole, so nobody asks again.
    ("in the head", SELDOM),
    ("reset", 7),
    ("in the body", OFTEN),
    ("shut", 7),
    ("drip", OFTEN),
)


@pytest.mark.parametrize(
    ("way", "every"), [*WAYS[:2], *(pytest.param(*row, marks=pytest.mark.slow) for row in WAYS[2:])]
)
def test_a_set_up_is_made_once_over_connections_that_break(
    between: Relay, moto_server: str, tmp_path: Path, way: Way, every: int
) -> None:
    """Every so many requests meet it, and the first creation of a key; what is made once is told as a problem, most else is
    asked for again.

    The step drifts: a run makes as many requests before its first write as the one before it, and must not meet it there again.
    """
    journal, aws = Journal(tmp_path / "journal", FakeClock()), port(between.url)
    between.way = lambda number: way if (number + number // 20) % every == 0 else ""
    between.at = {"CreateKey": way}
    problems = []
    for _ in range(8):
        journey = Journey(aws, PLAIN, begun=journal.begun(), clock=FakeClock())
        try:
            problem = ended(list(written_ahead(journey.events(), journal, "run")))
        except ProblemError as error:
            problem = error.problem
        if problem is None:
            break
        problems.append(problem)
    assert problem is None
    assert {problem.code for problem in problems} <= {"network"}
    assert bool(problems) == (way != "drip")
    directly = port(moto_server)
    assert Journey(directly, PLAIN, begun=journal.begun()).run() == Finished(0, 0, 0)
    assert len(do(directly, "kms", "ListKeys")["Keys"]) == 1
    assert len(do(directly, "s3", "ListBuckets")["Buckets"]) == 1
    assert len(do(directly, "iam", "ListRoles")["Roles"]) == 1


@pytest.mark.slow
def test_an_answer_that_never_comes_ends_in_time(between: Relay, moto_server: str) -> None:
    """Twenty seconds, as the port has it; what makes something is not asked for again."""
    between.way = lambda _number: "hold"
    with pytest.raises(ProblemError) as caught:
        port(between.url)(Call("kms", "CreateKey", {"Description": "x"}))
    assert caught.value.problem.code == "network"
    assert between.number == 1


def test_nobody_listens(between: Relay) -> None:
    """The port of a server that has gone."""
    with relay(between.url) as gone:
        pass
    with pytest.raises(ProblemError) as caught:
        port(gone.url)(Call("kms", "ListKeys"))
    assert caught.value.problem.code == "network"
    assert caught.value.problem.where == "kms:ListKeys"
