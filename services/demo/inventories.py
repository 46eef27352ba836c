"""The inventories of buckets, which the embedded AWS lacks: kept as they are put, and told as they are kept.

It stands where ministack hands a request on that it has authenticated and authorised already: there a request about an
inventory would otherwise be taken for one about the bucket, whose end would then be the bucket's. Nothing lists anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Answer: TypeAlias = "tuple[int, dict[str, str], bytes]"
"""Status, headers and body."""

Dispatch: TypeAlias = Callable[[str, str, str, dict[str, str], bytes, Mapping[str, Any]], Answer]
"""ministack's: method, bucket, key, headers, body and query."""

_DECLARATION = re.compile(rb"<\?xml[^>]*\?>\s*")


def added(s3: Any) -> None:
    """Adds the inventories to ministack's S3 (its module)."""
    s3._dispatch = dispatching(s3._dispatch, s3._error)


def dispatching(plain: Dispatch, refused: Callable[..., Answer]) -> Dispatch:
    """Answers what is about inventories, and leaves all else to `plain`; `refused` words an error: code, text, status."""
    kept: dict[str, dict[str, bytes]] = {}

    def dispatch(*request: Any) -> Answer:
        method, bucket, key, headers, body, query = request
        if key or not bucket or "inventory" not in query:
            found = plain(*request)
            if method == "DELETE" and not key and found[0] == 204 and not query:
                kept.pop(bucket, None)
            return found
        there = plain("HEAD", bucket, "", headers, b"", {})
        if there[0] >= 300:
            return refused("NoSuchBucket", "The specified bucket does not exist", 404)
        return _answer(method, _first(query.get("id")), body, kept.setdefault(bucket, {}), refused)

    return dispatch


def _answer(
    method: str, name: str, body: bytes, kept: dict[str, bytes], refused: Callable[..., Answer]
) -> Answer:
    match method:
        case "PUT":
            kept[name] = _DECLARATION.sub(b"", body)
            return 204, {}, b""
        case "GET" if not name:
            return 200, {"Content-Type": "application/xml"}, _list(kept)
        case "GET" | "DELETE" if name not in kept:
            return refused("NoSuchConfiguration", "The specified configuration does not exist.", 404)
        case "GET":
            return 200, {"Content-Type": "application/xml"}, kept[name]
        case "DELETE":
            del kept[name]
            return 204, {}, b""
        case _:
            return refused(
                "MethodNotAllowed", "The specified method is not allowed against this resource.", 405
            )


def _list(kept: Mapping[str, bytes]) -> bytes:
    told = b"".join(kept[name] for name in sorted(kept))
    return (
        b"<ListInventoryConfigurationsResult>%s<IsTruncated>false</IsTruncated></ListInventoryConfigurationsResult>"
        % told
    )


def _first(value: Any) -> str:
    found = value[0] if isinstance(value, list) and value else value
    return str(found or "")
