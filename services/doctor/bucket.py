"""Checks of the backup bucket itself: whose it is, who gets in, how it encrypts, what it keeps."""

from __future__ import annotations

from services.doctor.facts import Facts
from services.doctor.judging import Rule, Verdict, bad, doubtful, lacking, left_out, remedy, well
from services.doctor.looker import mapping
from services.own_command import on_setup

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ALL_ON = ",".join(f"{name}=true" for name in _BLOCKS)


def s3api(facts: Facts, command: str, *, managed: bool = True, answer: str = "") -> str:
    """The remedy that is one call on the backup bucket."""
    verb, _, rest = command.partition(" ")
    line = f"aws s3api {verb} --bucket {facts.subject.bucket} {rest}".rstrip()
    return remedy(facts, line, managed=managed, answer=answer)


def _exists(facts: Facts) -> Verdict:
    name, account = facts.subject.bucket, facts.account
    if facts.of("bucket") is None:
        how = "Compare the name letter by letter with the one in Palisade's kit."
        return bad(f"There is no bucket {name} in account {account}.", remedy(facts, how))
    return well(f"S3 bucket {name} belongs to account {account}.")


def _region(facts: Facts) -> Verdict:
    found = facts.of("bucket")
    region = str(mapping(found).get("region") or "")
    wanted = facts.subject.answer("aws.region")
    if not region:
        return left_out("AWS does not report the bucket's region.")
    if wanted and region != wanted:
        return bad(
            f"The bucket is in {region}, and the set-up says {wanted}.",
            f"Set aws.region to {region}, and compare the region in Palisade's kit: a kit can never be edited.",
        )
    return well(f"The bucket is in {region}.")


def _public_access(facts: Facts) -> Verdict:
    found = mapping(mapping(facts.of("bucket.public-access")).get("PublicAccessBlockConfiguration"))
    off = [name for name in _BLOCKS if found.get(name) is not True]
    if off:
        how = f"put-public-access-block --public-access-block-configuration {_ALL_ON}"
        return bad(f"Not every block is on: {', '.join(off)}.", s3api(facts, how))
    return well("All four public access blocks are on.")


def _ownership(facts: Facts) -> Verdict:
    rules = mapping(mapping(facts.of("bucket.ownership")).get("OwnershipControls")).get("Rules") or []
    found = str(rules[0].get("ObjectOwnership")) if rules else "not set"
    if found == "BucketOwnerEnforced":
        return well("The bucket owns every file in it; access lists are off.")
    how = "put-bucket-ownership-controls --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'"
    return bad(f"Access lists count, because the object ownership is {found}.", s3api(facts, how))


def _acl(facts: Facts) -> Verdict:
    found = facts.of("bucket.acl")
    owner = mapping(mapping(found).get("Owner")).get("ID")
    grants = [mapping(grant) for grant in mapping(found).get("Grants") or []]
    grantees = [mapping(grant.get("Grantee")) for grant in grants]
    foreign = [
        str(g.get("URI") or g.get("ID") or g.get("EmailAddress")) for g in grantees if g.get("ID") != owner
    ]
    if foreign:
        how = "put-bucket-acl --acl private"
        return bad(
            f"The bucket's access list lets in {', '.join(foreign)}.", s3api(facts, how, managed=False)
        )
    return well("The bucket's access list names its owner alone.")


def _encryption(facts: Facts) -> Verdict:
    default = mapping(_rule(facts).get("ApplyServerSideEncryptionByDefault"))
    algorithm, key = default.get("SSEAlgorithm"), str(default.get("KMSMasterKeyID") or "")
    wanted = facts.subject.key or "KEY-ARN"
    how = (
        "put-bucket-encryption --server-side-encryption-configuration '{\"Rules\":[{\"BucketKeyEnabled\":true,"
        f"\"ApplyServerSideEncryptionByDefault\":{{\"SSEAlgorithm\":\"aws:kms\",\"KMSMasterKeyID\":\"{wanted}\"}}}}]}}'"
    )  # fmt: skip
    if algorithm not in {"aws:kms", "aws:kms:dsse"}:
        return bad(
            f"The default is {algorithm or 'not set'}, not SSE-KMS with a key of yours.", s3api(facts, how)
        )
    if not key or key.endswith("alias/aws/s3"):
        return bad(
            "The default is SSE-KMS with the AWS-managed key aws/s3, whose policy nobody can limit.",
            s3api(facts, how),
        )
    if not key.startswith("arn:") or ":key/" not in key:
        return doubtful(
            f"The default names the key as {key}. An alias can be moved to another key, and a bare ID is looked up in "
            "the account of whoever writes: only the ARN always means this key.",
            s3api(facts, how),
        )
    if facts.subject.key and key != facts.key_arn:
        return bad(
            f"The default is another key, {key}, and not {facts.key_arn or facts.subject.key}.",
            s3api(facts, how),
        )
    if algorithm == "aws:kms:dsse":
        return doubtful(
            f"The default is dual-layer encryption (aws:kms:dsse) with {key}: a policy that accepts only aws:kms "
            "denies uploads that ask for it.",
            s3api(facts, how),
        )
    return well(f"The default is aws:kms with {key}.")


def _rule(facts: Facts) -> dict[str, object]:
    found = mapping(mapping(facts.of("bucket.encryption")).get("ServerSideEncryptionConfiguration"))
    rules = found.get("Rules") or [{}]
    return dict(rules[0])


def _bucket_key(facts: Facts) -> Verdict:
    if _rule(facts).get("BucketKeyEnabled") is True:
        return well("The bucket key is on.")
    return doubtful(
        "The bucket key is off: every upload makes a request to KMS, which costs money and counts against a quota.",
        s3api(
            facts,
            "get-bucket-encryption  (set BucketKeyEnabled to true, then “aws s3api put-bucket-encryption”)",
        ),
    )


