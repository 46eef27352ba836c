"""Asking for an answer of the set-up: label, reason, choices, default and rule all come from the table of questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from services import answers as between
from services.problems import ProblemError
from services.questions import Question, Value, accept, find
from wizard.plain.guide import Stop

if TYPE_CHECKING:
    from services.problems import Problem
    from wizard.plain.guide import Guide

NONE = "none"
"""Takes away an answer that need not be there."""


def ask(
    guide: Guide,
    key: str,
    *,
    more: Callable[[Guide], str] = lambda _guide: "",
    propose: Callable[[Guide], str] = lambda _guide: "",
    makes: Mapping[str, Callable[[Guide], str]] | None = None,
) -> None:
    """Asks until the answer is acceptable, and saves it at once; before there is a set-up it is a draft.

    `more` is said after the reason, `propose` is the default where the set-up has none, and the words of `makes` make
    an answer instead of being one.
    """
    question, person, made = find(key), guide.person, makes or {}
    person.say()
    person.say(f"{question.label}: {question.help}", _choices(question), more(guide))
    default = _default(guide, question) or propose(guide)
    while True:
        typed = person.ask(question.label, default, _explained(question, made))
        if typed in made:
            typed = made[typed](guide)
        try:
            _take(guide, question, typed)
        except ProblemError as refusal:
            person.problem(refusal.problem)
        else:
            return


def stop(
    page: str,
    key: str,
    applies: Callable[[Guide], bool] = lambda _guide: True,
    *,
    more: Callable[[Guide], str] = lambda _guide: "",
    propose: Callable[[Guide], str] = lambda _guide: "",
    makes: Mapping[str, Callable[[Guide], str]] | None = None,
) -> Stop:
    """The stop of one question."""
    return Stop(page, partial(ask, key=key, more=more, propose=propose, makes=makes), applies, key=key)


def shown(value: Value | None) -> str:
    """A value as it is typed."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value) or NONE
        case _:
            return str(value)


def settle(guide: Guide, page_keys: tuple[str, ...]) -> None:
    """Asks again for what does not go together with the other answers, until everything does."""
    while (problem := _wrong(guide, page_keys)) is not None:
        guide.person.problem(problem)
        ask(guide, problem.where)


def settled(page: str, *keys: str) -> Stop:
    """The stop at the end of a page's questions that sees to it that they go together."""
    return Stop(page, partial(settle, page_keys=keys), asks=False)


def _wrong(guide: Guide, keys: tuple[str, ...]) -> Problem | None:
    return next((found for found in between.problems(guide.answers) if found.where in keys), None)


def _take(guide: Guide, question: Question, typed: str) -> None:
    """Saves an answer. Errors: those of its rule."""
    session = guide.session
    value = _value(guide, question, typed)
    if session.setup is None:
        session.keep(question.key, typed)
    elif value == guide.answers.given.get(question.key):
        session.forget(question.key)
    else:
        session.record({question.key: value})
    session.flush()


def _value(guide: Guide, question: Question, typed: str) -> Value | None:
    """The value in its stored form; None where there is to be no answer."""
    if typed == NONE and question.kind == "list":
        return ()
    if typed and not (typed == NONE and _optional(guide, question)):
        return accept(question, typed)
    if _optional(guide, question):
        return None
    return accept(question, "")


def _optional(guide: Guide, question: Question) -> bool:
    """Whether the set-up can do without an answer."""
    needed = question.required or question.key in between.missing(guide.answers.updated({question.key: None}))
    return not needed and question.default(guide.answers.given) is None and question.kind == "text"


def _default(guide: Guide, question: Question) -> str:
    """What Enter alone takes: what was typed last if it can be taken, else the answer, else what stands for none."""
    draft = guide.session.drafts.get(question.key, "").strip()
    if draft:
        try:
            accept(question, draft)
        except ProblemError as refusal:
            guide.person.say(f"You left {draft!r} here. {refusal.problem.summary}")
        else:
            return draft
    now = shown(guide.answers.get(question.key))
    return now or (NONE if _optional(guide, question) else "")


def _choices(question: Question) -> str:
    match question.kind:
        case "choice":
            return f"Type {' or '.join(question.choices)}."
        case "flag":
            return "Type yes or no."
        case "number":
            return f"Type a number from {question.between[0]} to {question.between[1]}."
        case "list":
            return f"Put commas between several, or type {NONE}."
        case "text":
            return ""


def _explained(question: Question, made: Mapping[str, object]) -> str:
    """What `?` says: how the answer is given, here and without this wizard."""
    words = f"Type {' or '.join(made)} to have one made." if made else ""
    return " ".join(
        part
        for part in (
            f"{question.label}. {question.help}",
            _choices(question),
            words,
            f"In the setup file it is {question.key}, on a command line {question.flag}.",
        )
        if part
    )
