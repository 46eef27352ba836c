"""Proving that the private key still opens: by this program, and by the vendor's own tool where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import key_place, key_words
from screens.paths import typed
from services import files, kit, progress, seen
from services.problems import ProblemError
from services.recovery import check
from wizard.keys import vendor
from wizard.plain.guide import Stop
from wizard.plain.key_secrets import existing_password

if TYPE_CHECKING:
    from pathlib import Path

    from services.recovery.check import CheckResult
    from wizard.plain.guide import Guide


def _file_text(guide: Guide) -> str:
    return guide.session.drafts.get(key_place.PROVED, key_place.private_text(guide.session))


def _file(guide: Guide) -> None:
    guide.person.say()
    guide.person.say(key_words.PROVING)
    while True:
        text = guide.person.path("Private key file", _file_text(guide))
        if seen.file(typed(text)):
            guide.session.keep(key_place.PROVED, text)
            return guide.session.flush()
        guide.person.say("✗ There is no such file. Plug its medium in, and give the file's path.")


def _open(guide: Guide) -> None:
    """With its password, in the memory of a process of its own."""
    session, person, file = guide.session, guide.person, typed(_file_text(guide))
    if guide.answers.text("recovery_key.custody") == "split":
        person.say(
            "This key is split: its password is what the shares give. This prints it when enough of them are there:"
        )
        person.command("palisade-wizard", "shares", "combine", "SHARE", "--sealed", str(file), "--reveal")
    found = person.until_good(lambda: _checked(guide, file))
    problem = check.verdict(found)
    if problem is not None:
        return person.problem(problem)
    if not (found.is_private and found.matches_public and found.proven):
        return person.say("✗ This proves nothing: the file is no private key that could be opened.")
    progress.mark(session, key_place.PROVEN_AT, progress.day(guide.host.clock.wall()))
    person.say(f"✓ {key_words.OPENS}")
    return None


def _checked(guide: Guide, file: Path) -> CheckResult:
    setup, iterations = guide.session.setup, guide.host.iterations
    assert setup is not None  # noqa: S101 - for the type checker: every stop but the first has a set-up
    public = kit.recovery_keys(setup)[0].der
    data = files.read_small(file, kit.LARGEST_KEY_FILE)
    password = existing_password(guide, "the private key file")
    return check.checking(data, public, password, prove=True, iterations=iterations).run()


def _vendor(guide: Guide) -> None:
    """The vendor's tool, if the person wants it to judge the file as well."""
    wanted = guide.person.confirm(
        "Have the vendor's own tool prove the file as well?",
        "It is the one that recovers. It asks for the password itself; this program never sees it.",
    )
    if wanted:
        try:
            vendor.proven(guide.program, typed(_file_text(guide)))
        except ProblemError as refusal:
            guide.person.problem(refusal.problem)


STOPS = (Stop("", _file), Stop("", _open), Stop("", _vendor))
