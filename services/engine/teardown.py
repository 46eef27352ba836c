"""What taking a set-up down means: which resources go, what of ours leaves those that stay, and what forbids it. Pure.

Only what this set-up made goes, by its tags or its journal. What others made stays, and loses what is known by name to
be ours. Whatever cannot be told, or must not go yet, blocks the whole run before its first change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from services.aws.guards import Once
from services.aws.translate import problem_of
from services.engine import contents
from services.engine.contents import Contents
from services.engine.observe import Ownership, observe, only_if_local, side
from services.engine.plan import Note, Plan, Step, same
from services.engine.world import Absent, Have, Present, Side, Unknown, World
from services.model.calls import Aws, Call, Refused
from services.model.resource import Blueprint, Facet, Removal, Resource, Risk, ending
from services.model.values import Tree, document, fill, known
from services.problems import Problem, ProblemError

BACKUPS: Risk = "delete-backups"
"""The risk of a plan that deletes what Palisade wrote."""


@dataclass(frozen=True)
class Seen:
    """What was looked at before anything goes: the world, and what only matters for deleting.

    `sides` are those of the removals' `looks` and, under `NAME.gone`, whether a resource is there at all.
    """

    blueprint: Blueprint
    world: World
    ownership: Ownership
    sides: Mapping[str, Side] = field(default_factory=dict)
    contents: Mapping[str, Contents | Unknown] = field(default_factory=dict)

    @cached_property
    def parts(self) -> Blueprint:
        """The resources with the sides alone that were looked at."""
        return tuple(map(ending, self.blueprint))


def look(blueprint: Blueprint, aws: Aws, ownership: Ownership, now: datetime) -> Seen:
    """Reads everything that decides whether the set-up can go; `aws` needs no right to write."""
    once = Once(aws)
    world = observe(tuple(map(ending, blueprint)), once, ownership)
    first = Seen(blueprint, world, ownership)
    sides: dict[str, Side] = {}
    held: dict[str, Contents | Unknown] = {}
    for resource in first.parts:
        removal = resource.removal
        if removal is None or not goes(resource, first):
            continue
        for facet in _looked_at(removal):
            if known([facet.read.params], world.lookup):
                sides[f"{resource.name}.{facet.name}"] = side(facet, once, world)
        if removal.bucket is not None:
            held[resource.name] = _contents(aws, removal.bucket, now)
    return Seen(blueprint, world, ownership, sides, held)


def _looked_at(removal: Removal) -> tuple[Facet, ...]:
    if removal.gone is None:
        return removal.looks
    call = Call(
        removal.gone.service,
        removal.gone.op,
        removal.gone.params,
        {"have": removal.gone.outputs["arn"]},
        removal.gone.absent,
    )
    return (*removal.looks, Facet("gone", "is there", None, call, None))


def _contents(aws: Aws, bucket: Mapping[str, Tree], now: datetime) -> Contents | Unknown:
    try:
        return contents.look(aws, bucket, now)
    except Refused as refused:
        return Unknown(only_if_local(problem_of(refused)))
    except ProblemError as error:
        return Unknown(only_if_local(error.problem))


def goes(resource: Resource, seen: Seen) -> bool:
    """Whether a resource is this set-up's own, can be deleted, and nothing that stays needs it."""
    removal, state = resource.removal, seen.world.resources.get(resource.name)
    if removal is None or not removal.calls or not _ours(resource, removal, seen):
        return False
    return isinstance(state, Present) and not _needed_by(removal, seen)


def _ours(resource: Resource, removal: Removal, seen: Seen) -> bool:
    state = seen.world.resources.get(resource.name)
    if not isinstance(state, Present) or state.origin != "created":
        return False
    if resource.owner is not None:
        return True
    beside = [seen.world.resources.get(name) for name in removal.proof]
    proven = any(isinstance(each, Present) and each.origin == "created" for each in beside)
    return proven or resource.title in seen.ownership.begun


def _needed_by(removal: Removal, seen: Seen) -> tuple[Resource, ...]:
    """What stays and cannot be without it."""
    return tuple(part for part in seen.parts if part.name in removal.keeps and _stays(part, seen))


def _stays(part: Resource, seen: Seen) -> bool:
    state = seen.world.resources.get(part.name)
    there = isinstance(state, Present) and state.origin != "other-setup"
    return there and not goes(part, seen)


def plan(seen: Seen) -> Plan:
    """Every step in the order in which each can be done: first what writes, then what was written, the keys last."""
    steps: list[Step] = []
    notes: list[Note] = []
    for resource in sorted(seen.parts, key=lambda part: part.removal.turn if part.removal else 0):
        for found in _of(resource, seen):
            if isinstance(found, Step):
                steps.append(found)
            else:
                notes.append(found)
    return Plan(tuple(steps), tuple(notes))


def _of(resource: Resource, seen: Seen) -> Iterator[Step | Note]:
    match seen.world.resources.get(resource.name, Absent()):
        case Unknown(problem) if problem.code == "taken":
            yield Note(
                resource.name,
                f"The {resource.title} is not this set-up's: the name belongs to another account.",
            )
        case Unknown(problem):
            yield _blocked(resource.name, resource, problem)
        case Absent():
            return
        case Present(outputs) if goes(resource, seen):
            yield from _going(resource, seen)
            yield from _spare(resource, outputs.get("arn"), seen)
        case Present(_, origin):
            yield Note(resource.name, _why_it_stays(resource, seen))
            if origin == "adopted":
                yield from _withdrawn(resource, seen)


