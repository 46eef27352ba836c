"""Finds again what has no name of its own, by this set-up's tags; and what else bears them.

AWS has no means against two keys where two computers make one at the same moment: the alias goes to one of them, and
the other one is left over. It is told, never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.aws.translate import problem_of
from services.model.calls import Aws, Refused, ask
from services.model.resource import Search
from services.problems import ProblemError
from services.side_by_side import threads

SIDE_BY_SIDE = 8
"""Keys whose tags are asked for at once: an account can have hundreds of keys, and AWS allows some ten questions a second."""


def find_again(search: Search, aws: Aws) -> dict[str, Any] | None:
    """The outputs of the one that bears this set-up's tags. Raises a problem if several do: no name says which it is."""
    found = _bearing(search, aws, _all(search, aws))
    if len(found) > 1:
        raise ProblemError(search.undecided(tuple(str(each["arn"]) for each in found)))
    return found[0] if found else None


def nameless(search: Search, aws: Aws) -> tuple[str, ...]:
    """The ARNs of those that this set-up made, by their tags, and that no name leads to."""
    named = ask(aws, search.named) or {"ids": []}
    known = frozenset(named["ids"] or ())
    found = _bearing(search, aws, (each for each in _all(search, aws) if each not in known))
    return tuple(str(each["arn"]) for each in found if each["origin"] == "created")


def _all(search: Search, aws: Aws) -> Iterable[str]:
    found = ask(aws, search.list) or {"ids": []}
    return found["ids"] or []


def _bearing(search: Search, aws: Aws, identifiers: Iterable[str]) -> list[dict[str, Any]]:
    """The outputs of all that bear the tags, with the `origin` that these tell; what is about to be deleted does not count."""
    bearing: list[dict[str, Any]] = []
    denied: Refused | None = None
    readable = False
    with threads(SIDE_BY_SIDE) as pool:
        looks = [(identifier, pool.submit(_tags, search, aws, identifier)) for identifier in identifiers]
        for identifier, look in looks:
            tags = look.result()
            if isinstance(tags, Refused):
                denied = tags
                continue
            readable = True
            # A set-up has several keys, each with a tag that says which it is.
            if tags is None or (tags.get("setup"), tags.get("resource")) != search.ours:
                continue
            outputs = ask(aws, search.look(identifier))
            if outputs is not None and outputs.get("deletion") is None:
                bearing.append({**outputs, "origin": tags.get("origin")})
    # A key whose own policy hides it is not ours: ours leave the choice to IAM, which lets this sign-in read tags.
    # If it can read none at all, it lacks the right, and ours may be among the hidden ones.
    if denied is not None and not readable:
        raise denied
    return bearing


def _tags(search: Search, aws: Aws, identifier: str) -> Mapping[str, Any] | Refused | None:
    """The tags of one; the refusal where its own policy hides them, None where it has gone."""
    try:
        return ask(aws, search.tags(identifier))
    except Refused as refused:
        if problem_of(refused).code != "denied":
            raise
        return refused
