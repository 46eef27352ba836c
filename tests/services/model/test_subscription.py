"""Whether the alarms reach anybody: a subscription waits for a person, and holds up nothing meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.engine.plan import Note
from services.model.alarm_patterns import WATCHES
from services.model.alarms import description
from services.model.calls import Aws, Call, Reply
from services.verify.checks import Check, Report
from services.verify.configuration import configuration
from tests.alarmed import EMAIL, NAMES, alarmed, journey, log_group
from tests.ports import Recording, Replying
from tests.world import Journey, addresses, do

PENDING = "PendingConfirmation"


@dataclass
class Unconfirmed:
    """SNS as AWS has it: an address waits until its reader confirms, and is forgotten after some days.

    moto and ministack take every e-mail address for confirmed at once.
    """

    aws: Aws
    confirmed: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)

    def __call__(self, call: Call) -> Reply:
        reply = self.aws(call)
        if call.name == "sns:Subscribe":
            self.forgotten.discard(str(call.params["Endpoint"]))
            return {"SubscriptionArn": "pending confirmation"}
        if call.name != "sns:ListSubscriptionsByTopic":
            return reply
        there = [s for s in reply["Subscriptions"] if s["Endpoint"] not in self.forgotten]
        pending = {"SubscriptionArn": PENDING}
        return {"Subscriptions": [s if s["Endpoint"] in self.confirmed else {**s, **pending} for s in there]}


@pytest.fixture
def sns(aws: Aws) -> Unconfirmed:
    log_group(aws)
    return Unconfirmed(aws)


def check(made: Journey, identifier: str) -> Check:
    found = configuration(made.blueprint, made.observe())
    return next(check for check in found if check.id == identifier)


def test_a_subscription_that_waits_blocks_nothing_and_is_never_asked_for_twice(sns: Unconfirmed) -> None:
    recording = Recording(sns)
    made = journey(recording)
    assert made.run().ok
    assert made.plan().steps == ()
    assert made.run().ok
    assert recording.writes.count("sns:Subscribe") == 1

    (note,) = made.plan().notes
    assert note.address == "subscription.confirmed"
    assert "Open the e-mail" in note.says


def test_until_then_the_check_waits_and_says_what_to_do(sns: Unconfirmed) -> None:
    made = journey(sns)
    assert made.run().ok
    waiting = check(made, "config.subscription.confirmed")
    assert waiting.status == "waiting"
    assert EMAIL in waiting.evidence
    assert waiting.remedy.startswith("Open the e-mail")
    assert Report((waiting,)).exit_code == 7

    sns.confirmed.add(EMAIL)
    assert check(made, "config.subscription.confirmed").status == "pass"
    assert made.plan().notes == ()


def test_what_nobody_confirmed_is_forgotten_by_aws_and_asked_for_again(sns: Unconfirmed) -> None:
    recording = Recording(sns)
    assert journey(recording).run().ok
    sns.forgotten.add(EMAIL)
    assert addresses(journey(recording).plan()) == ["subscription"]
    assert journey(recording).run().ok
    assert recording.writes.count("sns:Subscribe") == 2
    assert journey(recording).plan().steps == ()


def test_another_address_is_a_new_subscription_and_the_old_one_stays(sns: Unconfirmed) -> None:
    sns.confirmed.add(EMAIL)
    assert journey(sns).run().ok
    other = Journey(sns, alarmed(email="ben@example.com"))
    assert addresses(other.plan()) == ["subscription"]
    assert other.run().ok
    assert other.plan().steps == ()
    assert {s["Endpoint"] for s in sns_list(sns)} == {EMAIL, "ben@example.com"}

    notes = {note.address: note.says for note in other.plan().notes}
    assert set(notes) == {"subscription.confirmed", "subscription.others"}
    assert EMAIL in notes["subscription.others"]
    assert "aws sns unsubscribe --subscription-arn arn:aws:sns:" in notes["subscription.others"]
    warned = check(other, "config.subscription.others")
    assert (warned.status, EMAIL in warned.evidence) == ("warn", True)
    assert Report((warned,)).exit_code == 0


def sns_list(aws: Aws) -> list[dict[str, Any]]:
    return list(do(aws, "sns", "ListSubscriptionsByTopic", TopicArn=NAMES.topic_arn)["Subscriptions"])


def test_a_queue_that_listens_in_is_told(sns: Unconfirmed) -> None:
    sns.confirmed |= {EMAIL, "arn:aws:sqs:eu-west-1:123456789012:listener"}
    assert journey(sns).run().ok
    do(
        sns,
        "sns",
        "Subscribe",
        TopicArn=NAMES.topic_arn,
        Protocol="sqs",
        Endpoint=next(iter(sns.confirmed - {EMAIL})),
    )
    assert "listener" in check(journey(sns), "config.subscription.others").evidence
    assert check(journey(sns), "config.subscription.confirmed").status == "pass"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: {**s, "Endpoint": s["Endpoint"].lower()},
        lambda s: {**s, "Endpoint": s["Endpoint"].upper()},
    ],
)
def test_small_and_capital_letters_are_the_same_address(
    sns: Unconfirmed, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    assert journey(sns).run().ok
    shown = Replying(
        sns.aws,
        "sns:ListSubscriptionsByTopic",
        lambda reply: {"Subscriptions": [change(s) for s in reply["Subscriptions"]]},
    )
    assert journey(shown).plan().steps == ()
    assert journey(shown).plan().notes == ()


def test_a_subscription_that_was_ended_is_not_there(sns: Unconfirmed) -> None:
    assert journey(sns).run().ok
    ended = Replying(
        sns,
        "sns:ListSubscriptionsByTopic",
        lambda reply: {
            "Subscriptions": [{**s, "SubscriptionArn": "Deleted"} for s in reply["Subscriptions"]]
        },
    )
    assert addresses(journey(ended).plan()) == ["subscription"]
    assert check(journey(ended), "config.subscription.exists").status == "fail"


@pytest.mark.parametrize(
    "email", ["o'brien@example.com", "a`b@example.com", 'a"b\\c@example.com', "ü@example.com"]
)
def test_no_address_breaks_the_search_for_it(sns: Unconfirmed, email: str) -> None:
    made = Journey(sns, alarmed(email=email))
    assert made.run().ok
    assert made.plan().steps == ()
    assert [note.address for note in made.plan().notes] == ["subscription.confirmed"]


# The alarms' own state


def rings(reply: Reply) -> Reply:
    return {"MetricAlarms": [{**alarm, "StateValue": "ALARM"} for alarm in reply["MetricAlarms"]]}


def test_an_alarm_that_rings_is_a_warning_with_what_to_do_and_no_difference(aws: Aws) -> None:
    log_group(aws)
    assert journey(aws).run().ok
    ringing = journey(Replying(aws, "cloudwatch:DescribeAlarms", rings))
    assert ringing.plan().steps == ()
    assert {note.address for note in ringing.plan().notes} == {f"alarm-{w.what}.state" for w in WATCHES}
    found = check(ringing, "config.alarm-key.state")
    assert found.status == "warn"
    assert "disabled or scheduled for deletion" in found.evidence
    assert "cancel-key-deletion" in found.remedy
    assert all(isinstance(note, Note) and note.says.endswith(".") for note in ringing.plan().notes)


@pytest.mark.parametrize(
    ("state", "words"), [("OK", "Is quiet."), ("INSUFFICIENT_DATA", "Has counted nothing yet.")]
)
def test_an_alarm_without_data_is_well(aws: Aws, state: str, words: str) -> None:
    log_group(aws)
    assert journey(aws).run().ok
    made = journey(
        Replying(
            aws,
            "cloudwatch:DescribeAlarms",
            lambda reply: {
                "MetricAlarms": [{**alarm, "StateValue": state} for alarm in reply["MetricAlarms"]]
            },
        )
    )
    found = check(made, "config.alarm-key.state")
    assert (found.status, found.evidence) == ("pass", words)


def test_the_mail_of_an_alarm_says_what_it_cannot_see() -> None:
    denied = WATCHES[0]
    whole, half, least = (description(denied, level) for level in ("all", "write", "off"))
    assert "does not see" not in whole
    assert "reads" in half
    assert "none on its files" in least
    assert all(len(description(watch, "off")) <= 1024 for watch in WATCHES)
    assert all(watch.then in description(watch, "all") for watch in WATCHES)
