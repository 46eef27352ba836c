"""Documents as AWS, or something that stands in for it, may return them: any JSON is brought to one spelling, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.model import lifecycle, policies, selectors
from services.model.values import Json, Tree, document, shown
from services.problems import Problem, ProblemError
from tests.generated import share, tried
from tests.mutations import DEEP, JSON, changed, changed_json
from tests.world import BUCKET, KEY_ARN, PRINCIPAL

ARN = f"arn:aws:s3:::{BUCKET}"
POLICY = {
    "Version": "2012-10-17",
    "Id": "theirs",
    "Statement": [
        {
            "Sid": "Theirs", "Effect": "Deny", "Principal": {"AWS": [PRINCIPAL, "123456789012"]}, "Action": ["s3:*"],
            "Resource": [ARN, f"{ARN}/*"], "Condition": {"Bool": {"aws:SecureTransport": False}},
        },
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/x"},
    ],
}  # fmt: skip
TEXT = json.dumps(POLICY).encode()
WANTED: Json = policies.bucket_policy(ARN, KEY_ARN, strict=True)
DOCUMENTS = st.one_of(
    changed_json(TEXT).map(json.loads),
    changed_json(TEXT).map(bytes.decode),
    JSON.map(lambda tree: tree if isinstance(tree, dict | None) else {"Statement": tree}),
    st.builds(lambda tree: {"Statement": [tree]}, JSON),
)


@share(4)
@given(have=DOCUMENTS)
def test_a_policy_has_one_spelling_and_keeps_what_is_theirs(have: Tree) -> None:
    once = policies.normal(have)
    assert policies.normal(once) == once
    merged = policies.merge(have, WANTED)
    assert policies.normal(policies.merge(merged, WANTED)) == policies.normal(merged)
    assert policies.beyond(have, WANTED) == policies.beyond(merged, WANTED)
    assert policies.normal(policies.without_ours(merged)) == policies.normal(policies.without_ours(have))
    for read in (policies.words, policies.principals, policies.external_ids, policies.text, shown):
        read(have)
    policies.delegates(have, "123456789012")


@share(2)
@given(text=changed(TEXT).map(lambda data: data.decode(errors="replace")) | st.text(max_size=30))
def test_a_text_that_is_no_document_is_one_problem(text: str) -> None:
    found = tried(lambda: document(text))
    if isinstance(found, Problem):
        assert found.code == "busy"
        assert found.remedy
    else:
        assert document(json.dumps(found)) == found or found != found


@pytest.mark.parametrize("text", DEEP[:2])
def test_a_document_that_is_nested_too_deeply_is_one_problem(text: bytes) -> None:
    with pytest.raises(ProblemError) as refused:
        document(text.decode())
    assert refused.value.problem.code == "busy"


SPELLINGS: dict[str, Callable[[Any], Any]] = {
    "lifecycle": lifecycle.normal,
    "selectors": selectors.normal,
}


@share(3)
@given(have=st.none() | st.lists(st.dictionaries(st.sampled_from(("ID", "Key", "Value", "Filter", "Prefix", "Status", "Rules", "ReadWriteType", "FieldSelectors", "DataResources")), JSON, max_size=4), max_size=4))  # fmt: skip
@pytest.mark.parametrize("name", SPELLINGS)
def test_a_list_of_odd_entries_has_one_spelling(name: str, have: Any) -> None:
    normal = SPELLINGS[name]
    value = (
        {"Rules": have}
        if name == "lifecycle"
        else {"basic": have, "advanced": have}
        if name == "selectors"
        else have
    )
    once = normal(value)
    assert normal(once) == once or once != once
