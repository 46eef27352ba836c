"""A printed command gives a shell back the words that it was made of."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from services.own_command import on_setup, own_command, with_setup

ODD = ("a b", "kim's", 'the "old" one', "$HOME", "a;b", "", "*", "zürich", "plain.toml", "~/x", "a`b`")


@pytest.mark.parametrize("odd", ODD)
def test_a_shell_takes_the_words_as_they_were_meant(odd: str) -> None:
    assert shlex.split(own_command("record add", "--out", odd)) == [
        *("palisade-wizard", "record", "add", "--out", odd)
    ]
    assert shlex.split(on_setup("plan", Path("x", odd), odd)) == [
        *("palisade-wizard", "plan", "--config", str(Path("x", odd)), odd)
    ]


def test_without_a_set_up_its_place_is_held() -> None:
    assert on_setup("apply", None, "--yes") == "palisade-wizard apply --config S --yes"


PLACES = ("S", "acme.toml", "my set-ups/a.toml", "kim's/a.toml")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("marks", "command"),
    [
        ("''", "palisade-wizard apply --config S"),
        ("''", "palisade-wizard record add --config S --from-verify --all"),
        ("“”", "palisade-wizard verify --config S --key-id 'a b'"),
    ],
)
def test_a_place_held_in_a_sentence_is_filled(marks: str, command: str, place: str) -> None:
    text = f"Look: {marks[0]}{command}{marks[1]} helps, then 'apply'."
    said = with_setup(text, Path(place)).removeprefix("Look: ").removesuffix(" helps, then 'apply'.")
    assert said[0] + said[-1] == ("“”" if "'" in said[1:-1] else marks)
    assert shlex.split(said[1:-1]) == [place if word == "S" else word for word in shlex.split(command)]
    assert with_setup(text, None) == text


def test_what_holds_no_place_stays() -> None:
    for text in (
        "--config S",
        "use 'apply --config S --yes'",
        "palisade-wizard plan",
        "'palisade-wizard plan'",
    ):
        assert with_setup(text, Path("a b")) == text
