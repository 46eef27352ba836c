"""What a script asks of AWS about one resource: as few calls as there are different ones, each giving words.

A word is what the shell can hold without harm: `yes`, `same`, an ARN. All of them are made by the `--query` of the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.export.commands import command, does
from services.export.comparing import Side, backticked, constant, shell_name, variable
from services.export.rows import Policy
from services.export.shell import Naming, Piece, word
from services.model.calls import Call
from services.model.paths import literal
from services.model.resource import Resource

THERE, OWNER = "there", "owner"


@dataclass
class Question:
    """One reading call: the variables that it fills, the JMESPath for each, and the words if AWS has nothing."""

    call: Call
    absent: set[str] = field(default_factory=set)
    passing: set[str] = field(default_factory=set)
    variables: list[str] = field(default_factory=list)
    words: list[Sequence[Piece]] = field(default_factory=list)
    unset: list[str] = field(default_factory=list)

    def take(self, call: Call, variable: str, asked: Sequence[Piece], unset: str) -> None:
        """One word more."""
        self.absent |= call.absent
        self.passing |= call.transient
        self.variables.append(variable)
        self.words.append(asked)
        self.unset.append(unset)


def questions(
    setup: str, resource: Resource, sides: Sequence[Side], outputs: Sequence[str], *, owned: bool
) -> list[Question]:
    """The calls about a resource: whether it is there, whose it is (if `owned`), how each side stands."""
    found: list[Question] = []
    lookup = resource.lookup
    first = _of(found, lookup)
    yes = '`"yes"`'
    arn = f"({_portable(lookup.outputs['arn'], resource)})"
    there: list[Piece] = [yes if constant(resource, "arn") else f'({arn} != `null` && {yes} || `"no"`)']
    first.take(lookup, THERE, there, "no")
    for output in outputs:
        asked: list[Piece] = [f'not_null({backticked(lookup.outputs[output])}, `"-"`)']
        first.take(lookup, variable(resource.name, output), asked, "-")
    if resource.owner is not None and owned:
        owner = resource.owner
        _of(found, owner).take(owner, OWNER, [_owner(owner, setup)], "nobody")
    for side in sides:
        if not isinstance(side.row, Policy):
            _of(found, side.facet.read).take(side.facet.read, side.variable, side.word, side.unset)
    return found


def _portable(path: str, resource: Resource) -> str:
    """The path without `lower`, which the JMESPath of the `aws` program does not have: both spellings, side by side."""
    spelt = resource.create.params.get("Endpoint") if resource.create is not None else None
    if not isinstance(spelt, str):
        return backticked(path)
    small = literal(spelt.lower())
    return backticked(
        path.replace(f"lower(Endpoint)=={small}", f"(Endpoint=={small} || Endpoint=={literal(spelt)})")
    )


def _of(found: list[Question], call: Call) -> Question:
    for question in found:
        other = question.call
        if (other.name, other.params, other.region) == (call.name, call.params, call.region):
            return question
    found.append(Question(call))
    return found[-1]


def _owner(call: Call, setup: str) -> str:
    said, made = (f"({backticked(call.outputs[name])})" for name in ("setup", "origin"))
    return (
        f'({said} == `null` && `"nobody"` || {said} != {literal(setup)} && `"others"` || '
        f'{made} == `"adopted"` && `"nobody"` || `"ours"`)'
    )


def query(words: Sequence[Sequence[Piece]]) -> str:
    """The query for several words, as a word of the shell."""
    parts: list[Piece] = ['join(`" "`, [']
    for at, asked in enumerate(words):
        parts += [",\n  " if at else "\n  " if len(words) > 1 else ""]
        parts += asked
    return word(*_joined([*parts, "\n])" if len(words) > 1 else "])"]))


def _joined(parts: Sequence[Piece]) -> Iterator[Piece]:
    """Texts side by side as one, so that the shell's quotes do not come and go."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        yield text
        yield part
        text = ""
    yield text


def asking(name: str, question: Question, naming: Naming) -> str:
    """A shell function that asks, and fills its variables."""
    asked = command(
        question.call, naming, query=query(question.words), output="json", indent="        "
    ).lstrip()
    codes, passing = (word(" ".join(sorted(codes))) for codes in (question.absent, question.passing))
    return "\n".join(
        (
            f"{name}() {{",
            f"    ask {word(does(question.call))} {codes} {passing} \\",
            f"        {asked}",
            f"    read -r {' '.join(question.variables)} <<END",
            f"$(words {word(' '.join(question.unset))})",
            "END",
            "}",
        )
    )


def wanted_name(side: Side) -> str:
    """The shell function that prints the policy that is wanted."""
    return f"want_{shell_name(side.address)}"


def asking_policy(name: str, side: Side, row: Policy, naming: Naming, was: str) -> str:
    """A shell function that reads a policy and compares it with the one that is wanted."""
    read = side.facet.read
    path = word(backticked(read.outputs["have"]))
    asked = command(
        read, naming, query=path, output="text" if row.text else "json", indent="        "
    ).lstrip()
    codes, passing = (word(" ".join(sorted(codes))) for codes in (read.absent, read.transient))
    merged = "merged" if row.merged else "whole"
    return "\n".join(
        (
            f"{name}() {{",
            f"    ask {word(does(read))} {codes} {passing} \\",
            f"        {asked}",
            f'    {side.variable}=$(policy_word "$({wanted_name(side)})" {was} {merged})',
            "}",
        )
    )