def _spare(resource: Resource, arn: Tree, seen: Seen) -> Iterator[Step | Note]:
    """What bears the same tags and no name leads to: it can be told from the other one only when that one is gone."""
    match seen.world.nameless.get(resource.name, ()):
        case Unknown(problem):
            yield _blocked(resource.name, resource, problem)
        case found if arn not in found:
            for each in found:
                yield Note(
                    resource.name,
                    f"Another {resource.kind} carries this set-up's tags and no name leads to it: {each}. It stays for now; "
                    "run the same command once more when this one is done, and it goes too.",
                )
        case _:
            return


def _going(resource: Resource, seen: Seen) -> Iterator[Step | Note]:
    removal, state = resource.removal, seen.world.resources[resource.name]
    if removal is None or not isinstance(state, Present):
        return
    problems = list(_problems(resource, removal, seen))
    yield from problems
    there = seen.sides.get(f"{resource.name}.gone")
    if problems or (isinstance(there, Have) and there.value is None):
        return
    held = seen.contents.get(resource.name)
    words = held.words if isinstance(held, Contents) else ""
    backups = removal.backups and isinstance(held, Contents) and held.files
    what: dict[str, Tree] = {"arn": state.outputs.get("arn")}
    if backups and isinstance(held, Contents):
        # More of them than somebody agreed to is another plan; what only logs does not matter.
        what |= {"versions": held.versions, "markers": held.markers}
    yield Step(
        resource.name,
        "delete",
        f"{removal.says}, with everything in it: {words}" if words else removal.says,
        resource,
        have=what,
        risk=BACKUPS if backups else None,
        call=removal.calls[0],
    )


def _problems(resource: Resource, removal: Removal, seen: Seen) -> Iterator[Step]:
    """What must keep the resource from being deleted, or be known first."""
    for facet in resource.facets("created"):
        yield from _refused(resource, facet, seen.world.sides.get(f"{resource.name}.{facet.name}"), seen)
    for facet in _looked_at(removal):
        yield from _refused(resource, facet, seen.sides.get(f"{resource.name}.{facet.name}"), seen)
    match seen.contents.get(resource.name):
        case Unknown(problem):
            yield _blocked(resource.name, resource, problem)
        case Contents() as held if (why := contents.kept(resource.title, held)) is not None:
            yield _blocked(resource.name, resource, why)
        case _:
            return


def _refused(resource: Resource, facet: Facet, found: Side | None, seen: Seen) -> Iterator[Step]:
    address = f"{resource.name}.{facet.name}"
    match found:
        case Unknown(problem):
            yield _blocked(address, resource, problem, facet)
        case Have(have):
            target = facet.merge(have, fill(facet.want, seen.world.lookup))
            why = facet.refuse(have, target)
            if why is not None:
                yield _blocked(address, resource, why, facet)
        case None:
            return


def _why_it_stays(resource: Resource, seen: Seen) -> str:
    removal, state = resource.removal, seen.world.resources[resource.name]
    origin = state.origin if isinstance(state, Present) else "foreign"
    needing = _needed_by(removal, seen) if removal is not None else ()
    if origin == "created" and needing:
        names = " and ".join(f"the {part.title}" for part in needing)
        one = len(needing) == 1
        return (
            f"The {resource.title} stays, because {names} {'stays' if one else 'stay'}, and without it what is there could "
            "not be used."
        )
    if origin == "other-setup":
        return f"The {resource.title} belongs to another set-up and is not touched."
    if removal is not None and not removal.calls:
        return f"The {resource.title} stays: it was given to this set-up, not made by it."
    if origin != "adopted":
        return f"The {resource.title} stays: nothing says that this set-up made it."
    left = _left_on(resource, seen)
    return f"The {resource.title} stays, with everything in it: this set-up did not make it." + (
        f" What was set on it stays too: it {'; it '.join(left)}." if left else ""
    )


def _left_on(resource: Resource, seen: Seen) -> list[str]:
    """The sides that this set-up may have set and that do not tell whose they are: taking them back could do harm."""
    whole = next(part for part in seen.blueprint if part.name == resource.name)
    return [
        facet.says for facet in whole.facets("adopted") if facet.write is not None and facet.withdraw is None
    ]


def _withdrawn(resource: Resource, seen: Seen) -> Iterator[Step | Note]:
    """Ours out of what stays; the tags last, because they say that we were here."""
    facets = resource.facets("adopted")
    for facet in sorted(facets, key=lambda each: each.name == "tags"):
        address = f"{resource.name}.{facet.name}"
        match seen.world.sides.get(address):
            case Unknown(problem):
                yield _blocked(address, resource, problem, facet)
            case Have(raw):
                yield from _taken_out(address, resource, facet, raw, seen)
            case None:
                continue


def _taken_out(
    address: str, resource: Resource, facet: Facet, raw: Tree, seen: Seen
) -> Iterator[Step | Note]:
    withdraw = facet.withdraw
    if withdraw is None:
        return
    have = document(raw) if facet.document and raw is not None else raw
    if withdraw.along:
        target = fill(facet.merge(have, fill(facet.want, seen.world.lookup)), seen.world.lookup)
        along = [part for part in seen.parts if part.name == withdraw.along]
        if not same(facet, have, target) or not any(goes(part, seen) for part in along):
            return
    if left := withdraw.left(have):
        yield Note(address, f"The {resource.title}: {left}.")
    rest = withdraw.without(have)
    if same(facet, have, rest):
        return
    call = withdraw.write(have, rest)
    if call is None:
        yield Note(
            address,
            f"The {resource.title} {facet.says}: that stays, because nothing else would be left of it.",
        )
        return
    says = f"what this set-up added ({facet.name}) is taken out again; what others have there stays"
    yield Step(address, "change", says, resource, facet, have, rest, call=call)


def _blocked(address: str, resource: Resource, problem: Problem, facet: Facet | None = None) -> Step:
    says = facet.says if facet else "cannot be deleted"
    return Step(address, "blocked", says, resource, facet, problem=problem.at(address))
