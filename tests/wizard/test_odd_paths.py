"""Every option that names a file, with a path at which none can be: one sentence, and never a bug of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.sampling import every
from tests.wizard.driving import Terminal, refused
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
    given += _others(machine, command, option)
    ended_well(machine(*given), given)


def _others(machine: Terminal, command: click.Command, option: str) -> Iterator[str]:
    """What a command needs besides this option."""
    for other in command.params:
        if isinstance(other, click.Option) and other.name == "config" and option != "--config":
            yield from ("--config", str(machine.setup))
        elif other.required and other.opts[-1] != option and other.name not in NEVER:
            kind = other.type
            filled = str(kind.choices[0] if isinstance(kind, click.Choice) else machine.folder / "x")
            yield from (other.opts[-1], filled) if isinstance(other, click.Option) else (filled,)


@pytest.mark.parametrize("odd", [LONG, f"{LONG}/below", "setup.toml/below"])
def test_a_state_directory_that_cannot_be_is_told(machine: Terminal, odd: str) -> None:
    for command in (["plan", "--config", str(machine.setup)], ["answers", "explain", "no.such"]):
        given = ["--state-dir", str(machine.folder / odd), *command]
        ended_well(machine(*given), given)


@pytest.mark.parametrize(("odd", "says"), [("a\0b", "a zero byte"), ("a\nb", "a line break")])
def test_a_name_that_none_can_have_is_refused(machine: Terminal, odd: str, says: str) -> None:
    for words in (
        ("plan", "--config"),
        ("keycheck",),
        ("plan", "--state-dir"),
        ("token", "list", "--module"),
    ):
        assert says in refused(machine(*words, odd, "--json"), "usage")["summary"]


def test_a_driver_whose_path_is_no_text_is_told(machine: Terminal) -> None:
    """What loads it takes text alone, and ended in the child."""
    problem = refused(machine("token", "list", "--module", "caf\udce9.so", "--json"), "unreadable-file")
    assert "--module" in problem["remedy"][0]


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


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory that was deleted, as a shell in another window does it."""
    deleted = tmp_path / "deleted"
    deleted.mkdir()
    monkeypatch.chdir(deleted)
    deleted.rmdir()


@pytest.mark.usefixtures("nowhere")
def test_a_relative_path_in_a_directory_that_was_deleted_is_told(machine: Terminal) -> None:
    """By whatever option it comes; the demo's are among them, because nothing of a demo begins before."""
    for words, command in COMMANDS:
        own = (
            one for one in command.params if not getattr(one, "hidden", False)
        )  # the hidden ones are the first command's
        for option in (one.opts[-1] for one in own if isinstance(one.type, FilePath)):
            given = [*words, *([option, "k"] if option.startswith("-") else ["k"])]
            ran = machine(*given, *_others(machine, command, option), "--json")
            assert ran.status == 2, (given, ran)
            assert "working directory, which is gone" in ran.problem["summary"], given


@pytest.mark.usefixtures("nowhere")
def test_paths_from_the_root_and_the_standard_input_are_taken_there(machine: Terminal) -> None:
    assert machine("answers", "check", "--config", machine.setup).status == 0
    ran = machine("keycheck", machine.folder / "none", "--password-file", "-", "--json")
    assert "none does not exist" in ran.problem["summary"]
