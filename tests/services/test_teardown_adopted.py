"""What others made stays when a set-up goes, and loses exactly what this set-up added to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.engine.teardown import goes
from services.model.calls import Aws
from tests.account import everything
from tests.ports import Recording
from tests.services.engine.test_trail_reuse import audit
from tests.services.teardowns import HARDENED, Site, beside, finished
from tests.shelves import files
from tests.world import ACCOUNT, ALARMS, BUCKET, LOG_BUCKET, OTHER_SETUP, ROLE, TRAIL_ARN, do

REGION = {"LocationConstraint": "eu-west-1"}
THEIRS = {
    "Sid": "Theirs",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:DeleteBucket",
    "Resource": f"arn:aws:s3:::{BUCKET}",
}


def theirs(aws: Aws) -> None:
    """A bucket with a policy, tags, a rule and an inventory of its owner's, and a role that nobody may assume."""
    do(aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=REGION)
    do(aws, "s3", "PutBucketTagging", Bucket=BUCKET, Tagging={"TagSet": [{"Key": "team", "Value": "ledger"}]})
    policy = json.dumps({"Version": "2012-10-17", "Statement": [THEIRS]})
    do(aws, "s3", "PutBucketPolicy", Bucket=BUCKET, Policy=policy)
    rule = {
        "ID": "theirs",
        "Status": "Enabled",
        "Filter": {"Prefix": "x/"},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    do(aws, "s3", "PutBucketLifecycleConfiguration", Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})
    lists = {"Bucket": "arn:aws:s3:::their-lists", "Format": "CSV"}
    daily = {
        "Id": "theirs",
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Daily"},
        "Destination": {"S3BucketDestination": lists},
    }
    told = {"Id": "theirs", "InventoryConfiguration": daily}
    do(aws, "s3", "PutBucketInventoryConfiguration", Bucket=BUCKET, **told)
    nobody = '{"Version": "2012-10-17", "Statement": []}'
    do(
        aws,
        "iam",
        "CreateRole",
        RoleName=ROLE,
        AssumeRolePolicyDocument=nobody,
        Tags=[{"Key": "team", "Value": "x"}],
    )


TAKEN_BACK = (
    "GetBucketTagging",
    "GetBucketPolicy",
    "GetBucketLifecycleConfiguration",
    "GetBucketLogging",
    "ListBucketInventoryConfigurations",
)
_LOGS = {"storage__access_logs", "hardening__inventory"}


def test_an_adopted_bucket_and_role_stay_as_they_were_but_for_what_only_protects(
    aws: Aws, tmp_path: Path
) -> None:
    theirs(aws)
    before = everything(aws)
    site = Site(aws, tmp_path, HARDENED).made()
    versions = list(site.shelves.versions[BUCKET])
    found = site.found()
    assert finished(site.destroy(accepted=())).ok, "nothing of the backups is deleted, so nothing is asked"
    after = site.listing()
    bucket = f"bucket {BUCKET}"
    for side in TAKEN_BACK:
        assert _said(after[bucket][side]) == _said(before[bucket][side]), side
    assert after[bucket]["GetBucketNotificationConfiguration"] == {}
    assert site.shelves.versions[BUCKET] == versions
    assert after[f"role {ROLE}"]["inline"] == {}
    assert after[f"role {ROLE}"]["role"]["Tags"] == [{"Key": "team", "Value": "x"}]
    (said,) = [note.says for note in found.plan.notes if note.address == "bucket"]
    assert "this set-up did not make it" in said
    assert "it keeps old versions" in said


def _said(side: Any) -> Any:
    """A side without the order and the spelling of a policy."""
    return json.loads(side["Policy"]) if "Policy" in side else side


def test_the_key_stays_as_long_as_what_it_encrypts(aws: Aws, tmp_path: Path) -> None:
    theirs(aws)
    site = Site(aws, tmp_path).made()
    found = site.found()
    says = {note.address: note.says for note in found.plan.notes}
    assert f"the S3 bucket {BUCKET} stays" in says["key"]
    assert "alias" in says
    site.destroy(accepted=())
    left = site.listing()
    assert any(name.startswith("key ") and name.endswith(" Enabled") for name in left)
    assert "alias alias/palisade-backup-acme-sandbox" in left
    again = site.found()
    assert again.plan.steps == ()


def test_after_that_nothing_of_theirs_counts_as_ours(aws: Aws, tmp_path: Path) -> None:
    theirs(aws)
    site = Site(aws, tmp_path).made()
    site.destroy(accepted=())
    found = site.found()
    assert not any(goes(part, found.seen) for part in found.seen.parts if part.name in {"bucket", "role"})
    assert files(site.shelves) == {BUCKET: 4}


def test_another_set_up_beside_it_is_not_touched(aws: Aws, tmp_path: Path) -> None:
    site = Site(aws, tmp_path, HARDENED)
    beside(aws, tmp_path, **{k: v for k, v in HARDENED.items() if k not in _LOGS})
    before = site.listing()
    site.made()
    assert finished(site.destroy()).ok
    assert site.listing() == before


def test_what_carries_another_set_ups_tags_is_never_deleted(aws: Aws, tmp_path: Path) -> None:
    """The same names, another id: a file that was copied with its id changed."""
    Site(aws, tmp_path, HARDENED).made()
    before = everything(aws)
    other = tmp_path / "other"
    other.mkdir()
    copy = Site(aws, other, {**HARDENED, "setup__id": OTHER_SETUP})
    recording = Recording(copy.shelves)
    assert finished(copy.destroy(recording)).ok
    assert recording.writes == []
    assert {k: v for k, v in everything(aws).items() if not k.endswith(" versions")} == {
        k: v for k, v in before.items() if not k.endswith(" versions")
    }


