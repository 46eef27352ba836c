"""Hears every attempt of this process to reach a network, by the audit events that the interpreter itself raises."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_EVENTS = frozenset(
    {
        "socket.connect",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
    }
)


@dataclass
class Wire:
    """What was tried; whatever does not go to an allowed host and port is refused, as if there were no network."""

    allowed: frozenset[tuple[str, int]] = frozenset()
    tried: list[tuple[str, str, int]] = field(default_factory=list)

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        if event.startswith("socket.get"):
            host, port = str(args[0]), args[1] if len(args) > 1 else 0
        else:
            sock, address = args[0], args[-1]
            if isinstance(sock, socket.socket) and sock.family == socket.AF_UNIX:
                host, port = f"unix:{address!r}", 0
            elif isinstance(address, tuple):
                host, port = str(address[0]), address[1]
            else:
                host, port = str(address), 0
        number = int(port) if isinstance(port, int | str) and str(port).isdecimal() else 0
        self.tried.append((event, host, number))
        if (host, number) not in self.allowed:
            raise OSError(101, "Network is unreachable")

    @property
    def elsewhere(self) -> list[tuple[str, str, int]]:
        """Every attempt that was not to an allowed place."""
        return [one for one in self.tried if one[1:] not in self.allowed]


_LISTENING: list[Wire] = []
_HOOKED: list[bool] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    if _LISTENING and event in _EVENTS:
        _LISTENING[-1].hear(event, args)


@contextmanager
def closed(*allowed: tuple[str, int]) -> Iterator[Wire]:
    """A network that reaches only these hosts and ports, as long as the context lasts."""
    if not _HOOKED:
        sys.addaudithook(_hook)  # for good: there is no way to take one off again
        _HOOKED.append(True)
    wire = Wire(frozenset(allowed))
    _LISTENING.append(wire)
    try:
        yield wire
    finally:
        _LISTENING.remove(wire)
