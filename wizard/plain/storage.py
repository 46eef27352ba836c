"""The bucket for the backups and its key, the role that Palisade assumes, how long backups are kept, and who watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import suggest
from screens.hardening_words import cost_words, lock_words, version_words
from services import progress
from services.rules import EXTRA_ACTIONS
from wizard.plain import asking
from wizard.plain.guide import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plain.guide import Guide

_RARE = ("role.path", "role.permissions_boundary", "role.max_session_seconds", "role.extra_actions")
_ASKED = "plain.rare"
"""The draft that says that the rarely needed questions are wanted."""


# Storage --------------------------------------------------------------------------------------------------------------


def _has_choice(guide: Guide) -> bool:
    """Whether AWS has more than one name space in the region; one that was chosen before its region is asked about."""
    answers = guide.answers
    return len(suggest.name_spaces(answers.text("aws.region"), answers.text("storage.namespace"))) > 1


def _propose_bucket(guide: Guide) -> None:
    """A name that fits the name space, unless the person gave one of their own."""
    session, answers = guide.session, guide.answers
    chosen = answers.text("storage.namespace")
    other = "global" if chosen == "account-regional" else "account-regional"
    typed = session.drafts.get("storage.bucket", answers.text("storage.bucket"))
    if typed in {"", suggest.bucket(answers, other)}:
        session.keep("storage.bucket", suggest.bucket(answers, chosen))


STORAGE = (
    asking.stop("storage", "storage.namespace", _has_choice),
    Stop("storage", _propose_bucket, asks=False),
    asking.stop("storage", "storage.bucket"),
    asking.stop("storage", "storage.kms_key"),
    asking.stop("storage", "storage.encryption_headers"),
    asking.settled(
        "storage", "storage.namespace", "storage.bucket", "storage.kms_key", "storage.encryption_headers"
    ),
)


# Access ---------------------------------------------------------------------------------------------------------------


def _what_the_role_can(guide: Guide) -> None:
    guide.person.say(
        "Palisade writes through a role in your account. It may put backups into the bucket and use the KMS key for that, "
        "and must name your external ID each time. It can never read or delete a backup."
    )


def _ask_for_rare(guide: Guide) -> None:
    """Whether to be asked what few organisations need; yes if one of it was answered before."""
    answers = guide.answers
    given = bool(
        answers.text("role.path") != "/"
        or answers.text("role.permissions_boundary")
        or answers.number("role.max_session_seconds") != 3600
        or answers.texts("role.extra_actions")
        or any(key in guide.session.drafts for key in _RARE)
    )
    wanted = guide.person.confirm(
        "Four more questions about the role are rarely needed: path, boundary, session, extra actions. Ask them?",
        "They are for organisations that bound every role, and for actions that Palisade asks for.",
        default=given,
    )
    guide.session.keep(_ASKED, "yes" if wanted else "")


def _rare(guide: Guide) -> bool:
    return guide.session.drafts.get(_ASKED) == "yes"


def _extra(_guide: Guide) -> str:
    return f"Possible: {', '.join(EXTRA_ACTIONS)}."


def _allowed(guide: Guide) -> None:
    given = guide.answers.texts("role.extra_actions")
    if given:
        said = "; ".join(f"{action} {EXTRA_ACTIONS[action]}" for action in given)
        guide.person.say(f"! You also allow: {said}.")


def _done(name: str) -> Callable[[Guide], None]:
    return lambda guide: progress.mark(guide.session, name, "yes")


ACCESS = (
    Stop("access", _what_the_role_can, asks=False),
    asking.stop("access", "role.name"),
    Stop("access", _ask_for_rare),
    asking.stop("access", "role.path", _rare),
    asking.stop("access", "role.permissions_boundary", _rare),
    asking.stop("access", "role.max_session_seconds", _rare),
    asking.stop("access", "role.extra_actions", _rare, more=_extra),
    Stop("access", _allowed, asks=False),
    asking.settled("access", "role.name", *_RARE),
    Stop("access", _done(progress.ACCESS), asks=False),
)


# Hardening ------------------------------------------------------------------------------------------------------------


def _locks(guide: Guide) -> bool:
    return guide.answers.text("storage.object_lock") != "off"


def _expires(guide: Guide) -> bool:
    return guide.answers.number("storage.noncurrent_versions") > 0


def _records(guide: Guide) -> bool:
    return guide.answers.text("hardening.trail") != "off"


def _own_trail(guide: Guide) -> bool:
    return guide.answers.text("hardening.trail") == "create"


def _rings(guide: Guide) -> bool:
    return guide.answers.flag("hardening.alarms")


def _logs(guide: Guide) -> bool:
    return guide.answers.flag("storage.access_logs")


def _say_lock(guide: Guide) -> None:
    guide.person.say(lock_words(guide.answers)[0])


def _say_versions(guide: Guide) -> None:
    guide.person.say(version_words(guide.answers)[0])


def _say_costs(guide: Guide) -> None:
    guide.person.say(cost_words(guide.answers))


RETENTION = (
    asking.stop("retention", "storage.object_lock"),
    asking.stop("retention", "storage.object_lock_days", _locks),
    Stop("retention", _say_lock, asks=False),
    asking.stop("retention", "storage.noncurrent_versions"),
    asking.stop("retention", "storage.noncurrent_days", _expires),
    asking.stop("retention", "hardening.mfa_delete"),
    asking.settled(
        "retention",
        *("storage.object_lock", "storage.object_lock_days"),
        *("storage.noncurrent_versions", "storage.noncurrent_days", "hardening.mfa_delete"),
    ),
    Stop("retention", _say_versions, asks=False),
)

WATCHING = (
    asking.stop("watching", "hardening.trail"),
    asking.stop("watching", "hardening.data_events", _records),
    asking.stop("watching", "hardening.trail_bucket", _own_trail),
    asking.stop("watching", "hardening.alarms", _records),
    asking.stop("watching", "hardening.alarm_email", _rings),
    asking.stop("watching", "storage.access_logs"),
    asking.stop("watching", "storage.access_log_bucket", _logs),
    asking.stop("watching", "hardening.inventory", _logs),
    asking.settled(
        "watching",
        *("hardening.trail", "hardening.data_events", "hardening.trail_bucket", "hardening.alarms"),
        *("hardening.alarm_email", "storage.access_logs", "storage.access_log_bucket", "hardening.inventory"),
    ),
    Stop("watching", _say_costs, asks=False),
    Stop("watching", _done(progress.HARDENING), asks=False),
)
