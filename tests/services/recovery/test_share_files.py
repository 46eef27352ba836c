"""The text of share files, and what people make of it with their editors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.problems import ProblemError
from services.recovery import share_files

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
GAP = st.sampled_from([" ", "  ", "\t", "\n", "\r\n", " \n \n", "\n# a remark\n"])


@given(st.lists(st.tuples(WORD, GAP), min_size=1, max_size=40), st.booleans())
def test_words_are_found_whatever_stands_between_them(pieces: list[tuple[str, str]], mark: bool) -> None:
    text = "".join(word + gap for word, gap in pieces)
    content = text.encode("utf-8-sig" if mark else "ascii")
    assert share_files.words_of(content) == [word for word, _ in pieces]


@given(st.binary(max_size=300) | st.text(max_size=120).map(str.encode))
def test_anything_is_words_or_no_share(content: bytes) -> None:
    words = share_files.words_of(content)
    assert words is None or all(word.isascii() and word.isalpha() for word in words)


@given(st.integers(-2, 20), st.integers(-2, 20))
def test_a_split_has_two_to_sixteen_shares_and_a_threshold_within(threshold: int, count: int) -> None:
    if 2 <= threshold <= count <= 16:
        share_files.check_numbers(threshold, count)
    else:
        with pytest.raises(ProblemError) as refused:
            share_files.check_numbers(threshold, count)
        assert refused.value.problem.code == "invalid-answer"


def test_names_count_from_one_and_stay_in_their_folders() -> None:
    folders = [Path("/a"), Path("/b")]
    found = share_files.share_paths(folders, "acme")
    assert found == (Path("/a/acme.share-1-of-2.txt"), Path("/b/acme.share-2-of-2.txt"))
    for name in ("../up", "", ".x", "a/b"):
        with pytest.raises(ProblemError):
            share_files.share_paths(folders, name)


def test_a_share_text_ends_with_its_words_alone() -> None:
    text = share_files.share_text(
        "one two", index=1, count=3, threshold=2, identifier=7, fingerprint="f" * 64, sealed="x.pke1"
    )
    assert share_files.words_of(text) == ["one", "two"]
    assert bytes(text).isascii()
    assert text.endswith(b"\none two\n")


def test_taking_shares_away_survives_a_medium_that_is_gone(tmp_path: Path) -> None:
    there = tmp_path / "share"
    there.write_bytes(b"")
    share_files.remove([tmp_path / "gone" / "share", there])
    assert not there.exists()
