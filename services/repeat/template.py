"""Templates: setup files whose texts hold placeholders, for teams that make the same set-up again and again.

`bucket = "acme-{team}-{name}"`: a placeholder is a word in small letters between braces. Some the program knows (`KNOWN`),
the others are filled by whoever makes a set-up. What comes out is checked by the same questions as any answer. Braces
that are meant as such are doubled.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from services import setup_file
from services.answers import Answers
from services.problems import ProblemError, refuse
from services.separation.things import Footprint, things
from services.setup_file import SetupFile

KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "name": "the name of the set-up: --setup-name, or the name of the new file",
        "environment": "sandbox or production",
        "region": "the AWS region of the set-up",
        "account": "the AWS account, if the template names it; else give it with --fill account=",
        "date": "the day, as 20261124",
        "n": "the first number from 1 with which no set-up of this computer has the same names",
    }
)
"""What the program fills by itself, unless it is filled by hand."""

_OF_ANSWERS = {
    "name": "setup.name",
    "environment": "setup.environment",
    "region": "aws.region",
    "account": "aws.account",
}
MOST = 999
"""The highest number that is tried."""

_PARTS = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_-]*)\}|[{}]")


@dataclass(frozen=True)
class Template:
    """A template's values by key, and its tags, as they stand in the file."""

    values: Mapping[str, object]
    tags: object


@dataclass(frozen=True)
class Filling:
    """What goes into the placeholders: `given` by hand, answers `wanted` by flags, and what the program knows."""

    given: Mapping[str, str]
    wanted: Mapping[str, object]
    stem: str
    date: str
    number: int = 1


def read(path: Path) -> Template:
    """The template at a path; the placeholders are looked at when it is filled."""
    text = setup_file.text_of(path)
    try:
        return Template(*setup_file.unchecked(text, path))
    except ProblemError as error:
        raise ProblemError(error.problem.at(path)) from None


def filled(template: Template, filling: Filling) -> Answers:
    """The answers that a template gives. Every placeholder must have a value, and every value given a placeholder."""
    words = dict(_placeholders(template))
    _refuse_unused(words, filling.given)
    values = {key: value for key, value in template.values.items() if key not in filling.wanted}
    made = {key: _fill(value, key, template, filling) for key, value in values.items()}
    answers = setup_file.checked(made, _fill(template.tags, "tags", template, filling))
    return answers.updated(filling.wanted)


def numbered(template: Template, filling: Filling, known: Iterable[Footprint]) -> Answers:
    """The answers with the first number with which nothing that the template names is another set-up's."""
    if "n" not in dict(_placeholders(template)) or "n" in filling.given:
        return filled(template, filling)
    taken = [thing for of in known for thing in things(of)]
    for number in range(1, MOST + 1):
        answers = filled(template, replace(filling, number=number))
        mine = things(Footprint(SetupFile(Path(), answers)))
        named = [thing for thing in mine if thing.key in template.values and thing.key not in filling.wanted]
        if not any(thing.same_as(theirs) for thing in named for theirs in taken):
            return answers
    raise refuse(
        "invalid-answer",
        f"Up to {MOST}, no number {{n}} gives names that no other set-up of this computer has.",
        "Put {n} or {name} into the names of the bucket and the role, or choose one with --fill n=.",
    )


def _placeholders(template: Template) -> Iterator[tuple[str, str]]:
    """Every placeholder, with a key that it stands in."""
    for key, value in (*template.values.items(), ("tags", template.tags)):
        for text in _texts(value):
            yield from ((word, key) for word in _words(text, key))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for part in value:
                yield from _texts(part)
        case dict():
            for part in value.values():
                yield from _texts(part)
        case _:
            return


def _words(text: str, key: str) -> Iterator[str]:
    for found in _PARTS.finditer(text):
        if found[1]:
            yield found[1]
        elif found[0] in {"{", "}"}:
            raise refuse(
                "invalid-answer",
                f"{key} has a brace that is no part of a placeholder: {text!r}.",
                "A placeholder is a word in small letters between braces, like {team}; a brace itself is doubled.",
                where=key,
            )


def _refuse_unused(words: Mapping[str, str], given: Mapping[str, str]) -> None:
    for word in given:
        if word not in words:
            near = difflib.get_close_matches(word, words, n=1)
            has = ", ".join(f"{{{one}}}" for one in words) or "none"
            raise refuse(
                "usage",
                f"The template has no placeholder {{{word}}}.",
                f"Did you mean {{{near[0]}}}?" if near else f"It has {has}.",
                where="--fill",
            )


def _fill(value: object, key: str, template: Template, filling: Filling) -> object:
    match value:
        case str():
            return _text(value, key, template, filling, ())
        case list():
            return [_fill(part, key, template, filling) for part in value]
        case dict():
            return {name: _fill(part, f"{key}.{name}", template, filling) for name, part in value.items()}
        case _:
            return value


def _text(text: str, key: str, template: Template, filling: Filling, within: tuple[str, ...]) -> str:
    list(_words(text, key))

    def part(found: re.Match[str]) -> str:
        return _value(found[1], key, template, filling, within) if found[1] else found[0][0]

    return _PARTS.sub(part, text)


def _value(word: str, key: str, template: Template, filling: Filling, within: tuple[str, ...]) -> str:
    """What a placeholder stands for; `within` are those whose value is being made, so that none needs itself."""
    if word in filling.given:
        return filling.given[word]
    match word:
        case "date":
            return filling.date
        case "n":
            return str(filling.number)
        case _ if word in _OF_ANSWERS:
            answer = _OF_ANSWERS[word]
            if answer in filling.wanted:
                return str(filling.wanted[answer])
            text = template.values.get(answer)
            if isinstance(text, str) and word not in (*within, *_words(text, answer)):
                return _text(text, answer, template, filling, (*within, word))
            known = {"name": filling.stem, "environment": "sandbox"}.get(word)
            if known is not None:
                return known
        case _:
            pass
    raise refuse(
        "missing-answer",
        f"The placeholder {{{word}}} in {key} has no value.",
        f"Give it with --fill {word}=VALUE.",
        where=key,
    )
