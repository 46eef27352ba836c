"""The port with the AWS settings of a computer: broken ones, and endpoints that are not AWS's (law 12)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from services.aws.port import Port, Settings, profiles
from services.model.calls import Call
from services.problems import ProblemError
from tests import planted


@dataclass(frozen=True)
class Configured:
    """An AWS configuration file of its own."""

    path: Path

    def write(self, text: str) -> None:
        self.path.write_text(text)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configured:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return Configured(tmp_path / "config")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("credential_process = /nowhere/at/all", "invalid-answer"),
        ("credential_process = /bin/echo this-is-no-json", "invalid-answer"),
        ("credential_process = /bin/false", "sign-in"),
        ("role_arn = arn:aws:iam::123456789012:role/x\nweb_identity_token_file = /nowhere", "invalid-answer"),
        ("role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = nobody", "invalid-answer"),
        (
            "sso_start_url = https://x\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = x",
            "sign-in",
        ),
        ("request_checksum_calculation = sometimes", "invalid-answer"),
        ("endpoint_url = not a url", "invalid-answer"),
        ("region = nowhere at all", "region"),
        ("", "sign-in"),
    ],
)
def test_broken_settings_are_said_in_words(config: Configured, lines: str, code: str) -> None:
    config.write(f"[profile x]\n{lines}\n")
    region = "" if "region = n" in lines else "eu-west-1"
    with pytest.raises(ProblemError) as caught:
        Port(Settings(profile="x", region=region))(Call("sts", "GetCallerIdentity"))
    assert caught.value.problem.code == code
    assert caught.value.problem.remedy


def test_a_profile_that_is_not_there_is_named(config: Configured) -> None:
    config.write("[profile x]\nregion = eu-west-1\n[profile a]\n")
    assert profiles() == ("a", "x")
    with pytest.raises(ProblemError) as caught:
        Port(Settings(profile="y"))
    assert "(y)" in caught.value.problem.summary or "y" in caught.value.problem.summary.split("(")[1]


def test_a_configuration_that_is_none_is_refused(config: Configured) -> None:
    config.write("[profile x\n")
    for use in (profiles, lambda: Port(Settings(profile="x"))):
        with pytest.raises(ProblemError) as caught:
            use()
        assert caught.value.problem.code == "invalid-answer"


@pytest.mark.parametrize("region", ["eu-west-9", "eu-west-l", "europe", "aws-global"])
def test_a_region_that_aws_does_not_have_is_said_before_anything_is_asked(
    config: Configured, region: str
) -> None:
    config.write("")
    port = Port(Settings(region=region, access_key="a", secret_key=planted.AWS_SECRET_KEY))
    for call in (Call("sts", "GetCallerIdentity"), Call("kms", "ListKeys")):
        with pytest.raises(ProblemError) as caught:
            port(call)
        assert caught.value.problem.code == "region"
        assert region in caught.value.problem.summary
    assert port.endpoint == ""


def test_a_profile_that_asks_for_a_code_is_refused_and_nobody_is_asked(config: Configured) -> None:
    config.write(
        """[profile base]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = example
[profile x]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/kim
"""
    )
    with pytest.raises(ProblemError) as caught:
        Port(Settings(profile="x", region="eu-west-1"))(Call("sts", "GetCallerIdentity"))
    assert caught.value.problem.code == "sign-in"
    assert "MFA" in caught.value.problem.summary


def test_a_sign_in_inside_the_endpoint_is_never_told(config: Configured) -> None:
    config.write("")
    url = "http://kim:s3cret@127.0.0.1:9"
    port = Port(
        Settings(region="eu-west-1", endpoint_url=url, access_key="a", secret_key=planted.AWS_SECRET_KEY)
    )
    assert port.endpoint == "http://127.0.0.1:9"
    with pytest.raises(ProblemError) as caught:
        port(Call("kms", "CreateKey"))
    assert caught.value.problem.code == "network"
    assert "127.0.0.1:9" in caught.value.problem.summary
    assert "s3cret" not in repr(caught.value.problem)


# Law 12


@pytest.mark.parametrize(
    "region", ["eu-west-1", "us-east-1", "us-gov-west-1", "cn-north-1", "ap-southeast-7"]
)
def test_awss_own_endpoints_are_not_named(config: Configured, region: str) -> None:
    config.write("")
    port = Port(Settings(region=region, access_key="a", secret_key=planted.AWS_SECRET_KEY))
    assert port.endpoint == ""
    assert port.region == region


@pytest.mark.parametrize("service", ["", "_S3", "_KMS", "_IAM", "_STS"])
def test_an_endpoint_from_the_environment_is_named_whatever_service_it_is_for(
    config: Configured, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    config.write("")
    monkeypatch.setenv(f"AWS_ENDPOINT_URL{service}", "http://127.0.0.1:4566")
    port = Port(Settings(region="eu-west-1", access_key="a", secret_key=planted.AWS_SECRET_KEY))
    assert port.endpoint == "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/.amazonaws.com",
        "https://example.com?x=.amazonaws.com",
        "https://amazonaws.com.example.com",
        "https://notamazonaws.com",
        "http://[::1]:4566",
        "http://localhost",
    ],
)
def test_an_endpoint_that_only_looks_like_awss_is_named(config: Configured, url: str) -> None:
    config.write("")
    assert (
        Port(
            Settings(region="eu-west-1", endpoint_url=url, access_key="a", secret_key=planted.AWS_SECRET_KEY)
        ).endpoint
        == url
    )


def test_a_vpc_endpoint_of_aws_is_awss_own(config: Configured) -> None:
    config.write("")
    url = "https://bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com"
    assert (
        Port(
            Settings(region="eu-west-1", endpoint_url=url, access_key="a", secret_key=planted.AWS_SECRET_KEY)
        ).endpoint
        == ""
    )
