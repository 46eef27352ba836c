"""The blueprint as one Terraform file: what is there already is imported, what is somebody else's is only named.

Policies come from the facets' own documents; `terraform_rows` says which block holds which side of a resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from services.engine.world import Have
from services.export import hcl
from services.export.hcl import Attribute, Block, Body, Comment, Expr, note
from services.export.subject import Subject
from services.export.terraform_blocks import Part, parts
from services.export.terraform_names import Names, import_id, label, main, standing
from services.export.terraform_theirs import theirs
from services.model.resource import Resource
from services.model.values import Ref

PROVIDER = "~> 6.37"
"""The versions of the provider whose names these are: 6.37 is the first that knows the namespace of a bucket."""

_NEEDS = ">= 1.5"
"""Terraform's first version with blocks that import."""

_KEPT: Mapping[str, str] = MappingProxyType(
    {
        "aws_kms_key": "Without its key nothing that it encrypts can ever be read again",
        "aws_s3_bucket": "It holds what cannot be made again",
        "aws_cloudwatch_log_group": "It holds the evidence of who did what",
    }
)
"""Why Terraform must not destroy it."""


def text(subject: Subject) -> str:
    """The file."""
    names = Names(subject)
    body: list[Attribute | Block | Comment] = [*_head(subject)]
    for resource in subject.blueprint:
        if standing(subject, resource) == "theirs":
            body += theirs(subject, resource)
        else:
            body += _resource(names, resource)
    return hcl.document((*body, *_outputs(subject)), names.resolve)


def _head(subject: Subject) -> Iterator[Block | Comment]:
    answers, place = subject.setup.answers, subject.place
    yield note(
        f"The set-up {answers.text('setup.name')} ({answers.text('setup.environment')}) for backups of Palisade wallets, in "
        f"account {place.account} and region {place.region}. Written by 'palisade-wizard export' from the very blueprint "
        "that 'palisade-wizard apply' carries out.",
        "",
        "This file and Terraform's state hold the external ID, which is confidential. Keep the state where only those may "
        "read it who administer the backups, and not in the bucket of the backups.",
        "",
        "What is there already is imported by the first 'terraform apply'. Read 'terraform plan' before it: nothing may be "
        "destroyed or replaced. Afterwards 'palisade-wizard plan' shows no differences, and 'palisade-wizard verify' proves "
        "the path. Change the answers rather than this file, and export it anew.",
        "",
        "'expected_bucket_owner' stands wherever the provider takes it, so that a bucket that came into other hands is never "
        "written to. Version 6 of the provider warns that version 7 will not take it any more.",
    )
    provider = Block(
        "required_providers",
        (),
        (Attribute("aws", {"source": "hashicorp/aws", "version": PROVIDER}),),
    )
    yield Block("terraform", (), (Attribute("required_version", _NEEDS), provider))
    yield Comment("Another account than that of the set-up is refused.")
    yield Block(
        "provider",
        ("aws",),
        (Attribute("region", place.region), Attribute("allowed_account_ids", [place.account])),
    )


def _resource(names: Names, resource: Resource) -> Iterator[Block | Comment]:
    """All blocks of a managed resource, the resource itself first."""
    found = parts(names, resource)
    yield note(f"{resource.title}: {resource.says}.", *found.said)
    yield from _imported(names, resource, found.blocks)
    for part in found.blocks:
        if part.type != main(resource):
            yield note(part.says)
        yield Block("resource", (part.type, label(resource)), (*part.body, *_kept(part), *_after(part)))


def _kept(part: Part) -> Body:
    if part.type not in _KEPT:
        return ()
    why = f"{_KEPT[part.type]}: to delete it on purpose, take this line away first."
    return (Block("lifecycle", (), (Comment(why), Attribute("prevent_destroy", True))),)


def _after(part: Part) -> Body:
    return (Attribute("depends_on", [Expr(address) for address in part.after]),) if part.after else ()


def _imported(names: Names, resource: Resource, blocks: tuple[Part, ...]) -> Iterator[Block]:
    """Blocks that import what is there; what AWS has no setting of yet is made instead."""
    subject = names.subject
    if standing(subject, resource) != "ours":
        return
    for part in blocks:
        if part.type != main(resource) and not any(_there(subject, address) for address in part.addresses):
            continue
        found = import_id(part.type, resource, subject.world, subject.account, part.reads)
        if found:
            to = Expr(f"{part.type}.{label(resource)}")
            yield Block("import", (), (Attribute("to", to), Attribute("id", found)))


def _there(subject: Subject, address: str) -> bool:
    match subject.world.sides.get(address):
        case Have(dict() as members):
            return any(value is not None for value in members.values())
        case Have(value):
            return value is not None
        case _:
            return False


def _outputs(subject: Subject) -> Iterator[Block | Comment]:
    """The values for Palisade's form. The recovery public keys are files, which Terraform has no part in."""
    answers = subject.setup.answers
    yield note(
        "The values for Palisade's Create kit form (Settings > Backup & Recovery > Create kit), beside the recovery public "
        "key. A kit can never be edited: compare every value. 'terraform output external_id' shows the one that is hidden."
    )
    for name, value in (
        ("kit_name", answers.text("palisade.kit_name")),
        ("bucket", answers.text("storage.bucket")),
        ("role_arn", Ref("role")),
        ("region", answers.text("aws.region")),
        ("kms_key_arn", Ref("key")),
    ):
        yield Block("output", (name,), (Attribute("value", value),))
    secret = (Attribute("value", answers.text("palisade.external_id")), Attribute("sensitive", True))
    yield Block("output", ("external_id",), secret)
