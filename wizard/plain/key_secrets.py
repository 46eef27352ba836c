"""Passwords on lines: never shown but where the program made one, never kept, wiped as soon as the work has them."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from screens.key_words import HINT
from services.problems import ProblemError, refuse
from services.recovery.passwords import check_password, wipe
from services.recovery.strength import strength
from wizard import passwords

if TYPE_CHECKING:
    from wizard.plain.guide import Guide

_KEEP_APART = "Keep it apart from the file, where somebody finds it when it is needed."


def new_password(guide: Guide) -> bytearray:
    """A new password: typed twice in the same way, or made here, shown once, and typed back."""
    person = guide.person
    person.say()
    person.say(HINT, _KEEP_APART)
    made = person.confirm(
        "Shall the program make a strong one?",
        "It is shown here once and stays to be read until you clear this window; if somebody records this session, it is "
        "in the recording. A password that you type yourself is never shown.",
    )
    while True:
        try:
            return passwords.made(guide.program) if made else _typed(guide)
        except ProblemError as refusal:
            person.problem(refusal.problem)


def _typed(guide: Guide) -> bytearray:
    """Errors: `bad-password`, also where the two are not the same."""
    person = guide.person
    first = person.secret("New password", HINT)
    try:
        check_password(first)
        found = strength(first)
        weak = guide.session.production and found.level == "weak"
        person.say(found.says, "Type back to let the program make one." if weak else "")
        _again(guide, first)
    except BaseException:
        wipe(first)
        raise
    return first


def _again(guide: Guide, first: bytearray) -> None:
    second = guide.person.secret("The same again", "Typed twice, so that a slip does not lose the key.")
    same = hmac.compare_digest(first, second)
    wipe(second)
    if not same:
        raise refuse("bad-password", "The two passwords are not the same.", "Type both again.")


def existing_password(guide: Guide, of: str) -> bytearray:
    """The password that opens something; an empty line is `Back`."""
    guide.person.say("An empty line goes back.")
    return guide.person.secret(f"Password of {of}", any_words=True)
