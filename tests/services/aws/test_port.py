"""The port over real HTTP: damaged and lost answers, and replies as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import botocore.session
import pytest

from services.aws.endpoints import SERVICES
from services.aws.port import Port, Settings
from services.aws.translate import problem_of
from services.model.calls import Aws, Call, Refused
from services.model.operations import OPERATIONS
from services.problems import ProblemError
from tests import planted, tally
from tests.world import ROLE, do


@dataclass
class Answer:
    """What a server sends whatever it is asked, but for `post`; `missing` bytes are announced and never sent.

    `named`: with an id of the request, as AWS does.
    """

    status: int = 200
    body: bytes = b""
    missing: int = 0
    cut: bool = False
    named: bool = True
    asked: list[str] = field(default_factory=list)
    post: Answer | None = None


@pytest.fixture
def answer() -> Answer:
    return Answer()


@pytest.fixture
def http(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Port]:
    """The real port at a server that gives one answer."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer.asked.append(f"{self.command} {self.path}")
            given = answer.post if answer.post and self.command == "POST" else answer
            tally.count("faults injected", int(given.cut or given.missing > 0 or given.status >= 400))
            self.close_connection = True
            if given.cut:
                return
            self.send_response(given.status)
            self.send_header("Content-Length", str(len(given.body) + given.missing))
            if given.named:
                self.send_header("x-amz-request-id", "4442587FB7D0A2F9")
                self.send_header("x-amzn-requestid", "4442587FB7D0A2F9")
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else given.body)

        do_GET = do_PUT = do_POST = do_HEAD = reply  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: the tests say what went wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield Port(
            Settings(
                region="eu-west-1",
                endpoint_url=url,
                access_key="AKIAEXAMPLE",
                secret_key=planted.AWS_SECRET_KEY,
            )
        )
        server.shutdown()


CREATE = (
    Call("kms", "CreateKey", {"Description": "x"}),
    Call("kms", "CreateAlias", {"AliasName": "alias/x", "TargetKeyId": "1"}),
    Call("s3", "CreateBucket", {"Bucket": "acme-x", "ObjectOwnership": "BucketOwnerEnforced"}),
    Call("iam", "CreateRole", {"RoleName": "x", "AssumeRolePolicyDocument": "{}"}),
    Call("cloudtrail", "CreateTrail", {"Name": "abc", "S3BucketName": "acme-x"}),
    Call("logs", "CreateLogGroup", {"logGroupName": "x"}),
)


@pytest.mark.parametrize("call", CREATE, ids=lambda call: call.name)
def test_a_lost_answer_is_not_asked_for_twice_where_that_could_make_a_second_one(
    http: Port, answer: Answer, call: Call
) -> None:
    answer.cut = True
    with pytest.raises(ProblemError) as caught:
        http(call)
    assert caught.value.problem.code == "network"
    assert len(answer.asked) == 1


def test_exactly_what_creates_is_never_repeated() -> None:
    assert {name for name, row in OPERATIONS.items() if row.once} == {call.name for call in CREATE}


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (Call("sts", "GetCallerIdentity"), b"<html><body>Please sign in to this network<br></body></html>"),
        (Call("sts", "GetCallerIdentity"), b""),
        (Call("iam", "GetRole", {"RoleName": "x"}), b"{}"),
        (Call("iam", "GetRole", {"RoleName": "x"}), b"\xff\x00\xfe"),
        (Call("kms", "ListKeys"), b"\xff\x00\xfe"),
        (Call("s3", "GetBucketPolicy", {"Bucket": "acme-x"}), b"\xff\x00\xfe"),
        *(
            (call, page)
            for page in (
                b"<html><body><p>Please sign in to this network</p></body></html>",
                b"<Elsewhere/>",
                b"[]",
                b'"sign in to this"',
                b'{"Keys": ["sign in to this"]}',
            )
            for call in (
                Call("sts", "GetCallerIdentity"),
                Call("iam", "GetRole", {"RoleName": "x"}),
                Call("iam", "ListRolePolicies", {"RoleName": "x"}),
                Call("kms", "ListKeys"),
                Call("kms", "ListAliases"),
            )
        ),
        (Call("s3", "ListBuckets"), b"<html><body><p>Please sign in to this network</p></body></html>"),
    ],
)
def test_an_answer_that_is_none_is_the_networks_fault(
    http: Port, answer: Answer, call: Call, body: bytes
) -> None:
    answer.body = body
    with pytest.raises(ProblemError) as caught:
        http(call)
    assert caught.value.problem.code == "network"
    assert caught.value.problem.where == call.name
    assert "sign in to this" not in caught.value.problem.summary
    assert "sign-in of its own" in caught.value.problem.remedy[0]


@pytest.mark.parametrize(
    "call",
    [
        Call("kms", "EnableKeyRotation", {"KeyId": "1"}),
        Call("s3", "PutBucketPolicy", {"Bucket": "acme-x", "Policy": "{}"}),
        Call("s3", "HeadBucket", {"Bucket": "acme-x"}),
        Call("s3", "GetBucketVersioning", {"Bucket": "acme-x"}),
        Call("iam", "PutRolePolicy", {"RoleName": "x", "PolicyName": "x", "PolicyDocument": "{}"}),
    ],
    ids=lambda call: call.name,
)
@pytest.mark.parametrize("body", [b"", b"<html><body>Please sign in to this network</body></html>"])
def test_silence_that_is_not_awss_is_no_consent(http: Port, answer: Answer, call: Call, body: bytes) -> None:
    """What AWS takes without a word is done only if it was AWS that said nothing."""
    answer.body, answer.named = body, False
    with pytest.raises(ProblemError) as caught:
        http(call)
    assert caught.value.problem.code == "network"
    answer.body, answer.named = b"", True
    if call.service != "iam" and not call.op.startswith("Get"):
        http(call)


