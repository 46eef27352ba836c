"""Policy documents: those that a backup path needs, one spelling to compare them in, and merging without loss.

The forms and what they allow and deny were judged by three independent evaluators; see docs/policies.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from services.model.values import Json, Tree, bare, document, entries, items

OURS = "PalisadeWizard"
"""Every statement that this program writes has a Sid that begins so."""

VERSION = "2012-10-17"

SSE = "s3:x-amz-server-side-encryption"
SSE_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
SSE_C = "s3:x-amz-server-side-encryption-customer-algorithm"


def _policy(*statements: Mapping[str, Tree]) -> Json:
    return Json({"Version": VERSION, "Statement": list(statements)})


def key_policy(partition: str, account: str) -> Json:
    """The root-delegation statement alone: the account's own IAM policies decide who may use the key."""
    return _policy(
        {
            "Sid": f"{OURS}Delegation",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    )


def tls_only(bucket_arn: str) -> tuple[Mapping[str, Tree], ...]:
    """Statements for a bucket's policy that deny whatever comes without TLS, or with an old one."""

    def deny(name: str, condition: Mapping[str, Tree]) -> Mapping[str, Tree]:
        return {
            "Sid": OURS + name,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": condition,
        }

    return (
        deny("TlsOnly", {"Bool": {"aws:SecureTransport": "false"}}),
        deny("Tls12", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    )


def bucket_policy(bucket_arn: str, key_arn: Tree, *, strict: bool) -> Json:
    """Only TLS 1.2 or newer, only this key. Tolerant: an upload without headers gets the bucket's default."""

    def deny(name: str, condition: Mapping[str, Tree]) -> Mapping[str, Tree]:
        return {
            "Sid": OURS + name,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/*",
            "Condition": condition,
        }

    statements = [
        *tls_only(bucket_arn),
        deny("OnlyKms", {"Null": {SSE: "false"}, "StringNotEquals": {SSE: "aws:kms"}}),
        deny("KmsNeedsOurKey", {"Null": {SSE: "false"}, "StringNotEquals": {SSE_KEY: key_arn}}),
        deny("OnlyOurKey", {"Null": {SSE_KEY: "false"}, "StringNotEquals": {SSE_KEY: key_arn}}),
        deny("NoCustomerKeys", {"Null": {SSE_C: "false"}}),
    ]
    if strict:
        statements += [
            deny("NeedsKmsHeader", {"Null": {SSE: "true"}}),
            deny("NeedsKeyHeader", {"Null": {SSE_KEY: "true"}}),
        ]
    return _policy(*statements)


def trust_policy(principal_arn: str, external_id: str, extra: Sequence[str] = ()) -> Json:
    """Who may assume the role: the given principal, and only with the external ID."""
    sessions = [action for action in extra if action.startswith("sts:")]
    return _policy(
        {
            "Sid": f"{OURS}Trust",
            "Effect": "Allow",
            "Principal": {"AWS": principal_arn},
            "Action": ["sts:AssumeRole", *sessions] if sessions else "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
        }
    )


def via_s3(region: str, partition: str) -> list[str]:
    """The `kms:ViaService` values of S3. For China the suffix is unconfirmed, so both spellings are allowed."""
    plain = f"s3.{region}.amazonaws.com"
    return [plain, f"{plain}.cn"] if partition == "aws-cn" else [plain]


ON_BUCKET = frozenset({"s3:GetBucketLocation", "s3:ListBucket"})
"""Extra actions that concern the bucket itself, not its objects."""


def role_policy(
    bucket_arn: str, key_arn: Tree, region: str, partition: str, extra: Sequence[str] = ()
) -> Json:
    """What the role may do: put objects into the bucket, and use the key for that. Nothing else by default."""
    objects = [a for a in extra if a.startswith("s3:") and a not in ON_BUCKET]
    bucket = [a for a in extra if a in ON_BUCKET]
    key = [a for a in extra if a.startswith("kms:")]
    statements: list[Mapping[str, Tree]] = [
        {
            "Sid": f"{OURS}Write",
            "Effect": "Allow",
            "Action": ["s3:PutObject", *objects],
            "Resource": f"{bucket_arn}/*",
        },
        {
            "Sid": f"{OURS}Key",
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey", *key],
            "Resource": key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": via_s3(region, partition)}},
        },
    ]
    if bucket:
        statements.append(
            {"Sid": f"{OURS}Bucket", "Effect": "Allow", "Action": bucket, "Resource": bucket_arn}
        )
    return _policy(*statements)


def normal(policy: Tree) -> Tree:
    """One spelling for policies that mean the same: order, scalar or list, account id or root ARN."""
    if policy is None:
        return None
    content = entries(document(policy))
    statements = [_statement(entries(bare(s))) for s in items(content.get("Statement"))]
    return {
        **{key: value for key, value in content.items() if key != "Statement"},
        "Statement": sorted(statements, key=lambda s: json.dumps(s, sort_keys=True)),
    }


def _statement(statement: Mapping[str, Tree]) -> Mapping[str, Tree]:
    out: dict[str, Tree] = {}
    for key, value in statement.items():
        match key:
            case "Action" | "NotAction" | "Resource" | "NotResource":
                out[key] = _texts(value)
            case "Principal" | "NotPrincipal":
                out[key] = _principals(value)
            case "Condition":
                out[key] = {
                    operator: {_condition_key(name): _texts(v) for name, v in entries(tests).items()}
                    for operator, tests in entries(value).items()
                }
            case _:
                out[key] = value
    return out


def _condition_key(name: str) -> str:
    return name.lower()


def _texts(value: Tree) -> list[str]:
    return sorted({_text(v) for v in items(value)})


def _text(value: Tree) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _principals(value: Tree) -> Mapping[str, Tree]:
    if isinstance(value, str):
        return {"AWS": ["*"]} if value == "*" else {"AWS": [_account_root(value)]}
    return {
        kind: sorted({_account_root(_text(v)) for v in items(names)})
        for kind, names in entries(value).items()
    }


def _account_root(principal: str) -> str:
    parts = principal.split(":")
    if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root":
        return parts[4]
    return principal


def merge(have: Tree, want: Tree) -> Tree:
    """Our statements in place of older ones of ours; every foreign statement, its order and its words stay."""
    if have is None:
        return want
    content = entries(document(have))
    ours = {str(entries(s)["Sid"]): s for s in items(entries(bare(want)).get("Statement"))}
    kept: list[Tree] = []
    for statement in items(content.get("Statement")):
        sid = str(entries(statement).get("Sid", ""))
        if sid in ours:
            kept.append(ours.pop(sid))
        elif not sid.startswith(OURS):
            kept.append(statement)
    return Json({**content, "Statement": [*kept, *ours.values()]})


def without_ours(have: Tree) -> Tree:
    """The policy with the statements of others alone; None if that leaves none."""
    content = entries(document(have)) if have is not None else {}
    kept = [s for s in items(content.get("Statement")) if not str(entries(s).get("Sid", "")).startswith(OURS)]
    return Json({**content, "Statement": kept}) if kept else None


def beyond(have: Tree, want: Tree) -> list[Mapping[str, Tree]]:
    """The foreign statements that say something else than a wanted one; a statement's name does not matter."""
    wanted = [_unnamed(s) for s in items(entries(normal(want)).get("Statement"))]
    found = [entries(s) for s in items(entries(normal(have)).get("Statement"))]
    return [s for s in found if not str(s.get("Sid", "")).startswith(OURS) and _unnamed(s) not in wanted]


def _unnamed(statement: Tree) -> Mapping[str, Tree]:
    return {key: value for key, value in entries(statement).items() if key != "Sid"}


def differing(have: Tree, want: Tree) -> tuple[str, ...]:
    """The names of the statements that are in one of two policies only."""
    left, right = (items(entries(normal(policy)).get("Statement")) for policy in (have, want))
    only = [s for s in left if s not in right] + [s for s in right if s not in left]
    return tuple(sorted({str(entries(s).get("Sid") or "a statement without a Sid") for s in only}))


def delegates(policy: Tree, account: str) -> bool:
    """Whether a key policy gives the account's root `kms:*` without a condition, so that IAM policies count."""
    for statement in items(entries(normal(policy)).get("Statement")):
        s = entries(statement)
        principals = items(entries(s.get("Principal")).get("AWS"))
        if (
            s.get("Effect") == "Allow"
            and account in principals
            and "kms:*" in items(s.get("Action"))
            and not s.get("Condition")
        ):
            return True
    return False


def principals(policy: Tree) -> tuple[str, ...]:
    """Whom a trust policy allows, one entry each, with account ids as root ARNs are compared."""
    found: set[str] = set()
    for statement in items(entries(normal(policy)).get("Statement")):
        s = entries(statement)
        if s.get("Effect") == "Allow":
            for names in entries(s.get("Principal")).values():
                found.update(str(name) for name in items(names))
    return tuple(sorted(found))


def text(tree: Tree) -> str:
    """A document or statement as readable JSON."""
    return json.dumps(bare(tree), indent=2, ensure_ascii=False)


def line(tree: Tree) -> str:
    """A document or statement as JSON in one line, as a remedy has it: it can be copied whole."""
    return json.dumps(bare(tree), ensure_ascii=False)


def words(policy: Tree) -> str:
    """A policy in one line: how many statements, and their Sids."""
    if policy is None:
        return "no policy"
    sids = [
        str(entries(s).get("Sid") or "unnamed") for s in items(entries(document(policy)).get("Statement"))
    ]
    return f"{len(sids)} statement{'' if len(sids) == 1 else 's'}: {', '.join(sids)}"


def external_ids(policy: Tree) -> tuple[str, ...]:
    """The external IDs that every Allow statement of a trust policy asks for; none if one asks for none."""
    found: set[str] = set()
    for statement in items(entries(normal(policy)).get("Statement")):
        s = entries(statement)
        if s.get("Effect") != "Allow":
            continue
        asked = items(entries(entries(s.get("Condition")).get("StringEquals")).get("sts:externalid"))
        if not asked:
            return ()
        found.update(str(value) for value in asked)
    return tuple(sorted(found))
