"""`answers explain`: what a key of the setup file is for; without a key, which ones there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wizard.cli import Subcommand
from wizard.options import keys

if TYPE_CHECKING:
    from services.questions import Question
    from wizard.root import Program


@click.command("explain", cls=Subcommand, help="Explains a key of the setup file, or lists the keys.")
@click.argument("key", required=False, shell_complete=keys())
@click.pass_obj
def command(program: Program, *, key: str | None) -> int:
    """See the help text."""
    from services.questions import QUESTIONS, find

    shown = (find(key),) if key else QUESTIONS
    if program.voice.json:
        explained = [_document(question) for question in shown]
        program.voice.document(explained[0] if key else {"keys": explained})
    elif key:
        program.voice.data(_explained(shown[0]))
    else:
        width = max(len(question.key) for question in QUESTIONS)
        program.voice.data("\n".join(f"{question.key:<{width}}  {question.label}" for question in QUESTIONS))
        program.voice.tell("Explain one with: palisade-wizard answers explain storage.bucket")
    return 0


def _document(question: Question) -> dict[str, object]:
    return {
        "key": question.key,
        "label": question.label,
        "help": question.help,
        "flag": question.flag,
        "kind": question.kind,
        "choices": list(question.choices),
        "default": _default(question),
        "production_default": _default(question, "production"),
        "required": question.required,
        "confidential": question.confidential,
        "by_program": question.by_program,
    }


def _default(question: Question, environment: str = "sandbox") -> object:
    """The default without any other answer than the environment; some follow from the name."""
    value = question.default({"setup.environment": environment})
    return list(value) if isinstance(value, tuple) else value


def _explained(question: Question) -> str:
    lines = [f"{question.key}: {question.label}", f"  {question.help}", f"  Flag     {question.flag}"]
    if question.choices:
        lines.append(f"  Choices  {', '.join(question.choices)}")
    if question.kind == "number":
        lines.append(f"  Range    {question.between[0]} to {question.between[1]}")
    if question.by_program:
        lines.append("  Recorded by the program.")
    elif question.required:
        lines.append("  Must be answered before a plan can be made.")
    else:
        sandbox, production = _shown(_default(question)), _shown(_default(question, "production"))
        lines.append(
            f"  Default  {sandbox}"
            if sandbox == production
            else f"  Default  {sandbox}; in production {production}"
        )
    return "\n".join(lines)


def _shown(default: object) -> str:
    match default:
        case None | [] | "":
            return "none"
        case bool():
            return str(default).lower()
        case _:
            return str(default)
