"""From a row to what the script asks: a JMESPath that says in one word how a side stands, and what would be written.

The words: `same`, it is as it should be; `todo` (`todo2`, …), it is as it was when the script was written, or as a new
resource has it, and is to be written; `other`, somebody changed it meanwhile, so nothing is written over it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.engine.world import Have, Unknown
from services.export.rows import Compared, Policy, Row, Tags, Watched, row
from services.export.shell import Naming, Piece, Var, pieces
from services.export.subject import Subject
from services.model.calls import Call
from services.model.paths import literal, search
from services.model.resource import Blueprint, Facet, Resource, Risk, calls_of
from services.model.values import Json, Ref, Tree, document, entries, fill, items, refs
from services.problems import ProblemError

SAME, OTHER = "same", "other"


@dataclass(frozen=True)
class Scene:
    """What an export describes; what stands for each reference; and the references that AWS's values stand for."""

    subject: Subject
    naming: Naming
    values: Mapping[str, Tree]

    @classmethod
    def of(cls, subject: Subject) -> Scene:
        """The scene of an export: of what it manages, only what AWS alone can tell is in variables."""
        by_name = {resource.name: resource for resource in subject.blueprint}
        managed = {resource.name for resource in subject.managed()}

        def name(ref: Ref) -> str | Var:
            known = None if ref.resource in managed else subject.world.output(ref)
            known = constant(by_name[ref.resource], ref.output) if known is None else known
            return Var(variable(ref.resource, ref.output)) if known is None else known

        values: dict[str, Tree] = {
            value: ref
            for ref in referred(subject.blueprint)
            if ref.resource in managed
            and isinstance(name(ref), Var)
            and (value := subject.world.output(ref)) is not None
        }
        return cls(subject, name, values)


@dataclass(frozen=True)
class Side:
    """One side of a managed resource, as the script looks at it and writes it.

    `word` is JMESPath for its word; empty for a policy, whose `have` and `target` the shell compares. `unset` is the
    word where AWS says that there is no setting. `writes` are the calls for `todo`, `todo2`, …
    """

    address: str
    facet: Facet
    row: Row
    word: Sequence[Piece]
    unset: str
    writes: tuple[Call, ...]
    risk: Risk | None = None
    have: Tree = None
    target: Tree = None

    @property
    def variable(self) -> str:
        """The shell variable for its word."""
        return "is_" + shell_name(self.address)


def shell_name(address: str) -> str:
    """An address as a part of the shell's names."""
    return address.replace("-", "_").replace(".", "_")


def variable(resource: str, output: str) -> str:
    """The shell variable of an output."""
    return f"{shell_name(resource)}_{shell_name(output)}"


def todo(number: int) -> str:
    """The word for the state that the write of this number, from 0, is for."""
    return "todo" if number == 0 else f"todo{number + 1}"


def sides(scene: Scene, resource: Resource) -> tuple[Side, ...]:
    """The sides of a managed resource that the script deals with, in their order."""
    found: list[Side] = []
    written: dict[str, Tree] = {}
    for facet in scene.subject.facets(resource):
        made = _side(scene, resource, facet, written)
        if made is None:
            continue
        found.append(made)
        if isinstance(made.row, Compared) and made.row.whole and made.writes:
            written = dict(made.writes[0].params)
    return tuple(found)


def _side(scene: Scene, resource: Resource, facet: Facet, written: Mapping[str, Tree]) -> Side | None:
    kind = row(resource, facet)
    address = f"{resource.name}.{facet.name}"
    want = fill(facet.want, scene.subject.world.output)
    match kind:
        case Watched():
            return None
        case Tags():
            call = facet.write(None, want) if facet.write else None
            word = _mapping(kind, facet, want) if kind.mapping else _listed(kind, facet, want)
            return Side(address, facet, kind, word, todo(0), (call,) if call else ())
        case Policy():
            (state,) = _states(scene, resource, facet, (None,))
            have = document(state) if state is not None else None
            target = _target(scene, facet, have)
            call = facet.write(have, target) if facet.write else None
            risk = facet.risk(have, target)
            return Side(address, facet, kind, (), todo(0), (call,) if call else (), risk, have, target)
        case Compared():
            states = _states(scene, resource, facet, kind.born)
            if kind.whole and written:
                states = tuple({**entries(state), **written} for state in states)
            return _compared(scene, resource, facet, kind, [(s, _target(scene, facet, s)) for s in states])


def _states(scene: Scene, resource: Resource, facet: Facet, born: tuple[Tree, ...]) -> tuple[Tree, ...]:
    """What the side is before a write: what it was when the world was observed, else what a new one has."""
    side = scene.subject.world.sides.get(f"{resource.name}.{facet.name}")
    match side:
        case Have(value) if scene.subject.standing(resource) == "ours":
            return (_replaced(value, scene.values),)
        case Unknown(problem):
            raise ProblemError(problem.at(f"{resource.name}.{facet.name}"))
        case _:
            return born


