"""Lifecycle rules: nothing of the owner's is lost, and no rule may take a current backup."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers import place
from services.model import lifecycle
from services.model.bucket_sides import Site
from services.model.lifecycle import OURS, Keep
from services.model.resource import Facet
from services.model.values import Tree, bare, entries, items
from tests.world import ACCOUNT, BUCKET, sample

SITE = Site(place(sample(), ACCOUNT), "bucket", BUCKET, "storage.bucket")
KEEP = Keep(10, 90)
LOGS = {"Backups": "acme/", "Trail": "trail/"}
FACETS: tuple[Facet, ...] = (
    lifecycle.backups(SITE, KEEP),
    lifecycle.backups(SITE, None),
    lifecycle.access_logs(SITE, LOGS),
)
SCOPES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"Filter": {"Prefix": ""}},
        {"Filter": {}},
        {"Prefix": ""},
        {"Filter": {"Prefix": "a/"}},
        {"Prefix": "b/"},
    ]
)
ACTIONS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "Expiration": st.sampled_from([{"Days": 1}, {"ExpiredObjectDeleteMarker": True}]),
        "NoncurrentVersionExpiration": st.sampled_from(
            [{"NoncurrentDays": 400}, {"NoncurrentDays": 5, "NewerNoncurrentVersions": 50}]
        ),
        "Transitions": st.sampled_from([[{"Days": 0, "StorageClass": "STANDARD_IA"}]]),
        "AbortIncompleteMultipartUpload": st.just({"DaysAfterInitiation": 1}),
    },
)
IDS = st.one_of(
    st.none(),
    st.text("abcXYZ 1-", min_size=1, max_size=9),
    st.sampled_from([f"{OURS}old-versions", f"{OURS}access-logs-of-trail", f"{OURS}of-a-later-version"]),
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    identifier = draw(IDS)
    return {
        **({} if identifier is None else {"ID": identifier}),
        "Status": draw(st.sampled_from(["Enabled", "Disabled"])),
        **draw(SCOPES),
        **draw(ACTIONS),
    }


@st.composite
def configurations(draw: st.DrawFn) -> Tree:
    found = draw(st.lists(rules(), max_size=5, unique_by=lambda rule: rule.get("ID", id(rule))))
    if not found:
        return None
    size = draw(st.sampled_from([None, "varies_by_storage_class", "all_storage_classes_128K"]))
    return {"Rules": found, "TransitionDefaultMinimumObjectSize": size}


def rules_of(value: Tree) -> list[Any]:
    return [dict(entries(rule)) for rule in items(entries(bare(value)).get("Rules"))]


def ours(rule: Any) -> bool:
    return str(rule.get("ID", "")).startswith(OURS)


@pytest.mark.parametrize("facet", FACETS, ids=["kept", "unlimited", "logs"])
@given(have=configurations())
def test_nothing_foreign_is_lost_and_a_second_run_changes_nothing(facet: Facet, have: Tree) -> None:
    target = facet.merge(have, facet.want)
    assert facet.normal(facet.merge(target, facet.want)) == facet.normal(target)
    assert [rule for rule in rules_of(target) if not ours(rule)] == [
        rule for rule in rules_of(have) if not ours(rule)
    ]
    wanted = {rule["ID"]: rule for rule in rules_of(facet.want)}
    on = {rule["ID"]: rule for rule in rules_of(target) if ours(rule) and rule["Status"] == "Enabled"}
    assert on == wanted
    assert {rule["ID"] for rule in rules_of(have) if ours(rule)} <= {
        r["ID"] for r in rules_of(target) if ours(r)
    }
    size = entries(have).get("TransitionDefaultMinimumObjectSize")
    assert entries(target).get("TransitionDefaultMinimumObjectSize") == size
    assert facet.write is not None
    written = facet.write(have, target).params
    configuration = written["LifecycleConfiguration"]
    assert entries(lifecycle.normal(configuration))["Rules"] == entries(lifecycle.normal(target))["Rules"]
    assert [r.get("ID") for r in rules_of(configuration)] == [r.get("ID") for r in rules_of(target)]
    assert not any("Prefix" in rule for rule in rules_of(configuration)), "S3 refuses it beside Filter"
    assert written.get("TransitionDefaultMinimumObjectSize") == size


@given(have=configurations(), data=st.data())
def test_the_order_of_rules_and_the_spelling_of_everything_mean_nothing(
    have: Tree, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rules_of(have)))
    same = [
        {**{k: v for k, v in rule.items() if k != "Prefix"}, "Filter": {"Prefix": rule["Prefix"]}}
        if "Prefix" in rule
        else {**rule, "Filter": {}}
        if rule["Filter"] == {"Prefix": ""}
        else rule
        for rule in shuffled
    ]
    again = {**entries(have), "Rules": same} if have else None
    assert lifecycle.normal(again) == lifecycle.normal(have)


@given(first=rules(), second=rules())
def test_rules_that_do_different_things_differ(first: dict[str, Any], second: dict[str, Any]) -> None:
    told = [{k: v for k, v in rule.items() if k not in {"Prefix", "Filter"}} for rule in (first, second)]
    scopes = [rule.get("Prefix") or rule.get("Filter", {}).get("Prefix") or "" for rule in (first, second)]
    same = told[0] == told[1] and scopes[0] == scopes[1]
    assert (lifecycle.normal({"Rules": [first]}) == lifecycle.normal({"Rules": [second]})) == same


def rule(**actions: Any) -> Tree:
    return {"Rules": [{"ID": "Theirs", "Status": "Enabled", "Filter": {"Prefix": ""}, **actions}]}


def gone(days: int, newer: int = 0) -> dict[str, Any]:
    more = {"NewerNoncurrentVersions": newer} if newer else {}
    return {"NoncurrentVersionExpiration": {"NoncurrentDays": days, **more}}


@pytest.mark.parametrize(
    ("actions", "keeping", "unlimited"),
    [
        ({"Expiration": {"Days": 36500}}, False, False),
        ({"Expiration": {"Date": "2030-01-01T00:00:00+00:00"}}, False, False),
        ({"Expiration": {"ExpiredObjectDeleteMarker": True}}, True, True),
        ({"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, False, False),
        ({"Transitions": [{"Days": 1, "StorageClass": "DEEP_ARCHIVE"}]}, False, False),
        ({"Transitions": [{"Days": 1, "StorageClass": "GLACIER_IR"}]}, True, True),
        ({"NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "GLACIER"}]}, True, True),
        (gone(89, 10), False, True),
        (gone(90, 9), False, True),
        (gone(90), False, True),
        (gone(90, 10), True, True),
        (gone(400, 100), True, True),
        ({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}, True, True),
    ],
)
def test_which_rules_of_others_a_backup_bucket_may_have(
    actions: dict[str, Any], keeping: bool, unlimited: bool
) -> None:
    for facet, fits in ((FACETS[0], keeping), (FACETS[1], unlimited)):
        have = rule(**actions)
        problem = facet.refuse(have, facet.merge(have, facet.want))
        assert (problem is None) == fits
        if problem is not None:
            assert problem.code == "unfit"
            assert "Theirs" in problem.summary
            assert problem.remedy
    off = {"Rules": [{**rules_of(rule(**actions))[0], "Status": "Disabled"}]}
    assert FACETS[0].refuse(off, None) is None


def test_old_versions_in_an_archive_are_worth_a_word() -> None:
    have = rule(NoncurrentVersionTransitions=[{"NoncurrentDays": 1, "StorageClass": "GLACIER"}])
    said = FACETS[0].remark(have, have)
    assert said is not None
    assert "Theirs" in said.text
    assert FACETS[0].remark(rule(**gone(400, 100)), None) is None


def test_no_rule_of_the_backup_bucket_ever_takes_what_is_current() -> None:
    for facet in FACETS[:2]:
        assert not any("Expiration" in rule or "Transitions" in rule for rule in rules_of(facet.want))
    (old,) = (
        r["NoncurrentVersionExpiration"]
        for r in rules_of(FACETS[0].want)
        if "NoncurrentVersionExpiration" in r
    )
    assert old == {"NoncurrentDays": 90, "NewerNoncurrentVersions": 10}


def test_a_rule_that_is_not_wanted_any_more_is_turned_off_and_stays_so() -> None:
    kept, unlimited, _ = FACETS
    off = unlimited.merge(kept.want, unlimited.want)
    assert [(r["ID"], r["Status"]) for r in rules_of(off)] == [
        (f"{OURS}old-versions", "Disabled"),
        (f"{OURS}unfinished-uploads", "Disabled"),
    ]
    assert "(off)" in unlimited.words(off)
    assert unlimited.merge(off, unlimited.want) == off
    assert kept.normal(kept.merge(off, kept.want)) == kept.normal(kept.want)


def test_access_logs_expire_under_their_prefixes_alone() -> None:
    found = {r["Filter"]["Prefix"]: r["Expiration"]["Days"] for r in rules_of(FACETS[2].want)}
    assert found == {"acme/": 400, "trail/": 400}
    assert "400 days" in FACETS[2].says
