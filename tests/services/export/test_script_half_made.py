"""What a script that was killed leaves half made is its own to the next run, and nothing that only looks a little so is."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace

import jmespath
import pytest

from services.engine.apply import apply
from services.engine.plan import plan
from services.engine.world import Present, World
from services.events import Succeeded
from services.export import script
from services.export.comparing import Scene, sides
from services.model.calls import Aws, Reply, ask, filled
from services.model.selectors import BASIC, BORN
from tests.exporting import subject_of
from tests.ports import FakeClock, Replying, keeping_rules
from tests.programs import need
from tests.services.export.test_script_words import Eyes, said
from tests.world import ALARMS, HARD, TRAIL, Journey, sample

FULL = sample(**HARD, **TRAIL, **ALARMS)
BIRTHMARKS = ("delivery", "regions", "validation", "encryption")


def test_no_state_that_a_run_passes_through_is_taken_for_somebody_elses(aws: Aws) -> None:
    """After every write of production, each side of what was written last is as wanted, or one to be written."""
    subject = subject_of(FULL)
    journey = Journey(Replying(keeping_rules(aws), "cloudtrail:GetEventSelectors", _born), subject.blueprint)
    fresh = {r.name: sides(Scene.of(subject), r) for r in subject.blueprint}
    parts = {r.name: r for r in subject.blueprint}
    world = journey.observe()
    for event in apply(plan(subject.blueprint, world), world, journey.aws, FakeClock()):
        if not isinstance(event, Succeeded):
            continue
        name = event.address.split(".")[0]
        if event.address == name and parts[name].search is not None:
            world = journey.observe()
        elif event.address == name:
            told = ask(journey.aws, filled(parts[name].lookup, world.lookup)) or {}
            world = World({**world.resources, name: Present(told, "created")})
        eyes = Eyes(replace(subject, world=world), journey.aws)
        words = {side.address: eyes.word(side) for side in fresh[name]}
        assert not [address for address, word in words.items() if word == "other"], (event.address, words)
    assert journey.plan().steps == ()


def _born(reply: Reply) -> Reply:
    """A new trail has selectors on AWS, and none on moto."""
    found = [reply.get(name) for name in (BASIC, "AdvancedEventSelectors")]
    return reply if any(found) else {BASIC: [BORN]}


def test_of_a_bucket_without_notifications_s3_tells_an_empty_document() -> None:
    subject = subject_of(FULL)
    bucket = next(resource for resource in subject.blueprint if resource.name == "bucket")
    side = next(s for s in sides(Scene.of(subject), bucket) if s.facet.name == "notifications")
    arn = {"TopicArn": "arn:aws:sns:eu-west-1:1:theirs", "Events": ["s3:ObjectCreated:*"], "Id": "theirs"}
    lookup = {"arn": "arn:aws:sns:eu-west-1:1:ours"}
    query = said(side.word, lambda ref: lookup[ref.output])
    assert jmespath.search(query, {}) == "todo"
    assert jmespath.search(query, {"TopicConfigurations": [arn]}) == "other"


@pytest.mark.parametrize(
    ("owner", "tags", "sides", "whose"),
    [
        ("nobody", "todo", ("same",) * 4, "ours"),
        ("nobody", "other", ("same",) * 4, "nobody"),
        ("nobody", "same", ("same",) * 4, "nobody"),
        ("others", "todo", ("same",) * 4, "others"),
        ("ours", "same", ("other",) * 4, "ours"),
        *(
            ("nobody", "todo", tuple("other" if a == b else "same" for a in range(4)), "nobody")
            for b in range(4)
        ),
    ],
)
def test_a_trail_without_tags_is_the_scripts_own_only_with_every_birthmark(
    owner: str, tags: str, sides: tuple[str, ...], whose: str
) -> None:
    text = script.text(subject_of(FULL))
    found = re.search(r"^look_trail\(\) \{$.*?^\}$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    words = {"tags": tags, **dict(zip(BIRTHMARKS, sides, strict=True))}
    given = [f"is_trail_{name}={word}" for name, word in words.items()]
    stubs = [f"read_trail_{n}() {{ there=yes owner={owner}; }}" for n in range(1, 5)]
    stubs += [
        "side() { :; }",
        'whose() { echo "$1"; }',
        "is_trail_log_group= is_trail_selectors= is_trail_logging=",
    ]
    done = subprocess.run(
        [need("dash"), "-eu"], input="\n".join((*given, *stubs, found[0], "look_trail")),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"{whose}\n"


def test_only_what_is_encrypted_with_a_key_of_the_set_up_has_birthmarks(aws: Aws) -> None:
    """Everything else is made with its tags, or anybody could have made it so."""
    text = script.text(subject_of(FULL))
    looks = re.findall(r"^look_(\w+)\(\) \{$(.*?)^\}$", text, re.MULTILINE | re.DOTALL)
    assert {name for name, body in looks if "owner=ours" in body} == {"trail", "log_group", "topic"}
    journey = Journey(keeping_rules(aws), subject_of(FULL).blueprint)
    assert journey.run().ok
    known = script.text(subject_of(FULL, world=journey.observe()))
    assert "owner=ours" not in known, "what was there at the export had its tags then"
