"""Who can do what, and the picture of what gets created, line by line: a list and plain signs, which a screen reader can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.overview import drawing, told
from services.overview.matrix import matrix
from services.overview.picture import picture

if TYPE_CHECKING:
    from services.overview.scene import Scene
    from wizard.plain.person import Person


def explain(person: Person, scene: Scene, word: str) -> None:
    """Tells what was asked for. Raises a problem if a policy that AWS gave cannot be read."""
    person.say()
    if word == "who":
        _who(person, scene)
    else:
        _picture(person, scene)
    person.say()


def _who(person: Person, scene: Scene) -> None:
    found = matrix(scene)
    for line in told.listed(found, person.voice.width):
        person.voice.data(line)
    person.say()
    for sentence in (", ".join(told.legend(found)), *told.numbered(found), *told.about(scene)):
        person.say(sentence)


def _picture(person: Person, scene: Scene) -> None:
    frames = picture(scene)
    for line in drawing.drawn(frames, person.voice.width, drawing.ASCII):
        person.voice.data(line)
    person.say()
    person.say(", ".join(drawing.legend(frames)))
