"""Merging event selectors: whatever a trail records, it records afterwards, in its order; and a second run adds nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.model import selectors
from services.model.selector_merge import (
    MANAGEMENT,
    Events,
    Wanted,
    merge,
)
from services.model.selectors import ADVANCED, BASIC, BORN, recorded
from services.model.values import Tree, entries, items

BUCKET = "arn:aws:s3:::acme"
EVENTS: tuple[Events, ...] = ("off", "write", "all")
KINDS: dict[str, set[str]] = {"off": set(), "write": {"write"}, "all": {"read", "write"}}
wanteds = st.builds(Wanted, st.just(BUCKET), st.sampled_from(EVENTS), st.booleans())

VALUES = st.sampled_from(
    ["arn:aws:s3", "arn:aws:s3:::", f"{BUCKET}/", f"{BUCKET}/x", "arn:aws:s3:::acme-2/", "arn:aws:lambda"]
)
RESOURCES = st.fixed_dictionaries(
    {
        "Type": st.sampled_from(["AWS::S3::Object", "AWS::Lambda::Function"]),
        "Values": st.lists(VALUES, max_size=3),
    }
)
BASICS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "ReadWriteType": st.sampled_from(["All", "WriteOnly", "ReadOnly"]),
            "IncludeManagementEvents": st.booleans(),
            "DataResources": st.lists(RESOURCES, max_size=2),
            "ExcludeManagementEventSources": st.lists(
                st.sampled_from(["kms.amazonaws.com", "rdsdata.amazonaws.com"]), max_size=2
            ),
        },
    ),
    min_size=1,
    max_size=6,
)
FIELDS = st.sampled_from(
    ["eventCategory", "resources.type", "readOnly", "resources.ARN", "eventSource", "eventName"]
)
OPERATORS = st.sampled_from(["Equals", "NotEquals", "StartsWith", "NotStartsWith", "EndsWith"])
FIELD_VALUES = st.sampled_from(
    [
        "Management",
        "Data",
        "AWS::S3::Object",
        "true",
        "false",
        f"{BUCKET}/",
        "arn:aws:s3:::",
        "kms.amazonaws.com",
    ]
)


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    tests = draw(st.dictionaries(OPERATORS, st.lists(FIELD_VALUES, max_size=2), min_size=1, max_size=2))
    return {"Field": draw(FIELDS), **tests}


OUR_NAME = Wanted(BUCKET, "all", own=False).name
NAMES = st.sampled_from(["", "Audit", "PalisadeWizard data events of another", OUR_NAME, MANAGEMENT])
TYPICAL = st.sampled_from(
    [
        [{"Field": "eventCategory", "Equals": ["Management"]}],
        [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        ],
        *(
            [
                f
                for s in items(Wanted(BUCKET, e, own=True).state[ADVANCED])
                for f in items(entries(s)["FieldSelectors"])
            ]
            for e in EVENTS
        ),
    ]
)
ADVANCEDS = st.lists(
    st.fixed_dictionaries(
        {"FieldSelectors": st.one_of(TYPICAL, st.lists(fields(), min_size=1, max_size=4))},
        optional={"Name": NAMES},
    ),
    min_size=1,
    max_size=6,
)
STATES: st.SearchStrategy[Tree] = st.one_of(
    BASICS.map(lambda found: {BASIC: found}),
    ADVANCEDS.map(lambda found: {ADVANCED: found}),
    # What a server gives that shows both lists, the empty one too.
    ADVANCEDS.map(lambda found: {ADVANCED: found, BASIC: []}),
    BASICS.map(lambda found: {ADVANCED: None, BASIC: found}),
)


def mine(selector: Tree, wanted: Wanted) -> bool:
    return entries(selector).get("Name") in ({wanted.name, MANAGEMENT} if wanted.own else {wanted.name})


def only_our_default(have: Tree, wanted: Wanted) -> bool:
    """A trail of one's own that was just made: what AWS gave it is nobody's choice."""
    return wanted.own and selectors.normal(have) == selectors.normal(None)


@given(have=STATES, wanted=wanteds)
def test_a_second_merge_changes_nothing(have: Tree, wanted: Wanted) -> None:
    once = merge(have, wanted)
    assert merge(once, wanted) == once
    assert selectors.normal(merge(once, wanted)) == selectors.normal(once)


@given(have=STATES, wanted=wanteds)
def test_what_is_wanted_is_recorded(have: Tree, wanted: Wanted) -> None:
    after = merge(have, wanted)
    assert recorded(after, BUCKET) >= KINDS[wanted.events]
    if wanted.own:
        assert selectors.management_writes(after)


@given(have=STATES, wanted=wanteds)
def test_nothing_that_others_record_is_lost_and_its_order_stays(have: Tree, wanted: Wanted) -> None:
    after = merge(have, wanted)
    if only_our_default(have, wanted):
        return
    assert bool(selectors.advanced(after)) == bool(selectors.advanced(have)), "the kind of the list stays"
    if selectors.advanced(have):
        theirs = [s for s in selectors.advanced(have) if not mine(s, wanted)]
        assert [s for s in selectors.advanced(after) if not mine(s, wanted)] == theirs
        return
    before, now = selectors.basic(have), selectors.basic(after)
    for old, new in zip(before, now, strict=False):
        assert at_least(entries(old), entries(new))
    assert len(now) - len(before) in range(3)


def at_least(old: Any, new: Any) -> bool:
    """Whether a basic selector is the same but for one value more, behind those that were there."""
    flat = [[(r["Type"], v) for r in s.get("DataResources", []) for v in r["Values"]] for s in (old, new)]
    added = [value for value in flat[1] if value not in flat[0]]
    rest = {key: value for key, value in old.items() if key != "DataResources"}
    kept = {key: value for key, value in new.items() if key != "DataResources"}
    return (
        kept == rest
        and [value for value in flat[1] if value not in added] == flat[0]
        and added in ([], [("AWS::S3::Object", f"{BUCKET}/")])
    )


@given(have=STATES, wanted=wanteds)
def test_a_foreign_trail_never_records_less(have: Tree, wanted: Wanted) -> None:
    if wanted.own:
        return
    theirs = [s for s in selectors.advanced(have) if not mine(s, wanted)]
    if selectors.advanced(have) and not theirs:
        return
    before: Tree = {ADVANCED: theirs} if theirs else have
    after = merge(have, wanted)
    for bucket in (BUCKET, "arn:aws:s3:::acme-2", "arn:aws:s3:::other"):
        assert recorded(after, bucket) >= recorded(before, bucket)
    assert selectors.management_writes(after) or not selectors.management_writes(before)


@given(have=STATES, wanted=wanteds)
def test_what_is_recorded_already_is_left_alone(have: Tree, wanted: Wanted) -> None:
    already = KINDS[wanted.events] <= recorded(have, BUCKET)
    ours = any(mine(s, wanted) for s in selectors.advanced(have))
    if not wanted.own and already and not ours:
        after = merge(have, wanted)
        kind = ADVANCED if selectors.advanced(have) else BASIC
        assert items(entries(after)[kind]) == list(items(entries(have)[kind]))


@given(data=st.data(), have=STATES)
def test_order_and_what_aws_leaves_out_are_no_difference(data: st.DataObject, have: Tree) -> None:
    kind = ADVANCED if selectors.advanced(have) else BASIC
    shuffled = data.draw(st.permutations(list(items(entries(have)[kind]))))
    told: list[Tree] = [{**BORN, **entries(s)} for s in shuffled] if kind == BASIC else list(shuffled)
    assert selectors.normal({kind: told}) == selectors.normal(have)


@given(have=STATES)
def test_selectors_are_said_in_plain_words(have: Tree) -> None:
    words = selectors.words(have, BUCKET)
    assert words.startswith("records ")
    assert "{" not in words
