"""A stage for the wizard: an AWS in memory, a state folder, and ways to read what stands on the screen."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textual._context import visible_screen_stack
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Static
from textual.worker import WorkerCancelled

from screens.app import PalisadeWizard
from screens.frame import Body, Page
from screens.host import Connection, Host
from screens.shares import Shares
from screens.type_share import TypeShare
from screens.widgets.action import Action
from screens.widgets.choice import Radio
from screens.widgets.field import Field, widget_id
from screens.widgets.listing import Listing
from services import files, setup_file
from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import reads
from services.setup_file import SetupFile
from services.setups import State
from tests.keys import public_der
from tests.ports import FakeClock
from tests.watch import WATCH
from tests.world import sample

ENDPOINT = "http://localhost:4566"
QUORUM = "20b7aefb-0000-4000-8000-00000000000b"
KEY_ID = "c4b083d4-0000-4000-8000-00000000000a"


@dataclass
class Account:
    """An AWS whose bucket's files are kept here, because the one below lets nobody read through a bucket policy."""

    below: Aws
    objects: dict[str, bytes] = field(default_factory=dict)
    broken: dict[str, Refused] = field(default_factory=dict)
    """Calls to refuse, by name."""
    before: Callable[[Call], None] = lambda _call: None

    def __call__(self, call: Call) -> Reply:
        self.before(call)
        if call.name in self.broken:
            refused = self.broken[call.name]
            raise Refused(call, refused.code, refused.message, refused.status)
        if call.name == "s3:ListObjectsV2":
            now = FakeClock().wall().isoformat()
            return {"Contents": [{"Key": key, "LastModified": now} for key in sorted(self.objects)]}
        if call.name == "s3:GetObject":
            aliases = self.below(Call("kms", "ListAliases"))["Aliases"]
            target = next(a["TargetKeyId"] for a in aliases if "palisade" in a["AliasName"])
            arn = self.below(Call("kms", "DescribeKey", {"KeyId": target}))["KeyMetadata"]["Arn"]
            body = self.objects[str(call.params["Key"])]
            return {"Body": body, "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": arn, "VersionId": "v1"}
        return self.below(call)

    def write_backup(self) -> None:
        """What Palisade does when a wallet is created."""
        wallet = new_wallet(QUORUM, KEY_ID, "SECP256K1", random.Random(1))
        self.objects[object_key(wallet, 0)] = backup_object(wallet, public_der(), 0, rng=random.Random(2))


def refusal(code: str, message: str = "no", status: int = 403) -> Refused:
    return Refused(Call("s3", "HeadBucket"), code, message, status)


@dataclass
class Stage:
    """A computer with a state folder, and the AWS that it reaches."""

    folder: Path
    account: Account
    endpoint: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def state(self) -> State:
        return State(self.folder / "state")

    def host(self) -> Host:
        host = Host(
            state=self.state,
            clock=self.clock,
            connect=lambda _profile, _region: Connection(self.account, self.endpoint),
            profiles=lambda: ("acme", "[prod]"),
            key_folder=self.folder / "keys",
            iterations=2,
        )
        return replace(host, **self.more)

    def setup(self, **values: object) -> SetupFile:
        """A set-up whose answers are complete, with its public key."""
        files.folder(self.state.setups)
        public = self.folder / "acme.pub.der"
        if not public.exists():
            public.write_bytes(public_der())
        answers = sample(recovery_key__public_files=[str(public)], **values)
        return setup_file.create(self.state.path_of(answers.text("setup.name")), answers)

    def keyless(self, **values: object) -> SetupFile:
        """A set-up that has no recovery key yet, opened first."""
        setup = setup_file.record(self.setup(**values), {"recovery_key.public_files": []})
        self.more["open_first"] = setup.path
        return setup

    def everything_on_disk(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.state.folder.rglob("*") if path.is_file())


class Writes:
    """The writing calls, in order; may do something before one."""

    def __init__(self, stage: Stage) -> None:
        self.names: list[str] = []
        stage.account.before = self

    def __call__(self, call: Call) -> None:
        if not reads(call):
            self.names.append(call.name)