def test_a_given_key_is_only_unmarked(aws: Aws, tmp_path: Path) -> None:
    made = do(aws, "kms", "CreateKey", KeySpec="SYMMETRIC_DEFAULT", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
    site = Site(aws, tmp_path, {"storage__kms_key": made["Arn"]})
    before = everything(aws)
    site.made()
    tags = do(aws, "kms", "ListResourceTags", KeyId=made["KeyId"])["Tags"]
    assert tags
    assert finished(site.destroy()).ok
    after = site.listing()
    name = f"key {made['KeyId']} Enabled"
    assert after[name]["tags"] == []
    assert {k: v for k, v in after[name].items() if k == "policy"} == {"policy": before[name]["policy"]}


def test_a_reused_trail_loses_this_set_ups_selector_and_mark_alone(aws: Aws, tmp_path: Path) -> None:
    """The trail is another set-up's own, and a third one's mark is on it."""
    owner = beside(aws, tmp_path, hardening__trail="create", hardening__data_events="all")
    trail = "arn:aws:cloudtrail:eu-west-1:" + TRAIL_ARN.split(":", 4)[4].replace("acme-sandbox", "other")
    mark = {"Key": f"palisade-wizard:used-by:{OTHER_SETUP}", "Value": "adopted"}
    do(aws, "cloudtrail", "AddTags", ResourceId=trail, TagsList=[mark])
    site = Site(aws, tmp_path, {"hardening__trail": trail, "hardening__data_events": "write", **ALARMS})
    before = site.listing()
    site.made()
    assert site.listing()[f"trail {trail}"] != before[f"trail {trail}"]
    assert finished(site.destroy()).ok
    after = site.listing()
    names = [s["Name"] for s in after[f"trail {trail}"]["selectors"]["AdvancedEventSelectors"]]
    assert names == [s["Name"] for s in before[f"trail {trail}"]["selectors"]["AdvancedEventSelectors"]]
    assert _tags(after, trail) == _tags(before, trail)
    assert {k for k in after if "acme-sandbox" in k} == set()
    assert set(after) == set(before)
    assert owner.desk()


def _tags(listing: dict[str, Any], trail: str) -> list[tuple[str, str]]:
    (found,) = listing[f"trail {trail}"]["tags"]["ResourceTagList"]
    return sorted((tag["Key"], tag["Value"]) for tag in found["TagsList"])


def test_a_basic_list_of_a_reused_trail_stays_and_that_is_said(aws: Aws, tmp_path: Path) -> None:
    trail = audit(aws)
    site = Site(aws, tmp_path, {"hardening__trail": trail, "hardening__data_events": "write"}).made()
    told = [note.says for note in site.found().plan.notes if note.address == "trail.selectors"]
    assert len(told) == 1
    assert "its basic list does not tell whose it is" in told[0]
    before = do(aws, "cloudtrail", "GetEventSelectors", TrailName=trail)["EventSelectors"]
    assert finished(site.destroy()).ok
    assert do(aws, "cloudtrail", "GetEventSelectors", TrailName=trail)["EventSelectors"] == before
    assert do(aws, "cloudtrail", "ListTags", ResourceIdList=[trail])["ResourceTagList"][0]["TagsList"] == []


def test_a_filter_of_others_under_our_name_stays(aws: Aws, tmp_path: Path) -> None:
    """It has no tags: without its alarm or the journal nothing says that it is this set-up's."""
    trail, name = audit(aws), "palisade-acme-sandbox-key"
    metric = {"metricName": name, "metricNamespace": "theirs", "metricValue": "1"}
    filtered = {
        "logGroupName": "audit",
        "filterName": name,
        "filterPattern": "x",
        "metricTransformations": [metric],
    }
    do(aws, "logs", "PutMetricFilter", **filtered)
    before = everything(aws)
    site = Site(aws, tmp_path, {"hardening__trail": trail, **ALARMS})
    assert finished(site.destroy()).ok
    assert site.aws.writes == []
    assert everything(aws) == before


@pytest.mark.slow
def test_an_adopted_topic_loses_our_statements_and_keeps_its_own(aws: Aws, tmp_path: Path) -> None:
    topic = do(aws, "sns", "CreateTopic", Name="palisade-acme-sandbox-alarms")["TopicArn"]
    before = everything(aws)
    site = Site(aws, tmp_path, HARDENED).made()
    assert finished(site.destroy()).ok
    after = site.listing()
    sids = [s["Sid"] for s in json.loads(after[f"topic {topic}"]["attributes"]["Policy"])["Statement"]]
    assert sids == [
        s["Sid"] for s in json.loads(before[f"topic {topic}"]["attributes"]["Policy"])["Statement"]
    ]
    assert after[f"topic {topic}"]["tags"] == []
    assert not [name for name in after if name.startswith("subscription")], "the journal says that it is ours"
    kept = [name for name in after if name.startswith("alias")]
    assert kept == ["alias alias/palisade-logs-acme-sandbox"], "the topic is encrypted with that key"
    assert f"bucket {LOG_BUCKET}" not in after
    assert ACCOUNT in topic
