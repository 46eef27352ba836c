"""The architecture document against the world: what is seen is said as seen, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.engine.plan import plan
from services.engine.world import Have, World
from services.export.architecture import text, together
from services.export.subject import Subject
from services.model.calls import Aws
from services.model.resource import needs
from services.overview.drawing import drawn
from services.overview.matrix import matrix
from services.overview.picture import picture
from services.overview.scene import Scene
from services.overview.told import cell_text
from services.setup_file import SetupFile
from tests import drifts
from tests.ports import Denying
from tests.services.export.documents import SEEN, facets, shows_the_world, states, subject
from tests.services.export.reading import QUIET, READERS, SETTINGS, documents, kinds, rows, sections, titled
from tests.world import (
    ACCOUNT,
    ALARMS,
    BUCKET,
    EXTERNAL_ID,
    HARD,
    OTHER_SETUP,
    PRINCIPAL,
    TRAIL,
    Journey,
    do,
    sample,
    sample_blueprint,
    tagged,
)

PLAIN = sample()


@pytest.fixture
def made(aws: Aws) -> Journey:
    journey = Journey(aws)
    assert journey.run().ok
    return journey


def test_a_finished_set_up_is_shown_as_it_is(made: Journey) -> None:
    of = subject(PLAIN, made)
    found = sections(text(of))
    shows_the_world(found, of)
    assert set(states(found)) == set(facets(of))
    assert set(states(found).values()) == {"as planned"}
    assert "Everything that the set-up plans is there and as planned." in found[1].lines
    assert any("2026-11-02T10:30:00Z" in line and ACCOUNT in line for line in found[1].lines)


DRIFTS: dict[str, Callable[[Aws], object]] = {
    "bucket.public-access": drifts.public_access,
    "key.policy": drifts.key_policy,
    "bucket.encryption": drifts.encrypted_with(SSEAlgorithm="AES256"),
    "role.trust": drifts.trust(lambda policy: policy["Statement"][0].pop("Condition")),
    "bucket.policy": drifts.bucket_policy(lambda policy: policy["Statement"].pop()),
}


@pytest.mark.parametrize("address", DRIFTS)
def test_a_drift_is_shown_with_the_value_that_is_there(address: str, aws: Aws, made: Journey) -> None:
    before = subject(PLAIN, made)
    DRIFTS[address](aws)
    of = subject(PLAIN, made)
    found = sections(text(of))
    shows_the_world(found, of)
    assert [name for name, state in states(found).items() if state == "NOT as planned"] == [address]
    assert [row[0] for row in rows(found, "Where", "In AWS", "Planned")] == [address]
    assert documents(found)[address] != documents(sections(text(before)))[address]
    assert not any("is there and as planned" in line for line in found[1].lines)
    dashed = [row for row in rows(found, "From", "By", "To", "State") if row[3] != "as planned"]
    assert all(row[3] == "NOT as planned" for row in dashed)
    assert bool(dashed) == (address in {"bucket.encryption", "role.trust", "bucket.policy"})


def test_what_aws_refuses_is_unknown_and_neither_there_nor_absent(made: Journey) -> None:
    blind = Denying(made.aws, frozenset({"s3:GetBucketPolicy", "iam:GetRole"}))
    of = subject(PLAIN, replace(made, aws=blind))
    found = sections(text(of))
    shows_the_world(found, of)
    hidden = {name for name, state in states(found).items() if state == "unknown"}
    assert hidden == {"bucket.policy"} | {name for name in facets(of) if name.startswith("role.")}
    said = {row[0]: row[2] for row in rows(found, *SETTINGS)}
    assert "s3:GetBucketPolicy" in said["bucket.policy"]
    assert "user/kim" not in text(of), "AWS's own words name people"
    glance = [row for row in rows(found, "Part", "Name", "Where", "State") if row[0] == "IAM role"]
    assert glance[0][2] == "-"
    assert glance[0][3].startswith("unknown: ")
    assert "What AWS did not tell: role, bucket.policy" in text(of).replace("\\", "")


def test_nothing_that_is_not_there_is_said_to_be(aws: Aws) -> None:
    answers = sample(**HARD, **TRAIL, **ALARMS)
    of = subject(answers, Journey(aws, sample_blueprint(**HARD, **TRAIL, **ALARMS)))
    found = sections(text(of))
    shows_the_world(found, of)
    assert set(states(found).values()) == {"not there yet"}
    assert len(list(rows(found, "Where", "In AWS", "Planned"))) == len(plan(of.blueprint, of.world).steps)
    said = {row[0]: row[2] for row in rows(found, *SETTINGS)}
    assert said["subscription.confirmed"] == "there is nothing to look at yet"
    assert all(
        value.startswith("planned: ")
        for address, value in said.items()
        if facets(of)[address].want is not None
    )
    assert all(title.endswith(" (planned)") for title in documents(found))


def test_where_aws_was_not_asked_nothing_is_seen() -> None:
    answers = sample(**HARD, **TRAIL, **ALARMS)
    blueprint = sample_blueprint(**HARD, **TRAIL, **ALARMS)
    written = text(Subject(SetupFile(Path("/s.toml"), answers), ACCOUNT, blueprint, World()))
    found = sections(written)
    assert any(line.startswith("AWS was not asked.") for line in found[1].lines)
    assert set(states(found).values()) == {"not there yet"}
    assert "Seen in AWS" not in written
    assert not list(rows(found, "Known", "Value"))


def test_a_strange_endpoint_is_named_before_anything_else(made: Journey) -> None:
    of = replace(subject(PLAIN, made), endpoint="https://localhost:4566")
    assert "https://localhost:4566" in sections(text(of))[1].lines[0]
    assert "real AWS account" in sections(text(of))[1].lines[0]


def test_what_belongs_to_another_set_up_is_said_to(made: Journey) -> None:
    do(made.aws, "s3", "PutBucketTagging", Bucket=BUCKET, Tagging={"TagSet": [
        {"Key": "palisade-wizard:setup", "Value": OTHER_SETUP}]})  # fmt: skip
    of = subject(PLAIN, made)
    found = sections(text(of))
    shows_the_world(found, of)
    assert "ANOTHER set-up" in titled(found, f"S3 bucket {BUCKET}").lines[0]
    assert {state for name, state in states(found).items() if name.startswith("bucket.")} == {"not compared"}


def test_the_external_id_is_nowhere_whole(made: Journey) -> None:
    other = "another-external-id-0123"
    drifts.trust(lambda p: p["Statement"][0]["Condition"].update(StringLike={"sts:ExternalId": other}))(
        made.aws
    )
    written = text(subject(PLAIN, made))
    assert EXTERNAL_ID not in written
    assert other not in written
    assert "••••rnal" in written


def test_hostile_names_stay_names(aws: Aws) -> None:
    evil = "](https://evil.example) <img src=x> | `code` \u202e\x1b[31m # **bold** kim@evil.example"
    answers = tagged(sample(palisade__kit_name="a|b <b>[x](https://evil.example) `c`"), note=evil)
    journey = Journey(aws)
    assert journey.run().ok
    do(
        aws,
        "kms",
        "TagResource",
        KeyId=drifts.key_id(aws),
        Tags=[{"TagKey": "evil", "TagValue": evil}],
    )
    of = subject(answers, journey)
    written = text(of)
    assert all(c.isprintable() or c == "\n" for c in written)
    for reader in READERS:
        assert kinds(reader.parse(written)) <= QUIET
    shows_the_world(sections(written), of)


@pytest.mark.parametrize("answers", [{}, {**HARD, **TRAIL, **ALARMS}])
def test_the_diagram_has_every_reference_of_the_blueprint(answers: dict[str, object]) -> None:
    blueprint = sample_blueprint(**answers)
    found = sections(
        text(Subject(SetupFile(Path("/s.toml"), sample(**answers)), ACCOUNT, blueprint, World()))
    )
    titles = {resource.name: resource.title for resource in blueprint}
    told = [(row[0], row[2]) for row in rows(found, "From", "By", "To", "State")]
    expected = [(r.title, titles[name]) for r in blueprint for name in titles if name in needs(r)]
    assert told[0] == (f"Palisade’s writer, {PRINCIPAL}", titles["role"])
    assert told[-1] == ("The recovery private key", titles["bucket"])
    assert sorted(told[1:-1]) == sorted(expected)
    (language, picture), (kind, _) = titled(found, "Diagram").fences
    assert (language, kind) == ("mermaid", "text")
    for name in titles:
        assert f"\n    {name.split('-')[0]}[" in picture
    for resource in blueprint:
        for name in needs(resource) & set(titles):
            ends = (resource.name.split("-")[0], name.split("-")[0])
            assert any(
                line.split()[0] == ends[0] and line.split()[-1] == ends[1] for line in picture.splitlines()
            )


def test_every_statement_of_every_policy_is_told(made: Journey) -> None:
    of = subject(PLAIN, made)
    found = sections(text(of))
    exact = documents(found)
    told = [row[0] for row in rows(found, "Policy", "Effect", "Who", "What", "On", "Only if", "State")]
    assert sorted(told) == sorted(
        f"{address}: {statement['Sid']}"
        for address, facet in facets(of).items()
        if facet.document
        for statement in exact[address]["Statement"]
    )
    (trust,) = [
        row
        for row in rows(found, *("Policy", "Effect", "Who", "What", "On", "Only if", "State"))
        if row[0].startswith("role.trust")
    ]
    assert trust[1:4] == ["Allow", f"AWS: {PRINCIPAL}", "sts:AssumeRole"]
    assert json.loads(trust[5]) == {"StringEquals": {"sts:ExternalId": ["••••rnal"]}}


def test_who_can_do_what_and_the_picture_are_those_of_the_wizard(made: Journey) -> None:
    of = subject(PLAIN, made)
    found = sections(text(of))
    scene = Scene(of.setup.answers, of.account, of.blueprint, of.world, after=False)
    computed = matrix(scene)
    (table, _) = titled(found, "Who may do what").tables
    assert table[0] == ["What", "Palisade", "Admins", "Everybody else"]
    assert table[1:] == [
        [row.says, *(cell_text(row.cells[column], computed.notes) for column in computed.columns)]
        for row in computed.rows
    ]
    (_, (_, drawing)) = titled(found, "Diagram").fences
    assert drawing.splitlines() == list(drawn(picture(scene), 78))
    assert "= S3 bucket" in drawing


def test_who_can_do_what_is_told_as_aws_has_it_and_not_as_it_is_planned(made: Journey) -> None:
    of = subject(PLAIN, made)
    bare = {"Version": "2012-10-17", "Statement": []}
    weak = replace(of, world=replace(of.world, sides={**of.world.sides, "bucket.policy": Have(bare)}))
    before, after = (
        rows(sections(text(one)), "What", "Palisade", "Admins", "Everybody else") for one in (of, weak)
    )
    assert ["Read a backup", "✗ no", "! if 1", "✗ no"] in before
    assert ["Read a backup", "✗ no", "✓ yes", "✗ no"] in after


def test_two_environments_are_compared(made: Journey) -> None:
    one = subject(PLAIN, made)
    answers = sample(
        setup__name="acme-production", setup__environment="production", hardening__alarm_email="a@b.example"
    )
    other = Subject(
        SetupFile(Path("/p.toml"), answers),
        ACCOUNT,
        sample_blueprint(setup__name="acme-production"),
        World(),
        SEEN,
    )
    written = together((one, other))
    found = sections(written)
    shared = written.partition("**Used by more than one set-up:**")[2].partition("\n## ")[0]
    assert f"Bucket, arn:aws:s3:::{BUCKET}" in shared
    assert "KMS key" not in shared
    assert shared.count("Sandbox and production must not share it.") == 2
    assert {section.title for section in found if section.level == 2} >= {
        "Environments side by side", "Set-up acme-sandbox (sandbox)", "Set-up acme-production (production)",
    }  # fmt: skip
