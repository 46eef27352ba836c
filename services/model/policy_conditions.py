"""Conditions and patterns of policies with three answers: yes, no, and None for "cannot tell".

Part of this program's own reading of policies: an operator, a variable or a value that is not known makes the answer
None, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

Answer: TypeAlias = "bool | None"


def all_of(answers: Iterable[Answer]) -> Answer:
    """Whether every answer is yes; none is asked for after a no."""
    found: Answer = True
    for answer in answers:
        if answer is False:
            return False
        found = None if answer is None else found
    return found


def any_of(answers: Iterable[Answer]) -> Answer:
    """Whether one answer is yes; none is asked for after one."""
    found: Answer = False
    for answer in answers:
        if answer is True:
            return True
        found = None if answer is None else found
    return found


def opposite(answer: Answer) -> Answer:
    """No for yes, yes for no."""
    return None if answer is None else not answer


def like(value: str, pattern: str) -> Answer:
    """Whether a pattern with wildcards covers a value; its variables are not known."""
    if "${" in pattern:
        return None
    if "*" not in pattern and "?" not in pattern:
        return value == pattern
    return _expression(pattern).fullmatch(value) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    parts = ("." if c == "?" else ".*" if c == "*" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.DOTALL)


def names(arn: str, pattern: str) -> Answer:
    """Whether a pattern covers an ARN; where a wildcard would have to reach across a colon, nobody can tell."""
    if pattern == "*":
        return True
    whole = like(arn, pattern)
    ours, theirs = arn.split(":", 5), pattern.split(":", 5)
    if len(ours) != len(theirs):
        return None if whole else whole
    apart = all_of(like(mine, other) for mine, other in zip(ours, theirs, strict=True))
    return whole if whole == apart else None


_QUALIFIED = re.compile(r"(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?", re.IGNORECASE)


def holds(
    operator: str, key: str, wanted: list[str], context: Mapping[str, str], absent: frozenset[str]
) -> Answer:
    """One line of a condition, over the keys that have a value and those that surely have none."""
    found = _QUALIFIED.fullmatch(operator)
    if found is None:
        return None
    among, name, if_exists = (found[1] or "").lower(), found[2].lower(), bool(found[3])
    value = context.get(key)
    if value is None and key not in absent:
        return None
    if name == "null":
        asked = {text.lower() for text in wanted}
        return (value is None) == (asked == {"true"}) if asked in ({"true"}, {"false"}) else None
    negated = name.startswith(("stringnot", "numericnot", "arnnot"))
    test = _TESTS.get(name.replace("not", "", 1) if negated else name)
    if test is None:
        return None
    if value is None:
        return if_exists or among == "forallvalues" or (negated and not among)
    matched = any_of(test(value, text) for text in wanted)
    return opposite(matched) if negated else matched


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str], Answer]:
    def test(value: str, text: str) -> Answer:
        try:
            return compare(float(value), float(text))
        except ValueError:
            return None

    return test


def _exactly(value: str, text: str) -> Answer:
    return None if "${" in text else value == text


def _ignoring_case(value: str, text: str) -> Answer:
    return None if "${" in text else value.lower() == text.lower()


_TESTS: Mapping[str, Callable[[str, str], Answer]] = {
    "stringequals": _exactly,
    "stringequalsignorecase": _ignoring_case,
    "stringlike": like,
    "bool": _ignoring_case,
    "arnequals": names,
    "arnlike": names,
    "numericequals": _numbers(lambda a, b: a == b),
    "numericlessthan": _numbers(lambda a, b: a < b),
    "numericlessthanequals": _numbers(lambda a, b: a <= b),
    "numericgreaterthan": _numbers(lambda a, b: a > b),
    "numericgreaterthanequals": _numbers(lambda a, b: a >= b),
}
