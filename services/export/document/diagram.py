"""The diagram: which part uses which, from the blueprint's own references.

It is drawn as Mermaid for readers that show it, and told as a table for those that do not. A line whose settings are
not as planned, or whose ends are not there yet, is dashed and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.export.document.facts import Fact, Findings, Part
from services.export.document.markdown import block, code, plain, table, text
from services.model.resource import needs
from services.model.values import Tree, bare, entries, items, refs

WRITER, HOLDER = "palisade", "holder"
"""What stands outside the account: Palisade's writer, and whoever holds the recovery private key."""


@dataclass(frozen=True)
class Line:
    """`source` uses `target`; `by` names the settings that say so; `state` is empty if all of it was seen as planned."""

    source: str
    target: str
    by: tuple[str, ...]
    state: str = ""


def lines(found: Findings) -> tuple[Line, ...]:
    """Every reference between parts of the blueprint, and the two that lead out of the account."""
    inner = [
        _line(part, other)
        for part in found.parts
        for other in found.parts
        if other.resource.name in needs(part.resource)
    ]
    trust, bucket = found.fact("role.trust"), found.part("bucket")
    assumes = Line(WRITER, "role", ("trust",), _state([trust] if trust else []))
    opens = Line(HOLDER, "bucket", (), "" if bucket is not None and bucket.there else "not there yet")
    return (assumes, *inner, opens)


def _line(part: Part, other: Part) -> Line:
    using = [fact for fact in part.facts if _speaks_of(fact, other)]
    by = tuple(fact.facet.name for fact in using)
    if not (part.there and other.there):
        hidden = any(p.status.startswith("unknown") for p in (part, other))
        return Line(part.resource.name, other.resource.name, by, "unknown" if hidden else "not there yet")
    return Line(part.resource.name, other.resource.name, by, _state(using))


def _state(facts: Sequence[Fact]) -> str:
    for sort in ("unknown", "NOT as planned", "not compared", "not there yet"):
        if any(fact.sort == sort for fact in facts):
            return sort
    return ""


def _speaks_of(fact: Fact, other: Part) -> bool:
    """Whether what a facet wants refers to another part, or names it."""
    wanted = fact.facet.want
    if any(ref.resource == other.resource.name for ref in refs(wanted)):
        return True
    # A whole name: that of a bucket is often the beginning of another's.
    named = "|".join(re.escape(name) for name in (other.arn, other.name) if name)
    whole = re.compile(rf"(?<![\w.-])(?:{named})(?![\w.-])")
    return any(whole.search(said) for said in _texts(bare(wanted)))


def _texts(tree: Tree) -> Iterator[str]:
    match tree:
        case str():
            yield tree
        case dict():
            for value in entries(tree).values():
                yield from _texts(value)
        case list() | tuple():
            for value in items(tree):
                yield from _texts(value)
        case _:
            return


def boxes(found: Findings) -> dict[str, list[Part]]:
    """The parts by the box that they are drawn in: alarms are one box, and so are metric filters."""
    drawn: dict[str, list[Part]] = {}
    for part in found.parts:
        drawn.setdefault(_box_of(part.resource.name), []).append(part)
    return drawn


def several(parts: Sequence[Part]) -> str:
    """What the parts of one box are."""
    return f"{len(parts)} {parts[0].resource.kind.rsplit(' ', 1)[0].lower()}s"


def _box_of(name: str) -> str:
    return name.split("-", 1)[0]


def mermaid(found: Findings) -> str:
    """The picture. Labels are in Mermaid's own escapes, so a name cannot end its box."""
    drawn = ["flowchart LR", f"  {WRITER}([{_label('Palisade’s writer', _writer(found))}])"]
    drawn += [f"  {HOLDER}([{_label('Recovery private key', 'kept offline, outside this account')}])"]
    drawn += ['  subgraph account["' + _escaped(f"AWS account {found.subject.account}") + '"]']
    drawn += [f"    {name}[{_box(parts)}]" for name, parts in boxes(found).items()]
    drawn += ["  end"]
    drawn += [f"  {line}" for line in _arrows(lines(found))]
    return block("\n".join(drawn), "mermaid")


def _writer(found: Findings) -> str:
    return found.subject.setup.answers.text("palisade.principal_arn")


def _box(parts: Sequence[Part]) -> str:
    away = [] if all(part.there for part in parts) else ["not seen in AWS"]
    if len(parts) == 1:
        return _label(parts[0].resource.kind, parts[0].name, *away)
    return _label(several(parts), *away)


def _label(*rows: str) -> str:
    return '"' + "<br/>".join(_escaped(row) for row in rows) + '"'


def _escaped(value: str) -> str:
    """A text for a label: everything but letters, digits, blanks and some signs as an entity."""
    return "".join(c if c.isalnum() or c in " ./:_-," else f"#{ord(c)};" for c in plain(value))


def _arrows(found: Sequence[Line]) -> Iterator[str]:
    """One arrow between two boxes, whatever many lines it stands for."""
    drawn: dict[tuple[str, str], list[Line]] = {}
    for line in found:
        drawn.setdefault((_box_of(line.source), _box_of(line.target)), []).append(line)
    for (source, target), several in drawn.items():
        states = dict.fromkeys(line.state for line in several if line.state)
        by = ", ".join([*dict.fromkeys(name for line in several for name in line.by), *states])
        arrow = "-.->" if states else "-->"
        label = f'|"{_escaped(_spoken(source, by))}"|'
        yield f"{source} {arrow}{label} {target}"


def _spoken(source: str, by: str) -> str:
    match source:
        case "palisade":
            return f"assumes: {by}"
        case "holder":
            return f"opens the backups of{f', {by}' if by else ''}"
        case _:
            return by or "needs"


def told(found: Findings) -> str:
    """The same lines as a table."""
    titles = {part.resource.name: code(part.resource.title) for part in found.parts}
    titles |= {WRITER: f"Palisade’s writer, {code(_writer(found))}", HOLDER: "The recovery private key"}
    rows = [
        (
            titles[line.source],
            text(_spoken(line.source, ", ".join(line.by))),
            titles[line.target],
            text(line.state or "as planned"),
        )
        for line in lines(found)
    ]
    return table(("From", "By", "To", "State"), rows)
