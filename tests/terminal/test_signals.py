"""A signal at any moment: the terminal is as it was, the exit status is the contract's, and nothing lives on or is lost.

The moments are random; a seed is a scene's name and a number, so what is found can be looked for again.
"""

from __future__ import annotations

import random
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from screens import flow
from services import files, setup_file
from services.aws.port import Port, Settings
from services.setup_file import SetupFile
from services.setups import State
from tests import planted
from tests.keys import public_der
from tests.sampling import every
from tests.terminal.modes import left_behind
from tests.terminal.mute import mute
from tests.terminal.pseudo import Pseudo, pseudo
from tests.world import do, sample

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(240)]

ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
DUMB = {"TERM": "dumb"}


@dataclass
class Place:
    """A computer with a set-up on it; `environ` leads to an AWS that takes every call and answers none."""

    folder: Path
    setup: SetupFile
    environ: Mapping[str, str]

    @property
    def state(self) -> State:
        return State(self.folder / "state")

    def left_at(self, page: str) -> None:
        marks = {flow.AT: page, flow.ACCESS: "yes", flow.HARDENING: "yes"}
        self.state.keep_drafts(self.setup.answers.text("setup.id"), marks)


@dataclass(frozen=True)
class Scene:
    """The words of a command line, and what a person does until the moment may come."""

    words: tuple[str, ...] = ()
    act: Callable[[Pseudo], None] = lambda _screen: None
    at: str = ""
    within: float = 0.3
    """Seconds in which the signal comes, from then on."""
    environ: Mapping[str, str] = field(default_factory=dict)
    keyless: bool = False


def shows(words: str, *then: str) -> Callable[[Pseudo], None]:
    """Waits for the words, and presses keys, each time after the drawing has come to rest."""

    def act(screen: Pseudo) -> None:
        screen.until(words)
        for keys in then:
            screen.until_quiet()
            screen.keys(keys)

    return act


def _password(screen: Pseudo, *keys: str) -> None:
    """Chooses a key that is sealed with a password, and types it."""
    shows("Only this key opens the backups", "\x0e")(screen)
    shows("Again", *keys)(screen)


def _create(screen: Pseudo) -> None:
    """Has all of it carried out from the review."""
    shows("Create these 4 things", "\t", "\t", "\r")(screen)
    screen.until("Making it so")


CONFIG = ("--config", "{setup}")
SCENES: Mapping[str, Scene] = {
    "starting": Scene(within=1.5),
    "starting plainly": Scene(("--plain",), within=0.6, environ=DUMB),
    "the first page": Scene((), shows("Set-ups on this computer")),
    "a page with answers": Scene(CONFIG, shows("Name space"), at="storage"),
    "typing": Scene(CONFIG, shows("Name space", "\t", "abc"), at="storage"),
    "the help": Scene(CONFIG, shows("Name space", "\x1bOP"), at="storage"),
    "the palette": Scene(CONFIG, shows("Name space", "\x10"), at="storage"),
    "asked whether to leave": Scene(CONFIG, shows("Name space", "\x11"), at="storage"),
    "signing in": Scene(CONFIG, shows("Signing in"), at="account"),
    "a new password": Scene(
        CONFIG, lambda screen: _password(screen, planted.PASSWORD), at="recovery-key", keyless=True
    ),
    "making a key": Scene(
        CONFIG,
        lambda screen: _password(screen, planted.PASSWORD, "\t", planted.PASSWORD, "\x0e"),
        at="recovery-key", within=3.0, keyless=True,
    ),
    "a question line by line": Scene(("--plain", *CONFIG), shows("Name space ["), at="storage", environ=DUMB),
    "a password line by line": Scene(
        ("keygen", "--out", "{folder}/keys"), shows("assword: "), environ=DUMB
    ),
    "keygen": Scene(
        ("keygen", "--out", "{folder}/keys", "--password-file", "{password}"), within=3.0, environ=DUMB
    ),
    "plan": Scene(("plan", *CONFIG), within=1.5, environ=DUMB),
    "apply": Scene(("apply", "--yes", *CONFIG), within=1.5, environ=DUMB),
    "verify": Scene(("verify", "--wait", "15m", *CONFIG), within=1.5, environ=DUMB),
}  # fmt: skip

