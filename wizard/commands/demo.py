"""`demo`: the ordinary program on an embedded AWS, in a folder that can be thrown away."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import ProblemError, as_json, refuse
from wizard import signals
from wizard.cli import Subcommand
from wizard.commands.wizard import refuse_dumb
from wizard.options import PATH

if TYPE_CHECKING:
    from wizard.journey import Scene
    from wizard.root import Program
    from wizard.theatre import Theatre

AGAIN = "Start the demo again, in another folder."


@click.command(
    "demo",
    cls=Subcommand,
    help="The whole journey on an embedded AWS and a stand-in for Palisade, in a throw-away folder: no account, no "
    "network. Opens the wizard; with --plain, line by line.",
)
@click.option("--headless", is_flag=True, help="Walk the journey without a terminal and print what happens.")
@click.option(
    "--dir", "folder", type=PATH, metavar="DIR", help="Use this empty folder and leave everything there."
)
@click.option("--serve", is_flag=True, help="Start only the embedded AWS, and print how to use it.")
@click.option(
    "--play",
    type=PATH,
    metavar="S",
    help="Where the variables of a demo with --serve are set: play Palisade for the setup file S.",
)
@click.pass_obj
def command(program: Program, *, headless: bool, folder: Path | None, serve: bool, play: Path | None) -> int:
    """See the help text."""
    if headless and serve:
        raise refuse(
            "usage", "--headless and --serve exclude each other.", "Give one of them.", where="--serve"
        )
    if play is not None:
        if headless or serve or folder is not None:
            raise refuse(
                "usage", "--play goes with no other option of the demo.", "Give it alone.", where="--play"
            )
        from wizard import playing

        return playing.play(program, play)
    if not headless and not serve and not program.around.terminal:
        raise refuse(
            "no-terminal",
            "The demo opens the wizard, which needs a terminal, and there is none here.",
            "Use 'palisade-wizard demo --headless'.",
        )
    if not headless and not serve and not program.options.plain:
        refuse_dumb(program.around.environ, "palisade-wizard demo --plain")
    from services.demo.profile import leads_elsewhere
    from wizard import theatre

    place = theatre.throw_away(folder)
    elsewhere = tuple(name for name in sorted(program.around.environ) if leads_elsewhere(name))
    remedy = f"Remove the folder {place} when you are done." if serve else AGAIN
    summary = "The embedded AWS is stopped, and everything in it is gone." if serve else ""
    with signals.told_with(remedy, summary=summary), theatre.opened(program, place) as opened:
        if serve:
            return _serve(program, opened, elsewhere)
        return _walk(program, opened) if headless else _open(program, opened)


def _open(program: Program, opened: Theatre) -> int:
    """The wizard in a program of its own, which knows of the stand-in through one file."""
    from wizard import stage
    from wizard.theatre import BACKSTAGE

    backstage = opened.folder / BACKSTAGE
    keys = opened.folder / "keys"
    told = stage.save(
        backstage / "stage.json", stage.Stage(backstage / "service.json", keys, opened.defaults)
    )
    arguments = ["--state-dir", str(opened.folder / "state"), "--demo-stage", str(told)]
    arguments += ["--no-mouse"] if program.options.no_mouse else []
    arguments += ["--plain"] if program.options.plain else []
    if program.options.log_file is not None:
        arguments += ["--log-file", str(program.options.log_file.absolute())]
    with signals.left_to_child():
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            opened.child(arguments), env=opened.environment, cwd=opened.folder
        )
        try:
            status = process.wait()
        except BaseException:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            raise
    said = f"Everything of this demo is in {opened.folder}; remove the folder when you are done."
    if program.options.plain:
        from wizard.plain.lines import width_of, wrapped

        said = wrapped(said, width_of(program.around.stderr))
    program.voice.tell(said)
    return status if status >= 0 else 128 - status


def _serve(program: Program, opened: Theatre, elsewhere: tuple[str, ...]) -> int:
    """Prints how to reach the embedded AWS, and keeps it until Ctrl-C.

    `elsewhere` are the variables of the person's shell that would lead its programs to another AWS.
    """
    from services.demo.profile import leads_elsewhere

    wanted = {name: value for name, value in opened.environment.items() if leads_elsewhere(name)}
    wanted["AWS_CA_BUNDLE"] = str(opened.service.ca_bundle)
    # A name that no shell can hold cannot have come from one.
    unset = [
        name for name in elsewhere if name not in wanted and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
    ]
    if program.voice.json:
        program.voice.line(
            {"profile_file": str(opened.profile), "endpoint": opened.endpoint}
            | {"environment": wanted, "unset": unset, "folder": str(opened.folder)}
            | {"principal_arn": opened.defaults["palisade.principal_arn"]}
        )
    else:
        lines = [f"unset {name}" for name in unset]
        lines += [f"export {name}={shlex.quote(value)}" for name, value in wanted.items()]
        program.voice.data("\n".join(lines))
    program.voice.tell(f"The embedded AWS listens on {opened.endpoint}; its profile is in {opened.profile}.")
    program.voice.tell(f"Palisade's writer there is {opened.defaults['palisade.principal_arn']}.")
    program.voice.tell("It is gone when you press Ctrl-C.")
    while True:
        time.sleep(3600)


def _walk(program: Program, opened: Theatre) -> int:
    """The journey, every scene as it happens; the last word says where everything is."""
    from wizard.journey import (
        LOG,
        PASSWORD,
        RECORD,
        REPORT,
        SETUP,
        SHARED,
        VALUES,
        VALUES_TEXT,
        Done,
        journey,
    )

    left = [SETUP, "keys/", PASSWORD, VALUES, VALUES_TEXT, REPORT, RECORD, LOG]
    done, began = 0, program.around.clock.now()
    if not program.voice.json:
        program.voice.data(
            f"The demo works in {opened.folder}, with the embedded AWS on {opened.endpoint}.\n"
            f"Every command below runs there, with {' '.join(SHARED)}."
        )
    problem = None
    try:
        with signals.told_with(AGAIN):
            for scene in journey(opened):
                done += isinstance(scene, Done)
                _show(program, scene, done + 1)
    except ProblemError as error:
        problem = error.problem
    seconds = program.around.clock.now() - began
    if program.voice.json:
        if problem is not None:
            program.voice.line({"event": "failed", "address": "", "problem": as_json(problem)})
        program.voice.line(
            {
                "event": "finished",
                "address": "",
                "ok": problem is None,
                "done": done,
                "failed": int(problem is not None),
            }
            | {"remaining": 0, "folder": str(opened.folder), "files": left, "endpoint": opened.endpoint}
        )
        return problem.exit_code if problem is not None else 0
    if problem is not None:
        raise ProblemError(problem)
    program.voice.data(
        f"\nThe backup path works: {done} steps in {seconds:.0f} seconds. Everything is in {opened.folder}:\n"
        f"  {', '.join(left)}\n"
        f"The password of the sealed key is in {PASSWORD}, because this is a demo: never keep the two together."
    )
    return 0


def _show(program: Program, scene: Scene, number: int) -> None:
    from wizard.journey import Begun, Done, Said

    voice = program.voice
    match scene:
        case Begun(name, says, command):
            if voice.json:
                voice.line({"event": "started", "address": name, "says": says, "command": command})
            else:
                voice.data(f"\n{number}. {says}" + (f"\n   $ {command}" if command else ""))
        case Said(name, says, held):
            if voice.json:
                voice.line({"event": "said", "address": name, "says": says, "ok": held})
            else:
                voice.data("\n".join(f"   {line}".rstrip() for line in says.split("\n")))
        case Done(name):
            if voice.json:
                voice.line({"event": "succeeded", "address": name})
