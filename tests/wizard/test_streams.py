"""Streams that are closed, full or without a reader: never a traceback, never a lost run."""

from __future__ import annotations

import errno
import io
import itertools
import subprocess
import sys
from typing import Any

import pytest

from tests.sampling import every
from tests.wizard.driving import ROOT, Failing, Stream, Terminal
from wizard.plain.lines import Lines
from wizard.render.voice import Voice

PROGRAM = f"{sys.executable} -m wizard"
FULL = [errno.ENOSPC, errno.EIO, errno.EDQUOT]


def shell(line: str) -> tuple[int, str, str]:
    ended = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize(
    "words", ["--help", "--version", "plan --help", "answers explain", "answers explain --json"]
)
def test_a_full_standard_output_is_one_sentence(words: str) -> None:
    status, _, err = shell(f"{PROGRAM} {words} > /dev/full")
    assert status == 7
    assert err.startswith(
        "palisade-wizard: The standard output cannot be written (No space left on device).\n"
    )
    assert "Traceback" not in err
    assert "Exception" not in err


@pytest.mark.parametrize(
    ("redirection", "status"), [(">&-", 0), ("2>&-", 0), ("<&- >&- 2>&-", 0), ("2> /dev/full", 0), ("> /dev/full 2>&1", 7)]
)  # fmt: skip
def test_streams_that_are_closed_or_full(redirection: str, status: int) -> None:
    assert shell(f"{PROGRAM} answers explain --json {redirection}")[::2] == (status, "")
    told = shell(f"{PROGRAM} answers check --config none {redirection.replace('/dev/full', '/dev/null')}")
    assert told[0] == 2
    assert "Traceback" not in told[2]


@pytest.mark.parametrize(
    ("flags", "number", "after"), every(5, itertools.product([(), ("--json",)], FULL, [0, 6]), start=1)
)
def test_applying_stops_where_it_cannot_tell_and_goes_on_later(
    terminal: Terminal, flags: tuple[str, ...], number: int, after: int
) -> None:
    setup = terminal.with_key()
    full = Stream(raw=Failing(number, after))
    ran = terminal("apply", "--config", setup, "--yes", *flags, stdout=full)
    assert ran.status == 7
    assert "The standard output cannot be written" in ran.err
    assert terminal("apply", "--config", setup, "--yes").status == 0
    assert terminal("plan", "--config", setup, "--check").status == 0


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_applying_goes_on_to_the_end_without_a_reader(terminal: Terminal, flags: tuple[str, ...]) -> None:
    setup = terminal.with_key()
    gone = Stream(raw=Failing(errno.EPIPE, 3))
    ran = terminal("apply", "--config", setup, "--yes", *flags, stdout=gone)
    assert ran.status == 0
    assert "cannot be written" not in ran.err
    assert terminal("plan", "--config", setup, "--check").status == 0


def test_a_reader_who_leaves_does_not_change_what_was_found(terminal: Terminal) -> None:
    setup = terminal.with_key()
    gone = Stream(raw=Failing(errno.EPIPE))
    assert terminal("plan", "--config", setup, "--check", stdout=gone).status == 3
    assert terminal("plan", "--config", setup, "--json", "--check", stdout=gone).status == 3


@pytest.mark.parametrize("number", [*FULL, errno.EPIPE])
def test_talk_that_cannot_be_written_is_lost(terminal: Terminal, number: int) -> None:
    setup = terminal.with_key()
    ran = terminal("plan", "--config", setup, "--json", stderr=Stream(raw=Failing(number)))
    assert ran.status == 0
    assert ran.document["steps"]


def test_a_full_log_is_a_problem_of_the_folder(terminal: Terminal) -> None:
    setup = terminal.with_key()
    ran = terminal("plan", "--config", setup, "--json", "--log-file", "/dev/full")
    assert (ran.status, ran.problem["code"]) == (7, "folder")
    assert "/dev/full" in ran.problem["summary"]


class Pieces(io.BytesIO):
    """Keeps what each write brought."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[bytes] = []

    def write(self, data: Any, /) -> int:
        self.found.append(bytes(data))
        return len(data)


@pytest.mark.parametrize("kind", [Voice, Lines])
def test_what_is_said_is_one_write_with_its_end_so_that_threads_do_not_mix_theirs(kind: type[Voice]) -> None:
    raw = Pieces()
    stream = Stream(raw=raw)
    voice = kind(stream, stream)
    for say in (voice.tell, voice.data, voice.program):
        say("one\ntwo")
    voice.tell()
    voice.line({})
    assert raw.found == [b"one\ntwo\n"] * 3 + [b"\n", b"{}\n"]


def test_the_problem_of_one_voice_is_not_anothers() -> None:
    one, other = Voice(Stream(), Stream(), json=True), Voice(Stream(), Stream(), json=True)
    one.line({})
    assert one.begun.is_set()
    assert not other.begun.is_set()