SIGNED_IN: Mapping[str, Scene] = {
    "plan": Scene(("plan", *CONFIG), environ=DUMB),
    "apply": Scene(("apply", "--yes", *CONFIG), environ=DUMB),
    "verify": Scene(("verify", "--wait", "15m", *CONFIG), environ=DUMB),
    "doctor": Scene(("doctor", *CONFIG), environ=DUMB),
    "destroy": Scene(("destroy", "--yes", "--accept", "delete-backups", *CONFIG), environ=DUMB),
    "audit": Scene(("audit", *CONFIG), environ=DUMB),
    "the review line by line": Scene(
        ("--plain", *CONFIG), shows("Comparing with what AWS has now"), at="review", environ=DUMB
    ),
}  # fmt: skip
"""Scenes in which AWS says who is signed in, and not a word after that: many reads wait for it side by side."""

APPLYING: Mapping[str, Scene] = {
    "apply": Scene(
        ("apply", "--yes", *CONFIG), shows("Set-up acme-sandbox (sandbox)"), within=2.0, environ=DUMB
    ),
    "the page": Scene(CONFIG, _create, at="review", within=1.5),
}
"""Scenes in which AWS answers everything, and what the set-up has in it is being made."""

AT_ONCE = 8.0
"""Seconds after a signal by which the program has ended: a call that gets no answer takes 20 and is made four times."""


