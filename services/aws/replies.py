"""AWS's replies as plain data, and what is no reply of AWS's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LONGEST_BODY = 8 * 1024 * 1024
"""Bytes of an object that are read at most; a backup file has less than half a megabyte."""


class Plain(list[Any]):
    """A list that is plain data already, down to its last part: it is handed on as it is."""


def is_answer(reply: Mapping[str, Any]) -> bool:
    """Whether a reply bears the id that AWS gives every request.

    A page of a portal does not, nor what is left of an answer that was cut: where AWS would have nothing to say, botocore
    takes any such for its silence. Pages that were joined are told apart by their lists.
    """
    told = reply.get("ResponseMetadata")
    return told is None or bool(told.get("RequestId"))


def _body(stream: Any) -> bytes:
    """At most one byte more than `LONGEST_BODY`. Reading on to the end is what notices that bytes are missing."""
    parts: list[bytes] = []
    room = LONGEST_BODY + 1
    while room > 0 and (part := stream.read(room)):
        parts.append(part)
        room -= len(part)
    return b"".join(parts)


def plain(value: Any) -> Any:
    """A part of a reply as data: moments as ISO text, bodies as bytes."""
    match value:
        case str() | bool() | int() | Plain():
            return value
        case Mapping():
            return {key: plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case datetime():
            return value.astimezone(UTC).isoformat()
        case _ if hasattr(value, "read"):
            with value:
                return _body(value)
        case _:
            return value
