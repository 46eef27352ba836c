"""The person at the keyboard, one question at a time: every line is a question's answer, or one of a few words.

Nothing but whole lines is written: no colour, no cursor that moves, nothing that a screen reader would read twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from services.problems import Problem, ProblemError
from services.recovery.passwords import wipe
from wizard.plain import lines
from wizard.plain.step_help import step_help

if TYPE_CHECKING:
    from wizard.plain.lines import Lines
    from wizard.root import Surroundings

Result = TypeVar("Result")

WORDS = (
    "Instead of an answer you can type: ? to have a question explained, ?? for the whole step, back for the question "
    "before, quit to leave. Everything is kept. Enter alone takes what stands in brackets."
)


class Back(Exception):  # noqa: N818 - a way to go, no error
    """The person wants the question before."""


class Leave(Exception):  # noqa: N818 - a way to go, no error
    """The person leaves; what was answered is kept."""


@dataclass
class Person:
    """`page` names the help text of the step that is asked about."""

    around: Surroundings
    voice: Lines
    page: str = ""

    # What is said -------------------------------------------------------------------------------------------------

    def say(self, *sentences: str) -> None:
        """Sentences, wrapped; without any, an empty line."""
        self.voice.tell(" ".join(sentence for sentence in sentences if sentence))

    def value(self, label: str, text: str) -> None:
        """A value to be copied, on a line of its own."""
        self.voice.tell(f"{label}:")
        self.voice.data(text)

    def command(self, *words: str) -> None:
        """A command to be copied into a shell."""
        self.voice.data(lines.command(words, self.voice.width))

    def problem(self, problem: Problem) -> None:
        """One sentence about what happened, then what to do."""
        self.say(f"✗ {problem.summary}")
        for sentence in problem.remedy:
            self.say(f"  {sentence}")

    # What is asked ------------------------------------------------------------------------------------------------

    def ask(self, label: str, default: str = "", explain: str = "") -> str:
        """The answer to one question; the default where only Enter was pressed. Raises `Back`, `Leave`."""
        while True:
            self._prompt(label, default)
            line = self._line()
            if line is not None and not self._word(line, explain):
                return line or default

    def confirm(self, question: str, explain: str = "", *, default: bool = False) -> bool:
        """Yes or no."""
        self.say(question)
        while True:
            typed = self.ask("Yes or no", "yes" if default else "no", explain).lower()
            if typed in {"yes", "y", "no", "n"}:
                return typed.startswith("y")
            self.say("✗ This question is answered with yes or no. Type one of the two words.")

    def path(self, label: str, default: str = "", explain: str = "") -> str:
        """The path of a file or a folder, as it was typed; never empty."""
        while not (typed := self.ask(label, default, explain)):
            self.say("✗ Without a path nothing can be found. Type one.")
        return typed

    def choose(self, label: str, options: Sequence[tuple[str, str]], default: str, explain: str = "") -> str:
        """One of some options, each a word and what it means: typed as its number or its word."""
        words = [word for word, _ in options]
        for number, (word, says) in enumerate(options, 1):
            self.say(f"{number}. {word}: {says}")
        while True:
            typed = self.ask(label, default, explain)
            if typed in words:
                return typed
            if typed.isascii() and typed.isdecimal() and 1 <= int(typed[:4]) <= len(words):
                return words[int(typed[:4]) - 1]
            self.say(
                f"✗ There is no choice {typed[:40]!a}. Type a number from 1 to {len(words)}, or its word."
            )

    def secret(self, label: str, explain: str = "", *, any_words: bool = False) -> bytearray:
        """A line that is not shown, and that only its buffer holds; an empty one is `Back`.

        With `any_words` every other line is taken as it is, because a secret that exists may be any word.
        """
        while True:
            try:
                typed = self.around.ask_secret(f"{label} (not shown): ")
            except ProblemError as refusal:
                if refusal.problem.code == "bad-password":  # it could not be read
                    self.problem(refusal.problem)
                    continue
                if refusal.problem.code != "no-terminal":
                    raise
                self.say()
                self.say(refusal.problem.summary)
                raise Leave from None
            if not typed:
                raise Back
            short = typed.decode("utf-8", "replace") if len(typed) <= len("quit") else ""
            if any_words or not self._word(short, explain):
                return typed
            wipe(typed)

    def until_good(self, take: Callable[[], Result]) -> Result:
        """Asks again until what was answered is not refused; each refusal is told."""
        while True:
            try:
                return take()
            except ProblemError as refusal:
                self.problem(refusal.problem)

    def _prompt(self, label: str, default: str) -> None:
        if not default:
            self.voice.prompt(f"{label}: ")
        elif len(label) + len(default) + 5 <= self.voice.width - 20:
            self.voice.prompt(f"{label} [{default}]: ")
        else:
            self.say("Enter alone takes:")
            self.voice.data(f"[{default}]")
            self.voice.prompt(f"{label}: ")

    def _line(self) -> str | None:
        """A line as it was typed; None if it is no text. Its end has to be typed too: half a line is no answer."""
        try:
            line = self.around.stdin.readline()
        except UnicodeDecodeError:
            self.say("✗ The line holds characters that cannot be read. Type it again.")
            return None
        except OSError:  # the terminal is gone
            line = ""
        if not line.endswith("\n"):
            self.say()
            raise Leave
        return line.strip()

    def _word(self, line: str, explain: str) -> bool:
        """Whether the line was one of the words that are no answers."""
        match line:
            case "?":
                self.say(explain or "There is nothing more to say about this question.")
                self.say(WORDS)
            case "??":
                self.say(step_help(self.page) or "There is nothing more to say about this step.")
            case "back":
                raise Back
            case "quit":
                raise Leave
            case _:
                return False
        return True
