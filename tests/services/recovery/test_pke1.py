"""The sealed container: read by an independent reader, opened by nothing but its password."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from services.problems import ProblemError
from services.recovery import pke1
from services.recovery.passwords import ITERATIONS
from tests.services.recovery.forms import PASSWORD, ROUNDS

SEALED = pke1.seal(b"3082" * 20, PASSWORD, iterations=ROUNDS)


def test_the_number_of_rounds_is_the_recovery_tools() -> None:
    assert ITERATIONS == 3_000_000


@given(
    content=st.binary(min_size=1, max_size=200),
    salt=st.binary(min_size=16, max_size=16),
    nonce=st.binary(min_size=12, max_size=12),
)
@settings(deadline=None)
def test_the_layout_is_magic_salt_nonce_ciphertext_and_tag(content: bytes, salt: bytes, nonce: bytes) -> None:
    sizes = {16: salt, 12: nonce}
    sealed = pke1.seal(content, PASSWORD, iterations=ROUNDS, random=lambda size: sizes[size])
    assert sealed[:32] == b"PKE1" + salt + nonce
    key = hashlib.pbkdf2_hmac("sha512", PASSWORD, salt, ROUNDS, 32)
    assert AESGCM(key).decrypt(nonce, sealed[32:], None) == content
    assert pke1.unseal(sealed, PASSWORD, iterations=ROUNDS) == content


def test_no_two_containers_are_alike() -> None:
    again = pke1.seal(b"3082" * 20, PASSWORD, iterations=ROUNDS)
    assert again[4:20] != SEALED[4:20]
    assert again[20:32] != SEALED[20:32]


@given(at=st.integers(4, len(SEALED) - 1), bit=st.integers(0, 7))
@settings(deadline=None, max_examples=40)
def test_a_flipped_bit_and_a_wrong_password_give_the_same_refusal(at: int, bit: int) -> None:
    damaged = bytearray(SEALED)
    damaged[at] ^= 1 << bit
    problems = []
    for container, password in ((bytes(damaged), PASSWORD), (SEALED, PASSWORD + b"!")):
        with pytest.raises(ProblemError) as refused:
            pke1.unseal(container, password, iterations=ROUNDS)
        problems.append(refused.value.problem)
    assert problems[0] == problems[1]
    assert problems[0].code == "wrong-password"
    assert "password is wrong or the file is damaged" in problems[0].summary


@given(size=st.integers(0, len(SEALED) - 1))
@settings(deadline=None, max_examples=40)
def test_a_cut_container_is_refused(size: int) -> None:
    with pytest.raises(ProblemError) as refused:
        pke1.unseal(SEALED[:size], PASSWORD, iterations=ROUNDS)
    assert refused.value.problem.code == ("wrong-password" if size > 48 else "unreadable-file")


def test_a_password_that_the_tool_could_not_take_never_seals() -> None:
    for password in (b"short", b"tab\tinside it", "pässwörter".encode(), b"x" * 129):
        with pytest.raises(ProblemError) as refused:
            pke1.seal(b"3082", password, iterations=ROUNDS)
        assert refused.value.problem.code == "bad-password"
