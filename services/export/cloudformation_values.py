"""Trees of a blueprint as CloudFormation takes them: references as intrinsic functions, documents as data.

What the template manages is referred to; what it does not manage is a literal value, or a parameter where nobody asked
AWS for it. A text around references is an `Fn::Sub`, unless it has a `${` of its own; anywhere else that is just a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import TypeAlias

from services.model.values import CONFIDENTIAL_KEY, Json, Ref, Text, Tree

EXTERNAL_ID = "ExternalId"
"""The parameter that holds the external ID."""

Pointer: TypeAlias = Callable[[Ref], Tree]
"""What stands in a template for a reference: a literal, or an intrinsic function."""


@dataclass(frozen=True)
class Values:
    """How values stand in one template: `point` says what a reference is, `external_id` is the confidential one."""

    point: Pointer = field(repr=False)
    external_id: str = field(repr=False, default="")

    def rendered(self, tree: Tree) -> Tree:
        """The tree without references and documents of ours; mappings and lists are new ones."""
        match tree:
            case Ref():
                return self.point(tree)
            case Text():
                return self._text(tree)
            case Json():
                return self.rendered(tree.tree)
            case Mapping():
                return {
                    name: self._confidential(value)
                    if name.lower() == CONFIDENTIAL_KEY
                    else self.rendered(value)
                    for name, value in tree.items()
                }
            case str() | bytes():
                return tree
            case Sequence():
                return [self.rendered(value) for value in tree]
            case _:
                return tree

    def _confidential(self, value: Tree) -> Tree:
        if isinstance(value, str):
            return {"Ref": EXTERNAL_ID} if value == self.external_id else value
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            return [self._confidential(each) for each in value]
        return self.rendered(value)

    def _text(self, text: Text) -> Tree:
        parts = iter([self.point(part) for part in text.parts])
        pieces: list[Tree] = []
        for literal, name, _, _ in Formatter().parse(text.template):
            pieces.append(literal)
            if name is not None:
                pieces.append(next(parts))
        literals = [piece for piece in pieces if isinstance(piece, str)]
        if len(literals) == len(pieces):
            return "".join(literals)
        # A dollar sign of the text's own before a brace: AWS does not say how it reads every case of it.
        if any("${" in literal or literal.endswith("$") for literal in literals):
            return {"Fn::Join": ["", pieces]}
        return {
            "Fn::Sub": "".join(
                piece if isinstance(piece, str) else f"${{{_named(piece)}}}" for piece in pieces
            )
        }


def _named(function: Tree) -> str:
    """How a reference is written inside `Fn::Sub`."""
    match function:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"{name}.{attribute}"
        case other:
            raise ValueError(f"{other} cannot stand in a text")


def references(tree: Tree) -> Iterator[str]:
    """The logical names that a rendered tree refers to, and so waits for."""
    match tree:
        case {"Ref": str(name), **rest} if not rest:
            yield name
        case {"Fn::GetAtt": [str(name), *_], **rest} if not rest:
            yield name
        case {"Fn::Sub": str(text), **rest} if not rest:
            for piece in text.split("${")[1:]:
                yield piece.partition("}")[0].partition(".")[0]
        case Mapping():
            for value in tree.values():
                yield from references(value)
        case str() | bytes():
            return
        case Sequence():
            for value in tree:
                yield from references(value)
        case _:
            return
