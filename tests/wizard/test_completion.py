"""Completion: in a real bash, and in the words of the other shells; it knows what the help knows, and loads nothing."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import get_completion_class

from services.questions import QUESTIONS, Question
from tests.programs import need
from tests.wizard.driving import ROOT, Ran, Terminal, refused
from tests.wizard.test_command_line import loaded
from wizard.cli import ANSWERS, COMMANDS, main_group
from wizard.completing import SHELLS, VARIABLE, words
from wizard.manual.page import commands

TRY = """
set -u
eval "$(palisade-wizard completion bash)"
compopt() { echo "asks for $2"; }
complete -p palisade-wizard
tried() {
  COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
  _palisade_wizard_completion "$1"
  echo "$* > ${COMPREPLY[*]}"
}
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which the program stands under its own name."""
    program = tmp_path / "bin" / "palisade-wizard"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wizard "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def in_bash(path: str, *lines: tuple[str, ...]) -> list[str]:
    """What bash proposes for each line of words, the last of which is being typed."""
    calls = "\n".join("tried palisade-wizard " + " ".join(f"'{word}'" for word in line) for line in lines)
    ended = subprocess.run(
        [need("bash"), "--norc", "-c", TRY + calls],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.stderr == ""
    declared, *told = ended.stdout.splitlines()
    assert declared == "complete -o nosort -F _palisade_wizard_completion palisade-wizard"
    return [line.partition(" > ")[2] if " > " in line else line for line in told]


def test_a_real_bash_completes_commands_options_values_and_files(path: str) -> None:
    told = in_bash(
        path,
        ("",),
        ("--profile", "x", "--json", "answers", "ne"),
        ("answers", "new", "--setup-environment", ""),
        ("plan", "--storage-object-lock", "=", "g"),
        ("plan", "--conf"),
        ("plan", "--region", "eu-west-1", "--endp"),
        ("apply", "--accept", "c"),
        ("keygen", "--out", ""),
    )
    assert told[0].split() == list(COMMANDS)
    assert told[1:] == [
        "new",
        "sandbox production",
        "governance",
        "--config",
        "--endpoint-url",
        "cost",
        "asks for default",
        "",
    ]


def completed(offline: Terminal, *typed: str, shell: str = "bash") -> Ran:
    """What the program answers to a shell."""
    line = " ".join(("palisade-wizard", *typed))
    number = str(len(typed)) if shell != "fish" else typed[-1]
    offline.environ.update({VARIABLE: f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": number})
    arguments = ["--state-dir", str(offline.folder)] if shell == "never" else []
    return offline(*arguments)


def proposals(offline: Terminal, *typed: str) -> list[str]:
    ran = completed(offline, *typed)
    assert (ran.status, ran.err) == (0, "")
    return [line.partition(",")[2] for line in ran.out.splitlines()]


def test_every_command_and_every_option_that_the_help_shows_is_completed(offline: Terminal) -> None:
    group = main_group()
    assert proposals(offline, "answers", "") == list(ANSWERS)
    for name, command, _context in commands(group, click.Context(group)):
        shown = {
            opt for p in command.params if isinstance(p, click.Option) and not p.hidden for opt in p.opts
        }
        told = set(proposals(offline, *name.split(), "--"))
        assert {opt for opt in shown if opt.startswith("--")} <= told, name
        assert "--demo-stage" not in told
        assert "--profile" not in told, "the global options would drown the command's own"
        assert proposals(offline, *name.split(), "--endp") == ["--endpoint-url"]
        assert proposals(offline, *name.split(), "--demo-s") == []


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.choices or q.kind == "flag"], ids=lambda q: q.key
)
def test_the_choices_of_every_answer_are_completed(offline: Terminal, question: Question) -> None:
    values = list(question.choices) or ["true", "false"]
    for command in (("answers", "new"), ("apply",), ("doctor",)):
        assert proposals(offline, *command, question.flag, "''") == values


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("pl",), ["plan"]),
        (("--config", "S", "pl"), ["plan"]),
        (("answers", "explain", "storage.bu"), ["storage.bucket"]),
        (("verify", "--set", "storage.bu"), ["storage.bucket="]),
        (("apply", "--accept", "''"), ["adopt", "cost", "irreversible", "principal"]),
        (("policy", "--for", "a"), ["audit"]),
        (("completion", "''"), list(SHELLS)),
        (("plan", "--storage-kms-key", "c"), ["create"]),
        (
            (
                "plan",
                "--setup-environment=p",
            ),
            ["production"],
        ),
        (("plan", "x", "y", "''"), []),
    ],
)
def test_what_may_follow(offline: Terminal, typed: tuple[str, ...], told: list[str]) -> None:
    assert proposals(offline, *typed) == told


def test_the_other_shells_are_told_the_same_in_their_words(offline: Terminal) -> None:
    zsh = completed(offline, "pla", shell="zsh").out.splitlines()
    assert zsh == ["plain", "plan", COMMANDS["plan"]]
    fish = completed(offline, "answers", "ne", shell="fish").out.splitlines()
    assert fish == [f"plain,new\t{ANSWERS['new']}"]
    assert words("fish", {"COMP_WORDS": "p answers new", "COMP_CWORD": ""}) == (["answers", "new"], "")


@pytest.mark.parametrize("instruction", ["bash_source", "tcsh_complete", "", "bash"])
def test_what_nobody_can_answer_is_answered_with_nothing(offline: Terminal, instruction: str) -> None:
    offline.environ.update({VARIABLE: instruction, "COMP_WORDS": "x ", "COMP_CWORD": "1"})
    ran = offline()
    assert (ran.status, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize("words_", ["", "x 'open", "x \\", "x nosuch a"])
def test_half_typed_lines_disturb_nobody(offline: Terminal, words_: str) -> None:
    offline.environ.update({VARIABLE: "bash_complete", "COMP_WORDS": words_, "COMP_CWORD": "zero"})
    ran = offline()
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_as_it_is(offline: Terminal, shell: str) -> None:
    ran = offline("completion", shell)
    known = get_completion_class(shell)
    assert known is not None
    made = known.source_template % known(main_group(), {}, "palisade-wizard", VARIABLE).source_vars()
    assert ran.out == made.rstrip("\n") + "\n"
    assert f"{VARIABLE}={shell}_complete" in ran.out
    assert "palisade-wizard" in ran.out
    assert ran.err == ""
    assert offline("completion", shell, "--json").document["script"] == made
    program = shutil.which(shell)
    if program is not None:
        flag = "--no-execute" if shell == "fish" else "-n"
        assert subprocess.run([program, flag], input=ran.out, text=True, check=False).returncode == 0


def test_an_unknown_shell_is_refused(offline: Terminal) -> None:
    assert "tcsh" in refused(offline("--json", "completion", "tcsh"), "usage")["summary"]


@pytest.mark.parametrize("typed", ["answers new --", "pl", "apply --accept ", "plan --storage-object-lock "])
def test_an_answer_loads_nothing_heavy(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    line = f"palisade-wizard {typed}"
    monkeypatch.setenv(VARIABLE, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - (not line.endswith(" "))))
    assert loaded() == (0, [])
