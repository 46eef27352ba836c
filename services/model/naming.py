"""The names of everything that watches over a set-up's backups, and the ARNs that follow from them.

They are known before anything exists, so policies can name what they are for without waiting for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.model.place import Place

_REGIONAL = re.compile(r"(?P<name>.+?)(?P<ending>-[0-9]{12}-[a-z0-9-]+-an)")
_LONGEST = 63

WITHOUT_REGIONAL_NAMES = frozenset({"me-south-1", "me-central-1"})
"""The regions in which AWS has no name space of an account's own for buckets."""


def parted(bucket: str) -> tuple[str, str]:
    """A bucket's name and its account-regional ending, which is empty where it has none."""
    found = _REGIONAL.fullmatch(bucket)
    return (found["name"], found["ending"]) if found else (bucket, "")


def beside(bucket: str, word: str) -> str:
    """The proposed name of a bucket that stands beside another; an account-regional ending stays the ending."""
    name, ending = parted(bucket)
    room = _LONGEST - len(word) - len(ending) - 1
    return f"{name[:room].rstrip('-')}-{word}{ending}"


@dataclass(frozen=True)
class Names:
    """Where the set-up named `setup` keeps its records and alarms. All of it is in the set-up's account and region."""

    place: Place
    setup: str
    bucket: str
    access_log_bucket: str
    trail_bucket: str

    def _arn(self, service: str, name: str, region: str | None = None) -> str:
        where = self.place.region if region is None else region
        return f"arn:{self.place.partition}:{service}:{where}:{self.place.account}:{name}"

    def bucket_arn(self, name: str) -> str:
        """The ARN of a bucket by its name."""
        return f"arn:{self.place.partition}:s3:::{name}"

    @property
    def log_key_alias(self) -> str:
        return f"alias/palisade-logs-{self.setup}"

    @property
    def trail(self) -> str:
        return f"palisade-{self.setup}"

    @property
    def trail_arn(self) -> str:
        return self._arn("cloudtrail", f"trail/{self.trail}")

    @property
    def log_group(self) -> str:
        return f"palisade/{self.setup}/cloudtrail"

    @property
    def log_group_arn(self) -> str:
        """Without the `:*` that some APIs put behind it."""
        return self._arn("logs", f"log-group:{self.log_group}")

    @property
    def log_role(self) -> str:
        return f"PalisadeTrailLogs-{self.setup}"

    @property
    def log_role_arn(self) -> str:
        return self._arn("iam", f"role/{self.log_role}", region="")

    @property
    def topic(self) -> str:
        return f"palisade-{self.setup}-alarms"

    @property
    def topic_arn(self) -> str:
        return self._arn("sns", self.topic)

    @property
    def metric_namespace(self) -> str:
        return f"Palisade/{self.setup}"

    def alarm(self, what: str) -> str:
        """The name of an alarm, of its metric filter and of its metric; `*` gives the pattern of them all."""
        return f"palisade-{self.setup}-{what}"

    def alarm_arn(self, what: str) -> str:
        return self._arn("cloudwatch", f"alarm:{self.alarm(what)}")
