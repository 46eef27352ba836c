"""Checks of the bucket's policy: whom it lets in, and which uploads it refuses (the table of docs/policies.md)."""

from __future__ import annotations

from collections.abc import Mapping

from services.doctor.bucket import s3api
from services.doctor.facts import Facts
from services.doctor.judging import Rule, Verdict, bad, doubtful, remedy, well
from services.doctor.looker import mapping
from services.doctor.reading import denied, outsiders
from services.model import policies

_SSE, _KEY, _SSE_C = (name.lower() for name in (policies.SSE, policies.SSE_KEY, policies.SSE_C))
_TLS = {"aws:securetransport": "true", "s3:tlsversion": "1.3"}
_REVIEW = "Have whoever made the policy remove these statements: a backup bucket needs no Allow at all."


def _policy(facts: Facts) -> object:
    found = facts.of("bucket.policy")
    return None if found is None else mapping(found).get("Policy")


def _refuses(facts: Facts, action: str, context: Mapping[str, str], *, whole: bool = False) -> bool | None:
    """Whether the policy denies a request on a file (or on the bucket as a whole)."""
    policy = _policy(facts)
    resource = facts.subject.bucket_arn if whole else f"{facts.subject.bucket_arn}/key/recovery_shard-0.txt"
    return False if policy is None else denied(policy, action, resource, context)  # type: ignore[arg-type]


def _let_through(facts: Facts, uploads: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Which of these uploads the policy does not refuse."""
    return [
        name
        for name, headers in uploads.items()
        if _refuses(facts, "s3:PutObject", {**_TLS, **headers}) is not True
    ]


def _mend(facts: Facts) -> str:
    how = "put-bucket-policy --policy file://policy.json  (the statements are in docs/policies.md)"
    return s3api(facts, how)


def _public(facts: Facts) -> Verdict:
    status = mapping(mapping(facts.of("bucket.policy-status")).get("PolicyStatus"))
    if status.get("IsPublic"):
        return bad(
            "AWS says that the bucket's policy makes it public.", remedy(facts, _REVIEW, managed=False)
        )
    return well("AWS says that no policy makes the bucket public.")


def _foreign(facts: Facts) -> Verdict:
    policy = _policy(facts)
    found = () if policy is None else outsiders(policy, facts.account)  # type: ignore[arg-type]
    if found:
        return bad(f"The bucket's policy lets in {', '.join(found)}.", remedy(facts, _REVIEW, managed=False))
    return well("The bucket's policy lets in nobody outside this account.")


def _tls(facts: Facts) -> Verdict:
    plain = {"aws:securetransport": "false"}
    open_ = [a for a in ("s3:PutObject", "s3:GetObject") if _refuses(facts, a, plain) is not True]
    if _refuses(facts, "s3:ListBucket", plain, whole=True) is not True:
        open_.append("s3:ListBucket")
    if open_:
        return bad(f"The policy does not refuse requests without TLS: {', '.join(open_)}.", _mend(facts))
    return well("The policy refuses every request without TLS.")


def _tls_version(facts: Facts) -> Verdict:
    old = {"aws:securetransport": "true", "s3:tlsversion": "1.1"}
    open_ = [a for a in ("s3:PutObject", "s3:GetObject") if _refuses(facts, a, old) is not True]
    if open_:
        return bad(f"The policy does not refuse TLS older than 1.2: {', '.join(open_)}.", _mend(facts))
    return well("The policy refuses TLS older than 1.2.")


def _other_encryption(facts: Facts) -> Verdict:
    key = str(facts.key_arn)
    uploads: dict[str, dict[str, str]] = {
        "SSE-S3 (AES256)": {_SSE: "AES256"},
        "aws:kms without a key": {_SSE: "aws:kms"},
        "dual-layer encryption (aws:kms:dsse)": {_SSE: "aws:kms:dsse", _KEY: key},
    }
    open_ = _let_through(facts, uploads)
    if open_:
        return bad(f"The policy lets uploads choose another encryption: {', '.join(open_)}.", _mend(facts))
    return well("The policy refuses uploads that ask for another encryption.")


def _other_key(facts: Facts) -> Verdict:
    foreign = f"arn:{facts.subject.partition}:kms:{facts.subject.region}:000000000000:key/another"
    uploads: dict[str, dict[str, str]] = {
        "a foreign key": {_SSE: "aws:kms", _KEY: foreign},
        "a foreign key's header alone": {_KEY: foreign},
    }
    open_ = _let_through(facts, uploads)
    if open_:
        return bad(
            f"The policy lets uploads name another key: {', '.join(open_)}. Such a backup is its owner's to open.",
            _mend(facts),
        )
    return well("The policy refuses uploads that name another key.")


def _customer_keys(facts: Facts) -> Verdict:
    if _let_through(facts, {"SSE-C": {_SSE_C: "AES256"}}):
        return bad(
            "The policy lets uploads bring a key of their own (SSE-C), which AWS does not keep.", _mend(facts)
        )
    return well("The policy refuses uploads that bring a key of their own (SSE-C).")


def _accepts(facts: Facts) -> Verdict:
    key = facts.key_arn
    named = {} if key is None else {_SSE: "aws:kms", _KEY: key}
    with_key = _refuses(facts, "s3:PutObject", {**_TLS, **named})
    plain = _refuses(facts, "s3:PutObject", _TLS)
    if with_key is True:
        return bad(
            "The policy refuses even an upload over TLS that names the right key: no backup can arrive.",
            _mend(facts),
        )
    if with_key is None or plain is None:
        return doubtful(
            "A statement of the policy may refuse correct uploads; its conditions cannot be judged here.",
            "Create a wallet in sandbox and see whether its backup arrives: “palisade-wizard verify --config S”.",
        )
    if plain is True:
        return well("An upload that names the key is accepted; one without encryption headers is not.")
    return well("Correct uploads are accepted, with and without encryption headers.")


RULES: tuple[Rule, ...] = (
    Rule(
        "config.bucket.policy-public", "Bucket policy: does not make the bucket public", "critical",
        ("S3.2", "S3.3", "s3_bucket_public_access", "s3_bucket_policy_public_write_access"), _public,
    ),
    Rule(
        "config.bucket.policy-foreign", "Bucket policy: lets in nobody outside the account", "high",
        ("S3.6", "s3_bucket_cross_account_access"), _foreign,
    ),
    Rule(
        "config.bucket.policy-tls", "Bucket policy: accepts TLS only", "high",
        ("S3.5", "s3_bucket_secure_transport_policy"), _tls,
    ),
    Rule("config.bucket.policy-tls-version", "Bucket policy: accepts TLS 1.2 or newer only", "medium", (), _tls_version),
    Rule(
        "config.bucket.policy-encryption", "Bucket policy: refuses uploads with another encryption", "high",
        ("S3.17",), _other_encryption,
    ),
    Rule("config.bucket.policy-key", "Bucket policy: refuses uploads with another key", "high", ("S3.17",), _other_key),
    Rule(
        "config.bucket.policy-customer-keys", "Bucket policy: refuses keys that the writer brings (SSE-C)", "medium", (),
        _customer_keys,
    ),
    Rule("config.bucket.policy-accepts", "Bucket policy: lets correct uploads in", "high", (), _accepts),
)  # fmt: skip
