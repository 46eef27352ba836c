"""Reads what AWS has. Denied is never absent: what cannot be read is unknown, with the missing action named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeAlias

from services.aws.guards import Once
from services.aws.translate import problem_of
from services.engine.tagged import find_again, nameless
from services.engine.world import Absent, Have, Present, Side, State, Unknown, World
from services.model.calls import Aws, Call, Refused, ask, filled
from services.model.resource import Blueprint, Facet, Origin, Resource, Search
from services.model.values import known, refs
from services.problems import Problem, ProblemError
from services.side_by_side import threads

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far this machine's clock and AWS's may be apart when ages are compared."""


@dataclass(frozen=True)
class Ownership:
    """What makes a resource this setup's: the setup's id, and what its journal says was begun (by title), and when.

    `ended` is when its deletion was begun after that: what was made later under the name is somebody else's.
    """

    setup: str
    begun: Mapping[str, datetime] = field(default_factory=dict)
    ended: Mapping[str, datetime] = field(default_factory=dict)


def observe(blueprint: Blueprint, aws: Aws, ownership: Ownership, workers: int = 32) -> World:
    """The world as the blueprint asks for it.

    A read starts as soon as everything that its parameters refer to has been found; at most `workers` run at a time.
    """
    looking = _Looking(Once(aws), ownership, frozenset(resource.name for resource in blueprint))
    # What has many sides has the longest way to go, and begins first.
    by_sides = sorted(blueprint, key=lambda resource: -len(resource.facets("created")))
    looking.waiting = [looking.about(resource) for resource in by_sides]
    looking.waiting += [looking.about_nameless(each.name, each.search) for each in blueprint if each.search]
    ended: SimpleQueue[Future[_Keep]] = SimpleQueue()
    with threads(workers) as pool:
        running = 0
        while True:
            for question in looking.due():
                pool.submit(question).add_done_callback(ended.put)
                running += 1
            if running == 0:
                break
            ended.get().result()()
            running -= 1
    return looking.world(blueprint)


_Keep: TypeAlias = Callable[[], None]
"""Keeps what was found; called in the thread that looks after the whole."""


@dataclass(frozen=True)
class _Question:
    """What can be asked once these resources are decided."""

    needs: frozenset[str]
    ask: Callable[[World], _Keep]


@dataclass
class _Looking:
    """An observation that goes on: what was found, and what still waits for something to be found."""

    aws: Aws
    ownership: Ownership
    names: frozenset[str]
    resources: dict[str, State] = field(default_factory=dict)
    sides: dict[str, Side] = field(default_factory=dict)
    nameless: dict[str, tuple[str, ...] | Unknown] = field(default_factory=dict)
    waiting: list[_Question] = field(default_factory=list)

    def about(self, resource: Resource) -> _Question:
        """Whether a resource is there; if it is, its sides are asked for next."""

        def ask(world: World) -> _Keep:
            state = find(resource, self.aws, world, self.ownership)

            def keep() -> None:
                self.resources[resource.name] = state
                if isinstance(state, Present):
                    found = resource.facets(state.origin)
                    self.waiting += [self._about_side(f"{resource.name}.{f.name}", f) for f in found]

            return keep

        calls = [call for call in (resource.lookup, resource.owner) if call is not None]
        return _Question(self._named(calls) - {resource.name}, ask)

    def _about_side(self, address: str, facet: Facet) -> _Question:
        def ask(world: World) -> _Keep:
            if not known([facet.read.params, facet.read.region], world.lookup):
                return lambda: None  # it refers to something that is not there
            found = side(facet, self.aws, world)
            return partial(self.sides.__setitem__, address, found)

        return _Question(self._named([facet.read]), ask)

    def about_nameless(self, name: str, search: Search) -> _Question:
        """What else bears the tags of a resource, beside the one that its name leads to."""

        def ask(_world: World) -> _Keep:
            found: tuple[str, ...] | Unknown
            try:
                found = nameless(search, self.aws)
            except Refused as refused:
                found = Unknown(only_if_local(problem_of(refused)))
            except ProblemError as error:
                found = Unknown(only_if_local(error.problem))
            return partial(self.nameless.__setitem__, name, found)

        return _Question(frozenset(), ask)

    def _named(self, calls: Sequence[Call]) -> frozenset[str]:
        named = {ref.resource for call in calls for ref in refs([call.params, call.region])}
        return frozenset(named) & self.names

    def due(self) -> list[Callable[[], _Keep]]:
        """What can be asked now; it does not wait any more."""
        ready = [question for question in self.waiting if question.needs <= self.resources.keys()]
        if ready:
            self.waiting = [question for question in self.waiting if question not in ready]
        world = World(dict(self.resources)) if ready else World()
        return [partial(question.ask, world) for question in ready]

    def world(self, blueprint: Blueprint) -> World:
        """What was found, the resources in the blueprint's order."""
        found = {resource.name: self.resources[resource.name] for resource in blueprint}
        return World(found, self.sides, self.nameless)


