"""JSON that somebody else may have written: whatever it is, it is read, or refused as a `ValueError`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text. `ValueError` for what is none, or is nested deeper than can be read."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def objects(text: str) -> Iterator[Mapping[str, object]]:
    """The objects of a text with one a line; other lines are passed over.

    Only a line feed ends a line: JSON may hold the other signs that end lines for Python (U+2028, U+0085) as they are.
    """
    for line in text.split("\n"):
        try:
            value = parsed(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value
