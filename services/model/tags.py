"""Tags: how a resource says which setup it belongs to, and how they are merged with the owner's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from services.model.calls import Call
from services.model.resource import Origin, Withdrawal
from services.model.values import Tree, entries, items
from services.problems import Problem

PREFIX = "palisade-wizard:"
SETUP = f"{PREFIX}setup"
RESOURCE = f"{PREFIX}resource"
ORIGIN = f"{PREFIX}origin"
ENVIRONMENT = f"{PREFIX}environment"

Pairs: TypeAlias = Mapping[str, str]


def wanted(setup: str, resource: str, origin: Origin, free: Pairs) -> dict[str, str]:
    """Our three tags and the user's own; what was not created by the setup is marked as adopted for ever."""
    return {
        **free,
        SETUP: setup,
        RESOURCE: resource,
        ORIGIN: "created" if origin == "created" else "adopted",
    }


def listed(tags: Pairs, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as the AWS APIs take them."""
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def merging(key: str = "Key") -> Callable[[Tree, Tree], Tree]:
    """A merge of tag lists by name: foreign tags stay, in their order."""

    def merge(have: Tree, want: Tree) -> Tree:
        ours = {str(entries(tag)[key]): tag for tag in items(want)}
        kept: list[Tree] = []
        for tag in items(have):
            name = str(entries(tag).get(key, ""))
            kept.append(ours.pop(name, tag))
        return [*kept, *ours.values()]

    return merge


def changed(have: Tree, target: Tree) -> list[Tree]:
    """The tags of the target that are not there yet: where a call adds tags, the others are not written again."""
    there = items(have)
    return [tag for tag in items(target) if tag not in there]


def without(key: str = "Key") -> Callable[[Tree], Tree]:
    """Tags without those that say which set-up a resource belongs to."""

    def others(have: Tree) -> Tree:
        return [tag for tag in items(have) if not str(entries(tag).get(key, "")).startswith(PREFIX)]

    return others


def withdrawing(untag: Callable[[Sequence[Tree]], Call], key: str = "Key") -> Withdrawal:
    """Takes ours off, where AWS has a call that removes tags by name."""

    def write(have: Tree, target: Tree) -> Call:
        kept = items(target)
        return untag([entries(tag).get(key) for tag in items(have) if tag not in kept])

    return Withdrawal(without(key), write)


def normal(key: str = "Key", value: str = "Value") -> Callable[[Tree], Tree]:
    """Tags in the order of their names."""

    def by_name(tags: Tree) -> Tree:
        pairs = {str(entries(t).get(key)): str(entries(t).get(value)) for t in items(tags)}
        return {name: pairs[name] for name in sorted(pairs)}

    return by_name


def owner_outputs(path: str, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """JMESPath for the setup, the resource, the origin and the environment that a tag list names."""
    return {
        "environment": f"{path}[?{key}=='{ENVIRONMENT}']|[0].{value}",
        "resource": f"{path}[?{key}=='{RESOURCE}']|[0].{value}",
        "setup": f"{path}[?{key}=='{SETUP}']|[0].{value}",
        "origin": f"{path}[?{key}=='{ORIGIN}']|[0].{value}",
    }


def words(tags: Tree) -> str:
    """Tags in one line."""
    pairs = [entries(tag) for tag in items(tags)]
    named = [(p.get("Key", p.get("TagKey")), p.get("Value", p.get("TagValue"))) for p in pairs]
    return ", ".join(f"{name}={value}" for name, value in named) or "no tags"


def other_environment(have: Tree, target: Tree) -> Problem | None:
    """Why a resource that was made for one environment cannot serve the other, even in the same set-up."""
    theirs, mine = _value(have, ENVIRONMENT), _value(target, ENVIRONMENT)
    if theirs is None or mine is None or theirs == mine:
        return None
    return Problem(
        "other-environment",
        f"This was made for {theirs}, and the set-up says {mine} now: sandbox and production share nothing.",
        (
            f"Set setup.environment back to {theirs}.",
            f"For {mine}, make a set-up of its own with 'palisade-wizard answers new --from'.",
        ),
    )


def _value(tags: Tree, name: str) -> Tree:
    for tag in items(tags):
        pair = entries(tag)
        if pair.get("Key", pair.get("TagKey")) == name:
            return pair.get("Value", pair.get("TagValue"))
    return None
