"""How the script tells what is as it should be: the same verdicts as the program's, over everything that can drift."""

from __future__ import annotations

import itertools
import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.blueprint import blueprint
from services.engine.observe import side as look
from services.engine.plan import same
from services.engine.world import Have, World
from services.export.comparing import Scene, Side, sides
from services.export.rows import ROWS, Compared, Policy, Watched, row
from services.export.shell import Piece, Var
from services.export.subject import Subject
from services.model import policies
from services.model.calls import Aws, Refused, filled
from services.model.resource import Resource
from services.model.values import Json, Ref, bare, entries, fill, items
from services.model.values import document as parsed
from tests.alarmed import EMAIL, OneOfAName
from tests.drifts import BOUNDARY, NOTHING
from tests.exporting import subject_of
from tests.generated import share
from tests.ports import keeping_rules
from tests.sampling import every
from tests.services.model.test_emitted_calls import VARIANTS, Variant
from tests.services.verify.test_broken_and_repaired import ROWS as DRIFTS
from tests.world import ACCOUNT, ALARMS, HARD, TRAIL, Journey, do, sample, sample_lookup, tagged

FUNCTIONS = Path(__file__).resolve().parents[3] / "assets" / "aws-cli-policies.sh"


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_every_side_has_a_row_and_what_nobody_writes_is_said(variant: Variant) -> None:
    for resource in variant.blueprint:
        for origin in ("created", "adopted"):
            for facet in resource.facets(origin):
                if resource.create is None and (resource.kind, facet.name) not in ROWS:
                    assert resource.kind == "CloudTrail trail", "a trail of somebody else's is never managed"
                    continue
                found = row(resource, facet)
                if isinstance(found, Watched):
                    assert facet.write is None
                    assert found.why


def test_every_row_is_a_side_of_something() -> None:
    there = {
        (resource.kind.split(" of ")[0], facet.name)
        for variant in VARIANTS
        for resource in variant.blueprint
        for facet in resource.facets("created")
    }
    kinds = {(kind.split(" ")[0] if kind.startswith("Alarm") else kind, name) for kind, name in there}
    kinds |= {("Metric filter", name) for kind, name in there if kind.startswith("Metric filter")}
    assert set(ROWS) <= kinds


@dataclass(frozen=True)
class Eyes:
    """The script's look at a side, with the shell's variables from the world."""

    subject: Subject
    aws: Aws

    def sides(self) -> list[tuple[Resource, Side]]:
        scene = Scene.of(self.subject)
        return [(r, side) for r in self.subject.managed() for side in sides(scene, r)]

    def side(self, address: str) -> Side:
        resource = next(r for r in self.subject.blueprint if r.name == address.split(".", maxsplit=1)[0])
        return next(side for side in sides(Scene.of(self.subject), resource) if side.address == address)

    def word(self, side: Side) -> str:
        """What the script would say of a side; policies are compared by the shell itself."""
        lookup = self.subject.world.output
        call = filled(side.facet.read, lookup)
        try:
            reply = self.aws(call)
        except Refused as refused:
            if refused.code not in call.absent:
                raise
            return side.unset
        if isinstance(side.row, Policy):
            have = jmespath.search(side.facet.read.outputs["have"], reply)
            text = have if isinstance(have, str) else json.dumps(have, indent=4)
            return policy_word(text, document(side.target, lookup), document(side.have, lookup), side.row)
        return str(jmespath.search(said(side.word, lookup), reply))

    def words(self) -> dict[str, str]:
        return {side.address: self.word(side) for _, side in self.sides()}


def said(pieces: Any, lookup: Any) -> str:
    names = {f"{r}_{o}": Ref(r, o) for r, o in itertools.product(("key", "log_key", "topic"), ("arn", "id"))}
    parts: list[Piece] = list(pieces)
    return "".join(str(lookup(names[p.name])) if isinstance(p, Var) else p for p in parts)


def document(tree: Any, lookup: Any) -> str:
    return "" if tree is None else json.dumps(bare(fill(tree, lookup)))


