"""A set-up with alarms, beside stand-ins for the trail and the key for records, which are always there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.answers import Answers, place
from services.model.alarm_patterns import DataEvents
from services.model.alarms import AlarmSpec, alarm_parts
from services.model.calls import Aws, Call, Reply
from services.model.naming import Names, beside
from services.model.resource import Blueprint, Resource
from tests.world import ACCOUNT, BUCKET, KEY_ARN, ROLE, Journey, do, sample, sample_blueprint, tagged

EMAIL = "Security@Example.com"
LOG_KEY_ID = "9876fedc-98ba-76fe-54dc-9876543210fe"
LOG_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{LOG_KEY_ID}"
KEY_ID = KEY_ARN.rsplit("/", 1)[-1]


def names_of(answers: Answers) -> Names:
    """The names of what watches over a set-up."""
    where = place(answers, ACCOUNT)
    return Names(where, "acme-sandbox", BUCKET, beside(BUCKET, "access-logs"), beside(BUCKET, "trail"))


NAMES = names_of(tagged(sample(), team="treasury"))
PLACE = NAMES.place


def stand_in(name: str, **outputs: str) -> Resource:
    """A resource that somebody else looks after and that is simply there."""
    told = {key: f"'{value}'" for key, value in outputs.items()}
    return Resource(
        name=name,
        kind="Stand-in",
        title=f"Stand-in {name}",
        says="is there",
        lookup=Call("sts", "GetCallerIdentity", {}, told),
        create=None,
        facets=lambda _origin: (),
    )


STAND_INS: Blueprint = (
    stand_in("log_key", arn=LOG_KEY, id=LOG_KEY_ID),
    stand_in("trail", arn=NAMES.trail_arn, log_group=NAMES.log_group, home=PLACE.region),
)
KEY = stand_in("key", arn=KEY_ARN, id=KEY_ID)


def spec_of(names: Names) -> AlarmSpec:
    """Alarms over everything, beside a trail that is to be made."""
    place = names.place
    role = f"arn:{place.partition}:iam::{place.account}:role/{ROLE}"
    return AlarmSpec(EMAIL, ROLE, role, names.trail_arn, "all")


def parts(names: Names = NAMES, email: str = EMAIL, data_events: DataEvents = "all") -> Blueprint:
    """The alarms alone, as they are planned."""
    return alarm_parts(names, replace(spec_of(names), email=email, data_events=data_events))


def alarmed(*, email: str = EMAIL, data_events: DataEvents = "all") -> Blueprint:
    """The alarms and what they refer to."""
    return (KEY, *STAND_INS, *parts(email=email, data_events=data_events))


def whole_blueprint() -> Blueprint:
    """A backup path with alarms."""
    return (*sample_blueprint(), *STAND_INS, *parts())


@dataclass(frozen=True)
class OneOfAName:
    """AWS as it is with metric filters: putting one replaces that of the same name, beside which moto keeps it."""

    aws: Aws

    def __call__(self, call: Call) -> Reply:
        if call.name == "logs:PutMetricFilter":
            named = {name: call.params[name] for name in ("logGroupName", "filterName")}
            self.aws(Call("logs", "DeleteMetricFilter", named))
        return self.aws(call)


def log_group(aws: Aws) -> None:
    """The log group that the stand-in for the trail names."""
    do(aws, "logs", "CreateLogGroup", logGroupName=NAMES.log_group)


def journey(aws: Aws, blueprint: Blueprint | None = None) -> Journey:
    return Journey(aws, alarmed() if blueprint is None else blueprint)
