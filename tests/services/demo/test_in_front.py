"""What stands in front of the embedded AWS hands on everything else as it is: the same objects, so the same bytes.

At the applications' own door first, then through real sockets, where a server lies before both.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.demo.accounts import ORGANISATION
from services.demo.asking import Message, Receive, Send
from services.demo.emulator import REGION, Emulator
from services.demo.inventories import in_front_of

ROOT = f"AWS4-HMAC-SHA256 Credential={ORGANISATION}/20000101/{REGION}/s3/aws4_request, SignedHeaders=host, Signature=root"


def scope(method: str, path: str, query: str = "", **more: Any) -> dict[str, Any]:
    signed = [(b"Authorization", ROOT.encode())]
    asked = {"method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode()}
    return {"type": "http", "scheme": "https", "headers": signed, **asked, **more}


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


@dataclass
class Behind:
    """An application that remembers what it was given, and answers what it is told to: by method and path."""

    answers: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    given: list[tuple[Message, Receive, Send]] = field(default_factory=list)
    then: Callable[[Message], Awaitable[None]] | None = None

    async def app(self, asked: Message, receive: Receive, send: Send) -> None:
        self.given.append((asked, receive, send))
        if asked["type"] != "http":
            return
        if self.then is not None:
            await self.then(asked)
        status, body = self.answers.get((asked["method"], asked["path"]), (204, b""))
        headers = [(b"X-Amz-Bucket-Region", REGION.encode()), (b"Set-Cookie", b"1"), (b"Set-Cookie", b"2")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:3], "more_body": True})
        await send({"type": "http.response.body", "body": body[3:], "more_body": False})

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(each["method"], each["path"]) for each, *_ in self.given]


def through(behind: Behind, asked: Message, receive: Receive = nothing) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(in_front_of(behind.app)(asked, receive, send))
    return sent


@pytest.mark.parametrize(
    "asked",
    [
        {"type": "lifespan"},
        {"type": "websocket", "path": "/b", "query_string": b"inventory"},
        scope("GET", "/"),
        scope("GET", "/b"),
        scope("GET", "/b", "prefix=inventory"),
        scope("GET", "/b", "list-type=2&prefix=%3Finventory"),
        scope("PUT", "/b/inventory"),
        scope("GET", "/b/key", "inventory"),
        scope("DELETE", "/b/key", "inventory&id=one"),
        scope("DELETE", "/b/key"),
        scope("DELETE", "/b", "policy"),
        scope("PUT", "/b", "lifecycle"),
        scope("HEAD", "/b", "inventory"),
        scope("OPTIONS", "/b", "inventory"),
        scope("POST", "/b", "delete&inventory"),
        scope("POST", "/"),
    ],
    ids=lambda asked: " ".join(
        str(asked.get(part, "")) for part in ("type", "method", "path", "query_string")
    ),
)
def test_it_hands_on_what_it_was_given_itself(asked: Message) -> None:
    behind = Behind()

    async def send(message: Message) -> None: ...

    asyncio.run(in_front_of(behind.app)(asked, nothing, send))
    [(there, receive, sent)] = behind.given
    assert there is asked
    assert receive is nothing
    assert sent is send


def test_of_a_buckets_end_it_hears_and_changes_nothing() -> None:
    gone = scope("DELETE", "/b")
    behind = Behind({("DELETE", "/b"): (409, b"not empty")})
    start, *parts = through(behind, gone)
    assert behind.given[0][:2] == (gone, nothing)
    assert (start["status"], start["headers"][1:]) == (409, [(b"Set-Cookie", b"1"), (b"Set-Cookie", b"2")])
    assert [part["body"] for part in parts] == [b"not", b" empty"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", "inventory&id=one"),  # of a bucket that the host's name would tell
        ("/b", "inventory&id=one&policy"),
        ("/b", "inventory&analytics"),
        ("/b", "inventory&X-Amz-Signature=0"),
    ],
)
def test_what_the_embedded_aws_could_take_otherwise_does_not_get_there(
    method: str, path: str, query: str
) -> None:
    behind = Behind()
    start, part = through(behind, scope(method, path, query))
    assert (start["status"], behind.given) == (400, [])
    assert b"<Code>InvalidRequest</Code>" in part["body"]


@pytest.mark.parametrize("path", ["/b", "/b/", "//b"])
def test_a_refusal_is_given_as_it_came(path: str) -> None:
    for method, op in (("GET", path), ("PUT", path), ("DELETE", path)):
        behind = Behind({("HEAD", "/b"): (200, b""), (method, op): (403, b"no such rights")})
        behind.then = guarding(behind)
        start, part = through(behind, scope(method, path, "inventory&id=one"))
        assert (start["status"], part["body"]) == (403, b"no such rights")
        assert start["headers"][1:] == [(b"Set-Cookie", b"1"), (b"Set-Cookie", b"2")]


def guarding(behind: Behind, status: int = 200) -> Callable[[Message], Awaitable[None]]:
    """Lets an access point be made, or not."""

    async def then(asked: Message) -> None:
        if asked["path"].startswith("/v20180820/") and asked["method"] == "PUT":
            behind.answers["PUT", asked["path"]] = (status, b"")

    return then


def guards(behind: Behind) -> Iterator[str]:
    yield from (method for method, path in behind.asked if path.startswith("/v20180820/accesspoint/"))


def test_a_bucket_that_cannot_be_guarded_is_not_put_at_risk() -> None:
    behind = Behind({("HEAD", "/b"): (200, b"")})
    behind.then = guarding(behind, 500)
    with pytest.raises(RuntimeError):
        through(behind, scope("DELETE", "/b", "inventory&id=one"))
    assert ("DELETE", "/b") not in behind.asked


def test_the_guard_goes_whatever_happens() -> None:
    behind = Behind({("HEAD", "/b"): (200, b"")})
    guarded = guarding(behind)

    async def fail(asked: Message) -> None:
        await guarded(asked)
        if (asked["method"], asked["path"]) == ("DELETE", "/b"):
            raise ZeroDivisionError

    behind.then = fail
    with pytest.raises(ZeroDivisionError):
        through(behind, scope("DELETE", "/b", "inventory&id=one"))
    assert list(guards(behind)) == ["PUT", "DELETE"]


def test_what_is_noted_of_the_actors_own_requests_is_not_noted_of_the_customers() -> None:
    caller: ContextVar[str] = ContextVar("caller", default="nobody")
    seen: list[str] = []

    async def note(asked: Message) -> None:
        seen.append(caller.get())
        caller.set(asked["method"])

    behind = Behind({("HEAD", "/b"): (200, b"")}, then=note)
    through(behind, scope("PUT", "/b", "inventory&id=one"))
    assert (behind.asked, seen) == ([("HEAD", "/b"), ("PUT", "/b")], ["nobody", "nobody"])


def test_of_a_request_that_breaks_off_nothing_is_kept() -> None:
    parts: list[Message] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b"<Inventory", "more_body": True},
    ]

    async def receive() -> Message:
        return parts.pop()

    behind = Behind()
    assert through(behind, scope("PUT", "/b", "inventory&id=one"), receive) == []
    assert behind.given == []


@pytest.fixture
def line(emulator: Emulator) -> Iterator[socket.socket]:
    """One connection, which is kept for all that is asked."""
    where = urlsplit(emulator.endpoint)
    context = ssl.create_default_context(cafile=str(emulator.ca_bundle))
    with (
        socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        yield secure


def begin(line: socket.socket, method: str, target: str, **headers: object) -> None:
    told = {"Host": "127.0.0.1", "Authorization": ROOT, **headers}
    lines = [
        f"{method} {target} HTTP/1.1",
        *(f"{name.replace('_', '-')}: {value}" for name, value in told.items()),
    ]
    line.sendall("\r\n".join([*lines, "", ""]).encode())


def end(line: socket.socket, method: str) -> tuple[int, bytes, str | None]:
    answer = http.client.HTTPResponse(line, method=method)
    answer.begin()
    return answer.status, answer.read(), answer.getheader("Content-Length")


def upload(line: socket.socket, target: str, content: bytes) -> tuple[int, bytes, str | None]:
    """In chunks, and not before the server said that it waits for them."""
    begin(line, "PUT", target, Expect="100-continue", Transfer_Encoding="chunked")
    assert line.recv(64) == b"HTTP/1.1 100 Continue\r\n\r\n"
    for start in range(0, len(content), 300_001):
        part = content[start : start + 300_001]
        line.sendall(b"%x\r\n%s\r\n" % (len(part), part))
    line.sendall(b"0\r\n\r\n")
    return end(line, "PUT")


def ask(
    line: socket.socket, method: str, target: str, body: bytes = b"", **headers: object
) -> tuple[int, bytes, str | None]:
    begin(line, method, target, Content_Length=len(body), **headers)
    line.sendall(body)
    return end(line, method)


def test_one_connection_carries_everything_whole(line: socket.socket) -> None:
    place = f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
    assert ask(line, "PUT", "/acme-in-front", place.encode())[0] == 200
    content = bytes(range(256)) * 4_000
    assert upload(line, "/acme-in-front/a%20b%2Bc?x-id=PutObject", content)[0] == 200
    listed = b"<InventoryConfiguration><Id>one</Id></InventoryConfiguration>"
    assert upload(line, "/acme-in-front?inventory&id=one", b'<?xml version="1.0"?>\n' + listed)[0] == 204
    assert upload(line, "/acme-in-front?inventory&id=two", b"no XML")[0] == 400
    assert ask(line, "HEAD", "/acme-in-front/a%20b%2Bc") == (200, b"", str(len(content)))
    assert ask(line, "GET", "/acme-in-front/a%20b%2Bc") == (200, content, str(len(content)))
    assert ask(line, "GET", "/acme-in-front?inventory&id=one") == (200, listed, str(len(listed)))
    assert ask(line, "HEAD", "/acme-in-front?inventory")[:2] == (200, b"")
    for method in ("GET", "PUT", "DELETE"):
        elsewhere = ROOT.replace(REGION, "us-west-2")
        status, told, _ = ask(line, method, "/acme-in-front?inventory&id=one", Authorization=elsewhere)
        assert (status, b"<Code>PermanentRedirect</Code>" in told) == (301, True)
        assert ask(line, method, "/acme-in-front?inventory&id=one", listed, Authorization="")[0] == 403
    assert (
        ask(line, "DELETE", "/acme-in-front")[0] == 409
    )  # not empty: it stays, and so does what is listed of it
    assert ask(line, "DELETE", "/acme-in-front?inventory&id=one")[:2] == (204, b"")
    assert ask(line, "DELETE", "/acme-in-front/a%20b%2Bc")[0] == 204
    assert ask(line, "DELETE", "/acme-in-front")[0] == 204
