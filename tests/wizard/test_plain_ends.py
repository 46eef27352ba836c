"""Where the line-by-line wizard can be used, and how it ends: by a word, the end of the input, Ctrl-C, or a signal."""

from __future__ import annotations

import os
import shlex
import signal
from pathlib import Path

import pytest

from services import progress, setup_file
from tests.documents.test_commands_of_pages import refusal
from tests.planted import PASSWORD
from tests.sampling import every
from tests.terminal.lines import Line, start
from tests.wizard.driving import Terminal, refused
from tests.wizard.script import Script, left_at, marks, sit, state

ALONE = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull}


def plainly(machine: Terminal, setup: Path) -> Line:
    arguments = ("--plain", "--state-dir", machine.folder / "state", "--config", setup)
    return start(*arguments, environ=ALONE)


def ended(screen: Line, status: int) -> str:
    assert screen.end() == status, screen.shown
    assert "\x1b" not in screen.shown
    assert "Traceback" not in screen.shown
    assert "is kept" in screen.shown
    assert "palisade-wizard --plain --config" in screen.shown
    return screen.shown


@pytest.mark.parametrize(
    ("key", "number", "status"),
    every(
        2,
        [
            ("\x04", 0, 0),
            ("quit\n", 0, 0),
            ("\x03", 0, 130),
            ("", signal.SIGTERM, 143),
            ("", signal.SIGHUP, 129),
        ],
    ),
    ids=["end of input", "quit", "Ctrl-C", "terminated", "hang-up"],
)
def test_whatever_ends_it_everything_is_kept(offline: Terminal, key: str, number: int, status: int) -> None:
    setup = left_at(offline, "storage")
    screen = plainly(offline, setup.path)
    screen.answer("Name space [global]")
    screen.answer("Bucket [", "acme-other-bucket")
    screen.until("KMS key [create]: ")
    if number:
        os.kill(screen.pid, number)
    screen.keys(key)
    ended(screen, status)
    assert setup_file.read(setup.path).answers.text("storage.bucket") == "acme-other-bucket"
    assert state(offline).drafts(setup.answers.text("setup.id"))[progress.AT] == "storage"


def test_half_a_line_is_no_answer(offline: Terminal) -> None:
    setup = left_at(offline, "access")
    screen = plainly(offline, setup.path)
    screen.until("Role name [")
    screen.until("]: ")
    screen.keys("AnotherRole\x04\x04")
    ended(screen, 0)
    assert setup_file.read(setup.path).answers.text("role.name") != "AnotherRole"


@pytest.mark.parametrize(("keys", "status"), [("\x04", 0), (f"{PASSWORD}\n\x03", 130)], ids=["end", "Ctrl-C"])
def test_leaving_at_a_password_keeps_nothing_of_it(offline: Terminal, keys: str, status: int) -> None:
    setup = setup_file.identified(setup_file.read(offline.answered()))
    setup = setup_file.record(setup, {"aws.account": "123456789012"})
    state(offline).keep_drafts(setup.answers.text("setup.id"), marks(offline, setup, "recovery-key"))
    screen = plainly(offline, setup.path)
    screen.answer("How is the key kept [", "1")
    screen.answer("Folder", str(offline.folder / "stick"))
    screen.answer("Name [")
    screen.answer("Yes or no [", "no")
    screen.until("New password (not shown): ")
    first, _, rest = keys.partition("\n")
    screen.keys(first + ("\n" if rest else ""))
    if rest:
        screen.until("The same again (not shown): ")
        screen.keys(rest)
    shown = ended(screen, status)
    assert PASSWORD not in shown
    assert not (offline.folder / "stick").exists()


def test_without_a_terminal_it_says_what_to_use_instead(offline: Terminal) -> None:
    problem = refused(offline("--json", "--plain"), "no-terminal")
    assert "apply --config S --yes" in problem["remedy"][0]
    assert "demo --headless" in refused(offline("--json", "demo", "--plain"), "no-terminal")["remedy"][0]


@pytest.mark.parametrize("command", [(), ("demo",)])
def test_a_terminal_without_a_cursor_is_led_to_it(offline: Terminal, command: tuple[str, ...]) -> None:
    offline.environ["TERM"] = "dumb"
    ran = offline(*command, typed="")
    assert ran.status == 2
    assert f"palisade-wizard {' '.join((*command, '--plain'))}" in ran.err


def test_commands_that_are_plain_already_take_the_option(terminal: Terminal) -> None:
    setup = terminal.answered()
    usual, plain = terminal("plan", "--config", setup), terminal("plan", "--config", setup, "--plain")
    assert usual.status == plain.status == 0
    assert usual.out == plain.out
    assert usual.err == plain.err


def test_the_first_question_has_none_before_it(offline: Terminal) -> None:
    script = Script({"Name of the set-up": ["back", "quit"]})
    assert "This is the first question" in sit(offline, script).err
    assert script.used_up()
    setup = left_at(offline, "account")
    back = Script({"AWS profile": ["back"], "Which one": ["back", "new"], "Name of the set-up": ["back"]})
    back.left["Which one"].append("quit")
    assert sit(offline, back, "--config", setup.path).status == 0
    assert back.asked == ["AWS profile", "Which one", "Which one", "Name of the set-up", "Which one"]


def test_a_set_up_that_cannot_be_read_is_told_and_another_one_chosen(offline: Terminal) -> None:
    folder = state(offline).setups
    folder.mkdir(parents=True)
    (folder / "broken.toml").write_text("[setup\n")
    script = Script({"Which one": ["1", "new"], "Name of the set-up": ["quit"]})
    ran = sit(offline, script)
    assert ran.status == 0
    assert script.used_up()
    assert "✗ The setup file is no valid TOML" in ran.err


def test_the_name_of_a_set_up_that_exists_is_asked_again(offline: Terminal) -> None:
    names = ["acme-sandbox", "acme-sandbox", "acme-other"]
    first = Script({"Name of the set-up": names[:1], "AWS profile": ["quit"]})
    assert sit(offline, first).status == 0
    again = Script({"Which one": ["new"], "Name of the set-up": names[1:], "AWS profile": ["quit"]})
    ran = sit(offline, again)
    assert again.used_up(), ran.err
    assert "exists already" in " ".join(ran.err.split())


def test_the_way_back_leads_to_the_same_set_ups_and_the_same_aws(offline: Terminal) -> None:
    setup = left_at(offline, "access")
    given = (
        "--profile",
        "ops",
        "--region",
        "eu-west-1",
        "--endpoint-url",
        "https://kim:word@aws.example:4566",
    )
    ran = sit(offline, Script({"Role name": ["quit"]}), *given, "--config", setup.path)
    way = shlex.split(ran.err.partition("This goes on from there:")[2].replace("\\\n", " "))
    assert way == [
        *("palisade-wizard", "--plain", "--config", str(setup.path)),
        *("--state-dir", str(offline.folder / "state"), "--endpoint-url", "https://aws.example:4566"),
        *("--profile", "ops", "--region", "eu-west-1"),
    ]
    assert refusal(way[1:]) == ""
