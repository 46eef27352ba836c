"""The sides that buckets share, where the kinds of buckets differ."""

from __future__ import annotations

from services.answers import place
from services.model import log_policies
from services.model.bucket_sides import Site, encryption, policy
from services.model.naming import Names
from services.model.values import Tree, bare
from tests.world import ACCOUNT, KEY_ARN, LOG_BUCKET, sample

PLACE = place(sample(), ACCOUNT)
SITE = Site(PLACE, "log_bucket", LOG_BUCKET, "storage.access_log_bucket")


def rule(algorithm: str, *, key: str = "", bucket_key: bool) -> Tree:
    default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
    return {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}


def test_a_bucket_key_matters_with_kms_alone() -> None:
    plain, kms = encryption(SITE, None, "says"), encryption(SITE, KEY_ARN, "says")
    for on in (True, False):
        assert plain.normal(rule("AES256", bucket_key=on)) == plain.normal(plain.want)
        assert (kms.normal(rule("aws:kms", key=KEY_ARN, bucket_key=on)) == kms.normal(kms.want)) == on
    assert plain.normal(rule("aws:kms", bucket_key=True)) != plain.normal(plain.want)


def test_what_of_ours_has_changed_is_set_right_and_what_is_not_ours_is_refused() -> None:
    names = Names(PLACE, "acme-sandbox", "acme-backups", LOG_BUCKET, "acme-trail")
    before = log_policies.access_log_policy(names, {"Backups": "acme-backups"})
    facet = policy(
        SITE, log_policies.access_log_policy(names, {"Backups": "acme-backups", "Trail": "acme-trail"}), ""
    )
    older = bare(before)
    assert facet.refuse(older, facet.merge(older, facet.want)) is None
    assert facet.normal(facet.merge(older, facet.want)) == facet.normal(facet.want)
    statement: dict[str, Tree] = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{LOG_BUCKET}/*",
    }
    wider: Tree = {"Version": "2012-10-17", "Statement": [statement]}
    problem = facet.refuse(wider, facet.merge(wider, facet.want))
    assert problem is not None
    assert problem.code == "unfit"
    assert "storage.access_log_bucket" in problem.remedy[0]
