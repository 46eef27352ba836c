"""What a set-up consists of, as boxes and arrows: whatever is in the blueprint is in the picture, and nothing else.

An arrow is drawn where one part refers to another; `FLOWS` says in which direction it reads, and in which words. What it
does not know hangs under the part that it refers to, so nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, TypeAlias

from services.engine.world import Absent, Present, State, Unknown
from services.model.place import parse_arn
from services.model.policies import external_ids
from services.model.resource import Resource, needs
from services.overview.scene import Scene

Mark: TypeAlias = Literal["new", "there", "used", "foreign", "unknown", ""]
"""Is created; is there, made by this set-up; of somebody else; of another set-up; not told by AWS; nothing of AWS."""

WORDS: Mapping[Mark, str] = {
    "used": " (used, not created)",
    "foreign": " (belongs to another set-up)",
    "unknown": " (AWS did not tell whether it is there)",
}

FLOWS: Sequence[tuple[str, str, str]] = (
    ("role", "bucket", "writes backups into"),
    ("bucket", "key", "encrypted with"),
    ("bucket", "log_bucket", "requests are written down in"),
    ("bucket", "trail", "watched by"),
    ("trail", "trail_bucket", "keeps its records in"),
    ("trail", "log_key", "encrypted with"),
    ("trail", "log_group", "writes them into"),
    ("log_group", "log_role", "reached through"),
    ("trail", "filter", "searched by"),
    ("filter", "alarm", "set off"),
    ("alarm", "topic", "tell"),
    ("topic", "subscription", "sends e-mail by"),
    ("topic", "log_key", "encrypted with"),
)
"""From which box an arrow goes to which, and what it says. A box is a resource, or all that are named `name-…`."""

ALSO: Sequence[tuple[str, str, str]] = (
    ("bucket", "topic", "deletions are told to"),
    ("trail_bucket", "log_bucket", "requests are written down in"),
)
"""Arrows to what hangs elsewhere: they name it once more, without a sign."""

_PART_OF = {"alias": "key", "log_alias": "log_key"}
"""What is only another name of something: it is drawn with that."""

_UNREFERRED = frozenset({("filter", "alarm")})
"""Filter and alarm know each other by the name of a metric, which no reference shows."""


@dataclass(frozen=True)
class Box:
    """Something in the picture: what it is, how it stands, and where its arrows lead."""

    says: str
    mark: Mark = ""
    arrows: tuple[tuple[str, Box], ...] = ()


@dataclass(frozen=True)
class Frame:
    """A place, and what is in it. `onward` says what leads from it to the next one; empty where nothing does."""

    title: str
    boxes: tuple[Box, ...]
    onward: str = ""


def picture(scene: Scene) -> tuple[Frame, ...]:
    """The frames, from the one who writes to the one who can open what was written."""
    writer = scene.answers.text("palisade.principal_arn")
    arn = parse_arn(writer)
    who, name = (arn.account, arn.name) if arn is not None else ("not named yet", writer)
    return (
        Frame(
            f"Palisade, AWS account {who}",
            (Box(f"Palisade's writer {name}"),),
            f"assumes the role{', only with your external ID' if _bound(scene) else ''}",
        ),
        Frame(
            f"Your AWS account {scene.account}, {scene.answers.text('aws.region')}",
            _account(scene),
            "to recover, you download the backups",
        ),
        Frame("With you, outside AWS", tuple(_with_you(scene))),
    )


def _bound(scene: Scene) -> bool:
    """Whether the role is assumed with the set-up's external ID alone, whoever comes."""
    return external_ids(scene.side("role.trust")) == (scene.answers.text("palisade.external_id"),)


def marks(frames: Sequence[Frame]) -> frozenset[Mark]:
    """How the boxes of a picture stand."""
    return frozenset(box.mark for frame in frames for box in _every(frame.boxes))


def _every(boxes: Sequence[Box]) -> Iterator[Box]:
    for box in boxes:
        yield box
        yield from _every([other for _, other in box.arrows])


def group(name: str) -> str:
    """The box in which a resource is drawn."""
    return _PART_OF.get(name, name.split("-", 1)[0])


def _account(scene: Scene) -> tuple[Box, ...]:
    """The role with all that hangs from it; and what nothing leads to, each for itself."""
    members: dict[str, list[Resource]] = {}
    for resource in scene.blueprint:
        members.setdefault(group(resource.name), []).append(resource)
    linked = _references(scene)
    drawn: set[str] = set()

    def grown(name: str) -> Box:
        drawn.add(name)
        arrows = []
        for source, target, words in FLOWS:
            there = source == name and target in members and target not in drawn
            if there and ({(source, target), (target, source)} & (linked | _UNREFERRED)):
                arrows.append((words, grown(target)))
        arrows.extend(
            ("used by", grown(target))
            for target in members
            if target not in drawn and (target, name) in linked and not _flows_to(target)
        )
        arrows.extend(
            (words, Box(members[target][0].title))
            for source, target, words in ALSO
            if source == name and (source, target) in linked
        )
        return _box(scene, members[name], tuple(arrows))

    roots = ("role", *(name for name in members if name != "role"))
    return tuple(grown(name) for name in roots if name in members and name not in drawn)


def _references(scene: Scene) -> frozenset[tuple[str, str]]:
    there = {resource.name for resource in scene.blueprint}
    return frozenset(
        (group(resource.name), group(other))
        for resource in scene.blueprint
        for other in needs(resource) & there
        if group(resource.name) != group(other)
    )


def _flows_to(name: str) -> bool:
    return any(target == name for _, target, _ in FLOWS)


def _box(scene: Scene, resources: Sequence[Resource], arrows: tuple[tuple[str, Box], ...]) -> Box:
    own = [resource for resource in resources if resource.name not in _PART_OF]
    marked = [_mark(scene.world.resources.get(resource.name, Absent()), resource) for resource in own]
    worst: Sequence[Mark] = ("unknown", "foreign", "used", "new", "there")
    mark = next(mark for mark in worst if mark in marked)
    if len(own) == 1:
        return Box(own[0].title, mark, arrows)
    kind = own[0].kind.rsplit(" ", 1)[0].lower()
    there = marked.count("there")
    some = f", {there} of them there already" if there and mark == "new" else ""
    return Box(f"{len(own)} {kind}s{some}", mark, arrows)


def _mark(state: State, resource: Resource) -> Mark:
    match state:
        case Present(_, "created"):
            return "there"
        case Present(_, "other-setup"):
            return "foreign"
        case Unknown():
            return "unknown"
        case Absent() if resource.create is not None:
            return "new"
        case _:
            return "used"


def _with_you(scene: Scene) -> Iterator[Box]:
    told = scene.answers
    names = [PurePath(name).name for name in told.texts("recovery_key.public_files")]
    yield Box(
        "Recovery key pair, never in AWS",
        arrows=(
            (
                "public half",
                Box(f"Palisade, which seals each backup for it ({', '.join(names) or 'not made yet'})"),
            ),
            ("private half", Box("stays offline; it alone opens the backups")),
        ),
    )
    if scene.part("subscription") is not None:
        yield Box(f"Mailbox {told.text('hardening.alarm_email')}, which gets the alarms")
