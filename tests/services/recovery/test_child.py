"""The child's side of the conversation: it answers everything, and shows nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from services.recovery import child
from tests import planted

SECRET = planted.NEVER.encode()


def answer(head: object, secrets: bytes = b"") -> dict[str, object]:
    """The last line that the child says."""
    said = io.BytesIO()
    child.serve(io.BytesIO(json.dumps(head).encode() + b"\n" + secrets), said)
    last: dict[str, object] = json.loads(said.getvalue().splitlines()[-1])
    assert SECRET.decode() not in said.getvalue().decode()
    return last


@pytest.mark.parametrize(
    "head",
    [
        {},
        [],
        "check",
        {"work": "unknown", "parameters": {}, "secrets": {"data": len(SECRET)}},
        {"work": "check", "parameters": {}, "secrets": {"data": len(SECRET)}},
        {"work": "generate", "parameters": {"folder": 1}, "secrets": {"password": len(SECRET)}},
    ],
)
def test_an_order_that_makes_no_sense_is_a_bug_named_by_its_place(head: object) -> None:
    problem = answer(head, SECRET)["problem"]
    assert isinstance(problem, dict)
    assert problem["code"] == "our-bug"
    assert " at " in problem["where"]


def test_a_file_that_is_no_key_is_a_problem_without_its_content() -> None:
    head = {
        "work": "check",
        "parameters": {"prove": False, "iterations": 1},
        "secrets": {"data": len(SECRET)},
    }
    problem = answer(head, SECRET)["problem"]
    assert isinstance(problem, dict)
    assert problem["code"] == "unreadable-file"


def test_a_listener_that_went_away_ends_the_work(tmp_path: Path) -> None:
    class Gone(io.BytesIO):
        def write(self, _data: object) -> int:
            raise BrokenPipeError

    parameters = {"folder": str(tmp_path), "name": "recovery", "format": "hex", "iterations": 1}
    for work in ("generate", "unknown"):
        order = {"work": work, "parameters": parameters, "secrets": {"password": 0}}
        with pytest.raises(BrokenPipeError):
            child.serve(io.BytesIO(json.dumps(order).encode() + b"\n"), Gone())
    assert list(tmp_path.iterdir()) == []
