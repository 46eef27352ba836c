"""The last problems are kept by code and place alone, never more than a few, and never make a problem of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services import last_errors
from services.problems import Problem
from services.setups import State
from tests import planted

MOMENT = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def keep(
    state: State, code: str = "denied", where: str = "kms:CreateKey (AccessDenied)", way: str = ""
) -> None:
    problem = Problem(code, f"It said: {planted.NEVER}", (planted.PASSWORD,), where)
    last_errors.keep(state, problem, "apply", MOMENT, way)


def test_code_and_place_are_kept_and_no_words(state: State) -> None:
    keep(state)
    assert last_errors.read(state) == (
        {
            "at": "2026-11-02T10:00:00Z",
            "command": "apply",
            "code": "denied",
            "where": "kms:CreateKey (AccessDenied)",
        },
    )
    assert state.errors.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "where", ["/home/kim/keys/recovery.pke1", "--password-file", planted.PASSWORD, "my keys.pke1"]
)
def test_a_place_that_could_be_a_value_is_not_kept(state: State, where: str) -> None:
    keep(state, where=where)
    assert last_errors.read(state)[0]["where"] == ""


@pytest.mark.parametrize("where", ["storage.bucket", "role.trust", "sts:GetCallerIdentity"])
def test_answers_addresses_and_calls_are(state: State, where: str) -> None:
    keep(state, where=where, way="run:12 > main:3")
    assert last_errors.read(state)[0]["where"] == where
    assert last_errors.read(state)[0]["way"] == "run:12 > main:3"


def test_only_the_last_ones_are_kept(state: State) -> None:
    for number in range(last_errors.KEPT + 5):
        keep(state, where=f"s3:Call{number}")
    kept = [entry["where"] for entry in last_errors.read(state)]
    assert len(kept) == last_errors.KEPT
    assert kept[-1] == f"s3:Call{last_errors.KEPT + 4}"


@pytest.mark.parametrize("code", ["usage", "consent", "interrupted"])
def test_what_a_person_wanted_is_no_error(state: State, code: str) -> None:
    keep(state, code)
    assert not state.errors.exists()


def test_no_folder_is_made_for_it(tmp_path: Path) -> None:
    keep(State(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_damage_is_passed_over(state: State) -> None:
    state.errors.write_bytes(
        b'\xff\xfe\n[1]\n{"code": "denied"\n' + json.dumps({"code": "network"}).encode() + b"\n"
    )
    assert last_errors.read(state) == ({"code": "network"},)
    keep(state)
    assert len(last_errors.read(state)) == 2
    state.errors.unlink()
    state.errors.mkdir()
    keep(state)
    assert last_errors.read(state) == ()
