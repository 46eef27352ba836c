"""Sign-ins of IAM Identity Center and of roles that have ended, are damaged, or that AWS refuses: told as sign-ins."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests import tally

ROOT = Path(__file__).parents[3]
START, TOKEN = "https://acme.awsapps.com/start", "the-token-of-a-portal"
WHO = "sso_account_id = 123456789012\nsso_role_name = Admin\n"
OLD = f"[profile x]\nregion = eu-west-1\nsso_start_url = {START}\nsso_region = eu-west-1\n{WHO}"
SESSION = f"[sso-session acme]\nsso_start_url = {START}\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n"
NEW = f"[profile x]\nregion = eu-west-1\nsso_session = acme\n{WHO}"
PAST, FUTURE = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


@dataclass(frozen=True)
class Case:
    """A configuration with its kept sign-ins, and what must be said: the code, and words of the sentence."""

    title: str
    config: str
    kept: dict[str, str] = field(default_factory=dict)
    code: str = "sign-in"
    words: str = ""


def token(expires: str, **more: str) -> str:
    return json.dumps(
        {"startUrl": START, "region": "eu-west-1", "accessToken": TOKEN, "expiresAt": expires, **more}
    )


def file_of(name: str) -> str:
    return f"{hashlib.sha1(name.encode()).hexdigest()}.json"


@contextmanager
def portal(status: int, kind: str, body: str = "") -> Iterator[str]:
    """A server of AWS's that gives one answer; its URL."""
    content = (body or json.dumps({"__type": kind, "message": "No."})).encode()

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("x-amzn-errortype", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = reply  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: the tests say what went wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def kept_ones() -> Iterator[Case]:
    """Kept sign-ins that are none any more."""
    for what, text in {
        "none": None,
        "ended": token(PAST),
        "torn": "{",
        "empty": "{}",
        "no object": "[]",
        "not text": "\x00",
    }.items():
        yield Case(f"old, {what}", OLD, {} if text is None else {file_of(START): text})
        yield Case(f"session, {what}", NEW + SESSION, {} if text is None else {file_of("acme"): text})


def at_a_portal(stack: ExitStack) -> Iterator[Case]:
    """What the servers refuse that give credentials."""
    for status, kind, code, words in (
        (401, "UnauthorizedException", "sign-in", "expired"),
        (403, "ForbiddenException", "sign-in", "refused sso:GetRoleCredentials"),
        (404, "ResourceNotFoundException", "sign-in", "refused sso:GetRoleCredentials"),
        (400, "InvalidRequestException", "sign-in", "refused sso:GetRoleCredentials"),
    ):
        url = stack.enter_context(portal(status, kind))
        config = f"{OLD}services = s\n[services s]\nsso =\n  endpoint_url = {url}\n"
        yield Case(kind, config, {file_of(START): token(FUTURE)}, code, words)
    url = stack.enter_context(portal(400, "InvalidGrantException"))
    renewable = token(PAST, refreshToken="r", clientId="c", clientSecret="s", registrationExpiresAt=FUTURE)
    config = f"{NEW}services = s\n{SESSION}[services s]\nsso_oidc =\n  endpoint_url = {url}\n"
    yield Case("not renewed", config, {file_of("acme"): renewable})
    for error in ("AccessDenied", "ExpiredToken", "ValidationError"):
        body = f"<ErrorResponse><Error><Code>{error}</Code><Message>No.</Message></Error></ErrorResponse>"
        url = stack.enter_context(portal(403, "", body))
        config = (
            "[profile b]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n[profile x]\nregion = eu-west-1\n"
            f"role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = b\nendpoint_url = {url}\n"
        )
        yield Case(f"role, {error}", config)


def test_a_sign_in_that_fails_is_told_as_one_and_not_said_of_the_call(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    with ExitStack() as stack:
        cases = [*kept_ones(), *at_a_portal(stack)]
        ran = subprocess.run(
            [sys.executable, "-m", "tests.services.aws.signing_in"],
            input=json.dumps([{"config": case.config, "kept": case.kept} for case in cases]),
            env={**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
    tally.count("faults injected", len(cases))
    assert ran.stderr == "", "nothing is printed past the program, no traceback of botocore's log"
    problems = json.loads(ran.stdout)
    assert len(problems) == len(cases) > 15
    for case, problem in zip(cases, problems, strict=True):
        assert problem.get("code") == case.code, (case.title, problem)
        assert problem["exit_code"] == 4
        assert case.words in problem["summary"], case.title
        assert TOKEN not in json.dumps(problem)
        assert "the KMS keys" not in problem["summary"], "that call was never made"
        assert not any("palisade-wizard policy" in line for line in problem["remedy"])
        assert problem["remedy"]
