"""Law 9: every error that can come from AWS or on the way to it has a class, a whole sentence and a remedy."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import TypeAlias, get_args

import botocore.exceptions
import botocore.session
import pytest
from botocore.parsers import ResponseParserError
from hypothesis import given
from hypothesis import strategies as st

from services.aws.codes import CODES
from services.aws.failures import FAILURES, MFA, not_aws, problem_of_failure, unknown_region
from services.aws.translate import problem_of
from services.model.calls import Call, Refused
from services.model.operations import OPERATIONS
from services.operator_policy import Job
from services.problems import KINDS, Problem
from tests.world import EXTERNAL_ID

Kind: TypeAlias = type[Exception]

EXCEPTIONS: list[Kind] = sorted(
    (
        ResponseParserError,
        *(
            found
            for _, found in inspect.getmembers(botocore.exceptions, inspect.isclass)
            if issubclass(found, Exception) and issubclass(found, botocore.exceptions.BotoCoreError)
        ),
    ),
    key=lambda found: found.__name__,
)
"""Everything that botocore raises on purpose, but for AWS's own answers."""

OURS = frozenset(
    [
        "AliasConflictParameterError",
        "ApiVersionNotFoundError",
        "AwsChunkedWrapperError",
        "BotoCoreError",
        "CapacityNotAvailableError",
        "DataNotFoundError",
        "InvalidDNSNameError",
        "InvalidExpressionError",
        "InvalidHostLabelError",
        "MD5UnavailableError",
        "MissingParametersError",
        "OperationNotPageableError",
        "ParamValidationError",
        "RangeError",
        "StubAssertionError",
        "StubResponseError",
        "UnStubbedResponseError",
        "UnknownClientMethodError",
        "UnknownKeyError",
        "UnknownParameterError",
        "UnknownServiceError",
        "UnknownServiceStyle",
        "UnseekableStreamError",
        "UnsupportedOutpostResourceError",
        "UnsupportedS3AccesspointConfigurationError",
        "UnsupportedS3ArnError",
        "UnsupportedS3ControlArnError",
        "UnsupportedS3ControlConfigurationError",
        "UnsupportedServiceProtocolsError",
        "ValidationError",
        "WaiterConfigError",
    ]
)
"""Exceptions that only a fault of the program can cause: the sentence for them says so."""


def raised(kind: Kind) -> Exception:
    """An exception of a kind without the words that its constructor asks for."""
    return kind.__new__(kind)


