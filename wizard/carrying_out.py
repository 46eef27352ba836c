"""What `apply` and `destroy` do alike: a consent that is typed, and every event told as it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from services.problems import Problem, ProblemError, refuse
from wizard import signals
from wizard.render.plain import event_text
from wizard.terminal import agreed

if TYPE_CHECKING:
    from services.events import Event
    from wizard.root import Program


def typed(program: Program, prompt: str, word: str) -> None:
    """Asks for a word; anything else is no consent. Errors: `consent`."""
    if not agreed(program.around, prompt, word):
        raise refuse(
            "consent", "You did not agree, so nothing was changed.", "Run the command again when you do."
        )


def show(
    program: Program,
    endpoint: str,
    events: Iterator[Event],
    steps: int,
    text: Callable[[Event], str] = event_text,
) -> Problem | None:
    """Every event as it happens; gives the problem that ended the run, if one did."""
    from services.events import Failed, Finished, Skipped, Succeeded
    from wizard.fatal import in_words

    problem: Problem | None = None
    event: Event | None = None
    done = 0

    def tell(event: Event) -> None:
        _tell(program, endpoint, event, text)

    try:
        with signals.told_with("Run the same command again: it goes on from there."):
            for event in events:
                done += isinstance(event, Succeeded | Skipped)
                if isinstance(event, Failed):
                    problem = event.problem
                tell(event)
    except ProblemError as error:
        if event is None or isinstance(event, Finished):
            raise
        problem = error.problem
        tell(Failed("", problem))
        tell(Finished(done, 1, max(steps - done - 1, 0)))
    if problem is not None and not program.voice.json:
        program.voice.tell(in_words(problem))
    return problem


def _tell(program: Program, endpoint: str, event: Event, text: Callable[[Event], str]) -> None:
    from wizard.render.jsonl import event_line

    if program.voice.json:
        program.voice.line(event_line(event, endpoint))
    elif words := text(event):
        program.voice.data(words)
