"""Hostile texts in every reply of AWS and in every message of it: no command crashes, and nothing that it says acts.

Every command that looks at AWS runs over a finished, hardened set-up, in words and in JSON, with a log; in CI with the
texts in all replies at once, in the slow run also with each text alone, and in the replies of each single call.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from services.model.calls import Aws
from tests import tally
from tests.hostile import TEXTS, faults
from tests.hostile_aws import Hostile
from tests.wizard.driving import Ran, Terminal

EVERYTHING = "everything"
ALL = {EVERYTHING: " ".join(text for name, text in TEXTS.items() if name != "long"), **TEXTS}
LOOKING = (
    ("plan",),
    ("verify",),
    ("doctor",),
    ("export", "--format", "markdown"),
    ("export", "--format", "aws-cli"),
    ("export", "--format", "cloudformation"),
    ("export", "--format", "terraform"),
)
LOG_LINE = re.compile(r"\S+Z (\w+:\w+:? .*|fault: .*)")


@pytest.fixture
def finished(terminal: Terminal) -> tuple[Terminal, Path, Aws]:
    """A set-up that is done, and the AWS that has it."""
    setup = terminal.with_key("--hardening-trail", "create", "--hardening-data-events", "write")
    ran = terminal("apply", "--config", setup, "--yes", "--accept", "cost")
    assert ran.status == 0, ran.err
    return terminal, setup, terminal.aws


def held(ran: Ran, log: Path, *, as_json: bool) -> None:
    """The laws of what is said."""
    assert ran.status != 70, ran.err + ran.out
    assert "Traceback" not in ran.out + ran.err
    assert not faults(ran.err), faults(ran.err)
    assert not faults(ran.out), faults(ran.out)
    if as_json and ran.out:
        json.loads(ran.out)
    assert not faults(log.read_text())
    assert all(LOG_LINE.fullmatch(line) for line in log.read_text().splitlines()), log.read_text()


def swept(terminal: Terminal, setup: Path, hostile: Hostile, words: tuple[str, ...]) -> None:
    terminal.aws = hostile
    for more in ((), ("--json",)):
        if more and words[0] == "export":
            continue
        log = terminal.folder / "log"
        held(
            terminal(*words, "--config", setup, "--log-file", log, "-v", *more),
            log,
            as_json=bool(more),
        )
    tally.count("inputs generated", hostile.changed)


@pytest.mark.parametrize("refuse", [False, True], ids=["replies", "refusals"])
@pytest.mark.parametrize(
    "name", [EVERYTHING, *(pytest.param(name, marks=pytest.mark.slow) for name in TEXTS if name != "long")]
)
def test_nothing_that_aws_says_acts(finished: tuple[Terminal, Path, Aws], name: str, refuse: bool) -> None:
    terminal, setup, aws = finished
    for words in LOOKING[:3] if refuse else LOOKING:
        swept(terminal, setup, Hostile(aws, ALL[name], refuse=refuse), words)


@pytest.mark.slow
@pytest.mark.parametrize("words", LOOKING[:3], ids=lambda words: words[0])
def test_nothing_that_a_single_call_says_acts(
    finished: tuple[Terminal, Path, Aws], words: tuple[str, ...]
) -> None:
    """Where all calls are spoilt at once, an early one may hide what comes behind it."""
    terminal, setup, aws = finished
    first = Hostile(aws, ALL[EVERYTHING])
    swept(terminal, setup, first, words)
    for only in sorted(first.seen):
        swept(terminal, setup, Hostile(aws, ALL[EVERYTHING], only), words)
        swept(terminal, setup, Hostile(aws, ALL[EVERYTHING], only, refuse=True), words)


def test_the_corpus_acts_where_nothing_holds_it() -> None:
    """What is no trick of a terminal is there for the documents."""
    for_documents = {"markup", "html", "formula", "shell", "template", "json", "long"}
    assert {name for name, text in TEXTS.items() if not faults(f"x {text}")} == for_documents
