"""The whole way, from the choice of a set-up to the green list, and how it ends: whenever it does, everything is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from screens import flow
from screens.session import Session
from services import setup_file
from services.aws.endpoints import without_sign_in
from services.problems import ProblemError
from wizard import PROGRAM, signals
from wizard.plain import account, palisade, recovery_key, review, setups, storage, verify
from wizard.plain.guide import Guide, first, walk
from wizard.plain.lines import Lines, width_of
from wizard.plain.person import WORDS, Back, Leave, Person

if TYPE_CHECKING:
    from screens.host import Connection, Host
    from wizard.options import Globals
    from wizard.root import Program

STOPS = (
    *account.STOPS,
    *recovery_key.STOPS,
    *storage.STORAGE,
    *storage.ACCESS,
    *storage.RETENTION,
    *storage.WATCHING,
    *review.STOPS,
    *palisade.STOPS,
    *verify.STOPS,
)
"""Every question from the first sign-in to the last check, in the order in which they are asked."""


def run(program: Program, config: Path | None) -> int:
    """One sitting; its exit status. Ends by `quit`, the end of the input, Ctrl-C or a signal, with everything kept."""
    around, said = program.around, program.voice
    voice = Lines(said.out, said.err, width=width_of(around.stderr), setup=lambda: _path(session))
    program = replace(program, voice=voice)
    session = Session(_host(program, config))
    pages = {stop.key: stop.page for stop in STOPS if stop.key}
    guide = Guide(program, session, Person(program.around, voice), pages)
    try:
        with signals.told_with("Open the wizard again: it goes on from there."):
            _through(guide)
    except Leave:
        return 0
    except ProblemError as error:
        guide.person.say()
        guide.person.problem(error.problem)
        return error.problem.exit_code
    finally:
        _farewell(guide)
    return 0


def _path(session: Session) -> Path | None:
    return session.setup.path if session.setup is not None else None


def _host(program: Program, config: Path | None) -> Host:
    """What the pages are given, told when AWS lets a person wait."""
    from wizard.host import host

    def connect(profile: str, region: str) -> Connection:
        made = program.connect(profile, region)
        return replace(made, aws=program.patient(made.aws))

    return replace(host(program, config), connect=connect)


def _through(guide: Guide) -> None:
    session = guide.session
    guide.person.say("Palisade backup set-up, line by line.", WORDS)
    if guide.host.open_first is None:
        setups.choose(guide)
    else:
        session.open(setup_file.read(guide.host.open_first))
    while True:
        try:
            return walk(guide, STOPS, first(STOPS, flow.open_at(session)))
        except Back:
            setups.choose(guide)


def _farewell(guide: Guide) -> None:
    """Puts everything away and says how to go on."""
    session, person = guide.session, guide.person
    setup = session.setup
    session.close()
    person.say()
    person.say("Everything that you answered and everything that was made is kept.")
    if guide.program.options.demo_stage is None:
        person.say("This goes on from there:")
        config = ("--config", str(setup.path)) if setup is not None else ()
        person.command(PROGRAM, "--plain", *config, *_again(guide.program.options))


def _again(options: Globals) -> tuple[str, ...]:
    """The options that lead to the same set-ups and the same AWS, as they were given; no sign-in of an endpoint."""
    named = {
        "--state-dir": str(options.state_dir or ""),
        "--endpoint-url": without_sign_in(options.endpoint_url),
        "--profile": options.profile,
        "--region": options.region,
    }
    return tuple(word for name, value in named.items() if value for word in (name, value))
