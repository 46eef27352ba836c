"""A setup file as far as it can be read, however broken: which answers it has, with what is nobody's business left out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from services import files, rules
from services.answers import Answers, problems
from services.bundle import told
from services.model.values import mask
from services.problems import Problem, ProblemError
from services.questions import BY_KEY, QUESTIONS, Question, Value, accept
from services.setup_file import LONGEST, SetupFile

_ID = re.compile(r"""^\s*id\s*=\s*["']([0-9a-f-]{36})["']""", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """What could be read. `whole`: the file is as the program wants it. `unknown` counts what it knows nothing of."""

    setup: SetupFile
    whole: bool
    wrong: tuple[Problem, ...] = ()
    unknown: int = 0
    line: str = ""

    @property
    def answers(self) -> Answers:
        return self.setup.answers


def read(path: Path, given: Mapping[str, object]) -> Read:
    """A setup file with the answers `given` put over its own. Errors: `unreadable-file` if it is not there at all."""
    data = files.read_small(path, LONGEST)
    text = data.decode("utf-8-sig", "replace")
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = re.search(r"at line \d+, column \d+|at end of document", str(error))
        return Read(
            SetupFile(path.absolute(), _only_id(text)), False, line=where.group() if where else "somewhere"
        )
    found = _lenient(content)
    answers = replace(found.setup.answers, given={**found.setup.answers.given, **_accepted(given)})
    return replace(found, setup=SetupFile(path.absolute(), answers))


def _only_id(text: str) -> Answers:
    """The id of a file that cannot be understood, if it has one: the journal is found by it."""
    match = _ID.search(text)
    return Answers(_accepted({"setup.id": match.group(1)}) if match else {})


def _accepted(given: Mapping[str, object]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in given.items():
        try:
            found[key] = accept(BY_KEY[key], value)
        except ProblemError:
            continue
    return found


def _lenient(content: Mapping[str, Any]) -> Read:
    given: dict[str, Value] = {}
    wrong: list[Problem] = []
    unknown = 0
    for table, values in content.items():
        if table == "tags":
            continue
        entries = values.items() if isinstance(values, dict) else ()
        unknown += not isinstance(values, dict)
        for name, value in entries:
            question = BY_KEY.get(f"{table}.{name}")
            if question is None:
                unknown += 1
                continue
            try:
                given[question.key] = accept(question, value)
            except ProblemError as error:
                wrong.append(replace(error.problem, where=question.key))
    tags, damaged = _tags(content.get("tags", {}))
    answers = Answers(given, tags)
    return Read(
        SetupFile(Path(), answers), not (wrong or unknown or damaged), tuple(wrong), unknown + damaged
    )


def _tags(table: Any) -> tuple[dict[str, str], int]:
    """The tags that can be used, and how many cannot."""
    found: dict[str, str] = {}
    pairs = table.items() if isinstance(table, dict) else ()
    for name, value in pairs:
        try:
            rules.tag(name, value if isinstance(value, str) else "\0")
        except ProblemError:
            continue
        found[name] = value
    return found, len(pairs) - len(found) + (not isinstance(table, dict))


def as_json(found: Read, drafts: Mapping[str, str]) -> dict[str, object]:
    """The answers for the bundle: where each is from, and its value as far as it is harmless."""
    answers = found.answers
    document: dict[str, object] = {
        "file": found.setup.path.name,
        "readable": not found.line,
        "answers": {q.key: _answer(q, answers) for q in QUESTIONS},
        "tags": len(answers.tags),
        "unknown_keys": found.unknown,
        "problems": [told.about_answers(p) for p in (*found.wrong, *_incomplete(found))],
        "typed_but_not_accepted": sorted(key for key in drafts if key in BY_KEY),
    }
    if found.line:
        document["no_toml"] = found.line
    return document


def _incomplete(found: Read) -> tuple[Problem, ...]:
    wrong = {problem.where for problem in found.wrong}
    return tuple(problem for problem in problems(found.answers) if problem.where not in wrong)


def _answer(question: Question, answers: Answers) -> dict[str, object]:
    value = answers.get(question.key)
    source = "file" if question.key in answers.given else "none" if value is None else "default"
    return {"from": source, "value": None if value is None else _harmless(question, value)}


_FILES = frozenset({"recovery_key.public_files", "recovery_key.private_file"})


def _harmless(question: Question, value: Value) -> object:
    """An answer whose form is narrow as it is; of any other, that there is one."""
    if question.confidential:
        return mask(str(value))
    if question.key in _FILES:
        return [_ending(name) for name in (value if isinstance(value, tuple) else (str(value),))]
    if question.key == "hardening.alarm_email":
        return "(an e-mail address)"
    if question.kind == "text" and question.rule in {rules.anything, rules.profile, rules.kit_name}:
        return "(set)"
    return list(value) if isinstance(value, tuple) else value


def _ending(name: str) -> str:
    """A file by what its ending says it is."""
    endings = "".join(
        s for s in PurePath(name).suffixes if s in {".pke1", ".pub", ".der", ".hex", ".pem", ".private"}
    )
    return f"(a file){endings}"


def parts_known(found: Read) -> Iterator[str]:
    """Words of the answers that may stand in the bundle though they look like something else."""
    for key in ("recovery_key.fingerprint", "palisade.principal_arn", "role.path"):
        if found.answers.text(key):
            yield found.answers.text(key)
