"""The command line itself: help, options before and after the command, reserved names, what each start loads."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.sampling import every
from tests.wizard.driving import ROOT, Terminal, contents, process, refused
from wizard import VERSION
from wizard.cli import ANSWERS, COMMANDS, RECORDS, SHARES, TOKENS

HEAVY = (
    "textual",
    "boto3",
    "botocore",
    "cryptography",
    "rich",
    "tomlkit",
    "keyring",
    "ministack",
    "icalendar",
)
_LOADED = """
import sys
from wizard.cli import run
from wizard.root import Surroundings
status = run(sys.argv[1:], Surroundings())
heavy = sorted({name.partition(".")[0] for name in sys.modules} & set(%r))
sys.stderr.write("LOADED " + " ".join(heavy))
sys.exit(status)
"""


def loaded(*arguments: str | Path) -> tuple[int, list[str]]:
    ended = subprocess.run(
        [sys.executable, "-c", _LOADED % (HEAVY,), *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr.rpartition("LOADED ")[2].split()


@pytest.mark.parametrize(
    "arguments",
    every(
        3,
        [
            pytest.param(words)
            for words in (
                ("--help",),
                ("--version",),
                *((name, "--help") for name in COMMANDS),
                *(("answers", name, "--help") for name in ANSWERS),
                *(("shares", name, "--help") for name in SHARES),
                *(("token", name, "--help") for name in TOKENS),
                *(("record", name, "--help") for name in RECORDS),
                ("answers", "explain", "storage.bucket"),
                ("answers", "explain", "--json"),
            )
        ],
    ),
    ids=" ".join,
)
def test_light_starts_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) == (0, [])


def test_checking_a_setup_file_loads_nothing_heavy(offline: Terminal) -> None:
    setup = offline.answered()
    assert loaded("--state-dir", offline.folder / "state", "answers", "check", "--config", setup) == (0, [])


def test_making_a_key_keeps_cryptography_and_boto_out_of_the_parent(offline: Terminal) -> None:
    arguments = ("keygen", "--out", offline.folder / "keys", "--format", "hex")
    assert loaded(*arguments) == (0, [])


@pytest.mark.slow
def test_splitting_a_key_and_combining_its_shares_keeps_them_out_too(offline: Terminal) -> None:
    folders = [offline.folder / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    wanted = [word for folder in folders for word in ("--share-dir", folder)]
    keys = offline.folder / "keys"
    split = ("keygen", "--out", keys, "--shares", "2", "--threshold", "2", *wanted)
    assert loaded(*split) == (0, [])
    shares = [next(folder.iterdir()) for folder in folders]
    assert loaded("shares", "combine", *shares, "--sealed", keys / "recovery.pke1") == (0, [])


def test_help_names_every_command_and_the_version_is_the_packages() -> None:
    said = process("--help").out
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert process("--version").out == f"palisade-wizard {VERSION}\n"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_answer_flags_show_in_the_help_of_answers_new_alone() -> None:
    assert "--storage-bucket" in process("answers", "new", "--help").out
    assert "--storage-bucket" not in process("plan", "--help").out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("keygen", "--out", "D", "--shares", "3"), "--shares"),
        (("keygen", "--out", "D", "--share-dir", "A"), "--shares"),
    ],
)
def test_options_that_belong_together_say_so(
    offline: Terminal, arguments: tuple[str, ...], named: str
) -> None:
    assert named in refused(offline("--json", *arguments), "usage")["summary"]


@pytest.mark.parametrize(
    "arguments",
    [("--json", "answers", "explain", "aws.region"), ("answers", "--json", "explain", "aws.region"),
     ("answers", "explain", "aws.region", "--json")],
)  # fmt: skip
def test_global_options_go_before_or_after_the_command(offline: Terminal, arguments: tuple[str, ...]) -> None:
    assert offline(*arguments).document["flag"] == "--aws-region"


def test_the_config_may_come_first(offline: Terminal) -> None:
    setup = offline.answered()
    assert offline("--config", setup, "answers", "check").status == 0
    assert offline("--config", setup, "plan", "--json", "--set", "aws.region=nowhere").status == 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("answers",), "answers --help"),
        (("plam",), "plan"),
        (("answers", "chekc"), "check"),
        (("plan",), "--config"),
        (("plan", "--config", "S", "--chek"), "--check"),
        (("values", "--config", "S", "--format", "yaml"), "yaml"),
        (("keycheck",), "FILE"),
        (("keycheck", "F", "--convert-to", "hex"), "--out"),
        (("policy", "--config", "S", "--for", "everything"), "everything"),
        (("apply", "--config", "S", "--accept", "everything"), "everything"),
        (("verify", "--config", "S", "--wait", "soon"), "soon"),
        (("verify", "--config", "S", "--since", "yesterday"), "yesterday"),
        (("verify", "--config", "S", "--since", "0001-01-01T00:00:00+14:00"), "0001-01-01"),
        (("plan", "--config", "S", "--set", "storage.bucket"), "storage.bucket"),
        (("demo", "--headless", "--serve"), "--serve"),
        (("plan", "extra", "--config", "S"), "extra"),
    ],
)
def test_wrong_usage_is_a_problem_and_names_the_word(
    offline: Terminal, arguments: tuple[str, ...], word: str
) -> None:
    if arguments[0] in {"keycheck", "plan"} and len(arguments) > 2:
        (offline.folder / "F").write_text("x")
    ran = offline(*arguments, "--json")
    problem = refused(ran, "usage")
    assert word in " ".join((problem["summary"], *problem["remedy"], problem["where"]))
    assert offline(*arguments).err.startswith(("palisade-wizard: ", "Usage: "))


@pytest.mark.parametrize(
    "arguments",
    [
        ("keygen", "--out", "", "--format", "hex"),
        ("--state-dir", "", "apply", "--config", "S"),
        ("plan", "--config", ""),
        ("keycheck", ""),
        ("shares", "combine", "", "--sealed", "S"),
    ],
)
def test_an_empty_path_is_no_folder_to_work_in(
    offline: Terminal, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(offline.folder)
    before = contents(offline.folder)
    problem = refused(offline(*arguments, "--json"), "usage")
    assert "An empty path names no file or folder" in problem["summary"]
    assert contents(offline.folder) == before


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        ("setup.environment", ("--environment", "{}"), ("--setup-environment", "{}")),
        ("setup.environment", ("--environment", "{}"), ("--set", "setup.environment={}")),
        ("aws.region", ("--region", "{}"), ("--aws-region", "{}")),
        ("storage.bucket", ("--storage-bucket", "{}"), ("--set", "storage.bucket={}")),
    ],
)
def test_two_values_for_one_answer_are_refused_and_the_same_twice_is_not(
    offline: Terminal, key: str, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    one, other = {"setup.environment": ("production", "sandbox")}.get(key, ("eu-west-1", "us-east-1"))

    def new(*values: str) -> tuple[str | Path, ...]:
        flags = (
            flag.format(value) for flags, value in zip((first, second), values, strict=True) for flag in flags
        )
        return ("answers", "new", "--out", offline.folder / "S", *flags, "--json")

    for values in ((one, other), (other, one)):
        problem = refused(offline(*new(*values)), "usage")
        assert key in problem["summary"]
        assert not (offline.folder / "S").exists()
    assert offline(*new(one, one)).status == 0


@pytest.mark.parametrize(
    ("arguments", "code", "path"),
    [
        (("plan", "--config", "NO.toml"), "unreadable-file", "NO.toml"),
        (("plan", "--config", "FOLDER"), "unreadable-file", "FOLDER"),
        (("plan", "--config", "ODD.toml"), "invalid-answer", "ODD.toml"),
        (("keycheck", "NO.pke1"), "unreadable-file", "NO.pke1"),
        (("answers", "new", "--out", "ODD.toml"), "exists", "ODD.toml"),
        (("answers", "new", "--out", "S", "--template", "ODD.toml"), "invalid-answer", "ODD.toml"),
        (("keygen", "--out", "keys", "--password-file", "NO"), "unreadable-file", "NO"),
    ],
)
def test_a_file_is_told_as_it_was_typed_and_to_programs_with_its_whole_path(
    offline: Terminal, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: str, path: str
) -> None:
    monkeypatch.chdir(offline.folder)
    Path("FOLDER").mkdir()
    Path("ODD.toml").write_text("=")
    assert refused(offline(*arguments, "--json"), code)["where"] == str(offline.folder / path)
    said = offline(*arguments).err
    assert path in said
    assert str(offline.folder / path) not in said


def test_the_flag_of_a_missing_answer_is_named_with_commands_that_take_it(offline: Terminal) -> None:
    (offline.folder / "S").write_text('[setup]\nname = "a"\nenvironment = "sandbox"\n')
    problem = refused(
        offline("answers", "check", "--config", offline.folder / "S", "--json"), "missing-answer"
    )
    (said,) = problem["remedy"]
    (flag,) = re.findall(r"--[a-z-]+", said)
    named = re.findall(r"'(\w+)'", said)
    assert named
    for name in named:
        command = importlib.import_module(f"wizard.commands.{name}").command
        assert flag in {option for param in command.params for option in param.opts}


def test_a_reader_that_leaves_is_no_error() -> None:
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m wizard answers explain --json | head -c 1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    assert ended.returncode == 0


def test_signs_have_a_spelling_where_the_encoding_has_none(offline: Terminal) -> None:
    setup = offline.with_key()
    assert offline("keycheck", offline.folder / "keys" / "recovery.pub.der", encoding="latin-1").status == 0
    ran = offline("--config", setup, "answers", "check", encoding="ascii")
    assert "ok " in ran.out
