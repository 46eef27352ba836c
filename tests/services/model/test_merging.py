"""Merging with what others have set: idempotent, nothing of theirs lost, their order kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.model import policies, tags
from services.model.resource import Facet
from services.model.values import Json, Tree, bare, entries, items
from tests.world import ACCOUNT, BUCKET, KEY_ARN, SETUP, TRAIL, sample_blueprint

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
OUR_TAGS = tags.listed(tags.wanted(SETUP, "bucket", "created", {"team": "desk"}))
FOREIGN_TAGS = st.dictionaries(
    NAMES.filter(lambda name: name != "team" and not name.startswith(tags.PREFIX)), st.text(max_size=8)
)
OLD_TAGS = st.dictionaries(
    st.sampled_from(["team", tags.SETUP, tags.ORIGIN, tags.RESOURCE, f"{tags.PREFIX}of-a-later-version"]),
    st.text(max_size=8),
)


@st.composite
def tag_lists(draw: st.DrawFn) -> list[dict[str, str]]:
    pairs = {**draw(FOREIGN_TAGS), **draw(OLD_TAGS)}
    names = draw(st.permutations(list(pairs)))
    return [{"Key": name, "Value": pairs[name]} for name in names]


@given(have=tag_lists())
def test_tags_merge_without_loss(have: list[dict[str, str]]) -> None:
    merge, normal = tags.merging(), tags.normal()
    merged = merge(have, OUR_TAGS)
    assert merge(merged, OUR_TAGS) == merged
    ours = {tag["Key"] for tag in OUR_TAGS}
    foreign = [tag for tag in have if tag["Key"] not in ours]
    assert [tag for tag in items(merged) if tag in foreign] == foreign
    assert all(tag in items(merged) for tag in OUR_TAGS)
    assert len(items(merged)) == len({tag["Key"] for tag in [*have, *OUR_TAGS]})
    assert normal(merge(merged, OUR_TAGS)) == normal(merged)


@given(have=tag_lists())
def test_only_tags_that_differ_are_added(have: list[dict[str, str]]) -> None:
    merged = tags.merging()(have, OUR_TAGS)
    added = [entries(tag) for tag in tags.changed(have, merged)]
    assert all(tag in OUR_TAGS for tag in added)
    named = {tag["Key"]: tag["Value"] for tag in (*have, *added)}
    assert tags.normal()(merged) == tags.normal()([{"Key": k, "Value": v} for k, v in named.items()])


SIDS = st.one_of(st.none(), st.from_regex(r"[A-Za-z0-9]{1,16}", fullmatch=True))
TEXTS = st.sampled_from(["s3:GetObject", "s3:*", "arn:aws:s3:::x", "*"])


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    sid = draw(SIDS)
    return {
        **({} if sid is None or sid.startswith(policies.OURS) else {"Sid": sid}),
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        "Principal": draw(st.sampled_from(["*", {"AWS": "123456789012"}, {"Service": ["s3.amazonaws.com"]}])),
        "Action": draw(st.one_of(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))),
        "Resource": draw(st.one_of(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))),
        "Condition": draw(st.sampled_from([{}, {"Bool": {"aws:SecureTransport": False}}])),
    }


WANT = policies.bucket_policy(f"arn:aws:s3:::{BUCKET}", KEY_ARN, strict=False)
OURS = json.loads(json.dumps(bare(WANT)))["Statement"]
OLD_OURS = st.lists(
    st.sampled_from([*OURS, {**OURS[0], "Effect": "Allow"}, {**OURS[0], "Sid": "PalisadeWizardOld"}])
)


@st.composite
def bucket_policies(draw: st.DrawFn) -> str:
    found = draw(st.permutations([*draw(st.lists(statements(), max_size=4)), *draw(OLD_OURS)]))
    content: dict[str, Any] = {"Version": "2008-10-17", "Statement": found}
    if draw(st.booleans()):
        content["Id"] = "Owner"
    return json.dumps(content)


def content(policy: Tree) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(bare(policy)))
    return found


@given(have=bucket_policies())
def test_policy_statements_merge_without_loss(have: str) -> None:
    merged = policies.merge(have, WANT)
    again = policies.merge(json.dumps(content(merged)), WANT)
    assert content(again) == content(merged)
    before, after = json.loads(have), content(merged)
    foreign = [s for s in before["Statement"] if not str(s.get("Sid", "")).startswith(policies.OURS)]
    kept = [s for s in after["Statement"] if not str(s.get("Sid", "")).startswith(policies.OURS)]
    assert kept == foreign
    ours = [s for s in after["Statement"] if s not in kept]
    assert sorted(ours, key=str) == sorted(OURS, key=str)
    assert {k: v for k, v in after.items() if k != "Statement"} == {
        k: v for k, v in before.items() if k != "Statement"
    }


@given(have=bucket_policies())
def test_one_spelling_is_stable_and_the_merge_is_seen_as_done(have: str) -> None:
    merged = json.dumps(content(policies.merge(have, WANT)))
    assert policies.normal(policies.merge(merged, WANT)) == policies.normal(merged)
    assert policies.differing(merged, policies.merge(merged, WANT)) == ()
    assert policies.normal(json.dumps(policies.normal(have))) == policies.normal(have)


def respelt(statement: dict[str, Any], draw: Callable[..., Any]) -> dict[str, Any]:
    """The same statement as AWS may give it back."""

    def scalar_or_list(value: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        shuffled = draw(st.permutations(values))
        return shuffled[0] if len(shuffled) == 1 and draw(st.booleans()) else list(shuffled)

    condition = {
        operator: {name: scalar_or_list(v) for name, v in tests.items()}
        for operator, tests in statement.get("Condition", {}).items()
    }
    return {
        **statement,
        "Action": scalar_or_list(statement["Action"]),
        "Resource": scalar_or_list(statement["Resource"]),
        **({"Condition": condition} if "Condition" in statement else {}),
    }


@given(st.data())
def test_aws_may_spell_a_policy_as_it_likes(data: st.DataObject) -> None:
    found = [respelt(statement, data.draw) for statement in data.draw(st.permutations(OURS))]
    policy = json.dumps({"Statement": found, "Version": policies.VERSION})
    assert policies.normal(policy) == policies.normal(WANT)


@given(have=st.lists(statements(), min_size=1, max_size=1), other=st.sampled_from(OURS))
def test_policies_that_say_different_things_differ(have: list[dict[str, Any]], other: dict[str, Any]) -> None:
    assert policies.normal(json.dumps({"Statement": have})) != policies.normal(
        json.dumps({"Statement": [other]})
    )


def facets() -> list[Facet]:
    audit = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"
    ways = (sample_blueprint(), sample_blueprint(**TRAIL), sample_blueprint(hardening__trail=audit))
    return [facet for parts in ways for resource in parts for facet in resource.facets("created")]


def test_every_facet_that_is_as_wanted_is_the_same_after_its_merge() -> None:
    for facet in facets():
        target = facet.merge(None, facet.want)
        again = facet.merge(
            bare(target) if not isinstance(target, Json) else json.dumps(bare(target)), facet.want
        )
        assert facet.normal(bare(again)) == facet.normal(bare(target)), facet.name


def test_every_facet_says_itself_and_nothing_in_plain_words() -> None:
    for facet in facets():
        for words in (facet.words(None), facet.words(bare(facet.want)), facet.says):
            assert words, facet.name
            assert "{" not in words
            assert "None" not in words
            assert not words.endswith(".")
