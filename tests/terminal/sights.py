"""What a person can come to see: each page, what opens over a page, and the pages in the middle of their work.

Each is brought about by what the program itself does: its buttons are pressed, and AWS answers, waits, refuses or is held.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Input, TextArea

from screens import applying, teardown
from screens.frame import Page
from screens.switching import Switch
from screens.wallets import Wallets
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from screens.widgets.secret import SecretInput
from services import setup_file
from services.model.calls import Call
from services.model.operations import reads
from services.recovery import vendor_tool
from services.setup_file import SetupFile
from tests import planted
from tests.screens.stage import QUORUM, Stage, refusal
from tests.screens.test_all_wallets import AUDITED
from tests.screens.test_every_page import PAGES, WITHOUT_A_SET_UP
from tests.shelves import Shelves
from tests.world import ALARMS, BUCKET, HARD, OTHER_SETUP, TRAIL

if TYPE_CHECKING:
    from screens.app import PalisadeWizard

STEP = 0.01


@dataclass
class Held:
    """AWS, which does not answer a call until it is let go."""

    name: str
    """The call, or nothing for whichever writes next."""
    nth: int
    there: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)

    def __call__(self, call: Call) -> None:
        if not self.free.is_set() and (call.name == self.name if self.name else not reads(call)):
            self.nth -= 1
            if self.nth == 0:
                self.there.set()
                self.free.wait()


@dataclass
class Scenery:
    """The program, its stage, and what is held up at the moment."""

    app: PalisadeWizard
    stage: Stage
    shelves: Shelves
    held: Held | None = None

    def quiet(self) -> bool:
        """Whether nothing changes any more by itself."""
        screen = self.app.screen
        if isinstance(screen, Page) and not screen.composed:
            return False
        if self.held is not None and self.held.there.is_set():
            return True
        gathering = any(worker.is_running and worker.node is screen for worker in self.app.workers)
        return not gathering and not self.app.runner.any_running()

    async def rest(self) -> None:
        while not self.quiet():
            await asyncio.sleep(STEP)
        await self.heard()

    async def heard(self, *nodes: DOMNode) -> None:
        """Until these and the program have dealt with what was asked of them so far, one after the other."""
        for each in (*nodes, self.app):
            done = asyncio.Event()
            if each.call_later(done.set):
                await done.wait()

    async def drawn(self) -> None:
        """Until all that moves has moved, and is drawn."""
        for _ in range(2):  # what is scrolled to is put off until the first time
            screen, done = self.app.screen, asyncio.Event()
            focused = screen.focused.ancestors_with_self if screen.focused else ()
            await self.heard(*focused, *(part for part in screen.query(Widget) if part.is_scrollable), screen)
            self.app.call_after_refresh(done.set)
            await done.wait()
            await self.app.animator.wait_until_complete()

    async def go(self, name: str) -> None:
        """Shows a page; a set-up is opened before the first one that needs one."""
        if name not in WITHOUT_A_SET_UP and self.app.session.setup is None:
            self.app.session.open(self.stage.setup())
        self.app.go(name)
        await self.on(name)

    async def on(self, name: str) -> None:
        """Waits for a page."""
        while getattr(self.app.screen, "name_", "") != name:
            await asyncio.sleep(STEP)
        await self.rest()

    def another(self) -> SetupFile:
        """A set-up with everything that costs, cannot be taken back, or tells others."""
        there = self.stage.state.path_of("acme-production")
        if there.exists():
            return setup_file.read(there)
        names: dict[str, object] = {
            "setup__id": OTHER_SETUP,
            "setup__name": "acme-production",
            "setup__environment": "production",
            "storage__bucket": "acme-palisade-backup-production",
            "role__name": "PalisadeS3BackupRole-production",
        }
        return self.stage.setup(**names, **HARD, **TRAIL, **ALARMS)

    async def switch_to(self, name: str) -> None:
        """Chooses another set-up in the switcher."""
        self.app.action_switch()
        await self.heard()
        switcher = self.app.screen
        assert isinstance(switcher, Switch)
        switcher.dismiss(setup_file.read(self.stage.state.path_of(name)))
        await self.heard(switcher)

    async def press(self, name: str) -> None:
        """Presses a button of the screen, which must be there and work."""
        button = self.app.screen.query_one(f"#{name}", Action)
        while button.disabled or not button.display:
            await asyncio.sleep(STEP)
        button.press()
        await self.heard(*button.ancestors_with_self)
        while self.held is not None and not self.held.there.is_set():
            await asyncio.sleep(STEP)
        await self.rest()

    async def type(self, **words: str) -> None:
        """Puts words into the inputs of the screen."""
        for name, word in words.items():
            box = self.app.screen.query_one(f"#{name.replace('_', '-')}", Input)
            box.value = word
            await self.heard(*box.ancestors_with_self)

    async def open(self, name: str) -> None:
        """Opens what is behind the first line of a list that has something behind it."""
        lines = self.app.screen.query_one(f"#{name}", Lines)
        lines.highlighted = next(number for number, (_, more) in enumerate(lines.lines) if more)
        lines.action_select()
        await self.heard(*lines.ancestors_with_self)

    def hold(self, name: str = "", nth: int = 1) -> None:
        """AWS does not answer this call any more."""
        self.held = self.stage.account.before = Held(name, nth)

    async def let_go(self) -> None:
        if self.held is not None:
            held, self.held = self.held, None
            held.free.set()
        await self.rest()


Act: TypeAlias = Callable[[Scenery], Awaitable[None]]


@dataclass(frozen=True)
class Sight:
    """How a sight is brought about, and words by which it is known."""

    act: Act
    says: str = ""


def page(name: str, *buttons: str) -> Act:
    """A page on which buttons were pressed one after the other."""

    async def show(scenery: Scenery) -> None:
        await scenery.go(name)
        for button in buttons:
            await scenery.press(button)

    return show


def behind(name: str, lines: str) -> Act:
    """What the first line of a list opens that has something behind it."""

    async def show(scenery: Scenery) -> None:
        await scenery.go(name)
        await scenery.open(lines)

    return show


def here(*buttons: str) -> Act:
    """Buttons of the page that is there already."""

    async def show(scenery: Scenery) -> None:
        for button in buttons:
            await scenery.press(button)

    return show


# Dialogs of their own -------------------------------------------------------------------------------------------


async def vendor_tool_found(scenery: Scenery) -> None:
    tool = scenery.stage.folder / "bin" / vendor_tool.NAME
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nexit 0\n")
    tool.chmod(0o755)
    file = scenery.stage.folder / "acme.pke1"
    file.write_bytes(b"PKE1")
    await scenery.go("prove")
    await scenery.type(private_file=str(file))
    await scenery.press("run-tool")


async def a_share_half_typed(scenery: Scenery) -> None:
    await scenery.go("type-share")
    await scenery.type(word_1="academic")
    await scenery.press("back")


async def a_password_typed(scenery: Scenery) -> None:
    scenery.another()
    await scenery.go("password")
    scenery.app.screen.query(SecretInput).first().value = planted.PASSWORD
    await scenery.switch_to("acme-production")


async def a_hand_out(scenery: Scenery) -> None:
    await scenery.go("split")
    scenery.app.screen.query_one("#custodians", TextArea).text = "Kim [/x]\nRobin\nThe auditor"
    await scenery.drawn()
    await scenery.press("next")
    await scenery.on("shares")


async def in_production(scenery: Scenery) -> None:
    scenery.app.session.open(scenery.another())
    await scenery.go("review")


async def in_the_sandbox(scenery: Scenery) -> None:
    scenery.app.session.open(setup_file.read(scenery.stage.state.path_of("acme-sandbox")))
    await scenery.go("review")
    await scenery.press("as-commands")


async def all_wallets(scenery: Scenery) -> None:
    await scenery.app.push_screen(Wallets(AUDITED, "palisade-wizard audit --config acme.toml --out DIR"))


# In the middle of work ------------------------------------------------------------------------------------------


async def creating(scenery: Scenery) -> None:
    await scenery.go("review")
    scenery.hold(nth=5)
    await scenery.press("create")


async def let_go(scenery: Scenery) -> None:
    await scenery.let_go()


async def waiting(scenery: Scenery) -> None:
    """AWS has made the role, and does not show it yet."""
    scenery.stage.account.broken["iam:GetRole"] = refusal("NoSuchEntity", status=404)
    scenery.hold("iam:GetRole", 6)
    await scenery.press("retry")


async def failed(scenery: Scenery) -> None:
    denied = refusal("AccessDenied", "explicit deny in a service control policy")
    scenery.stage.account.broken.clear()
    scenery.stage.account.broken["iam:PutRolePolicy"] = denied
    await scenery.let_go()


async def created(scenery: Scenery) -> None:
    scenery.stage.account.broken.clear()
    await scenery.press("retry")
    scenery.app.session.record({"palisade.quorum_id": QUORUM})
    scenery.stage.account.write_backup()
    scenery.shelves.put(BUCKET, "a/0")


async def deleting(scenery: Scenery) -> None:
    await scenery.type(word_delete_backups="delete-backups", word_name="acme-sandbox")
    scenery.hold(nth=3)
    await scenery.press("delete")


async def not_deleted(scenery: Scenery) -> None:
    scenery.stage.account.broken["s3:DeleteBucket"] = refusal("AccessDenied")
    await scenery.let_go()


async def deleted(scenery: Scenery) -> None:
    scenery.stage.account.broken.clear()
    await scenery.press("again")
    await scenery.type(word_name="acme-sandbox")
    await scenery.press("delete")


SIGHTS: Mapping[str, Sight] = MappingProxyType(
    {
        **{name: Sight(page(name)) for name in PAGES},
        "Ask: the vendor's tool": Sight(vendor_tool_found, "Run this program on the private key?"),
        "Ask: a share half typed": Sight(a_share_half_typed, "Leave this share?"),
        "Ask: a password typed": Sight(a_password_typed, "Switch all the same?"),
        "shares: covered": Sight(a_hand_out, "Share 1 of 3 is for Kim [/x]."),
        "shares: in words": Sight(here("next"), "Write the 33 words down"),
        "shares: asked back": Sight(here("next"), "Esc shows the words again."),
        "Ask: a hand-out": Sight(here("back", "back", "back"), "Stop the hand-out?"),
        "AskPath: a command": Sight(page("by-hand", "write-file"), "Write the command to a new file"),
        "review: words to type": Sight(in_production, "If you agree, type the word irreversible here:"),
        "teardown: refused": Sight(page("teardown"), "only a sandbox is ever taken down"),
        "Commands: of the plan": Sight(in_the_sandbox, "aws kms create-key"),
        "TextView: a policy": Sight(behind("review", "plan"), "kms:"),
        "applying: at work": Sight(creating, applying.WORKING),
        "applying: stopping": Sight(here("stop"), "Stopping after the current call…"),
        "applying: stopped": Sight(let_go, applying.STOPPED),
        "applying: waiting": Sight(waiting, "(waiting for AWS: "),
        "applying: failed": Sight(failed, "nothing after it was tried."),
        "applying: failed, with details": Sight(here("problem-show-details"), "Code: denied."),
        "applying: done": Sight(created, applying.DONE),
        "AskPath: the values": Sight(page("palisade", "write-file"), "Write the values to a new file"),
        "verify: a backup is there": Sight(page("verify"), "A backup"),
        "TextView: evidence": Sight(behind("verify", "checks"), "Evidence, and what to do"),
        "TextView: a rehearsal": Sight(page("verify", "rehearse"), "How to rehearse"),
        "record: a wallet": Sight(page("record", "put"), "1 wallet on record"),
        "TextView: a wallet": Sight(behind("record", "wallets"), "What is known"),
        "AskLine: an address": Sight(page("record", "address"), "The wallet's address"),
        "Ask: a wallet to remove": Sight(page("record", "remove"), "Remove this wallet from the record?"),
        "AskPath: the record": Sight(page("record", "write-file"), "Write the record to a new file"),
        "duties: one is due": Sight(page("duties"), "due"),
        "TextView: a duty": Sight(behind("duties", "duties"), ""),
        "AskLine: a duty done": Sight(page("duties", "mark"), "Mark as done"),
        "AskPath: reminders": Sight(page("duties", "remind"), "Write reminders to a new file"),
        "audit: of what is there": Sight(page("audit"), ""),
        "TextView: a finding": Sight(behind("audit", "findings"), "Evidence, and what to do"),
        "Wallets: of an audit": Sight(all_wallets, "All wallets"),
        "teardown: words to type": Sight(page("teardown"), teardown.GOES),
        "teardown: at work": Sight(deleting, teardown.WORKING),
        "teardown: failed": Sight(not_deleted, "nothing after it was tried."),
        "teardown: done": Sight(deleted, teardown.GONE),
    }
)
"""By name, in an order in which each is reached from the one before it; the first is there from the beginning.

The first word of a name is the page or dialog that is then on the screen.
"""
