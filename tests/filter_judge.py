"""Judges CloudWatch Logs' filter patterns for JSON events, written from AWS's description of them alone.

No emulator and no package does: ministack and LocalStack let every JSON pattern match everything, moto none. AWS does
not say what `!=` is worth when the field is missing, so whoever asks must say which; a pattern is good only if both
give the same. Numbers, regular expressions and `IS …` are left out: a pattern that has them is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Judge: TypeAlias = Callable[[Mapping[str, Any], bool], bool]
"""From an event, and whether `!=` is true of a missing field, to whether it matches."""

_TOKEN = re.compile(
    r"\s*(?:(?P<selector>\$(?:\.[A-Za-z0-9_-]+|\[[0-9]+\])+)|(?P<word>NOT EXISTS)|(?P<text>\"[^\"\\%]*\")"
    r"|(?P<sign>&&|\|\||!=|=|[(){}])|(?P<bare>[A-Za-z0-9*]+))"
)


class NotApplied(Exception):  # noqa: N818  # AWS: "the filter will not be applied", which is no error
    """A selector leads to an array or an object."""


def compiled(pattern: str) -> Judge:
    """The pattern as a function; what AWS would not take is a ValueError."""
    tokens = list(_tokens(pattern))
    if len(pattern) > 1024:
        raise ValueError(f"{len(pattern)} characters")
    if len(tokens) < 3 or tokens[0] != ("sign", "{") or tokens.pop() != ("sign", "}"):
        raise ValueError("not in braces")
    rest = tokens[1:]
    judge = _either(rest)
    if rest:
        raise ValueError(f"left over: {rest}")
    return judge


def matches(pattern: str, event: Mapping[str, Any], *, missing_differs: bool) -> bool:
    """Whether an event matches a pattern."""
    try:
        return compiled(pattern)(event, missing_differs)
    except NotApplied:
        return False


def _tokens(pattern: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = pattern.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"cannot be read from here: {text[at:]}")
        kind = str(token.lastgroup)
        found.append((kind, token.group(kind)))
        at = token.end()
    return found


def _either(rest: list[tuple[str, str]]) -> Judge:
    """Terms with `||` between them, which binds less than `&&`."""
    parts = [_both(rest)]
    while rest and rest[0] == ("sign", "||"):
        rest.pop(0)
        parts.append(_both(rest))
    return lambda event, differs: any([part(event, differs) for part in parts])  # noqa: C419  # no short cut


def _both(rest: list[tuple[str, str]]) -> Judge:
    parts = [_one(rest)]
    while rest and rest[0] == ("sign", "&&"):
        rest.pop(0)
        parts.append(_one(rest))
    return lambda event, differs: all([part(event, differs) for part in parts])  # noqa: C419  # no short cut


def _one(rest: list[tuple[str, str]]) -> Judge:
    kind, text = rest.pop(0)
    if (kind, text) == ("sign", "("):
        inner = _either(rest)
        if not rest or rest.pop(0) != ("sign", ")"):
            raise ValueError("a bracket is not closed")
        return inner
    if kind != "selector":
        raise ValueError(f"no selector: {text}")
    operator = rest.pop(0)
    if operator == ("word", "NOT EXISTS"):
        return lambda event, _differs: _at(event, text) is None
    if operator not in {("sign", "="), ("sign", "!=")}:
        raise ValueError(f"no operator: {operator}")
    is_wanted = _like(rest.pop(0))
    equal = operator[1] == "="

    def compare(event: Mapping[str, Any], differs: bool) -> bool:
        value = _at(event, text)
        if value is None:
            return not equal and differs
        return is_wanted(str(value)) == equal

    return compare


def _like(token: tuple[str, str]) -> Callable[[str], bool]:
    """A string with `*` at its ends at most; one in the middle is only itself."""
    kind, text = token
    if kind not in {"text", "bare"}:
        raise ValueError(f"no string: {text}")
    wanted = text[1:-1] if kind == "text" else text
    if wanted == "*":
        return lambda _value: True
    before, after = wanted.startswith("*"), wanted.endswith("*")
    core = wanted[before : len(wanted) - after]
    if before and after:
        return lambda value: core in value
    if before:
        return lambda value: value.endswith(core)
    if after:
        return lambda value: value.startswith(core)
    return lambda value: value == core


def _at(event: Mapping[str, Any], selector: str) -> Any:
    value: Any = event
    for name, index in re.findall(r"\.([A-Za-z0-9_-]+)|\[([0-9]+)\]", selector):
        if name:
            value = value.get(name) if isinstance(value, Mapping) else None
        else:
            value = value[int(index)] if isinstance(value, list) and len(value) > int(index) else None
    if isinstance(value, Mapping | list):
        raise NotApplied
    return value
