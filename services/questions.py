"""Finding a question, and taking an answer to it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import PurePath

from services.problems import ProblemError, refuse
from services.question import Given, Question, Value
from services.question_table import QUESTIONS

__all__ = ["BY_KEY", "QUESTIONS", "Given", "Question", "Value", "accept", "find", "refuse_unrecordable"]

BY_KEY: Mapping[str, Question] = {question.key: question for question in QUESTIONS}


def find(key: str) -> Question:
    """The question of a key; an unknown key is refused with the nearest known one."""
    if key in BY_KEY:
        return BY_KEY[key]
    near = difflib.get_close_matches(key, BY_KEY, n=1, cutoff=0.6)
    remedy = f"Did you mean {near[0]}?" if near else "List the keys with 'palisade-wizard answers explain'."
    raise refuse("invalid-answer", f"There is no answer named {key!r}.", remedy, where=key)


def accept(question: Question, value: object) -> Value:
    """The value in its stored form, or a ProblemError that names the key. Texts are stripped and parsed."""
    try:
        return _accept(question, value)
    except ProblemError as error:
        raise ProblemError(error.problem.at(question.key)) from None


def refuse_unrecordable(places: Mapping[str, str | list[str]]) -> None:
    """Refuses files, by key, that a setup file cannot name as they are. To be asked before there is anything in them.

    Errors: `invalid-answer`.
    """
    for key, value in places.items():
        path = value if isinstance(value, str) else value[0]
        try:
            taken = accept(find(key), value)
        except ProblemError:
            taken = None
        if taken not in (path, (path,)):
            raise refuse(
                "invalid-answer",
                f"The setup file cannot name the folder {PurePath(path).parent}: its path begins with a blank, or holds a "
                "character that cannot be printed.",
                "Choose another folder for the key, or rename this one.",
                where=key,
            )


def _accept(question: Question, value: object) -> Value:
    match question.kind, value:
        case "text", str():
            return question.rule(_filled(question, value.strip()))
        case "choice", str() if value.strip() in question.choices:
            return value.strip()
        case "choice", _:
            raise refuse(
                "invalid-answer",
                f"{question.label} is one of {', '.join(question.choices)}.",
                "Choose one of them.",
            )
        case "number", bool():
            pass
        case "number", int():
            return _within(question, value)
        case "number", str() if value.strip().isdecimal() and value.strip().isascii() and len(value) < 20:
            return _within(question, int(value.strip()))
        case "flag", bool():
            return value
        case "flag", str() if value.strip().lower() in {"true", "false", "yes", "no"}:
            return value.strip().lower() in {"true", "yes"}
        case "list", str():
            return tuple(question.rule(part.strip()) for part in value.split(",") if part.strip())
        case "list", list() | tuple() if all(isinstance(part, str) for part in value):
            return tuple(question.rule(_filled(question, str(part).strip())) for part in value)
        case _:
            pass
    wanted = {
        "text": "a text",
        "number": "a whole number",
        "flag": "true or false",
        "list": "a list of texts",
    }
    raise refuse("invalid-answer", f"{question.label} must be {wanted[question.kind]}.", "Correct it.")


def _filled(question: Question, text: str) -> str:
    if not text:
        raise refuse("invalid-answer", f"{question.label} is empty.", "Give a value, or leave the key out.")
    return text


def _within(question: Question, number: int) -> int:
    low, high = question.between
    if not low <= number <= high:
        raise refuse(
            "invalid-answer", f"{question.label} is a whole number from {low} to {high}.", "Correct it."
        )
    return number
