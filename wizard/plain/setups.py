"""Which set-up to work on: one of this computer, or a new one with its name and its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import setup_words
from services.problems import ProblemError
from wizard.plain import asking
from wizard.plain.guide import Stop, walk
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
            if not found:
                _begin(guide)
            else:
                _choose(guide, found)
        except Back:
            guide.person.say("This is the first question: there is none before it.")
        else:
            return


def _choose(guide: Guide, found: tuple[SetupFile | ProblemError, ...]) -> None:
    person, session = guide.person, guide.session
    person.page = "welcome"
    person.say()
    person.say("Set-ups on this computer:")
    options = [(f"{number}", setup_words.line(session, one)) for number, one in enumerate(found, 1)]
    for number, says in options:
        person.say(f"{number}. {says}")
    person.say(f"{NEW}: A new set-up.")
    while True:
        typed = person.ask(
            "Which one",
            "1",
            "Type the number of a set-up, or the word new. Nothing is changed by opening it.",
        )
        if typed == NEW:
            return _begin(guide)
        chosen = found[int(typed) - 1] if typed in dict(options) else None
        if chosen is None:
            person.say(f"✗ There is no set-up {typed!a}. Type a number from 1 to {len(found)}, or {NEW}.")
        elif isinstance(chosen, ProblemError):
            person.problem(chosen.problem)
        elif _opened(guide, chosen):
            return None


def _opened(guide: Guide, chosen: SetupFile) -> bool:
    try:
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
        raise Back from None
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
