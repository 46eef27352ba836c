"""Versioning and MFA Delete: that old versions are kept, and who can delete one for good.

MFA Delete is a switch of versioning that only the account's root user can turn, with a code of its device, so this
program never turns it: it says how it stands, prints the command, and stays away from versioning where it is on.
"""

from __future__ import annotations

from services.model.bucket_sides import Site
from services.model.resource import Facet, Remark
from services.model.values import Tree, entries
from services.problems import Problem

_BOTH = "{Status: Status, MFADelete: MFADelete}"


def versioning(site: Site, *, without_rules: str = "") -> Facet:
    """Old versions are kept. Where lifecycle rules are wanted, `without_rules` says how to do without them: MFA Delete
    excludes them.
    """

    def second_factor(have: Tree, _target: Tree) -> Problem | None:
        if entries(have).get("MFADelete") != "Enabled":
            return None
        if entries(have).get("Status") != "Enabled":
            return Problem(
                "unfit",
                f"Versioning of the bucket {site.name} is suspended and MFA Delete is on, so only the root user can "
                "turn versioning on again.",
                (f"Have root run “{_command(site)}”.", f"Or choose another bucket under {site.answer}."),
            )
        if without_rules:
            return Problem(
                "unfit",
                f"MFA Delete is on for the bucket {site.name}, and S3 takes no lifecycle rules then.",
                (without_rules, "Or have root turn MFA Delete off; this program never does."),
            )
        return None

    return Facet(
        name="versioning",
        says="keeps old versions",
        want={"Status": "Enabled"},
        read=site.get("GetBucketVersioning", _BOTH),
        write=lambda _have, target: site.put("PutBucketVersioning", VersioningConfiguration=target),
        normal=lambda value: entries(value).get("Status"),
        words=_words,
        refuse=second_factor,
    )


def _words(value: Tree) -> str:
    kept = "keeps old versions" if entries(value).get("Status") == "Enabled" else "does not keep old versions"
    factor = entries(value).get("MFADelete") == "Enabled"
    return f"{kept}; MFA Delete is on" if factor else kept


def mfa_delete(site: Site) -> Facet:
    """That MFA Delete is planned: whatever it is now is left so, and while it is off the command for root is noted."""

    def remark(have: Tree, _target: Tree) -> Remark | None:
        if have == "Enabled":
            return None
        return Remark(
            f"MFA Delete is planned for the bucket {site.name} and is not on.",
            "Only the root user can turn it on, "
            f"signed in with an access key of root and holding its device: “{_command(site)}”. Delete that access key "
            "afterwards.",
        )

    return Facet(
        name="mfa-delete",
        says="takes the root user's second factor before a version is deleted for good",
        want="Enabled",
        read=site.get("GetBucketVersioning", "MFADelete"),
        write=None,
        # What is there is the target, so there is never a step, and never a blocked one.
        merge=lambda have, _want: have,
        remark=remark,
        words=lambda value: "MFA Delete is on" if value == "Enabled" else "MFA Delete is off",
    )


def _command(site: Site) -> str:
    device = f"arn:{site.place.partition}:iam::{site.place.account}:mfa/DEVICE"
    return (
        f"aws s3api put-bucket-versioning --bucket {site.name} --expected-bucket-owner {site.place.account} "
        f'--region {site.place.region} --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa "{device} CODE"'
    )
