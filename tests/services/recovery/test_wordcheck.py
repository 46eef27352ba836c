"""Words asked back of a custodian, the names of custodians, and the phrase about keys that cannot leave their HSM."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.problems import ProblemError
from services.recovery import custodians, hsm
from services.recovery.wordcheck import ASKED, FIRST, ShownShare, positions, wrong

WORDS = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(33)]


def share() -> ShownShare:
    return ShownShare(2, 3, bytearray(" ".join(WORDS).encode()))


def test_the_words_that_say_nothing_of_the_secret_are_never_asked() -> None:
    asked = {position for _ in range(200) for position in positions(33)}
    assert min(asked) >= FIRST
    assert max(asked) <= 33
    assert len(asked) > 20
    assert all(len(set(positions(33))) == ASKED for _ in range(20))


@given(st.dictionaries(st.integers(-3, 40), st.text(max_size=10) | st.sampled_from(WORDS), max_size=5))
def test_exactly_the_words_that_differ_are_wrong(typed: dict[int, str]) -> None:
    right = {n for n, word in typed.items() if 1 <= n <= 33 and word.strip().lower() == WORDS[n - 1]}
    assert set(wrong(share(), typed)) == set(typed) - right


def test_case_and_blanks_are_forgiven() -> None:
    assert wrong(share(), {5: f" {WORDS[4].upper()}\n"}) == ()


def test_a_share_wipes_itself_and_is_never_shown_by_accident() -> None:
    words = bytearray(b"one two three")
    shown = ShownShare(1, 3, words)
    with shown:
        assert list(shown.words) == ["one", "two", "three"]
        assert "two" not in repr(shown)
    assert not any(words)
    assert len(shown.words) == 0
    assert wrong(shown, {1: "one"}) == (1,)


def test_custodians_are_recorded_by_name_and_share() -> None:
    record = custodians.custody(77, 2, ["  Ada   Lovelace ", "CFO", "Zoë"])
    assert custodians.as_json(record) == {
        "set": 77,
        "threshold": 2,
        "custodians": [
            {"share": 1, "name": "Ada Lovelace"},
            {"share": 2, "name": "CFO"},
            {"share": 3, "name": "Zoë"},
        ],
    }


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b", "a\x1b[2J", " ".join(WORDS), "\u202eadA"])
def test_what_is_no_name_is_refused_without_being_shown(name: str) -> None:
    with pytest.raises(ProblemError) as refused:
        custodians.custody(1, 2, ["Ada", name])
    assert refused.value.problem.code == "invalid-answer"
    assert not name.strip() or name not in repr(refused.value)


def test_one_person_does_not_hold_two_shares() -> None:
    with pytest.raises(ProblemError) as refused:
        custodians.custody(1, 2, ["Ada", "ada "])
    assert "twice" in refused.value.problem.summary


@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.text(max_size=30))
def test_only_the_phrase_of_this_key_lets_it_pass(fingerprint: str, typed: str) -> None:
    hsm.check_phrase(fingerprint, f" {hsm.phrase(fingerprint)} ")
    with pytest.raises(ProblemError) as refused:
        hsm.check_phrase(fingerprint, typed)
    assert refused.value.problem.code == "consent"
    with pytest.raises(ProblemError):
        hsm.check_phrase(fingerprint, hsm.phrase("0" * 64) + "1")
