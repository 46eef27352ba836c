"""The part that happens in Palisade: the values for its form, the kit, and the quorum that gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.paths import typed
from services import files, kit, progress, work
from services.problems import ProblemError
from wizard.plain import asking
from wizard.plain.guide import Stop, tried
from wizard.plain.review import opened

if TYPE_CHECKING:
    from services.kit import Kit
    from wizard.plain.guide import Guide


def _values(guide: Guide) -> None:
    """Shows the values and asks whether the kit was created with them, until that is answered."""
    session, person = guide.session, guide.person

    def read() -> Kit:
        person.say("Reading the values from AWS.")
        return work.kit_values(opened(guide))

    values = tried(guide, read)
    _show(guide, values)
    while True:
        created = session.drafts.get(progress.KIT) == progress.kit_digest(session)
        options = (
            ("created", "I created the kit with exactly these values."),
            ("later", "I have not created it yet; go on all the same."),
            ("file", "Write the values to a file."),
            ("show", "Show the values again."),
        )
        person.say()
        match person.choose("The kit", options, "created" if created else "later"):
            case "created":
                return progress.mark(session, progress.KIT, progress.kit_digest(session))
            case "later":
                return progress.mark(session, progress.KIT, "")
            case "file":
                _write(guide, values)
            case _:
                _show(guide, values)


def _show(guide: Guide, values: Kit) -> None:
    person = guide.person
    person.say()
    person.say(
        f"Sign in to {values.console} as an Owner and open {kit.CONSOLE_PATH}. Carry these values over:"
    )
    for label, value in kit.rows(values):
        person.value(label, value)
    for key in values.public_keys:
        person.value(f"SHA-256 of {key.name}, to compare", key.sha256)
    person.say()
    for number, step in enumerate(kit.STEPS, 1):
        person.say(f"{number}. {step}")


def _write(guide: Guide, values: Kit) -> None:
    text = guide.person.ask(
        "New file",
        explain="A name that ends with .json or .md gives that form; an existing file is never overwritten.",
    )
    if not text:
        return
    path = typed(text)
    try:
        files.publish(path, kit.as_file(values, path), mode=0o600)
    except ProblemError as refusal:
        guide.person.problem(refusal.problem)
    else:
        guide.person.say("Written. It holds the external ID, which is confidential:")
        guide.person.voice.data(str(path))


def _quorum(guide: Guide) -> None:
    session, person = guide.session, guide.person
    person.say()
    person.say("Palisade backs up only the quorums that were created with a kit.", kit.KIND_OF_QUORUM)
    assigned = person.confirm(
        "Does a new quorum have the kit, and did every member accept?",
        "It has at least 2 devices and at least 2 signatures. Every member accepts within 60 minutes, or the request dies.",
        default=session.drafts.get(progress.QUORUM) == progress.kit_digest(session),
    )
    progress.mark(session, progress.QUORUM, progress.kit_digest(session) if assigned else "")


STOPS = (
    asking.stop("palisade", "palisade.kit_name"),
    Stop("palisade", _values),
    Stop("quorum", _quorum),
    asking.stop("quorum", "palisade.quorum_id"),
)
