"""A template made out of a set-up: its answers, with placeholders where each new set-up needs a name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from services import setup_file
from services.model.naming import parted
from services.question import Question
from services.questions import QUESTIONS, Value, find
from services.repeat.pattern import ITS_OWN, NAMES
from services.repeat.template import KNOWN
from services.setup_file import SetupFile

NAME = "{name}"
_LEFT_OUT = (*ITS_OWN, "recovery_key.public_files", "recovery_key.private_file", "storage.kms_key")


def template_text(setup: SetupFile) -> str:
    """The template as TOML. It holds the external ID of the set-up, which is confidential."""
    lines = [
        "# A template of palisade-wizard: palisade-wizard answers new --out S --template THIS [--fill WORD=VALUE]",
        "# The external ID is confidential: do not publish this file.",
        "# Placeholders that the program fills; any other word in small letters is filled with --fill:",
        *(f"#   {{{word}}}: {says}" for word, says in KNOWN.items()),
    ]
    for table, questions in groupby(QUESTIONS, key=lambda question: question.table):
        told = [line for question in questions for line in _lines(question, setup)]
        lines += ["", f"[{table}]", *told] if told else []
    tags = [
        f"{setup_file.key_text(k)} = {setup_file.value_text(doubled(v))}"
        for k, v in setup.answers.tags.items()
    ]
    return "\n".join([*lines, *(["", "[tags]", *tags] if tags else [])]) + "\n"


def _lines(question: Question, setup: SetupFile) -> Iterator[str]:
    value = _value(question.key, setup)
    if value is not None:
        yield f"# {question.label}"
        yield f"{question.name} = {setup_file.value_text(value)}"


def _value(key: str, setup: SetupFile) -> Value | None:
    answers = setup.answers
    if key == "setup.name":
        return NAME
    value = answers.get(key) if key == "role.name" else answers.given.get(key)
    if value is None or key in _LEFT_OUT:
        return None
    if key != "role.name" and value == find(key).default(answers.given):
        return None
    if key in NAMES:
        return _named(str(value), answers.text("setup.name"))
    match value:
        case str():
            return doubled(value)
        case tuple():
            return tuple(doubled(part) for part in value)
        case _:
            return value


def _named(text: str, name: str) -> str:
    """The name of a bucket or role with the placeholder for that of the set-up; an account and region likewise."""
    stem, ending = parted(text)
    pattern = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
    found = re.sub(pattern, NAME, stem, count=1, flags=re.IGNORECASE) if name else stem
    return (found if NAME in found else f"{stem}-{NAME}") + ("-{account}-{region}-an" if ending else "")


def doubled(text: str) -> str:
    """The text with its braces as they are written in a template."""
    return text.replace("{", "{{").replace("}", "}}")
