"""The difference between the blueprint and the world, as steps. Pure: the same two always give the same plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.engine.observe import facets_of
from services.engine.order import ordered
from services.engine.world import Absent, Have, Present, Unknown, World
from services.model import policies
from services.model.calls import Call
from services.model.resource import Blueprint, Facet, Remark, Resource, Risk
from services.model.values import Tree, bare, document, entries, fill, refs, shown
from services.problems import Problem

Verb: TypeAlias = Literal["create", "set", "change", "adopt", "blocked", "delete"]


@dataclass(frozen=True)
class Step:
    """One thing to do. `have` and `target` are the facet's values; `call` closes the difference (None if blocked)."""

    address: str
    verb: Verb
    says: str
    resource: Resource
    facet: Facet | None = None
    have: Tree = None
    target: Tree = None
    risk: Risk | None = None
    call: Call | None = None
    problem: Problem | None = None
    fresh: bool = False
    """The resource does not exist yet, so its facets have whatever AWS gives a new one."""

    @property
    def before(self) -> str | None:
        if self.facet is None or self.fresh or self.verb == "adopt":
            return None
        words = self.facet.words(shown(self.have) if not isinstance(self.have, str) else self.have)
        if words != self.after:
            return words
        names = policies.differing(self.have, self.target) if self.facet.document else ()
        return f"{words}; not as wanted{': ' if names else ''}{', '.join(names)}"

    @property
    def after(self) -> str | None:
        if self.verb in {"create", "adopt"} or self.facet is None:
            return self.says
        return self.facet.words(bare(self.target)) if self.problem is None else None


@dataclass(frozen=True)
class Note:
    """Something worth saying that is no difference: what AWS does not report or, with a `remark`, a person should heed."""

    address: str
    says: str
    remark: Remark | None = None

    @property
    def heed(self) -> bool:
        return self.remark is not None


