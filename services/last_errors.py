"""The last problems that the program told, kept for a support bundle: codes and places, never words or values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from services import files, json_text, own_files, seen
from services.clock import stamp
from services.problems import Problem, ProblemError
from services.setups import State

KEPT = 50
"""Problems that are kept."""

_NOT_WORTH = frozenset(
    {"usage", "no-terminal", "missing-extra", "consent", "interrupted", "hang-up", "terminated"}
)
"""What a person did or wanted, and nothing went wrong."""


_NAME = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+(?: \([A-Za-z0-9.]+\))?|[a-z_-]+\.[a-z_-]+")
"""A call (`kms:CreateKey (AccessDenied)`), an answer or an address: no path and no value looks so."""


def entry(problem: Problem, command: str, moment: datetime, way: str = "") -> dict[str, object]:
    """What is kept of a problem. Of its place only what no value can be: a call, an answer, an address."""
    where = problem.where if _NAME.fullmatch(problem.where) else ""
    found: dict[str, object] = {"at": stamp(moment), "command": command, "code": problem.code, "where": where}
    return {**found, "way": way} if way else found


def keep(state: State, problem: Problem, command: str, moment: datetime, way: str = "") -> None:
    """Adds a problem to the list, where this computer has a state directory. Never a reason for another problem."""
    if problem.code in _NOT_WORTH or not seen.folder(state.folder):
        return
    try:
        lines = [*_lines(state)[-KEPT + 1 :], json.dumps(entry(problem, command, moment, way))]
        files.replace(state.errors, ("\n".join(lines) + "\n").encode())
    except ProblemError:
        return


def read(state: State) -> tuple[Mapping[str, object], ...]:
    """The problems that were kept, newest last; damaged lines are passed over."""
    return tuple(json_text.objects("\n".join(_lines(state)[-KEPT:])))


def _lines(state: State) -> list[str]:
    try:
        return own_files.read_own(state.errors).decode("utf-8", "replace").splitlines()
    except ProblemError:  # there is none yet, or somebody made it unreadable
        return []
