"""Passwords: exactly the printable ASCII ones of 8 to 128 characters, never shown, wiped."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.problems import ProblemError
from services.recovery.passwords import check_password, from_file, wipe

PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)


@given(st.text(PRINTABLE, min_size=8, max_size=128))
def test_printable_ascii_of_fitting_length_is_taken(password: str) -> None:
    check_password(bytearray(password.encode("ascii")))


@given(st.text(PRINTABLE, max_size=7) | st.text(PRINTABLE, min_size=129, max_size=200))
def test_other_lengths_are_refused(password: str) -> None:
    with pytest.raises(ProblemError) as refused:
        check_password(password.encode("ascii"))
    assert refused.value.problem.code == "bad-password"


@given(st.text(min_size=8, max_size=40))
def test_anything_else_is_refused_without_being_shown(password: str) -> None:
    assume(not (password.isascii() and password.isprintable()))
    with pytest.raises(ProblemError) as refused:
        check_password(password.encode("utf-8", "surrogatepass"))
    assert refused.value.problem.code == "bad-password"
    assert password not in repr(refused.value) + repr(refused.value.problem)


@given(st.binary(max_size=30).filter(lambda content: not content.endswith((b"\n", b"\r"))))
def test_one_trailing_newline_of_a_password_file_is_removed(password: bytes) -> None:
    for ending in (b"", b"\n", b"\r\n"):
        content = bytearray(password + ending)
        assert from_file(content) == password
        assert not any(content)
    assert from_file(bytearray(password + b"\n\n")) == password + b"\n"


def test_wiping_overwrites_the_memory_itself() -> None:
    secret = bytearray(b"secret")
    memory = memoryview(secret)
    wipe(secret, None)
    assert bytes(memory) == bytes(6)
