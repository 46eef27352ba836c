"""What event selectors record, and what is added to them, row by row."""

from __future__ import annotations

from typing import Any

import pytest

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
OUR_NAME = Wanted(BUCKET, "all", own=False).name


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
