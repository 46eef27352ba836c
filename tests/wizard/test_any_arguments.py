"""Whatever stands on the command line: the contract's exit codes, one sentence with a remedy, and never a bug of ours."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.model.calls import Call, Refused, Reply
from services.problems import KINDS
from tests.generated import share
from tests.mutations import SIGNS
from tests.wizard.driving import Ran, Terminal
from wizard.cli import main_group

STATUSES = {0, 2, 3, 4, 5, 6, 7}
NEVER = {"serve", "headless"}
"""What would start an embedded AWS, which tests of its own do."""

TEXTS = st.sampled_from(
    (
        *("", "-", "--", "x", "0", "-1", "1" * 5000, "1e9", "9" * 30 + "h", "90s", "15m", "2h", "2026-11-30"),
        *(
            "2026-11-30T10:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "T",
            "Z",
            "NaN",
            "nan",
        ),
        *(
            "true",
            "False",
            "create",
            "off",
            "{setup}",
            "{setup}",
            "{plan}",
            "{public}",
            "{folder}",
            "{folder}/new",
        ),
        *("/dev/null", "/dev/full", "/proc/self/mem", "no/such/file", "x" * 300, "*", "%s", "{0}", "$HOME"),
        *(
            "aws.region=eu-west-1",
            "aws.region",
            "=",
            "=x",
            "storage.bucket=Ä",
            "tags.x=y",
            "setup.id=1",
            "a.b.c=d",
        ),
        *(sign for sign in SIGNS if sign not in {"\0", "\ud800"}),
        "\udcff",  # a byte that is no UTF-8, as Python hands it over
    )
) | st.text(max_size=20).filter(lambda text: "\0" not in text)


def everything(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from everything(command, (*path, name))


COMMANDS = [((), main_group()), *everything(main_group())]


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command line: a command, options of its own and of others, values that fit or not, in some disorder."""
    path, command = draw(st.sampled_from(COMMANDS))
    options = [one for one in command.params if isinstance(one, click.Option) and one.name not in NEVER]
    pieces: list[list[str]] = []
    required = [one for one in command.params if one.required and draw(st.integers(0, 9))]
    more = draw(st.lists(st.sampled_from(options), max_size=4)) if options else []
    for one in (*required, *more):
        if isinstance(one, click.Option):
            flag = one.is_flag or one.count
            pieces.append([draw(st.sampled_from(one.opts)), *([] if flag else [_value(draw, one)])])
        else:
            pieces.append([_value(draw, one)])
    if draw(st.integers(0, 3)) == 0:
        pieces.append(
            [draw(TEXTS | st.sampled_from(("--json=1", "-vv", "--hlep", "-", "--no-such", "--set")))]
        )
    words = [word for piece in draw(st.permutations(pieces)) for word in piece]
    return [*path, *words, *(["--json"] if draw(st.booleans()) else [])]


def _value(draw: st.DrawFn, param: click.Parameter) -> str:
    if isinstance(param.type, click.Choice) and draw(st.booleans()):
        return str(draw(st.sampled_from(tuple(param.type.choices))))
    if param.name == "config" and draw(st.integers(0, 3)):
        return "{setup}"
    return draw(TEXTS)


def denying(call: Call) -> Reply:
    raise Refused(call, "AccessDenied", "not authorized", 403)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A machine with a whole set-up, whose AWS denies everything."""
    folder = tmp_path_factory.mktemp("arguments")
    terminal = Terminal(folder, denying, environ={"HOME": str(folder)})
    terminal.with_key()
    (folder / "plan.json").write_text('{"steps": [], "fingerprint": "", "setup": "", "wants": ""}')
    return terminal


@share(6)
@given(words=lines())
@example(["completion", "--json"])
def test_any_command_line_ends_as_the_contract_says(machine: Terminal, words: list[str]) -> None:
    places = {
        "{setup}": str(machine.setup), "{plan}": str(machine.folder / "plan.json"),
        "{public}": str(machine.folder / "keys" / "recovery.pub.der"),
    }  # fmt: skip
    with tempfile.TemporaryDirectory(dir=machine.folder) as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # a relative path may be written to
        given_ = [places.get(word, word.replace("{folder}", folder)) for word in words]
        ended_well(machine(*given_), given_)


def ended_well(ran: Ran, words: Sequence[str]) -> None:
    assert ran.status in STATUSES, (words, ran)
    assert "Traceback" not in ran.out + ran.err
    options = words[: words.index("--")] if "--" in words else words
    if ran.status and "--json" in options:
        last = _last_document(ran.out)
        told = last.get("problem") or next(iter(last.get("problems", ())), None)
        if ran.status in {2, 4, 6}:
            assert told is not None, (words, ran.out)
        if told is not None:
            assert told["exit_code"] == KINDS[told["code"]] == ran.status, (words, told)
            assert told["summary"].strip()
            assert "\n" not in told["summary"]
            assert told["remedy"], (words, told)
    elif ran.status:
        assert ran.err.strip() or ran.out.strip(), words
    for sign in ("\x1b", "\u202e"):
        assert sign not in ran.err, (words, ran.err)


def _last_document(out: str) -> dict[str, Any]:
    try:
        document = json.loads(out)
    except ValueError:
        document = json.loads(out.splitlines()[-1])
    assert isinstance(document, dict)
    return document
