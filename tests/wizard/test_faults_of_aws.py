"""What goes wrong between the program and AWS, as a person or a program sees it on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from services.aws.port import Port
from tests import planted
from tests.fault_kinds import KINDS
from tests.faults import Fault, Faults
from tests.sampling import every
from tests.search import Search, files_below
from tests.simulating import Simulating
from tests.wizard.driving import EXTERNAL_ID, Ran, Terminal, refused
from tests.world import ACCOUNT, do

ROWS = (
    ("kms:CreateKey", "internal-error", 7),
    ("kms:CreateKey", "quota", 6),
    ("kms:CreateKey", "scp", 5),
    ("kms:CreateKey", "dropped", 7),
    ("kms:EnableKeyRotation", "key-going", 6),
    ("kms:EnableKeyRotation", "throttle", 7),
    ("kms:CreateAlias", "name-taken", 6),
    ("kms:CreateAlias", "unknown-key", 4),
    ("s3:CreateBucket", "name-taken", 6),
    ("s3:CreateBucket", "at-work", 7),
    ("s3:PutBucketTagging", "time-out", 7),
    ("s3:PutBucketVersioning", "slow-clock", 7),
    ("s3:PutBucketVersioning", "new-thing", 7),
    ("s3:PutBucketEncryption", "bad-gateway", 7),
    ("s3:PutBucketPolicy", "elsewhere", 6),
    ("s3:PutBucketPolicy", "portal", 7),
    ("iam:CreateRole", "new-principal", 6),
    ("iam:CreateRole", "expired", 4),
    ("iam:PutRolePolicy", "denied", 5),
)
"""A call, what goes wrong with it for as long as the run lasts, and the exit code; in the order of a run."""


@pytest.fixture
def person(faulty: tuple[Faults, Port], tmp_path: Path) -> Iterator[Terminal]:
    """A machine with an empty account, on which a script of faults can happen."""
    faults, port = faulty
    faults.play("")
    with mock_aws():
        yield Terminal(tmp_path, Simulating(port, ACCOUNT))


def play(faulty: tuple[Faults, Port], script: str) -> None:
    faulty[0].play(script)


def clean(ran: Ran, person: Terminal) -> None:
    """Nothing but what belongs there: no traceback, and no secret in any stream, journal or log."""
    said = ran.out + ran.err
    assert "Traceback" not in said
    assert EXTERNAL_ID not in said
    search = Search({name: secret for name, secret in planted.ALL.items() if name.startswith("AWS")})
    assert not search.inside(said.encode())
    kept = dict(files_below(person.folder / "state"))
    log = person.folder / "log"
    kept |= {log: log.read_bytes()} if log.exists() else {}
    assert kept
    for path, content in kept.items():
        assert not search.inside(content), path
        assert b"Traceback" not in content
        assert EXTERNAL_ID.encode() not in content or str(path).endswith(".toml"), path


def test_each_kind_of_fault_ends_an_apply_with_one_problem_and_the_next_goes_on(
    person: Terminal, faulty: tuple[Faults, Port]
) -> None:
    setup = person.with_key()
    for name, kind, status in ROWS:
        play(faulty, str(Fault(name, kind, times=0)))
        ran = person("apply", "--config", setup, "--yes", "--json", "--log-file", person.folder / "log")
        assert ran.status == status, (name, kind, ran.out)
        *_, failed, finished = ran.lines
        problem = failed["problem"]
        assert failed["event"] == "failed"
        assert sum(line["event"] == "failed" for line in ran.lines) == 1
        assert (finished["event"], finished["ok"], finished["failed"]) == ("finished", False, 1)
        assert problem["code"] in KINDS[kind].right
        assert problem["exit_code"] == status
        assert name in problem["where"]
        assert problem["remedy"]
        clean(ran, person)
    play(faulty, "")
    assert person("apply", "--config", setup, "--yes").status == 0
    assert person("plan", "--config", setup, "--check").status == 0
    assert len(do(person.aws, "kms", "ListKeys")["Keys"]) == 1


@pytest.mark.parametrize("command", every(2, ["plan", "values", "verify", "doctor", "destroy"]))
def test_each_command_that_looks_ends_with_the_right_code(
    person: Terminal, faulty: tuple[Faults, Port], command: str
) -> None:
    setup = person.with_key()
    assert person("apply", "--config", setup, "--yes").status == 0
    extra = ("--yes",) if command == "destroy" else ()
    for script, status, code in (
        ("at any request 4: expired for ever", 4, "sign-in"),
        ("at any request 4: fast-clock for ever", 7, "clock"),
        ("at any request 4: dropped for ever", 7, "network"),
        ("at iam:GetRole: denied for ever", 5, "denied"),
        ("at iam:GetRole: throttle for ever", 7, "throttled"),
        ("at iam:GetRole: unavailable for ever", 7, "busy"),
    ):
        play(faulty, script)
        ran = person(command, "--config", setup, "--json", *extra)
        assert ran.status == status, (script, ran.out)
        clean(ran, person)
        if "problem" in ran.document:
            refused(ran, code)
        elif command == "plan":
            codes = {step["problem"]["code"] for step in ran.document["steps"]}
            assert codes == {code}
        else:
            lines = [line for line in ran.document["checks"] if line["status"] in {"unknown", "waiting"}]
            assert lines
            assert not [
                line for line in ran.document["checks"] if line["status"] == "fail" and "role" in line["id"]
            ]
    play(faulty, "")
    assert person("plan", "--config", setup, "--check").status == 0


@pytest.mark.parametrize("request_number", [24, 31, 38, 45])
def test_a_sign_in_that_ends_in_the_middle_is_gone_on_from_with_the_next(
    person: Terminal, faulty: tuple[Faults, Port], request_number: int
) -> None:
    """Nothing is lost, and nothing is made twice."""
    setup = person.with_key()
    play(faulty, f"at any request {request_number}: expired for ever")
    ran = person("apply", "--config", setup, "--yes", "--json")
    assert ran.status == 4
    assert "nothing is lost" in str(ran.lines[-2]["problem"]["remedy"])
    clean(ran, person)
    play(faulty, "")
    again = person("apply", "--config", setup, "--yes", "--json")
    assert again.status == 0
    done = {line["address"] for line in ran.lines if line["event"] == "succeeded"}
    assert done
    assert not done & {line["address"] for line in again.lines if line["event"] == "started"}
    assert len(do(person.aws, "kms", "ListKeys")["Keys"]) == 1
    assert person("plan", "--config", setup, "--check").status == 0
