"""The manual page: everything that can be typed is in it, and troff sets every word of it as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.questions import QUESTIONS
from tests.programs import need
from tests.wizard.driving import ROOT, Terminal, refused
from wizard.cli import COMMANDS, main_group
from wizard.manual import about, roff
from wizard.manual.page import STATUSES, commands, page

SECTIONS = (
    "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "GLOBAL OPTIONS", "SETUP FILE", "FILES", "ENVIRONMENT", "EXIT STATUS",
    "EXAMPLES", "SEE ALSO",
)  # fmt: skip


def groff(text: str, *more: str) -> str:
    """What groff sets, as one line; it must have nothing to complain about."""
    ended = subprocess.run(
        [need("groff"), "-man", "-Tutf8", "-P-cbou", "-ww", *more],
        input=text + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


@pytest.fixture(scope="module")
def source() -> str:
    return page(main_group())


@pytest.fixture(scope="module")
def shown(source: str) -> str:
    return " ".join(groff(source).split())


def test_groff_has_nothing_to_complain_about_and_the_sections_are_in_order(source: str) -> None:
    assert source.isascii()
    told = groff(source)
    assert [line for line in told.splitlines() if re.match(r"[A-Z]", line)][1:] == list(SECTIONS)
    assert max(len(line) for line in told.splitlines()) <= 80


def test_every_command_and_every_option_is_in_it(shown: str) -> None:
    group = main_group()
    context = click.Context(group, info_name="palisade-wizard")
    found = list(commands(group, context))
    assert {name.split()[0] for name, _, _ in found} == set(COMMANDS)
    for name, command, inner in found:
        assert f"palisade-wizard {name}" in shown
        assert " ".join((command.help or "").split()) in shown
        says = " ".join((command.help or "").split())
        own = shown.partition(" COMMANDS")[2].partition(f" {name} {says}")[2]
        for param in command.get_params(inner):
            if isinstance(param, click.Option) and not param.hidden and "--help" not in param.opts:
                assert all(opt in shown for opt in param.opts)
                record = param.get_help_record(inner)
                assert record is not None
                assert " ".join(record[1].split()) in own, (name, param.opts)
    for param in group.get_params(context):
        assert (param.opts[0] in shown) == (not getattr(param, "hidden", False))


def test_every_key_of_the_setup_file_is_in_it(shown: str) -> None:
    for question in QUESTIONS:
        assert question.key in shown
        assert " ".join(question.help.split()) in shown
        assert question.by_program or f"({question.flag})" in shown
        assert all(choice in shown for choice in question.choices)


def test_every_exit_status_is_in_it_and_no_other() -> None:
    assert set(about.STATUSES) == STATUSES | {3}


def test_every_variable_that_the_program_looks_at_is_in_it() -> None:
    told = " ".join(about.ENVIRONMENT)
    read = set()
    for file in (ROOT / "wizard").rglob("*.py"):
        read |= set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", file.read_text()))
    assert read - {"HOME"} <= set(re.findall(r"[A-Z_0-9]+", told))


def test_the_examples_are_commands_that_the_program_understands() -> None:
    group = main_group()
    for _, lines in about.EXAMPLES:
        for line in "\n".join(lines).replace("\\\n", " ").splitlines():
            name, *arguments = shlex.split(line)
            assert name == "palisade-wizard"
            context = group.make_context(name, arguments, resilient_parsing=True)
            inner: click.Command = group
            rest = [*context._protected_args, *context.args]
            while isinstance(inner, click.Group):
                _, found, rest = inner.resolve_command(context, rest)
                assert found is not None, line
                inner = found
            inner.make_context(name, rest, parent=context)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_no_word_is_taken_for_a_request(texts: list[str]) -> None:
    source = "\n".join(line for text in texts for line in roff.prose(text))
    assert source.isascii()
    assert not [line for line in source.splitlines() if line.startswith((".", "'"))]
    assert "\\" not in re.sub(r"\\(\(..|\[u[0-9A-F]{4,6}\]|&|-)", "", source)


@pytest.mark.parametrize(
    "text",
    [
        ".TH is no request",
        "'br neither",
        r"C:\new \fB \n(.x",
        'a "quoted" word',
        "--long-option",
        "~ ^ ` ' . \\",
    ],
)
def test_troff_sets_what_was_written(text: str) -> None:
    told = groff(
        "\n".join([*roff.title("x", 1, "1"), *roff.heading("NAME"), *roff.prose(text), *roff.example([text])])
    )
    body = told.split("NAME", 1)[1]
    assert body.count(text) == 2, body


def test_the_page_goes_to_a_new_file_or_the_standard_output(
    offline: Terminal, tmp_path: Path, source: str
) -> None:
    ran = offline("manual")
    assert (ran.status, ran.out, ran.err) == (0, source, "")
    out = tmp_path / "palisade-wizard.1"
    ran = offline("manual", "--out", out)
    assert (ran.status, ran.out) == (0, f"{out}\n")
    assert out.read_text() == source
    assert refused(offline("manual", "--out", out, "--json"), "exists")["where"] == str(out)
    assert offline("manual", "--json").document["manual"] == source
