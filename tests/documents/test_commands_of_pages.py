"""Every command of the program that stands in the documentation is one that the program takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from services.problems import ProblemError
from tests.documents.fences import PAGES, PROGRAM, ROOT, blocks, calls
from tests.wizard.driving import Stream
from wizard.cli import main_group
from wizard.manual.page import commands
from wizard.root import Program, Surroundings

_SPAN = re.compile(r"`(palisade-wizard [^`]+)`")
SHORT = re.compile(r"[Mm]issing|'[A-Z]+' is not one of|no command '[A-Z]+'")
"""A sentence may name a command without all that it needs, and a word in capitals for what a reader puts there."""

HELP = tuple(sorted((ROOT / "assets" / "help").glob("*.md")))


def refusal(words: list[str]) -> str:
    """What the program says against these words; empty, where it takes them. Nothing is carried out."""
    program = Program.start(Surroundings(environ={}, stdout=Stream(), stderr=Stream()), json=False)
    command: click.Command = main_group()
    name, context = PROGRAM, None
    try:
        while True:
            context = command.make_context(name, list(words), parent=context, obj=program)
            if not isinstance(command, click.Group):
                return ""
            words = [*context._protected_args, *context.args]
            if not words:
                return "" if command.invoke_without_command else "a command is missing"
            found, sub, words = command.resolve_command(context, words)
            assert found is not None
            assert sub is not None
            name, command = found, sub
    except click.exceptions.Exit:  # it would print its help, its version
        return ""
    except click.ClickException as error:
        return error.format_message()
    except ProblemError as error:
        return error.problem.summary


def fenced() -> Iterator[tuple[str, list[str]]]:
    """Every call of the program in a fenced block, with its place."""
    for page in PAGES:
        for block in blocks(page.read_text("utf-8")):
            for words in calls(block.text):
                yield f"{page.name}, block at line {block.line}", words


def spans() -> Iterator[tuple[str, list[str]]]:
    """Every whole call of the program within a sentence; what ends with … is only its beginning."""
    for page in (*PAGES, *HELP):
        for text in _SPAN.findall(page.read_text("utf-8")):
            if "…" not in text:
                yield f"{page.name}, {text}", next(calls(text))


def test_every_fenced_command_is_taken_by_the_program() -> None:
    found = list(fenced())
    assert len(found) > 50, "the blocks are not read any more"
    said = [f"{place}: {' '.join(words)}: {why}" for place, words in found if (why := refusal(words))]
    assert not said, "\n".join(said)


def test_every_command_in_a_sentence_is_taken_by_the_program() -> None:
    found = list(spans())
    assert len(found) > 10
    said = [(place, why) for place, words in found if (why := refusal(words))]
    assert not [f"{place}: {why}" for place, why in said if not SHORT.search(why)]


@pytest.mark.parametrize(
    "words",
    [
        ["aply", "--config", "S"],
        ["apply"],
        ["apply", "--config", "S", "--yess"],
        ["keygen", "--config", "S"],
        ["keygen", "--out", "D", "--format", "pem"],
        ["keygen", "--out", "D", "--shares", "three"],
        ["values", "S"],
        ["record"],
        ["record", "adds"],
        ["answers", "new", "--storage-buckets", "x"],
        ["policy", "--config", "S", "--for", "all"],
    ],
    ids=" ".join,
)
def test_what_the_program_does_not_take_is_seen(words: list[str]) -> None:
    assert refusal(words)


def test_the_table_of_the_readme_names_every_command_and_no_other() -> None:
    table = (ROOT / "README.md").read_text("utf-8").split("\n## Commands\n")[1].split("\n## ")[0]
    group = main_group()
    there = {name for name, _command, _context in commands(group, click.Context(group))}
    groups = {name.split()[0] for name in there if " " in name}
    named: set[str] = set()
    for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE)[2:]:
        within = ""
        for span in re.findall(r"`([^`]+)`", row):
            words = re.split(r" --| [A-Z…]", span.removeprefix(PROGRAM))[0].split()
            if not words or words[0].startswith("-"):
                continue
            within = words[0] if words[0] in groups else within
            named.add(" ".join(words if words[0] == within or not within else [within, *words]))
    assert named == there


def test_every_link_of_the_pages_leads_somewhere() -> None:
    pages = (*PAGES, ROOT / "CHANGELOG.md")
    anchors = {page: {_anchor(title) for title in _titles(page)} for page in pages}
    gone = []
    for page in pages:
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not path.startswith("http") and not (
                target.exists() and (not anchor or anchor in anchors.get(target, set()))
            ):
                gone.append(f"{page.name}: {link}")
    assert not gone, "\n".join(gone)


def _titles(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)


def _anchor(title: str) -> str:
    """The name that a heading has in a link."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
