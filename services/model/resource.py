"""Resources and their facets: what the engine observes, compares and writes.

A `Facet` is one readable and writable side of a resource (versioning, rotation, a policy). Difference, step,
progress line, finding and export row all have this grain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal, TypeAlias

from services.model.calls import Call
from services.model.values import Tree, bare, refs
from services.problems import Problem

Origin: TypeAlias = Literal["created", "adopted", "foreign", "other-setup"]
"""Who made a resource: this setup; somebody else, and this setup was allowed to use it; somebody else; another setup."""

Risk: TypeAlias = Literal["adopt", "cost", "irreversible", "principal", "delete-backups"]


@dataclass(frozen=True)
class Remark:
    """What is worth saying of a facet though it is no difference: no call of this program could change it.

    `says` and `remedy` are whole sentences. `waiting`: all is well as soon as somebody does what `remedy` says.
    """

    says: str
    remedy: str
    waiting: bool = False

    @property
    def text(self) -> str:
        return f"{self.says} {self.remedy}"


def _replace(have: Tree, want: Tree) -> Tree:  # noqa: ARG001
    return want


def _same(value: Tree) -> Tree:
    return value


def _no_risk(have: Tree, target: Tree) -> Risk | None:  # noqa: ARG001
    return None


def _fits(have: Tree, target: Tree) -> Problem | None:  # noqa: ARG001
    return None


def _nothing_to_say(have: Tree, target: Tree) -> Remark | None:  # noqa: ARG001
    return None


def _nothing_left(have: Tree) -> str:  # noqa: ARG001
    return ""


def _words(value: Tree) -> str:
    return "not set" if value is None else str(bare(value))


@dataclass(frozen=True)
class Withdrawal:
    """How what is ours is taken out of a side of something that others made.

    `without(have)` is the value with everything that is not ours; it equals `have` where nothing of ours is in it.
    `write(have, target)` sets it; None where AWS takes no such value, and then it stays. `along`: only if that
    resource is deleted too, and the side is just as this set-up wants it. `left` says what of ours stays; empty if nothing.
    """

    without: Callable[[Tree], Tree]
    write: Callable[[Tree, Tree], Call | None]
    along: str = ""
    left: Callable[[Tree], str] = _nothing_left


@dataclass(frozen=True)
class Facet:
    """One side of a resource.

    `says` completes "…: " in plain words when the facet is as wanted. `read` has one output, `have`. `merge(have,
    want)` gives the target and keeps what is not ours. `normal` brings AWS's spelling to ours; a step exists exactly
    when `normal(target) != normal(have)`. `write=None`: cannot be changed after creation, a mismatch is blocked with
    `refuse`'s problem. `born`: the create call sets it. `optional`: keys of a wanted mapping that AWS may not report;
    their absence is a note, not a difference. `words` says a value in a sentence's words. `risk` names what needs
    consent. `refuse(have, target)` tells why a resource must not be used at all. `remark(have, target)` is what a person
    should heed, step or no step. `document`: AWS gives a string. `withdraw`: how ours goes out of it again.
    """

    name: str
    says: str
    want: Tree
    read: Call
    write: Callable[[Tree, Tree], Call] | None
    merge: Callable[[Tree, Tree], Tree] = _replace
    normal: Callable[[Tree], Tree] = _same
    born: bool = False
    optional: frozenset[str] = frozenset()
    words: Callable[[Tree], str] = _words
    risk: Callable[[Tree, Tree], Risk | None] = _no_risk
    refuse: Callable[[Tree, Tree], Problem | None] = _fits
    remark: Callable[[Tree, Tree], Remark | None] = _nothing_to_say
    document: bool = False
    withdraw: Withdrawal | None = None


def watched(
    name: str,
    says: str,
    read: Call,
    words: Callable[[Tree], str],
    remark: Callable[[Tree], Remark | None],
) -> Facet:
    """A facet that is only looked at: whatever AWS has there is no difference, and never holds up a plan."""
    return Facet(
        name,
        says,
        None,
        read,
        None,
        normal=lambda _value: None,
        words=words,
        remark=lambda have, _target: remark(have),
    )


@dataclass(frozen=True)
class Search:
    """How to find a resource again that has no name of its own: list identifiers, then read each one's tags.

    `list` has the output `ids`, and so has `named`, of those that a name leads to; `look(id)` gives a lookup whose outputs
    are those of the resource's own lookup and `deletion`. `ours` are the set-up and the resource in the tags of ours.
    `spare(arn)` says what is to be thought of one that bears them too, `undecided(arns)` that no name says which of several
    is the one, `outrun(arn)` that the name leads to another than the one that was just made.
    """

    list: Call
    tags: Callable[[str], Call]
    look: Callable[[str], Call]
    named: Call
    ours: tuple[str, str]
    spare: Callable[[str], Remark]
    undecided: Callable[[tuple[str, ...]], Problem]
    outrun: Callable[[str], Problem]


class Turn(IntEnum):
    """When a kind of resource is deleted: first what rings and what writes, then what was written, the keys last."""

    FILTER = 1
    ALARM = 2
    SUBSCRIPTION = 3
    TOPIC = 4
    TRAIL = 5
    WRITER = 6
    BACKUPS = 7
    TRAIL_FILES = 8
    ACCESS_LOGS = 9
    LOG_GROUP = 10
    LOG_ROLE = 11
    ALIAS = 12
    KEY = 13


@dataclass(frozen=True)
class Removal:
    """How a resource is deleted that this set-up made.

    `calls` in their order; an `absent` code of one means that it was done before. Without any the resource is never
    deleted. `says` completes "…: ". `gone` asks like a lookup whether it is still there, where the lookup itself does
    not tell. `looks` are facets whose `refuse` says why it must not be deleted. `bucket` are the parameters of the
    bucket whose files go first; `backups`: they are what the set-up is for. `keeps` names resources, each of which
    needs this one as long as it stays. `proof` names those by which one without tags is known to be ours.
    """

    turn: Turn
    calls: tuple[Call, ...]
    says: str = "is deleted"
    gone: Call | None = None
    looks: tuple[Facet, ...] = ()
    bucket: Mapping[str, Tree] | None = None
    backups: bool = False
    keeps: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """Something with a name of its own in AWS.

    `title` names it for a person. `lookup` outputs at least `arn`. `create=None`: it must exist. `facets(origin)`
    gives its sides, the tags first, as they should be for a resource of that origin. `owner` outputs `setup` and
    `origin` from its tags. `listed` outputs `created` (ISO time) if the account's own list has it: it tells "denied"
    from "somebody else's", and how old a resource is that only the journal calls ours. `answer` is the key of the
    setup file that names it.
    """

    name: str
    kind: str
    title: str
    says: str
    lookup: Call
    create: Call | None
    facets: Callable[[Origin], tuple[Facet, ...]]
    owner: Call | None = None
    listed: Call | None = None
    search: Search | None = None
    after: tuple[str, ...] = ()
    missing: Problem | None = None
    answer: str = "storage.bucket"
    removal: Removal | None = None


Blueprint: TypeAlias = tuple[Resource, ...]


def calls_of(resource: Resource) -> Iterator[Call]:
    """Every call that the engine can make for a resource, writes with their values as planned for a new one."""
    yield resource.lookup
    for call in (resource.create, resource.owner, resource.listed):
        if call is not None:
            yield call
    if resource.search is not None:
        yield resource.search.list
        yield resource.search.named
        yield resource.search.tags("id")
        yield resource.search.look("id")
    for facet in resource.facets("created"):
        yield facet.read
        if facet.write is not None:
            yield facet.write(None, facet.merge(None, facet.want))


def removal_calls(resource: Resource) -> Iterator[Call]:
    """Every writing call that taking a set-up down can make for a resource, and what it reads only for that."""
    removal = resource.removal
    if removal is not None:
        yield from removal.calls
        yield from (facet.read for facet in removal.looks)
        if removal.gone is not None:
            yield removal.gone
    for facet in resource.facets("adopted"):
        if facet.withdraw is not None:
            yield facet.read
            # What is left of it decides between setting and deleting.
            for rest in (facet.withdraw.without(facet.want), facet.want):
                call = facet.withdraw.write(facet.want, rest)
                if call is not None:
                    yield call


def needs(resource: Resource) -> frozenset[str]:
    """The names of the resources that must be there before this one can be made complete."""
    trees: list[Tree] = [tree for call in calls_of(resource) for tree in (call.params, call.region)]
    trees.extend(facet.want for facet in resource.facets("created"))
    found = {ref.resource for tree in trees for ref in refs(tree)}
    return (frozenset(found) | frozenset(resource.after)) - {resource.name}


def ending(resource: Resource) -> Resource:
    """The resource with the sides alone that matter for taking it down: whose it is, and what is ours in it."""

    def facets(origin: Origin) -> tuple[Facet, ...]:
        found = resource.facets(origin)
        return tuple(f for f in found if f.name == "tags" or (f.withdraw is not None and origin != "created"))

    return replace(resource, facets=facets)
