"""One AWS API call as data.

Because calls are data, one list of them gives the log, the error text, the operator's least-privilege policy, the
read-only guard and the exported scripts, and a test can hold every call against AWS's own service models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from services.model.values import Lookup, Tree, encode, fill

Reply: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """`op` of `service` (AWS's own names: `s3`, `PutBucketPolicy`) with `params`.

    `outputs` are JMESPath expressions over the reply. `absent` holds the error codes that mean "it is not there";
    `transient` those that pass by themselves for a while after a write (new principals, new buckets); `passing` are
    words of a message that says so where the code alone does not. `region` is where to ask, if that is not the
    set-up's own region.
    """

    service: str
    op: str
    params: Mapping[str, Tree] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    transient: frozenset[str] = frozenset()
    passing: str = ""
    region: Tree = ""

    @property
    def name(self) -> str:
        return f"{self.service}:{self.op}"


@dataclass
class Refused(Exception):  # noqa: N818  # AWS's answer, not yet an error: a lookup may well expect it
    """AWS's error answer to a call: its code, message and HTTP status (0 if unknown)."""

    call: Call
    code: str
    message: str = ""
    status: int = 0

    def __str__(self) -> str:
        return f"{self.call.name}: {self.code}: {self.message}"


Aws: TypeAlias = Callable[[Call], Reply]
"""AWS as one function: a call with every value known goes in, its reply comes out, or `Refused` is raised."""


def filled(call: Call, lookup: Lookup) -> Call:
    """The call with known references replaced and documents as strings: ready to be made."""
    return replace(
        call,
        params={name: encode(fill(value, lookup)) for name, value in call.params.items()},
        region=encode(fill(call.region, lookup)),
    )


def outputs(call: Call, reply: Reply) -> dict[str, Any]:
    """What the call's JMESPath expressions find in its reply."""
    from services.model.paths import search  # keeps the command line quick

    return {name: search(path, reply) for name, path in call.outputs.items()}


def ask(aws: Aws, call: Call) -> dict[str, Any] | None:
    """The outputs of a reading call; None if AWS says that it is not there or every output is null."""
    try:
        reply = aws(call)
    except Refused as refused:
        if refused.code in call.absent:
            return None
        raise
    found = outputs(call, reply)
    return None if all(value is None for value in found.values()) else found