def policy_word(answer: str, wanted: str, was: str, kind: Policy) -> str:
    """The verdict of the shell's own function."""
    merged = "merged" if kind.merged else "whole"
    given = f'{FUNCTIONS.read_text()}\nabsent=no answer=$1\npolicy_word "$2" "$3" {merged}\n'
    done = subprocess.run(
        ["dash", "-c", given, "sh", answer, wanted, was], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


PARTS = 4
"""One of them in CI: each row drifts for the plan's own laws in every run."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", every(PARTS, range(PARTS)))
def test_every_drift_is_seen_left_alone_and_by_an_export_after_it_put_right(aws: Aws, part: int) -> None:
    """A script from before the drift does not write over it; one from after it does exactly what closes it."""
    do(aws, "iam", "CreatePolicy", PolicyName="Bound", PolicyDocument=NOTHING)
    answers = tagged(
        sample(
            **{**HARD, **TRAIL, **ALARMS, "hardening__alarm_email": EMAIL},
            role__permissions_boundary=BOUNDARY,
        ),
        team="treasury",
    )
    journey = Journey(OneOfAName(keeping_rules(aws)), blueprint(answers, ACCOUNT))
    assert journey.run().ok
    before = Eyes(subject_of(answers, world=journey.observe()), journey.aws)
    well = before.words()
    assert {a: w for a, w in well.items() if w != "same"} == {}
    fresh = Eyes(subject_of(answers), journey.aws)
    wrong: list[str] = []
    for number, (address, _, drift) in enumerate(DRIFTS[part::PARTS]):
        drift(journey.aws)
        if "." in address:
            wrong += [f"{number} {address}: {why}" for why in _wrong(before, address)]
        if "." not in address or wrong:
            assert journey.run().ok
    assert wrong == []
    assert journey.plan().steps == ()
    assert {s.address for _, s in fresh.sides()} == set(well)


def _wrong(before: Eyes, address: str) -> list[str]:
    """What is wrong about how the script deals with a side that has just drifted; it is as it should be afterwards."""
    world, side = before.subject.world, before.side(address)
    old = before.word(side)
    seen = World(world.resources, {**world.sides, address: look(side.facet, before.aws, world)})
    after = Eyes(replace(before.subject, world=seen), before.aws)
    new = after.side(address)
    word = after.word(new)
    if old == "same" or (isinstance(side.row, Compared) and old != "other") or word in {"same", "other"}:
        return [f"{old} for a script from before, {word} for one from after it"]
    at = 0 if word in {"todo", "again"} else int(word.removeprefix("todo")) - 1
    before.aws(filled(new.writes[at], world.output))
    if after.word(new) != "same":
        return ["the write does not make it so"]
    found = look(side.facet, before.aws, world)
    assert isinstance(found, Have)
    have = parsed(found.value) if side.facet.document else found.value
    target = fill(side.facet.merge(have, fill(side.facet.want, world.output)), world.output)
    return [] if same(side.facet, have, target) else ["the program does not agree"]


POLICIES = [
    pytest.param(resource, facet, id=f"{resource.name}.{facet.name}")
    for resource in next(v for v in VARIANTS if v.name == "eu-west-1, hardened").blueprint
    for facet in resource.facets("created")
    if facet.document
]


@pytest.mark.parametrize(("resource", "facet"), POLICIES)
def test_a_policy_that_aws_spells_in_another_way_is_the_same(resource: Resource, facet: Any) -> None:
    wanted = bare(fill(facet.want, sample_lookup()))
    assert isinstance(wanted, dict)
    statements = [dict(reversed(list(s.items()))) for s in reversed(wanted["Statement"])]
    single = json.loads(json.dumps(statements).replace("[", "[ "))
    for spelt in (
        {"Statement": single, "Version": wanted["Version"]},
        {"Version": wanted["Version"], "Statement": [_listed(s) for s in statements]},
    ):
        assert policies.normal(spelt) == policies.normal(wanted)
        text = json.dumps(spelt, separators=(",", ":"))
        assert policy_word(text, json.dumps(wanted, indent=2), "", Policy(text=True)) == "same"


def _listed(statement: dict[str, Any]) -> dict[str, Any]:
    return {k: [v] if k in {"Action", "Resource"} and isinstance(v, str) else v for k, v in statement.items()}


KEYS = st.sampled_from(["aws:SourceArn", "aws:SourceAccount", "s3:TlsVersion"])
VALUES = st.sampled_from(["a", "b", "1.2"])
STATEMENTS = st.fixed_dictionaries(
    {
        "Sid": st.sampled_from(["One", "Two"]),
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": VALUES,
        "Resource": st.lists(VALUES, min_size=2, max_size=2),
        "Condition": st.dictionaries(
            st.sampled_from(["StringEquals", "ArnLike", "Null"]),
            st.dictionaries(KEYS, VALUES, min_size=1),
            min_size=1,
        ),
    }
)


@share(1)
@given(
    st.lists(STATEMENTS, min_size=1, max_size=2), st.lists(STATEMENTS, min_size=1, max_size=2), st.randoms()
)
def test_only_what_means_the_same_is_the_same(one: Any, other: Any, random: Any) -> None:
    """Half of the pairs differ in one place only: there a wrong verdict would be green for what is not."""
    if random.random() < 0.5:
        other = json.loads(json.dumps(one))
        condition = random.choice(other)["Condition"]
        operator = random.choice(sorted(condition))
        condition[random.choice(["StringEquals", "ArnLike", "Null"])] = condition.pop(operator)
    left, right = ({"Version": "2012-10-17", "Statement": s} for s in (one, other))
    same = policy_word(json.dumps(left), json.dumps(right), "", Policy(text=True)) == "same"
    if same:
        assert policies.normal(left) == policies.normal(right)
    assert policy_word(json.dumps(left, sort_keys=True), json.dumps(left), "", Policy(text=True)) == "same"


OURS = {"Sid": "PalisadeWizardTlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "b"}
THEIRS = {"Sid": "Audit", "Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "b"}


@pytest.mark.parametrize(
    ("have", "was", "merged", "word"),
    [
        ([OURS], None, True, "same"),
        ([{**OURS, "Effect": "Allow"}], None, True, "again"),
        ([], None, True, "todo"),
        ([OURS, {**OURS, "Sid": "PalisadeWizardOld"}], None, True, "todo"),
        ([OURS, {**OURS, "Sid": "PalisadeWizardOld"}], None, False, "other"),
        ([OURS, THEIRS], None, True, "other"),
        ([OURS, {**THEIRS, "Sid": 'a","Sid":"PalisadeWizard'}], None, True, "other"),
        ([OURS, {k: v for k, v in THEIRS.items() if k != "Sid"}], None, True, "other"),
        ([THEIRS], [THEIRS], True, "todo"),
        ([THEIRS, THEIRS], [THEIRS], True, "other"),
    ],
)
def test_what_a_policy_that_is_written_over_may_hold(have: Any, was: Any, merged: bool, word: str) -> None:
    texts = [
        json.dumps({"Version": "2012-10-17", "Statement": s}) if s is not None else "" for s in (have, was)
    ]
    wanted = json.dumps({"Version": "2012-10-17", "Statement": [OURS]})
    assert policy_word(texts[0], wanted, texts[1], Policy(text=True, merged=merged)) == word


@share(1)
@given(st.text(min_size=1, max_size=40))
def test_a_tag_of_any_characters_is_found_again(value: str) -> None:
    subject = subject_of(tagged(sample(), team=value))
    bucket = next(resource for resource in subject.blueprint if resource.name == "bucket")
    role = next(resource for resource in subject.blueprint if resource.name == "role")
    for resource, reply in (
        (bucket, lambda tags: {"TagSet": tags}),
        (role, lambda tags: {"Role": {"Tags": tags}}),
    ):
        side = next(s for s in sides(Scene.of(subject), resource) if s.facet.name == "tags")
        tags = [dict(entries(tag)) for tag in items(side.facet.want)]
        other = [{**tag, "Value": f"{tag['Value']}x"} if tag["Key"] == "team" else tag for tag in tags]
        assert jmespath.search(said(side.word, None), reply(tags)) == "same"
        assert jmespath.search(said(side.word, None), reply(other)) == "other"


def test_compared_sides_have_a_word_for_a_new_resource() -> None:
    """Every state that AWS may give something new is one to write over, if it is not the wanted one already."""
    subject = subject_of(sample(**HARD, **TRAIL, **ALARMS))
    for resource in subject.managed():
        for side in sides(Scene.of(subject), resource):
            if isinstance(side.row, Compared) and side.facet.write is not None and not side.facet.born:
                assert side.writes, side.address
                assert isinstance(side.target, Json | type(None))
