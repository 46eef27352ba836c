"""Merging event selectors: whatever a trail records, it records afterwards, in its order; and a second run adds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.model import selectors
from services.model.selector_merge import (
    MANAGEMENT,
    MOST_BASIC,
    MOST_CONDITIONS,
    MOST_RESOURCES,
    Events,
    Wanted,
    merge,
    too_many,
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


# What selectors mean, row by row


def data_selector(*extra: dict[str, Any], arn: dict[str, Any] | None = None) -> dict[str, Any]:
    where = [arn] if arn else []
    return {
        "Name": "x",
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
            *where,
            *extra,
        ],
    }


def starts(*prefixes: str) -> dict[str, Any]:
    return {"Field": "resources.ARN", "StartsWith": list(prefixes)}


def read_only(value: str) -> dict[str, Any]:
    return {"Field": "readOnly", "Equals": [value]}


@pytest.mark.parametrize(
    ("selector", "kinds"),
    [
        (data_selector(), {"read", "write"}),
        (data_selector(arn=starts("arn:aws:s3:::")), {"read", "write"}),
        (data_selector(arn=starts("arn:aws:s3:::zzz/", f"{BUCKET}/")), {"read", "write"}),
        (data_selector(read_only("false"), arn=starts(f"{BUCKET}/")), {"write"}),
        (data_selector(read_only("true"), arn=starts(f"{BUCKET}/")), {"read"}),
        (data_selector(arn=starts(f"{BUCKET}/key/")), set()),
        (data_selector(arn=starts("arn:aws:s3:::acme-2/")), set()),
        (data_selector(arn={**starts(f"{BUCKET}/"), "NotStartsWith": [f"{BUCKET}/x"]}), set()),
        (data_selector({"Field": "eventName", "Equals": ["PutObject"]}), set()),
        (data_selector({"Field": "eventCategory", "Equals": ["Management"]}), set()),
    ],
)
def test_what_an_advanced_selector_records(selector: dict[str, Any], kinds: set[str]) -> None:
    assert recorded({ADVANCED: [selector]}, BUCKET) == kinds


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        (["arn:aws:s3"], {"read", "write"}),
        (["arn:aws:s3:::"], {"read", "write"}),
        ([f"{BUCKET}/"], {"read", "write"}),
        ([f"{BUCKET}/key"], set()),
        (["arn:aws:s3:::acme-2/"], set()),
        ([], set()),
    ],
)
def test_what_a_basic_selector_records(values: list[str], kinds: set[str]) -> None:
    resources = [{"Type": "AWS::S3::Object", "Values": values}]
    assert recorded({BASIC: [{"DataResources": resources}]}, BUCKET) == kinds
    assert recorded({BASIC: [{"ReadWriteType": "ReadOnly", "DataResources": resources}]}, BUCKET) == kinds & {
        "read"
    }


def management(*extra: dict[str, Any]) -> dict[str, Any]:
    return {ADVANCED: [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, *extra]}]}


@pytest.mark.parametrize(
    ("state", "whole"),
    [
        (None, True),
        ({BASIC: [], ADVANCED: []}, True),
        ({BASIC: [{"ReadWriteType": "WriteOnly"}]}, True),
        ({BASIC: [{"ReadWriteType": "ReadOnly"}]}, False),
        ({BASIC: [{"IncludeManagementEvents": False}]}, False),
        ({BASIC: [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}, False),
        ({BASIC: [{"ExcludeManagementEventSources": ["rdsdata.amazonaws.com"]}]}, True),
        (management(), True),
        (management(read_only("false")), True),
        (management(read_only("true")), False),
        (management({"Field": "eventSource", "NotEquals": ["rdsdata.amazonaws.com"]}), True),
        (management({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}), False),
        (management({"Field": "eventName", "Equals": ["DisableKey"]}), False),
        ({ADVANCED: [data_selector()]}, False),
    ],
)
def test_whether_changes_of_the_account_are_recorded(state: Tree, whole: bool) -> None:
    assert selectors.management_writes(state) is whole


@pytest.mark.parametrize(
    ("events", "want"),
    [
        ("write", [BORN, {**BORN, "ReadWriteType": "WriteOnly", "IncludeManagementEvents": False}]),
        ("all", [BORN]),
    ],
)
def test_a_basic_list_stays_basic_and_only_what_is_asked_for_is_added(
    events: Events, want: list[dict[str, Any]]
) -> None:
    added = [{"Type": "AWS::S3::Object", "Values": [f"{BUCKET}/"]}]
    after = merge({BASIC: [BORN]}, Wanted(BUCKET, events, own=False))
    assert after == {BASIC: [*want[:-1], {**want[-1], "DataResources": added}]}


def test_a_trail_that_records_writes_gets_reads_alone_when_both_are_wanted() -> None:
    resources = [{"Type": "AWS::S3::Object", "Values": [f"{BUCKET}/"]}]
    have = {BASIC: [BORN, {**BORN, "ReadWriteType": "WriteOnly", "DataResources": resources}]}
    (*_, last) = items(entries(merge(have, Wanted(BUCKET, "all", own=False)))[BASIC])
    assert entries(last)["ReadWriteType"] == "ReadOnly"


def test_what_is_ours_by_name_follows_the_answer_and_others_of_ours_stay() -> None:
    ours = items(Wanted(BUCKET, "all", own=False).state[ADVANCED])[1]
    another = {**entries(ours), "Name": "PalisadeWizard data events of another"}
    have: Tree = {ADVANCED: [another, ours, data_selector(arn=starts("arn:aws:s3:::zzz/"))]}
    less = items(entries(merge(have, Wanted(BUCKET, "write", own=False)))[ADVANCED])
    assert [entries(s)["Name"] for s in less] == [entries(another)["Name"], OUR_NAME, "x"]
    assert recorded({ADVANCED: [less[1]]}, BUCKET) == {"write"}
    off = items(entries(merge(have, Wanted(BUCKET, "off", own=False)))[ADVANCED])
    assert [entries(s)["Name"] for s in off] == [entries(another)["Name"], "x"]


def test_our_selectors_are_the_form_that_auditors_look_for() -> None:
    first, data = items(Wanted(BUCKET, "all", own=True).state[ADVANCED])
    assert entries(first)["Name"] == MANAGEMENT
    assert selectors.fields_of(data) == {
        "eventCategory": {"Equals": ["Data"]},
        "resources.type": {"Equals": ["AWS::S3::Object"]},
        "resources.ARN": {"StartsWith": [f"{BUCKET}/"]},
    }


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({BASIC: [BORN] * MOST_BASIC}, None),
        ({BASIC: [BORN] * (MOST_BASIC + 1)}, "6 basic event selectors"),
        ({BASIC: [{"DataResources": [{"Values": ["x"] * MOST_RESOURCES}]}]}, None),
        ({BASIC: [{"DataResources": [{"Values": ["x"] * (MOST_RESOURCES + 1)}]}]}, "251 data resources"),
        ({ADVANCED: [data_selector(arn=starts(*["x"] * (MOST_CONDITIONS - 2)))]}, None),
        ({ADVANCED: [data_selector(arn=starts(*["x"] * (MOST_CONDITIONS - 1)))]}, "501 conditions"),
    ],
)
def test_what_has_no_room_is_said_and_not_cut(state: Tree, said: str | None) -> None:
    problem = too_many(state)
    assert (problem is None) == (said is None)
    if problem is not None and said is not None:
        assert problem.code == "limit"
        assert said in problem.summary
        assert "'create'" in problem.remedy[-1]


@given(have=STATES)
def test_selectors_are_said_in_plain_words(have: Tree) -> None:
    words = selectors.words(have, BUCKET)
    assert words.startswith("records ")
    assert "{" not in words
