"""What is there already is imported if it is this set-up's, and only named if it is somebody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.engine.world import Have, Present, World
from services.export import terraform
from services.model.calls import Aws
from services.model.resource import Origin
from services.model.values import Ref
from services.problems import ProblemError
from tests.services.export.hcl_reading import Reference, references
from tests.services.export.terraform_subjects import (
    PRODUCTION,
    exported,
    lookup_of,
    subject,
    there,
    without,
)
from tests.services.export.test_terraform import differences
from tests.world import (
    ACCOUNT,
    ALARMS,
    BUCKET,
    EXTERNAL_ID,
    KEY_ARN,
    LOG_BUCKET,
    LOG_GROUP,
    LOG_ROLE,
    ROLE,
    TRAIL,
    TRAIL_ARN,
    TRAIL_BUCKET,
    Journey,
    sample,
    sample_blueprint,
)

KEY_ID = KEY_ARN.rpartition("/")[2]
TOPIC_ARN = f"arn:aws:sns:eu-west-1:{ACCOUNT}:palisade-acme-sandbox-alarms"
AUDIT = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"
FAR = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"


def words(text: str) -> str:
    """A file's text without the breaks inside its comments."""
    return " ".join(text.replace("\n# ", " ").split())


# What is this set-up's


def test_each_thing_that_is_there_is_imported_by_the_id_that_its_type_has() -> None:
    answers = sample(**PRODUCTION)
    world = there(answers)
    arn = f"{TOPIC_ARN}:8a21d249-4329-4871-acc6-7be709c6ea7f"
    confirmed = {**world.resources, "subscription": Present({"arn": arn}, "created")}
    trail = {"trail": Present({"arn": TRAIL_ARN}, "created")}
    file = exported(subject(answers, replace(world, resources={**confirmed, **trail})))
    found = dict(file.imports)
    sides = {"public_access_block": "", "ownership_controls": "", "policy": ""}
    owned = dict.fromkeys(
        ("versioning", "server_side_encryption_configuration", "lifecycle_configuration"), f",{ACCOUNT}"
    )
    logged, locked = {"logging": f",{ACCOUNT}"}, {"object_lock_configuration": f",{ACCOUNT}"}
    for label, name, more in (
        ("bucket", BUCKET, {**logged, **locked, "notification": "", "inventory": ":palisade-wizard-daily"}),
        ("log_bucket", LOG_BUCKET, {}),
        ("trail_bucket", TRAIL_BUCKET, logged),
    ):
        assert found.pop(f"aws_s3_bucket.{label}") == name
        for side, ending in {**sides, **owned, **more}.items():
            assert found.pop(f"aws_s3_bucket_{side}.{label}") == f"{name}{ending}"
    for what in ("denied", "key", "bucket", "trail", "role", "deleted", "read", "foreign-write"):
        name, label = f"palisade-acme-sandbox-{what}", what.replace("-", "_")
        assert found.pop(f"aws_cloudwatch_log_metric_filter.filter_{label}") == f"{LOG_GROUP}:{name}"
        assert found.pop(f"aws_cloudwatch_metric_alarm.alarm_{label}") == name
    assert found == {
        "aws_kms_key.key": KEY_ID,
        "aws_kms_key.log_key": KEY_ID[::-1],
        "aws_kms_alias.alias": "alias/palisade-backup-acme-sandbox",
        "aws_kms_alias.log_alias": "alias/palisade-logs-acme-sandbox",
        "aws_iam_role.role": ROLE,
        "aws_iam_role_policy.role": f"{ROLE}:PalisadeWizardBackupWriter",
        "aws_iam_role.log_role": LOG_ROLE,
        "aws_iam_role_policy.log_role": f"{LOG_ROLE}:PalisadeWizardTrailLogs",
        "aws_cloudtrail.trail": TRAIL_ARN,
        "aws_cloudwatch_log_group.log_group": LOG_GROUP,
        "aws_sns_topic.topic": TOPIC_ARN,
        "aws_sns_topic_policy.topic": TOPIC_ARN,
        "aws_sns_topic_subscription.subscription": arn,
    }


def test_every_import_is_of_a_block_of_the_file_and_a_new_set_up_imports_nothing() -> None:
    answers = sample(**PRODUCTION)
    file = exported(subject(answers, there(answers)))
    assert set(file.imports) < {f"{kind}.{label}" for kind, label in file.resources}
    assert exported(subject(answers)).imports == {}


