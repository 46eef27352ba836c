"""Every option that names a file, with a path at which none can be: one sentence, and never a bug of ours."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tests.sampling import every
from tests.wizard.driving import Terminal
from tests.wizard.test_any_arguments import COMMANDS, NEVER, denying, ended_well
from wizard.options import FilePath

LONG = "a" * 300


def paths() -> list[tuple[tuple[str, ...], str]]:
    """Every command with each of its options and arguments that name a place; an argument is its name."""
    return [
        (words, one.opts[-1])
        for words, command in COMMANDS
        for one in command.params
        if isinstance(one.type, FilePath) and words[:1] != ("demo",)
    ]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    folder = tmp_path_factory.mktemp("places")
    terminal = Terminal(folder, denying, environ={"HOME": str(folder)})
    terminal.with_key()
    (folder / "circle").symlink_to(folder / "circle")
    return terminal


ODD = (LONG, f"{LONG}/below", "setup.toml/below", "circle", "circle/below")


@pytest.mark.parametrize(
    "words",
    every(3, [pytest.param(words) for words in sorted({words for words, _ in paths()})]),
    ids=" ".join,
)
def test_a_path_at_which_nothing_can_be_is_told(machine: Terminal, words: tuple[str, ...]) -> None:
    """Two of the paths in turn for each option, so that each path and each option of a command is tried."""
    for number, option in enumerate(option for of, option in paths() if of == words):
        for odd in (ODD[number % len(ODD)], ODD[(number + 2) % len(ODD)]):
            _told(machine, words, option, odd)


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("words", sorted({words for words, _ in paths()}), ids=" ".join)
def test_every_path_at_which_nothing_can_be_is_told(
    machine: Terminal, words: tuple[str, ...], odd: str
) -> None:
    for option in (option for of, option in paths() if of == words):
        _told(machine, words, option, odd)


def _told(machine: Terminal, words: tuple[str, ...], option: str, odd: str) -> None:
    value = str(machine.folder / odd)
    command = dict(COMMANDS)[words]
    given = [*words, *([option, value] if option.startswith("-") else [value])]
    for other in command.params:
        if isinstance(other, click.Option) and other.name == "config" and option != "--config":
            given += ["--config", str(machine.setup)]
        elif other.required and other.opts[-1] != option and other.name not in NEVER:
            filled = (
                other.type.choices[0] if isinstance(other.type, click.Choice) else str(machine.folder / "x")
            )
            given += [other.opts[-1], str(filled)] if isinstance(other, click.Option) else [str(filled)]
    ended_well(machine(*given), given)


@pytest.mark.parametrize("odd", [LONG, f"{LONG}/below", "setup.toml/below"])
def test_a_state_directory_that_cannot_be_is_told(machine: Terminal, odd: str) -> None:
    for command in (["plan", "--config", str(machine.setup)], ["answers", "explain", "no.such"]):
        given = ["--state-dir", str(machine.folder / odd), *command]
        ended_well(machine(*given), given)


def test_many_options_name_a_place() -> None:
    assert len(paths()) > 40
    assert Path(LONG).name == LONG


@pytest.mark.parametrize(
    ("odd", "says", "remedy"),
    [
        (LONG, "the name is too long", "Check the path."),
        ("circle/below", "in a circle", "Give the path of the file itself."),
    ],
)
def test_what_is_wrong_with_the_path_is_said(machine: Terminal, odd: str, says: str, remedy: str) -> None:
    ran = machine("plan", "--config", machine.folder / odd)
    assert ran.status == 2
    assert says in ran.err
    assert remedy in ran.err
