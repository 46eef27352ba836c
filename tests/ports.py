"""Ports that misbehave in exactly one way: each wraps another `Aws` and stands where the real one would."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import reads
from services.model.values import Tree, entries
from tests import tally


class Crashed(BaseException):
    """The program is killed: nothing may catch this."""


@dataclass
class Recording:
    """Keeps every call that was made, in order."""

    aws: Aws
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        return self.aws(call)

    @property
    def writes(self) -> list[str]:
        return [call.name for call in self.calls if not reads(call)]


@dataclass
class Crashing:
    """Kills the program at the nth write (from 1), before or after it has its effect."""

    aws: Aws
    nth: int
    when: Literal["before", "after"]
    writes: int = 0

    def __call__(self, call: Call) -> Reply:
        if reads(call):
            return self.aws(call)
        self.writes += 1
        if self.writes == self.nth and self.when == "before":
            raise Crashed
        reply = self.aws(call)
        if self.writes == self.nth:
            raise Crashed
        return reply


@dataclass(frozen=True)
class Denying:
    """Refuses every call of one name (or of a set of names), as AWS does when a right is missing."""

    aws: Aws
    names: str | frozenset[str]
    code: str = "AccessDenied"
    message: str = "User: arn:aws:iam::123456789012:user/kim is not authorized to perform this."
    status: int = 403

    def __call__(self, call: Call) -> Reply:
        if call.name in ({self.names} if isinstance(self.names, str) else self.names):
            tally.count("faults injected")
            raise Refused(call, self.code, self.message, self.status)
        return self.aws(call)


@dataclass
class Throttling:
    """Refuses the first `times` calls of a name with a code that passes (or does not)."""

    aws: Aws
    name: str
    times: int
    code: str = "ThrottlingException"
    status: int = 400
    refused: int = 0
    says: str = "Not now."

    def __call__(self, call: Call) -> Reply:
        if call.name == self.name and self.refused < self.times:
            self.refused += 1
            tally.count("faults injected")
            raise Refused(call, self.code, self.says, self.status)
        return self.aws(call)


@dataclass
class Lagging:
    """Shows the reply from before the last write for the next `times` reads of a name: eventual consistency."""

    aws: Aws
    name: str
    times: int
    old: Reply | Refused | None = None
    left: int = 0

    def __call__(self, call: Call) -> Reply:
        if not reads(call):
            reply = self.aws(call)
            self.left = self.times
            return reply
        if call.name != self.name:
            return self.aws(call)
        if self.left > 0 and self.old is not None:
            self.left -= 1
            tally.count("faults injected")
            return self._give(call, self.old)
        try:
            self.old = self.aws(call)
        except Refused as refused:
            self.old = refused
        return self._give(call, self.old)

    def _give(self, call: Call, old: Reply | Refused) -> Reply:
        if isinstance(old, Refused):
            raise Refused(call, old.code, old.message, old.status)
        return old


@dataclass
class Behind:
    """Shows every change only after `lag` more looks at what changed, from the `nth` write on: eventual consistency.

    `late` are the looks that showed what was no more.
    """

    aws: Aws
    lag: int
    nth: int = 1
    writes: int = 0
    late: list[str] = field(default_factory=list)
    shown: dict[str, Reply | Refused] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def __call__(self, call: Call) -> Reply:
        if not reads(call):
            self.writes += 1
            return self.aws(call)
        key = json.dumps([call.name, call.region, call.params], sort_keys=True, default=str)
        now = self._now(call)
        before = self.shown.setdefault(key, now)
        if (
            _says(now) != _says(before)
            and self.writes >= self.nth
            and self.left.setdefault(key, self.lag) > 0
        ):
            self.left[key] -= 1
            self.late.append(call.name)
            tally.count("faults injected")
            now = before
        else:
            self.shown[key] = now
            self.left.pop(key, None)
        if isinstance(now, Refused):
            raise Refused(call, now.code, now.message, now.status)
        return now

    def _now(self, call: Call) -> Reply | Refused:
        try:
            return self.aws(call)
        except Refused as refused:
            return refused


def _says(answer: Reply | Refused) -> object:
    return answer.code if isinstance(answer, Refused) else answer


@dataclass(frozen=True)
class Replying:
    """Changes the replies of one name: AWS as it would be if it answered so."""

    aws: Aws
    name: str
    change: Callable[[Reply], Reply]

    def __call__(self, call: Call) -> Reply:
        reply = self.aws(call)
        return self.change(reply) if call.name == self.name else reply


@dataclass
class Remembering:
    """Answers a reading call with what the writing call last said: AWS, where an emulator forgets a part of it.

    `pairs` maps the writing operation to the reading one, and to the parts of the reply in the writer's parameters.
    `told(reply)` is what the emulator does not forget: by that it shows whether a write whose answer was lost was made.
    """

    aws: Aws
    pairs: Mapping[str, tuple[str, Callable[[Mapping[str, Tree]], Reply]]]
    told: Callable[[Reply], object]
    kept: dict[tuple[str, Tree], Reply] = field(default_factory=dict)
    lost: dict[tuple[str, Tree], Reply] = field(default_factory=dict)

    def __call__(self, call: Call) -> Reply:
        bucket = call.params.get("Bucket")
        if call.op in self.pairs:
            reading, part = self.pairs[call.op]
            self.lost[reading, bucket] = part(call.params)
            reply = self.aws(call)
            self.kept[reading, bucket] = self.lost.pop((reading, bucket))
            return reply
        reply, place = self.aws(call), (call.op, bucket)
        if place in self.lost and self.told(self.lost[place]) == self.told(reply):
            self.kept[place] = self.lost.pop(place)
        return self.kept.get(place, reply)


def keeping_rules(aws: Aws) -> Remembering:
    """moto drops `NewerNoncurrentVersions` when it is asked for lifecycle rules."""

    def rules(params: Mapping[str, Tree]) -> Reply:
        size = {k: v for k, v in params.items() if k == "TransitionDefaultMinimumObjectSize"}
        return {"Rules": entries(params["LifecycleConfiguration"])["Rules"], **size}

    def told(reply: Reply) -> object:
        every = [entries(rule) for rule in reply["Rules"]]
        return [
            (r["ID"], r["Status"], entries(r.get("NoncurrentVersionExpiration")).get("NoncurrentDays"))
            for r in every
        ]

    pairs = {"PutBucketLifecycleConfiguration": ("GetBucketLifecycleConfiguration", rules)}
    return Remembering(aws, pairs, told)


@dataclass
class FakeClock:
    """A clock whose sleep takes no time: it only moves the hands."""

    seconds: float = 0.0
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def wall(self) -> datetime:
        return self.began + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
