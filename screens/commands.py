"""What the command palette offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from screens import flow, themes
from screens.frame import Page

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.app import PalisadeWizard


def commands(app: PalisadeWizard, screen: Screen[object]) -> Iterator[SystemCommand]:
    """The commands of the moment; none of them takes a picture of the screen."""
    yield SystemCommand("Help", "Explain this page", app.action_explain)
    yield SystemCommand("Log", "Show the calls that were made", app.action_log)
    yield SystemCommand("Switch set-up", "Work on another set-up; what you typed is kept", app.action_switch)
    if app.theme in {themes.DARK, themes.LIGHT}:  # without colour the terminal has its own
        now = "Dark" if app.theme == themes.LIGHT else "Light"
        yield SystemCommand(
            f"{now} background",
            "Until the program ends",
            lambda: setattr(app, "theme", themes.other(app.theme)),
        )
    yield SystemCommand("Leave", "Leave the program; progress is saved", app.action_quit)
    writing = app.runner.running("apply") or app.runner.running("teardown")
    if app.session.setup is None or not isinstance(screen, Page) or writing:
        return
    yield SystemCommand(
        "Who can do what", "What the policies of this set-up allow, and whom", lambda: app.go("who-can")
    )
    yield SystemCommand("Picture", "What this set-up creates, drawn", lambda: app.go("picture"))
    reach = flow.ORDER.index(flow.open_at(app.session))
    for name in flow.ORDER[: reach + 1]:
        title = flow.STEPS[flow.step_of(name)].title
        yield SystemCommand(f"Go to: {title}", "Show this step", lambda name=name: app.go(name))
