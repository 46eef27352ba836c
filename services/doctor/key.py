"""Checks of the KMS key: without it no backup can be opened, whatever keeps the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.doctor.facts import Facts
from services.doctor.judging import Rule, Verdict, bad, doubtful, left_out, remedy, well
from services.doctor.looker import mapping
from services.doctor.reading import outsiders
from services.model import policies
from services.model.key_search import spare

DEFEATS = "Deleting this key makes every backup unreadable, whatever Object Lock keeps."


def _metadata(facts: Facts) -> Mapping[str, Any]:
    """What KMS says of the key; a key that is not there has nothing to judge."""
    return mapping(mapping(facts.of("key")).get("KeyMetadata"))


def _kms(facts: Facts, command: str, *, managed: bool = True) -> str:
    arn = str(_metadata(facts).get("Arn") or "KEY-ARN")
    verb, _, rest = command.partition(" ")
    return remedy(facts, f"aws kms {verb} --key-id {arn} {rest}".rstrip(), managed=managed)


def _exists(facts: Facts) -> Verdict:
    found = _metadata(facts)
    if not found and facts.subject.key:
        return bad(
            f"There is no KMS key {facts.subject.key} in account {facts.account}. If it was there, what was encrypted "
            "with it cannot be read any more.",
            remedy(
                facts,
                "Compare the name with the one in Palisade's kit: “aws kms list-aliases”, “aws kms list-keys”.",
            ),
        )
    if not found:
        return bad(
            "The KMS key is not there: what was encrypted with it cannot be read any more.",
            remedy(facts, "Give the bucket another key with “aws s3api put-bucket-encryption”."),
        )
    account = str(found.get("AWSAccountId") or "")
    if account and account != facts.account:
        return bad(
            f"The KMS key belongs to account {account}, which can take it away from you.",
            remedy(facts, "Make a key in this account, and name it as the bucket's default.", managed=False),
        )
    return well(f"{found.get('Arn')}.")


def _kind(facts: Facts) -> Verdict:
    found = _metadata(facts)
    if not found:
        return left_out("There is no KMS key to look at.")
    how = remedy(facts, "Make a key with “aws kms create-key”, and name it as the bucket's default.")
    if found.get("KeyManager") != "CUSTOMER":
        return bad("AWS manages the key, so nobody can say who may use it.", how)
    spec, usage = found.get("KeySpec", "SYMMETRIC_DEFAULT"), found.get("KeyUsage")
    if (spec, usage) != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return bad(f"S3 cannot use the key: it is {spec} for {usage}.", how)
    origin = found.get("Origin", "AWS_KMS")
    if origin != "AWS_KMS":
        return doubtful(
            f"The key's material comes from outside ({origin}): AWS cannot renew it, and it may expire.", how
        )
    return well("The key is customer-managed, symmetric, and made by KMS.")


def _state(facts: Facts) -> Verdict:
    state = str(_metadata(facts).get("KeyState") or "")
    if state == "Enabled":
        return well("The key is enabled.")
    if not state:
        return left_out("There is no KMS key to look at.")
    return bad(
        f"The key's state is {state}: nothing can be written or read with it.",
        _kms(facts, "enable-key", managed=False),
    )


def _deletion(facts: Facts) -> Verdict:
    found = _metadata(facts)
    if not found:
        return left_out("There is no KMS key to look at.")
    if found.get("DeletionDate") or "PendingDeletion" in str(found.get("KeyState")):
        return bad(
            f"The key will be deleted on {found.get('DeletionDate', 'a day that AWS does not say')}. {DEFEATS}",
            f"{_kms(facts, 'cancel-key-deletion', managed=False)}  (then enable it: “{_kms(facts, 'enable-key', managed=False)}”)",
        )
    return well(f"No deletion is pending. {DEFEATS}")


def _rotation(facts: Facts) -> Verdict:
    found = mapping(facts.of("key.rotation"))
    if found.get("KeyRotationEnabled"):
        days = found.get("RotationPeriodInDays")
        return well(
            f"The key gets new material every {days} days."
            if days
            else "The key gets new material every year."
        )
    return bad("The key is never renewed.", _kms(facts, "enable-key-rotation --rotation-period-in-days 365"))


def _alias(facts: Facts) -> Verdict:
    names = [str(a.get("AliasName")) for a in mapping(facts.of("key.aliases")).get("Aliases") or []]
    if names:
        return well(f"{', '.join(names)} names the key.")
    command = f"aws kms create-alias --alias-name alias/palisade-backup --target-key-id {_metadata(facts).get('Arn')}"
    return doubtful("No alias names the key, so nobody sees what it is for.", remedy(facts, command))


def _policy(facts: Facts) -> Verdict:
    found = mapping(facts.of("key.policy")).get("Policy")
    if policies.delegates(found, facts.account):
        return well("The key's policy leaves it to this account's IAM policies who may use the key.")
    return bad(
        "The key's policy does not leave it to this account's IAM policies who may use the key: the role's own policy "
        "does not count, and the account may lock itself out.",
        _kms(facts, "put-key-policy --policy-name default --policy file://policy.json"),
    )


def _foreign(facts: Facts) -> Verdict:
    found = outsiders(mapping(facts.of("key.policy")).get("Policy"), facts.account)
    if found:
        return bad(
            f"The key's policy lets in {', '.join(found)}.",
            _kms(facts, "put-key-policy --policy-name default --policy file://policy.json"),
        )
    return well("The key's policy lets in nobody outside this account.")


def _alone(facts: Facts) -> Verdict:
    found = facts.of("key.spare")
    mine = str(_metadata(facts).get("Arn") or "")
    if not found:
        return well("No other key carries this set-up's tags without an alias that says what it is for.")
    if mine in found:
        return doubtful(
            f"No alias names the key, so nobody can say whether one of {len(found)} with this set-up's tags is left over: "
            f"{', '.join(found)}.",
            "Give the key its alias back with 'palisade-wizard apply --config S', then look again.",
        )
    remarks = [spare(each) for each in found]
    return doubtful(" ".join(each.says for each in remarks), " ".join(each.remedy for each in remarks))


RULES: tuple[Rule, ...] = (
    Rule("config.key.exists", "KMS key: it is there and yours", "critical", (), _exists),
    Rule("config.key.kind", "KMS key: is customer-managed and symmetric", "high", (), _kind),
    Rule("config.key.state", "KMS key: is enabled", "critical", ("kms_cmk_are_used",), _state),
    Rule(
        "config.key.deletion", "KMS key: its deletion is not pending", "critical",
        ("KMS.3", "kms_cmk_not_deleted_unintentionally"), _deletion,
    ),
    Rule("config.key.rotation", "KMS key: gets new key material every year", "medium", ("KMS.4", "CIS 4.6", "kms_cmk_rotation_enabled"), _rotation),
    Rule("config.alias.target", "KMS key: an alias says what it is for", "low", (), _alias),
    Rule("config.key.alone", "KMS key: no other key is left over from this set-up", "low", (), _alone),
    Rule("config.key.policy", "KMS key: this account's IAM policies decide who may use it", "high", (), _policy),
    Rule("config.key.policy-foreign", "KMS key: nobody outside the account may use it", "critical", ("KMS.5", "kms_key_not_publicly_accessible"), _foreign),
)  # fmt: skip
