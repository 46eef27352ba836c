"""One sitting at the wizard: the open set-up, what was typed, and what was learnt from AWS.

Answers are the only truth and go to the setup file at once. What was typed but is not acceptable yet is a draft, kept
beside it. Secrets are neither: they live in the pages that ask for them; `held` is the one exception.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services import own_files, progress, setup_file
from services.answers import Answers
from services.clock import stamp
from services.printable import one_line
from services.problems import ProblemError
from services.recovery.passwords import wipe
from services.setup_file import SetupFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.hand_out import HandOut
    from screens.host import Connection, Host
    from screens.key_work import Source
    from services.identity import Identity
    from services.kit import Kit
    from services.model.calls import Aws
    from services.recovery.gathering import Gathering
    from services.recovery.token import Driver, Token
    from services.rights import Rights
    from services.teardown import Teardown
    from services.verify.checks import Report
    from services.work import Desk, Planned

NEW = "new"
"""Under this name the drafts of a set-up are kept that has no file yet."""

_PATIENCE = 0.5
"""Seconds for which drafts wait for another run that writes: a page stands still meanwhile, and they can wait."""


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, through which connection, for which profile and region."""

    profile: str
    region: str
    connection: Connection
    aws: Aws
    identity: Identity


@dataclass
class Session:
    """`drafts` holds typed texts by key, and under keys with a leading dot where the person is."""

    host: Host
    setup: SetupFile | None = None
    drafts: dict[str, str] = field(default_factory=dict)
    signed_in: SignedIn | None = None
    rights: Rights | None = None
    desk: Desk | None = None
    planned: Planned | None = None
    teardown: Teardown | None = None
    accepted: tuple[str, ...] = ()
    kit: Kit | None = None
    report: Report | None = None
    log: deque[str] = field(default_factory=lambda: deque(maxlen=2000))
    changes: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """By set-up, the drafts that were changed here or (None) forgotten, and are not written down yet."""
    source: Source | None = None
    hand_out: HandOut | None = None
    gathering: Gathering | None = None
    token: tuple[Driver, Token] | None = None
    held: bytearray | None = field(default=None, repr=False)
    """The password of the key that is being made, while a copy in the keyring may still be asked for."""
    seen_endpoint: str | None = None
    """The endpoint of the profile and region in use; None while nobody has looked."""

    @property
    def answers(self) -> Answers:
        return self.setup.answers if self.setup else Answers()

    @property
    def endpoint(self) -> str:
        """The endpoint in use if it is not AWS's own."""
        return self.host.endpoint if self.seen_endpoint is None else self.seen_endpoint

    @property
    def production(self) -> bool:
        return self.answers.text("setup.environment") == "production"

    def note(self, line: str) -> None:
        """A line of the log; from any thread."""
        self.log.append(f"{stamp(self.host.clock.wall())}  {one_line(line)}")

    def open(self, setup: SetupFile) -> None:
        """Opens a set-up; it gets its id if it has none."""
        self.close()
        self.setup = setup_file.identified(setup)
        self._take_up()
        self.host.state.remember(self.setup)
        self.note(f"opened {setup.path}")

    def create(self, name: str, environment: str) -> None:
        """Makes a new set-up's file and opens it."""
        folder = own_files.private_folder(self.host.state.setups)
        defaults = {key: value for key, value in self.host.defaults.items() if key != "setup.id"}
        answers = Answers().updated(
            {**defaults, "setup.name": name, "setup.environment": environment},
        )
        setup = setup_file.create(folder / f"{answers.text('setup.name')}.toml", answers)
        for key in tuple(self.drafts):
            self.forget(key)
        self.flush()
        self.open(setup)

    def close(self) -> None:
        """Puts the set-up away; drafts of a new one come up."""
        self.flush()
        self.setup = self.signed_in = self.rights = self.seen_endpoint = self.source = self.token = None
        self.let_go()
        self.stop_handing_out()
        self.stop_gathering()
        self.forget_world()
        self._take_up()

    def _take_up(self) -> None:
        """The drafts of the set-up that is open, as they are kept and as they were changed here."""
        drafts = {**self.host.state.drafts(self._id), **self.changes.get(self._id, {})}
        self.drafts = {key: text for key, text in drafts.items() if text is not None}

    def let_go(self) -> None:
        """Wipes the password that was held."""
        if self.held is not None:
            wipe(self.held)
            self.held = None

    def stop_handing_out(self) -> None:
        """Ends the hand-out of shares, and with it the secret."""
        if self.hand_out is not None:
            self.hand_out.dealing.drop()
            self.hand_out = None

    def stop_gathering(self) -> None:
        """Ends the gathering of shares, and forgets them."""
        if self.gathering is not None:
            self.gathering.drop()
            self.gathering = None

    def forget_world(self) -> None:
        """What was learnt from AWS is out of date."""
        self.desk = self.planned = self.teardown = self.kit = self.report = None
        self.accepted = ()

    def record(self, values: Mapping[str, object]) -> None:
        """Writes accepted answers into the setup file at once; their drafts are done with."""
        if self.setup is None:
            return
        before = self.setup.answers
        try:
            self.setup = setup_file.record(self.setup, values)
        except ProblemError as error:
            if error.problem.code == "stale":  # what the others wrote is the truth, and shown from now on
                self.reload()
                self.forget_world()
            raise
        for key in values:  # in the file, too, where another sitting may have left one
            self.drafts.pop(key, None)
            self._change(key, None)
        if before.given != self.setup.answers.given:
            self.forget_world()

    def reload(self) -> None:
        """Takes over what was written into the file, by the work itself or by another program."""
        if self.setup is not None:
            before = self.answers
            self.setup = setup_file.read(self.setup.path)
            if before.given != self.answers.given:
                self.kit = self.report = None

    def still(self, digest: str) -> None:
        """Takes over what the file has by now. Errors: `stale` if other answers than those of this digest shape AWS."""
        from screens import plan_words

        self.reload()
        if progress.digest(self) != digest:
            raise ProblemError(plan_words.changed())

    def shown(self, key: str) -> str:
        """What stands in the field of an answer: what was typed last, else the answer."""
        if key in self.drafts:
            return self.drafts[key]
        match self.answers.get(key):
            case None:
                return ""
            case bool(value):
                return "true" if value else "false"
            case tuple(values):
                return ", ".join(values)
            case value:
                return str(value)

    def shown_draft(self, key: str) -> str:
        """What was typed into a field that is no answer, such as the folder of a new key."""
        return self.drafts.get(key, "")

    def keep(self, key: str, text: str) -> None:
        """Keeps a draft; it is written down by `flush`."""
        if self.drafts.get(key) != text or _is_mark(key):
            self.drafts[key] = text
            self._change(key, text)

    def forget(self, key: str) -> None:
        if self.drafts.pop(key, None) is not None or _is_mark(key):
            self._change(key, None)

    def _change(self, key: str, text: str | None) -> None:
        self.changes.setdefault(self._id, {})[key] = text

    def flush(self) -> None:
        """Writes down what was changed here, and takes over the marks that other runs set or took away meanwhile.

        What others typed stays in the file and comes up with the set-up: a sitting goes on with its own words, because
        whoever is asked for a name and a folder must get just these. Neither a full disk nor another run must stop anybody
        from leaving: what could not be written waits for the next time.
        """
        for setup, changes in tuple(self.changes.items()):
            mine = setup == self._id
            try:
                kept = self.host.state.keep_drafts(setup, changes, self.drafts if mine else None, _PATIENCE)
            except ProblemError as error:
                self.note(error.problem.summary)
                continue
            del self.changes[setup]
            if mine:
                own = {key: text for key, text in self.drafts.items() if not _is_mark(key)}
                self.drafts = own | {key: text for key, text in kept.items() if _is_mark(key)}

    def connect(self, profile: str, region: str) -> SignedIn:
        """Signs in and says who that is; from a thread."""
        from services.aws.guards import Logged
        from services.identity import identity

        mine = self._id
        connection = self.host.connect(profile, region)
        if mine == self._id:  # another set-up, opened meanwhile, may lead elsewhere
            self.seen_endpoint = connection.endpoint
        aws = Logged(connection.aws, self.note)
        return SignedIn(profile, region, connection, aws, identity(aws))

    def sign_in(self) -> SignedIn:
        """The sign-in of the recorded profile and region, made anew if there is none; from a thread."""
        profile, region = self.answers.text("aws.profile"), self.answers.text("aws.region")
        found = self.signed_in
        if found is not None and (found.profile, found.region) == (profile, region):
            return found
        return self.connect(profile, region)

    def desk_of(self, setup: SetupFile, signed_in: SignedIn) -> Desk:
        """The desk of a set-up for whoever is signed in; from a thread."""
        from services.work import open_desk

        state, clock = self.host.state, self.host.clock
        return open_desk(setup, signed_in.aws, state, clock, signed_in.connection.endpoint)

    @property
    def _id(self) -> str:
        return self.answers.text("setup.id") or NEW


def _is_mark(key: str) -> bool:
    """Whether a draft is a mark: another run may have set it or taken it away, so it is written down again in any case."""
    return key.startswith(".")
