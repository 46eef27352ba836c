"""Where secrets come from: one standard input holds one secret, and a token is asked nothing with an empty PIN."""

from __future__ import annotations

import itertools
from pathlib import Path

import click
import pytest

from services.problems import ProblemError
from tests.planted import PIN
from tests.wizard.driving import Stream, Terminal, refused
from tests.wizard.test_any_arguments import COMMANDS
from wizard import passwords
from wizard.options import SecretFile
from wizard.root import Program, Surroundings


def takes_secrets() -> list[tuple[tuple[str, ...], str, str]]:
    """Every command with each two of its options that take a secret."""
    return [
        (words, one, other)
        for words, command in COMMANDS
        for one, other in itertools.permutations(
            [option.opts[0] for option in command.params if isinstance(option.type, SecretFile)], 2
        )
    ]


def test_the_commands_that_take_two_secrets_are_these() -> None:
    assert {words for words, *_ in takes_secrets()} == {("keycheck",), ("token", "store")}
    said = [
        option.opts[0]
        for _, command in COMMANDS
        for option in command.params
        if isinstance(option, click.Option) and "standard input)" in (option.help or "")
        if not isinstance(option.type, SecretFile)
    ]
    assert said == [], "an option that reads the standard input is of the type for it"


@pytest.mark.parametrize(("words", "one", "other"), takes_secrets(), ids=str)
def test_the_standard_input_is_not_read_for_two_secrets(
    offline: Terminal, words: tuple[str, ...], one: str, other: str
) -> None:
    required = ("--token", "none") if words[0] == "token" else ()
    ran = offline(*words, offline.folder / "none", *required, one, "-", other, "-", "--json", stdin=b"x")
    summary = refused(ran, "usage")["summary"]
    assert one in summary
    assert other in summary


def sitting(stdin: bytes = b"", typed: str | None = None) -> Program:
    """A program that is about to ask for a PIN."""
    terminal = typed is not None
    around = Surroundings(
        stdin=Stream(stdin, terminal=terminal),
        stdout=Stream(),
        stderr=Stream(terminal=terminal),
        ask_secret=lambda _prompt: bytearray((typed or "").encode()),
    )
    return Program.start(around, json=False)


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("way", ["file", "stdin", "typed"])
def test_an_empty_pin_is_refused_before_the_token_is_asked(tmp_path: Path, way: str, content: bytes) -> None:
    (tmp_path / "pin").write_bytes(content)
    program, file = {
        "file": (sitting(), tmp_path / "pin"),
        "stdin": (sitting(content), Path("-")),
        "typed": (sitting(typed=""), None),
    }[way]
    with pytest.raises(ProblemError) as refusal:
        passwords.pin(program, file, "safe")
    problem = refusal.value.problem
    assert problem.code == "wrong-password"
    assert "was not asked" in problem.summary


def test_a_pin_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text(f"{PIN}\n")
    for program, file in ((sitting(), tmp_path / "pin"), (sitting(f"{PIN}\n".encode()), Path("-"))):
        assert passwords.pin(program, file, "safe") == PIN.encode()
    assert passwords.pin(sitting(typed=PIN), None, "safe") == PIN.encode()