def test_a_subscription_that_nobody_confirmed_cannot_be_imported() -> None:
    answers = sample(**PRODUCTION)
    world = there(answers)
    pending = {**world.resources, "subscription": Present({"arn": "PendingConfirmation"}, "created")}
    sides = {**world.sides, "subscription.confirmed": Have("PendingConfirmation")}
    file = exported(subject(answers, World(pending, sides)))
    assert "aws_sns_topic_subscription.subscription" not in file.imports
    assert "aws_sns_topic_subscription" in {kind for kind, _ in file.resources}
    assert "because the subscription is not confirmed." in words(file.text)


def test_a_setting_that_aws_does_not_have_yet_is_made_not_imported() -> None:
    answers = sample(**PRODUCTION)
    world = there(answers)
    unset = {
        "bucket.policy": None,
        "bucket.notifications": {"TopicConfigurations": None, "EventBridgeConfiguration": None},
        "role.policy": None,
    }
    sides = {**world.sides, **{address: Have(value) for address, value in unset.items()}}
    found = subject(answers, replace(world, sides=sides))
    file = exported(found)
    missing = {f"{kind}.{label}" for kind, label in file.resources} - set(file.imports)
    assert missing - {"aws_sns_topic_subscription.subscription", "aws_cloudtrail.trail"} == {
        "aws_s3_bucket_policy.bucket",
        "aws_s3_bucket_notification.bucket",
        "aws_iam_role_policy.role",
    }
    assert differences(found, lookup_of(answers)) == {}


def test_half_of_a_set_up_is_imported_and_the_rest_made() -> None:
    answers = sample(**PRODUCTION)
    found = subject(answers, without(there(answers), "role", "topic", "subscription"))
    file = exported(found)
    made = {label for kind, label in file.resources} - {path.split(".")[1] for path in file.imports}
    assert made == {"role", "topic", "subscription", "trail"}
    assert differences(found, lookup_of(answers)) == {}


def test_after_apply_the_file_imports_what_was_made(aws: Aws) -> None:
    answers = sample(**TRAIL, **ALARMS)
    journey = Journey(aws, sample_blueprint(**TRAIL, **ALARMS))
    assert journey.run().ok
    world = journey.observe()
    found = subject(answers, world)
    file = exported(found)
    assert file.imports["aws_kms_key.key"] == world.output(Ref("key", "id"))
    assert file.imports["aws_cloudtrail.trail"] == TRAIL_ARN
    assert file.imports["aws_s3_bucket_versioning.bucket"] == f"{BUCKET},{ACCOUNT}"
    assert file.imports["aws_sns_topic_subscription.subscription"].startswith(f"{TOPIC_ARN}:")
    assert {f"{kind}.{label}" for kind, label in file.resources} == set(file.imports)


# What is somebody else's


@pytest.mark.parametrize("origin", ["adopted", "foreign"])
def test_an_adopted_bucket_is_named_and_never_managed(origin: Origin) -> None:
    answers = sample(**PRODUCTION)
    unversioned = {"bucket.versioning": {"Status": "Suspended"}}
    world = there(answers, theirs={"bucket": origin}, have=unversioned)
    found = subject(answers, world)
    file = exported(found)
    assert not any(label == "bucket" for _, label in file.resources)
    assert not any(path.startswith("aws_s3_bucket") and path.endswith(".bucket") for path in file.imports)
    assert not any(".bucket." in path for path in references(file.top))
    policy = file.plain(file.resources["aws_iam_role_policy", "role"])["policy"]
    assert policy["Statement"][0]["Resource"] == f"arn:aws:s3:::{BUCKET}/*"
    assert file.outputs["bucket"] == BUCKET
    said = words(file.text)
    assert "This set-up did not make it, so this file only refers to it and never changes it." in said
    assert (
        "versioning: keeps old versions. To be done: it does not keep old versions, and should be: keeps old versions."
        in said
    )
    assert "public-access: cannot be made public, in four ways. It is so already." in said
    assert "tags: carries this set-up's tags. It is so already." in said
    for facet in next(r for r in found.blueprint if r.name == "bucket").facets(origin):
        assert f"{facet.name}: {facet.says}." in said
    assert differences(found, lookup_of(answers)) == {}


