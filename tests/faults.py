"""Faults right above the socket: scripts of them, and the listener that carries a script out inside the real port.

Every service's answers are in its own protocol, and everything of botocore above the socket is at work: signing, parsing,
trying again. A script is text, so that one that failed can be run again:

    at kms:CreateKey: throttle x3
    after iam:CreateRole: dropped
    at s3:PutBucketPolicy request 2: denied for ever
    at any request 40: expired for ever
    at write request 2: internal-error for ever
    at each: throttle x3
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from threading import RLock
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSResponse
from botocore.hooks import HierarchicalEmitter
from botocore.retries.standard import register_retry_handler

from services.aws.endpoints import SERVICES
from services.model.operations import OPERATIONS
from tests import tally
from tests.fault_kinds import EVERY, JSON
from tests.spoilt import Spoil

_IN_EVENTS = {"logs": "cloudwatch-logs"}
"""Services that have another name in botocore's events."""

_SERVICES = {name: service for service, name in _IN_EVENTS.items()}

_LINE = re.compile(
    r"(?P<when>at|after) (?P<where>[a-z0-9]+:\w+|any|write|each)(?: request (?P<nth>\d+))?: (?P<kind>[a-z-]+)"
    r"(?: x(?P<times>\d+)|(?P<ever> for ever))?"
)

When: TypeAlias = Literal["at", "after"]
"""Whether a request goes wrong before or after its effect."""

Send: TypeAlias = Callable[[str, Any], Any]
"""Sends a request for real: the name of botocore's event and the request give the response."""


@dataclass(frozen=True)
class Fault:
    """From the `nth` request to `where` on, `times` requests (0: all) go wrong: before their effect (`at`), or `after` it.

    `where` is an operation, `any`, any `write`, or `each`: then the requests are the tries of each call, where there are
    several.
    """

    where: str
    kind: str
    when: When = "at"
    nth: int = 1
    times: int = 1

    def __str__(self) -> str:
        nth = f" request {self.nth}" if self.nth > 1 else ""
        often = " for ever" if self.times == 0 else f" x{self.times}" if self.times > 1 else ""
        return f"{self.when} {self.where}{nth}: {self.kind}{often}"

    def hits(self, number: int) -> bool:
        """Whether the request of this number, from 1, goes wrong."""
        return number >= self.nth and (self.times == 0 or number < self.nth + self.times)


def parse(script: str) -> tuple[Fault, ...]:
    """The faults of a script, one a line."""
    return tuple(_parsed(line.strip()) for line in script.splitlines() if line.strip())


def _parsed(line: str) -> Fault:
    found = _LINE.fullmatch(line)
    if found is None or found["kind"] not in EVERY:
        raise ValueError(f"no fault: {line}")
    times = 0 if found["ever"] else int(found["times"] or 1)
    return Fault(
        found["where"],
        found["kind"],
        "after" if found["when"] == "after" else "at",
        int(found["nth"] or 1),
        times,
    )


