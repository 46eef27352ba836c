"""The duties of a set-up as both faces work on them: look at them, and write down what was done."""

from __future__ import annotations

from datetime import date, datetime

from services import setup_file
from services.clock import Clock
from services.lifecycle import diary
from services.lifecycle.duties import DUTIES, IDS, meant
from services.lifecycle.situation import Situation
from services.lifecycle.standing import Life, Standing, life
from services.problems import refuse
from services.record import book
from services.record.wallet import Proof
from services.setup_file import SetupFile
from services.setups import State


def look(setup: SetupFile, state: State, now: datetime) -> Life:
    """How the duties stand. Errors: those of the record and the diary."""
    record = book.read(book.place(setup, state))
    return life(Situation(setup, record, now.date()), diary.read(diary.place(setup, state)))


def about(found: Life, name: str) -> tuple[Standing, ...]:
    """The duties that a name stands for. Errors: `usage`."""
    ids = _meant(name, found.of)
    return tuple(one for one in found.standings if one.duty.id in ids)


def done(
    setup: SetupFile, state: State, clock: Clock, name: str, *, on: date, note: str = "", key_id: str = ""
) -> Life:
    """Writes down that a duty (or the whole yearly review) was done; a rehearsal also on the record of its wallet.

    The set-up gets its id here if it has none.
    """
    setup = setup_file.identified(setup)
    record_place, diary_place = book.place(setup, state), diary.place(setup, state)
    of = Situation(setup, book.read(record_place), clock.wall().date())
    duties = _meant(name, of)
    diary.read(diary_place)
    if key_id and "rehearsal" not in duties:
        raise refuse(
            "usage",
            "A key ID goes with a rehearsal alone: it says which wallet was recovered.",
            "Leave --key-id out.",
            where="--key-id",
        )
    diary.check(on, note, clock)
    if key_id:
        proof = Proof("rehearsal", on.isoformat(), note.strip())
        book.change(record_place, clock, key_id, lambda wallet: wallet.proven(proof))
    diary.write(diary_place, clock, duties, on, note)
    return look(setup, state, clock.wall())


def _meant(name: str, of: Situation) -> tuple[str, ...]:
    found = tuple(duty.id for duty in meant(name, of))
    if found:
        return found
    if any(duty.id == name for duty in DUTIES):
        raise refuse(
            "usage",
            f"This set-up does not have the duty {name!r}: what it is about is turned off.",
            f"Those that it has are listed by “{of.program('lifecycle')}”.",
            where=name,
        )
    raise refuse(
        "usage", f"There is no duty named {name!r}.", f"The duties are {', '.join(IDS)}.", where=name
    )
