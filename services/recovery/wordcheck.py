"""A share on the screen, and the questions that show that it was written down."""

from __future__ import annotations

import hmac
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from services.recovery.passwords import wipe

ASKED = 3
"""How many words are asked back of each share."""

FIRST = 5
"""The first word that can be asked: those before it name the set and the share, and say nothing of its secret."""

Choose = Callable[[Sequence[int], int], Sequence[int]]

_SAMPLE = random.SystemRandom().sample


class ShownShare:
    """One share, for as long as it is on the screen; use it as a context manager, or `wipe` it."""

    def __init__(self, number: int, count: int, words: bytearray) -> None:
        self.number = number
        self.count = count
        self._words = words

    def __repr__(self) -> str:
        return f"ShownShare({self.number} of {self.count})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    @property
    def words(self) -> tuple[str, ...]:
        """The words, in order; none after wiping. What a screen makes of them cannot be wiped."""
        return tuple(self._words.decode("ascii").split("\0")[0].split())

    def wipe(self) -> None:
        """Overwrite the words."""
        wipe(self._words)


def positions(words: int, choose: Choose = _SAMPLE) -> tuple[int, ...]:
    """Which words to ask for, in order and counted from 1: never the same one twice."""
    return tuple(sorted(choose(range(FIRST, words + 1), ASKED)))


def wrong(share: ShownShare, typed: Mapping[int, str]) -> tuple[int, ...]:
    """The positions whose word was not given; case and blanks around it do not matter."""
    words = share.words
    return tuple(
        position
        for position, answer in sorted(typed.items())
        if not 1 <= position <= len(words)
        or not hmac.compare_digest(answer.strip().lower().encode(), words[position - 1].encode())
    )
