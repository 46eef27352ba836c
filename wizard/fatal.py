"""How the program ends when it cannot go on: one sentence, what to do next, and the right exit status.

No traceback is ever shown: its lines could hold a secret. A fault of the program's own leaves the names of the
places that it passed through in the log file, if one was asked for.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING

import click

from services.problems import KINDS, Problem, ProblemError, as_json
from wizard import PROGRAM

if TYPE_CHECKING:
    from wizard.render.voice import Voice
    from wizard.root import Program


def expected(
    error: click.ClickException | ProblemError, program: Program, arguments: Sequence[str] = ()
) -> int:
    """Tells a problem and gives its exit status."""
    match error:
        case ProblemError():
            problem = error.problem
            _kept(problem, program, arguments)
        case click.exceptions.NoArgsIsHelpError() if not program.voice.json:
            program.voice.tell(error.format_message())
            return KINDS["usage"]
        case _:
            problem = _usage(error)
    return told(problem, program.voice)


def told(problem: Problem, voice: Voice) -> int:
    """The problem as JSON on the standard output; in words where that holds its JSON already, or cannot be written."""
    if voice.json and not voice.begun.is_set():
        try:
            voice.line({"problem": as_json(problem)})
        except ProblemError:
            pass
        else:
            return problem.exit_code
    voice.tell(in_words(problem))
    return problem.exit_code


def in_words(problem: Problem) -> str:
    """One sentence, then what to do next; the place is named unless the sentence has it."""
    lines = [f"{PROGRAM}: {problem.summary}", *(f"  {sentence}" for sentence in problem.remedy)]
    if problem.where and problem.where not in " ".join(lines):
        lines.append(f"  ({problem.where})")
    return "\n".join(lines)


def show_no_tracebacks() -> None:
    """From now on, what Python tells of an error in a thread or at its own end are places, without the error's text."""

    def say(kind: type[BaseException], trace: TracebackType | None) -> None:
        if sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"{PROGRAM}: {kind.__name__} at {_way(trace)}\n")

    sys.excepthook = lambda kind, _error, trace: say(kind, trace)
    threading.excepthook = lambda failed: say(failed.exc_type, failed.exc_traceback)
    sys.unraisablehook = lambda failed: say(failed.exc_type, failed.exc_traceback)


def unexpected(error: BaseException, program: Program, arguments: Sequence[str]) -> int:
    """A fault of ours, or AWS's answer that nobody expected."""
    from services.model.calls import Refused

    if isinstance(error, Refused):
        from services.aws.translate import problem_of

        problem = problem_of(error)
        _kept(problem, program, arguments)
        return told(problem, program.voice)
    with contextlib.suppress(Exception):  # the fault is told even if it cannot be logged
        program.log(f"fault: {type(error).__name__} at {_way(error.__traceback__)}")
    kept = program.options.log_file
    where = (
        f"Report it with the last line of {kept}."
        if kept
        else "Run it again with --log-file F, and report that."
    )
    command = _command(arguments)
    named = "the wizard" if command == "wizard" else command
    summary = (
        f"The program has a fault of its own ({type(error).__name__} in {named}); what was finished is kept."
    )
    problem = Problem("our-bug", summary, (where,))
    _kept(problem, program, arguments, _way(error.__traceback__))
    return told(problem, program.voice)


def _command(arguments: Sequence[str]) -> str:
    """The command among the words of a command line."""
    from wizard.cli import COMMANDS

    return next((word for word in arguments if word in COMMANDS), "wizard")


def _kept(problem: Problem, program: Program, arguments: Sequence[str], way: str = "") -> None:
    """Kept for a support bundle: the code and the place, nothing that was said. The problem is told even if this fails."""
    from services import last_errors

    with contextlib.suppress(Exception):
        last_errors.keep(program.state, problem, _command(arguments), program.around.clock.wall(), way)


def _way(trace: TracebackType | None) -> str:
    """The functions that an error passed through, with their lines."""
    summary = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    return " > ".join(f"{frame.name}:{frame.lineno or 0}" for frame in summary)


def _usage(error: click.ClickException) -> Problem:
    none = isinstance(error, click.exceptions.NoArgsIsHelpError)
    message = "The command is not complete." if none else " ".join(error.format_message().split())
    sentence = message if message.endswith((".", "?")) else f"{message}."
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else PROGRAM
    return Problem("usage", sentence, (f"See '{path} --help'.",))
