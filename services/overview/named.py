"""What policies name that a request may bring: a row that tried none of it would miss whom a statement lets in for that.

A pattern stands for the shortest value that it covers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.model.policies import OURS
from services.model.policy_reading import Document
from services.model.values import Tree, entries, items


@dataclass(frozen=True)
class Named:
    """External IDs of roles, services through which keys are used (`kms:ViaService`), and ARNs of files, one a statement."""

    external_ids: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def files_of(self, bucket_arn: str) -> tuple[str, ...]:
        """The names of the files that are in a bucket."""
        start = f"{bucket_arn}/"
        found = (arn.removeprefix(start) for arn in self.files if arn.startswith(start))
        return tuple(dict.fromkeys(name for name in found if name))


def named(policies: Mapping[str, Document]) -> Named:
    """What these policies name. Of files only those that somebody else's statement allows something of."""
    return Named(
        tuple(dict.fromkeys(map(covered, in_conditions(policies, {"sts:externalid"})))),
        tuple(dict.fromkeys(map(covered, in_conditions(policies, {"kms:viaservice"})))),
        tuple(dict.fromkeys(_files(policies))),
    )


def covered(pattern: str) -> str:
    """A value that a pattern covers."""
    return pattern.replace("*", "").replace("?", "x")


def in_conditions(policies: Mapping[str, Document], keys: Collection[str]) -> Iterator[str]:
    """The values that conditions compare one of these keys with (small letters), patterns as they stand."""
    for statement in statements(policies):
        for tests in entries(statement.get("Condition")).values():
            for key, found in entries(tests).items():
                yield from (str(value) for value in items(found) if key.lower() in keys)


def statements(policies: Mapping[str, Document]) -> Sequence[Mapping[str, Tree]]:
    """Every statement of all of them."""
    return [statement for document in policies.values() for statement in document.statements]


def _files(policies: Mapping[str, Document]) -> Iterator[str]:
    for statement in statements(policies):
        if statement.get("Effect") != "Allow" or str(statement.get("Sid", "")).startswith(OURS):
            continue
        # Whoever a statement is for, it is for all of its files: one of each bucket shows it.
        yield from {
            arn.partition("/")[0]: arn for arn in map(_file, items(statement.get("Resource")))
        }.values()


def _file(resource: Tree) -> str:
    """The ARN of a file that a pattern covers; a whole bucket's has one of its own already."""
    return covered(str(resource))
