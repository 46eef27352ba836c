"""A template deployed, refused and taken over by the embedded AWS, which knows stacks, rules and imports.

It does not know `AWS::CloudTrail::Trail` and `AWS::SNS::TopicInlinePolicy`, so only a sandbox can be deployed; it sets
neither the tags nor the default encryption of a bucket; and it imports no bucket policy.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError

from services.answers import Answers
from services.aws.port import Port, Settings
from services.blueprint import blueprint
from services.demo.accounts import ORGANISATION, Accounts
from services.demo.emulator import REGION, Emulator
from services.engine.world import World
from services.export.cloudformation import text
from services.export.subject import Subject
from services.model.values import Ref
from services.setup_file import SetupFile
from tests.world import EXTERNAL_ID, Journey, addresses, sample

NOT_BY_THE_EMULATORS_STACKS = ["bucket", "bucket.encryption"]
"""Steps of the plan after a deployment: the bucket's tags, for want of which it is adopted, and its encryption."""


def answers(accounts: Accounts, name: str, setup: str) -> Answers:
    return sample(
        setup__name=name,
        setup__id=setup,
        aws__region=REGION,
        aws__account=ORGANISATION,
        palisade__principal_arn=accounts.principal_arn,
        storage__bucket=f"acme-{name}",
        role__name=f"PalisadeS3BackupRole-{name}",
    )


def stacks(emulator: Emulator, accounts: Accounts, region: str = REGION) -> Any:
    keys = accounts.administrator
    session = boto3.session.Session(keys.access_key, keys.secret_key, keys.session_token, region)
    return session.client("cloudformation", endpoint_url=emulator.endpoint, verify=str(emulator.ca_bundle))


def journey(emulator: Emulator, accounts: Accounts, given: Answers) -> Journey:
    keys = accounts.administrator
    port = Port(
        Settings(
            region=REGION,
            endpoint_url=emulator.endpoint,
            access_key=keys.access_key,
            secret_key=keys.secret_key,
            ca_bundle=str(emulator.ca_bundle),
        )
    )
    return Journey(port, blueprint(given, ORGANISATION), given.text("setup.id"))


def template(given: Answers, world: World) -> str:
    subject = Subject(SetupFile(Path("x.toml"), given), ORGANISATION, blueprint(given, ORGANISATION), world)
    return text(subject)


ABLE = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}


def test_a_deployed_stack_is_the_set_up(emulator: Emulator, accounts: Accounts) -> None:
    given = answers(accounts, "stacked", "3a1f7c1e-0d5a-4c1b-9a51-2f6f0e1d7a11")
    client, made = stacks(emulator, accounts), journey(emulator, accounts, given)
    client.create_stack(StackName="made", TemplateBody=template(given, World()), **ABLE)
    client.get_waiter("stack_create_complete").wait(StackName="made", WaiterConfig={"Delay": 1})
    (stack,) = client.describe_stacks(StackName="made")["Stacks"]

    assert addresses(made.plan()) == NOT_BY_THE_EMULATORS_STACKS
    world = made.observe()
    assert {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]} == {
        "Bucket": "acme-stacked",
        "RoleArn": world.output(Ref("role")),
        "Region": REGION,
        "KmsKeyArn": world.output(Ref("key")),
    }
    assert EXTERNAL_ID not in str(stack), "a stack shows no external ID"

    assert made.run().ok
    assert made.plan().steps == ()
    client.delete_stack(StackName="made")
    client.get_waiter("stack_delete_complete").wait(StackName="made", WaiterConfig={"Delay": 1})
    gone = addresses(made.plan())
    assert [address for address in gone if "." not in address] == ["role"], (
        "bucket, policy and key are retained"
    )


def test_another_region_is_refused_before_anything_is_made(emulator: Emulator, accounts: Accounts) -> None:
    given = answers(accounts, "astray", "3a1f7c1e-0d5a-4c1b-9a51-2f6f0e1d7a12")
    client = stacks(emulator, accounts, "us-east-1")
    with pytest.raises(ClientError, match=f"for the region {REGION} alone"):
        client.create_stack(StackName="astray", TemplateBody=template(given, World()), **ABLE)


def test_what_the_set_up_made_is_taken_over(emulator: Emulator, accounts: Accounts) -> None:
    given = answers(accounts, "taken-over", "3a1f7c1e-0d5a-4c1b-9a51-2f6f0e1d7a13")
    client, made = stacks(emulator, accounts), journey(emulator, accounts, given)
    assert made.run().ok
    found = yaml.safe_load(template(given, made.observe()))
    listed = json.loads(found["Metadata"]["PalisadeWizard"]["ResourcesToImport"])
    del found["Resources"]["BucketPolicy"]
    del found["Resources"]["Role"]["DependsOn"]

    client.create_change_set(
        StackName="taken",
        ChangeSetName="take-over",
        ChangeSetType="IMPORT",
        TemplateBody=yaml.safe_dump(found),
        ResourcesToImport=[item for item in listed if item["LogicalResourceId"] != "BucketPolicy"],
        **ABLE,
    )
    client.get_waiter("change_set_create_complete").wait(
        StackName="taken", ChangeSetName="take-over", WaiterConfig={"Delay": 1}
    )
    client.execute_change_set(StackName="taken", ChangeSetName="take-over")
    client.get_waiter("stack_import_complete").wait(StackName="taken", WaiterConfig={"Delay": 1})
    assert made.plan().steps == ()
