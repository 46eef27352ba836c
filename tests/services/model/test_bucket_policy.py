"""The bucket policy as an evaluator that is not ours understands it: which uploads it takes, in every partition."""

from __future__ import annotations

import pytest
from ministack.core.iam_evaluator import evaluate_resource_policy

from services.model import policies
from services.model.values import entries, items
from tests.judge import PLACES, Site
from tests.uploads import NAMES, upload

OLD_TRANSPORTS = ("no TLS", "TLS 1.1", "TLS 1.0")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_which_uploads_the_bucket_takes(place: tuple[str, str], name: str, strict: bool) -> None:
    site = Site(place, strict=strict)
    row = upload(place, site.key, name)
    expected = "Allow" if row.taken(strict=strict) else "Deny"
    assert site.upload(row.headers) == expected
    assert site.upload(row.headers, version="1.2") == expected


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("transport", OLD_TRANSPORTS)
@pytest.mark.parametrize("name", ["no headers", "our key"])
def test_no_upload_without_tls_or_with_an_old_one(
    place: tuple[str, str], name: str, transport: str, strict: bool
) -> None:
    site = Site(place, strict=strict)
    headers = upload(place, site.key, name).headers
    if transport == "no TLS":
        assert site.upload(headers, tls=False) == "Deny"
    else:
        assert site.upload(headers, version=transport.removeprefix("TLS ")) == "Deny"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket"])
def test_nothing_at_all_goes_without_tls(place: tuple[str, str], action: str) -> None:
    site = Site(place)
    for resource in (site.bucket, f"{site.bucket}/x"):
        request = site.request(action, resource, tls=False)
        assert evaluate_resource_policy(site.bucket_policy, request).decision == "Deny"
        secure = site.request(action, resource)
        assert evaluate_resource_policy(site.bucket_policy, secure).decision == "ImplicitDeny"


def test_the_bucket_policy_lets_nobody_in() -> None:
    for strict in (False, True):
        policy = policies.bucket_policy("arn:aws:s3:::b", "key", strict=strict)
        statements = [entries(statement) for statement in items(entries(policy.tree)["Statement"])]
        assert {statement["Effect"] for statement in statements} == {"Deny"}
