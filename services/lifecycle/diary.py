"""What was done when: the diary of a set-up's duties, kept like the record and beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services import ledger
from services.clock import Clock
from services.ledger import Copied, DamagedError, Entry, Ledger
from services.problems import refuse
from services.setup_file import SetupFile
from services.setups import State

LONGEST_NOTE = 400
EARLIEST = date(2020, 1, 1)


@dataclass(frozen=True)
class Done:
    """A duty that was done on a day, with what somebody had to say about it; `at` is when that was written down."""

    duty: str
    on: date
    note: str
    at: str


@dataclass(frozen=True)
class Diary:
    """Everything that was done, in the order in which it was written down; `warnings` are sentences about its copy."""

    done: tuple[Done, ...] = ()
    warnings: tuple[str, ...] = ()

    def last(self, duty: str) -> Done | None:
        """When a duty was done last."""
        return max((one for one in self.done if one.duty == duty), key=lambda one: one.on, default=None)


def place(setup: SetupFile, state: State) -> Ledger:
    """Where it is: `NAME.lifecycle.json` beside the setup file, and a copy in the state directory."""
    identifier = setup.answers.text("setup.id")
    return Ledger(
        path=ledger.beside(setup.path, "lifecycle"),
        copy=state.setups / f"{identifier}.lifecycle.json" if identifier else None,
        setup=identifier,
        what="lifecycle",
        called="diary of duties",
        anew="write down anew what was done with 'palisade-wizard lifecycle --config S --done DUTY --on DATE'",
    )


def read(of: Ledger) -> Diary:
    """The diary; empty where nothing was ever written. Errors: `unreadable-file`, `unfit`."""
    entries, copy = ledger.both(of, _check)
    return replace(_diary(entries), warnings=tuple(_warnings(of, copy, len(ledger.lost(entries, copy)))))


def _warnings(of: Ledger, copy: Copied, lost: int) -> Iterator[str]:
    if copy.unread is not None:
        yield " ".join((copy.unread.summary, *copy.unread.remedy))
    if lost:
        yield (
            f"The copy {of.copy} knows {lost} entr{'ies' if lost > 1 else 'y'} that the {of.called} does not: the file was "
            "put back from an older one. Write down again what was done, or put the copy back."
        )


def write(of: Ledger, clock: Clock, duties: Sequence[str], on: date, note: str = "") -> Diary:
    """Writes down that duties were done on a day. Errors: those of `check` and of a ledger."""
    check(on, note, clock)
    entries = [{"duty": duty, "on": on.isoformat(), "note": note.strip()} for duty in duties]
    return _diary(ledger.append(of, clock, _check, lambda _before: entries))


def check(on: date, note: str, clock: Clock) -> None:
    """Refuses a day that is not over or is no day of this program's, and a note that is no line: `invalid-answer`."""
    today = clock.wall().date()
    # Where the person is, it may be tomorrow already: days here are those of UTC.
    if not EARLIEST <= on <= today + timedelta(days=1):
        raise refuse(
            "invalid-answer",
            f"Nothing can have been done on {on.isoformat()}: today is {today.isoformat()}.",
            "Give the day on which it was done.",
            where="--on",
        )
    said = note.strip()
    if len(said) > LONGEST_NOTE or not said.isprintable():
        raise refuse(
            "invalid-answer",
            f"A note is one line of at most {LONGEST_NOTE} characters.",
            "Shorten it. Write no secret into it.",
            where="--note",
        )


def as_json(done: Done) -> dict[str, str]:
    """The JSON shape."""
    return {"duty": done.duty, "on": done.on.isoformat(), "note": done.note, "at": done.at}


def _diary(entries: Sequence[Entry]) -> Diary:
    return Diary(tuple(_done(entry) for entry in entries))


def _check(entry: Entry) -> None:
    _done(entry)


def _done(entry: Mapping[str, object]) -> Done:
    match entry:
        case {"duty": str(duty), "on": str(on), "note": str(note), "at": str(at)} if note.isprintable():
            try:
                return Done(duty, date.fromisoformat(on), note, at)
            except ValueError:
                raise DamagedError("a day in it is no day") from None
        case _:
            raise DamagedError("an entry in it says of nothing that it was done")
