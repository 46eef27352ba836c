"""What opens over a page and closes to it again: leaving, help, the log, a document to read."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Markdown

from screens.modal import Modal
from screens.widgets.action import Action
from screens.widgets.keys import Keys
from screens.widgets.words import Words
from services.own_command import on_setup

HELP = Path(__file__).resolve().parent.parent / "assets" / "help"


class Leave(Modal[bool]):
    """Asks whether to leave, and says that nothing is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stay", "Stay", key_display="Esc"),
        Binding("ctrl+c", "stay", show=False),
    ]

    def __init__(self, working: bool) -> None:
        super().__init__()
        self._working = working

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Words("Leave the wizard?", classes="heading")
            yield Words(
                "Everything you answered and everything that was created is saved. Start the program again to go on."
            )
            if self._working:
                yield Words("Something is being worked on. It stops after what it does now.", kind="warn")
            with Horizontal(classes="row-of-buttons"):
                yield Action("Stay", id="stay")
                yield Action("Leave", id="leave")
        yield Keys()

    def action_stay(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed)
    def _choose(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")


class Ask(Modal[bool]):
    """Asks before something that cannot be taken back; the focus is on the harmless answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "shut", "Close", key_display="Esc")]

    def __init__(self, heading: str, text: str, yes: str, no: str) -> None:
        super().__init__()
        self._heading, self._text, self._yes, self._no = heading, text, yes, no

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Words(self._heading, classes="heading")
            yield Words(self._text)
            with Horizontal(classes="row-of-buttons"):
                yield Action(self._no, id="no")
                yield Action(self._yes, id="yes")
        yield Keys()

    def action_shut(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed)
    def _choose(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class Reading(Modal[None]):
    """Something long to read; every usual key closes it."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "shut", "Close", key_display="Esc"),
        Binding("f1", "shut", show=False),
        Binding("ctrl+l", "shut", show=False),
        Binding("enter", "shut", show=False),
    ]

    def action_shut(self) -> None:
        self.dismiss(None)


class Help(Reading):
    """The help text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog tall"):
            yield Markdown(help_text(self._page))
        yield Keys()


def help_text(page: str) -> str:
    """The help of a page, and the keys."""
    return "\n\n".join((HELP / f"{name}.md").read_text(encoding="utf-8") for name in (page, "keys"))


class TextView(Reading):
    """A text as it is."""

    def __init__(self, heading: str, text: str) -> None:
        super().__init__()
        self._heading, self._text = heading, text

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog tall"):
            yield Words(self._heading, classes="heading")
            yield Words(self._text)
        yield Keys()


class Commands(Modal[str]):
    """Commands to read; `plain` or `copy` if that was asked for."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "shut", "Close", key_display="Esc")]

    def __init__(self, heading: str, text: str) -> None:
        super().__init__()
        self._heading, self._text = heading, text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            with VerticalScroll():
                yield Words(self._heading)
                yield Words(self._text, classes="apart")
            with Horizontal(classes="row-of-buttons"):
                yield Action("Show on a plain screen", id="plain")
                yield Action("Copy", id="copy")
        yield Keys()

    def action_shut(self) -> None:
        self.dismiss("")

    @on(Button.Pressed)
    def _choose(self, event: Button.Pressed) -> None:
        self.dismiss(str(event.button.id))


class LogView(TextView):
    """The calls that were made in this sitting: names and outcomes, never values."""

    def __init__(self, lines: tuple[str, ...], setup: Path | None = None) -> None:
        done = "\n".join(reversed(lines)) or "Nothing yet."
        super().__init__("What was done, newest first", f"{for_support(setup)}\n\n{done}" if setup else done)


def for_support(setup: Path) -> str:
    """How to hand everything that support needs to them."""
    command = on_setup("bundle", setup, "--out", "bundle.zip")
    return f"For support, this writes it all down without secrets: {command}"


class AskPath(Modal[str]):
    """Asks for the path of a new file; an empty answer means none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "shut", "Close", key_display="Esc")]

    def __init__(self, proposed: str, heading: str, hint: str = "") -> None:
        super().__init__()
        self._proposed, self._heading, self._hint = proposed, heading, hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Words(self._heading, classes="heading")
            yield Words(f"{self._hint}An existing file is never overwritten.")
            yield Input(self._proposed, id="path", compact=True)
            with Horizontal(classes="row-of-buttons"):
                yield Action("Write", id="write")
                yield Action("Close", id="close")
        yield Keys()

    def action_shut(self) -> None:
        self.dismiss("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _write(self) -> None:
        self.dismiss(self.query_one("#path", Input).value.strip())

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss("")


class AskLine(Modal[str]):
    """Asks for one line that is no secret; None where the person closes it.

    Enter takes what was typed. A line that nobody touched is taken by its button alone: the Enter that opened the dialog may
    repeat, and nobody has agreed by that.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "shut", "Close", key_display="Esc")]

    def __init__(self, heading: str, text: str, yes: str, given: str = "") -> None:
        super().__init__()
        self._heading, self._text, self._yes, self._given = heading, text, yes, given

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Words(self._heading, classes="heading")
            yield Words(self._text)
            yield Input(self._given, id="line", compact=True)
            yield Words(id="untouched")
            with Horizontal(classes="row-of-buttons"):
                yield Action(self._yes, id="yes")
                yield Action("Close", id="close")
        yield Keys()

    def action_shut(self) -> None:
        self.dismiss(None)

    @on(Input.Submitted)
    def _enter(self) -> None:
        if self._line() != self._given:
            self._take()
        else:
            says = f"Nothing was typed yet. Type it, or press Tab to come to “{self._yes}”, then Enter."
            self.query_one("#untouched", Words).say(says, "warn")

    @on(Button.Pressed, "#yes")
    def _take(self) -> None:
        self.dismiss(self._line())

    def _line(self) -> str:
        return self.query_one("#line", Input).value.strip()

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)
