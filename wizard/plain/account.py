"""Where the backups live and whom the organisation lets write them: profile, region, sign-in, and Palisade's writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import rights
from services.answers import place
from services.problems import ProblemError
from wizard.plain import asking
from wizard.plain.guide import Stop, tried

if TYPE_CHECKING:
    from screens.session import SignedIn
    from wizard.plain.guide import Guide

PAGE = "account"


def _profiles(guide: Guide) -> str:
    try:
        names = guide.host.profiles()
    except ProblemError as refusal:
        return refusal.problem.summary
    return f"On this computer there are: {', '.join(names)}." if names else "There is none on this computer."


def _sign_in(guide: Guide) -> None:
    """Signs in, records the account at first use, and says which rights the sign-in has."""
    session, answers = guide.session, guide.answers
    wanted = (answers.text("aws.profile"), answers.text("aws.region"))
    found = session.signed_in
    if found is not None and (found.profile, found.region) == wanted:
        return

    def signed_in() -> SignedIn:
        guide.person.say("Signing in.")
        made = session.connect(*wanted)
        place(guide.answers, made.identity.account)
        return made

    made = tried(guide, signed_in)
    if not answers.text("aws.account"):
        session.record({"aws.account": made.identity.account})
    session.signed_in = made
    guide.person.say(f"✓ You are signed in to account {made.identity.account} as {made.identity.arn}.")
    guide.person.say(_rights(guide, made))


def _rights(guide: Guide, made: SignedIn) -> str:
    answers, who = guide.answers, made.identity
    try:
        calls = rights.needed(answers, who.account)
        found = rights.check(made.aws, who, calls, place(answers, who.account))
    except ProblemError:
        return "Your rights could not be checked beforehand; the review will tell."
    forbidden = f" Your organisation forbids: {', '.join(found.forbidden)}." if found.forbidden else ""
    return f"{found.says}{forbidden}"


def _who_writes(guide: Guide) -> None:
    from wizard.render.plain import who_can_write

    guide.person.say(who_can_write(guide.answers))


def _new_id(guide: Guide) -> str:
    made = guide.host.new_id()
    guide.person.say("Made a new external ID. Enter the same one in Palisade:")
    guide.person.voice.data(made)
    return made


STOPS = (
    asking.stop(PAGE, "aws.profile", more=_profiles),
    asking.stop(PAGE, "aws.region", more=lambda _guide: "For example eu-west-1."),
    Stop(PAGE, _sign_in, asks=False),
    asking.stop(PAGE, "palisade.principal_arn"),
    Stop(PAGE, _who_writes, asks=False),
    asking.stop(
        PAGE,
        "palisade.external_id",
        more=lambda _guide: "Type generate to have one made.",
        makes={"generate": _new_id},
    ),
    asking.settled(PAGE, "aws.profile", "aws.region", "palisade.principal_arn", "palisade.external_id"),
)
