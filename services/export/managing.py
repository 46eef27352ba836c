"""What a script does about one resource: looks at it, and makes it as it should be if this set-up made or makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.export.asking import OWNER, Question, asking, asking_policy, query, questions, wanted_name
from services.export.commands import command, document, does
from services.export.comparing import OTHER, SAME, Scene, Side, backticked, shell_name, sides, todo, variable
from services.export.rows import Policy, Tags
from services.export.shell import Naming, comment, word
from services.model.calls import Call
from services.model.operations import OPERATIONS
from services.model.resource import Resource
from services.model.values import Json, Ref, Tree, refs

_IN = "    "


@dataclass(frozen=True)
class _Pen:
    """What writing needs to know: names of values, functions that print documents, outputs that others need."""

    naming: Naming
    documents: Mapping[str, str]
    outputs: Sequence[str]


@dataclass(frozen=True)
class Part:
    """A resource in the script: its shell functions, `look_NAME` and, if it is `ours`, `write_NAME`."""

    resource: Resource
    ours: bool
    functions: str
    sides: tuple[Side, ...] = ()


def theirs(resource: Resource, naming: Naming, outputs: Sequence[str]) -> Part:
    """A resource that somebody else made: whether it is there, and what the others need of it."""
    name = shell_name(resource.name)
    asked = questions("", resource, (), outputs, owned=False)
    functions = (
        _heading(resource, "not made by this set-up, so only looked at"),
        *(asking(f"read_{name}_{n}", question, naming) for n, question in enumerate(asked, 1)),
        f"look_{name}() {{",
        f"    read_{name}_1",
        f'    [ "$there" = yes ] || {_missing(resource)}',
        "}",
        "",
    )
    return Part(resource, False, "\n".join(functions))


def managed(scene: Scene, resource: Resource, outputs: Sequence[str]) -> Part:
    """A resource that this set-up made or will make."""
    name = shell_name(resource.name)
    naming, found = scene.naming, sides(scene, resource)
    asked = questions(scene.subject.place.setup, resource, found, outputs, owned=True)
    readers = {v: f"read_{name}_{n}" for n, question in enumerate(asked, 1) for v in question.variables}
    readers |= {s.variable: _policy_reader(s) for s in found if isinstance(s.row, Policy)}
    documents = {_printed(s.target, naming): wanted_name(s) for s in found if isinstance(s.row, Policy)}
    functions = (
        _heading(resource, resource.says),
        *(asking(f"read_{name}_{n}", question, naming) for n, question in enumerate(asked, 1)),
        *(text for s in found if isinstance(s.row, Policy) for text in _policy(s, s.row, naming)),
        *_search(resource, naming, outputs),
        *_taken(resource, naming),
        *_look(resource, found, asked, _birthmarks(scene, resource, found)),
        *_write(resource, found, readers, _Pen(naming, documents, outputs)),
        "",
    )
    return Part(resource, True, "\n".join(functions), found)


def _heading(resource: Resource, says: str) -> str:
    return comment(f"---- {resource.title}: {says}")


def _missing(resource: Resource) -> str:
    return (
        f"stop 6 {word(f'The {resource.title} does not exist.')} 'Look at the setup file, then export again.'"
    )


def _policy_reader(side: Side) -> str:
    return f"read_{shell_name(side.address)}"


def _printed(tree: Tree, naming: Naming) -> str:
    return word(*document(tree.tree if isinstance(tree, Json) else tree, naming))


def _policy(side: Side, row: Policy, naming: Naming) -> Iterator[str]:
    yield f"{wanted_name(side)}() {{\n    printf '%s' {_printed(side.target, naming)}\n}}"
    was = "''" if side.have is None else _printed(side.have, naming)
    yield asking_policy(_policy_reader(side), side, row, naming, was)


def _search(resource: Resource, naming: Naming, outputs: Sequence[str]) -> Iterator[str]:
    """Finds a key that was made and has no alias yet: by the tags that it was made with."""
    if resource.search is None:
        return
    mine = Ref(resource.name, "id")
    look = resource.search.look("")
    look = replace(look, params={**look.params, "KeyId": mine})
    found = replace(resource, lookup=replace(look, outputs=resource.lookup.outputs))
    (question,) = questions("", found, (), outputs, owned=False)
    yield asking(f"read_{shell_name(resource.name)}_found", question, naming)


def _taken(resource: Resource, naming: Naming) -> Iterator[str]:
    """Tells a name that somebody else has from a right that is missing: AWS denies both."""
    if resource.listed is None:
        return
    path = word(backticked(resource.listed.outputs["created"]))
    asked = command(resource.listed, naming, query=path, output="json", indent=_IN * 2).lstrip()
    name, title = (
        shell_name(resource.name),
        f"The {resource.title} belongs to another AWS account: the name is taken.",
    )
    yield f"taken_{name}() {{"
    yield f"    mine=$(\n        {asked} 2>/dev/null\n    ) || return 0"
    yield f'    [ "$mine" != null ] || stop 6 {word(title)} {word(f"Choose another name under {resource.answer}.")}'
    yield "}"


def _birthmarks(scene: Scene, resource: Resource, found: Sequence[Side]) -> Sequence[Side]:
    """The sides by which a script that was cut off knows again what it made a moment ago, before it has its tags.

    That it is exactly as the command makes it says little, unless one of them is a KMS key of this set-up: its id is
    AWS's choice, and nobody else has one by accident. What was there at the export had its tags then: none.
    """
    born = [s for s in found if s.facet.born and not isinstance(s.row, Policy | Tags)]
    keys = {part.name for part in scene.subject.managed() if part.search is not None}
    bound = any(ref.resource in keys for s in born for ref in refs(s.facet.want))
    return born if bound and resource.owner is not None and scene.subject.standing(resource) == "new" else ()


def _look(
    resource: Resource, found: Sequence[Side], asked: Sequence[Question], birthmarks: Sequence[Side]
) -> Iterator[str]:
    name = shell_name(resource.name)
    yield f"look_{name}() {{"
    if any(s.writes for s in found):
        yield f"    made_{name}=no"
    if resource.listed is not None:
        yield f"    if_denied=taken_{name}"
    yield f"    read_{name}_1"
    yield from ["    if_denied=''"] if resource.listed is not None else []
    if resource.search is not None:
        yield '    if [ "$there" = no ]; then'
        yield f"        find_key {resource.name}"
        yield f"        {variable(resource.name, 'id')}=$found"
        yield f'        [ -z "$found" ] || read_{name}_found'
        yield "    fi"
    yield f"    there_{name}=$there"
    yield f'    if [ "$there_{name}" = yes ]; then'
    yield from (f"        {line}" for line in _reading(resource, found, asked, birthmarks))
    yield "    else"
    if resource.create is None:
        yield f"        {_missing(resource)}"
    else:
        yield f"        would + {resource.name} {word(f'create it: {resource.says}')}"
        yield from (f"        {line}" for line in _born(found))
    yield "    fi"
    for s in found:
        yield f'    side {s.address} "${s.variable}" {word(s.risk or "")} {word(s.facet.says)}'
    yield "}"


def _reading(
    resource: Resource, found: Sequence[Side], asked: Sequence[Question], birthmarks: Sequence[Side]
) -> Iterator[str]:
    """Whose it is comes first: nothing more is asked about what is somebody else's."""
    name = shell_name(resource.name)
    numbered = sorted(enumerate(asked, 1), key=lambda pair: OWNER not in pair[1].variables)
    for number, question in numbered:
        if number > 1:
            yield f"read_{name}_{number}"
        if OWNER in question.variables:
            yield from _half_made(name, found, asked, birthmarks)
            yield f'whose "$owner" {resource.name} {word(resource.title)}'
    yield from (_policy_reader(s) for s in found if isinstance(s.row, Policy))
    if len(asked) == 1 and resource.owner is None:
        yield ":"


