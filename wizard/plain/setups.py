"""Which set-up to work on: one of this computer, or a new one with its name and its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import setup_lines, setup_words
from services.problems import ProblemError
from wizard.plain import asking
from wizard.plain.guide import Go, Stop, walk
from wizard.plain.person import Back

if TYPE_CHECKING:
    from services.setup_file import SetupFile
    from wizard.plain.guide import Guide

NEW = "new"


def choose(guide: Guide) -> None:
    """Opens a set-up. Raises `Leave`; there is nothing before this question."""
    guide.session.close()
    while True:
        found = guide.host.state.found()
        try:
            if not found or _chosen(guide, found):
                _begin(guide)
        except Back:
            if not found:
                guide.person.say("This is the first question: there is none before it.")
        else:
            return


def _chosen(guide: Guide, found: tuple[SetupFile | ProblemError, ...]) -> bool:
    """Opens one of the set-ups; true if it is to be a new one instead."""
    person, session = guide.person, guide.session
    person.page = "welcome"
    person.say()
    person.say("Set-ups on this computer:")
    for number, one in enumerate(found, 1):
        person.say(f"{number}. {setup_lines.line(session, one)}")
    person.say(f"{NEW}: A new set-up.")
    while True:
        typed = _asked(guide)
        if typed == NEW:
            return True
        at = int(typed[:4]) if typed.isascii() and typed.isdecimal() else 0
        if not 1 <= at <= len(found):
            person.say(
                f"✗ There is no set-up {typed[:40]!a}. Type a number from 1 to {len(found)}, or {NEW}."
            )
        elif _opened(guide, found[at - 1]):
            return False


def _asked(guide: Guide) -> str:
    explain = f"Type the number of a set-up, or the word {NEW}. Nothing is changed by opening one."
    while True:
        try:
            return guide.person.ask("Which one", "1", explain)
        except Back:
            guide.person.say("This is the first question: there is none before it.")


def _opened(guide: Guide, chosen: SetupFile | ProblemError) -> bool:
    try:
        if isinstance(chosen, ProblemError):
            raise chosen
        guide.session.open(chosen)
    except ProblemError as refusal:
        guide.person.problem(refusal.problem)
        return False
    return True


def _begin(guide: Guide) -> None:
    """What to know before, and the two answers that make a set-up."""
    person = guide.person
    person.page = "welcome"
    person.say()
    for sentence in (setup_words.WHY, "Before you start:"):
        person.say(sentence)
    for sentence in setup_words.BEFORE_YOU_START:
        person.say(f"- {sentence}")
    person.say(setup_words.ALTERNATIVE)
    walk(guide, NEW_SETUP)


def _create(guide: Guide) -> None:
    drafts = guide.session.drafts
    try:
        guide.session.create(drafts["setup.name"], drafts["setup.environment"])
    except ProblemError as refusal:
        guide.person.problem(refusal.problem)
        raise Go(NEW) from None
    path = guide.session.setup.path if guide.session.setup else ""
    guide.person.say("The answers are kept in this file. It never holds a password or a private key.")
    guide.person.voice.data(str(path))


NEW_SETUP = (
    asking.stop(NEW, "setup.name", propose=lambda guide: str(guide.host.defaults.get("setup.name", ""))),
    asking.stop(
        NEW,
        "setup.environment",
        more=lambda _guide: "Begin with sandbox.",
        propose=lambda guide: str(guide.host.defaults.get("setup.environment", "sandbox")),
    ),
    Stop(NEW, _create, asks=False),
)
