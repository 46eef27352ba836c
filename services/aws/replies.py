"""AWS's replies as plain data, and what is no reply of AWS's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.model.calls import Call

LONGEST_BODY = 8 * 1024 * 1024
"""Bytes of an object that are read at most; a backup file has less than half a megabyte."""

_OF_AN_OBJECT = frozenset({"s3:GetObject", "s3:HeadObject"})
"""Calls whose answers have the content type that somebody gave to a file."""


def is_page(call: Call, reply: Mapping[str, Any]) -> bool:
    """Whether a web page came for an answer. Where AWS has nothing to say, botocore takes any text for its silence."""
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return call.name not in _OF_AN_OBJECT and str(headers.get("content-type", "")).startswith("text/html")


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