def whole(problem: Problem) -> None:
    for sentence in (problem.summary, *problem.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith((".", ")", "…"))
        assert "{" not in sentence
        assert "None" not in sentence
        assert "  " not in sentence
    assert problem.remedy
    assert problem.code in KINDS
    assert problem.where


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_every_exception_of_botocore_has_a_problem(kind: Kind) -> None:
    problem = problem_of_failure(raised(kind), Call("s3", "HeadBucket"), "what it said")
    assert problem is not None
    whole(problem)
    bases = [base.__name__ for base in kind.__mro__]
    nearest = next(name for name in bases if name in FAILURES)
    assert (nearest in {"BotoCoreError", "ParamValidationError"}) == (kind.__name__ in OURS)


def test_a_failure_of_somebody_elses_is_a_fault_of_the_program_without_its_words() -> None:
    problem = problem_of_failure(ValueError("s3cret"), None, "s3cret")
    assert problem.code == "our-bug"
    assert "s3cret" not in problem.summary
    whole(problem)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_refused_look_is_not_told_like_a_refused_change(name: str) -> None:
    service, _, operation = name.partition(":")
    problem = problem_of(Refused(Call(service, operation), "400", "Bad Request", 400))
    whole(problem)
    assert problem.code == "refused"
    reads = OPERATIONS[name].reads
    assert ("does not accept a value" in problem.summary) is not reads
    assert problem.remedy[0].startswith("Try again: this call only looks" if reads else "Correct the value")


@pytest.mark.parametrize("problem", [MFA, not_aws(Call("kms", "ListKeys")), unknown_region("eu-west-9")])
def test_problems_of_their_own_are_whole(problem: Problem) -> None:
    whole(problem)


def test_where_the_region_is_part_of_the_address_it_may_be_what_is_wrong() -> None:
    call = Call("sts", "GetCallerIdentity")
    failure = raised(botocore.exceptions.EndpointConnectionError)
    there, elsewhere = (problem_of_failure(failure, call, "", region) for region in ("eu-west-1", ""))
    assert there.code == elsewhere.code == "network"
    assert "eu-west-1" in there.remedy[-1]
    assert not any("region" in line for line in elsewhere.remedy)
    whole(there)


def test_the_table_names_only_exceptions_that_exist() -> None:
    names = {kind.__name__ for kind in EXCEPTIONS}
    assert set(FAILURES) <= names


def test_a_profile_that_is_not_there_may_have_been_given_in_three_ways() -> None:
    said = " ".join(FAILURES["ProfileNotFound"][2])
    assert all(way in said for way in ("aws.profile", "--profile", "AWS_PROFILE"))


SESSION = botocore.session.get_session()


def modelled(name: str) -> Iterator[str]:
    """The code of every error that AWS's models give to an operation of the program."""
    service, op = name.split(":")
    for shape in SESSION.get_service_model(service).operation_model(op).error_shapes:
        yield str(shape.metadata.get("error", {}).get("code", shape.name))
        yield str(shape.name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_modelled_error_is_in_the_table(name: str) -> None:
    service, op = name.split(":")
    for code in modelled(name):
        assert code in CODES
        whole(problem_of(Refused(Call(service, op), code, "It said so", 400)))


@pytest.mark.parametrize("message", ["", "Because", "{'json': 1}\n\n  two\x1b[31m lines", "x" * 1000])
def test_every_code_gives_whole_sentences(message: str) -> None:
    call = Call("s3", "PutBucketPolicy", {"Bucket": "acme", "Policy": EXTERNAL_ID})
    for code in CODES:
        problem = problem_of(Refused(call, code, message, 400))
        said = problem.summary.replace("{'json': 1}", "json")
        whole(Problem(problem.code, said, problem.remedy, problem.where))
        assert code in problem.where
        assert "s3:PutBucketPolicy" in problem.where, code
        assert "\n" not in problem.summary, code
        assert "\x1b" not in problem.summary, code
        assert EXTERNAL_ID not in problem.summary, code
        assert len(problem.summary) < 600, code


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Whatever", 401, "denied"),
        ("Whatever", 403, "denied"),
        ("Whatever", 429, "throttled"),
        ("Whatever", 500, "busy"),
        ("Whatever", 503, "busy"),
        ("Whatever", 400, "refused"),
        ("Whatever", 0, "refused"),
    ],
)
def test_an_unknown_code_is_classed_by_its_status(code: str, status: int, kind: str) -> None:
    problem = problem_of(Refused(Call("s3", "HeadBucket"), code, "", status))
    assert problem.code == kind
    whole(problem)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Signature expired: 20261122T000000Z is now earlier than 20261122T001000Z", "clock"),
        ("Signature not yet current: 20261122T000000Z is still later than …", "clock"),
        ("The request signature we calculated does not match", "sign-in"),
    ],
)
def test_a_wrong_clock_is_told_from_a_wrong_secret(message: str, kind: str) -> None:
    call = Call("sts", "GetCallerIdentity")
    assert problem_of(Refused(call, "SignatureDoesNotMatch", message, 403)).code == kind


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_denied_names_every_action_and_what_it_is_about(name: str) -> None:
    service, op = name.split(":")
    params = {
        "s3": {"Bucket": "acme"},
        "iam": {"RoleName": "writer"},
        "kms": {"KeyId": "1234"},
        "cloudtrail": {"TrailName": "audit"},
        "logs": {"logGroupName": "audit/logs"},
    }.get(service, {})
    problem = problem_of(Refused(Call(service, op, params), "AccessDenied", "No.", 403))
    assert problem.code == "denied"
    assert problem.exit_code == 5
    assert OPERATIONS[name].does in problem.summary
    assert all(action in problem.summary for action in OPERATIONS[name].actions)
    assert all(f" on {value}" in problem.summary for value in params.values())
    whole(problem)


VERBS = frozenset(
    "ask assume look list read see create tag turn set block write delete take end have".split()  # noqa: SIM905
)
"""What a `does` may begin with: base forms, right after "could not" and after "did not allow this sign-in to"."""

KIND_CODES = {
    "sign-in": "ExpiredToken",
    "network": "407",
    "clock": "RequestTimeTooSkewed",
    "throttled": "SlowDown",
    "taken": "EntityAlreadyExists",
    "limit": "LimitExceeded",
    "busy": "InternalError",
    "region": "IllegalLocationConstraintException",
    "not-ready": "NoSuchBucket",
    "refused": "InvalidInput",
}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_what_an_operation_does_can_follow_any_subject(name: str) -> None:
    words = OPERATIONS[name].does.split()
    assert words[0] in VERBS
    assert not {"it", "its", "they", "who", "you"} & set(words) - {"who"}
    assert words[-1] not in {"it", "to", "the", "a"}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_sentence_about_every_operation_has_the_program_as_its_subject(name: str) -> None:
    service, op = name.split(":")
    for kind, code in KIND_CODES.items():
        problem = problem_of(Refused(Call(service, op), code, "", 400))
        assert problem.code == kind
        assert problem.summary.startswith(f"The program could not {OPERATIONS[name].does}")
        whole(problem)


