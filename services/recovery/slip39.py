"""Shares of a secret as SLIP-39 word lists, by Trezor's reference implementation, which says that it is not hardened.

One group, no passphrase: a wrong passphrase would go unnoticed. The secret has 256 bits, so every share has 33 words.
Loaded in the child process alone.
"""

from __future__ import annotations

import hmac
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shamir_mnemonic
from shamir_mnemonic import constants, rs1024, wordlist
from shamir_mnemonic.shamir import ShareGroup

from services.recovery import share_files

WORDS = share_files.WORDS
"""Words of a share: 4 for the set and the place in it, 26 for the value, 3 for the checksum."""

SECRET = 32
"""Bytes of the secret."""

_CHECKSUM: int = constants.CHECKSUM_LENGTH_WORDS
_FLAGS: dict[bool, bytes] = {
    True: constants.CUSTOMIZATION_STRING_EXTENDABLE,
    False: constants.CUSTOMIZATION_STRING_ORIG,
}


class NoSecretError(Exception):
    """The shares belong together by what they say, but give no secret."""


@dataclass(frozen=True)
class Share:
    """One readable share. `group` names the set: equal for all shares of one; `index` counts from 1.

    The value is secret and is in no repr.
    """

    group: tuple[int, ...]
    identifier: int
    threshold: int
    index: int
    raw: Any = field(repr=False)


@dataclass(frozen=True)
class Fault:
    """Why words are no share. `position` counts from 1; None where no single word is to blame."""

    what: str
    position: int | None = None


def split(secret: bytes, threshold: int, count: int) -> tuple[str, ...]:
    """The word lists of `count` shares, any `threshold` of which give the secret."""
    (shares,) = shamir_mnemonic.generate_mnemonics(1, [(threshold, count)], secret)
    return tuple(shares)


def read(words: Sequence[str]) -> Share | Fault:
    """The share that these words spell, or what is wrong with them."""
    for position, word in enumerate(words, 1):
        if word.lower() not in wordlist.WORD_INDEX_MAP:
            return Fault("unknown-word", position)
    if len(words) != WORDS:
        return Fault("length")
    numbers = [int(wordlist.WORD_INDEX_MAP[word.lower()]) for word in words]
    try:
        raw = shamir_mnemonic.Share.from_mnemonic(" ".join(words))
    except shamir_mnemonic.MnemonicError:
        return Fault("checksum", _wrong_word(numbers))
    if len(raw.value) != SECRET or (raw.group_count, raw.group_threshold) != (1, 1):
        return Fault("foreign")
    return Share(tuple(raw.group_parameters()), raw.identifier, raw.member_threshold, raw.index + 1, raw)


def recover(shares: Sequence[Share]) -> bytes:
    """The secret of exactly as many shares of one set as it needs. Errors: `NoSecretError`."""
    return bytes(_sealed_secret(shares).decrypt(b""))


def every_group_recovers(shares: Sequence[Share], secret: bytes) -> int:
    """Recombine every smallest sufficient group of these shares; how many there are. Errors: `NoSecretError`.

    SLIP-39 enciphers the secret before it splits it. That last step is the same for all groups and 100 times slower than
    the rest, so it is undone once, and all groups must give the same enciphered secret.
    """
    groups = itertools.combinations(shares, shares[0].threshold)
    first = _sealed_secret(next(groups))
    if not hmac.compare_digest(bytes(first.decrypt(b"")), secret):
        raise NoSecretError
    if any(_sealed_secret(group) != first for group in groups):
        raise NoSecretError
    return math.comb(len(shares), shares[0].threshold)


def _sealed_secret(shares: Iterable[Share]) -> Any:
    group = ShareGroup()
    group.shares = {share.raw for share in shares}
    try:
        return shamir_mnemonic.recover_ems({0: group})
    except shamir_mnemonic.MnemonicError:
        raise NoSecretError from None


def _wrong_word(numbers: Sequence[int]) -> int | None:
    """The position of the one word whose replacement makes the checksum right, counted from 1.

    Valid shares differ from each other in at least four words, so two wrong words do not look like one. The second word
    also says with which of two constants the checksum was made, hence the two attempts.
    """
    extendable = bool(numbers[1] >> 4 & 1)
    found = _position(numbers, _FLAGS[extendable])
    if found is not None:
        return found
    return 2 if _position(numbers, _FLAGS[not extendable]) == 2 else None


def _position(numbers: Sequence[int], constant: bytes) -> int | None:
    data, checksum = list(numbers[:-_CHECKSUM]), list(numbers[-_CHECKSUM:])
    difference = _packed(rs1024.create_checksum(data, constant)) ^ _packed(checksum)
    for place in range(_CHECKSUM):
        if difference and not difference & ~(1023 << 10 * (_CHECKSUM - 1 - place)):
            return len(data) + place + 1
    for place in range(len(data)):
        if difference in _reachable(len(data), place, constant):
            return place + 1
    return None


def _reachable(size: int, place: int, constant: bytes) -> set[int]:
    """What a change of the word at `place` can do to the checksum: all sums of what its ten bits do."""
    nothing = _packed(rs1024.create_checksum([0] * size, constant))
    sums = {0}
    for bit in range(10):
        changed = [0] * size
        changed[place] = 1 << bit
        effect = _packed(rs1024.create_checksum(changed, constant)) ^ nothing
        sums |= {effect ^ other for other in sums}
    return sums - {0}


def _packed(words: Iterable[int]) -> int:
    value = 0
    for word in words:
        value = value << 10 | word
    return value