def side(facet: Facet, aws: Aws, world: World) -> Side:
    """What one facet has now."""
    try:
        found = ask(aws, filled(facet.read, world.lookup))
    except Refused as refused:
        return Unknown(only_if_local(problem_of(refused)))
    except ProblemError as error:
        return Unknown(only_if_local(error.problem))
    return Have(None if found is None else found["have"])


def find(resource: Resource, aws: Aws, world: World, ownership: Ownership) -> State:
    """Whether a resource is there, and whose it is."""
    if not known([resource.lookup.params, resource.lookup.region], world.lookup):
        return Absent()
    try:
        outputs = ask(aws, filled(resource.lookup, world.lookup))
        if outputs is None and resource.search is not None:
            outputs = find_again(resource.search, aws)
        if outputs is None:
            return Absent()
        found = _present(resource, outputs, aws, world, ownership)
        if found.origin in {"foreign", "other-setup"} and resource.search is not None:
            # The name leads to somebody else's; this set-up's own may be there all the same.
            ours = find_again(resource.search, aws)
            return found if ours is None else _present(resource, ours, aws, world, ownership)
    except Refused as refused:
        return Unknown(only_if_local(whose(resource, aws, refused, ownership)))
    except ProblemError as error:
        return Unknown(only_if_local(error.problem))
    return found


_OF_THE_CONNECTION = frozenset({"sign-in", "clock", "network", "invalid-answer", "our-bug"})


def only_if_local(problem: Problem) -> Problem:
    """Problems of the whole connection (sign-in, network) are nobody's state: they end the observation."""
    if problem.code in _OF_THE_CONNECTION:
        raise ProblemError(problem)
    return problem


def _seen(resource: Resource, outputs: Mapping[str, Any], world: World) -> World:
    """The world with the resource in it that was just found: whose it is, is asked by its own outputs too."""
    return World({**world.resources, resource.name: Present(outputs, "foreign")})


def _present(
    resource: Resource, outputs: Mapping[str, Any], aws: Aws, world: World, ownership: Ownership
) -> Present:
    """The resource that was found, with whose it is; another set-up's with the environment in its tags."""
    if resource.owner is None:
        return Present(outputs, "created")
    tags = ask(aws, filled(resource.owner, _seen(resource, outputs, world).lookup)) or {}
    origin = _origin(resource, aws, tags, ownership)
    environment = str(tags.get("environment") or "") if origin == "other-setup" else ""
    return Present(outputs, origin, environment)


def _origin(resource: Resource, aws: Aws, tags: Mapping[str, Any], ownership: Ownership) -> Origin:
    match tags.get("setup"), tags.get("origin"):
        case setup, "adopted" if setup == ownership.setup:
            return "adopted"
        case setup, _ if setup == ownership.setup:
            return "created"
        case None, _:
            return "created" if _begun_here(resource, aws, ownership) else "foreign"
        case _:
            return "other-setup"


def _begun_here(resource: Resource, aws: Aws, ownership: Ownership) -> bool:
    begun = ownership.begun.get(resource.title)
    if begun is None or resource.listed is None:
        return False
    listed = ask(aws, resource.listed)
    if listed is None:
        return False
    created, ended = datetime.fromisoformat(str(listed["created"])), ownership.ended.get(resource.title)
    return created >= begun - CLOCKS_DIFFER and (ended is None or created <= ended)


def whose(resource: Resource, aws: Aws, refused: Refused, ownership: Ownership) -> Problem:
    """A refusal of a lookup, told apart: denied, or somebody else's."""
    problem = problem_of(refused)
    if problem.code != "denied" or resource.listed is None or refused.call.op != resource.lookup.op:
        return problem
    try:
        mine = ask(aws, resource.listed)
    except Refused as reason:
        # A HEAD is refused without a word; what refuses the list as well (a clock, a sign-in) says what it was.
        told = problem_of(reason)
        return problem if told.code == "denied" else told
    if mine is not None:
        return problem
    if resource.title in ownership.begun:
        return Problem(
            "wrong-owner",
            f"The {resource.title} does not belong to the account of this set-up (any more).",
            ("Do not let anything write to it. Find out who deleted it and who owns the name now.",),
            resource.name,
        )
    return Problem(
        "taken",
        f"The {resource.title} belongs to another AWS account: the name is taken.",
        (
            f"Choose another name under {resource.answer}; an account-regional name cannot be taken by others.",
        ),
        resource.name,
    )


def facets_of(resource: Resource, world: World) -> Iterable[Facet]:
    """The facets of a resource as its origin has them; those of a new one if it is not there."""
    state = world.resources.get(resource.name)
    return resource.facets(state.origin if isinstance(state, Present) else "created")
