"""`lifecycle`: what to do after the set-up, when it is due, what was done, and reminders of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.lifecycle.standing import Life, Standing
    from services.setup_file import SetupFile
    from wizard.root import Program


@click.command(
    "lifecycle",
    cls=Subcommand,
    config=True,
    help="Tells what to do on a key reshare, a quorum restructure, when somebody with the recovery key leaves, once a year, "
    "and before a retention ends; when each was done last and is due. Asks AWS for nothing.",
)
@click.option("--about", metavar="DUTY", help="What to do about one duty, or about annual-review.")
@click.option(
    "--done", metavar="DUTY", help="Write down that it was done; annual-review stands for all its parts."
)
@click.option("--on", "day", metavar="DATE", help="The day on which it was done, as 2026-11-22 (today).")
@click.option("--note", metavar="TEXT", default="", help="A line to go with it. No secrets.")
@click.option(
    "--key-id", metavar="ID", default="", help="The wallet of a rehearsal: its record gets the proof."
)
@click.option("--ics", type=PATH, metavar="F", help="Write reminders for a calendar to the new file F.")
@click.option("--check", is_flag=True, help="End with status 3 if something is due.")
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    about: str | None,
    done: str | None,
    day: str | None,
    note: str,
    key_id: str,
    ics: Path | None,
    check: bool,
) -> int:
    """See the help text."""
    from services.lifecycle import office
    from services.recovery.keyfiles import refuse_taken
    from wizard.render import heads

    if done is None and (day is not None or note or key_id):
        raise refuse(
            "usage",
            "--on, --note and --key-id go with --done.",
            "Name the duty with --done DUTY.",
            where="--done",
        )
    if ics is not None:
        refuse_taken(ics)
    setup, clock = program.setup(config), program.around.clock
    program.voice.tell(heads.set_up(setup.answers))
    if done is not None:
        on = clock.wall().date() if day is None else _day(day)
        found = office.done(setup, program.state, clock, done, on=on, note=note, key_id=key_id)
    else:
        found = office.look(setup, program.state, clock.wall())
    shown = office.about(found, about) if about is not None else ()
    written = _reminders(program, setup, found, ics) if ics is not None else None
    _say(program, found, shown, written, done)
    return 3 if check and found.having("due") else 0


def _reminders(program: Program, setup: SetupFile, found: Life, out: Path) -> Path:
    """Writes the calendar; the set-up gets its id here if it has none, because reminders are known by it."""
    from services import files, setup_file
    from services.lifecycle import office, reminders

    if not setup.answers.get("setup.id"):
        named = setup_file.identified(setup)
        found = office.look(named, program.state, program.around.clock.wall())
    files.publish(out, reminders.calendar(found, program.around.clock.wall()), 0o600)
    return out


def _say(
    program: Program, found: Life, shown: tuple[Standing, ...], written: Path | None, done: str | None
) -> None:
    from services.lifecycle.standing import as_json
    from wizard.render.duties import about_text, life_text
    from wizard.render.jsonl import named

    voice = program.voice
    if voice.json:
        ics = str(written.absolute()) if written is not None else None
        voice.document({**named(found.of.setup), **as_json(found), "reminders": ics})
        return
    if done is not None:
        voice.tell(f"✓ Written down: {done}.")
    if shown:
        voice.data(about_text(shown))
    elif written is None:
        voice.data(life_text(found, verbose=program.options.verbose))
    if written is not None:
        voice.data(str(written))
        voice.tell(
            "Import it into a calendar that several people read. Write it again after something was done: imported anew, "
            "the reminders replace those that are there."
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise refuse(
            "usage", f"{text[:40]!r} is no day.", "Write it like 2026-11-22.", where="--on"
        ) from None
