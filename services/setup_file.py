"""The setup file: one setup's answers as commented TOML, without secrets.

The wizard and `answers new` write it, `--config` reads it. Comments and order that a person gave it stay.
"""

from __future__ import annotations

import contextlib
import difflib
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from services import files, own_files, rules, seen
from services.alone import alone
from services.answers import Answers
from services.problems import ProblemError, refuse
from services.questions import QUESTIONS, Question, Value, accept, find

LONGEST = 256 * 1024
"""Bytes that a setup file may have."""

_TABLES = tuple(dict.fromkeys(question.table for question in QUESTIONS))


@dataclass(frozen=True)
class SetupFile:
    """A setup file on the disk and the answers in it."""

    path: Path
    answers: Answers

    def public_files(self) -> tuple[Path, ...]:
        """The recovery public key files, relative ones taken from the setup file's folder."""
        folder = self.path.parent
        return tuple(folder / name for name in self.answers.texts("recovery_key.public_files"))

    def private_file(self) -> Path | None:
        """Where the private key was written, seen from the setup file's folder too; it may be gone from there."""
        name = self.answers.text("recovery_key.private_file")
        return self.path.parent / name if name else None


def parse(text: str, where: str | Path = "") -> Answers:
    """The answers in a TOML text; unknown keys and wrong values are refused, naming the key."""
    return checked(*unchecked(text, where))


def unchecked(text: str, where: str | Path = "") -> tuple[dict[str, object], object]:
    """The values in a TOML text by key, and its tags, as they stand there; only the keys are known ones."""
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise refuse(
            "invalid-answer",
            f"The setup file is no valid TOML: {error}.",
            "Correct that line, or make a new file with 'palisade-wizard answers new'.",
            where=where,
        ) from None
    values: dict[str, object] = {}
    for table, entries in content.items():
        if table == "tags":
            continue
        if table not in _TABLES:
            raise _no_table(table)
        if not isinstance(entries, dict):
            raise refuse(
                "invalid-answer",
                f"The entry [{table}] is a table, and this file makes it something else.",
                f"Write [{table}] on a line of its own and its answers below it.",
                where=table,
            )
        values.update({_known(f"{table}.{name}"): value for name, value in entries.items()})
    return values, content.get("tags", {})


def checked(values: Mapping[str, object], tags: object) -> Answers:
    """The answers that these values are; each is checked by its question."""
    return Answers({key: accept(find(key), value) for key, value in values.items()}, _tags(tags))


NEWER = "If a newer version of this program wrote the file, update this one."


def _no_table(name: str) -> ProblemError:
    near = difflib.get_close_matches(name, _TABLES, n=1)
    remedy = f"Did you mean [{near[0]}]?" if near else f"The tables are {', '.join(_TABLES)} and tags."
    return refuse("invalid-answer", f"There is no table named {name!r}.", remedy, NEWER, where=name)


def _known(key: str) -> str:
    try:
        return find(key).key
    except ProblemError as error:
        problem = error.problem
        raise ProblemError(replace(problem, remedy=(*problem.remedy, NEWER))) from None


