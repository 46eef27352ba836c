"""The command line: which commands there are. Each one is loaded only when it is called, so that `--help` is quick."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from services.problems import ProblemError, refuse
from wizard import PROGRAM, VERSION
from wizard.options import (
    GLOBAL_NAMES,
    AnswerFlags,
    answer_options,
    config_option,
    global_options,
    refuse_unavailable,
    take_answers,
)

if TYPE_CHECKING:
    from wizard.root import Program, Surroundings

COMMANDS = {
    "demo": "The whole journey on an embedded AWS: no account, no network.",
    "keygen": "Makes the recovery key pair.",
    "keycheck": "Says what a key file is and whether recovery can rely on it.",
    "shares": "Combines the shares of custodians.",
    "token": "Lets an HSM guard the sealed key or its password.",
    "answers": "Writes, checks and explains setup files.",
    "plan": "Shows what would change in AWS.",
    "apply": "Makes it so, going on where an earlier run stopped.",
    "values": "Prints the values for Palisade's Create kit form.",
    "verify": "Walks the create-wallet checklist, with evidence.",
    "doctor": "Audits a set-up, made with this program or by hand; reads only.",
    "policy": "Prints the least policy for whoever does a job.",
    "export": "Writes the blueprint for other tools, or as a document.",
    "destroy": "Takes a sandbox set-up down; refuses production.",
}
ANSWERS = {
    "new": "Writes a commented setup file with defaults.",
    "check": "Checks a setup file without asking AWS.",
    "explain": "Explains a key of the setup file.",
}
SHARES = {"combine": "Tests shares against the sealed file, and opens it."}
TOKENS = {
    "list": "Lists the tokens that are plugged in.",
    "store": "Stores a sealed file, or its password, in a token.",
    "read": "Takes it out again.",
}
RESERVED = ("record", "bundle", "audit", "lifecycle")
_LATEST = "palisade-wizard.program"
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Helped(click.Command):
    """A command whose help goes where all output of the program goes."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option


def _show_help(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        ctx.obj.voice.data(ctx.get_help())
        ctx.exit()


class Subcommand(_Helped):
    """A command that also takes the global options and, if it works on answers, their flags.

    The callback gets the `Program` and, where `answers` is not "none", the answers given as `given`.
    """

    def __init__(
        self, *args: Any, answers: AnswerFlags = "none", config: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("context_settings", CONTEXT)
        super().__init__(*args, **kwargs)
        if config:
            self.params.insert(0, config_option())
        self.params += answer_options(answers)
        self.params += global_options(hidden=True)
        self.epilog = f"Global options: see '{PROGRAM} --help'." if self.epilog is None else self.epilog
        self._answers = answers != "none"

    def invoke(self, ctx: click.Context) -> Any:
        _merge_globals(ctx)
        if self._answers:
            ctx.params["given"] = take_answers(ctx.params)
        return super().invoke(ctx)


class LazyGroup(_Helped, click.Group):
    """Commands by name, loaded from `wizard.commands` when called."""

    def __init__(self, *args: Any, table: dict[str, str], prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = table
        self._prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name in self._table:
            module = importlib.import_module(f"wizard.commands.{self._prefix}{cmd_name}")
            command: click.Command = module.command
            return command
        if not self._prefix and cmd_name in RESERVED:
            return _reserved(cmd_name)
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], [*self._table, *RESERVED], n=1)
            remedy = (
                f"Did you mean '{near[0]}'?"
                if near
                else f"List the commands with '{ctx.command_path} --help'."
            )
            raise refuse("usage", f"There is no command {args[0]!r}.", remedy, where=args[0])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        _merge_globals(ctx)
        return super().invoke(ctx)


def _merge_globals(ctx: click.Context) -> None:
    program: Program = ctx.obj
    given = {name: ctx.params.pop(name) for name in GLOBAL_NAMES}
    ctx.obj = ctx.meta[_LATEST] = program.with_options(program.options.merged(given))
    refuse_unavailable(ctx.obj.options)


def _reserved(name: str) -> click.Command:
    def say(args: tuple[str, ...]) -> None:  # noqa: ARG001 - whatever follows is not understood yet
        raise refuse(
            "usage",
            f"The command '{name}' is not in this version.",
            f"What there is, '{PROGRAM} --help' lists.",
            where=name,
        )

    return click.Command(
        name,
        callback=say,
        params=[click.Argument(["args"], nargs=-1, type=click.UNPROCESSED)],
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        add_help_option=False,
        hidden=True,
    )


def _no_command(ctx: click.Context, config: Any) -> Any:
    if ctx.invoked_subcommand is None:
        from wizard.commands.wizard import open_wizard

        return open_wizard(ctx.obj, config)
    if config is not None:
        ctx.default_map = {name: {"config": config} for name in COMMANDS}
        ctx.default_map["answers"] = {name: {"config": config} for name in ANSWERS}
    return None


def _main_group() -> LazyGroup:
    return LazyGroup(
        PROGRAM,
        table=COMMANDS,
        callback=click.pass_context(_no_command),
        invoke_without_command=True,
        params=[config_option(required=False), *global_options(hidden=False), _version()],
        context_settings=CONTEXT,
        help=(
            "Sets up your organisation's own backups of its Palisade wallets on AWS, step by step. "
            "Without a command it opens the wizard."
        ),
        epilog=f"Start with '{PROGRAM} demo': it needs no account. Later: {', '.join(RESERVED)}.",
    )


def _version() -> click.Option:
    def show(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
        if wanted and not ctx.resilient_parsing:
            ctx.obj.voice.data(f"{PROGRAM} {VERSION}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show,
        help="Show the version.",
    )


def run(arguments: Sequence[str], around: Surroundings) -> int:
    """The whole program: its exit status. Whatever stops it is told by `wizard.fatal`."""
    from wizard import fatal, signals
    from wizard.root import Program

    wants_json = "--json" in (arguments[: arguments.index("--")] if "--" in arguments else arguments)
    program = Program.start(around, json=wants_json)
    known: dict[str, Any] = {}
    try:
        group = _main_group()
        with group.make_context(PROGRAM, list(arguments), obj=program) as context:
            known = context.meta
            result = group.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.ClickException, ProblemError) as error:
        return fatal.expected(error, known.get(_LATEST, program))
    except (KeyboardInterrupt, signals.Ended) as stopped:
        return fatal.told(signals.problem_of(stopped), known.get(_LATEST, program).voice)
    except BaseException as error:  # noqa: BLE001 - the one place where a bug, be it a library's panic, is a sentence
        return fatal.unexpected(error, known.get(_LATEST, program), arguments)
    return result if isinstance(result, int) else 0
