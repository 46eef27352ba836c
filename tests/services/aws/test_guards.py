"""Law 5: what may only read cannot write, by construction; and the other ports around the port."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import botocore.session
import pytest

from services.aws.endpoints import SERVICES
from services.aws.guards import Logged, Once, OwnQueries, ReadOnly
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS
from services.problems import ProblemError, refuse
from tests.ports import Recording
from tests.world import EXTERNAL_ID, Journey

READS = sorted(name for name, row in OPERATIONS.items() if row.reads)
WRITES = sorted(name for name, row in OPERATIONS.items() if not row.reads)


def answered(_call: Call) -> Reply:
    return {"Answer": 42}


def named(name: str) -> Call:
    service, op = name.split(":")
    return Call(service, op)


@pytest.mark.parametrize("name", [*WRITES, "s3:DeleteBucket", "iam:GetSomethingNew", "kms:ListUnheardOf"])
def test_read_only_refuses_every_write_and_whatever_it_does_not_know(name: str) -> None:
    recording = Recording(answered)
    with pytest.raises(ProblemError) as caught:
        ReadOnly(recording)(named(name))
    assert caught.value.problem.code == "our-bug"
    assert recording.calls == []


@pytest.mark.parametrize("name", READS)
def test_read_only_lets_every_read_pass(name: str) -> None:
    assert ReadOnly(answered)(named(name)) == {"Answer": 42}


@pytest.mark.parametrize("name", READS)
def test_what_the_table_calls_a_read_is_one_by_name_or_by_reason(name: str) -> None:
    """AWS's own naming is no proof, but a read that is not named like one must be a known exception."""
    assert name.split(":")[1].startswith(("Get", "List", "Head", "Describe")) or name in {
        "iam:SimulatePrincipalPolicy",
        "iam:SimulateCustomPolicy",
        "cloudtrail:LookupEvents",
        "logs:FilterLogEvents",
    }


SESSION = botocore.session.get_session()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_the_tables_operations_exist_and_their_actions_are_well_formed(name: str) -> None:
    service, op = name.split(":")
    model = SESSION.get_service_model(service)
    assert op in model.operation_names
    row = OPERATIONS[name]
    assert row.actions
    assert all(action.split(":")[0] in SERVICES for action in row.actions)
    assert row.does
    assert not row.does.endswith(".")


def test_a_plan_can_be_made_and_an_apply_cannot_through_a_read_only_port(aws: Aws) -> None:
    journey = Journey(ReadOnly(aws))
    assert journey.plan().steps
    assert not journey.run().ok
    assert Journey(aws).plan().fingerprint == journey.plan().fingerprint


def test_the_log_tells_names_and_outcomes_and_never_values(aws: Aws) -> None:
    lines: list[str] = []
    Journey(Logged(aws, lines.append)).run()
    assert "kms:CreateKey: ok" in lines
    assert "s3:HeadBucket: 404" in lines
    assert EXTERNAL_ID not in "\n".join(lines)


def test_the_log_tells_failures_below_aws_too() -> None:
    def cut(call: Call) -> Reply:
        raise refuse("network", "AWS cannot be reached.", where=call.name)

    lines: list[str] = []
    with pytest.raises(ProblemError):
        Logged(cut, lines.append)(Call("iam", "GetRole"))
    assert lines == ["iam:GetRole: network"]


def test_once_asks_once_and_answers_each_caller_with_its_own_call() -> None:
    recording = Recording(answered)
    once = Once(recording)
    first, second = Call("iam", "GetRole", {"RoleName": "a"}), Call("iam", "GetRole", {"RoleName": "b"})
    for call in (first, second, first, second):
        once(call)
    assert recording.calls == [first, second]


def test_once_remembers_a_refusal_with_the_call_of_whoever_asks() -> None:
    asked: list[Call] = []

    def refused(call: Call) -> Reply:
        asked.append(call)
        raise Refused(call, "NoSuchEntity", "It is not there.", 404)

    once = Once(refused)
    strict = Call("iam", "GetRole", {"RoleName": "a"})
    lenient = Call("iam", "GetRole", {"RoleName": "a"}, absent=frozenset({"NoSuchEntity"}))
    for call in (strict, lenient):
        with pytest.raises(Refused) as caught:
            once(call)
        assert caught.value.call is call
    assert asked == [strict]


def test_once_asks_once_although_many_ask_at_the_same_time() -> None:
    gate = Barrier(8)
    asked: list[Call] = []

    def slow(call: Call) -> Reply:
        asked.append(call)
        return {"Answer": 42}

    once = Once(slow)

    def ask(_: int) -> Reply:
        gate.wait(10)
        return once(Call("kms", "ListAliases"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [{"Answer": 42}] * 8
    assert len(asked) == 1


WORKGROUP = {"WorkGroup": "audit", "QueryString": "WITH x AS (SELECT 1) SELECT * FROM x"}


@pytest.mark.parametrize("name", WRITES)
def test_whoever_asks_athena_writes_nothing_else(name: str) -> None:
    recording = Recording(answered)
    with pytest.raises(ProblemError) as caught:
        OwnQueries(recording, "another")(replace(named(name), params=WORKGROUP))
    assert caught.value.problem.code == "our-bug"
    assert recording.calls == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE x",
        "INSERT INTO x SELECT 1",
        "UNLOAD (SELECT 1) TO 's3://b/'",
        "CREATE TABLE x AS SELECT 1",
        "",
    ],
)
def test_a_question_only_reads(statement: str) -> None:
    recording = Recording(answered)
    with pytest.raises(ProblemError):
        OwnQueries(recording, "audit")(
            replace(named("athena:StartQueryExecution"), params={**WORKGROUP, "QueryString": statement})
        )
    assert recording.calls == []


def test_only_queries_of_its_own_are_ended() -> None:
    recording = Recording(lambda _call: {"QueryExecutionId": "q-1"})
    port = OwnQueries(recording, "audit")
    ending = {
        query: Call("athena", "StopQueryExecution", {"QueryExecutionId": query}) for query in ("q-1", "q-2")
    }
    with pytest.raises(ProblemError):
        port(ending["q-1"])
    port(replace(named("athena:StartQueryExecution"), params=WORKGROUP))
    port(ending["q-1"])
    with pytest.raises(ProblemError):
        port(ending["q-2"])
    assert [call.op for call in recording.calls] == ["StartQueryExecution", "StopQueryExecution"]
    assert port(named("s3:GetObject")) == {"QueryExecutionId": "q-1"}
