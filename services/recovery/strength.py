"""How strong a password is, said with restraint, and strong ones made by the program."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from services.recovery.passwords import SHORTEST

Level = Literal["weak", "fair", "strong"]

_LETTERS = b"abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1, which look alike on paper; all lower case, so that it can be dictated."""

_GROUPS, _GROUP = 7, 4
_FAIR, _STRONG = 60.0, 90.0
_COMMON = (
    b"password", b"passwort", b"qwerty", b"qwertz", b"asdf", b"letmein", b"welcome", b"admin", b"secret", b"dragon",
    b"monkey", b"iloveyou", b"palisade", b"recovery", b"wallet", b"backup", b"sandbox", b"production", b"bitcoin", b"ripple",
)  # fmt: skip


@dataclass(frozen=True)
class Strength:
    """An estimate from above: a person's password has at most so many bits, often far fewer."""

    bits: float
    level: Level

    @property
    def says(self) -> str:
        match self.level:
            case "weak":
                return "Weak: whoever copies the sealed file can find this password by trying."
            case "fair":
                return "Fair, if it is random: a generated password is stronger."
            case "strong":
                return "Strong, if nobody can guess how you chose it."


def strength(password: bytes | bytearray) -> Strength:
    """Estimate a password from its length, its kinds of characters, and how much of it repeats, runs on or is common."""
    rate = math.log2(_kinds(password)) if password else 0.0
    fresh = _fresh(bytes(password).lower())
    bits = fresh * rate + (len(password) - fresh)
    if 3 * len(set(password)) < len(password):  # few characters, shuffled
        bits = min(bits, len(password) * math.log2(max(2, len(set(password)))))
    if len(password) < SHORTEST or bits < _FAIR:
        return Strength(bits, "weak")
    return Strength(bits, "strong" if bits >= _STRONG else "fair")


def generated(choose: Callable[[int], int] = secrets.randbelow) -> bytearray:
    """A new password of 138 bits: seven groups of four characters. `choose(n)` is any number below n."""
    password = bytearray()
    for place in range(_GROUPS * _GROUP):
        if place and place % _GROUP == 0:
            password += b"-"
        password.append(_LETTERS[choose(len(_LETTERS))])
    return password


GENERATED_BITS = _GROUPS * _GROUP * math.log2(len(_LETTERS))
"""How strong a generated password is, exactly."""


def _kinds(password: bytes | bytearray) -> int:
    """How many characters its author seems to have chosen from."""
    kinds = 0
    kinds += 26 if any(0x61 <= byte <= 0x7A for byte in password) else 0
    kinds += 26 if any(0x41 <= byte <= 0x5A for byte in password) else 0
    kinds += 10 if any(0x30 <= byte <= 0x39 for byte in password) else 0
    kinds += 33 if any(not chr(byte).isalnum() for byte in password) else 0
    return max(kinds, 2)


def _fresh(text: bytes) -> int:
    """How many characters are news: neither in a common word, nor in a run like aaa or 123, nor said before."""
    stale: set[int] = set()
    for word in _COMMON:
        start = text.find(word)
        while start >= 0:
            stale.update(range(start + 1, start + len(word)))
            start = text.find(word, start + 1)
    for place in range(2, len(text)):
        step = text[place] - text[place - 1]
        if step == text[place - 1] - text[place - 2] and step in (-1, 0, 1):
            stale.add(place)
        if place >= 3 and text[place - 2 : place + 1] in text[:place]:
            stale.update(range(place - 2, place + 1))
    return len(text) - len(stale)
