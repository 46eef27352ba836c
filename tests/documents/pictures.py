"""Takes the pictures of the README from the program itself: `python -m tests.documents.pictures`.

The wizard runs without a terminal, on an AWS in memory and an empty computer, whose clock stands still. Nothing of this
computer gets into a picture: no path, date, name or random ID. Nor is anything fetched to show one: the fonts that
Textual's pictures name from a host are left out, and a reader's own monospaced font is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from moto import mock_aws

from screens.verify import Verify
from services.aws.port import Port, Settings
from tests.documents.fences import ROOT
from tests.planted import AWS_SECRET_KEY
from tests.screens.stage import QUORUM, Account, Show, Stage, curtain
from tests.simulating import Simulating
from tests.world import ACCOUNT, Journey

FOLDER = ROOT / "assets" / "pictures"
_LEFT_OUT = (
    r"@font-face \{.*?\}",
    r"<!--.*?-->",
    r"<clipPath id=\"[\w-]*-line-\d+\">.*?</clipPath>",
    r" clip-path=\"url\(#[\w-]*-line-\d+\)\"",
    r"<text [^>]*>\s*</text>",
)
"""What Textual puts into a picture and nobody sees: fonts of a host, remarks, and a frame around every single line."""


@dataclass(frozen=True)
class Picture:
    """One page: its size in characters, what was done before, and what is done on it."""

    size: tuple[int, int]
    before: Callable[[Stage], None]
    after: Callable[[Show, Stage], Awaitable[None]]
    at: str


def _new(stage: Stage) -> None:
    stage.more["key_folder"] = Path("/media/usb-stick")
    stage.keyless()


def _complete(stage: Stage) -> None:
    """A set-up whose file lies in the folder where one is, so that no path of this computer is told."""
    made = stage.setup(palisade__quorum_id=QUORUM).path
    stage.more["open_first"] = made.rename("acme-sandbox.toml")


def _applied(stage: Stage) -> None:
    _complete(stage)
    Journey(stage.account).run()


async def _as_it_is(_show: Show, _stage: Stage) -> None:
    return


async def _arrived(show: Show, stage: Stage) -> None:
    """The backup has arrived since the page looked."""
    assert isinstance(show.page, Verify)
    stage.account.write_backup()
    stage.clock.seconds += 61
    show.page.count_down()
    await show.settle()


PICTURES: Mapping[str, Picture] = {
    "welcome": Picture((80, 24), lambda _stage: None, _as_it_is, "welcome"),
    "recovery-key": Picture((80, 24), _new, _as_it_is, "recovery-key"),
    "review": Picture((120, 40), _complete, _as_it_is, "review"),
    "verify": Picture((80, 24), _applied, _arrived, "verify"),
}


async def taken(picture: Picture, stage: Stage) -> str:
    """The picture as SVG."""
    picture.before(stage)
    async with curtain(stage, picture.size, at=picture.at) as show:
        await show.go(picture.at)
        await picture.after(show, stage)
        return plain(show.app.export_screenshot(simplify=True))


def plain(svg: str) -> str:
    """The picture alone: nothing that a host would be asked for, and half the size."""
    for pattern in _LEFT_OUT:
        svg = re.sub(pattern, "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+-", "t-", svg).replace("&#160;", "\u00a0")
    # Some programs that draw SVG drop even these blanks where a text begins, and with them what hangs from what.
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return re.sub(r"\s*\n\s*", "\n", svg).strip() + "\n"


def take(picture: Picture) -> str:
    """Sets the stage, and takes a picture there."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), mock_aws():
        port = Port(Settings(region="eu-west-1", access_key="AKIAEXAMPLE", secret_key=AWS_SECRET_KEY))
        stage = Stage(Path(folder), Account(Simulating(port, ACCOUNT)))
        return asyncio.run(taken(picture, stage))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        path = FOLDER / f"{name}.svg"
        sys.stdout.write(f"{path.write_text(take(picture), 'utf-8')} characters written to {path.name}\n")
