"""An AWS whose free texts are hostile: whatever a person could have written into it, somebody did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import reads

FREE = frozenset(
    [
        "Description",
        "Sid",
        "ID",
        "Id",
        "Value",
        "TagValue",
        "Comment",
        "Message",
        "DisplayName",
        "Prefix",
        "TargetPrefix",
        "Endpoint",
        "AlarmDescription",
        "AlarmName",
        "FilterPattern",
        "filterPattern",
        "filterName",
        "Name",
        "KeyManager",
        "Username",
        "UserName",
        "EventName",
        "ErrorMessage",
        "LatestDeliveryError",
        "LatestNotificationError",
        "LatestCloudWatchLogsDeliveryError",
        "UserAgent",
        "Arn",
        "Owner",
        "logGroupName",
        "StateReason",
        "RoleName",
        "PermissionsBoundaryArn",
        "TopicArn",
        "SubscriptionArn",
    ]
)
"""Keys of replies whose values others can write, or that name something of others."""


@dataclass
class Hostile:
    """Puts a text behind every free value of the calls of one name (of all calls, if it is empty), in all replies."""

    aws: Aws
    text: str
    only: str = ""
    refuse: bool = False
    """Refuse the call with that message instead."""
    code: bool = False
    """Put the text into the code of the refusal as well: AWS's errors are whatever the service behind it writes there."""
    writes: bool = False
    """Refuse the writing calls, not the reading ones; what AWS says to be not ready yet among them."""
    seen: set[str] = field(default_factory=set)
    changed: int = 0

    def __call__(self, call: Call) -> Reply:
        self.seen.add(call.name)
        kind = reads(call) != self.writes
        mine = kind and self.only in {"", call.name} and call.name != "sts:GetCallerIdentity"
        if mine and self.refuse:
            self.changed += 1
            code = f"Odd{self.text}" if self.code else "AccessDenied"
            raise Refused(call, code, f"User: x is not authorized: {self.text}{call.passing}", 403)
        reply = self.aws(call)
        if not mine:
            return reply
        found = self._spoilt(reply, "")
        assert isinstance(found, dict)
        return found

    def _spoilt(self, value: Any, key: str) -> Any:
        match value:
            case str() if key in FREE:
                self.changed += 1
                return value + self.text
            case Mapping():
                return {name: self._spoilt(one, name) for name, one in value.items()}
            case list() | tuple():
                return [self._spoilt(one, key) for one in value]
            case _:
                return value
