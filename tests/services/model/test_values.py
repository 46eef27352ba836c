"""Values that are not known yet: found, filled, encoded, shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.model.calls import Call, Refused, Reply, ask, filled
from services.model.place import parse_arn, partition_of
from services.model.policies import trust_policy
from services.model.values import (
    Json,
    Ref,
    Text,
    Tree,
    bare,
    document,
    encode,
    fill,
    items,
    known,
    mask,
    refs,
    shown,
)
from services.problems import ProblemError
from tests.world import EXTERNAL_ID, KEY_ARN, PRINCIPAL, sample_lookup

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=6),
    st.binary(max_size=4),
    st.sampled_from([Ref("key"), Ref("key", "id"), Ref("gone"), Text("{}/*", (Ref("key"),))]),
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
        st.builds(Json, inner),
    ),
    max_leaves=12,
)
LOOKUP = sample_lookup()


@given(TREES)
def test_filling_leaves_exactly_the_unknown(tree: Tree) -> None:
    full = fill(tree, LOOKUP)
    assert set(refs(full)) == {ref for ref in refs(tree) if LOOKUP(ref) is None}
    assert fill(full, LOOKUP) == full
    assert known(tree, LOOKUP) == (not set(refs(full)))


@given(TREES)
def test_what_is_known_can_be_encoded_and_what_is_not_cannot(tree: Tree) -> None:
    full = fill(tree, LOOKUP)
    if known(full, LOOKUP) and not has_bytes(full):
        assert list(refs(encode(full))) == []
    elif not known(full, LOOKUP) and not isinstance(full, Json) and not has_json(full):
        with pytest.raises(ValueError, match="no value yet"):
            encode(full)


def has_json(tree: Tree) -> bool:
    if isinstance(tree, Json):
        return True
    if isinstance(tree, dict):
        return any(has_json(value) for value in tree.values())
    return isinstance(tree, list) and any(has_json(value) for value in tree)


def has_bytes(tree: Tree) -> bool:
    if isinstance(tree, Json):
        return has_bytes(tree.tree)
    if isinstance(tree, dict):
        return any(has_bytes(value) for value in tree.values())
    if isinstance(tree, list):
        return any(has_bytes(value) for value in tree)
    return isinstance(tree, bytes)


@given(TREES)
def test_bare_and_shown_hold_no_reference(tree: Tree) -> None:
    assert list(refs(bare(tree))) == []
    assert list(refs(shown(tree))) == []


def test_a_document_becomes_one_string() -> None:
    call = filled(Call("iam", "X", {"Policy": Json({"b": Ref("key"), "a": [1]})}), LOOKUP)
    assert call.params == {"Policy": f'{{"a":[1],"b":"{KEY_ARN}"}}'}


@pytest.mark.parametrize("name", ["sts:ExternalId", "sts:externalid", "STS:EXTERNALID"])
def test_the_external_id_is_masked_however_aws_spells_its_key(name: str) -> None:
    policy = json.loads(json.dumps(bare(trust_policy(PRINCIPAL, EXTERNAL_ID))))
    policy["Statement"][0]["Condition"] = {"StringEquals": {name: EXTERNAL_ID}}
    text = json.dumps(shown(policy), ensure_ascii=False)
    assert EXTERNAL_ID not in text
    assert "••••rnal" in text
    assert PRINCIPAL in text


@given(st.text(max_size=40))
def test_a_mask_shows_four_characters_at_most_and_none_of_a_short_text(text: str) -> None:
    masked = mask(text)
    assert masked.startswith("••••")
    assert len(masked) <= 8
    if len(text) < 12:
        assert masked == "••••"


@given(TREES)
def test_a_lone_value_is_a_list_of_one(tree: Tree) -> None:
    found = items(tree)
    if tree is None:
        assert list(found) == []
    elif isinstance(tree, list):
        assert found == tree
    else:
        assert list(found) == [tree]


def test_absent_is_what_the_call_says_is_absent_and_nothing_else() -> None:
    def refusing(code: str) -> None:
        def aws(call: Call) -> Reply:
            raise Refused(call, code, "", 400)

        call = Call("iam", "GetRole", outputs={"arn": "Role.Arn"}, absent=frozenset({"NoSuchEntity"}))
        assert ask(aws, call) is None

    refusing("NoSuchEntity")
    for code in ("AccessDenied", "Throttling", "NoSuchBucket", ""):
        with pytest.raises(Refused):
            refusing(code)


def test_a_reply_whose_outputs_are_all_null_is_absent() -> None:
    call = Call("kms", "ListAliases", outputs={"arn": "Aliases[0].AliasArn", "id": "Aliases[0].TargetKeyId"})
    assert ask(lambda _: {"Aliases": []}, call) is None
    assert ask(lambda _: {"Aliases": [{"AliasArn": "a"}]}, call) == {"arn": "a", "id": None}


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("eu-central-2", "aws"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"),
        ("ca-central-1", "aws"),
    ],
)
def test_the_partition_follows_from_the_region(region: str, partition: str) -> None:
    assert partition_of(region) == partition


@given(st.text())
def test_no_text_breaks_the_parsing_of_arns(text: str) -> None:
    arn = parse_arn(text)
    assert arn is None or text.startswith("arn:")


def test_arns_of_policies_that_aws_manages_have_the_account_aws() -> None:
    arn = parse_arn("arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert arn is not None
    assert (arn.account, arn.name) == ("aws", "policy/ReadOnlyAccess")
    assert parse_arn("arn:aws:iam::١٢٣٤٥٦٧٨٩٠١٢:root") is None


@pytest.mark.parametrize("text", ["", "<html>sign in</html>", '{"Version": "2012-10-17"', "\x00"])
def test_a_document_that_is_none_is_a_problem_without_its_words(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        document(text)
    assert caught.value.problem.code == "busy"
    assert caught.value.problem.remedy
    assert not text or text not in repr(caught.value.problem)


def test_a_document_is_data_however_aws_gives_it() -> None:
    policy = {"Version": "2012-10-17", "Statement": []}
    assert document(json.dumps(policy)) == document(policy) == document(Json(policy)) == policy
