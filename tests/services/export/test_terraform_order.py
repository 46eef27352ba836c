"""What comes before what in a Terraform file, what it must not destroy, and for whom it works."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

import pytest

from services.answers import Answers
from services.model.resource import needs
from tests.services.export.hcl_reading import Read, references
from tests.services.export.provider_schema import complaints
from tests.services.export.terraform_reading import File
from tests.services.export.terraform_subjects import PRODUCTION, exported, subject, there
from tests.services.export.test_terraform import each_way
from tests.world import ACCOUNT, BUCKET, EXTERNAL_ID, ROLE, sample


def waits(file: File) -> dict[str, set[str]]:
    """For each block of a resource the blocks that Terraform makes before it."""
    return {
        f"{kind}.{label}": {".".join(path.split(".")[:2]) for path in references(block)}
        for (kind, label), block in file.resources.items()
    }


def before(graph: dict[str, set[str]], address: str) -> set[str]:
    """Everything that is made before a block."""
    found: set[str] = set()
    ahead = {address}
    while ahead:
        found |= ahead
        ahead = set().union(*(graph[a] for a in ahead)) - found
    return found - {address}


@each_way
def test_terraform_can_make_everything_and_keeps_the_blueprints_order(answers: Answers) -> None:
    found = subject(answers)
    graph = waits(exported(found))
    assert set().union(*graph.values()) <= set(graph)
    TopologicalSorter(graph).prepare()  # no circle
    managed = {resource.name: resource.name.replace("-", "_") for resource in found.managed()}
    for resource in found.managed():
        mine = [address for address in graph if address.endswith(f".{managed[resource.name]}")]
        earlier = set().union(*(before(graph, address) for address in mine))
        for name in needs(resource) & managed.keys():
            assert any(a.endswith(f".{managed[name]}") for a in earlier), f"{resource.name} after {name}"


def test_what_guards_is_there_before_anybody_can_use_what_it_guards() -> None:
    graph = waits(exported(subject(sample(**PRODUCTION))))
    assert "aws_s3_bucket_policy.bucket" in before(graph, "aws_iam_role.role")
    assert "aws_s3_bucket_public_access_block.bucket" in before(graph, "aws_s3_bucket_policy.bucket")
    assert {"aws_iam_role_policy.log_role", "aws_s3_bucket_policy.trail_bucket"} < before(
        graph, "aws_cloudtrail.trail"
    )
    assert "aws_sns_topic_policy.topic" in before(graph, "aws_s3_bucket_notification.bucket")
    assert "aws_s3_bucket_policy.log_bucket" in before(graph, "aws_s3_bucket_logging.bucket")
    assert "aws_cloudtrail.trail" in before(graph, "aws_cloudwatch_log_metric_filter.filter_key")


def test_the_lock_comes_last_because_it_can_never_be_taken_back() -> None:
    graph = waits(exported(subject(sample(**PRODUCTION))))
    sides = {a for a in graph if a.startswith("aws_s3_bucket") and a.endswith(".bucket")}
    lock = "aws_s3_bucket_object_lock_configuration.bucket"
    assert sides - {lock, "aws_s3_bucket_ownership_controls.bucket"} <= before(graph, lock)


@each_way
def test_what_holds_data_or_keys_is_not_destroyed_by_mistake(answers: Answers) -> None:
    held = {"aws_s3_bucket", "aws_kms_key", "aws_cloudwatch_log_group"}
    file = exported(subject(answers))
    kept = {key for key, block in file.resources.items() if block.inner("lifecycle")}
    assert kept == {(kind, label) for kind, label in file.resources if kind in held}
    for kind, label in kept:
        assert file.resources[kind, label].one("lifecycle").arguments == {"prevent_destroy": True}
    assert file.text.count("to delete it on purpose, take this line away first.") >= len(kept) - 1
    waits_of_keys = {
        block.arguments["deletion_window_in_days"]
        for (kind, _), block in file.resources.items()
        if kind == "aws_kms_key"
    }
    assert waits_of_keys <= {30}


@each_way
def test_every_argument_is_one_that_the_provider_takes(answers: Answers) -> None:
    for world in (None, there(answers)):
        file = exported(subject(answers, world) if world else subject(answers))
        assert [line for block in file.resources.values() for line in complaints(block)] == []


@each_way
def test_only_the_set_ups_account_and_region_are_taken(answers: Answers) -> None:
    file = exported(subject(answers))
    assert file.provider == {"region": answers.text("aws.region"), "allowed_account_ids": [ACCOUNT]}
    terraform = file.top.one("terraform")
    assert terraform.arguments["required_version"] == ">= 1.5"
    assert terraform.one("required_providers").arguments == {
        "aws": {"source": "hashicorp/aws", "version": "~> 6.37"}
    }


def sides_of_buckets(file: File) -> Iterator[tuple[str, Read]]:
    for (kind, _), block in file.resources.items():
        if kind.startswith("aws_s3_bucket_"):
            yield kind, block


@each_way
def test_a_bucket_that_came_into_other_hands_is_not_written_to(answers: Answers) -> None:
    without = {"policy", "public_access_block", "ownership_controls", "notification", "inventory"}
    for kind, block in sides_of_buckets(exported(subject(answers))):
        takes_none = kind.removeprefix("aws_s3_bucket_") in without
        assert block.arguments.get("expected_bucket_owner") == (None if takes_none else ACCOUNT)


def test_a_name_of_the_account_alone_says_so_when_the_bucket_is_made() -> None:
    name = f"acme-{ACCOUNT}-eu-west-1-an"
    file = exported(subject(sample(storage__namespace="account-regional", storage__bucket=name)))
    assert file.resources["aws_s3_bucket", "bucket"].arguments["bucket_namespace"] == "account-regional"
    plain = exported(subject()).resources["aws_s3_bucket", "bucket"].arguments
    assert "bucket_namespace" not in plain


def test_object_lock_is_turned_on_alike_for_new_buckets_and_old_ones() -> None:
    """`object_lock_enabled` of the bucket would have Terraform replace a bucket that is there."""
    answers = sample(**PRODUCTION)
    for found in (subject(answers), subject(answers, there(answers, have={"bucket.object-lock": None}))):
        file = exported(found)
        assert "object_lock_enabled" not in file.resources["aws_s3_bucket", "bucket"].arguments
        assert ("aws_s3_bucket_object_lock_configuration", "bucket") in file.resources


def test_the_values_for_palisades_form_are_outputs() -> None:
    file = exported(subject(sample(palisade__kit_name='Acme "kit" ${1}')))
    assert file.outputs == {
        "kit_name": 'Acme "kit" ${1}',
        "bucket": BUCKET,
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "region": "eu-west-1",
        "kms_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "external_id": EXTERNAL_ID,
    }


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"hardening__trail": "create", "hardening__data_events": "all"},
            "This costs something with every event",
        ),
        (PRODUCTION, "Object Lock can never be turned off again"),
    ],
)
def test_what_costs_or_can_never_be_undone_is_said_before(values: dict[str, object], said: str) -> None:
    text = exported(subject(sample(**values))).text
    assert said in " ".join(text.replace("\n# ", " ").split())
