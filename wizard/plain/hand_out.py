"""A key that is split among custodians: their names, then a share for each, in a folder of their own or from this screen.

On lines nothing can be taken back from the screen, so shares in folders are proposed; who takes them from the screen is
told to clear the window after each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import key_place, key_words
from screens.hand_out import HandOut
from screens.paths import typed
from services.problems import ProblemError
from services.recovery import custodians
from services.recovery.dealing import Dealing
from services.recovery.passwords import wipe
from services.recovery.share_files import MOST, check_folders
from services.recovery.wordcheck import positions
from wizard.keys.making import teller, with_shares
from wizard.plain import making
from wizard.plain.guide import Stop, walk
from wizard.plain.person import Back

if TYPE_CHECKING:
    from pathlib import Path

    from services.recovery.dealing import Deal
    from services.recovery.wordcheck import ShownShare
    from wizard.plain.guide import Guide

WHY = (
    "The program makes a secret, seals the key with it, and splits it into shares of 33 words, one for each custodian; "
    "so many of them as you say open the key together."
)


def split(guide: Guide) -> None:
    """All questions of a split; Back from the first one leads before it."""
    guide.person.say()
    guide.person.say(WHY, key_words.TRUST)
    walk(guide, SPLIT)


def _names(guide: Guide) -> None:
    person, session = guide.person, guide.session
    person.say()
    person.say(f"Who holds a share: a name or an office, 2 to {MOST} in all. An empty line ends the list.")
    before = key_place.names(session)
    if before and person.confirm(f"So far these are named: {', '.join(before)}. Keep them?", default=True):
        return
    names: list[str] = []
    while len(names) < MOST:
        name = person.ask(f"Custodian {len(names) + 1}")
        if name:
            try:
                names.append(custodians.check_custodian(name))
            except ProblemError as refusal:
                person.problem(refusal.problem)
        elif len(names) > 1:
            break
        else:
            person.say("✗ A split needs at least two custodians. Type the name of another one.")
    session.keep(key_place.NAMES, "\n".join(names))
    session.flush()


def _threshold(guide: Guide) -> None:
    guide.person.say()
    guide.person.say("How many of the shares open the key. More protect it better, fewer may be lost.")
    guide.person.until_good(lambda: _take_threshold(guide))


def _take_threshold(guide: Guide) -> None:
    session, person = guide.session, guide.person
    names = key_place.names(session)
    text = person.ask("Needed to open it", session.drafts.get(key_place.THRESHOLD, "2"))
    threshold = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    custodians.custody(0, threshold, names)
    session.keep(key_place.THRESHOLD, str(threshold))
    session.flush()
    person.say(key_words.arithmetic(len(names), threshold))


def _numbers(guide: Guide) -> tuple[tuple[str, ...], int]:
    return key_place.names(guide.session), int(guide.session.drafts[key_place.THRESHOLD])


def _where(guide: Guide) -> None:
    """Folders or the screen, and then the one or the other."""
    person = guide.person
    person.say()
    options = (
        ("folders", "A file for each custodian, in a folder on a medium of theirs."),
        ("screen", "Each writes the words down from this screen, one after the other."),
    )
    if person.choose("Where do the shares go", options, "folders") == "folders":
        _to_folders(guide)
    else:
        _from_screen(guide)


# In folders -----------------------------------------------------------------------------------------------------------


def _to_folders(guide: Guide) -> None:
    session, program = guide.session, guide.program
    names, threshold = _numbers(guide)
    request = key_place.request(session)
    folders = _folders(guide, names, request.name)
    made = making.attempt(
        guide,
        lambda: with_shares(program, request, folders, threshold, names, production=session.production),
    )
    for path in made.shares:
        guide.person.value("Share", str(path))
    making.record(guide, made.files, split=True, custody=made.custody)


def _folders(guide: Guide, names: tuple[str, ...], name: str) -> list[Path]:
    """A folder for each custodian; all are asked again where they do not keep the shares apart."""
    person, device = guide.person, guide.program.around.disk
    while True:
        folders = [
            typed(
                person.path(
                    f"Folder for {custodian}", explain="A folder that exists, best on a medium of its own."
                )
            )
            for custodian in names
        ]
        try:
            check_folders(folders, name, production=guide.session.production, device=device)
        except ProblemError as refusal:
            person.problem(refusal.problem)
        else:
            return folders


# From the screen ------------------------------------------------------------------------------------------------------


def _from_screen(guide: Guide) -> None:
    """Every custodian writes down a share and is asked about it; only then the key is made."""
    person, session = guide.person, guide.session
    names, threshold = _numbers(guide)
    with Dealing(threshold, len(names), session.host.iterations) as dealing:
        hand_out = HandOut(names, threshold, dealing)
        hand_out.deal = making.attempt(guide, lambda: dealing.begin(teller(guide.program)))
        try:
            while not hand_out.complete:
                hand_out.at = dealing.missing[0]
                _share(guide, hand_out, hand_out.deal)
        except Back:
            person.say(key_words.STOPPED)
            raise
        request = key_place.request(session)
        made = making.attempt(guide, lambda: dealing.finish(request, teller(guide.program)))
    making.record(guide, made, split=True, custody=hand_out.custody)


def _share(guide: Guide, hand_out: HandOut, deal: Deal) -> None:
    """One share: announced, shown to its custodian alone, asked about."""
    person = guide.person
    person.say()
    person.say(
        f"Share {hand_out.at} of {deal.count} is for {hand_out.custodian}. Let {hand_out.custodian} sit here alone, with "
        "paper. Everybody else looks away, cameras too, and nothing records this window: the words come next."
    )
    person.say(f"Set {deal.identifier}: write this number above the words.")
    while True:
        person.ask("Press Enter to see the words", explain="Type back to stop the hand-out.")
        try:
            return _written_down(guide, hand_out)
        except Back:
            continue  # to the words again


def _written_down(guide: Guide, hand_out: HandOut) -> None:
    """Shows the words, and asks for some of them until they are right; `Back` for who wants to see them again."""
    person = guide.person
    with hand_out.dealing.share(hand_out.at) as share:
        for number, word in enumerate(share.words, 1):
            person.say(f"{number} {word}")
        person.say(
            "Write them down in order, then clear this window and what can be scrolled back: the words stay readable in it. "
            "Some of them are asked now; an empty line shows all of them again."
        )
        while not _confirmed(guide, hand_out, share):
            person.say("Look at what you wrote, and answer again.")


def _confirmed(guide: Guide, hand_out: HandOut, share: ShownShare) -> bool:
    answers: dict[int, str] = {}
    for position in positions(len(share.words)):
        answer = guide.person.secret(f"Word {position}", any_words=True)
        answers[position] = answer.decode("utf-8", "replace")
        wipe(answer)
    mistaken = hand_out.dealing.confirm(share, answers)
    for position in mistaken:
        guide.person.say(f"✗ Word {position} is not what the share says.")
    return not mistaken


SPLIT = (Stop("", _names), Stop("", _threshold), Stop("", _where))