def _blocked(facts: Facts) -> Verdict:
    found = mapping(_rule(facts).get("BlockedEncryptionTypes")).get("EncryptionType")
    if found is None:
        return well(
            "AWS does not report which encryption types the bucket blocks; the policy is what counts."
        )
    return well(f"The bucket blocks the encryption types {', '.join(map(str, found)) or 'none'}.")


def _versioning(facts: Facts) -> Verdict:
    status = mapping(facts.of("bucket.versioning")).get("Status")
    if status == "Enabled":
        return well("Versioning is on: overwriting or deleting a backup keeps the old version.")
    how = "put-bucket-versioning --versioning-configuration Status=Enabled"
    said = "suspended" if status == "Suspended" else "off"
    return bad(f"Versioning is {said}: overwriting a backup loses it.", s3api(facts, how))


def _mfa_delete(facts: Facts) -> Verdict:
    found = mapping(facts.of("bucket.versioning"))
    if found.get("MFADelete") == "Enabled":
        return well("MFA Delete is on: removing a version needs the root user's second factor.")
    if facts.of("bucket.lifecycle") is not None:
        return left_out(
            "MFA Delete is off. It and lifecycle rules exclude each other, and this bucket has lifecycle rules."
        )
    how = (
        f"As root, with the MFA device: “aws s3api put-bucket-versioning --bucket {facts.subject.bucket} "
        "--versioning-configuration Status=Enabled,MFADelete=Enabled --mfa 'DEVICE-ARN CODE'”. It excludes lifecycle "
        "rules: choose one of the two."
    )
    return doubtful("MFA Delete is off, and so are lifecycle rules.", how)


def object_lock(facts: Facts) -> tuple[str, str, int]:
    """Whether Object Lock is on (`Enabled`), the default mode, and the default days; empty and 0 where there are none."""
    found = mapping(mapping(facts.of("bucket.object-lock")).get("ObjectLockConfiguration"))
    default = mapping(mapping(found.get("Rule")).get("DefaultRetention"))
    days = int(default.get("Days") or 0) or 365 * int(default.get("Years") or 0)
    return str(found.get("ObjectLockEnabled") or ""), str(default.get("Mode") or ""), days


_COMPLIANCE = (
    "put-object-lock-configuration --object-lock-configuration 'ObjectLockEnabled=Enabled,Rule={DefaultRetention="
    "{Mode=COMPLIANCE,Days=365}}'  (it can never be turned off again; try an upload in sandbox first)"
)


def _stricter(facts: Facts) -> str:
    """The way to compliance mode: as long as the set-up asks for less, applying it changes nothing."""
    how, setup = s3api(facts, _COMPLIANCE, managed=False), facts.subject.setup
    if setup is None:
        return how
    if facts.subject.answer("storage.object_lock") == "compliance":
        return s3api(facts, _COMPLIANCE)
    asked = on_setup("apply", setup.path)
    return f"{how}  (or set storage.object_lock to compliance in the setup file, then let the set-up do it: “{asked}”)"


def _object_lock(facts: Facts) -> Verdict:
    state, mode, days = object_lock(facts)
    how = s3api(facts, _COMPLIANCE, answer="storage.object_lock")
    if state != "Enabled":
        return lacking(facts, "Object Lock is off: whoever may delete versions can delete backups.", how)
    if not mode or not days:
        return lacking(facts, "Object Lock is on, but new backups get no retention by default.", how)
    if mode == "GOVERNANCE":
        return doubtful(
            f"Object Lock keeps new backups {days} days in governance mode: s3:BypassGovernanceRetention lifts it.",
            _stricter(facts),
        )
    return well(
        f"Object Lock keeps new backups {days} days in compliance mode. Delete markers stay possible."
    )


RULES: tuple[Rule, ...] = (
    Rule("config.bucket.exists", "S3 bucket: it is there and yours", "critical", (), _exists),
    Rule("config.bucket.region", "S3 bucket: is in the set-up's region", "low", (), _region),
    Rule(
        "config.bucket.public-access", "S3 bucket: cannot be made public, in four ways", "critical",
        ("S3.1", "S3.8", "s3_bucket_level_public_access_block"), _public_access,
    ),
    Rule(
        "config.bucket.ownership", "S3 bucket: owns every file in it; access lists are off", "medium",
        ("S3.12", "s3_bucket_acl_prohibited"), _ownership,
    ),
    Rule("config.bucket.acl", "S3 bucket: its access list lets nobody else in", "high", ("S3.12",), _acl),
    Rule(
        "config.bucket.encryption", "S3 bucket: encrypts with a KMS key of yours, named by its ARN", "high",
        ("S3.17", "s3_bucket_default_encryption", "s3_bucket_kms_encryption"), _encryption,
    ),
    Rule("config.bucket.bucket-key", "S3 bucket: uses a bucket key", "low", (), _bucket_key),
    Rule("config.bucket.blocked-encryption", "S3 bucket: which encryption types it blocks", "info", (), _blocked),
    Rule(
        "config.bucket.versioning", "S3 bucket: keeps old versions", "critical",
        ("S3.14", "s3_bucket_object_versioning"), _versioning,
    ),
    Rule(
        "config.bucket.object-lock", "S3 bucket: Object Lock keeps backups from being deleted", "high",
        ("S3.15", "s3_bucket_object_lock"), _object_lock,
    ),
    Rule("config.bucket.mfa-delete", "S3 bucket: deleting versions needs a second factor", "low", ("S3.20", "s3_bucket_no_mfa_delete"), _mfa_delete),
)  # fmt: skip