@contextmanager
def silence() -> Iterator[Mapping[str, str]]:
    """An AWS that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as open_ones:

        def take() -> None:
            while True:
                try:
                    open_ones.enter_context(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": planted.AWS_SECRET_KEY,
        }
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    public = tmp_path / "acme.pub.der"
    public.write_bytes(public_der())
    (tmp_path / "password.txt").write_text(planted.PASSWORD + "\n")
    state = State(files.folder(tmp_path / "state"))
    files.folder(state.setups)
    setup = setup_file.create(tmp_path / "s.toml", sample(recovery_key__public_files=[str(public)]))
    with silence() as environ:
        yield Place(tmp_path, setup, environ)


@contextmanager
def playing(place: Place, scene: Scene) -> Iterator[Pseudo]:
    if scene.keyless:
        place.setup = setup_file.record(place.setup, {"recovery_key.public_files": []})
    if scene.at:
        place.left_at(scene.at)
    places = {
        "{setup}": str(place.setup.path), "{folder}": str(place.folder),
        "{password}": str(place.folder / "password.txt"),
    }  # fmt: skip
    words = [re.sub(r"\{\w+\}", lambda found: places[found[0]], word) for word in scene.words]
    environ = {"HOME": str(place.folder), **place.environ, **scene.environ}
    options = ("--state-dir", place.state.folder)
    with pseudo(*options, *words, environ=environ, program=("-m", "tests.terminal.booted")) as screen:
        while not screen.written:
            screen.drain()
        scene.act(screen)
        yield screen


def wait(screen: Pseudo, seconds: float) -> None:
    """Lets the program go on until the moment comes, and reads meanwhile."""
    moment = time.monotonic() + seconds
    while (left := moment - time.monotonic()) > 0:
        screen.drain(left)


def ended_well(screen: Pseudo, place: Place, number: signal.Signals, *also: int) -> None:
    """Whatever the signal met: it may also have come when the program had just ended by itself, with a status `also`."""
    status = screen.ended()
    shown = screen.drawn()
    assert status in {128 + number, *also}, (status, shown[-800:])
    assert left_behind(bytes(screen.written)) == set()
    assert not screen.settings_changed()
    assert "Traceback" not in shown
    assert "faultofitsown" not in shown
    assert screen.left_running() == ""
    kept_whole(place)


def kept_whole(place: Place) -> None:
    """The answers can be read, and no public key is there without its private one."""
    setup_file.read(place.setup.path)
    for public in (place.folder / "keys").glob("*.pub.*"):
        assert list(public.parent.glob("*.pke1")), "a public key without its private one"


@pytest.mark.parametrize(
    ("name", "number"),
    every(
        2,
        [
            pytest.param(
                name, ENDINGS[n % 3], marks=[pytest.mark.slow] * (name in {"the first page", "typing"})
            )
            for n, name in enumerate(SCENES)
        ],
    ),
)
def test_a_signal_ends_it_well(place: Place, name: str, number: signal.Signals) -> None:
    _play(place, name, number, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("name", SCENES)
def test_signals_at_many_moments_end_it_well(
    place: Place, name: str, number: signal.Signals, seed: int
) -> None:
    _play(place, name, number, seed)


@pytest.mark.parametrize(
    ("name", "number"), every(5, [(name, number) for name in SIGNED_IN for number in ENDINGS])
)
def test_no_call_under_way_holds_the_program(place: Place, name: str, number: signal.Signals) -> None:
    with mute() as aws, playing(place, replace(SIGNED_IN[name], environ={**DUMB, **aws.environ})) as screen:
        aws.until_asked(screen.drain)
        wait(screen, random.Random(f"{name} {number}").uniform(0, 1))
        screen.signal(number)
        begun = time.monotonic()
        ended_well(screen, place, number)
        assert time.monotonic() - begun < AT_ONCE


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("name", APPLYING)
def test_what_a_signal_stopped_in_the_middle_the_next_run_completes(
    place: Place, moto_server: str, name: str, number: signal.Signals, seed: int
) -> None:
    place.environ = {**place.environ, "AWS_ENDPOINT_URL": moto_server}
    scene, rng = APPLYING[name], random.Random(f"{name} {number} {seed}")
    with playing(place, scene) as screen:
        wait(screen, rng.uniform(0, scene.within))
        screen.signal(number)
        ended_well(screen, place, number, 0)
    for words in (("apply", "--yes"), ("plan", "--check")):
        with playing(place, Scene((*words, *CONFIG), environ=DUMB)) as screen:
            assert screen.ended() == 0, screen.drawn()
    look = Port(
        Settings(
            region="eu-west-1", endpoint_url=moto_server, access_key="a", secret_key=planted.AWS_SECRET_KEY
        )
    )
    assert len(do(look, "kms", "ListKeys")["Keys"]) == 1


def _play(place: Place, name: str, number: signal.Signals, seed: int) -> None:
    scene, rng = SCENES[name], random.Random(f"{name} {number} {seed}")
    with playing(place, scene) as screen:
        wait(screen, rng.uniform(0, scene.within))
        screen.signal(number)
        ended_well(screen, place, number)


@pytest.mark.parametrize("name", ["a page with answers", "the palette"])
def test_a_stopped_wizard_gives_the_terminal_back_and_comes_again(place: Place, name: str) -> None:
    with playing(place, SCENES[name]) as screen:
        screen.until_quiet()
        screen.signal(signal.SIGTSTP)
        screen.stopped()
        assert left_behind(bytes(screen.written)) == set()
        assert not screen.settings_changed()
        screen.written.clear()
        screen.signal(signal.SIGCONT)
        screen.until("Nothing is created yet")  # below whatever lies over the page
        assert "the alternate screen is shown" in left_behind(bytes(screen.written))
        screen.signal(signal.SIGTERM)
        ended_well(screen, place, signal.SIGTERM)


@pytest.mark.parametrize("name", every(3, ["a page with answers", "the help", "the palette"]))
def test_a_storm_of_sizes_ends_in_a_whole_page(place: Place, name: str) -> None:
    rng = random.Random(name)
    with playing(place, SCENES[name]) as screen:
        for _ in range(60):
            screen.resize(rng.randrange(1, 300), rng.randrange(1, 100))
            screen.drain(rng.choice((0, 0, 0.01)))
        screen.resize(80, 24)
        screen.until_quiet()
        screen.written.clear()
        screen.keys("\x0c")  # the log, which is drawn anew on the whole page
        screen.until_quiet()
        assert screen.process.poll() is None
        screen.signal(signal.SIGTERM)
        assert screen.ended() == 128 + signal.SIGTERM
