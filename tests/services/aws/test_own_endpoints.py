"""Law 12: which endpoints are AWS's own, held against all that botocore can make; and no sign-in in a URL is shown."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from services.aws.endpoints import is_aws, scrubbed, without_sign_in

SERVICES = ("s3", "kms", "iam", "sts", "athena")
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-7", "us-gov-west-1", "cn-north-1")
KINDS = (
    Config(),
    Config(use_fips_endpoint=True),
    Config(use_dualstack_endpoint=True),
    Config(use_fips_endpoint=True, use_dualstack_endpoint=True),
)


@pytest.mark.parametrize("service", SERVICES)
def test_every_endpoint_that_botocore_makes_is_awss_own(service: str) -> None:
    session = botocore.session.Session()
    session.set_credentials("AKIAEXAMPLE", "example")
    for region in REGIONS:
        for kind in KINDS:
            url = session.create_client(service, region_name=region, config=kind).meta.endpoint_url
            assert is_aws(url), url
            assert not is_aws(url.replace("https:", "http:"))
            assert not is_aws(f"{url}.example.com")


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com",
        "https://s3.eu-west-1.amazonaws.com:443/",
        "https://s3-eu-west-1.amazonaws.com",
        "https://s3.dualstack.eu-west-1.amazonaws.com",
        "https://bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com",
        "https://vpce-1a2b3c4d-5e6f-eu-west-1a.kms.eu-west-1.vpce.amazonaws.com",
    ],
)
def test_other_ways_to_awss_own(url: str) -> None:
    assert is_aws(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "s3.eu-west-1.amazonaws.com",
        "http://s3.eu-west-1.amazonaws.com",
        "https://s3.eu-west-1.amazonaws.com:8443",
        "https://s3.eu-west-1.amazonaws.com:port",
        "https://ec2-203-0-113-7.eu-west-1.compute.amazonaws.com",
        "https://mine-1234.eu-west-1.elb.amazonaws.com",
        "https://a1b2c3.execute-api.eu-west-1.amazonaws.com",
        "https://vpce-1a2b-3c4d.vpce-svc-5e6f.eu-west-1.vpce.amazonaws.com",
        "https://s3.eu-west-1.amazonaws.com.example.com",
        "https://s3.eu-west-1.amazonaws.com@example.com",
        "https://s3.example.com#.amazonaws.com",
        "https://[s3.amazonaws.com",
        "http://127.0.0.1:4566",
    ],
)
def test_whatever_is_a_customers_or_a_strangers_is_not(url: str) -> None:
    assert not is_aws(url)


@given(
    sign_in=st.text(st.characters(codec="ascii", exclude_categories=["C", "Z"]), min_size=1),
    rest=st.sampled_from(["", "/", "/path", ":4566/x"]),
)
def test_no_text_shows_a_sign_in(sign_in: str, rest: str) -> None:
    secret = f"kim:s3cret{sign_in}"
    assert "s3cret" not in scrubbed(f'Could not connect to "http://{secret}@host{rest}" now')
    assert scrubbed(f"http://host{rest}") == f"http://host{rest}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://kim:s3cret@host:1/x?y#z", "https://host:1/x?y#z"),
        ("https://a:b@c@host/p@q", "https://host/p@q"),
        ("https://example.com/@s3.amazonaws.com", "https://example.com/@s3.amazonaws.com"),
        ("https://example.com?x=a@b", "https://example.com?x=a@b"),
        ("https://kim:s3cret@[host", "https://…@[host"),
        ("no url", "no url"),
    ],
)
def test_an_endpoint_is_named_without_its_sign_in_and_otherwise_as_it_is(url: str, expected: str) -> None:
    assert without_sign_in(url) == expected
