"""Options that many commands share: the global ones, before or after the command, and one flag for every answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import click
from click.shell_completion import CompletionItem

from services.problems import refuse

if TYPE_CHECKING:
    from services.questions import Question


class FilePath(click.Path):
    """A path that is some place, and stays on one line wherever it is named: a folder could be called like a report."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if wrong := _no_path(str(value)):
            self.fail(wrong, param, ctx)
        return super().convert(value, param, ctx)


def _no_path(text: str) -> str:
    """Why a text names no place on the disk, in one sentence with what to do; empty if it may name one."""
    if not text:
        return "An empty path names no file or folder: write one, and see whether a variable in the command is unset."
    if "\n" in text or "\0" in text:
        sign = "a line break" if "\n" in text else "a zero byte"
        return f"The name {text!a} has {sign} in it: rename it, or give another path."
    if not Path(text).is_absolute() and not _is_somewhere():
        return (
            f"The path {text!a} begins at the working directory, which is gone: change to another one, or give a path "
            "from the root."
        )
    return ""


class SecretFile(FilePath):
    """A file with a secret, or `-` for the standard input, of which one command reads one secret."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return STDIN if value == str(STDIN) else super().convert(value, param, ctx)


def _is_somewhere() -> bool:
    """Whether there is a working directory: the one in which a program was started can be deleted meanwhile."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True


PATH = FilePath(path_type=Path)
SECRET = SecretFile(path_type=Path)
STDIN = Path("-")
ENVIRONMENTS = ("sandbox", "production")
Complete: TypeAlias = "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]"


@dataclass(frozen=True)
class Globals:
    """The global options as they were given; empty or None where they were not."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    state_dir: Path | None = None
    json: bool = False
    plain: bool = False
    no_mouse: bool = False
    log_file: Path | None = None
    verbose: bool = False
    demo_stage: Path | None = None

    def merged(self, given: Mapping[str, Any]) -> Globals:
        """These options with those that were given again after the command."""
        return replace(self, **{name: value for name, value in given.items() if value})


UNTOLD = frozenset({"demo_stage"})
"""Options that programs of ours give each other, and nobody is told of."""

GLOBAL_NAMES = tuple(field.name for field in fields(Globals))


def global_options(*, hidden: bool) -> list[click.Parameter]:
    """The global options as click's parameters; after a command they work, but only the program's help shows them."""
    return [
        click.Option(["--profile"], hidden=hidden, help="AWS profile to sign in with (aws.profile)."),
        click.Option(["--region"], hidden=hidden, help="AWS region (aws.region)."),
        click.Option(["--endpoint-url"], hidden=hidden, help="Another endpoint than AWS's own; shown everywhere."),
        click.Option(["--state-dir"], type=PATH, hidden=hidden, help="Where set-ups and journals are kept."),
        click.Option(["--json"], is_flag=True, hidden=hidden, help="JSON on the standard output."),
        click.Option(["--plain"], is_flag=True, hidden=hidden, help="The wizard line by line, for screen readers and plain terminals."),
        click.Option(["--no-mouse"], is_flag=True, hidden=hidden, help="Leave the mouse to the terminal."),
        click.Option(["--log-file"], type=PATH, hidden=hidden, help="Append the names and outcomes of all AWS calls."),
        click.Option(["-v", "--verbose"], is_flag=True, hidden=hidden, help="Show every AWS call while it happens."),
        click.Option(["--demo-stage"], type=PATH, hidden=True),
    ]  # fmt: skip


def config_option(*, required: bool = True) -> click.Option:
    """`--config S`."""
    return click.Option(
        ["--config"], type=PATH, required=required, metavar="S", help="The setup file to work on."
    )


AnswerFlags = Literal["none", "shown", "hidden"]
_MARK = "answer__"


def answer_options(show: AnswerFlags) -> list[click.Parameter]:
    """One option for every answer, made from the questions, and `--set`."""
    if show == "none":
        return []
    from services.questions import QUESTIONS

    hidden = show == "hidden"
    return [
        *(_answer_option(question, hidden=hidden) for question in QUESTIONS),
        click.Option(
            ["--set", "answer_set"],
            multiple=True,
            metavar="KEY=VALUE",
            hidden=hidden,
            shell_complete=keys("="),
            help="The same as the flag of the key; may be repeated.",
        ),
    ]


def _answer_option(question: Question, *, hidden: bool) -> click.Option:
    metavar = "|".join(question.choices) or {"number": "N", "flag": "true|false", "list": "A,B"}.get(
        question.kind, "TEXT"
    )
    return click.Option(
        [question.flag, _MARK + question.key.replace(".", "__")],
        metavar=metavar,
        hidden=hidden or question.by_program,
        help=question.help,
        shell_complete=among(*_values(question)),
    )


def _values(question: Question) -> tuple[str, ...]:
    """The values of an answer that can be listed."""
    if question.kind == "flag":
        return ("true", "false")
    return question.choices or _WORDS.get(question.key, ())


_WORDS = {"storage.kms_key": ("create",), "hardening.trail": ("off", "create")}
"""Answers that are one of these words or something else."""


def among(*values: str) -> Complete:
    """Completes one of these values."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(value) for value in values if value.startswith(incomplete)]

    return complete


def keys(behind: str = "") -> Complete:
    """Completes a key of the setup file, with something behind it."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from services.questions import QUESTIONS

        told = [question for question in QUESTIONS if question.key.startswith(incomplete)]
        return [CompletionItem(question.key + behind, help=question.label) for question in told]

    return complete


def refuse_one_input_for_two(params: Sequence[click.Parameter], given: Mapping[str, Any]) -> None:
    """Refuses `-` for two secrets: the first one reads the standard input to its end, and the second would be empty."""
    named = [
        one.opts[0]
        for one in params
        if isinstance(one.type, SecretFile) and given.get(str(one.name)) == STDIN
    ]
    if len(named) > 1:
        raise refuse(
            "usage",
            f"{' and '.join(named)} cannot both be the standard input, which holds one secret.",
            "Give one of them in a file.",
            where=named[1],
        )


def together(*given: Mapping[str, object]) -> dict[str, object]:
    """Answers from several places of the command line as one; one key with two values is refused."""
    found: dict[str, object] = {}
    for key, value in (pair for part in given for pair in part.items()):
        if found.setdefault(key, value) != value:
            raise refuse(
                "usage",
                f"The command line gives two different values for {key}.",
                "Give it once: its flag, --set and the short option for it are the same answer.",
                where=key,
            )
    return found


def take_answers(params: dict[str, Any]) -> dict[str, object]:
    """The answers among the parameters of a command, by key; they are taken out of `params`."""
    said: dict[
        str, object
    ] = {}  # of several --set the last one counts, as of every option that is given again
    given = [said]
    for text in params.pop("answer_set", ()):
        key, equals, value = text.partition("=")
        if not equals:
            raise refuse(
                "usage",
                f"--set wants KEY=VALUE, and {text!r} has no '='.",
                "Write it like --set aws.region=eu-west-1.",
                where="--set",
            )
        said[key.strip()] = value
    for name in [name for name in params if name.startswith(_MARK)]:
        value = params.pop(name)
        if value is not None:
            given.append({name.removeprefix(_MARK).replace("__", ".", 1): value})
    return together(*given)
