"""The command line: which commands there are. Each one is loaded only when it is called, so that `--help` is quick."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from services.problems import KINDS, ProblemError, refuse
from wizard import PROGRAM, VERSION, completing
from wizard.options import (
    GLOBAL_NAMES,
    UNTOLD,
    AnswerFlags,
    answer_options,
    config_option,
    global_options,
    refuse_one_input_for_two,
    take_answers,
)

if TYPE_CHECKING:
    from pathlib import Path

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
    "bundle": "Writes a redacted support bundle.",
    "record": "Keeps the offline record of wallets, without which no backup can be opened.",
    "lifecycle": "Tells what to do after the set-up and once a year, and what was done.",
    "audit": "Tells of every wallet whether its backups are there, whole and locked.",
    "destroy": "Takes a sandbox set-up down; refuses production.",
    "completion": "Prints the script that completes words in a shell.",
    "manual": "Prints the manual page.",
}
ANSWERS = {
    "new": "Writes a commented setup file with defaults.",
    "check": "Checks a setup file without asking AWS.",
    "explain": "Explains a key of the setup file.",
    "compare": "Shows two set-ups side by side: what they share, and what differs.",
    "template": "Makes a template out of a setup file, for more set-ups like it.",
}
SHARES = {"combine": "Tests shares against the sealed file, and opens it."}
RECORDS = {
    "list": "Lists the wallets on record; --check holds it against the bucket.",
    "add": "Puts wallets on record, from what verification sees or by hand.",
    "change": "Gives a wallet on record other values.",
    "remove": "Takes a wallet off the record.",
    "restore": "Puts a removed wallet back.",
    "export": "Writes the record out: to print, as JSON, CSV or Markdown.",
}
TOKENS = {
    "list": "Lists the tokens that are plugged in.",
    "store": "Stores a sealed file, or its password, in a token.",
    "read": "Takes it out again.",
}
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

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The options that the help shows; the hidden ones once the letters typed fit none of these."""
        return super().shell_complete(ctx, incomplete) or _hidden(self, incomplete)

    def invoke(self, ctx: click.Context) -> Any:
        _merge_globals(ctx)
        refuse_one_input_for_two(self.params, ctx.params)
        _name_setup(ctx)
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
        return None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names in the table, without loading what they name; and the group's own options."""
        names = [
            CompletionItem(name, help=says)
            for name, says in self._table.items()
            if name.startswith(incomplete)
        ]
        return [*names, *(click.Command.shell_complete(self, ctx, incomplete) or _hidden(self, incomplete))]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], list(self._table), n=1)
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


def _hidden(command: click.Command, incomplete: str) -> list[CompletionItem]:
    """Hidden options that begin like this; a bare `-` or `--` says too little to show them all."""
    if len(incomplete) < 3 or not incomplete.startswith("--"):
        return []
    options = [p for p in command.params if isinstance(p, click.Option) and p.hidden and p.name not in UNTOLD]
    return [
        CompletionItem(name, help=option.help)
        for option in options
        for name in option.opts
        if name.startswith(incomplete)
    ]


def _merge_globals(ctx: click.Context) -> None:
    program: Program = ctx.obj
    given = {name: ctx.params.pop(name) for name in GLOBAL_NAMES}
    ctx.obj = ctx.meta[_LATEST] = program.with_options(program.options.merged(given))


def _name_setup(ctx: click.Context) -> None:
    """From here on, whatever is said in words names the setup file of this command."""
    config: Path | None = ctx.params.get("config")
    program: Program = ctx.obj
    voice = replace(program.voice, setup=lambda: config)
    ctx.obj = ctx.meta[_LATEST] = replace(program, voice=voice)


def _no_command(ctx: click.Context, config: Any) -> Any:
    if ctx.invoked_subcommand is None:
        from wizard.commands.wizard import open_wizard

        return open_wizard(ctx.obj, config)
    if config is not None:
        ctx.default_map = {name: {"config": config} for name in COMMANDS}
        for group, names in (("answers", ANSWERS), ("record", RECORDS)):
            ctx.default_map[group] = {name: {"config": config} for name in names}
    return None


def main_group() -> LazyGroup:
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
        epilog=f"Start with '{PROGRAM} demo': it needs no account.",
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


def _complete(program: Program, group: click.Command) -> int:
    """Answers a shell; where there is nothing to answer it says nothing, because somebody is typing."""
    try:
        text = completing.answered(group, program.around.environ, program)
    except (click.ClickException, ProblemError):
        return KINDS["usage"]
    if text:
        program.voice.program(text)
    return 0


def run(arguments: Sequence[str], around: Surroundings) -> int:
    """The whole program: its exit status. Whatever stops it is told by `wizard.fatal`."""
    from wizard import fatal, signals
    from wizard.root import Program

    wants_json = "--json" in (arguments[: arguments.index("--")] if "--" in arguments else arguments)
    program = Program.start(around, json=wants_json)
    known: dict[str, Any] = {}
    try:
        group = main_group()
        if completing.VARIABLE in around.environ:
            return _complete(program, group)
        with group.make_context(PROGRAM, list(arguments), obj=program) as context:
            known = context.meta
            result = group.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.ClickException, ProblemError) as error:
        return fatal.expected(error, known.get(_LATEST, program), arguments)
    except (KeyboardInterrupt, signals.Ended) as stopped:
        return fatal.told(signals.problem_of(stopped), known.get(_LATEST, program).voice)
    except BaseException as error:  # noqa: BLE001 - the one place where a bug, be it a library's panic, is a sentence
        return fatal.unexpected(error, known.get(_LATEST, program), arguments)
    return result if isinstance(result, int) else 0
