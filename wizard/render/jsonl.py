"""The JSON of the command contract, with what every report carries beside its own content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.events import Event, Finished, event_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.setup_file import SetupFile


def with_endpoint(document: Mapping[str, object], endpoint: str) -> dict[str, object]:
    """The document, naming the endpoint if it is not AWS's own (empty otherwise)."""
    return {**document, "endpoint": endpoint}


def named(setup: SetupFile) -> dict[str, object]:
    """Which setup a document is about; its id is made at first use."""
    answers = setup.answers
    return {
        "setup": answers.text("setup.id") or None,
        "name": answers.text("setup.name"),
        "path": str(setup.path),
    }


def event_line(event: Event, endpoint: str) -> dict[str, object]:
    """One event; the last one names the endpoint."""
    line = event_json(event)
    return with_endpoint(line, endpoint) if isinstance(event, Finished) else line
