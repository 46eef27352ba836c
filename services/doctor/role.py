"""Checks of the role that Palisade assumes: who can become it, and what it can do and must not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.doctor.facts import Facts
from services.doctor.judging import Rule, Verdict, bad, doubtful, left_out, remedy, well
from services.doctor.looker import mapping
from services.doctor.reading import allowed, may
from services.model import policies
from services.model.place import parse_arn
from services.model.values import mask

NEVER = (
    *("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket", "s3:DeleteBucketPolicy"),
    *("s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:BypassGovernanceRetention"),
    *("s3:UpdateObjectEncryption", "s3:PutObjectAcl", "s3:PutBucketPolicy", "s3:PutBucketAcl"),
    *("s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:PutEncryptionConfiguration"),
    *("s3:PutBucketObjectLockConfiguration", "s3:PutReplicationConfiguration", "s3:PutBucketPublicAccessBlock"),
    *("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy", "kms:CreateGrant", "kms:ReEncryptFrom"),
    *("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PassRole"),
    *("sts:AssumeRole", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail"),
)  # fmt: skip
"""What whoever writes backups must never be able to do: lose them, unlock them, or get more rights."""

LONGEST = 3600
"""Seconds of a session that are enough to write a backup."""


def _role(facts: Facts) -> Mapping[str, Any]:
    return mapping(mapping(facts.of("role")).get("Role"))


def _iam(facts: Facts, command: str, *, managed: bool = True, answer: str = "") -> str:
    verb, _, rest = command.partition(" ")
    line = f"aws iam {verb} --role-name {facts.subject.role} {rest}".rstrip()
    return remedy(facts, line, managed=managed, answer=answer)


def _exists(facts: Facts) -> Verdict:
    found = _role(facts)
    if not found:
        how = "Compare the name with the one in Palisade's kit: without it no backup is written."
        return bad(f"There is no role {facts.subject.role} in account {facts.account}.", remedy(facts, how))
    return well(f"{found.get('Arn')}.")


def _gone(facts: Facts) -> Verdict:
    return left_out(f"There is no role {facts.subject.role} to look at.")


_TRUST = "update-assume-role-policy --policy-document file://trust.json"


def _trust(facts: Facts) -> Verdict:
    found = _role(facts)
    if not found:
        return _gone(facts)
    names = policies.principals(found.get("AssumeRolePolicyDocument"))
    how = _iam(facts, _TRUST)
    if "*" in names:
        return bad("Everybody may assume the role.", how)
    if len(names) != 1:
        who = ", ".join(names) or "nobody"
        return bad(f"The role trusts {who}, and it should trust exactly one principal: Palisade's.", how)
    (name,) = names
    wanted = facts.subject.answer("palisade.principal_arn")
    if wanted and policies.principals(policies.trust_policy(wanted, "")) != names:
        return bad(f"The role trusts {name}, and not {wanted}.", how)
    if parse_arn(name) is None and not name.isdigit():
        return bad(
            f"The role trusts {name}, which is the remains of a principal that was deleted, or a service.",
            how,
        )
    return well(f"The role trusts {name} and nobody else.")


def _external_id(facts: Facts) -> Verdict:
    found = _role(facts)
    if not found:
        return _gone(facts)
    asked = policies.external_ids(found.get("AssumeRolePolicyDocument"))
    wanted = facts.subject.answer("palisade.external_id")
    if not asked:
        return bad(
            "The role can be assumed without an external ID: another customer of Palisade could have it assumed for them.",
            _iam(facts, _TRUST),
        )
    if wanted and asked != (wanted,):
        return bad("The role asks for another external ID than the set-up's.", _iam(facts, _TRUST))
    return well(f"The role asks for the external ID {', '.join(mask(value) for value in asked)}.")


def _session(facts: Facts) -> Verdict:
    found = _role(facts)
    if not found:
        return _gone(facts)
    seconds = int(found.get("MaxSessionDuration") or LONGEST)
    setup = facts.subject.setup
    most = setup.answers.number("role.max_session_seconds") if setup else LONGEST
    if seconds > most:
        return doubtful(
            f"A session may last {seconds} seconds; {most} are enough.",
            _iam(facts, f"update-role --max-session-duration {most}"),
        )
    return well(f"A session lasts at most {seconds} seconds.")


def _documents(facts: Facts) -> dict[str, Any]:
    """Every policy of the role, inline and attached, by name."""
    return {**mapping(facts.of("role.inline")), **mapping(facts.of("role.attached"))}


def _policy(facts: Facts) -> Verdict:
    documents, subject = _documents(facts), facts.subject
    via = [{"kms:viaservice": service} for service in policies.via_s3(subject.region, subject.partition)]
    file, key = f"{subject.bucket_arn}/key/recovery_shard-0.txt", facts.key_arn
    wanted: list[tuple[str, str, list[dict[str, str]]]] = [
        ("s3:PutObject", file, [{"aws:securetransport": "true"}])
    ]
    wanted += [("kms:GenerateDataKey", key, via)] if key else []
    missing = [
        action
        for action, resource, contexts in wanted
        if not any(
            allowed(doc, action, resource, c) is not False for doc in documents.values() for c in contexts
        )
    ]
    if missing:
        how = "put-role-policy --policy-name NAME --policy-document file://policy.json"
        return bad(
            f"No policy of the role allows {' and '.join(missing)}: it cannot write backups.",
            _iam(facts, how),
        )
    return well("The role may put files into the bucket, and use the key for that.")


def _never(facts: Facts) -> Verdict:
    documents = _documents(facts)
    bounds = list(mapping(facts.of("role.boundary")).values())
    found: dict[str, list[str]] = {}
    for action in NEVER:
        if bounds and not any(may(bound, action) for bound in bounds):
            continue
        for name, document in documents.items():
            if may(document, action):
                found.setdefault(name, []).append(action)
    if found:
        said = "; ".join(f"{name} allows {_few(actions)}" for name, actions in found.items())
        how = "list-role-policies  # then put-role-policy or detach-role-policy without these actions"
        return bad(
            f"The role may do what a writer of backups must never do: {said}.",
            _iam(facts, how, managed=False),
        )
    return well(
        f"None of the role's policies allows any of {len(NEVER)} actions that delete, unlock or raise rights."
    )


def _decrypt(facts: Facts) -> Verdict:
    documents, subject = _documents(facts), facts.subject
    other = f"arn:{subject.partition}:kms:{subject.region}:{subject.account}:key/another"
    file = f"{subject.bucket_arn}/key/recovery_shard-0.txt"
    via = {"kms:viaservice": policies.via_s3(subject.region, subject.partition)[0]}
    wide = [name for name, doc in documents.items() if allowed(doc, "kms:Decrypt", other, via) is not False]
    reads = [name for name, doc in documents.items() if allowed(doc, "s3:GetObject", file, {}) is not False]
    how = _iam(facts, "put-role-policy --policy-name NAME --policy-document file://policy.json")
    if wide:
        return bad(f"The role may decrypt with other keys of the account: {', '.join(wide)}.", how)
    if reads:
        return bad(f"The role may read backups, and it only has to write them: {', '.join(reads)}.", how)
    return well("The role reads no backup, and decrypts with no other key.")


def _few(actions: list[str]) -> str:
    return ", ".join(actions[:4]) + (f" and {len(actions) - 4} more" if len(actions) > 4 else "")


def _other(facts: Facts) -> Verdict:
    names = list(mapping(facts.of("role.inline")))
    if len(names) > 1:
        how = "delete-role-policy --policy-name NAME"
        return doubtful(
            f"The role has {len(names)} inline policies: {', '.join(names)}.", _iam(facts, how, managed=False)
        )
    return well(f"The role has {'one inline policy, ' + names[0] if names else 'no inline policy'}.")


def _attached(facts: Facts) -> Verdict:
    names = list(mapping(facts.of("role.attached")))
    if not names:
        return well("No managed policy is attached to the role.")
    how = f"detach-role-policy --policy-arn {names[0]}"
    said = f"Attached to the role: {', '.join(names)}. Whoever may change such a policy changes what the role may do."
    return doubtful(said, _iam(facts, how, managed=False))


def _boundary(facts: Facts) -> Verdict:
    found = mapping(facts.of("role.boundary"))
    wanted = facts.subject.answer("role.permissions_boundary")
    if not _role(facts):
        return _gone(facts)
    if wanted and wanted not in found:
        how = f"put-role-permissions-boundary --permissions-boundary {wanted}"
        return bad(
            f"The role's permissions boundary is {', '.join(found) or 'not set'}, and not {wanted}.",
            _iam(facts, how),
        )
    if not found:
        how = "put-role-permissions-boundary --permissions-boundary POLICY-ARN"
        answer = "role.permissions_boundary"
        return doubtful(
            "No permissions boundary limits what the role may ever be given.", _iam(facts, how, answer=answer)
        )
    return well(f"The role is kept within {', '.join(found)}.")


RULES: tuple[Rule, ...] = (
    Rule("config.role.exists", "IAM role: it is there", "critical", (), _exists),
    Rule("config.role.trust", "IAM role: only Palisade's principal can assume it", "critical", (), _trust),
    Rule(
        "config.role.external-id", "IAM role: can be assumed only with the external ID", "high",
        ("iam_role_cross_service_confused_deputy_prevention",), _external_id,
    ),
    Rule("config.role.session", "IAM role: gives short sessions", "low", (), _session),
    Rule("config.role.policy", "IAM role: may write backups", "high", (), _policy),
    Rule(
        "config.role.forbidden", "IAM role: cannot delete, unlock, or get more rights", "critical",
        ("IAM.1", "IAM.21", "iam_inline_policy_no_administrative_privileges", "iam_inline_policy_allows_privilege_escalation", "iam_inline_policy_no_full_access_to_kms"),
        _never,
    ),
    Rule("config.role.decrypt", "IAM role: cannot read backups, nor decrypt with other keys", "high", ("KMS.1", "KMS.2"), _decrypt),
    Rule("config.role.other-policies", "IAM role: has one inline policy", "low", (), _other),
    Rule("config.role.attached-policies", "IAM role: has no attached policy", "medium", (), _attached),
    Rule("config.role.boundary", "IAM role: is kept within a permissions boundary", "low", (), _boundary),
)  # fmt: skip
