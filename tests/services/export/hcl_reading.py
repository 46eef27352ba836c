"""HCL read back by a parser that is not ours, and evaluated as far as exports go: texts, references, `jsonencode`."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import hcl2


@dataclass(frozen=True)
class Reference:
    """What an expression like `aws_kms_key.key.arn` refers to."""

    path: str


@dataclass(frozen=True)
class Joined:
    """A text with references in it."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True)
class Encoded:
    """What is given to `jsonencode`."""

    value: Any


@dataclass(frozen=True)
class Read:
    """A block: `arguments` by name, and the blocks inside it in their order."""

    type: str
    labels: tuple[str, ...]
    arguments: Mapping[str, Any]
    blocks: tuple[Read, ...]

    def inner(self, kind: str) -> list[Read]:
        return [block for block in self.blocks if block.type == kind]

    def one(self, kind: str) -> Read:
        (found,) = self.inner(kind)
        return found


@functools.cache
def read(text: str) -> Read:
    """A whole file, as the block around it; nobody writes into it, so that a file that many tests read is read once."""
    return _body("", (), hcl2.parses(text).body)


def value(text: str) -> Any:
    """The value of an expression."""
    return read(f"it = {text}\n").arguments["it"]


def _body(kind: str, labels: tuple[str, ...], body: Any) -> Read:
    arguments: dict[str, Any] = {}
    blocks: list[Read] = []
    for child in body.children:
        match child.lark_name():
            case "attribute":
                name = child.identifier.serialize()
                assert name not in arguments, f"{name} is said twice"
                arguments[name] = _value(child.expression)
            case "block":
                head, *rest = child.labels
                names = tuple(str(_value(label)) for label in rest)
                blocks.append(_body(head.serialize(), names, child.body))
            case "new_line_or_comment":
                continue
            case other:
                raise AssertionError(f"no export has {other} there")
    return Read(kind, labels, arguments, tuple(blocks))


def _value(node: Any) -> Any:
    inner = [c for c in getattr(node, "children", []) if c is not None]
    match node.lark_name():
        case "expr_term":
            (term,) = [c for c in inner if c.lark_name() != "new_line_or_comment"]
            return _value(term)
        case "string":
            return _joined([_part(part.content) for part in node.string_parts])
        case "int_lit" | "float_lit":
            return json.loads(str(node.serialize()).strip("${}"))
        case "unary_op":
            return -_value(inner[1])
        case "literal_value":
            return {"true": True, "false": False, "null": None}[str(inner[0].value)]
        case "tuple":
            return [_value(c) for c in inner if c.lark_name() in {"expr_term", "unary_op"}]
        case "object":
            return _object([c for c in inner if c.lark_name() == "object_elem"])
        case "function_call":
            (name,), (argument,) = node.identifiers, node.arguments.arguments
            assert name.serialize() == "jsonencode"
            return Encoded(_value(argument))
        case "get_attr_expr_term":
            return Reference(f"{_value(inner[0]).path}.{inner[1].children[1].serialize()}")
        case "identifier":
            return Reference(node.serialize())
        case other:
            raise AssertionError(f"no export has {other} there")


def _object(elements: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for element in elements:
        key, _, content = (c for c in element.children if c is not None)
        named = _value(key.children[0])
        name = named.path if isinstance(named, Reference) else named
        assert isinstance(name, str)
        assert name not in found, f"{name} is said twice"
        found[name] = _value(content)
    return found


_ESCAPE = re.compile(r"""\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(["nrt\\]))""")
_SIMPLE = {'"': '"', "n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


def _part(node: Any) -> str | Reference:
    match node.lark_name():
        case "STRING_CHARS":
            return _unescaped(str(node.value))
        case "ESCAPED_INTERPOLATION" | "ESCAPED_DIRECTIVE":
            return _unescaped(str(node.value)[1:])
        case "interpolation":
            found = _value(node.expression)
            assert isinstance(found, Reference)
            return found
        case other:
            raise AssertionError(f"no export has {other} in a text")


def _unescaped(text: str) -> str:
    assert "\\" not in _ESCAPE.sub("", text), f"{text} has an escape that HCL does not know"
    return _ESCAPE.sub(lambda m: _SIMPLE[m[3]] if m[3] else chr(int(m[1] or m[2], 16)), text)


def _joined(parts: list[str | Reference]) -> str | Joined:
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts) if len(texts) == len(parts) else Joined(tuple(parts))


def resolved(found: Any, lookup: Callable[[str], str]) -> Any:
    """A value with its references replaced, and documents as data."""
    match found:
        case Reference(path):
            return lookup(path)
        case Joined(parts):
            return "".join(part if isinstance(part, str) else lookup(part.path) for part in parts)
        case Encoded(inner):
            return resolved(inner, lookup)
        case dict():
            return {name: resolved(part, lookup) for name, part in found.items()}
        case list():
            return [resolved(part, lookup) for part in found]
        case _:
            return found


def references(found: Any) -> list[str]:
    """Every path that a value or a block refers to."""
    match found:
        case Reference(path):
            return [path]
        case Joined(parts):
            return [part.path for part in parts if isinstance(part, Reference)]
        case Encoded(inner):
            return references(inner)
        case Read():
            return references([*found.arguments.values(), *found.blocks])
        case dict():
            return references(list(found.values()))
        case list():
            return [path for part in found for path in references(part)]
        case _:
            return []
