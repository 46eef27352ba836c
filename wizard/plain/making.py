"""A key as it is made: each proof as a line of its own, then what there is now, where it belongs, and who guards it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from screens import key_place, key_words, key_work
from services.problems import ProblemError
from services.recovery.keypair import completing
from services.recovery.passwords import wipe
from wizard import PROGRAM
from wizard.keys import copies
from wizard.keys.making import with_password as made_with_password
from wizard.keys.making import worked
from wizard.plain.key_secrets import existing_password, new_password
from wizard.plain.person import Back

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.recovery.custodians import Custody
    from services.recovery.keyfiles import KeyFiles
    from wizard.plain.guide import Guide

Result = TypeVar("Result")


def with_password(guide: Guide) -> None:
    """Seals a new key with a password."""
    session = guide.session
    password = new_password(guide)
    keep = guide.host.keyring is not None and not session.production
    request = key_place.request(session)
    made = attempt(guide, lambda: made_with_password(guide.program, request, password, keep=keep))
    record(guide, made.files)
    if made.password is not None:
        _offer_copy(guide, made.files.sha256, made.password)
    if session.shown_draft(key_place.KIND) == "hsm":
        say_hsm(guide)


def completed(guide: Guide) -> None:
    """Completes with its password what an interrupted run left."""
    session = guide.session
    left = key_place.leftover(session)
    sealed = left is not None and left.format == "pke1"
    password = existing_password(guide, "the sealed file") if sealed else bytearray()
    request = key_place.request(session)
    try:
        files = attempt(guide, lambda: worked(guide.program, completing(request, password)))
    finally:
        wipe(password)
    record(guide, files)


def attempt(guide: Guide, work: Callable[[], Result]) -> Result:
    """Work on the key; a refusal is told, and the question before is asked again: no password is kept for another try."""
    guide.person.say("This takes some seconds; each line is one proof.")
    try:
        return work()
    except ProblemError as refusal:
        guide.person.problem(refusal.problem)
        raise Back from None


def record(
    guide: Guide,
    made: KeyFiles,
    *,
    split: bool = False,
    custody: Custody | None = None,
    proven: bool = True,
) -> None:
    """Writes the papers, records the key in the set-up, and says what there is now."""
    session, person = guide.session, guide.person
    moment = guide.host.clock.wall()
    found = key_work.finished(made, key_place.purpose(session), moment, split=split, custody=custody)
    session.record(found.answers)
    person.say()
    person.say(f"✓ {key_words.done(replace(found, proven=proven))}")
    person.value("Palisade gets", str(made.public_der))
    person.value("You keep", str(made.private_file))
    if found.sheet is not None:
        person.value("Print this sheet; it holds no secret", str(found.sheet))
    person.value("SHA-256", made.sha256)
    for sentence in found.mind:
        person.say(f"! {sentence}")
    person.say(key_words.next_thing(found))


def _offer_copy(guide: Guide, fingerprint: str, password: bytearray) -> None:
    try:
        wanted = guide.person.confirm(
            "Keep a copy of the password in this computer's keyring?",
            "It is a convenience in sandbox and no backup: it is gone with this computer.",
        )
        if wanted:
            copies.kept(guide.program, fingerprint, password)
    finally:
        wipe(password)


def say_hsm(guide: Guide) -> None:
    """Which commands store the sealed file in a token: its PIN is asked by them, not here."""
    person = guide.person
    private = key_place.private_text(guide.session)
    path = guide.session.setup.path if guide.session.setup is not None else "S"
    person.say()
    person.say(
        "Two commands store it in an HSM. The first lists the tokens; put the label of yours into the second:"
    )
    person.command(PROGRAM, "token", "list")
    person.command(PROGRAM, "token", "store", private or "FILE", "--token", "LABEL", "--config", str(path))
    if not guide.host.tokens_possible():
        person.say(key_words.NO_TOKENS)
