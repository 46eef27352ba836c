"""Lines that fit: nothing is lost or cut by wrapping, and a command over several lines is still that command."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens import flow
from tests.texts import COMMAND, VALUE, texts
from tests.wizard.driving import Stream
from wizard.plain import lines
from wizard.plain.step_help import step_help

SIGNS = st.characters(codec="utf-8", exclude_categories=("Z", "C"))
WORDS = st.lists(st.text(SIGNS, min_size=1) | st.text(SIGNS, min_size=60, max_size=150), max_size=30)


@given(WORDS, st.sampled_from(["", "  + ", "- ", "12. ", "      "]), st.integers(40, 120))
def test_wrapping_keeps_every_word_whole_and_every_line_short(
    words: list[str], begin: str, width: int
) -> None:
    text = begin + " ".join(words)
    made = lines.wrapped(text, width)
    assert made.split() == text.split()
    for line in made.split("\n"):
        assert len(line) <= width or len(line.split()) <= 1 + (line.startswith(begin) and bool(begin.strip()))


@given(st.lists(st.text(min_size=1).filter(lambda text: "\0" not in text), min_size=1), st.integers(40, 120))
def test_a_command_over_several_lines_is_one_command(words: list[str], width: int) -> None:
    assert shlex.split(lines.command(words, width).replace(" \\\n", " ")) == words


def test_what_follows_stands_below_the_words() -> None:
    made = lines.wrapped("  + " + "word " * 30, 40).split("\n")
    assert all(line.startswith("    word") for line in made[1:])


@pytest.mark.parametrize("page", ["welcome", "new", *flow.ORDER])
def test_the_help_of_every_step_is_plain_text_and_speaks_of_no_keys(page: str) -> None:
    said = step_help(page)
    assert len(said) > 100
    assert not re.search(r"\*\w|\w\*|`|#", said)
    assert "\n\n\n" not in said
    assert not re.search(r"\b(Enter|Tab|Esc|PgUp|PgDn|Ctrl|page|button|press)\b", said)


LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Z", "C"), include_characters=" "), min_size=1
)
BEGINNINGS = ["", "· ", "  → ", "      → ", "✗ "]


@given(st.lists(LETTERS, min_size=1), st.integers(40, 120), st.sampled_from(BEGINNINGS))
def test_a_command_in_quotes_is_never_broken(words: list[str], width: int, begin: str) -> None:
    """Whatever blanks and quotes a path in it has, and however long it is: pasted, it is the same command."""
    command = shlex.join(("palisade-wizard", *words))
    said = f"{begin}Only one thing mends that, as its owner: “{command}”. Then look whether it is mended."
    made = lines.wrapped(said, width).split("\n")
    assert sum(f"“{command}”." in line for line in made) == 1
    assert all(len(line) <= width for line in made if command not in line)
    assert "".join(" ".join(made).split()) == "".join(said.split())


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_command_of_the_program_s_texts_is_broken(width: int) -> None:
    """As every text would be said with a long path with a blank in it wherever it has a value."""
    path = "'/Users/kim/Library/Application Support/palisade-wizard/setups/acme-sandbox.toml'"
    broken = []
    for one in texts():
        if one.place.startswith("services/export/"):  # these go into files
            continue
        said = one.text.replace(COMMAND, f"palisade-wizard apply --config {path} --yes").replace(VALUE, path)
        for command in re.findall(r"“([^”\n]+)”|'((?:palisade-wizard|aws) [^'\n]+)'(?!\w)", said):
            made = lines.wrapped(f"✗ {said}", width)
            broken += [(one.place, command)] if "".join(command) not in made else []
    assert not broken


@given(
    st.integers(40, 120),
    st.sampled_from(BEGINNINGS),
    st.sampled_from(["", "  (the call replaces every rule)"]),
)
def test_a_line_that_begins_with_a_command_is_broken_behind_it_alone(
    width: int, begin: str, more: str
) -> None:
    command = "aws s3api put-object-lock-configuration --bucket acme-palisade-backup --object-lock-configuration 'A=B C'"
    made = lines.wrapped(f"{begin}{command}{more}", width).split("\n")
    assert made[0].startswith(begin + command)
    assert " ".join(made).split() == f"{begin}{command}{more}".split()


def test_a_command_in_a_sentence_names_the_set_up_that_is_open() -> None:
    stream, place = Stream(), [Path("acme.toml")]
    voice = lines.Lines(Stream(), stream, setup=lambda: place[-1] if place else None)
    voice.tell("See 'palisade-wizard plan --config S'.")
    place.append(Path("my set-ups/b.toml"))
    voice.data("See 'palisade-wizard plan --config S'.")
    place.clear()
    voice.tell("See 'palisade-wizard plan --config S'.")
    assert stream.written.splitlines() == [
        "See 'palisade-wizard plan --config acme.toml'.",
        "See “palisade-wizard plan --config 'my set-ups/b.toml'”.",
        "See 'palisade-wizard plan --config S'.",
    ]
