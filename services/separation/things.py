"""What a set-up has in AWS, and by which names it is known: two set-ups share a thing if one name leads to both.

A KMS key has several names: the ARN that an answer gives, the ARN that the journal of the set-up that made it holds,
and the alias that follows from the set-up's name. Role names are one for AWS whatever the case of their letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from services import hardening, seen
from services.answers import Answers
from services.blueprint import alias_name
from services.model.place import Place, parse_arn, partition_of
from services.problems import Problem, ProblemError
from services.setup_file import SetupFile
from services.setups import State, UnreadError

Kind: TypeAlias = Literal["bucket", "role", "KMS key"]


@dataclass(frozen=True)
class Name:
    """A name and the scope in which it is unique; an empty part of the scope is not known and may be any.

    `derived`: it follows from the name of the set-up, so nobody chose it to be the same; what is not known then
    speaks for two things.
    """

    text: str
    scope: tuple[str, ...] = ()
    derived: bool = False

    def may_be(self, other: Name) -> bool:
        """Whether both names can lead to the same thing."""
        if self.text != other.text or len(self.scope) != len(other.scope):
            return False
        pairs = zip(self.scope, other.scope, strict=True)
        if self.derived and other.derived:
            return all(mine and mine == theirs for mine, theirs in pairs)
        return all(not mine or not theirs or mine == theirs for mine, theirs in pairs)


@dataclass(frozen=True)
class Thing:
    """One thing of a set-up. `what` and `shown` are for a person, `key` is the answer that leads to another one."""

    kind: Kind
    what: str
    key: str
    shown: str
    names: tuple[Name, ...]

    def same_as(self, other: Thing) -> bool:
        return self.kind == other.kind and any(a.may_be(b) for a in self.names for b in other.names)


@dataclass(frozen=True)
class Footprint:
    """A set-up and, by resource, the ARNs of the KMS keys that its journal says it made.

    `untold` is why the journal tells nothing.
    """

    setup: SetupFile
    made: Mapping[str, str] = field(default_factory=dict)
    untold: Problem | None = None

    @property
    def answers(self) -> Answers:
        return self.setup.answers

    @property
    def name(self) -> str:
        return self.answers.text("setup.name") or self.setup.path.stem

    @property
    def environment(self) -> str:
        return self.answers.text("setup.environment")


def footprint(setup: SetupFile, state: State) -> Footprint:
    """What is known of a set-up on this computer."""
    identifier = setup.answers.text("setup.id")
    try:
        return Footprint(setup, state.keys_made(identifier) if identifier else {})
    except ProblemError as error:
        return Footprint(setup, untold=error.problem)


def footprints(state: State, *, but: SetupFile | None = None) -> tuple[Footprint, ...]:
    """Every set-up of this computer except one, as far as it can be read."""
    return around(state, but)[0]


def around(
    state: State, but: SetupFile | None = None
) -> tuple[tuple[Footprint, ...], tuple[UnreadError, ...]]:
    """The same, and what could not be read, or not as a whole."""
    setups, unread = comparable(state.found())
    others = (one for one in setups if but is None or seen.real(one.path) != seen.real(but.path))
    return tuple(footprint(one, state) for one in others), unread


def comparable(
    found: Sequence[SetupFile | ProblemError],
) -> tuple[tuple[SetupFile, ...], tuple[UnreadError, ...]]:
    """The set-ups that another one can be compared with, and those for which that is not, or not wholly, so.

    One that is read in part counts if it says of which environment it is.
    """
    unread = tuple(one for one in found if isinstance(one, UnreadError))
    parts = (one.partly for one in unread)
    partly = tuple(one for one in parts if one is not None and "setup.environment" in one.answers.given)
    return (*(one for one in found if isinstance(one, SetupFile)), *partly), unread


def things(of: Footprint) -> tuple[Thing, ...]:
    """The buckets, roles and KMS keys of a set-up, as far as its answers name them."""
    return (*_buckets(of.answers), *_roles(of.answers), *_keys(of))


def bucket_name(name: str, account: str, region: str) -> Name:
    """A bucket's name is unique in its partition; a set-up of another account means another owner's, or none."""
    return Name(name, (account, partition_of(region) if region else ""))


def role_name(name: str, account: str) -> Name:
    return Name(name.casefold(), (account,))


def key_names(arn: str) -> tuple[Name, ...]:
    """The names of the key with this ARN; the copies of a multi-Region key in other regions are the same key."""
    found = parse_arn(arn)
    identifier = found.name.removeprefix("key/") if found else ""
    several = found is not None and identifier.startswith("mrk-")
    return (Name(arn), *((Name(identifier, (found.account,)),) if found and several else ()))


def alias_of(name: str, account: str, region: str) -> Name:
    return Name(name, (account, region), derived=True)


def _buckets(answers: Answers) -> Iterator[Thing]:
    """The names of log buckets are proposed even where there is none, so those count only where they are used."""
    rows = [("bucket", "storage.bucket")]
    if answers.flag("storage.access_logs"):
        rows.append(("bucket for access logs", "storage.access_log_bucket"))
    if answers.text("hardening.trail") == "create":
        rows.append(("bucket for CloudTrail's log files", "hardening.trail_bucket"))
    account, region = answers.text("aws.account"), answers.text("aws.region")
    for what, key in rows:
        if name := answers.text(key):
            yield Thing("bucket", what, key, name, (bucket_name(name, account, region),))


def _roles(answers: Answers) -> Iterator[Thing]:
    account, name = answers.text("aws.account"), answers.text("role.name")
    if name:
        yield Thing("role", "role", "role.name", name, (role_name(name, account),))
    if answers.text("hardening.trail") == "create" and answers.text("setup.name"):
        log_role = hardening.names(_place(answers), answers).log_role
        names = (replace(role_name(log_role, account), derived=True),)
        yield Thing("role", "role of CloudTrail's log group", "setup.name", log_role, names)


def _keys(of: Footprint) -> Iterator[Thing]:
    answers, given = of.answers, of.answers.text("storage.kms_key")
    account, region, name = (answers.text(key) for key in ("aws.account", "aws.region", "setup.name"))
    if given and given != "create":
        yield Thing("KMS key", "KMS key", "storage.kms_key", given, key_names(given))
    elif name:
        alias, made = alias_name(name), of.made.get("key", "")
        names = (alias_of(alias, account, region), *(key_names(made) if made else ()))
        yield Thing("KMS key", "KMS key", "setup.name", alias, names)
    trail = answers.text("hardening.trail")
    if name and (trail == "create" or (trail != "off" and answers.flag("hardening.alarms"))):
        watching = hardening.names(_place(answers), answers)
        made = of.made.get("log_key", "")
        names = (
            alias_of(watching.log_key_alias, account, watching.place.region),
            *(key_names(made) if made else ()),
        )
        yield Thing(
            "KMS key", "KMS key of the trail and the alarms", "setup.name", watching.log_key_alias, names
        )


def _place(answers: Answers) -> Place:
    return Place(answers.text("aws.account"), answers.text("aws.region"), answers.text("setup.id"), {})
