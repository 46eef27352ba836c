"""Shares as word lists: every sufficient group gives the secret, no smaller one does, and a wrong word is found."""

from __future__ import annotations

import itertools
import random
import secrets

import pytest
import shamir_mnemonic
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORDLIST

from services.recovery import slip39
from services.recovery.slip39 import Fault, Share

SECRET = bytes(range(32))


def shares(threshold: int, count: int) -> list[Share]:
    return [parsed(words) for words in slip39.split(SECRET, threshold, count)]


def parsed(words: str) -> Share:
    share = slip39.read(words.split())
    assert isinstance(share, Share)
    return share


@pytest.mark.parametrize(("threshold", "count"), [(2, 2), (2, 3), (3, 5), (4, 6), (2, 16), (16, 16)])
def test_every_sufficient_group_gives_the_secret_and_smaller_ones_give_nothing(
    threshold: int, count: int
) -> None:
    made = shares(threshold, count)
    assert [share.index for share in made] == list(range(1, count + 1))
    for group in itertools.islice(itertools.combinations(made, threshold), 12):
        assert slip39.recover(group) == SECRET
    for group in itertools.islice(itertools.combinations(made, threshold - 1), 12):
        with pytest.raises(slip39.NoSecretError):
            slip39.recover(group)
    groups = len(list(itertools.combinations(range(count), threshold)))
    assert slip39.every_group_recovers(made, SECRET) == groups


def test_trezors_own_combine_gives_the_same_secret() -> None:
    words = slip39.split(SECRET, 3, 5)
    for group in itertools.combinations(words, 3):
        assert shamir_mnemonic.combine_mnemonics(group) == SECRET


def test_shares_that_trezors_tool_made_are_taken() -> None:
    (words,) = shamir_mnemonic.generate_mnemonics(1, [(2, 3)], SECRET, extendable=False)
    assert slip39.recover([parsed(words[0]), parsed(words[2])]) == SECRET


def test_one_altered_share_among_many_is_noticed() -> None:
    made = shares(2, 4)
    foreign = parsed(slip39.split(secrets.token_bytes(32), 2, 4)[3])
    with pytest.raises(slip39.NoSecretError):
        slip39.every_group_recovers([*made[:3], foreign], SECRET)
    with pytest.raises(slip39.NoSecretError):
        slip39.every_group_recovers(made, secrets.token_bytes(32))


WORDS = slip39.split(SECRET, 2, 3)[1].split()


@given(place=st.integers(0, slip39.WORDS - 1), word=st.sampled_from(WORDLIST))
@settings(deadline=None, max_examples=60)
def test_a_wrong_word_is_named_by_its_number(place: int, word: str) -> None:
    changed = [*WORDS[:place], word, *WORDS[place + 1 :]]
    found = slip39.read(changed)
    if word == WORDS[place]:
        assert isinstance(found, Share)
    else:
        assert found == Fault("checksum", place + 1)


@given(seed=st.integers(0, 1 << 32))
@settings(deadline=None, max_examples=25)
def test_two_wrong_words_are_never_blamed_on_one(seed: int) -> None:
    dice = random.Random(seed)
    places = dice.sample(range(slip39.WORDS), 2)
    changed = list(WORDS)
    for place in places:
        changed[place] = dice.choice([word for word in WORDLIST if word != WORDS[place]])
    found = slip39.read(changed)
    assert isinstance(found, Fault)
    assert found.position is None or found.position in (2, places[0] + 1, places[1] + 1)


def test_swapped_words_missing_words_and_other_kinds_are_faults() -> None:
    swapped = [*WORDS[:10], WORDS[11], WORDS[10], *WORDS[12:]]
    assert slip39.read(swapped) == Fault("checksum")
    assert slip39.read(WORDS[:-1]) == Fault("length")
    assert slip39.read([*WORDS[:4], "zebrafish", *WORDS[5:]]) == Fault("unknown-word", 5)
    short = shamir_mnemonic.generate_mnemonics(1, [(2, 3)], bytes(16))[0][0]
    assert slip39.read(short.split()) == Fault("length")
    groups = shamir_mnemonic.generate_mnemonics(2, [(2, 3), (2, 3)], SECRET)[0][0]
    assert slip39.read(groups.split()) == Fault("foreign")


@given(st.lists(st.sampled_from(WORDLIST) | st.text(max_size=8), max_size=40))
@settings(deadline=None, max_examples=80)
def test_any_words_are_a_share_or_a_fault(words: list[str]) -> None:
    found = slip39.read(words)
    assert isinstance(found, Share | Fault)


def test_no_value_is_in_a_repr() -> None:
    share = shares(2, 2)[0]
    assert share.raw.value.hex() not in repr(share)
    assert repr(share.raw.value) not in repr(share)
