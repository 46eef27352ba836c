"""The estimate never praises what repeats, and what the program makes is strong."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recovery import strength as strengths
from services.recovery.passwords import check_password
from services.recovery.strength import generated, strength

PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
ORDER = ["weak", "fair", "strong"]


@pytest.mark.parametrize(
    ("password", "level"),
    [
        (b"", "weak"),
        (b"password", "weak"),
        (b"Palisade2026!", "weak"),
        (b"aaaaaaaaaaaaaaaaaaaaaaaa", "weak"),
        (b"abcdefghijklmnopqrstuvwxyz", "weak"),
        (b"1234567890123456789012345", "weak"),
        (b"qwertyqwertyqwertyqwerty", "weak"),
        (b"passwordpasswordpassword", "weak"),
        (b"x9$Kq", "weak"),
        (b"tR7#mQ2!vZ9k", "fair"),
        (b"hedge-mosaic-tulip-quartz-bonfire", "strong"),
        (b"vN4&kz!Qw8@Lr2#Xp6", "strong"),
    ],
)
def test_known_passwords_get_the_level_that_they_deserve(password: bytes, level: str) -> None:
    assert strength(password).level == level
    assert strength(password).says


@given(st.text(PRINTABLE, max_size=40), st.integers(2, 6))
def test_saying_it_again_adds_almost_nothing(text: str, times: int) -> None:
    once, often = strength(text.encode()), strength(text.encode() * times)
    assert often.bits <= once.bits + 27 + len(text) * times


@given(st.text(PRINTABLE, max_size=60))
def test_the_estimate_is_never_above_chance(text: str) -> None:
    found = strength(text.encode())
    assert 0 <= found.bits <= len(text) * 6.6
    assert found.level in ORDER


def test_generated_passwords_are_strong_readable_and_even() -> None:
    seen = Counter[int]()
    made = {bytes(generated()) for _ in range(300)}
    assert len(made) == 300
    for password in made:
        check_password(password)
        assert strength(password).level == "strong"
        groups = password.split(b"-")
        assert [len(group) for group in groups] == [4] * 7
        seen.update(password.replace(b"-", b""))
    assert not set(seen) & set(b"01iloIO")
    assert strengths.GENERATED_BITS >= 128
    expected = 300 * 28 / len(seen)
    assert max(seen.values()) < 1.6 * expected
    assert min(seen.values()) > 0.5 * expected
