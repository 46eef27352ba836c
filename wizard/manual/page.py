"""The manual page as a whole: its sections, in the order in which readers expect them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from services.own_command import own_command
from services.problems import KINDS
from services.question import Question
from services.questions import QUESTIONS
from wizard import PROGRAM, VERSION
from wizard.manual import about, roff

Command = tuple[str, click.Command, click.Context]
"""A command's path below the program (`answers new`), itself, and its context."""


def page(group: click.Group) -> str:
    """The page in troff's man macros."""
    context = click.Context(group, info_name=PROGRAM)
    lines = [
        *roff.title(PROGRAM, 1, VERSION),
        *roff.heading("NAME"),
        rf"{roff.escaped(PROGRAM)} \- {roff.escaped(about.NAME)}",
        *roff.heading("SYNOPSIS"),
        *_synopsis(group, context),
        *roff.heading("DESCRIPTION"),
        *(line for text in (group.help or "", *about.DESCRIPTION) for line in roff.paragraph(text)),
        *roff.heading("COMMANDS"),
        *(line for command in commands(group, context) for line in _command(*command)),
        *roff.heading("GLOBAL OPTIONS"),
        *roff.paragraph(
            "They stand before or after the command, and --help behind a command explains that one."
        ),
        *_options(group, context, with_help=True),
        *roff.heading("SETUP FILE"),
        *roff.paragraph(about.SETUP_FILE),
        *(line for question in QUESTIONS for line in _key(question)),
        *_table("FILES", about.FILES),
        *_table("ENVIRONMENT", about.ENVIRONMENT),
        *_table("EXIT STATUS", {str(code): says for code, says in about.STATUSES.items()}),
        *roff.heading("EXAMPLES"),
        *(line for says, words in about.EXAMPLES for line in (*roff.paragraph(says), *roff.example(words))),
        *roff.heading("SEE ALSO"),
        *roff.paragraph(about.SEE_ALSO),
    ]
    return "\n".join(lines) + "\n"


def commands(group: click.Group, context: click.Context, before: str = "") -> Iterator[Command]:
    """Every command that does something, those of groups by their whole path."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, parent=context, info_name=name)
        path = f"{before}{name}"
        if isinstance(command, click.Group):
            yield from commands(command, inner, f"{path} ")
        else:
            yield path, command, inner


def _synopsis(group: click.Group, context: click.Context) -> list[str]:
    lines = [rf"{roff.bold(PROGRAM)} [\fIoptions\fR]"]
    for path, command, inner in commands(group, context):
        pieces = " ".join((*_required(command, inner), *command.collect_usage_pieces(inner)))
        lines += [".br", f"{roff.bold(own_command(path))} {roff.italic(pieces)}"]
    return lines


def _required(command: click.Command, context: click.Context) -> Iterator[str]:
    """The options without which a command is not complete, as they are typed."""
    for param in command.params:
        if isinstance(param, click.Option) and param.required:
            value = param.make_metavar(context)
            yield f"{param.opts[0]} {f'{{{value[1:-1]}}}' if value.startswith('[') else value}"


def _command(path: str, command: click.Command, context: click.Context) -> Iterator[str]:
    yield from roff.subheading(path)
    yield from roff.prose(command.help or "")
    yield from _options(command, context)
    if any(_is_answer(param) for param in command.params):
        yield from roff.paragraph(
            "Every flag of a key of the setup file is an option too, and so is --set KEY=VALUE; see SETUP FILE."
        )


def _is_answer(param: click.Parameter) -> bool:
    flags = {question.flag for question in QUESTIONS}
    return bool(flags & set(param.opts))


def _options(command: click.Command, context: click.Context, *, with_help: bool = False) -> Iterator[str]:
    for param in command.get_params(context):
        if not with_help and "--help" in param.opts:
            continue
        if not isinstance(param, click.Option) or param.hidden or _is_answer(param):
            continue
        record = param.get_help_record(context)
        if record is not None:
            names, says = record
            yield from roff.tagged(roff.bold(names), says)


def _key(question: Question) -> Iterator[str]:
    flag = "" if question.by_program else f" ({roff.bold(question.flag)})"
    tag = f"{roff.bold(question.key)}{flag}"
    yield from roff.tagged(tag, f"{question.label}. {question.help} {_values(question)}")


def _values(question: Question) -> str:
    parts = []
    if question.choices:
        parts.append(f"One of {', '.join(question.choices)}.")
    if question.kind == "number":
        parts.append(f"A whole number from {question.between[0]} to {question.between[1]}.")
    if question.kind == "flag":
        parts.append("true or false.")
    if question.by_program:
        parts.append("Recorded by the program.")
    elif question.required:
        parts.append("Must be answered.")
    elif default := _default(question):
        parts.append(default)
    return " ".join(parts)


def _default(question: Question) -> str:
    sandbox, production = (_shown(question, environment) for environment in ("sandbox", "production"))
    if sandbox == production:
        return f"By default {sandbox}." if sandbox else ""
    return f"By default {sandbox or 'none'}, in production {production or 'none'}."


def _shown(question: Question, environment: str) -> str:
    match question.default({"setup.environment": environment}):
        case None | () | "":
            return ""
        case bool(value):
            return str(value).lower()
        case value:
            return str(value)


def _table(heading: str, rows: dict[str, str]) -> list[str]:
    told = [line for name, says in rows.items() for line in roff.tagged(roff.bold(name), says)]
    return [*roff.heading(heading), *told]


STATUSES = frozenset(KINDS.values()) | {0}
"""The exit statuses that the page must tell."""
