"""The front of combining: whatever custodians bring, it is a set that combines or one sentence in return."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORDLIST

from services.problems import ProblemError
from services.recovery import combining, slip39, split_operations
from services.recovery.proof import Bench
from services.recovery.slip39 import Share
from services.recovery.stages import silent

SECRET = bytes(range(32))
SETS = [slip39.split(SECRET, 2, 3), slip39.split(SECRET, 3, 4)]
GOOD = st.sampled_from([line for lines in SETS for line in lines])
CODES = {"unreadable-file", "invalid-answer"}


def damaged(line: str, place: int, word: str) -> str:
    words = line.split()
    return " ".join([*words[: place % 33], word, *words[place % 33 + 1 :]])


BAD = (
    st.builds(damaged, GOOD, st.integers(0, 32), st.sampled_from(WORDLIST) | st.text(max_size=9))
    | st.lists(st.sampled_from(WORDLIST), max_size=40).map(" ".join)
    | st.text(max_size=200)
)
CONTENT = (GOOD | BAD).map(str.encode) | st.binary(max_size=120)


@given(CONTENT)
@settings(deadline=None, max_examples=80)
def test_any_content_is_a_share_or_one_sentence(content: bytes) -> None:
    try:
        found = combining.read("the share of Ada", content)
    except ProblemError as error:
        problem = error.problem
        assert problem.code == "unreadable-file"
        assert "the share of Ada" in problem.summary
        assert problem.summary.endswith((".", ".”"))
    else:
        assert isinstance(found, Share)


@given(st.lists(CONTENT, max_size=5))
@settings(deadline=None, max_examples=60)
def test_any_shares_combine_to_the_secret_or_are_refused(contents: list[bytes]) -> None:
    shares = [(f"share {number}", content) for number, content in enumerate(contents)]
    sealed = b"PKE1" + bytes(100)
    with pytest.raises(ProblemError) as refused:
        split_operations.combine(shares, sealed, Bench(silent, 1))
    # Only shares that combine get as far as the sealed file, which opens for nobody.
    code = refused.value.problem.code
    assert code in CODES | {"wrong-password"}
    lines = [content.decode() for content in contents if code == "wrong-password"]
    assert all(any(line.split() == good.split() for lines_ in SETS for good in lines_) for line in lines)


@given(st.lists(st.sampled_from(SETS[0]) | st.sampled_from(SETS[1]), max_size=5))
@settings(deadline=None)
def test_a_set_passes_exactly_if_it_is_one_set_of_different_shares_of_the_right_number(
    lines: list[str],
) -> None:
    shares = []
    for number, line in enumerate(lines):
        share = slip39.read(line.split())
        assert isinstance(share, Share)
        shares.append((f"share {number}", share))
    fits = any(
        set(lines) <= set(one) and len(set(lines)) == len(lines) == threshold
        for one, threshold in zip(SETS, (2, 3), strict=True)
    )
    if fits:
        combining.check_set(shares)
        assert slip39.recover([share for _, share in shares]) == SECRET
    else:
        with pytest.raises(ProblemError) as refused:
            combining.check_set(shares)
        assert refused.value.problem.code == "invalid-answer"
