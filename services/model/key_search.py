"""How a KMS key of a set-up is found again without its alias, and what is said of one too many.

`CreateKey` takes no token that would make it happen once, and nobody is asked before: two computers that set up the same
thing at the same moment make two keys, and an alias can lead to only one of them.
"""

from __future__ import annotations

from functools import partial

from services.model import tags
from services.model.calls import Call
from services.model.place import parse_arn
from services.model.resource import Remark, Search
from services.problems import Problem

ABSENT = frozenset({"NotFoundException"})
OUTPUTS = {"arn": "KeyMetadata.Arn", "id": "KeyMetadata.KeyId"}


def owner_outputs() -> dict[str, str]:
    """Whose a key is, by its tags."""
    return tags.owner_outputs("Tags", "TagKey", "TagValue")


def key_search(setup: str, resource: str, alias: str, region: str = "") -> Search:
    """Looks for the key that a set-up calls `resource`; `region` if it is another than the set-up's."""
    look = {**OUTPUTS, "deletion": "KeyMetadata.DeletionDate"}
    return Search(
        list=Call("kms", "ListKeys", {}, {"ids": "Keys[].KeyId"}, region=region),
        tags=lambda i: Call("kms", "ListResourceTags", {"KeyId": i}, owner_outputs(), ABSENT, region=region),
        look=lambda i: Call("kms", "DescribeKey", {"KeyId": i}, look, ABSENT, region=region),
        named=Call("kms", "ListAliases", {}, {"ids": "Aliases[].TargetKeyId"}, region=region),
        ours=(setup, resource),
        spare=spare,
        undecided=partial(_undecided, alias),
        outrun=_outrun,
    )


def spare(arn: str) -> Remark:
    """What is to be thought of a key that bears the tags of a set-up's own, and that no alias names."""
    return Remark(
        f"Another KMS key carries this set-up's tags, no alias names it, and it costs about 1 USD a month: {arn}.",
        f"It is left over, most likely because two computers set up at the same moment. {deleting(arn)}",
    )


def deleting(arn: str) -> str:
    """How a person has a key deleted that nothing needs, and finds out beforehand; whole sentences."""
    found = parse_arn(arn)
    region = f" --region {found.region}" if found is not None else ""
    return (
        "If nothing was ever encrypted with it ('aws cloudtrail lookup-events --lookup-attributes "
        f"AttributeKey=ResourceName,AttributeValue={arn}{region}' lists its uses of 90 days), have it deleted with "
        f"'aws kms schedule-key-deletion --key-id {arn} --pending-window-in-days 30{region}'; until then "
        "'aws kms cancel-key-deletion' takes it back."
    )


def _undecided(alias: str, arns: tuple[str, ...]) -> Problem:
    command = f"aws kms create-alias --alias-name {alias} --target-key-id KEY-ARN"
    bucket = "aws s3api get-bucket-encryption"
    return Problem(
        "unfit",
        f"{len(arns)} KMS keys carry this set-up's tags, and no alias says which of them is the one: {' and '.join(arns)}.",
        (
            "If another computer is at work on this set-up, wait until it has ended, then run the command again.",
            f"Else name the one that the bucket has ('{bucket}' tells), or either if there is no bucket: '{command}'.",
        ),
    )


def _outrun(arn: str) -> Problem:
    return Problem(
        "stale",
        "Another computer set up the same thing at the same moment and its KMS key has the alias now, so the key that this "
        f"run made is left over, and nothing uses it: {arn}.",
        (
            "Run the same command again: it goes on with the key that has the alias.",
            f"The one that is left over costs about 1 USD a month. {deleting(arn)}",
        ),
    )
