"""How something that stands in front of the embedded AWS asks it things of its own: requests in the same process.

The embedded AWS is an application after the ASGI specification, and what stands in front of it is another one. Both
know each other by that alone: a request goes in at the same door as a customer's and is answered there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from xml.etree import ElementTree

Message: TypeAlias = Any
"""A scope, or a part of a request or an answer: a mapping, whose names that specification gives."""

Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Message, Receive, Send], Coroutine[Any, Any, None]]
Headers: TypeAlias = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """What an application answered, whole."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    def header(self, name: bytes) -> bytes:
        """The value of a header, whose name is given in small letters; empty if there is none."""
        return next((value for each, value in self.headers if each.lower() == name), b"")

    def text(self, name: str) -> str:
        """What stands in the element of this name, wherever it is in an answer of XML; empty if it is nowhere."""
        try:
            root = ElementTree.fromstring(self.body)  # noqa: S314 - the embedded AWS's own answer
        except ElementTree.ParseError:
            return ""
        found = (each.text for each in root.iter() if each.tag.rpartition("}")[2] == name)
        return next((text for text in found if text), "")


async def ask(app: App, scope: Message, body: bytes = b"") -> Answer:
    """One request. It has a task to itself, so that nothing which is noted of it is noted of the next one."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    answered: list[Message] = []

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def take(message: Message) -> None:
        answered.append(message)

    await asyncio.create_task(app(scope, receive, take))
    start, *rest = answered
    return Answer(
        start["status"],
        tuple((bytes(name), bytes(value)) for name, value in start["headers"]),
        b"".join(part.get("body", b"") for part in rest),
    )


@dataclass(frozen=True)
class Root:
    """The root user of an account, in a region; the embedded AWS takes the account's number and asks for no signature."""

    app: App
    account: str
    region: str

    async def ask(
        self, method: str, path: str, body: bytes = b"", *, service: str = "s3", headers: Headers = ()
    ) -> Answer:
        """One request without a query, over TLS."""
        where = f"{self.account}/20000101/{self.region}/{service}/aws4_request"
        signed = f"AWS4-HMAC-SHA256 Credential={where}, SignedHeaders=host, Signature=root"
        own = (
            (b"host", b"127.0.0.1"),
            (b"authorization", signed.encode()),
            (b"content-length", str(len(body)).encode()),
        )
        scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "https",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [*own, *headers],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
        }
        return await ask(self.app, scope, body)


async def whole_body(receive: Receive) -> bytes | None:
    """The body of a request; None if whoever sends it is gone before its end."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
