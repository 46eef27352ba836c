"""The composition root: the only place that reads the environment and connects services to the outer world."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Hashable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from services.clock import Clock, SystemClock
from wizard import PROGRAM
from wizard.options import Globals, together
from wizard.patience import Later, Patient, later
from wizard.render.voice import Voice
from wizard.signals import leave

if TYPE_CHECKING:
    from screens.host import Connection
    from services.aws.port import Settings
    from services.model.calls import Aws
    from services.recovery.keyring_copy import Backend
    from services.setup_file import SetupFile
    from services.setups import State
    from services.work import Desk

Reach = Callable[["Settings"], "Connection"]
ENDPOINT = "AWS_ENDPOINT_URL"
"""The variable for all services; with an underscore and a service's name behind it, for that one alone."""


def reach_aws(settings: Settings) -> Connection:
    """AWS itself, or whatever the endpoint settings say."""
    from screens.host import Connection
    from services.aws.endpoints import without_sign_in
    from services.aws.port import Port

    port = Port(settings)
    return Connection(port, without_sign_in(port.endpoint))


def ask_secret(prompt: str) -> bytearray:
    """A line typed on the terminal without being shown."""
    from wizard.terminal import ask_secret as ask

    return ask(prompt)


def disk(path: Path) -> Hashable:
    """On which disk a path is."""
    from services.recovery.medium import disk as of

    return of(path)


def mounts() -> str:
    """The table of mounts; empty where the system keeps none."""
    from services.recovery.medium import MOUNTS

    try:
        return MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def state_folder() -> Path:
    """Where this computer's user keeps the state of programs. Raises `RuntimeError` where nothing says where home is."""
    import platformdirs

    return platformdirs.user_state_path(PROGRAM, appauthor=False)


def keyring() -> Backend:
    """The keyring that this computer offers."""
    from keyring import get_keyring

    return get_keyring()


@dataclass(frozen=True)
class Surroundings:
    """What is around the program: environment, streams, time, AWS, disks, and the person at the keyboard."""

    environ: MutableMapping[str, str] = field(default_factory=lambda: os.environ)
    stdin: TextIO = field(default_factory=lambda: _open(sys.stdin, "r"))
    stdout: TextIO = field(default_factory=lambda: _open(sys.stdout, "w"))
    stderr: TextIO = field(default_factory=lambda: _open(sys.stderr, "w"))
    clock: Clock = field(default_factory=SystemClock)
    reach: Reach = reach_aws
    ask_secret: Callable[[str], bytearray] = ask_secret
    disk: Callable[[Path], Hashable] = disk
    mounts: Callable[[], str] = mounts
    state_folder: Callable[[], Path] = state_folder
    keyring: Callable[[], Backend] = keyring
    later: Later = later
    leave: Callable[[int], NoReturn] = leave
    pbkdf2_iterations: int = 0
    """Rounds for sealing a key; 0 for the real number."""

    @property
    def terminal(self) -> bool:
        """Whether somebody can be asked: both the keyboard and the stream for talk are a terminal."""
        return _is_terminal(self.stdin) and _is_terminal(self.stderr)


def _open(stream: TextIO | None, mode: str) -> TextIO:
    """The stream, or nowhere: Python has none where the program was started with a closed one."""
    return stream if stream is not None else io.TextIOWrapper(io.FileIO(os.devnull, mode))


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # closed, or none at all
        return False


@dataclass(frozen=True)
class Program:
    """One run of the program: its surroundings and the global options."""

    around: Surroundings
    options: Globals
    voice: Voice

    @classmethod
    def start(cls, around: Surroundings, *, json: bool) -> Program:
        """Before the command line is understood; whether JSON is wanted is known already."""
        return cls(around, Globals(json=json), Voice(around.stdout, around.stderr, json))

    def with_options(self, options: Globals) -> Program:
        return replace(self, options=options, voice=replace(self.voice, json=options.json))

    @property
    def state(self) -> State:
        """The state directory; it is made when something is first kept there. Errors: `folder`."""
        from services.problems import refuse
        from services.setups import State

        given = self.options.state_dir
        try:
            return State(self.around.state_folder() if given is None else given.absolute())
        except (OSError, RuntimeError):
            raise refuse(
                "folder",
                "Nothing says where your home folder is, so there is no place for set-ups and journals.",
                "Give a folder for them with --state-dir DIR.",
                where="--state-dir",
            ) from None

    @property
    def endpoint(self) -> str:
        """The endpoint that options or environment set, if it is not AWS's own."""
        return endpoint_of(self.options.endpoint_url, self.around.environ)

    def log(self, line: str) -> None:
        """One line into the log file, if there is one, and on the standard error with -v."""
        if self.options.verbose:
            self.voice.tell(line)
        if self.options.log_file is not None:
            from wizard.log import append

            append(self.options.log_file, self.around.clock, line)

    def connect(self, profile: str = "", region: str = "") -> Connection:
        """A way to AWS, told to the log if one is wanted; the options stand in for what is empty."""
        from screens.host import Connection
        from services.aws.guards import Logged
        from services.aws.port import Settings

        settings = Settings(
            profile=profile or self.options.profile,
            region=region or self.options.region,
            endpoint_url=self.options.endpoint_url,
        )
        found = self.around.reach(settings)
        logged = self.options.verbose or self.options.log_file is not None
        aws = Logged(found.aws, self.log) if logged else found.aws
        return Connection(aws, found.endpoint or self.endpoint)

    def patient(self, aws: Aws) -> Aws:
        """The same AWS; a person is told when it lets them wait. Not for the pages, which are drawn on that stream."""
        return aws if self.voice.json else Patient(aws, self.around.later, self.voice.tell)

    def setup(self, config: Path, given: Mapping[str, object] | None = None) -> SetupFile:
        """A setup file with the answers of this command line put over its own."""
        from services import setup_file

        found = setup_file.read(config)
        return replace(found, answers=found.answers.updated(self.answers(given or {})))

    def answers(self, given: Mapping[str, object]) -> dict[str, object]:
        """The answers of this command line: `--region` and `--profile` are two of them. Errors: `usage`."""
        own = {"aws.region": self.options.region, "aws.profile": self.options.profile}
        return together({key: value for key, value in own.items() if value}, given)

    def desk(self, config: Path, given: Mapping[str, object] | None = None) -> Desk:
        """A setup that is complete, signed in and checked."""
        from services.answers import complete
        from services.work import open_desk

        setup = self.setup(config, given)
        complete(setup.answers)
        made = self.connect(setup.answers.text("aws.profile"), setup.answers.text("aws.region"))
        return open_desk(setup, self.patient(made.aws), self.state, self.around.clock, made.endpoint)


def isolate(around: Surroundings, config_file: Path) -> None:
    """Takes everything out of this process's environment that could lead to a real account, for good.

    What stays is the demo's; the programs that it starts get its one profile as well.
    """
    from services.demo.profile import child_environment

    clean = child_environment(around.environ, config_file)
    del clean["AWS_PROFILE"]  # it is not there yet
    around.environ.clear()
    around.environ.update(clean)


def endpoint_of(option: str, environ: Mapping[str, str]) -> str:
    """The first endpoint set that is not AWS's own; empty if there is none."""
    ignored = environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true"
    named = sorted(name for name in environ if name == ENDPOINT or name.startswith(f"{ENDPOINT}_"))
    urls = [url for url in (option, *(() if ignored else map(environ.__getitem__, named))) if url]
    if not urls:
        return ""
    from services.aws.endpoints import is_aws, without_sign_in

    return next((without_sign_in(url) for url in urls if not is_aws(url)), "")