@dataclass(frozen=True)
class Plan:
    """Ordered steps and notes; no steps means nothing to do."""

    steps: tuple[Step, ...]
    notes: tuple[Note, ...] = ()

    @property
    def blocked(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.verb == "blocked")

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that the plan would do; equal exactly for equal plans."""
        content = [
            [
                s.address,
                s.verb,
                bare(s.have),
                bare(s.target),
                s.risk,
                s.call.name if s.call else None,
                _born(s),
            ]
            for s in self.steps
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _born(step: Step) -> Tree:
    """What the create call itself sets: no step of its own says it."""
    return bare(step.call.params) if step.call is not None and step.verb == "create" else None


def plan(blueprint: Blueprint, world: World) -> Plan:
    """Every step that brings the world to the blueprint, in an order in which each can be done."""
    steps: list[Step] = []
    notes: list[Note] = []
    for resource in ordered(blueprint):
        for found in _of(resource, world):
            (steps if isinstance(found, Step) else notes).append(found)  # type: ignore[arg-type]
    return Plan(tuple(steps), tuple(notes))


def _of(resource: Resource, world: World) -> Iterator[Step | Note]:
    state = world.resources.get(resource.name, Absent())
    match state:
        case Unknown(problem):
            yield _blocked(resource.name, resource, problem)
        case Absent():
            yield from _absent(resource, world)
        case Present(_, "other-setup", environment):
            yield _blocked(resource.name, resource, _others(resource, environment))
        case Present(outputs, origin):
            yield from _spare(resource, outputs.get("arn"), world)
            for facet in facets_of(resource, world):
                adopting = origin == "foreign" and facet.name == "tags"
                yield from _facet(resource, facet, world, adopting=adopting)


def _spare(resource: Resource, arn: Tree, world: World) -> Iterator[Note]:
    """What bears the tags of a resource beside it. As long as no name leads to itself, any of them may yet be the one."""
    match world.nameless.get(resource.name, ()):
        case Unknown(problem):
            yield Note(
                resource.name, f"Whether there is another {resource.kind} of this set-up: {problem.summary}"
            )
        case found if resource.search is not None and arn not in found:
            for each in found:
                remark = resource.search.spare(each)
                yield Note(resource.name, remark.text, remark)
        case _:
            return


def _absent(resource: Resource, world: World) -> Iterator[Step | Note]:
    create = resource.create
    if create is None:
        yield _blocked(resource.name, resource, _missing(resource))
        return
    hidden = _hidden([create.params, create.region], world)
    if hidden is not None:
        yield _blocked(resource.name, resource, hidden)
        return
    yield Step(resource.name, "create", resource.says, resource, call=create, fresh=True)
    for facet in facets_of(resource, world):
        if facet.born:
            continue
        if facet.write is None:
            yield from _said(f"{resource.name}.{facet.name}", facet, None, facet.merge(None, facet.want))
        else:
            yield from _differs(resource, facet, None, world, fresh=True)


def _facet(resource: Resource, facet: Facet, world: World, *, adopting: bool) -> Iterator[Step | Note]:
    address = f"{resource.name}.{facet.name}"
    match world.sides.get(address):
        case Unknown(problem):
            yield _blocked(address, resource, problem, facet)
        case Have(have):
            yield from _differs(resource, facet, have, world, adopting=adopting)
        case None:  # its reading call needs something that is not there yet
            if facet.write is not None:
                yield from _differs(resource, facet, None, world, fresh=True)


def _differs(
    resource: Resource, facet: Facet, raw: Tree, world: World, *, fresh: bool = False, adopting: bool = False
) -> Iterator[Step | Note]:
    address = f"{resource.name}.{facet.name}"
    hidden = _hidden(facet.want, world)
    if hidden is not None:
        yield _blocked(address, resource, hidden, facet)
        return
    have = document(raw) if facet.document and raw is not None else raw
    target = fill(facet.merge(have, fill(facet.want, world.lookup)), world.lookup)
    problem = None if fresh else facet.refuse(have, target)
    if problem is not None:
        yield Step(address, "blocked", facet.says, resource, facet, have, target, problem=problem.at(address))
        return
    yield from _said(address, facet, have, target)
    if not fresh:
        yield from _unreported_notes(address, resource, facet, have, target)
        if same(facet, have, target):
            return
    if facet.write is None:
        yield Step(
            address,
            "blocked",
            facet.says,
            resource,
            facet,
            have,
            target,
            problem=_only_at_creation(resource, facet),
        )
        return
    call = facet.write(have, target)
    if adopting:
        says = f"use the {resource.title} that exists already, and mark it as this set-up's"
        yield Step(resource.name, "adopt", says, resource, facet, have, target, "adopt", call)
        return
    verb: Verb = "set" if have is None else "change"
    yield Step(
        address, verb, facet.says, resource, facet, have, target, facet.risk(have, target), call, fresh=fresh
    )


def _unreported_notes(
    address: str, resource: Resource, facet: Facet, have: Tree, target: Tree
) -> Iterator[Note]:
    for name in _unreported(facet, have, target):
        yield Note(address, f"AWS does not report {name} of the {resource.title}.")


def _said(address: str, facet: Facet, have: Tree, target: Tree) -> Iterator[Note]:
    remark = facet.remark(have, target)
    if remark is not None:
        yield Note(address, remark.text, remark)


def _hidden(tree: Tree, world: World) -> Problem | None:
    """Why nobody can say what the tree stands for: something that it refers to is unknown."""
    for ref in refs(tree):
        match world.resources.get(ref.resource):
            case Unknown(problem):
                return problem
            case _:
                continue
    return None


def same(facet: Facet, have: Tree, target: Tree) -> bool:
    """Whether the facet needs no step. What AWS does not report is no difference."""
    left, right = facet.normal(bare(have)), facet.normal(bare(target))
    if "*" in facet.optional and left is None:
        return True
    if have is not None and facet.optional and isinstance(left, dict) and isinstance(right, dict):
        gone = {name for name in facet.optional if left.get(name) is None}
        right = {name: value for name, value in right.items() if name not in gone}
        left = {name: value for name, value in left.items() if name not in gone}
    return left == right


def _unreported(facet: Facet, have: Tree, target: Tree) -> tuple[str, ...]:
    if "*" in facet.optional:
        return (facet.name,) if have is None else ()
    mine = entries(have)
    return tuple(
        name for name in sorted(facet.optional) if mine and mine.get(name) is None and name in entries(target)
    )


def _blocked(address: str, resource: Resource, problem: Problem, facet: Facet | None = None) -> Step:
    says = facet.says if facet else resource.says
    return Step(address, "blocked", says, resource, facet, problem=problem.at(address))


def _missing(resource: Resource) -> Problem:
    return resource.missing or Problem(
        "unfit", f"The {resource.title} does not exist.", ("Check its name in the setup file.",)
    )


def _others(resource: Resource, environment: str) -> Problem:
    of = (
        f"another set-up of this program, one for {environment}"
        if environment
        else "another set-up of this program"
    )
    named = resource.missing if resource.create is None else None
    another = named.remedy if named else ("Choose another name, so that each set-up has its own.",)
    return Problem(
        "taken",
        f"The {resource.title} belongs to {of} (its tags say so): no two set-ups share anything.",
        (
            *another,
            "If it is the same set-up whose file was lost, put the id from the tag palisade-wizard:setup under setup.id.",
        ),
    )


def _only_at_creation(resource: Resource, facet: Facet) -> Problem:
    return Problem(
        "unfit",
        f"The {resource.title} should be such that it {facet.says}, and that can only be set when it is created.",
        ("Choose another name, so that a new one is made.",),
        f"{resource.name}.{facet.name}",
    )
