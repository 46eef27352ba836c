"""A key that exists already: what its file is, then its public half taken, or its private half brought into the right form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screens import key_place, key_words
from screens.key_work import Conversion, Source
from screens.paths import typed
from services import files, kit
from services.problems import ProblemError
from services.recovery import check, hsm
from services.recovery.passwords import wipe
from wizard.keys.making import teller
from wizard.plain import key_files, making
from wizard.plain.guide import Stop
from wizard.plain.key_secrets import existing_password, new_password

if TYPE_CHECKING:
    from wizard.plain.guide import Guide


def _look(guide: Guide) -> None:
    """Looks at the file; a private key begins the questions about where its new form goes."""
    guide.person.say()
    guide.person.say(key_words.TAKING)
    guide.person.until_good(lambda: _look_once(guide))


def _look_once(guide: Guide) -> None:
    """Errors: what speaks against the file."""
    session, person = guide.session, guide.person
    path = typed(_path_text(guide))
    data = files.read_small(path, kit.LARGEST_KEY_FILE)
    found = check.checking(data).run()
    if found.acceptable is False and (problem := check.verdict(found)) is not None:
        raise ProblemError(problem)
    for label, says in key_words.looked_rows(found):
        person.say(f"{label}: {says}")
    session.source = None
    if found.is_private:
        session.source = Source(path, data, found.acceptable is None, found.sha256 or "")
    else:
        _take(guide, str(path), found.sha256 or "")


def _path_text(guide: Guide) -> str:
    session = guide.session
    explain = "The path of the file: PEM, DER, hex text, or sealed. Nothing in it is changed."
    text = guide.person.path("Key file", session.shown_draft(key_place.FILE), explain)
    session.keep(key_place.FILE, text)
    session.flush()
    return text


def _take(guide: Guide, path: str, fingerprint: str) -> None:
    """Records a public key; one whose private half is locked in needs its phrase. Errors: `consent`."""
    session, person = guide.session, guide.person
    locked = person.confirm(
        "Is its private half in an HSM or KMS that it cannot leave?",
        hsm.EXPLAINED[0],
        default=session.shown_draft(key_place.IN_HSM) == "yes",
    )
    session.keep(key_place.IN_HSM, "yes" if locked else "")
    if locked:
        person.say(hsm.EXPLAINED[0], hsm.EXPLAINED[1])
        person.say(
            f"To use it all the same, with a recovery tool of your own, type: {hsm.phrase(fingerprint)}"
        )
        hsm.check_phrase(fingerprint, person.ask("Phrase"))
    session.record(
        {
            "recovery_key.public_files": [path],
            "recovery_key.fingerprint": fingerprint,
            "recovery_key.private_file": None,
            "recovery_key.custody": "hsm" if locked else "file",
        }
    )
    person.say("✓ This set-up has its recovery key.")
    person.value("SHA-256", fingerprint)


def _convert(guide: Guide) -> None:
    """Seals the private key anew; both passwords are wiped by the work."""
    source = guide.session.source
    assert source is not None  # noqa: S101 - for the type checker: only a private key comes here
    old = existing_password(guide, "the key file") if source.sealed else None
    try:
        new = new_password(guide)
    except BaseException:
        wipe(old)
        raise
    request = key_place.request(guide.session)
    made = making.attempt(
        guide,
        lambda: Conversion(source, request, old, new).run(teller(guide.program)),
    )
    guide.session.source = None
    making.record(guide, made)


def _private(guide: Guide) -> bool:
    return guide.session.source is not None


STOPS = (
    Stop("", _look),
    *(replace(stop, applies=_private) for stop in key_files.STOPS),
    Stop("", _convert, _private),
)
