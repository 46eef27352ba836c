"""A person at the line-by-line wizard, inside the test: what they answer follows from what they are asked."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screens.host import Connection, Host
from screens.session import Session
from services import progress, setup_file
from services.setup_file import SetupFile
from services.setups import State
from tests.watch import WATCH
from tests.wizard.driving import Ran, Stream, Terminal
from wizard.cli import run
from wizard.root import Surroundings

WORD = re.compile(r"^(\d+) ([a-z]+)$", re.MULTILINE)
"""A word of a share, as it stands on the screen."""

HARDENED: Mapping[str, object] = {
    "storage.object_lock": "governance",
    "storage.object_lock_days": 30,
    "storage.noncurrent_versions": 5,
    "storage.noncurrent_days": 60,
    "storage.access_logs": True,
    "hardening.inventory": True,
    "hardening.trail": "create",
    "hardening.data_events": "write",
    "hardening.alarms": True,
    "hardening.alarm_email": "alarms@acme.example",
}
"""Answers with which every question applies."""

MOST = 120
"""Questions after which a script is taken for one that goes round in circles."""


@dataclass
class Script:
    """Answers by the label of the question, in order; what is not named gets Enter, or `otherwise`.

    An answer that is None is the end of the input. `asked` are the labels, in the order in which they came.
    """

    answers: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    otherwise: Callable[[Script, str], str] = lambda _script, _label: ""
    asked: list[str] = field(default_factory=list)
    screen: Stream = field(default_factory=lambda: Stream(terminal=True))
    words: bool = False
    """Whether shares are shown, so that the watch lets their words pass."""

    def __post_init__(self) -> None:
        self.left = {label: deque(texts) for label, texts in self.answers.items()}

    def line(self, label: str) -> str | None:
        self.asked.append(label)
        assert len(self.asked) < MOST, self.asked[-20:]
        queue = self.left.get(label)
        return queue.popleft() if queue else self.otherwise(self, label)

    def used_up(self) -> bool:
        """Whether everything was answered that was to be."""
        return not any(self.left.values())

    def shown_words(self) -> dict[int, str]:
        """The words of the share that was shown last."""
        return {int(number): word for number, word in WORD.findall(self.screen.written)[-33:]}


class Keyboard(io.BytesIO):
    """Where the answers are typed: each is read when its question stands on the screen."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script

    def read1(self, size: int | None = -1, /) -> bytes:
        prompt = self._script.screen.written.rsplit("\n", 1)[-1]
        answer = self._script.line(re.sub(r"( \[[^]]*\])?: $", "", prompt))
        self._script.screen.write(f"{answer or ''}\n")  # as the terminal shows what is typed
        return b"" if answer is None else f"{answer}\n".encode()


def sit(machine: Terminal, script: Script, *arguments: str | Path) -> Ran:
    """One sitting at the line-by-line wizard."""

    def secret(prompt: str) -> bytearray:
        answer = script.line(prompt.removesuffix(" (not shown): "))
        assert answer is not None
        script.screen.write(f"{prompt}\n")
        return bytearray(answer.encode())

    out = Stream()
    around = Surroundings(
        environ=machine.environ,
        stdin=Stream(terminal=True, raw=Keyboard(script)),
        stdout=out,
        stderr=script.screen,
        clock=machine.clock,
        reach=machine._reach,
        ask_secret=secret,
        disk=machine.disk,
        mounts=lambda: "",
        keyring=machine.keyring,
        later=machine.later,
        pbkdf2_iterations=2,
    )
    state = ["--state-dir", str(machine.folder / "state")]
    status = run([*state, "--plain", *map(str, arguments)], around)
    WATCH.screen(script.screen.written, words=script.words)
    return Ran(status, out.written, script.screen.written)


def state(machine: Terminal) -> State:
    """Where the machine keeps its set-ups."""
    return State(machine.folder / "state")


def session(machine: Terminal, setup: SetupFile) -> Session:
    """A sitting at a set-up, as the pages have it."""
    host = Host(state(machine), machine.clock, lambda _profile, _region: Connection(machine.aws), lambda: ())
    drafts = state(machine).drafts(setup.answers.text("setup.id"))
    return Session(host, setup_file.read(setup.path), drafts)


def marks(machine: Terminal, setup: SetupFile, page: str) -> dict[str, str]:
    """The marks of a set-up that is applied and in Palisade, and was left on this page."""
    sitting = session(machine, setup)
    kit = progress.kit_digest(sitting)
    return {
        progress.AT: page,
        progress.ACCESS: "yes",
        progress.HARDENING: "yes",
        progress.APPLIED: progress.digest(sitting),
        progress.KIT: kit,
        progress.QUORUM: kit,
    }


def left_at(machine: Terminal, page: str, answers: Mapping[str, object] | None = None) -> SetupFile:
    """A set-up with its key, as far as it can come, whose person left it on this page."""
    found = setup_file.identified(setup_file.read(machine.with_key()))
    found = setup_file.record(found, {"aws.account": "123456789012", **(answers or {})})
    state(machine).keep_drafts(found.answers.text("setup.id"), marks(machine, found, page))
    return found


def squeezed(text: str) -> str:
    """The text without any white space, however its lines are broken."""
    return "".join(text.split())
