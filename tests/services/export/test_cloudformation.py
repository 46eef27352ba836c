"""The CloudFormation template, read back, is the blueprint; and what guards backups outlives the stack."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter

import pytest

from services.engine.plan import same
from services.export.cloudformation import text
from services.export.cloudformation_kinds import logical
from services.export.cloudformation_rows import ROWS, row
from services.export.cloudformation_values import references
from services.export.cloudformation_words import LARGEST
from services.model.resource import Facet, Origin
from services.model.values import Ref, Tree, bare, entries, fill, items
from tests.services.export.cloudformation_cases import CASES, Case
from tests.stacks import Stack, values
from tests.world import ACCOUNT, EXTERNAL_ID

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
EVERY: tuple[Origin, ...] = ("created", "adopted", "foreign")
ONLY_LOOKED_AT = {"mfa-delete", "confirmed", "others", "state"}
RETAINED = {
    "AWS::KMS::Key",
    "AWS::KMS::Alias",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::Logs::LogGroup",
}


@cache
def written(name: str) -> str:
    return text(next(case for case in CASES if case.name == name).subject)


def stack_of(case: Case) -> Stack:
    return Stack.read(written(case.name), tuple(r.name for r in case.blueprint), case.lookup)


def spelt(facet: Facet, value: Tree) -> Tree:
    """One spelling. Of a notification without its Id: CloudFormation gives it one of its own."""
    told = facet.normal(bare(value))
    if facet.name != "notifications":
        return told
    return {
        name: [{k: v for k, v in entries(each).items() if k != "Id"} for each in items(part)]
        if isinstance(part, list)
        else part
        for name, part in entries(told).items()
    }


@each_case
def test_read_back_it_is_the_blueprint(case: Case) -> None:
    subject, stack = case.subject, stack_of(case)
    told = values(stack)
    assert {r.name for r in subject.managed()} == {
        stack.name_of(name.removesuffix("Policy")) for name in stack.resources
    }
    for resource in subject.managed():
        for facet in subject.facets(resource):
            if facet.name in ONLY_LOOKED_AT:
                continue
            address = f"{resource.name}.{facet.name}"
            wanted = fill(subject.target(resource, facet), case.lookup)
            assert spelt(facet, told[address]) == spelt(facet, wanted), address


@each_case
def test_every_name_is_that_of_the_call_that_would_make_it(case: Case) -> None:
    stack = stack_of(case)
    for resource in case.subject.managed():
        said = stack.properties(logical(resource.name))
        made = entries(resource.create.params) if resource.create else {}
        for name, value in made.items():
            if name in {"Bucket", "BucketNamespace", "RoleName", "AliasName", "AlarmName", "Endpoint"}:
                assert said[{"Bucket": "BucketName"}.get(name, name)] == value
            elif name in {"Name", "filterName", "logGroupName", "TopicArn"}:
                assert fill(value, case.lookup) in said.values()


@each_case
def test_every_facet_has_a_row_whoever_made_the_resource(case: Case) -> None:
    for resource in case.blueprint:
        for origin in EVERY:
            for facet in resource.facets(origin):
                found = row(resource, facet)
                assert found.by or found.put.__name__ != "_nothing", facet.name


def test_no_row_is_of_nothing() -> None:
    used: set[tuple[str, str]] = set()
    for case in CASES:
        for resource in case.blueprint:
            kind = next(kind for kind, _ in ROWS if f"{resource.kind} ".startswith(f"{kind} "))
            used |= {(kind, facet.name) for origin in EVERY for facet in resource.facets(origin)}
    assert used == set(ROWS)


@each_case
def test_everything_can_be_made_in_some_order(case: Case) -> None:
    stack = stack_of(case)
    waits = {name: _waits(stack, name) for name in stack.resources}
    order = list(TopologicalSorter(waits).static_order())
    by_name = {logical(r.name): r for r in case.subject.managed()}
    for name, resource in by_name.items():
        for other in resource.after:
            if logical(other) in order:
                assert order.index(logical(other)) < order.index(name), (name, other)
    for first, second in (
        ("LogBucketPolicy", "Bucket"),
        ("TopicPolicy", "Bucket"),
        ("BucketPolicy", "Role"),
        ("TrailBucketPolicy", "Trail"),
        ("LogRole", "Trail"),
        ("Trail", "FilterKey"),
        ("TopicPolicy", "AlarmKey"),
    ):
        if first in waits and second in waits:
            assert first in _everything_before(waits, second), (first, second)


def _waits(stack: Stack, name: str) -> set[str]:
    resource = stack.resources[name]
    referred = set(references(resource["Properties"])) & set(stack.resources)
    said = set(resource.get("DependsOn", ()))
    assert not referred & said, "said twice"
    return referred | said


def _everything_before(waits: dict[str, set[str]], name: str) -> set[str]:
    found = set(waits[name])
    return found.union(*(_everything_before(waits, other) for other in found))


@each_case
def test_what_holds_data_or_keys_outlives_the_stack(case: Case) -> None:
    for name, resource in stack_of(case).resources.items():
        ends = {resource.get(policy) for policy in ("DeletionPolicy", "UpdateReplacePolicy")}
        assert ends == ({"Retain"} if resource["Type"] in RETAINED else {None}), name


@each_case
def test_it_is_for_one_account_and_one_region(case: Case) -> None:
    stack = stack_of(case)
    assert stack.resolved({"Ref": "AWS::AccountId"}) == ACCOUNT
    assert stack.resolved({"Ref": "AWS::Region"}) == case.region
    (rule,) = stack.template["Rules"].values()
    assert [list(a["Assert"]) for a in rule["Assertions"]] == [["Fn::Equals"], ["Fn::Equals"]]


@each_case
def test_the_external_id_stands_in_one_place_and_a_stack_hides_it(case: Case) -> None:
    stack = stack_of(case)
    assert written(case.name).count(EXTERNAL_ID) == 1
    parameter = stack.template["Parameters"]["ExternalId"]
    assert (parameter["Default"], parameter["NoEcho"]) == (EXTERNAL_ID, True)
    assert "ExternalId" not in list(references(stack.template["Outputs"]))


@each_case
def test_the_outputs_are_the_values_of_the_form(case: Case) -> None:
    stack = stack_of(case)
    told = {name: stack.resolved(output["Value"]) for name, output in stack.template["Outputs"].items()}
    assert told == {
        "Bucket": case.answers.text("storage.bucket"),
        "RoleArn": case.lookup(Ref("role")),
        "Region": case.region,
        "KmsKeyArn": case.lookup(Ref("key")),
    }


@each_case
def test_what_it_asks_for_is_what_nobody_asked_aws(case: Case) -> None:
    asked = set(stack_of(case).template["Parameters"]) - {"ExternalId"}
    assert asked == ({"TrailLogGroup"} if case.name.startswith("reused trail, unasked") else set())


@each_case
def test_the_words_of_every_facet_are_in_it(case: Case) -> None:
    comments = "\n".join(line for line in written(case.name).splitlines() if line.lstrip().startswith("#"))
    for resource in case.subject.managed():
        assert _ascii(f"{resource.title}: {resource.says}.") in comments
        for facet in case.subject.facets(resource):
            assert _ascii(f"  {facet.name}: {facet.says}") in comments


def _ascii(words: str) -> str:
    return words.encode("ascii", "backslashreplace").decode()


@each_case
def test_it_is_written_the_same_every_time_and_only_in_ascii(case: Case) -> None:
    assert text(case.subject) == written(case.name)
    assert written(case.name).isascii()


def test_a_production_set_up_fits_into_one_command() -> None:
    assert len(written("production, eu-west-1")) <= LARGEST
    assert "--s3-bucket" not in written("production, eu-west-1")


def duties(case_name: str) -> dict[str, str]:
    case = next(case for case in CASES if case.name == case_name)
    listed = stack_of(case).template["Metadata"]["PalisadeWizard"]["ByHand"]
    return dict(duty.split(": ", 1) for duty in listed)


def test_what_cloudformation_cannot_do_is_left_for_a_person_in_whole_sentences() -> None:
    found = duties("production, eu-west-1")
    assert list(found) == ["bucket.object-lock", "subscription.confirmed"]
    assert "can never be turned off" in found["bucket.object-lock"]
    assert "Subscription Confirmation" in found["subscription.confirmed"]
    mfa = duties("account-regional, MFA Delete, eu-west-1")
    assert list(mfa) == ["bucket.mfa-delete"]
    assert "aws s3api put-bucket-versioning" in mfa["bucket.mfa-delete"]


def test_an_account_regional_bucket_says_so() -> None:
    case = next(case for case in CASES if case.name == "account-regional, MFA Delete, eu-west-1")
    for name in ("Bucket", "LogBucket"):
        assert stack_of(case).properties(name)["BucketNamespace"] == "account-regional"
    assert "BucketNamespace" not in written("plain, eu-west-1")


def test_what_others_made_is_referred_to_and_never_managed() -> None:
    name = "given key, reused trail, eu-west-1"
    case = next(case for case in CASES if case.name == name)
    stack = stack_of(case)
    assert not {"Key", "Alias", "Trail"} & set(stack.resources)
    found = {item["Address"]: item for item in stack.template["Metadata"]["PalisadeWizard"]["NotManaged"]}
    assert list(found) == ["key", "trail"]
    assert [duty.split(":")[0] for duty in found["trail"]["ToDo"]] == ["trail.tags", "trail.selectors"]
    assert "key.rotation" in json.dumps(found["key"])
    head = written(name).split("AWSTemplateFormatVersion")[0]
    for item in found.values():
        assert f"Not managed here: {item['Resource']}." in head
        assert all(duty in head for duty in item["ToDo"])


def test_the_notifications_that_cloudformation_makes_are_as_wanted() -> None:
    """One entry an event, each with an Id of its own: nothing to do then, and nothing to heed."""
    case = next(case for case in CASES if case.name == "production, eu-west-1")
    told = entries(values(stack_of(case))["bucket.notifications"])["TopicConfigurations"]
    have: Tree = {
        "TopicConfigurations": [
            {**entries(one), "Id": f"made-{n}", "Events": [event]}
            for one in items(told)
            for n, event in enumerate(items(entries(one)["Events"]))
        ]
    }
    bucket = next(r for r in case.blueprint if r.name == "bucket")
    facet = next(f for f in case.subject.facets(bucket) if f.name == "notifications")
    target = facet.merge(have, fill(facet.want, case.lookup))
    assert same(facet, have, target)
    assert facet.remark(have, target) is None


def test_the_head_says_whether_aws_was_asked_and_which() -> None:
    asked, unasked = (written(f"{name}, eu-west-1") for name in ("given key, reused trail", "plain"))
    assert "AWS was not asked" in unasked
    assert "AWS was not asked" not in asked
    case = CASES[0]
    strange = replace(case.subject, endpoint="https://127.0.0.1:4566")
    assert "# It was written at https://127.0.0.1:4566, which is not AWS's own endpoint" in text(strange)
    assert "endpoint" not in unasked
