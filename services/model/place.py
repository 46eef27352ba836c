"""Where a setup lives: account, partition and region, and the ARNs that follow from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


def partition_of(region: str) -> str:
    """The partition of a region, by AWS's naming."""
    if region.startswith("cn-"):
        return "aws-cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws"


@dataclass(frozen=True)
class Place:
    """One account and region, the setup's id, and the user's own tags for what is made there."""

    account: str
    region: str
    setup: str
    tags: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    @property
    def partition(self) -> str:
        return partition_of(self.region)


_ARN = re.compile(
    r"arn:(?P<partition>[a-z0-9-]+):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]*|aws):(?P<name>.+)"
)


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN. The account of a policy that AWS manages is `aws`."""

    partition: str
    service: str
    region: str
    account: str
    name: str


def parse_arn(text: str) -> Arn | None:
    """The parts of an ARN, or None if the text is none."""
    found = _ARN.fullmatch(text)
    return Arn(**found.groupdict()) if found else None