def _half_made(
    name: str, found: Sequence[Side], asked: Sequence[Question], birthmarks: Sequence[Side]
) -> Iterator[str]:
    """Takes what has no tags of anybody, and every birthmark, for what an earlier run made and did not finish."""
    if not birthmarks:
        return
    told = {s.variable for s in birthmarks}
    tags = [s for s in found if isinstance(s.row, Tags)]
    words = " ".join([todo(0)] * len(tags) + [SAME] * len(birthmarks))
    yield 'if [ "$owner" = nobody ]; then'
    for number, question in enumerate(asked, 1):
        if told & set(question.variables) and OWNER not in question.variables and number > 1:
            yield f"    read_{name}_{number}"
    yield "    # As an earlier run leaves it that was cut off before the tags: encrypted with this set-up's own key."
    yield f'    case "{" ".join(f"${s.variable}" for s in (*tags, *birthmarks))}" in'
    yield f"        '{words}') owner=ours ;;"
    yield "    esac"
    yield "fi"


def _born(found: Sequence[Side]) -> Iterator[str]:
    words = [(s.variable, SAME if s.facet.born or not s.writes else todo(0)) for s in found]
    if words:
        yield " ".join(f"{name}={said}" for name, said in words)


def _write(resource: Resource, found: Sequence[Side], readers: Mapping[str, str], pen: _Pen) -> Iterator[str]:
    name = shell_name(resource.name)
    yield f"write_{name}() {{"
    if resource.create is not None:
        yield f'    if [ "$there_{name}" = no ]; then'
        yield f"        read_{name}_1"
        yield f'        [ "$there" = no ] || stale {resource.name}'
        yield from _create(resource, resource.create, pen)
        yield from (f"        {line}" for line in _born(found))
        yield f"        there_{name}=yes{f' made_{name}=yes' if any(s.writes for s in found) else ''}"
        yield f"        did {resource.name} {word(f'made; it {resource.says}')}"
        yield "    fi"
    for s in found:
        yield from _side(name, s, readers[s.variable], pen)
    if resource.create is None and not any(s.writes for s in found):
        yield "    :"
    yield "}"


