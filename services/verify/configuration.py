"""Whether the bucket, key and role are as planned: the engine's own comparison as checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from services.engine.observe import facets_of
from services.engine.plan import Step, plan
from services.engine.world import Absent, Have, Present, World
from services.model.resource import Blueprint, Facet, Remark, Resource
from services.model.values import document, shown
from services.verify.checks import Check, Status, check_of

REFERENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bucket.public-access": ("S3.1", "S3.8"),
        "bucket.ownership": ("S3.12",),
        "bucket.versioning": ("S3.14",),
        "bucket.encryption": ("S3.17",),
        "bucket.policy": ("S3.5", "S3.6"),
        "bucket.object-lock": ("S3.15",),
        "bucket.access-logs": ("S3.9",),
        "bucket.notifications": ("S3.11",),
        "bucket.mfa-delete": ("S3.20",),
        "trail_bucket.public-access": ("CloudTrail.6",),
        "trail_bucket.access-logs": ("CloudTrail.7",),
        "key.rotation": ("KMS.4",),
        "key.state": ("KMS.3",),
        "role.trust": ("iam_role_cross_service_confused_deputy_prevention",),
        "role.policy": ("IAM.1", "IAM.21"),
        "log_key.rotation": ("KMS.4",),
        "log_key.state": ("KMS.3",),
        "log_group.encryption": ("cloudwatch_log_group_kms_encryption_enabled",),
        "log_group.retention": ("cloudwatch_log_group_retention_policy_specific_days_enabled",),
        "trail.regions": ("CloudTrail.1",),
        "trail.encryption": ("CloudTrail.2",),
        "trail.validation": ("CloudTrail.4",),
        "trail.log-group": ("CloudTrail.5",),
        "trail.logging": ("CloudTrail.1",),
        "trail.selectors": ("CIS 4.8", "CIS 4.9", "S3.22", "S3.23"),
        "filter-key.pattern": (
            "CIS 5.7",
            "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk",
        ),
        "filter-bucket.pattern": ("CIS 5.8", "cloudwatch_log_metric_filter_for_s3_bucket_policy_changes"),
        "filter-trail.pattern": (
            "CIS 5.5",
            "cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled",
        ),
        "alarm-key.actions": (
            "cloudwatch_alarm_actions_enabled",
            "cloudwatch_alarm_actions_alarm_state_configured",
        ),
    }
)
"""Rules of Security Hub (and Prowler, by name) that ask for the same as a facet."""


def configuration(blueprint: Blueprint, world: World) -> tuple[Check, ...]:
    """One check a facet; a resource that is not there or not readable is one check of its own."""
    found = plan(blueprint, world)
    steps = {step.address: step for step in found.steps}
    heed = {note.address: note.remark for note in found.notes if note.remark is not None}
    return tuple(check for resource in blueprint for check in _resource(resource, world, steps, heed))


def _resource(
    resource: Resource, world: World, steps: Mapping[str, Step], heed: Mapping[str, Remark]
) -> Iterator[Check]:
    state = world.resources.get(resource.name, Absent())
    own = steps.get(resource.name)
    identifier = f"config.{resource.name}.exists"
    title = f"{resource.title}: it is there"
    if not isinstance(state, Present):
        if own is not None and own.problem is not None:
            yield _problem(identifier, title, own)
        else:
            remedy = "Make it with 'palisade-wizard apply --config S'."
            yield Check(identifier, title, "fail", f"There is no {resource.title}.", remedy)
        return
    if own is not None and own.problem is not None:
        yield _problem(identifier, title, own)
        return
    if own is not None:
        yield Check(
            identifier,
            title,
            "fail",
            f"The {resource.title} exists, but this set-up did not make it and was not allowed to use it.",
            "Look at the plan; 'palisade-wizard apply --config S --accept adopt' uses it.",
        )
    elif (spare := heed.get(resource.name)) is not None:
        yield Check(identifier, title, "warn", spare.says, spare.remedy)
    else:
        yield Check(
            identifier, title, "pass", f"{resource.title}: {state.outputs.get('arn', '')}".rstrip(": ")
        )
    for facet in facets_of(resource, world):
        address = f"{resource.name}.{facet.name}"
        adopting = own is not None and facet.name == "tags"
        yield _facet(resource, facet, world, own if adopting else steps.get(address), heed.get(address))


def _facet(resource: Resource, facet: Facet, world: World, step: Step | None, heed: Remark | None) -> Check:
    address = f"{resource.name}.{facet.name}"
    identifier, title = f"config.{address}", f"{resource.title}: {facet.says}"
    references = REFERENCES.get(address, ())
    if step is None:
        side = world.sides.get(address)
        have = side.value if isinstance(side, Have) else None
        if heed is not None:
            status: Status = "waiting" if heed.waiting else "warn"
            return Check(identifier, title, status, heed.says, heed.remedy, references)
        if have is None and facet.optional:
            return Check(
                identifier,
                title,
                "pass",
                "AWS does not report it; nothing else contradicts it.",
                "",
                references,
            )
        return Check(identifier, title, "pass", _words(facet, have), "", references)
    if step.problem is not None:
        return _problem(identifier, title, step, references)
    remedy = "Set it right with 'palisade-wizard apply --config S'."
    return Check(identifier, title, "fail", f"It is not so: {step.before}.", remedy, references)


def _words(facet: Facet, have: object) -> str:
    value = document(have) if facet.document and isinstance(have, str) else have
    words = facet.words(shown(value))  # type: ignore[arg-type]
    first = words.split(" ", 1)[0]
    # A name keeps its spelling; a sentence begins with a capital.
    return (words[:1].upper() + words[1:] if first.isalpha() and first != words else words) + "."


def _problem(identifier: str, title: str, step: Step, references: tuple[str, ...] = ()) -> Check:
    if step.problem is None:
        raise ValueError(identifier)
    return check_of(identifier, title, step.problem, references)
