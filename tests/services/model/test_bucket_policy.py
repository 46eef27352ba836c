"""The bucket policy as an evaluator that is not ours understands it: which uploads it takes, in every partition."""

from __future__ import annotations

import pytest
from ministack.core.iam_evaluator import evaluate_resource_policy

from services.model import policies
from tests.judge import KEY_ID, KEY_NAME, PLACES, SSE, SSE_C, Site, key_arn


def headers(site: Site, row: str) -> dict[str, str]:
    """The encryption headers of a row of the table."""
    foreign = key_arn(site.partition, site.region, "key/ffffffff-0000-0000-0000-000000000000", "999999999999")
    rows: dict[str, dict[str, str]] = {
        "no headers": {},
        "our key": {SSE: "aws:kms", KEY_ID: site.key},
        "SSE-S3": {SSE: "AES256"},
        "no key id": {SSE: "aws:kms"},
        "foreign key": {SSE: "aws:kms", KEY_ID: foreign},
        "bare key id": {SSE: "aws:kms", KEY_ID: KEY_NAME},
        "alias": {SSE: "aws:kms", KEY_ID: "alias/palisade-backup-acme"},
        "alias ARN": {
            SSE: "aws:kms",
            KEY_ID: key_arn(site.partition, site.region, "alias/palisade-backup-acme"),
        },
        "DSSE": {SSE: "aws:kms:dsse", KEY_ID: site.key},
        "DSSE without key id": {SSE: "aws:kms:dsse"},
        "SSE-C": {SSE_C: "AES256"},
        "foreign key id alone": {KEY_ID: foreign},
        "our key id with SSE-S3": {SSE: "AES256", KEY_ID: site.key},
    }
    return rows[row]


UPLOADS: tuple[tuple[str, str, str], ...] = (
    ("no headers", "Allow", "Deny"),
    ("our key", "Allow", "Allow"),
    *(
        (row, "Deny", "Deny")
        for row in (
            "SSE-S3",
            "no key id",
            "foreign key",
            "bare key id",
            "alias",
            "alias ARN",
            "DSSE",
            "DSSE without key id",
            "SSE-C",
            "foreign key id alone",
            "our key id with SSE-S3",
        )
    ),
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("row", "tolerant", "strict"), UPLOADS)
def test_which_uploads_the_bucket_takes(place: tuple[str, str], row: str, tolerant: str, strict: str) -> None:
    for form, decision in ((False, tolerant), (True, strict)):
        site = Site(place, strict=form)
        assert site.upload(headers(site, row)) == decision
        assert site.upload(headers(site, row), version="1.2") == decision


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("row", ["no headers", "our key"])
def test_no_upload_without_tls_or_with_an_old_one(place: tuple[str, str], row: str, strict: bool) -> None:
    site = Site(place, strict=strict)
    assert site.upload(headers(site, row), tls=False) == "Deny"
    assert site.upload(headers(site, row), version="1.1") == "Deny"
    assert site.upload(headers(site, row), version="1.0") == "Deny"


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
        assert policies.allows(policy) == []
