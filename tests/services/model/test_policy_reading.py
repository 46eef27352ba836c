"""The program's own reading of policies: never surer than an evaluator that is not ours, and open about its limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.core.iam_evaluator import EvalContext, combine_resource_policy, evaluate, parse_policy_document

from services.model.policy_conditions import names
from services.model.policy_reading import Document, Finding, Request, decide, let_in
from tests.world import ACCOUNT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/Writer"
OBJECT = "arn:aws:s3:::bucket/x"
CONTEXT = {"aws:securetransport": "true", "s3:tlsversion": "1.2", "s3:x-amz-acl": "private"}
ABSENT = frozenset({"s3:x-amz-server-side-encryption", "kms:viaservice"})

ACTIONS = (
    "s3:PutObject",
    "S3:putobject",
    "s3:GetObject",
    "s3:*",
    "s3:P*Object",
    "s3:?etObject",
    "*",
    "kms:*",
)
RESOURCES = (
    "*",
    OBJECT,
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::other/*",
    "arn:aws:s3:::BUCKET/x",
    "arn:aws:s3:::b?cket/x",
)
ALLOW = {"Sid": "A", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
OPERATORS = tuple(
    f"{before}{name}{after}"
    for name in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
    for before in ("", "ForAnyValue:", "ForAllValues:")
    for after in ("", "IfExists")
)
LINES = st.one_of(
    st.tuples(
        st.sampled_from(OPERATORS),
        st.sampled_from((*CONTEXT, *ABSENT)),
        st.lists(
            st.sampled_from(("private", "PRIVATE", "p*", "aws:kms", "*", "true")), min_size=1, max_size=2
        ),
    ),
    st.tuples(st.just("Null"), st.sampled_from((*CONTEXT, *ABSENT)), st.sampled_from((["true"], ["false"]))),
    st.tuples(st.just("Bool"), st.just("aws:SecureTransport"), st.sampled_from((["true"], ["false"]))),
    st.tuples(
        st.sampled_from(("NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals")),
        st.just("s3:TlsVersion"),
        st.sampled_from((["1.2"], ["1.3"], ["1.1"])),
    ),
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    some = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2)
    where = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)
    found: dict[str, Any] = {
        "Effect": draw(st.sampled_from(("Allow", "Deny"))),
        draw(st.sampled_from(("Action", "NotAction"))): draw(some),
        draw(st.sampled_from(("Resource", "NotResource"))): draw(where),
    }
    lines = draw(st.lists(LINES, max_size=2))
    for operator, key, values in lines:
        found.setdefault("Condition", {}).setdefault(operator, {})[key] = values
    return found


PRINCIPALS = (
    "*",
    {"AWS": ROLE},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": "999999999999"},
    {"Service": "s3.amazonaws.com"},
)


def documents(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": found}


@given(
    own=st.lists(statements(), max_size=3),
    limit=st.one_of(st.none(), st.lists(statements(), max_size=2)),
    theirs=st.lists(st.tuples(statements(), st.sampled_from(PRINCIPALS)), max_size=2),
)
def test_what_it_is_sure_of_the_other_evaluator_says_too(
    own: list[dict[str, Any]],
    limit: list[dict[str, Any]] | None,
    theirs: list[tuple[dict[str, Any], Any]],
) -> None:
    bucket = documents([{**s, "Principal": who} for s, who in theirs])
    found = decide(
        Request("s3:PutObject", OBJECT, ROLE, ACCOUNT, CONTEXT, ABSENT),
        [Document("own", documents(own))],
        None if limit is None else Document("limit", documents(limit)),
        Document("bucket", bucket),
    )
    if found.allowed is None:
        return
    request = EvalContext(
        ROLE,
        "Role",
        ACCOUNT,
        "s3:PutObject",
        OBJECT,
        "eu-west-1",
        secure_transport=True,
        service_context=CONTEXT,
    )
    layers = () if limit is None else ([parse_policy_document(documents(limit))],)
    identity = evaluate(request, [parse_policy_document(documents(own))], *layers)
    judged = combine_resource_policy(
        identity, request, json.loads(json.dumps(bucket)), ACCOUNT, limits=layers
    )
    assert found.allowed is (judged.decision == "Allow")


VALUES = (["private"], ["PRIVATE"], ["p*"], ["?rivate", "x"], ["x", "private"], ["x"], ["*"])


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("key", ["s3:x-amz-acl", "s3:x-amz-server-side-encryption"])
def test_every_operator_it_knows_means_what_the_other_evaluator_says(operator: str, key: str) -> None:
    """Over a key that has a value and one that has none; here it may not say that it cannot tell."""
    for values in VALUES:
        policy = documents([{**ALLOW, "Condition": {operator: {key: values}}}])
        request = EvalContext(
            ROLE, "Role", ACCOUNT, "s3:PutObject", OBJECT, "eu-west-1", service_context=CONTEXT
        )
        judged = evaluate(request, [parse_policy_document(policy)]).decision
        own = decide(
            Request("s3:PutObject", OBJECT, ROLE, ACCOUNT, CONTEXT, ABSENT), [Document("own", policy)]
        )
        assert own.allowed is (judged == "Allow"), values


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("*", True),
        ("arn:aws:s3:::bucket/*", True),
        ("arn:aws:s3:::b?cket/a:b", True),
        ("arn:aws:*:::bucket/a:b", True),
        ("arn:aws:s3:::BUCKET/*", False),
        ("arn:aws:s3:::bucket", False),
        # A wildcard reaches across colons here: whether AWS takes it so is not told apart.
        ("arn:aws:*::b*:b", None),
        ("arn:*", None),
        ("arn:aws:s3:::bucket/${aws:username}", None),
    ],
)
def test_where_a_pattern_reaches(pattern: str, covered: bool | None) -> None:
    assert names("arn:aws:s3:::bucket/a:b", pattern) is covered


def read(statement: dict[str, Any], *more: dict[str, Any], **ways: Any) -> Finding:
    request = Request("s3:PutObject", OBJECT, ROLE, ACCOUNT, CONTEXT, ABSENT)
    return decide(request, [Document("own", documents([statement, *more]))], **ways)


@pytest.mark.parametrize(
    "unclear",
    [
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"StringEquals": {"s3:x-amz-acl": "${aws:username}"}}},
        {"Condition": {"SomethingNew": {"s3:x-amz-acl": "private"}}},
        {"Condition": {"DateLessThan": {"s3:x-amz-acl": "2030-01-01T00:00:00Z"}}},
        {"Condition": {"NumericEquals": {"s3:TlsVersion": "new"}}},
        {"Condition": {"Null": {"s3:x-amz-acl": ["true", "false"]}}},
        {"Condition": {"Null": {"aws:SourceVpce": "false"}}},
        {"Resource": "arn:aws:s3:::bucket/${aws:username}"},
        {"Resource": "arn:aws*bucket/x"},
        {"Action": "s3:${aws:username}"},
        {"Effect": "Perhaps"},
        {"NotPrincipal": {"AWS": ROLE}},
    ],
    ids=str,
)
def test_what_it_does_not_know_it_cannot_tell(unclear: dict[str, Any]) -> None:
    doubtful = {**ALLOW, **unclear}
    assert read(doubtful).allowed is None
    assert read(ALLOW, {**doubtful, "Effect": unclear.get("Effect", "Deny")}).allowed is None
    sure = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert read(doubtful, sure).allowed is False


def test_a_statement_without_action_or_resource_covers_nothing_for_sure() -> None:
    for missing in ("Action", "Resource"):
        assert read({k: v for k, v in ALLOW.items() if k != missing}).allowed is None


@pytest.mark.parametrize(
    "somebody",
    [
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/Writer/session"},
        {"AWS": "AROAEXAMPLEID"},
        {"CanonicalUser": "79a59d"},
    ],
    ids=str,
)
def test_who_may_be_meant_by_a_resource_is_not_guessed(somebody: dict[str, str]) -> None:
    resource = Document("bucket", documents([{**ALLOW, "Principal": somebody}]))
    nothing = {**ALLOW, "Action": "s3:GetObject"}
    assert read(nothing, resource=resource).allowed is None


def test_it_names_the_statement_that_decides() -> None:
    assert read(ALLOW).because == "A in own"
    assert read(ALLOW, {**ALLOW, "Sid": "D", "Effect": "Deny"}).because == "D in own"
    assert read({**ALLOW, "Action": "s3:GetObject"}).because == ""


@pytest.mark.parametrize(
    ("principal", "condition", "allowed"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {}, True),
        ({"AWS": ACCOUNT}, {}, True),
        ({"AWS": "*"}, {}, True),
        ({"AWS": "arn:aws:iam::999999999999:root"}, {}, False),
        ({"AWS": ACCOUNT}, {"StringEquals": {"kms:ViaService": "ec2"}}, False),
        ({"AWS": ACCOUNT}, {"StringEquals": {"kms:CallerAccount": ACCOUNT}}, None),
    ],
)
def test_a_keys_policy_must_leave_it_to_the_account(
    principal: dict[str, str], condition: dict[str, Any], allowed: bool | None
) -> None:
    key = Document("key", documents([{**ALLOW, "Principal": principal, "Condition": condition}]))
    assert read(ALLOW, resource=key, of_key=True).allowed is allowed
    assert read(ALLOW, resource=None, of_key=True).allowed is False


OUTSIDER = "arn:aws:iam::999999999999:role/Somebody"


def from_outside(statement: dict[str, Any], who: str, account: str, **more: Any) -> bool | None:
    request = Request("s3:PutObject", OBJECT, who, account, CONTEXT, ABSENT, **more)
    return let_in(request, Document("bucket", documents([statement]))).allowed


@pytest.mark.parametrize(
    ("principal", "let"),
    [
        ("*", (True, True, True, True)),
        ({"AWS": OUTSIDER}, (True, False, False, False)),
        ({"AWS": "arn:aws:iam::999999999999:root"}, (False, True, False, False)),
        ({"AWS": "999999999999"}, (False, True, False, False)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, (False, False, False, False)),
        ({"Service": "s3.amazonaws.com"}, (False, False, False, True)),
        ({"Service": "logs.amazonaws.com"}, (False, False, False, False)),
        ({"Federated": "cognito-identity.amazonaws.com"}, (False, False, False, False)),
        ({"AWS": "arn:aws:sts::999999999999:assumed-role/Somebody/x"}, (None, None, False, False)),
    ],
    ids=str,
)
def test_who_is_let_in_from_outside(principal: Any, let: tuple[bool | None, ...]) -> None:
    """Somebody by name, their account as such, nobody known, and a service."""
    who = (
        from_outside({**ALLOW, "Principal": principal}, OUTSIDER, "999999999999"),
        from_outside({**ALLOW, "Principal": principal}, "999999999999", "999999999999"),
        from_outside({**ALLOW, "Principal": principal}, "nobody known", ""),
        from_outside({**ALLOW, "Principal": principal}, "s3.amazonaws.com", ACCOUNT, kind="Service"),
    )
    assert who == let


def test_a_denial_counts_for_whoever_is_let_in() -> None:
    resource = documents(
        [{**ALLOW, "Principal": "*"}, {**ALLOW, "Effect": "Deny", "Principal": {"AWS": OUTSIDER}}]
    )
    for who, expected in ((OUTSIDER, False), ("999999999999", None), ("nobody known", True)):
        account = "999999999999" if who != "nobody known" else ""
        request = Request("s3:PutObject", OBJECT, who, account, CONTEXT, ABSENT)
        assert let_in(request, Document("bucket", resource)).allowed is expected


def test_a_key_that_names_somebody_is_not_left_to_the_account() -> None:
    key = Document("key", documents([{**ALLOW, "Action": "s3:*", "Principal": {"AWS": ROLE}}]))
    own = [Document("own", documents([ALLOW]))]
    for who, expected in ((ROLE, True), (f"arn:aws:iam::{ACCOUNT}:role/Other", False)):
        request = Request("s3:PutObject", OBJECT, who, ACCOUNT, CONTEXT, ABSENT)
        assert decide(request, own, resource=key, of_key=True).allowed is expected
