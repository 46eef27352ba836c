"""What a person can come to see: each page, what opens over a page, and the pages in the middle of their work.

Each is brought about by what the program itself does: its buttons are pressed, and AWS answers, waits, refuses or is held.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from textual.widgets import TextArea

from screens import applying, teardown
from screens.wallets import Wallets
from screens.widgets.secret import SecretInput
from services import setup_file
from services.recovery import vendor_tool
from tests import planted
from tests.screens.stage import QUORUM, refusal
from tests.screens.test_all_wallets import AUDITED
from tests.screens.test_every_page import PAGES
from tests.terminal.scenery import Scenery
from tests.world import BUCKET

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