def _create(resource: Resource, call: Call, pen: _Pen) -> Iterator[str]:
    outputs = pen.outputs
    if not outputs:
        yield _put(call, pen, "        ")
        return
    if set(outputs) <= set(call.outputs):
        asked = query([[f'not_null({call.outputs[output]}, `"-"`)'] for output in outputs])
        yield _put(call, pen, "        ", asked)
        yield f"        read -r {' '.join(variable(resource.name, output) for output in outputs)} <<END"
        yield f"$(words {word(' '.join('-' for _ in outputs))})"
        yield "END"
        return
    yield _put(call, pen, "        ")
    yield f"        until_there read_{shell_name(resource.name)}_1"


def _put(call: Call, pen: _Pen, indent: str, asked: str = "") -> str:
    once = "env AWS_MAX_ATTEMPTS=1 " if OPERATIONS[call.name].once else ""
    line = command(
        call,
        pen.naming,
        query=asked,
        output="json" if asked else "",
        documents=pen.documents,
        indent=indent + _IN,
    ).lstrip()
    passing = word(" ".join(sorted(call.transient)))
    return f"{indent}put {word(does(call))} {passing} {word(call.passing)} \\\n{indent}{_IN}{once}{line}"


def _side(name: str, side: Side, reader: str, pen: _Pen) -> Iterator[str]:
    """What is there already is read once more before it is written; what this run made is written at once."""
    if not side.writes:
        return
    word_of = f'"${side.variable}"'
    again = f'[ "$made_{name}" = yes ] || {reader}'
    if len(side.writes) > 1:  # which of them it is, only a look can tell
        again = (
            f'{reader}; if [ "$made_{name}" = yes ] && [ {word_of} = {OTHER} ]; then {side.variable}=todo; fi'
        )
    yield f"    case {word_of} in todo* | again) {again} ;; esac"
    yield f"    case {word_of} in"
    for number, call in enumerate(side.writes):
        yield f"        {todo(number)}{' | again' if number == 0 else ''})"
        yield _put(call, pen, "            ")
        yield f"            did {side.address} {word(side.facet.says)}"
        yield "            ;;"
    yield f"        {OTHER}) stale {side.address} ;;"
    yield "    esac"