@dataclass
class Show:
    """The running wizard."""

    app: PalisadeWizard
    pilot: Pilot[None]

    @property
    def page(self) -> Page:
        assert isinstance(self.app.screen, Page), self.app.screen
        return self.app.screen

    async def settle(self) -> None:
        """Until nothing is worked on and everything is drawn."""
        for _ in range(20):
            for worker in tuple(self.app.workers):
                with contextlib.suppress(
                    WorkerCancelled
                ):  # its page went away, or another look took its place
                    await worker.wait()
            await self.pilot.pause()
            if not self.app.runner.any_running():
                break
        await self.pilot.pause()
        if self.app.screen_stack:
            screen = self.app.screen
            handed_out = isinstance(screen, Shares) and screen.face == "words"
            WATCH.screen("\n".join(self.lines()), words=handed_out or isinstance(screen, TypeShare))

    async def go(self, name: str) -> None:
        self.app.go(name)
        await self.settle()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def fill(self, key: str, text: str) -> None:
        """Types into the field of an answer, all at once."""
        self.page.query_one(f"#field-{widget_id(key)}", Field).fill(text)
        await self.pilot.pause()

    async def choose(self, way: str) -> None:
        """Chooses a way of keeping the key, and goes on."""
        if self.page.name_ != "recovery-key":
            await self.go("recovery-key")
        self.page.query_one(f"#{way}", Radio).value = True
        await self.pilot.pause()
        await self.press("ctrl+n")

    def lines(self) -> list[str]:
        visible_screen_stack.set(self.app._background_screens)  # what a dialog lies upon
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        """The screen with all white space as single blanks."""
        return re.sub(r"\s+", " ", " ".join(self.lines()))

    def shows(self, sentence: str) -> bool:
        """Whether a sentence stands somewhere on the page, scrolled away or not."""
        wanted = squeezed(sentence)
        return any(wanted in squeezed(said(part)) for part in self.app.screen.query(Static) if _shown(part))


def squeezed(text: str) -> str:
    return re.sub(r"[\s│▸]+", "", text)


def said(part: Static) -> str:
    """What a piece of the page says."""
    if isinstance(part, Listing):
        return " ".join(f"{label} {text}" for label, text in part.rows)
    return str(part.render())


def _shown(part: Widget) -> bool:
    return all(node.display for node in part.ancestors_with_self if hasattr(node, "display"))


async def cut(show: Show) -> list[str]:
    """The texts of a page that cannot be read whole, wherever one scrolls."""
    missing = []
    body = show.page.query_one(Body)
    for part in show.page.query(Static):
        words = squeezed(said(part))
        if not words or not _shown(part) or part.id == "more":
            continue
        seen = squeezed("".join([line async for line in _lines_of(show, body, part)]))
        if words not in seen:
            missing.append(f"{said(part)!r} is read as {seen!r}")
    return missing + [f"{button.id} is cut" for button in show.page.query(Action) if _too_narrow(button)]


async def _lines_of(show: Show, body: Body, part: Static) -> AsyncIterator[str]:
    """The lines of a part of the page, each when it can be seen; one that is higher than the page is scrolled through."""
    drawn: list[str] = []
    for line in range(part.region.height):
        at, page = part.region.y + line, body.content_region
        if body in part.ancestors and not page.y <= at < page.bottom:
            body.scroll_to(y=body.scroll_offset.y + at - page.y, animate=False, force=True)
            await show.pilot.pause()
            drawn = []
        drawn = drawn or show.lines()
        region = part.region
        yield drawn[region.y + line][region.x : region.right]


def _too_narrow(button: Button) -> bool:
    """Whether a button that is there has no room for its words on one line."""
    return _shown(button) and button.region.width < len(str(button.label))


_PARSED: dict[tuple[object, ...], list[RuleSet]] = {}
"""Rules by their source and the colours that it was read with."""


class _Parsed(Stylesheet):
    """Reads each source once for all apps of the process, which is a sixth of what it takes to open a page."""

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        of = (frozenset(self._variables.items()), css, read_from, is_default_rules, tie_breaker, scope)
        if of not in _PARSED:
            _PARSED[of] = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
        return _PARSED[of]


class _Opened(PalisadeWizard):
    """Begins at a page, because walking there is what takes a test's time."""

    CSS_PATH = PalisadeWizard.CSS_PATH

    def __init__(self, host: Host, at: str) -> None:
        super().__init__(host)
        self.stylesheet = _Parsed(variables=self.get_css_variables())
        self._at = at

    def _first_page(self) -> str:
        usual = super()._first_page()
        return self._at or usual


@asynccontextmanager
async def curtain(stage: Stage, size: tuple[int, int] = (80, 24), *, at: str = "") -> AsyncIterator[Show]:
    """The wizard, opened over a stage; with `at` on that page."""
    app = _Opened(stage.host(), at)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        show = Show(app, pilot)
        await show.settle()
        yield show
