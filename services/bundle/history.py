"""The journal and the last errors for the bundle: only what the program itself can have written there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from services.bundle import told, vocabulary
from services.clock import stamp

LAST = 200
"""Lines of the journal, and of a log, that are passed on."""

_EVENTS = frozenset({"plan", "started", "succeeded", "skipped", "waiting", "failed", "finished"})
_VERBS = frozenset({"create", "set", "change", "adopt", "blocked", "delete"})
_NUMBERS = ("seconds", "done", "failed", "remaining")


def journal(entries: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """The last lines of a journal; of a line that the program did not write, only that it is there."""
    return [_line(entry) for entry in list(entries)[-LAST:]]


def _line(entry: Mapping[str, object]) -> dict[str, object]:
    event = entry.get("event")
    if event not in _EVENTS:
        return {"event": "unknown"}
    found: dict[str, object] = {"at": moment(entry.get("at")), "run": _run(entry.get("run")), "event": event}
    if entry.get("address"):
        found["address"] = vocabulary.address(entry["address"]) or "unknown"
    if entry.get("verb") in _VERBS:
        found["verb"] = entry["verb"]
    for name in _NUMBERS:
        value = entry.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6:
            found[name] = value
    if isinstance(entry.get("ok"), bool):
        found["ok"] = entry["ok"]
    if event == "failed" and "problem" in entry:
        found["problem"] = told.recorded(entry["problem"])
    return found


def moment(value: object) -> str:
    """A time in one spelling; empty for anything else."""
    try:
        return stamp(datetime.fromisoformat(str(value)))
    except (ValueError, OverflowError):
        return ""


def _run(value: object) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        return ""


_WAY = re.compile(r"[\w<>]{1,60}:\d{1,6}(?: > [\w<>]{1,60}:\d{1,6}){0,40}")


def errors(entries: Iterable[Mapping[str, object]], commands: frozenset[str]) -> list[dict[str, object]]:
    """The last problems that the commands told; `way` are the places that a fault of the program passed through."""
    found: list[dict[str, object]] = []
    for entry in entries:
        line: dict[str, object]
        command = str(entry.get("command"))
        line = {"at": moment(entry.get("at")), "command": command if command in commands else ""}
        line |= told.recorded(entry)
        way = entry.get("way")
        if isinstance(way, str) and _WAY.fullmatch(way):
            line["way"] = way
        found.append(line)
    return found


_LOGGED = re.compile(r"(\S+Z) ([a-z0-9-]+:[A-Za-z0-9]+): ([A-Za-z0-9.-]{1,60})")


def log(lines: Iterable[str]) -> list[str]:
    """The last lines of a log file: calls and how they ended. Whatever else stands in it is left out."""
    from services.aws.codes import CODES
    from services.model.operations import OPERATIONS
    from services.problems import KINDS

    found: list[str] = []
    for line in list(lines)[-LAST:]:
        match = _LOGGED.fullmatch(line.strip())
        if match is None or match.group(2) not in OPERATIONS:
            found.append("(a line of another kind, left out)")
            continue
        outcome = match.group(3)
        told_outcome = outcome if outcome == "ok" or outcome in CODES or outcome in KINDS else "another code"
        found.append(f"{moment(match.group(1))} {match.group(2)}: {told_outcome}")
    return found
