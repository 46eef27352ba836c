"""Strict, bounded reading of base64, hex and JSON that nobody vouches for.

Python's own readers are more lenient than the vendor's recovery tool (blanks inside hex, NaN, duplicate keys), and
a leniency here would be a false green.
"""

from __future__ import annotations

import binascii
import json
import math
import re
from dataclasses import dataclass
from typing import NoReturn

_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_DIGITS = 18  # every number of a backup object is a small count; longer ones are kept out of arithmetic


@dataclass(frozen=True)
class Json:
    """A JSON value and whether some object in it has the same field twice (compared without case)."""

    value: object
    ambiguous: bool


@dataclass(frozen=True)
class NotJson:
    """Why bytes are no JSON, as a clause that follows "it"."""

    reason: str


def base64_bytes(text: bytes) -> bytes | None:
    """The bytes behind padded standard base64 without any other character; None if it is not that, or empty."""
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return None
    return binascii.a2b_base64(text)


def base64_field(value: object) -> bytes | None:
    """As `base64_bytes`, for a JSON value of any type."""
    if not isinstance(value, str) or not value.isascii():
        return None
    return base64_bytes(value.encode("ascii"))


def hex_field(value: object) -> bytes | None:
    """The bytes behind an even, non-empty run of hex digits of either case; None if the value is not that."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        return None
    return bytes.fromhex(value)


def whole_number(value: object) -> int | None:
    """A JSON integer from 0 up; None for anything else, true and false included."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


def parse_json(data: bytes) -> Json | NotJson:
    """Reads UTF-8 JSON; never raises. Numbers that are too long to be a count become infinity."""
    doubled = False

    def keep(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal doubled
        doubled = doubled or len({name.casefold() for name, _ in pairs}) < len(pairs)
        return dict(pairs)

    try:
        value: object = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=keep,
            parse_int=lambda digits: int(digits) if len(digits) <= _DIGITS else math.inf,
            parse_float=lambda digits: float(digits) if len(digits) <= 2 * _DIGITS else math.inf,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError:
        return NotJson("is not text in UTF-8")
    except json.JSONDecodeError as error:
        return NotJson(f"stops being JSON at character {error.pos + 1} of {len(error.doc)}")
    except RecursionError:
        return NotJson("is nested too deeply")
    except ValueError:
        return NotJson("holds a number that JSON does not allow")
    return Json(value, doubled)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
