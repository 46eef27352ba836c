"""Where the files of a recovery key go and how they are called, asked in the same way for every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import custody_words, key_place
from services.problems import refuse
from services.recovery import keyfiles
from wizard.keys import place
from wizard.plain.guide import Stop

if TYPE_CHECKING:
    from wizard.plain.guide import Guide


def _folder(guide: Guide) -> None:
    guide.person.say()
    guide.person.say(
        "The folder for the key's files, best on a medium that is not this computer. It is made if it is missing."
    )
    guide.person.until_good(lambda: _take_folder(guide))
    findings = guide.host.findings(key_place.folder(guide.session))
    place.tell(guide.program, findings, key_place.purpose(guide.session))


def _take_folder(guide: Guide) -> None:
    session = guide.session
    session.keep(key_place.FOLDER, guide.person.ask("Folder", key_place.folder_text(session)))
    session.flush()
    key_place.check_folder(session)


def _name(guide: Guide) -> None:
    """Refuses a name of which files exist; what an interrupted run left is completed."""
    guide.person.say()
    guide.person.say("How the key's files are called.")
    guide.person.until_good(lambda: _take_name(guide))


def _take_name(guide: Guide) -> None:
    session, person = guide.session, guide.person
    name = person.ask("Name", key_place.name(session), "Letters, digits, dots, hyphens and underscores.")
    keyfiles.check_name(name)
    session.keep(key_place.NAME, name)
    session.flush()
    found, pair = key_place.leftover(session), key_place.unrecorded(session)
    if session.shown_draft(key_place.KIND) == "take":
        key_place.refuse_taken(session)
    elif found is not None:
        person.say(custody_words.unfinished(found, split=by_shares(guide))[0])
    elif pair is not None:
        person.say(custody_words.whole(pair)[0])
        if not person.confirm("Record this key?"):
            raise refuse(
                "exists", "This name is taken by that key.", "Give another name.", where=key_place.NAME
            )
    else:
        key_place.refuse_taken(session)


def by_shares(guide: Guide) -> bool:
    """Whether shares are to complete what is there, or to open what is made."""
    return guide.session.shown_draft(key_place.KIND) == "split"


def left(guide: Guide) -> bool:
    """Whether an interrupted run left something to be completed."""
    return key_place.leftover(guide.session) is not None


STOPS = (Stop("", _folder), Stop("", _name))