def _target(scene: Scene, facet: Facet, state: Tree) -> Tree:
    """What a state is to become. What it refers to already is not added to it a second time."""
    known = scene.subject.world.output
    want = fill(facet.want, known)
    return _replaced(fill(facet.merge(fill(state, known), want), known), scene.values)


def referred(parts: Blueprint) -> frozenset[Ref]:
    """Every output that a call or a side of the blueprint needs."""
    trees = [tree for part in parts for call in calls_of(part) for tree in (call.params, call.region)]
    trees += [facet.want for part in parts for facet in part.facets("created")]
    return frozenset(ref for tree in trees for ref in refs(tree))


def constant(resource: Resource, output: str) -> str | None:
    """An output that is known before AWS is asked, because the blueprint says it."""
    path = resource.lookup.outputs.get(output, "")
    return path[1:-1] if path[:1] == path[-1:] == "'" and path.count("'") == 2 else None


def _replaced(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """The tree with references in place of the values that AWS has for them: they can be others when the script runs."""
    match tree:
        case Json(inner):
            return Json(_replaced(inner, values))
        case Mapping():
            return {key: _replaced(value, values) for key, value in tree.items()}
        case str():
            return values.get(tree, tree)
        case bytes():
            return tree
        case Sequence():
            return [_replaced(value, values) for value in tree]
        case _:
            return tree


def _compared(
    scene: Scene, resource: Resource, facet: Facet, kind: Compared, pairs: Sequence[tuple[Tree, Tree]]
) -> Side:
    naming = scene.naming
    normal = kind.path(resource)
    state = kind.state or normal
    good = {
        _text(p): p
        for _, t in pairs
        for spelt in kind.spellings(t)
        for p in (_literal(spelt, normal, naming),)
    }
    writes: list[Call] = []
    before: dict[str, tuple[Sequence[Piece], str]] = {}
    risks: list[Risk | None] = []
    for have, target in pairs:
        if facet.write is None or _text(_literal(have, normal, naming)) in good:
            continue
        call = facet.write(have, target)
        if call not in writes:
            writes.append(call)
        risks.append(facet.risk(have, target))
        told = _literal(have, state, naming)
        before.setdefault(_text(told), (told, todo(writes.index(call))))
    unset = SAME if _text(_literal(None, normal, naming)) in good else OTHER
    if unset != SAME and (first := _text(_literal(None, state, naming))) in before:
        unset = before[first][1]
    both = bool(kind.state)
    tests: list[Piece] = []
    for told in good.values():
        tests += ["[0] == " if both else "@ == ", *told, f' && `"{SAME}"` || ']
    for told, word in before.values():
        tests += ["[1] == " if both else "@ == ", *told, f' && `"{word}"` || ']
    seen = f"[{normal}, {state}]" if both else normal
    path = backticked(facet.read.outputs["have"])
    word_of = [f"(({path}) | (" if seen == "@" else f"(({path}) | {seen} | (", *tests, f'`"{OTHER}"`))']
    risk = next((risk for risk in risks if risk is not None), None)
    return Side(f"{resource.name}.{facet.name}", facet, kind, word_of, unset, tuple(writes), risk)


def _literal(value: Tree, path: str, naming: Naming) -> Sequence[Piece]:
    """What the path makes of a value, as a JMESPath literal."""
    return pieces(value, naming, lambda filled: literal(search(path, filled)))


def _text(told: Sequence[Piece]) -> str:
    return repr(list(told))


def backticked(path: str) -> str:
    """A JMESPath with its raw strings as literals: single quotes are the shell's."""
    parts = path.split("'")
    return "".join(literal(part) if at % 2 else part for at, part in enumerate(parts))


def _listed(kind: Tags, facet: Facet, want: Tree) -> Sequence[Piece]:
    def has(tag: Mapping[str, Tree]) -> str:
        name, value = literal(str(tag[kind.key])), literal(str(tag[kind.value]))
        return f"({kind.key} == {name} && {kind.value} == {value})"

    wanted = [entries(tag) for tag in items(want)]
    there = " || ".join(map(has, wanted))
    named = " || ".join(f"{kind.key} == {literal(str(tag[kind.key]))}" for tag in wanted)
    return _tags(
        f"not_null({facet.read.outputs['have']}, `[]`)",
        f"length([?{there}]) == `{len(wanted)}`",
        f"length([?{named}]) == length([?{there}])",
    )


def _mapping(_kind: Tags, facet: Facet, want: Tree) -> Sequence[Piece]:
    def test(join: Callable[[str, str], str]) -> str:
        return " && ".join(join(json.dumps(str(k)), literal(str(v))) for k, v in entries(want).items())

    return _tags(
        f"not_null({facet.read.outputs['have']}, `{{}}`)",
        test(lambda name, value: f"{name} == {value}"),
        test(lambda name, value: f"({name} == `null` || {name} == {value})"),
    )


def _tags(path: str, same: str, free: str) -> Sequence[Piece]:
    return [f'({path} | ({same} && `"{SAME}"` || {free} && `"{todo(0)}"` || `"{OTHER}"`))']
