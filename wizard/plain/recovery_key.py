"""The key that alone opens the backups: which way of keeping it, where its files go, and what is done with one that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screens import custody_words, key_place, key_words
from services import kit, seen
from services.problems import ProblemError
from wizard.plain import gather, hand_out, key_files, making, own_key, prove
from wizard.plain.guide import Stop, choose_after, walk
from wizard.plain.person import Back

if TYPE_CHECKING:
    from screens.custody_words import Way
    from wizard.plain.guide import Guide

PAGE = "recovery-key"


def recovery_key(guide: Guide) -> None:
    """Until the set-up has its key and the person goes on."""
    guide.person.say(key_words.WHY)
    if not guide.answers.texts("recovery_key.public_files"):
        _choose(guide)
    else:
        _have(guide)


# A key that is there --------------------------------------------------------------------------------------------------


def _have(guide: Guide) -> None:
    person = guide.person
    while True:
        try:
            _show(guide)
        except ProblemError as refusal:
            choose_after(guide, refusal.problem)
            continue
        person.say()
        options = (
            ("on", "Go on with this key."),
            ("prove", "Prove that it still opens."),
            ("hsm", "Store it in an HSM."),
            ("another", "Use another key."),
        )
        match person.choose("The key", options, "on"):
            case "on":
                return None
            case "prove":
                _visit(guide, prove.STOPS)
            case "hsm":
                making.say_hsm(guide)
            case _:
                if person.confirm(
                    "A kit keeps its key: another key needs a new kit and a new quorum. Go on?"
                ):
                    return _choose(guide)


def _visit(guide: Guide, stops: tuple[Stop, ...]) -> None:
    """Something beside the way, from which one comes back."""
    try:
        walk(guide, stops)
    except Back:
        return


def _show(guide: Guide) -> None:
    """Errors: whatever keeps the recorded public key from being used."""
    person, session = guide.person, guide.session
    assert session.setup is not None  # noqa: S101 - for the type checker: every stop but the first has a set-up
    key = kit.recovery_keys(session.setup)[0]
    private = key_place.private_text(session)
    person.say("This set-up has its recovery key.")
    if shared := key_place.shared(session.setup, session.host.state):
        person.say(f"! {shared}")
    person.value("Public key", str(key.file))
    person.value("SHA-256", key.sha256)
    if private:
        person.value("Private key", private)
    if day := session.drafts.get(key_place.PROVEN_AT):
        person.say(f"It was last opened on {day}.")
    if private and seen.anything(Path(private)):
        person.say(key_words.ADVICE)


# A key to be made or taken --------------------------------------------------------------------------------------------


def _choose(guide: Guide) -> None:
    """Which way of keeping it, then the questions of that way; Back from their first one asks this one again."""
    person, session = guide.person, guide.session
    options = tuple((way.kind, _says(way, session.production)) for way in custody_words.WAYS)
    while True:
        person.say()
        before = custody_words.way(session.shown_draft(key_place.KIND)).kind
        kind = person.choose("How is the key kept", options, before)
        session.keep(key_place.KIND, kind)
        session.flush()
        try:
            return walk(guide, own_key.STOPS if kind == "take" else MAKE)
        except Back:
            continue


def _says(way: Way, production: bool) -> str:
    return f"{custody_words.label(way, production)}. {way.good} {custody_words.against(way, production)[0]}"


def _make(guide: Guide) -> None:
    """Makes a key in the chosen way, or completes in that way what an interrupted run left."""
    pair = key_place.unrecorded(guide.session)
    if pair is not None:
        making.record(guide, pair, split=key_files.by_shares(guide), proven=False)
        return
    match key_files.left(guide), key_files.by_shares(guide):
        case True, True:
            gather.gather(guide)
        case True, False:
            making.completed(guide)
        case False, True:
            hand_out.split(guide)
        case _:
            making.with_password(guide)


MAKE = (*key_files.STOPS, Stop("", _make))

STOPS = (Stop(PAGE, recovery_key),)