def _tags(table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        raise refuse(
            "invalid-answer",
            "The tags are a table of texts.",
            "Write [tags] and one line a tag.",
            where="tags",
        )
    for name, value in table.items():
        if not isinstance(value, str):
            raise refuse(
                "invalid-answer",
                f"The tag {name!r} must be a text.",
                "Put its value in quotes.",
                where=f"tags.{name}",
            )
        try:
            rules.tag(name, value)
        except ProblemError as error:
            raise ProblemError(error.problem.at(f"tags.{name}")) from None
    return dict(table)


def read(path: Path) -> SetupFile:
    """The setup file at a path."""
    text = text_of(path)
    try:
        return SetupFile(path.absolute(), parse(text, path))
    except ProblemError as error:
        raise ProblemError(error.problem.at(path)) from None


def partly(path: Path) -> SetupFile | None:
    """What can be understood of a file that is not read as a whole: to compare with, never to work with."""
    given: dict[str, Value] = {}
    try:
        tables = tomllib.loads(text_of(path))
    except (ProblemError, tomllib.TOMLDecodeError, RecursionError):
        return None
    for table, entries in tables.items():
        for name, value in entries.items() if isinstance(entries, dict) else ():
            with contextlib.suppress(ProblemError):
                question = find(f"{table}.{name}")
                given[question.key] = accept(question, value)
    return SetupFile(path.absolute(), Answers(given))


def text_of(path: Path) -> str:
    """The text of a setup file."""
    if seen.anything(path) and not seen.file(path):
        raise refuse(
            "unreadable-file",
            f"{path} is no file.",
            "Give the path of a setup file with --config.",
            where=path,
        )
    data = files.read_small(path, LONGEST)
    if data and not data.strip(b"\0"):
        raise refuse(
            "unreadable-file",
            f"The setup file {path} holds nothing but zeros, as a power cut can leave a file.",
            "Put it back from a copy; nothing in AWS is lost by it.",
            "If there is none, make a new one with 'palisade-wizard answers new', and write under [setup] the id that the "
            "bucket's tag palisade-wizard:setup has: by it the set-up knows again what it made.",
            where=path,
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse(
            "unreadable-file",
            "The setup file is not a text file in UTF-8.",
            "Give the path of a file made by 'palisade-wizard answers new'.",
            where=path,
        ) from None


def create(path: Path, answers: Answers) -> SetupFile:
    """Writes a new, commented file; an existing one is never overwritten. The setup gets its id here."""
    complete = answers if answers.get("setup.id") else answers.updated({"setup.id": str(uuid.uuid4())})
    files.publish(path, commented(complete).encode(), mode=0o600)
    return SetupFile(path.absolute(), complete)


def record(setup: SetupFile, values: Mapping[str, object]) -> SetupFile:
    """Writes answers into the file; everything else in it stays as it is, comments included.

    The file is read again first, so what another program wrote meanwhile is kept; an answer that it gave meanwhile to
    one of the same questions is not written over. None removes an answer. Errors: `stale`, `folder`, `locked`.
    """
    import tomlkit

    path = own_files.led_to(setup.path)
    with alone(path):
        current = read(path)
        answers = current.answers.updated(values)
        for key in values:
            _refuse_lost(key, setup.answers.get(key), current.answers.get(key), answers.get(key))
        document = tomlkit.parse(files.read_small(path, LONGEST).decode("utf-8-sig"))
        for key in values:
            question = find(key)
            table: Any = document.setdefault(question.table, tomlkit.table())
            if key in answers.given:
                table[question.name] = _toml(answers.given[key])
            else:
                table.pop(question.name, None)
        files.replace(path, tomlkit.dumps(document).encode(), shared=True)
    return SetupFile(setup.path, answers)


def _refuse_lost(key: str, seen: Value | None, theirs: Value | None, wanted: Value | None) -> None:
    """Refuses to write over an answer that is neither the one that was seen nor the one to be written."""
    if theirs in (seen, wanted):
        return
    says = "has no answer there now" if theirs is None else f"is now {value_text(theirs)}"
    raise refuse(
        "stale",
        f"Another run or a person changed the setup file meanwhile: {key} {says}. Nothing was written over that.",
        "Look at it; if yours is the right one, give it again.",
        where=key,
    )


def identified(setup: SetupFile) -> SetupFile:
    """The same setup with an id; one is made and written down if the file has none. Nothing else is written."""
    if setup.answers.get("setup.id"):
        return setup
    known = read(setup.path).answers.get("setup.id") or str(uuid.uuid4())
    record(setup, {"setup.id": known})
    return SetupFile(setup.path, setup.answers.updated({"setup.id": known}))


def commented(answers: Answers) -> str:
    """The whole file as text: every key with its explanation; those without an answer show their default."""
    lines = [
        "# A setup of palisade-wizard: where your Palisade wallet backups go. It holds no secrets.",
        "# The external ID is confidential: do not publish this file.",
        "# Explain a key: palisade-wizard answers explain storage.bucket",
        "",
    ]
    for table, questions in groupby(QUESTIONS, key=lambda q: q.table):
        lines.append(f"[{table}]")
        for question in questions:
            lines += _lines(question, answers)
        lines.append("")
    lines += ["[tags]", '# Tags of your own for everything that is created, one a line: team = "custody"']
    lines += [f"{key_text(name)} = {_quoted(value)}" for name, value in answers.tags.items()]
    return "\n".join(lines) + "\n"


def _lines(question: Question, answers: Answers) -> list[str]:
    choices = f" ({' | '.join(question.choices)})" if question.choices else ""
    comment = [f"# {question.label}: {question.help}{choices}"]
    if question.key in answers.given:
        return [*comment, f"{question.name} = {value_text(answers.given[question.key])}"]
    default = question.default(answers.given)
    if default is None:
        return [*comment, f"# {question.name} = {value_text(default) if default is not None else '…'}"]
    return [*comment, f"{question.name} = {value_text(default)}"]


def value_text(value: Value) -> str:
    """An answer as TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _quoted(value)
        case _:
            return "[" + ", ".join(_quoted(part) for part in value) + "]"


def _quoted(text: str) -> str:
    import tomlkit

    return tomlkit.item(text).as_string()


def key_text(name: str) -> str:
    """The name of a tag as TOML."""
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else _quoted(name)


def _toml(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value
