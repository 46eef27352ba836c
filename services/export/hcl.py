"""Values, blocks and comments in HCL, the language of Terraform, laid out as `terraform fmt` has them.

Whatever a text holds, it means itself: what would begin an expression or end the string is escaped.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import TypeAlias

from services.model.values import Json, Ref, Text, Tree


@dataclass(frozen=True)
class Expr:
    """An expression, written as it is: `aws_kms_key.key.arn`."""

    text: str


Value: TypeAlias = "Tree | Expr | Sequence[Expr]"
Resolver: TypeAlias = Callable[[Ref], "Expr | str"]
"""What a reference is in the file: an expression, or the text that it stands for."""


@dataclass(frozen=True)
class Attribute:
    """`name = value`."""

    name: str
    value: Value


@dataclass(frozen=True)
class Comment:
    """Lines that Terraform does not read. Any text will do: it cannot get out of its comment."""

    text: str


@dataclass(frozen=True)
class Block:
    """`type "label" "label" { … }`."""

    type: str
    labels: tuple[str, ...]
    body: Body


Body: TypeAlias = "tuple[Attribute | Block | Comment, ...]"

_WIDTH = 110
_PLAIN = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_OPENING = re.compile(r"([$%])\{")
_CLOSED = re.compile(r'[^{}"\\$%]*\}')
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset({"else", "endfor", "endif", "for", "for_each", "if", "in", "null", "true", "false"})


def document(body: Body, resolve: Resolver) -> str:
    """A whole file."""
    return "\n".join(_body(body, resolve, 0)) + "\n"


def note(*texts: str) -> Comment:
    """A comment of sentences, each text from a line of its own. One with a command stays on its line, to be copied."""
    return Comment("\n".join(line for text in texts for line in _wrapped(text)))


def _wrapped(text: str) -> list[str]:
    if not text or " --" in text:
        return [text]
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def quoted(text: str) -> str:
    """A text as a string of HCL."""
    return f'"{_literal(text)}"'


def _literal(text: str) -> str:
    out, at = [], 0
    for found in _OPENING.finditer(text):
        mark = found[1]
        before = text[at : found.start()]
        # Twice the sign is the escape to read; where it would be taken for more than that, its number stands for it.
        simple = not before.endswith(("$", "%")) and _CLOSED.match(text, found.end()) is not None
        out += [_escaped(before), f"{mark}{mark}{{" if simple else f"{_numbered(mark)}{{"]
        at = found.end()
    return "".join((*out, _escaped(text[at:])))


def _escaped(text: str) -> str:
    return "".join(_PLAIN.get(c) or (c if c.isprintable() else _numbered(c)) for c in text)


def _numbered(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _text(tree: Text, resolve: Resolver) -> str:
    """A string with references in it."""
    parts: list[Expr | str] = []
    places = iter(tree.parts)
    for literal, name, _, _ in Formatter().parse(tree.template):
        parts += [literal] if literal else []
        parts += [resolve(next(places))] if name is not None else []
    out = ""
    for part in _joined(parts):
        if isinstance(part, str):
            out += _literal(part)
            continue
        if out.endswith(("$", "%")):  # together with what follows it would be an escape
            out = out[:-1] + _numbered(out[-1])
        out += f"${{{part.text}}}"
    return f'"{out}"'


def _joined(parts: Sequence[Expr | str]) -> Iterator[Expr | str]:
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text


def _value(value: Value, resolve: Resolver, depth: int) -> str:
    """A value that begins at `depth`; all lines of it but the first are indented."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case int():
            return str(value)
        case str():
            return quoted(value)
        case bytes():
            raise TypeError("HCL has no bytes")
        case Expr():
            return value.text
        case Ref():
            found = resolve(value)
            return found.text if isinstance(found, Expr) else quoted(found)
        case Text():
            return _text(value, resolve)
        case Json():
            return f"jsonencode({_value(value.tree, resolve, depth)})"
        case Mapping():
            return _object(value, resolve, depth)
        case _:
            return _list(value, resolve, depth)


def _object(value: Mapping[str, Tree], resolve: Resolver, depth: int) -> str:
    if not value:
        return "{}"
    pairs = [(_key(name), _value(part, resolve, depth + 1)) for name, part in value.items()]
    return "\n".join(["{", *_assigned(pairs, depth + 1), f"{_indent(depth)}}}"])


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) and name not in _WORDS else quoted(name)


def _list(value: Sequence[Tree] | Sequence[Expr], resolve: Resolver, depth: int) -> str:
    if not value:
        return "[]"
    if len(value) == 1:
        alone = _value(value[0], resolve, depth)
        if "\n" not in alone:
            return f"[{alone}]"
    lines = [f"{_indent(depth + 1)}{_value(part, resolve, depth + 1)}," for part in value]
    return "\n".join(["[", *lines, f"{_indent(depth)}]"])


def _assigned(pairs: Sequence[tuple[str, str]], depth: int) -> Iterator[str]:
    """Lines `name = value`, neighbours of one line each aligned.

    A name that is not ASCII stands apart, between empty lines: how many columns it takes is hard to say.
    """
    run: list[tuple[str, str]] = []
    written = apart = False
    for name, value in pairs:
        if "\n" not in value and name.isascii():
            if apart:
                yield ""
            run.append((name, value))
            written, apart = True, False
            continue
        yield from _aligned(run, depth)
        run = []
        if written and (apart or not name.isascii()):
            yield ""
        yield f"{_indent(depth)}{name} = {value}"
        written, apart = True, not name.isascii()
    yield from _aligned(run, depth)


def _aligned(run: Sequence[tuple[str, str]], depth: int) -> Iterator[str]:
    width = max((len(name) for name, _ in run), default=0)
    for name, value in run:
        yield f"{_indent(depth)}{name:<{width}} = {value}"


def _indent(depth: int) -> str:
    return "  " * depth


def _body(body: Body, resolve: Resolver, depth: int) -> Iterator[str]:
    """The lines of a body: a comment belongs to what follows it, and blocks stand apart."""
    pairs: list[tuple[str, str]] = []
    last: Attribute | Block | Comment | None = None
    for part in body:
        apart = last is not None and _apart(last, part)
        if apart or not isinstance(part, Attribute):
            yield from _assigned(pairs, depth)
            pairs = []
        if apart:
            yield ""
        match part:
            case Attribute(name, value):
                pairs.append((name, _value(value, resolve, depth)))
            case Comment(text):
                yield from (f"{_indent(depth)}# {_printable(line)}".rstrip() for line in text.split("\n"))
            case Block(kind, labels, inner):
                head = " ".join((kind, *map(quoted, labels)))
                lines = list(_body(inner, resolve, depth + 1))
                yield from (
                    (f"{_indent(depth)}{head} {{", *lines, f"{_indent(depth)}}}")
                    if lines
                    else (f"{_indent(depth)}{head} {{}}",)
                )
        last = part
    yield from _assigned(pairs, depth)


def _apart(last: Attribute | Block | Comment, part: Attribute | Block | Comment) -> bool:
    if isinstance(last, Comment):
        return isinstance(part, Comment)
    if isinstance(part, Attribute) and part.name == "depends_on":
        return True
    return not (isinstance(last, Attribute) and isinstance(part, Attribute))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else _numbered(c) for c in text)
