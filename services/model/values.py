"""Values that are not known yet, inside one parameter tree.

A tree is what a call takes or gives: JSON-like data in which a `Ref` stands for something that AWS has not told yet
(the ARN of a key that does not exist), `Text` for a string around such references, and `Json` for a document that
the API wants as one string. Because references stay in the tree, order, plan and exports are derived from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services import json_text
from services.problems import refuse


@dataclass(frozen=True)
class Ref:
    """An output of a resource: `Ref("key")` is the key's ARN."""

    resource: str
    output: str = "arn"


@dataclass(frozen=True)
class Text:
    """A string with references: `Text("{}/*", (Ref("bucket"),))`."""

    template: str
    parts: tuple[Ref, ...]


@dataclass(frozen=True)
class Json:
    """A document that the API takes as a JSON string."""

    tree: Tree


Tree: TypeAlias = (
    "bool | int | float | str | bytes | Ref | Text | Json | Mapping[str, Tree] | Sequence[Tree] | None"
)
Lookup: TypeAlias = Callable[[Ref], str | None]


def refs(tree: Tree) -> Iterator[Ref]:
    """Every reference in a tree, in order."""
    match tree:
        case Ref():
            yield tree
        case Text():
            yield from tree.parts
        case Json():
            yield from refs(tree.tree)
        case Mapping():
            for value in tree.values():
                yield from refs(value)
        case str() | bytes():
            return
        case Sequence():
            for value in tree:
                yield from refs(value)
        case _:
            return


def known(tree: Tree, lookup: Lookup) -> bool:
    """Whether every reference in the tree has a value."""
    return all(lookup(ref) is not None for ref in refs(tree))


def fill(tree: Tree, lookup: Lookup) -> Tree:
    """The tree with every known reference replaced; unknown ones and documents stay what they are."""
    match tree:
        case Ref():
            found = lookup(tree)
            return tree if found is None else found
        case Text():
            parts = [lookup(part) for part in tree.parts]
            return tree if None in parts else tree.template.format(*parts)
        case Json():
            return Json(fill(tree.tree, lookup))
        case Mapping():
            return {key: fill(value, lookup) for key, value in tree.items()}
        case str() | bytes():
            return tree
        case Sequence():
            return [fill(value, lookup) for value in tree]
        case _:
            return tree


def encode(tree: Tree) -> Tree:
    """A filled tree as the API takes it: documents become strings."""
    match tree:
        case Json():
            return json.dumps(bare(tree), sort_keys=True, separators=(",", ":"))
        case Ref() | Text():
            raise ValueError(f"{tree} has no value yet")
        case Mapping():
            return {key: encode(value) for key, value in tree.items()}
        case str() | bytes():
            return tree
        case Sequence():
            return [encode(value) for value in tree]
        case _:
            return tree


def bare(tree: Tree) -> Tree:
    """The tree with documents opened and unknown values as readable placeholders: for comparing and showing."""
    match tree:
        case Json():
            return bare(tree.tree)
        case Ref():
            return f"({tree.output} of {tree.resource}, known after it is created)"
        case Text():
            return tree.template.format(*(bare(part) for part in tree.parts))
        case Mapping():
            return {key: bare(value) for key, value in tree.items()}
        case str() | bytes():
            return tree
        case Sequence():
            return [bare(value) for value in tree]
        case _:
            return tree


def document(value: Tree) -> Tree:
    """A document that AWS may give as a string or as data, as data; a string that is none raises a problem."""
    if not isinstance(value, str):
        return bare(value)
    try:
        found: Tree = json_text.parsed(value)
    except ValueError:
        raise refuse(
            "busy",
            "A policy that AWS gave is no JSON document, so the program cannot tell what it says.",
            "Try again in a minute; nothing was changed.",
            "If it stays so, see whether a proxy or a sign-in page of the network stands in for AWS.",
        ) from None
    return found


def entries(tree: Tree) -> Mapping[str, Tree]:
    """The tree as a mapping; anything else counts as empty."""
    return tree if isinstance(tree, Mapping) else {}


def items(tree: Tree) -> Sequence[Tree]:
    """The tree as a list; a lone value counts as a list of one, nothing as an empty one."""
    if tree is None:
        return ()
    if isinstance(tree, Sequence) and not isinstance(tree, str | bytes):
        return tree
    return (tree,)


CONFIDENTIAL_KEY = "sts:externalid"
"""The condition key whose values are masked, in small letters: AWS does not care about the case."""


def mask(text: str) -> str:
    """A confidential text for plans, logs and events: only its last four characters, and none of a short one."""
    return "••••" + (text[-4:] if len(text) >= 12 else "")


def shown(tree: Tree) -> Tree:
    """The tree as plans and reports may show it: the external ID masked wherever a policy holds one."""
    match bare(tree):
        case Mapping() as mapping:
            return {
                key: [mask(str(v)) for v in items(value)] if key.lower() == CONFIDENTIAL_KEY else shown(value)
                for key, value in mapping.items()
            }
        case str() | bytes() as text:
            return text
        case Sequence() as values:
            return [shown(value) for value in values]
        case other:
            return other
