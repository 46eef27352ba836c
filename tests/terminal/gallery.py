"""The pages one after the other in a real terminal, over an account in memory: `python -m tests.terminal.gallery FOLDER`.

Two keys more than the program has: F12 shows the next page, and F9 writes to `FOLDER/seen.json` what the page says and
where it says it, once nothing is worked on, so that a test can hold the terminal against it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.errors import NoWidget
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.app import PalisadeWizard
from screens.frame import Page
from screens.host import Host
from screens.widgets.action import Action
from services.aws.port import Port, Settings
from tests import planted
from tests.screens.stage import Account, Stage, said
from tests.screens.test_every_page import PAGES, WITHOUT_A_SET_UP
from tests.simulating import Simulating
from tests.world import ACCOUNT

SEEN = "seen.json"


class Gallery(PalisadeWizard):
    """Walks through `PAGES`; a set-up is opened before the first page that needs one."""

    CSS_PATH = PalisadeWizard.CSS_PATH
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f12", "following", show=False, priority=True),
        Binding("f9", "tell", show=False, priority=True),
    ]

    def __init__(self, host: Host, stage: Stage) -> None:
        super().__init__(host)
        self._stage = stage
        self._at = self._told_times = 0
        self._asked = False

    def action_following(self) -> None:
        self._at += 1
        name = PAGES[self._at]
        if name not in WITHOUT_A_SET_UP and self.session.setup is None:
            self.session.open(self._stage.setup())
        self.go(name)

    def action_tell(self) -> None:
        if not self._asked:
            self._asked = True
            self.set_timer(0.02, self._at_rest)

    def _at_rest(self) -> None:
        page = self.screen
        if self.runner.any_running() or not isinstance(page, Page) or not page.composed:
            self.set_timer(0.02, self._at_rest)
            return
        self._asked = False
        self.call_after_refresh(self._tell, page)

    def _tell(self, page: Page) -> None:
        self._told_times += 1
        parts = [_part(number, part) for number, part in enumerate(_speaking(page))]
        told = {
            "times": self._told_times,
            "page": page.name_,
            "parts": [part for part in parts if part["words"]],
            "focus": (self.focused.id or type(self.focused).__name__) if self.focused else "",
            "listed": isinstance(self.focused, OptionList),
            "places": len(page.focus_chain),
            "lines": [strip.text for strip in page._compositor.render_strips()],
        }
        seen = self._stage.folder / SEEN
        fresh = seen.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        fresh.replace(seen)


def _speaking(page: Page) -> list[Widget]:
    parts = [*page.query(Static), *page.query(Action), *page.query(OptionList)]
    return [part for part in parts if part.id != "more" and all(n.display for n in _above(part))]


def _above(part: Widget) -> list[Widget]:
    return [node for node in part.ancestors_with_self if isinstance(node, Widget)]


def _part(number: int, part: Widget) -> dict[str, Any]:
    """What a part says, the rows of it that are on the screen, and where its first row would be."""
    region = part.scrollable_content_region if isinstance(part, OptionList) else part.content_region
    try:
        seen = region.intersection(part.screen.find_widget(part).clip)
    except NoWidget:  # it has no place
        seen = Region()
    return {
        "name": f"{number} {part.id or type(part).__name__}",
        "words": _words(part),
        "from": [region.x, region.right],
        "first": region.y - (part.scroll_offset.y if isinstance(part, OptionList) else 0),
        "rows": [seen.y, seen.bottom],
    }


def _words(part: Widget) -> list[str]:
    match part:
        case OptionList():
            return [_prompt(part, index) for index in range(part.option_count)]
        case Action():
            return [str(part.label)]
        case Static():
            return [said(part)]
        case _:
            return []


def _prompt(options: OptionList, index: int) -> str:
    """An option as it is drawn, at a width that breaks none of its words."""
    prompt = options.get_option_at_index(index).prompt
    from rich.console import Console

    console = Console(width=1000, color_system=None, file=None)
    with console.capture() as drawn:
        console.print(prompt if hasattr(prompt, "__rich_console__") else str(prompt), markup=False)
    return drawn.get()


def main(folder: Path) -> None:
    from moto import mock_aws

    with mock_aws():
        port = Port(Settings(region="eu-west-1", access_key="AKIAEXAMPLE", secret_key=planted.AWS_SECRET_KEY))
        stage = Stage(folder, Account(Simulating(port, ACCOUNT)))
        app = Gallery(stage.host(), stage)
        app.animation_level = "none"
        with app.endings.caught():
            app.run()
    sys.exit(app.return_code or app.endings.status)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
