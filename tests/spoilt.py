"""AWS's answers, spoilt: bodies as AWS sends them, in JSON or XML, of which something is missing, of another type, or no end.

A spoilt body is still one that the protocol can carry: what botocore makes of it is what the program gets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias
from xml.etree import ElementTree

import botocore.session

from services.aws.failures import not_aws
from services.aws.promises import keeps
from services.aws.shapes import is_modelled
from services.model.calls import Aws, Call, Reply
from services.problems import ProblemError
from tests import tally

Spoil: TypeAlias = Callable[[bytes], bytes]

HUGE = 10**30
STRANGE = "\u202e[bold]%s{}\N{SKULL}" + "x" * 3_000
"""What no service says, and every text can hold."""

TOKENS = (
    "NextToken",
    "nextToken",
    "Marker",
    "NextMarker",
    "NextKeyMarker",
    "NextVersionIdMarker",
    "NextUploadIdMarker",
)
MORE = ("IsTruncated", "Truncated")


def _spoilt(json_: Callable[[Any], Any], xml: Callable[[ElementTree.Element], None]) -> Spoil:
    """By what a body is; what is neither stays."""

    def spoil(body: bytes) -> bytes:
        if body.lstrip().startswith((b"{", b"[")):
            return json.dumps(json_(json.loads(body))).encode()
        if body.lstrip().startswith(b"<"):
            root = ElementTree.fromstring(body)
            xml(root)
            return bytes(ElementTree.tostring(root))
        return body

    return spoil


def _leaves(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Every value that holds no others."""

    def changed(value: Any) -> Any:
        match value:
            case Mapping():
                return {key: changed(part) for key, part in value.items()}
            case list():
                return [changed(part) for part in value]
            case _:
                return change(value)

    return changed


def _texts(text: str) -> Callable[[ElementTree.Element], None]:
    """The text of every element that holds no others; the id of the request is the transport's."""

    def change(root: ElementTree.Element) -> None:
        for each in root.iter():
            if not len(each) and not each.tag.endswith("RequestId"):
                each.text = text

    return change


def _bare(depth: int) -> Spoil:
    """Nothing but the first levels, with empty lists and structures below."""

    def cut(value: Any, left: int = depth) -> Any:
        match value:
            case Mapping():
                return {key: cut(part, left - 1) for key, part in value.items()} if left else {}
            case list():
                return [cut(part, left - 1) for part in value] if left else []
            case _:
                return value

    def cut_xml(element: ElementTree.Element, left: int = depth) -> None:
        for child in list(element):
            if child.tag.endswith("ResponseMetadata"):
                continue
            if left:
                cut_xml(child, left - 1)
            else:
                element.remove(child)

    return _spoilt(cut, cut_xml)


def _endless(body: bytes) -> bytes:
    """There is always more, and it is found at the same place."""

    def more(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        there = value.get("Truncated") is not None
        return {
            **value,
            **dict.fromkeys(MORE[1:] if there else (), True),
            **dict.fromkeys(TOKENS[:3], "same"),
        }

    def more_xml(root: ElementTree.Element) -> None:
        space = root.tag[: root.tag.find("}") + 1]
        parts = [root, *(each for each in root if each.tag.endswith("Result"))]
        for part in parts[-1:]:
            for name in (*MORE[:1], *TOKENS):
                found = part.find(f"{space}{name}")
                (ElementTree.SubElement(part, f"{space}{name}") if found is None else found).text = (
                    "true" if name in MORE else "same"
                )

    return _spoilt(more, more_xml)(body)


def _twice(value: Any) -> Any:
    """Every list says everything twice."""
    match value:
        case Mapping():
            return {key: _twice(part) for key, part in value.items()}
        case list():
            return [_twice(part) for part in value] * 2
        case _:
            return value


def _twice_xml(root: ElementTree.Element) -> None:
    for each in list(root):
        if not each.tag.endswith("ResponseMetadata"):
            _twice_xml(each)
            root.append(each)


SPOILS: Mapping[str, Spoil] = {
    "halved": lambda body: body[: len(body) // 2],
    "a-list": lambda body: b"[]" if body.startswith(b"{") else body,
    "empty": _bare(0),
    "one-level": _bare(1),
    "two-levels": _bare(2),
    "nulls": _spoilt(_leaves(lambda _v: None), _texts("")),
    "numbers": _spoilt(_leaves(lambda _v: HUGE), _texts(str(HUGE))),
    "negative": _spoilt(_leaves(lambda _v: -1), _texts("-1")),
    "texts": _spoilt(_leaves(lambda _v: STRANGE), _texts(STRANGE)),
    "lists": _spoilt(_leaves(lambda v: [v]), _texts("[]")),
    "maps": _spoilt(_leaves(lambda v: {"Value": v}), _texts("{}")),
    "yes": _spoilt(_leaves(lambda _v: True), _texts("true")),
    "endless": _endless,
    "twice": _spoilt(_twice, _twice_xml),
}
"""Ways to spoil a body, by name."""


def spoilt_at(body: Any, place: int, kind: str) -> Any:
    """Data with the nth of its values, counted through all levels, missing or of another type; and itself after the last."""
    left = [place]

    def walk(value: Any) -> Any:
        match value:
            case Mapping():
                found = {}
                for key, part in value.items():
                    left[0] -= 1
                    if left[0] == -1:
                        if isinstance(part, bytes):
                            found[key] = part[: len(part) // 2]
                        elif kind != "missing":
                            found[key] = OTHER[kind]
                    else:
                        found[key] = walk(part)
                return found
            case list() | tuple():
                return [walk(part) for part in value]
            case _:
                return value

    return walk(body)


KINDS_OF_VALUES = ("missing", "number", "text", "list", "map", "yes")

OTHER: Mapping[str, Any] = {"number": HUGE, "text": STRANGE, "list": [], "map": {}, "yes": True}
"""What stands in place of a value."""


def places(body: Any) -> int:
    """How many values data has, through all levels."""
    match body:
        case Mapping():
            return sum(1 + places(part) for part in body.values())
        case list() | tuple():
            return sum(map(places, body))
        case _:
            return 0


@dataclass
class Spoilt:
    """Puts something else in place of one value of every reply to one operation, as far as the port lets it through."""

    aws: Aws
    name: str
    place: int
    kind: str
    reached: bool = False

    def __call__(self, call: Call) -> Reply:
        reply = self.aws(call)
        if call.name != self.name or self.place >= places(reply):
            return reply
        self.reached = True
        tally.count("faults injected")
        found: Reply = spoilt_at(reply, self.place, self.kind)
        if not (is_modelled(output_shape(call), moments(found)) and keeps(call.name, found)):
            raise ProblemError(not_aws(call))
        return found


@dataclass
class Hearing:
    """Keeps how many values each operation's replies have at most."""

    aws: Aws
    told: dict[str, int]

    def __call__(self, call: Call) -> Reply:
        reply = self.aws(call)
        self.told[call.name] = max(self.told.get(call.name, 0), places(reply))
        return reply


def moments(value: Any) -> Any:
    """Data with moments as botocore has them, before the port makes texts of them."""
    match value:
        case Mapping():
            return {key: moments(part) for key, part in value.items()}
        case list() | tuple():
            return [moments(part) for part in value]
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]+(?:\+00:00|Z)", value):
            return datetime.fromisoformat(value)
        case _:
            return value


@cache
def _session() -> Any:
    return botocore.session.get_session()


def output_shape(call: Call) -> Any:
    """What AWS's model says of the reply to a call."""
    return _session().get_service_model(call.service).operation_model(call.op).output_shape
