"""Who may do what: the statements of every policy that a set-up has, as AWS has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from services.export.document.facts import Fact, Findings, Part
from services.export.document.markdown import code, table, text
from services.model.values import Tree, entries, items

HEAD = ("Policy", "Effect", "Who", "What", "On", "Only if", "State")


def rows(found: Findings) -> Iterator[tuple[str, ...]]:
    """A row for every statement of every policy that was seen or is planned."""
    for part in found.parts:
        for fact in part.facts:
            if fact.facet.document and fact.sort != "unknown":
                for statement in items(entries(fact.value).get("Statement")):
                    yield _row(part, fact, entries(statement))


def told(found: Findings) -> str:
    """The rows as a table."""
    return table(HEAD, rows(found))


def _row(part: Part, fact: Fact, statement: Mapping[str, Tree]) -> tuple[str, ...]:
    name = f"{fact.address}: {statement.get('Sid') or 'a statement without a Sid'}"
    return (
        code(name),
        text(statement.get("Effect", "?")),
        _either(statement, "Principal", part.name),
        _either(statement, "Action", ""),
        _either(statement, "Resource", part.name),
        code(_short(statement["Condition"])) if statement.get("Condition") else "always",
        text(fact.sort),
    )


def _either(statement: Mapping[str, Tree], what: str, otherwise: str) -> str:
    """A part of a statement, or all but it; where the statement does not say it, the policy's own owner is meant."""
    if what in statement:
        return _named(statement[what])
    if f"Not{what}" in statement:
        return f"everything but {_named(statement[f'Not{what}'])}"
    return code(otherwise) if otherwise else "nothing"


def _named(value: Tree) -> str:
    if isinstance(value, dict):
        return ", ".join(code(f"{kind}: {name!s}") for kind, names in value.items() for name in items(names))
    return ", ".join(code(each) for each in items(value))


def _short(condition: Tree) -> str:
    return json.dumps(condition, ensure_ascii=False, sort_keys=True)
