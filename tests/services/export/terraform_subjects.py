"""Set-ups to export: new ones, ones that are there already, and ones of which a part is somebody else's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.answers import Answers
from services.blueprint import blueprint
from services.engine.world import Absent, Have, Present, Side, State, World
from services.export import terraform
from services.export.subject import Subject
from services.model.place import partition_of
from services.model.resource import Origin
from services.model.values import Lookup, Ref, bare, fill
from services.setup_file import SetupFile
from tests.services.export.terraform_reading import File
from tests.world import ACCOUNT, ALARMS, HARD, TRAIL, sample, sample_lookup

PRODUCTION = {**HARD, **TRAIL, **ALARMS}
NOTHING = World()
"""Nobody has looked."""


def subject(answers: Answers | None = None, world: World = NOTHING) -> Subject:
    """An export's subject; of the sample set-up, as if nothing were there, unless said otherwise."""
    given = answers or sample()
    return Subject(SetupFile(Path("acme.toml"), given), ACCOUNT, blueprint(given, ACCOUNT), world)


def lookup_of(answers: Answers) -> Lookup:
    """What AWS gives to everything of a set-up; what a look-up knows beforehand is what it says."""
    region = answers.text("aws.region")
    given = sample_lookup(partition_of(region), region)
    known = {
        Ref(resource.name, output): told.strip("'")
        for resource in blueprint(answers, ACCOUNT)
        for output, told in resource.lookup.outputs.items()
        if told.startswith("'")
    }
    return lambda ref: known.get(ref) or given(ref)


def exported(found: Subject) -> File:
    """The file, read back."""
    return File(terraform.text(found), lookup_of(found.setup.answers))


def there(
    answers: Answers, *, theirs: Mapping[str, Origin] | None = None, have: Mapping[str, Any] | None = None
) -> World:
    """A world in which all of a set-up is there and as wanted.

    Documents are texts, as AWS gives them. `theirs` gives the origin of what is not this set-up's own, `have` other values of facets by their address.
    """
    look = lookup_of(answers)
    resources: dict[str, State] = {}
    sides: dict[str, Side] = {}
    for resource in blueprint(answers, ACCOUNT):
        origin = (theirs or {}).get(resource.name, "created" if resource.create else "foreign")
        told = {name: look(Ref(resource.name, name)) for name in ("arn", "id", "log_group", "home")}
        outputs = {name: value for name, value in told.items() if value is not None}
        resources[resource.name] = Present(outputs or {"arn": f"(arn of {resource.name})"}, origin)
        for facet in resource.facets(origin):
            address = f"{resource.name}.{facet.name}"
            value = bare(fill(facet.merge(None, fill(facet.want, look)), look))
            found = (have or {}).get(address, value)
            sides[address] = Have(json.dumps(found) if facet.document and found is not None else found)
    return World(resources, sides)


def without(world: World, *names: str) -> World:
    """The world before those resources were made."""
    kept = {address: side for address, side in world.sides.items() if address.split(".")[0] not in names}
    return World({**world.resources, **dict.fromkeys(names, Absent())}, kept)
