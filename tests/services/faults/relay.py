"""A relay that breaks connections: real sockets between the port and a server, cut, reset or slowed at one request."""

from __future__ import annotations

import http.client
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from tests import tally

Way: TypeAlias = Literal["", "reset", "shut", "lost", "in the head", "in the body", "drip", "hold"]
"""Before the server gets the request: reset, shut. After it: the answer is lost, cut in its head or body, comes in single
bytes, or not at all before somebody lets go."""


@dataclass
class Relay:
    """Passes requests on to `server` (host and port).

    `way` says what happens to the one of a number, counted from 1; `at` what happens to the first one of an operation of KMS.
    """

    server: tuple[str, int]
    way: Callable[[int], Way] = lambda _number: ""
    at: dict[str, Way] = field(default_factory=dict)
    number: int = 0
    guard: Lock = field(default_factory=Lock)
    let_go: Event = field(default_factory=Event)
    url: str = ""

    def next(self, operation: str) -> Way:
        with self.guard:
            self.number += 1
            way = self.at.pop(operation, "") or self.way(self.number)
        if way:
            tally.count("faults injected")
        return way


@contextmanager
def relay(url: str) -> Iterator[Relay]:
    """A relay in front of the server at a URL, on a port of its own."""
    parts = urlsplit(url)
    found = Relay((str(parts.hostname), int(parts.port or 80)))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.close_connection = True
            way = found.next(self.headers.get("X-Amz-Target", "").rpartition(".")[2])
            if way == "hold":
                found.let_go.wait(60)
                return
            if way not in {"reset", "shut"}:
                raw = self._asked(body)
                if way == "drip":
                    for byte in raw:
                        self.connection.sendall(bytes([byte]))
                elif way != "lost":
                    self.connection.sendall(raw[: self._cut(raw, way)])
            if way in {"reset", "lost"}:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def _asked(self, body: bytes) -> bytes:
            """The server's whole answer as bytes."""
            upstream = http.client.HTTPConnection(*found.server, timeout=30)
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            content = answer.read()
            length = answer.headers.get("Content-Length", str(len(content)))
            kept = [
                (n, v)
                for n, v in answer.getheaders()
                if n.lower() not in {"content-length", "transfer-encoding"}
            ]
            head = "".join(f"{name}: {value}\r\n" for name, value in [*kept, ("Content-Length", length)])
            upstream.close()
            return f"HTTP/1.1 {answer.status} {answer.reason}\r\n{head}\r\n".encode("latin-1") + content

        def _cut(self, raw: bytes, way: Way) -> int:
            head = raw.index(b"\r\n\r\n") + 4
            if way == "in the head":
                return raw.index(b"\r\n") + 12
            return head + (len(raw) - head) // 2 if way == "in the body" else len(raw)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: the tests say what went wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        found.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield found
        finally:
            found.let_go.set()
            server.shutdown()
