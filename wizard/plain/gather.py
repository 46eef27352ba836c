"""Bringing the custodians' shares together, to complete a split key that an interruption left half-made.

The shares are kept by a process of their own; here there is never more than the one that is read or typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import key_place, key_work
from screens.paths import typed
from services.problems import ProblemError
from services.recovery.gathering import Gathering
from services.recovery.passwords import wipe
from services.recovery.share_files import WORDS
from wizard.keys.making import teller
from wizard.plain import making
from wizard.plain.person import Back

if TYPE_CHECKING:
    from wizard.plain.guide import Guide


def gather(guide: Guide) -> None:
    """Asks for one share after the other until there are enough of them, then completes the key."""
    session, person = guide.session, guide.person
    gathering = Gathering(session.host.iterations)
    try:
        gathering.begin()
        while gathering.missing != 0:
            _next(guide, gathering)
        request = key_place.request(session)
        taken = gathering.taken
        made = making.attempt(guide, lambda: gathering.finish(request, teller(guide.program)))
    finally:
        gathering.drop()
    person.say("The shares are forgotten here.")
    making.record(guide, made, split=True, custody=key_place.custody(session, taken))


def _next(guide: Guide, gathering: Gathering) -> None:
    person, missing = guide.person, gathering.missing
    person.say()
    person.say(
        "The first share tells how many are needed."
        if missing is None
        else f"{len(gathering.taken)} here, {missing} still needed."
    )
    options = (("file", "It is a file."), ("paper", "Its custodian types the words from paper, unseen."))
    kind = person.choose("The next share", options, "file")
    try:
        if kind == "file":
            gathering.read(typed(person.path("Share file", explain="The file on one custodian's medium.")))
        else:
            _typed(guide, gathering)
    except ProblemError as refusal:
        person.problem(refusal.problem)
        if refusal.problem.code in key_work.GONE:
            raise Back from None


def _typed(guide: Guide, gathering: Gathering) -> None:
    """The words of one share, one or more at a time; an empty line forgets them."""
    words = bytearray()
    guide.person.say("An empty line forgets this share and goes back.")
    try:
        while (count := len(words.split())) < WORDS:
            piece = guide.person.secret(f"Word {count + 1} of {WORDS}", any_words=True)
            lowered = piece.lower()
            words += b" "
            words += lowered
            wipe(piece, lowered)
        gathering.take(f"typed share {len(gathering.taken) + 1}", words)
    finally:
        wipe(words)