LOOK = Call("s3", "HeadBucket", {"Bucket": "acme-x"})
ENDED = (
    b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>It has ended.</Message></Error></ErrorResponse>"
)
KIM = b"""<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>
<Arn>arn:aws:iam::123456789012:user/kim</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"""


@pytest.mark.parametrize(
    ("post", "code", "name"),
    [
        (Answer(403, ENDED), "ExpiredToken", "sts:GetCallerIdentity"),
        (Answer(200, KIM), "400", "s3:HeadBucket"),
        (Answer(200, b"<html/>"), "400", "s3:HeadBucket"),
    ],
)
def test_a_head_that_is_refused_without_a_word_asks_whether_the_sign_in_has_ended(
    http: Port, answer: Answer, post: Answer, code: str, name: str
) -> None:
    answer.status, answer.post = 400, post
    with pytest.raises(Refused) as caught:
        http(LOOK)
    assert (caught.value.code, caught.value.call.name) == (code, name)
    assert [asked.split()[0] for asked in answer.asked] == ["HEAD", "POST"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_head_that_is_refused_with_a_reason_asks_nothing_more(
    http: Port, answer: Answer, status: int
) -> None:
    answer.status = status
    with pytest.raises(Refused) as caught:
        http(LOOK)
    assert caught.value.code == str(status)
    assert len(answer.asked) == 1


GET = Call("s3", "GetObject", {"Bucket": "acme-x", "Key": "recovery_shard-0.txt"})


def test_a_file_is_bytes(http: Port, answer: Answer) -> None:
    answer.body = b"shard"
    assert http(GET)["Body"] == b"shard"


def test_a_file_that_ends_too_early_is_not_taken_for_whole(http: Port, answer: Answer) -> None:
    answer.body, answer.missing = b"sha", 20
    with pytest.raises(ProblemError) as caught:
        http(GET)
    assert caught.value.problem.code == "network"


def test_a_proxy_that_wants_a_sign_in_is_named(http: Port, answer: Answer) -> None:
    answer.status, answer.body = 407, b"<html>Who are you?</html>"
    with pytest.raises(Refused) as caught:
        http(Call("sts", "GetCallerIdentity"))
    problem = problem_of(caught.value)
    assert problem.code == "network"
    assert "proxy" in problem.summary


# Replies as data


def test_a_reply_is_plain_data(aws: Aws) -> None:
    made = do(aws, "kms", "CreateKey")["KeyMetadata"]
    assert isinstance(made["CreationDate"], str)
    assert made["CreationDate"].endswith("+00:00")
    assert "ResponseMetadata" not in do(aws, "kms", "ListKeys")


def test_pages_are_joined(aws: Aws) -> None:
    trust = '{"Version": "2012-10-17", "Statement": []}'
    do(aws, "iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=trust)
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
    for number in range(105):
        do(aws, "iam", "PutRolePolicy", RoleName=ROLE, PolicyName=f"p{number}", PolicyDocument=policy)
    assert len(do(aws, "iam", "ListRolePolicies", RoleName=ROLE)["PolicyNames"]) == 105


def test_what_comes_in_pages_is_known_to_the_table() -> None:
    session = botocore.session.get_session()
    pages = {s: set(session.get_paginator_model(s)._paginator_config) for s in SERVICES if s != "sts"}
    reads = {name for name, row in OPERATIONS.items() if row.reads and not name.startswith("sts")}
    pageable = {name for name in reads if name.split(":")[1] in pages[name.split(":")[0]]}
    # The lister of backups goes on from where it was; of a log group one stream is enough to see that it can be read.
    # Events are read page by page, because how many are enough is known only then.
    singly = {
        "s3:ListObjectsV2",
        "s3:ListObjectVersions",
        "s3:ListMultipartUploads",
        "logs:DescribeLogStreams",
        "logs:FilterLogEvents",
        "cloudtrail:LookupEvents",
    }
    assert {name for name in pageable if not OPERATIONS[name].paged} == singly
    assert {name for name, row in OPERATIONS.items() if row.paged} <= pageable


def test_no_secret_is_in_what_the_settings_say_of_themselves() -> None:
    said = repr(
        Settings(
            access_key="AKIAEXAMPLE",
            secret_key=planted.AWS_SECRET_KEY,
            session_token=planted.AWS_SESSION_TOKEN,
        )
    )
    assert "AKIAEXAMPLE" not in said
    assert "example" not in said


def test_another_endpoint_has_regions_of_its_own(http: Port, answer: Answer) -> None:
    answer.body = b'{"Keys": []}'
    elsewhere = Port(
        Settings(
            region="eu-west-9", endpoint_url=http.endpoint, access_key="a", secret_key=planted.AWS_SECRET_KEY
        )
    )
    assert elsewhere(Call("kms", "ListKeys"))["Keys"] == []
