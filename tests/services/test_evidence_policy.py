"""Who verifies a set-up with a trail may read its records, and those alone."""

from __future__ import annotations

from services.operator_policy import evidence_calls
from tests.services.test_operator_policy import granted, statement
from tests.world import ACCOUNT, BUCKET, TRAIL, sample_blueprint

HOME = "eu-central-1"
REUSED = {"hardening__trail": f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/audit"}


def test_the_records_of_the_set_ups_own_trail_may_be_read() -> None:
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:palisade/acme-sandbox/cloudtrail"
    assert {group, f"{group}:*"} <= set(statement("logs:FilterLogEvents", "verify", **TRAIL)["Resource"])
    assert statement("cloudtrail:LookupEvents", "verify", **TRAIL)["Resource"] == ["*"]
    assert f"arn:aws:s3:::{BUCKET}/*" in statement("s3:GetObjectRetention", "verify")["Resource"]


def test_of_a_reused_trail_the_log_group_is_known_only_by_its_region() -> None:
    group = f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:*"
    assert group in statement("logs:FilterLogEvents", "verify", **REUSED)["Resource"]


def test_without_a_trail_nothing_of_its_records_is_granted() -> None:
    assert evidence_calls(sample_blueprint()) == ()
    assert not granted("verify") & {"logs:FilterLogEvents", "cloudtrail:LookupEvents"}
