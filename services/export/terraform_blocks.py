"""The blocks of one managed resource: which sides stand in which block, what is only said, and what comes before what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.engine.plan import same
from services.engine.world import Have
from services.export.hcl import Attribute, Block, Body, Comment, Expr
from services.export.terraform_names import Names, label, main, parameters, takes_owner
from services.export.terraform_rows import Said, Written, family, row
from services.model.calls import Call
from services.model.resource import Facet, Resource, Risk
from services.model.values import Ref, Tree, document, refs

_ITSELF: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "KMS key": {"description": "Description"},
        "KMS alias": {"name": "AliasName"},
        "S3 bucket": {"bucket": "Bucket", "bucket_namespace": "BucketNamespace"},
        "IAM role": {"name": "RoleName", "description": "Description"},
        "CloudTrail trail": {"name": "Name"},
        "CloudWatch log group": {"name": "logGroupName"},
        "Metric filter": {"name": "filterName", "log_group_name": "logGroupName"},
        "Alarm": {"alarm_name": "AlarmName"},
        "SNS topic": {"name": "Name"},
        "SNS subscription": {"topic_arn": "TopicArn", "protocol": "Protocol", "endpoint": "Endpoint"},
    }
)
"""What the block of the resource itself takes from the call that creates it, by family: argument, parameter."""

LONGEST_WAIT = 30
"""Days that KMS waits before it deletes a key: the most it takes, so that a mistake can be seen in time."""

_GATE: Mapping[str, str] = MappingProxyType(
    {
        "S3 bucket": "aws_s3_bucket_policy",
        "IAM role": "aws_iam_role_policy",
        "SNS topic": "aws_sns_topic_policy",
    }
)
"""What must be there before anything else uses a resource of that family."""

_EARLIER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # S3 refuses two changes of a bucket's access at the same time.
        "aws_s3_bucket_policy": ("aws_s3_bucket_public_access_block",),
        "aws_s3_bucket_lifecycle_configuration": ("aws_s3_bucket_versioning",),
        # The lock can never be taken back, so it comes last.
        "aws_s3_bucket_object_lock_configuration": (
            "aws_s3_bucket_versioning",
            "aws_s3_bucket_server_side_encryption_configuration",
            "aws_s3_bucket_policy",
            "aws_s3_bucket_lifecycle_configuration",
            "aws_s3_bucket_logging",
            "aws_s3_bucket_inventory",
            "aws_s3_bucket_notification",
        ),
    }
)
"""Which sides of the same bucket come before a side."""


_RISKS: Mapping[Risk | None, str] = MappingProxyType(
    {
        "cost": "This costs something with every event that is recorded: 'palisade-wizard plan' says how much.",
        "principal": "This changes who may become the role: whoever may now is locked out.",
    }
)
"""What a person should know before the first 'terraform apply'."""


@dataclass(frozen=True)
class Part:
    """A block of a resource: its type, what it holds, the addresses of the facets in it, and what it must wait for.

    `reads` is the call that reads its first facet; `says` is what the block is for.
    """

    type: str
    body: Body
    addresses: tuple[str, ...]
    says: str
    reads: Call | None
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parts:
    """The blocks of a resource, itself first, and sentences on what no block holds."""

    blocks: tuple[Part, ...]
    said: tuple[str, ...]


def parts(names: Names, resource: Resource) -> Parts:
    """All of a managed resource."""
    itself = main(resource)
    bodies: dict[str, list[tuple[Facet, Body]]] = {itself: []}
    said: list[str] = []
    for facet in _tags_last(names.subject.facets(resource)):
        target = names.subject.target(resource, facet)
        match row(resource, facet):
            case Written(kind, body):
                found = body(names.linked(target, resource, kind))
                if found:
                    bodies.setdefault(kind, []).append((facet, found))
                else:
                    said.append(f"{facet.name}: {facet.says}. There is nothing to set.")
            case Said(why):
                said.append(f"{facet.name}: {facet.says}. {why}")
        said += _heeded(names, resource, facet, target)
    blocks = [_part(names, resource, kind, held) for kind, held in bodies.items()]
    return Parts(tuple(_ordered(names, resource, blocks)), tuple(said))


def _tags_last(facets: tuple[Facet, ...]) -> Iterator[Facet]:
    yield from (facet for facet in facets if facet.name != "tags")
    yield from (facet for facet in facets if facet.name == "tags")


def _heeded(names: Names, resource: Resource, facet: Facet, target: Tree) -> Iterator[str]:
    """What a person should know of a facet: why the thing does not fit, or what only they can do."""
    side = names.subject.world.sides.get(f"{resource.name}.{facet.name}")
    have = side.value if isinstance(side, Have) else None
    if facet.document and have is not None:
        have = document(have)
    problem = facet.refuse(have, target) if isinstance(side, Have) else None
    if problem is not None:
        yield f"{facet.name}: it does not fit. {' '.join((problem.summary, *problem.remedy))}"
    remark = facet.remark(have, target)
    if remark is not None:
        yield f"{facet.name}: {remark.text}"
    risk = None if same(facet, have, target) else facet.risk(have, target)
    if risk in _RISKS:
        yield f"{facet.name}: {_RISKS[risk]}"


def _part(names: Names, resource: Resource, kind: str, held: list[tuple[Facet, Body]]) -> Part:
    body: list[Attribute | Block | Comment] = [*_named(names, resource, kind, held)]
    for facet, found in held:
        if kind == main(resource):
            body.append(Comment(f"{facet.name}: {facet.says}."))
        body += found
    return Part(
        kind,
        tuple(body),
        tuple(f"{resource.name}.{facet.name}" for facet, _ in held),
        "; ".join(f"{resource.name}.{facet.name}: {facet.says}" for facet, _ in held) + ".",
        held[0][0].read if held else None,
    )


def _named(
    names: Names, resource: Resource, kind: str, held: list[tuple[Facet, Body]]
) -> Iterator[Attribute]:
    """The arguments that say which thing the block is about."""
    params = parameters(resource)
    if kind == main(resource):
        for argument, parameter in _ITSELF[family(resource)].items():
            if parameter == "TopicArn" and names.resource("topic") is not None:
                yield Attribute(argument, Ref("topic"))
            elif parameter in params:
                yield Attribute(argument, params[parameter])
        if kind == "aws_kms_key":
            yield Attribute("deletion_window_in_days", LONGEST_WAIT)
    elif kind == "aws_iam_role_policy":
        yield Attribute("name", held[0][0].read.params["PolicyName"])
        yield Attribute("role", Expr(f"{main(resource)}.{label(resource)}.name"))
    elif kind == "aws_sns_topic_policy":
        yield Attribute("arn", Ref(resource.name))
    else:
        yield Attribute("bucket", Ref(resource.name, "id"))
        if takes_owner(kind):
            yield Attribute("expected_bucket_owner", names.subject.account)


def _ordered(names: Names, resource: Resource, blocks: list[Part]) -> Iterator[Part]:
    """The blocks with what each must wait for and does not refer to."""
    there = {part.type for part in blocks}
    referred = {part.type: {ref.resource for ref in _refs(part.body)} for part in blocks}
    for part in blocks:
        waits = [names.resource(name) for name in sorted(referred[part.type])]
        found = [f"{kind}.{label(resource)}" for kind in _EARLIER.get(part.type, ()) if kind in there]
        found += [
            f"{_GATE[family(other)]}.{label(other)}"
            for other in waits
            if other is not None and other is not resource and family(other) in _GATE
        ]
        if part.type == main(resource):
            for other in map(names.resource, sorted(resource.after)):
                if other is not None:
                    found.append(f"{_GATE.get(family(other), main(other))}.{label(other)}")
        yield Part(part.type, part.body, part.addresses, part.says, part.reads, tuple(dict.fromkeys(found)))


def _refs(body: Body) -> Iterator[Ref]:
    for part in body:
        match part:
            case Attribute(_, Expr()) | Comment():
                continue
            case Attribute(_, value):
                yield from refs(value)  # type: ignore[arg-type]
            case Block(_, _, inner):
                yield from _refs(inner)