def test_every_kind_of_refusal_is_in_the_table_of_sentences() -> None:
    assert set(CODES.values()) == {*KIND_CODES, "denied"}


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("kms:CreateKey", "kms:TagResource"),
        ("cloudtrail:UpdateTrail", "iam:PassRole"),
        ("s3:PutObject", "kms:Decrypt"),
    ],
)
def test_the_action_that_aws_names_is_the_one_that_is_missing(name: str, action: str) -> None:
    """A call can need several, and one that no table has."""
    service, op = name.split(":")
    says = f"User: arn:aws:iam::123456789012:user/kim is not authorized to perform: {action} on resource: *"
    problem = problem_of(Refused(Call(service, op), "AccessDeniedException", says, 400))
    assert f"it lacks {action}." in problem.summary
    whole(problem)
    forbidden = problem_of(
        Refused(
            Call(service, op),
            "AccessDenied",
            f"{says} with an explicit deny in a service control policy",
            403,
        )
    )
    assert f"{action} is denied." in forbidden.summary


@pytest.mark.parametrize(
    ("code", "says", "kind"),
    [
        ("KMSInvalidStateException", "arn:aws:kms:eu-west-1:1:key/1 is pending deletion.", "unfit"),
        ("DisabledException", "arn:aws:kms:eu-west-1:1:key/1 is disabled.", "unfit"),
        ("KMS.DisabledException", "arn:aws:kms:eu-west-1:1:key/1 is disabled.", "unfit"),
        ("KMSInvalidStateException", "arn:aws:kms:eu-west-1:1:key/1 is creating.", "not-ready"),
    ],
)
def test_a_key_that_does_not_come_back_by_itself_is_nothing_to_wait_for(
    code: str, says: str, kind: str
) -> None:
    problem = problem_of(Refused(Call("kms", "CreateAlias"), code, says, 400))
    assert problem.code == kind
    assert ("cancel-key-deletion" in problem.remedy[0]) == (kind == "unfit")
    whole(problem)


@pytest.mark.parametrize(
    ("code", "word"), [("RequestExpired", "clock"), ("EntityAlreadyExists", "says whose it is")]
)
def test_what_a_code_can_also_mean_is_said_first(code: str, word: str) -> None:
    problem = problem_of(Refused(Call("iam", "CreateRole"), code, "", 400))
    assert word in problem.remedy[0]
    whole(problem)


LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."


@pytest.mark.parametrize("op", ["CreateKey", "PutKeyPolicy"])
def test_a_key_policy_that_locks_its_author_out_is_a_missing_right(op: str) -> None:
    problem = problem_of(Refused(Call("kms", op), "MalformedPolicyDocumentException", LOCKED_OUT, 400))
    assert problem.code == "denied"
    assert "kms:PutKeyPolicy" in problem.summary
    whole(problem)
    other = problem_of(Refused(Call("kms", op), "MalformedPolicyDocumentException", "Syntax.", 400))
    assert other.code == "refused"


def test_denied_names_the_policy_of_every_job() -> None:
    (allow, *_) = problem_of(
        Refused(Call("iam", "DeleteRole", {"RoleName": "r"}), "AccessDenied", "no", 403)
    ).remedy
    assert "'palisade-wizard policy --config S' prints the policy for setting up" in allow
    assert all(re.search(rf"\b{job}\b", allow) for job in get_args(Job) if job != "setup")


def test_acl_grants_that_stand_in_the_way_are_named_first() -> None:
    call = Call("s3", "PutBucketOwnershipControls", {"Bucket": "acme"})
    problem = problem_of(Refused(call, "InvalidBucketAclWithObjectOwnership", "", 400))
    assert problem.code == "refused"
    assert "ACL grants" in problem.remedy[0]
    whole(problem)


def test_an_unknown_token_may_mean_a_region_that_is_not_enabled() -> None:
    asking, looking = Call("sts", "GetCallerIdentity"), Call("iam", "GetRole")
    problems = [problem_of(Refused(call, "InvalidClientTokenId", "", 403)) for call in (asking, looking)]
    assert [problem.code for problem in problems] == ["sign-in", "sign-in"]
    assert "region is not enabled" in problems[0].remedy[-1]
    assert not any("region" in line for line in problems[1].remedy)
    whole(problems[0])


@given(code=st.text(max_size=40), message=st.text(max_size=400), status=st.integers(0, 999))
def test_nothing_that_aws_says_breaks_the_translation(code: str, message: str, status: int) -> None:
    problem = problem_of(Refused(Call("kms", "CreateKey"), code, message, status))
    assert problem.summary.endswith((".", "…", "!"))
    assert problem.summary.isprintable()
