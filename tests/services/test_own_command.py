"""A printed command gives a shell back the words that it was made of."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from services.own_command import on_setup, own_command

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