def test_an_adopted_role_and_topic_are_named_and_their_secrets_not_told() -> None:
    answers = sample(**PRODUCTION)
    other = {"Version": "2012-10-17", "Statement": []}
    world = there(answers, theirs={"role": "adopted", "topic": "adopted"}, have={"topic.policy": other})
    file = exported(subject(answers, world))
    assert {label for kind, label in file.resources if kind.startswith(("aws_iam", "aws_sns"))} == {
        "log_role",
        "subscription",
    }
    assert file.outputs["role_arn"] == f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
    topics = [
        file.resources["aws_sns_topic_subscription", "subscription"].arguments["topic_arn"],
        *file.resources["aws_cloudwatch_metric_alarm", "alarm_key"].arguments["alarm_actions"],
    ]
    assert topics == [TOPIC_ARN, TOPIC_ARN]
    assert file.text.count(EXTERNAL_ID) == 1
    ours = exported(subject(answers)).resources["aws_sns_topic_subscription", "subscription"]
    assert ours.arguments["topic_arn"] == Reference("aws_sns_topic.topic.arn")


def test_what_does_not_fit_is_said() -> None:
    answers = sample()
    guest = {
        "Sid": "In",
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": "s3:*",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [guest]}
    world = there(answers, theirs={"bucket": "foreign"}, have={"bucket.policy": policy})
    text = words(terraform.text(subject(answers, world)))
    assert f"It does not fit: The policy of the bucket {BUCKET} lets others in (In)" in text
    ours = there(answers, have={"role.other-policies": ["Reader"]})
    assert "other-policies: it does not fit. The role" in words(terraform.text(subject(answers, ours)))


def test_a_given_key_is_named_by_its_arn_with_and_without_asking_aws() -> None:
    answers = sample(storage__kms_key=KEY_ARN)
    for world in (World(), there(answers)):
        found = subject(answers, world)
        file = exported(found)
        assert not any(kind.startswith("aws_kms") for kind, _ in file.resources)
        assert file.outputs["kms_key_arn"] == KEY_ARN
        assert differences(found, lambda ref: KEY_ARN if ref == Ref("key") else lookup_of(answers)(ref)) == {}
    file = exported(subject(sample(storage__kms_key=KEY_ARN, **TRAIL, **ALARMS)))
    pattern = file.plain(file.resources["aws_cloudwatch_log_metric_filter", "filter_key"])["pattern"]
    assert KEY_ID in pattern


def test_the_alias_of_an_adopted_key_is_its_owners_too() -> None:
    answers = sample()
    file = exported(subject(answers, there(answers, theirs={"key": "adopted"})))
    assert {label for _, label in file.resources} == {"bucket", "role"}
    assert file.outputs["kms_key_arn"] == KEY_ARN


@pytest.mark.parametrize("arn", [AUDIT, FAR])
def test_a_reused_trail_is_only_named_wherever_its_home_is(arn: str) -> None:
    answers = sample(hardening__trail=arn, hardening__data_events="all")
    basic = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}
    found = subject(answers, there(answers, have={"trail.selectors": basic, "trail.tags": []}))
    file = exported(found)
    assert {label for _, label in file.resources} == {"key", "alias", "bucket", "role"}
    assert len(file.top.inner("provider")) == 1
    said = words(file.text)
    assert "selectors: records management events that write, and every read and write" in said
    assert "palisade-wizard:used-by:" in said
    assert differences(found, lookup_of(answers)) == {}


def test_nothing_that_the_file_manages_is_in_another_region() -> None:
    far = sample(hardening__trail=FAR, hardening__data_events="all")
    near = sample(hardening__trail=AUDIT, hardening__data_events="all", **ALARMS)
    for answers in (far, near, sample(**PRODUCTION)):
        for resource in subject(answers).managed():
            calls = [resource.lookup, *(facet.read for facet in resource.facets("created"))]
            assert {call.region for call in calls} == {""}


def test_alarms_on_a_reused_trail_count_in_its_log_group() -> None:
    answers = sample(hardening__trail=AUDIT, hardening__data_events="all", **ALARMS)
    found = subject(answers, there(answers))
    file = exported(found)
    assert (
        file.resources["aws_cloudwatch_log_metric_filter", "filter_key"].arguments["log_group_name"]
        == LOG_GROUP
    )
    assert differences(found, lookup_of(answers)) == {}
    with pytest.raises(ProblemError) as caught:
        terraform.text(subject(answers))
    assert caught.value.problem.code == "not-ready"
    assert "Leave out --offline" in " ".join(caught.value.problem.remedy)