@dataclass
class Faults:
    """A listener at botocore's emitter. `asked` are the operations, `hit` those that went wrong, one entry a request."""

    send: Send
    script: tuple[Fault, ...] = ()
    asked: list[str] = field(default_factory=list)
    hit: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    guard: RLock = field(default_factory=RLock)

    def play(self, script: str | Iterable[Fault]) -> None:
        """A new script; what came before is forgotten."""
        self.script = parse(script) if isinstance(script, str) else tuple(script)
        self.asked.clear()
        self.hit.clear()
        self.seen.clear()

    def listen(self, emitter: Any) -> None:
        """What the port takes."""
        emitter.register_first("before-send", self._before_send)
        for service in SERVICES:  # botocore listens to each by name, and names come before what is general
            emitter.register_first(f"needs-retry.{_IN_EVENTS.get(service, service)}", try_again_at_once)

    def _before_send(self, event_name: str, request: Any, **_more: Any) -> Any:
        _, service, op = event_name.split(".")
        name = f"{_SERVICES.get(service, service)}:{op}"
        with self.guard:
            fault = self._next(name, request)
        return None if fault is None else self._go_wrong(fault, name, event_name, request)

    def _next(self, name: str, request: Any) -> Fault | None:
        row = OPERATIONS.get(name)
        about = {name, "any"} | ({"write"} if row is None or not row.reads else set())
        self.asked.append(name)
        self.seen.update(about)
        numbers = {each: self.seen[each] for each in about}
        if row is not None and not row.once:
            numbers["each"] = _try(request)
        for fault in self.script:
            number = numbers.get(fault.where, 0)
            if fault.hits(number) and EVERY[fault.kind].happens_to(name):
                self.hit.append(name)
                tally.count("faults injected")
                return fault
        return None

    def _go_wrong(self, fault: Fault, name: str, event_name: str, request: Any) -> Any:
        kind, url = EVERY[fault.kind], request.url
        if kind.spoils is not None:
            return spoilt(self.send(event_name, request), request, kind.spoils)
        if fault.when == "after":
            self.send(event_name, request)
        # Whoever else listens (moto) must not get the request any more.
        request.url = "https://lost.invalid/"
        if kind.raises is not None:
            raise kind.raises(url)
        if kind.page is not None:
            return _response(url, kind.page[0], kind.page[1], "text/html", request.method)
        return refusal(name, url, request.method, *kind.answer(name))


def _try(request: Any) -> int:
    """The how manieth try of its call a request is, from 1, as botocore tells AWS."""
    told = request.headers["amz-sdk-request"]
    found = re.search(r"attempt=(\d+)", told.decode() if isinstance(told, bytes) else str(told))
    assert found is not None
    return int(found[1])


def refusal(name: str, url: str, method: str, code: str, status: int, says: str) -> Any:
    """AWS's answer of refusal, in the protocol of the operation's service."""
    service, text = name.partition(":")[0], escape(says)
    if service in JSON:
        body = f'{{"__type": "{code}", "message": "{says}"}}'.replace('"AWS":"', "'AWS': '")
        return _response(url, status, body.encode(), "application/x-amz-json-1.1", method)
    error = f"<Code>{code}</Code><Message>{text}</Message>"
    if service == "s3":
        if status == 301:
            error += "<Endpoint>acme.s3.eu-central-1.amazonaws.com</Endpoint>"
        return _response(url, status, f"<Error>{error}</Error>".encode(), "application/xml", method)
    whole = (
        f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>1</RequestId></ErrorResponse>"
    )
    return _response(url, status, whole.encode(), "text/xml", method)


def spoilt(answer: Any, request: Any, spoil: Spoil) -> Any:
    """A good answer, with what was done to its body."""
    url, request.url = request.url, "https://lost.invalid/"
    body = answer.content
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    return AWSResponse(url, answer.status_code, kept, _Raw(spoil(body) if body else body))


class _Raw(BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


def _response(url: str, status: int, body: bytes, kind: str, method: str) -> Any:
    headers = {"content-type": kind}
    return AWSResponse(url, status, headers, _Raw(b"" if method == "HEAD" else body))


def try_again_at_once(request_dict: Any, **event: Any) -> float | None:
    """Botocore's own decision whether to try again, from its own code, without the pause before it."""
    attempts = request_dict["context"]["client_config"].retries["total_max_attempts"]
    emitter, model = HierarchicalEmitter(), event["operation"].service_model
    handler = register_retry_handler(
        SimpleNamespace(meta=SimpleNamespace(service_model=model, events=emitter)), attempts
    )
    return None if handler.needs_retry(request_dict=request_dict, **event) is None else 0


def by_moto(event_name: str, request: Any) -> Any:
    """Sends a request to moto inside this process."""
    from moto.core.models import botocore_stubber

    return botocore_stubber(event_name, request)
