"""The daily list of the backup bucket: ours alone, read under its Id, and spelt as S3 spells it."""

from __future__ import annotations

import json
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers import place
from services.audit.manifest import FIELDS as AUDITED
from services.export.rows import ROWS, Compared
from services.model.bucket_sides import Site
from services.model.calls import Aws
from services.model.inventories import FIELDS, FOLDER, ID, inventory, normal, prefix
from services.model.values import Ref, Tree, entries, fill
from services.rules import bucket_name
from tests.ports import Recording
from tests.world import ACCOUNT, BUCKET, LOG_BUCKET, Journey, addresses, do, sample, sample_blueprint

SITE = Site(place(sample(), ACCOUNT), "bucket", BUCKET, "storage.bucket")
ON, OFF = (inventory(SITE, Ref("log_bucket"), on=on) for on in (True, False))
TARGET = f"arn:aws:s3:::{LOG_BUCKET}"
THEIRS: dict[str, Any] = {
    "Id": "Theirs",
    "IsEnabled": True,
    "IncludedObjectVersions": "Current",
    "Schedule": {"Frequency": "Weekly"},
    "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::their-lists", "Format": "CSV"}},
}


def wanted(**changed: Any) -> dict[str, Any]:
    """Ours as S3 would tell it, with some of it changed; `to` of its destination."""
    to = changed.pop("to", {})
    found: dict[str, Any] = {**entries(fill(ON.want, {Ref("log_bucket"): TARGET}.get)), **changed}
    there = found["Destination"]["S3BucketDestination"]
    return {**found, "Destination": {"S3BucketDestination": {**there, **to}}}


def in_a_script(value: Any) -> Any:
    """What the exported script compares."""
    row = ROWS["S3 bucket", "inventory"]
    assert isinstance(row, Compared)
    assert isinstance(row.normal, str)
    return jmespath.search(row.normal, json.loads(json.dumps(value)))


def test_it_lists_exactly_what_an_audit_asks_beyond_what_every_report_of_all_versions_has() -> None:
    always = {"Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker"}
    assert set(FIELDS) == set(AUDITED) - always
    assert wanted()["IncludedObjectVersions"] == "All"


def test_no_bucket_can_be_named_as_the_folder_of_the_lists() -> None:
    """Access logs are kept under buckets' names, and expire later."""
    with pytest.raises(Exception, match="bucket"):
        bucket_name(FOLDER)
    assert prefix(BUCKET) == f"{FOLDER}/{BUCKET}/"


@given(
    fields=st.permutations(FIELDS),
    to=st.sampled_from([{}, {"Encryption": None}, {"Encryption": {}}, {"Encryption": {"SSES3": {}}}]),
    more=st.sampled_from([{}, {"Filter": None}, {"Filter": {}}]),
)
def test_what_means_the_same_is_the_same(fields: list[str], to: dict[str, Any], more: dict[str, Any]) -> None:
    told = wanted(OptionalFields=fields, to=to, **more)
    assert normal(told) == normal(wanted())
    assert in_a_script({**told, "Filter": None}) == in_a_script(wanted())
    assert ON.words(told) == ON.words(wanted())


CHANGES: tuple[dict[str, Any], ...] = (
    {"IsEnabled": False},
    {"IncludedObjectVersions": "Current"},
    {"Schedule": {"Frequency": "Weekly"}},
    {"OptionalFields": [*FIELDS, "ETag"]},
    {"OptionalFields": FIELDS[1:]},
    {"OptionalFields": None},
    {"Filter": {"Prefix": "a/"}},
    {"to": {"Format": "ORC"}},
    {"to": {"Bucket": "arn:aws:s3:::elsewhere"}},
    {"to": {"AccountId": "999999999999"}},
    {"to": {"AccountId": None}},
    {"to": {"Prefix": "elsewhere"}},
    {"to": {"Prefix": None}},
    {"to": {"Encryption": {"SSEKMS": {"KeyId": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"}}}},
)


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_a_difference_that_words_tell(change: dict[str, Any]) -> None:
    changed = wanted(**change)
    assert normal(changed) != normal(wanted())
    assert ON.words(changed) != ON.words(wanted())
    assert in_a_script(changed) != in_a_script(wanted())


def test_one_that_is_not_wanted_is_as_good_as_none_when_it_is_off() -> None:
    for have in (None, {}, wanted(IsEnabled=False)):
        assert normal(have) == normal(OFF.want) is None
        assert in_a_script(have) == in_a_script(wanted(IsEnabled=False)) is False
    assert normal(wanted()) != normal(OFF.want)


def journey(aws: Aws, *, on: bool = True) -> Journey:
    return Journey(aws, sample_blueprint(storage__access_logs=True, hardening__inventory=on))


def configured(aws: Aws) -> list[str]:
    found = do(aws, "s3", "ListBucketInventoryConfigurations", Bucket=BUCKET)["InventoryConfigurationList"]
    return [each["Id"] for each in found]


def test_the_inventories_of_others_are_not_touched(aws: Aws) -> None:
    assert journey(aws).run().ok
    do(
        aws,
        "s3",
        "PutBucketInventoryConfiguration",
        Bucket=BUCKET,
        Id="Theirs",
        InventoryConfiguration=THEIRS,
    )
    recording = Recording(aws)
    assert journey(recording).plan().steps == ()
    assert all(call.params["Id"] == ID for call in recording.calls if "Inventory" in call.op)
    do(aws, "s3", "DeleteBucketInventoryConfiguration", Bucket=BUCKET, Id=ID)
    assert addresses(journey(aws).plan()) == ["bucket.inventory"]
    assert journey(aws).run().ok
    assert sorted(configured(aws)) == ["Theirs", ID]


def test_turned_off_it_is_off_and_turned_on_again_it_is_ours_anew(aws: Aws) -> None:
    assert journey(aws).run().ok
    off = journey(aws, on=False)
    assert addresses(off.plan()) == ["log_bucket.policy", "log_bucket.lifecycle", "bucket.inventory"]
    assert off.run().ok
    assert off.plan().steps == ()
    told: Tree = do(aws, "s3", "GetBucketInventoryConfiguration", Bucket=BUCKET, Id=ID)
    assert entries(entries(told)["InventoryConfiguration"])["IsEnabled"] is False
    again = journey(aws)
    assert addresses(again.plan()) == ["log_bucket.policy", "log_bucket.lifecycle", "bucket.inventory"]
    assert again.run().ok
    assert again.plan().steps == ()
