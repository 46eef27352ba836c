"""The document held against the world that was observed, both ways: everything is in it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.answers import Answers
from services.engine.observe import facets_of
from services.engine.world import Have, Present
from services.export.document.markdown import plain
from services.export.subject import Subject
from services.model.resource import Facet
from services.model.values import Tree, document, shown
from services.setup_file import SetupFile
from tests.services.export.reading import SETTINGS, Section, documents, rows, titled
from tests.world import ACCOUNT, Journey

SEEN = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)


def subject(answers: Answers, journey: Journey, account: str = ACCOUNT) -> Subject:
    """The set-up of these answers as the journey's AWS has it."""
    return Subject(SetupFile(Path("/s.toml"), answers), account, journey.blueprint, journey.observe(), SEEN)


def facets(of: Subject) -> dict[str, Facet]:
    """Every facet of the blueprint, by address."""
    return {f"{r.name}.{f.name}": f for r in of.blueprint for f in facets_of(r, of.world)}


def shows_the_world(found: list[Section], of: Subject) -> None:
    """Every setting and every name that AWS gave stands in the document, and no other."""
    values = {a: opened(facets(of)[a], s) for a, s in of.world.sides.items() if isinstance(s, Have)}
    told = {row[0]: row[2] for row in rows(found, *SETTINGS) if row[3] not in {"not there yet", "unknown"}}
    assert told == {address: plain(facets(of)[address].words(value)) for address, value in values.items()}
    exact = {
        address: value
        for title, value in documents(found).items()
        if not title.endswith(" (planned)")
        for address in title.split(", ")
    }
    structured = {a: v for a, v in values.items() if isinstance(v, dict | list) and not a.endswith(".tags")}
    assert exact == {address: plainly(shown(value)) for address, value in structured.items()}
    outputs = {
        (resource.title, name): str(value)
        for resource in of.blueprint
        if isinstance(state := of.world.resources.get(resource.name), Present)
        for name, value in state.outputs.items()
        if value is not None
    }
    assert known(found, of) == outputs


def opened(facet: Facet, side: Have) -> Tree:
    return document(side.value) if facet.document and side.value is not None else side.value


def plainly(value: Tree) -> Any:
    """A value as JSON gives it."""
    return json.loads(json.dumps(value, default=str))


def known(found: list[Section], of: Subject) -> Mapping[tuple[str, str], str]:
    """What the document says that AWS told of each resource."""
    return {
        (resource.title, name): value
        for resource in of.blueprint
        for name, value in rows([titled(found, resource.title)], "Known", "Value")
    }


def states(found: list[Section]) -> dict[str, str]:
    """The state of every setting."""
    return {row[0]: row[3] for row in rows(found, *SETTINGS)}
