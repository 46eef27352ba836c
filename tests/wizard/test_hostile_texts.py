"""Hostile texts in every reply of AWS and in every message of it: no command crashes, and nothing that it says acts.

Every command that looks at AWS runs over a finished, hardened set-up, in words and in JSON, with a log; in CI with the
texts in all replies at once, in the slow run also with each text alone, and in the replies of each single call. What writes
is refused its writes, with the texts in the codes as well.
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
WRITES = (
    *(
        "kms:CreateKey",
        "kms:EnableKeyRotation",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:ScheduleKeyDeletion",
    ),
    *("s3:CreateBucket", "s3:PutBucketTagging", "s3:PutPublicAccessBlock", "s3:PutBucketVersioning"),
    *("s3:PutBucketEncryption", "s3:PutBucketPolicy", "s3:DeleteBucket"),
    *("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:DeleteRole"),
)
"""What `apply` and `destroy` of a sandbox call to write."""
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
    if as_json:
        only_json(ran.out)
    assert not faults(log.read_text())
    assert all(LOG_LINE.fullmatch(line) for line in log.read_text().splitlines()), log.read_text()


def only_json(text: str) -> None:
    """Holds JSON values and nothing else: one document, or the events of a run."""
    while text := text.lstrip():
        text = text[json.JSONDecoder().raw_decode(text)[1] :]


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


@pytest.mark.parametrize(
    ("refuse", "code"),
    [(False, False), (True, False), pytest.param(True, True, marks=pytest.mark.slow)],
    ids=["replies", "refusals", "codes"],
)
@pytest.mark.parametrize(
    "name", [EVERYTHING, *(pytest.param(name, marks=pytest.mark.slow) for name in TEXTS if name != "long")]
)
def test_nothing_that_aws_says_acts(
    finished: tuple[Terminal, Path, Aws], name: str, refuse: bool, code: bool
) -> None:
    terminal, setup, aws = finished
    for words in LOOKING[:3] if refuse else LOOKING:
        swept(terminal, setup, Hostile(aws, ALL[name], refuse=refuse, code=code), words)


APPLY, DESTROY = ("apply", "--yes"), ("destroy", "--yes", "--accept", "delete-backups")


@pytest.mark.parametrize(
    "name", [EVERYTHING, *(pytest.param(name, marks=pytest.mark.slow) for name in TEXTS if name != "long")]
)
def test_no_code_of_a_refusal_acts(terminal: Terminal, name: str) -> None:
    """A code stands in the log, on the terminal with -v, and where AWS is waited for."""
    setup, aws, text = terminal.answered(), terminal.aws, ALL[name]
    swept(terminal, setup, Hostile(aws, text, refuse=True, code=True, writes=True), APPLY)
    terminal.aws = aws
    assert terminal(*APPLY, "--config", setup).status == 0
    swept(terminal, setup, Hostile(aws, text, refuse=True, code=True, writes=True), DESTROY)


@pytest.mark.slow
@pytest.mark.parametrize("only", WRITES)
def test_no_refusal_of_a_single_write_acts(terminal: Terminal, only: str) -> None:
    """Both ways run as far as to the write that is refused."""
    setup, aws = terminal.answered(), terminal.aws
    hostile = Hostile(aws, ALL[EVERYTHING], only, refuse=True, code=True, writes=True)
    swept(terminal, setup, hostile, APPLY)
    terminal.aws = aws
    assert terminal(*APPLY, "--config", setup).status == 0
    swept(terminal, setup, hostile, DESTROY)
    assert hostile.changed


@pytest.mark.slow
def test_no_code_that_is_waited_for_acts(terminal: Terminal) -> None:
    """A log group's key may not be known yet: AWS says so in the message, whatever the code is."""
    setup = terminal.answered("--hardening-trail", "create", "--hardening-data-events", "write")
    hostile = Hostile(
        terminal.aws, ALL[EVERYTHING], "logs:CreateLogGroup", refuse=True, code=True, writes=True
    )
    swept(terminal, setup, hostile, (*APPLY, "--accept", "cost"))
    assert hostile.changed > 4, "it was asked again"
    (journal,) = (terminal.folder / "state" / "setups").glob("*.journal.jsonl")
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    waited = [entry["reason"] for entry in entries if entry["event"] == "waiting"]
    assert waited
    assert not [reason for reason in waited if faults(reason)], (
        "the pages show these, a line for each line in them"
    )


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
