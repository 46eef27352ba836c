"""AWS's answers of refusal as problems, from one table: what happened, which call, why, what to do next.

What goes wrong before AWS can answer is in `services.aws.failures`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from services.aws.codes import CODES
from services.model.calls import Call, Refused
from services.model.operations import OPERATIONS, reads
from services.problems import Problem

_DONE_TOO_LATE = "What was made so far is kept; run the same command again and it goes on from there."

REMEDIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sign-in": (
            "Sign in again (for example 'aws sso login' or 'aws login') and repeat; nothing is lost.",
            "Check the profile with 'aws sts get-caller-identity'.",
        ),
        "clock": (
            "Set this computer's clock, then try again: AWS refuses requests more than 15 minutes off.",
        ),
        "throttled": ("Wait a minute and try again. " + _DONE_TOO_LATE,),
        "taken": ("Choose another name in the setup file.",),
        "limit": (
            "Ask for a higher quota in the Service Quotas console, or remove what is not needed any more.",
        ),
        "busy": ("Try again in a minute. " + _DONE_TOO_LATE,),
        "region": (
            "Set aws.region to the region of the bucket.",
            "If the region is one that must be enabled, enable it in the account's settings.",
        ),
        "not-ready": ("Wait a minute and try again: AWS may not know it everywhere yet. " + _DONE_TOO_LATE,),
        "refused": ("Correct the value that AWS names, then try again. " + _DONE_TOO_LATE,),
        "unanswered": (
            "Try again: this call only looks, and changes nothing. " + _DONE_TOO_LATE,
            "If AWS refuses again and names a value, correct that value in the setup file.",
        ),
        "network": (
            "Check the network, the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL, then try again. Nothing is lost.",
        ),
    }
)
"""What to do next, by kind of problem; `unanswered` is what is `refused` to a call that only reads."""

_FIRST: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "InvalidBucketAclWithObjectOwnership": (
            "Remove the bucket's ACL grants to others ('aws s3api put-bucket-acl --acl private'), then try again.",
        ),
        "MaximumNumberOfTrailsExceededException": (
            "An account has at most five trails in a region: set hardening.trail to the ARN of one that exists.",
        ),
        "InsufficientS3BucketPolicyException": (
            "The policy of the trail's bucket does not let CloudTrail write there: run the program again, it sets it.",
        ),
        "InsufficientEncryptionPolicyException": (
            "The KMS key's policy does not let CloudTrail use it: run the program again, it sets it.",
        ),
        "InvalidCloudWatchLogsRoleArnException": (
            "CloudTrail could not become the role of its log group: a new role takes a minute to be known.",
        ),
        "InvalidCloudWatchLogsLogGroupArnException": (
            "CloudTrail cannot reach its log group: a new role takes a minute to be known.",
        ),
        "InvalidHomeRegionException": (
            "A trail is changed in its home region alone, which its ARN names: correct hardening.trail.",
        ),
        "RequestExpired": (
            "See whether this computer's clock is right: AWS refuses requests more than 15 minutes off.",
        ),
        **dict.fromkeys(
            (
                *("AlreadyExistsException", "BucketAlreadyOwnedByYou", "EntityAlreadyExists"),
                *("ResourceAlreadyExistsException", "TrailAlreadyExistsException"),
            ),
            ("It came into being after the program had looked: run the program again, it says whose it is.",),
        ),
        "InvalidObjectState": (
            "The file is in an archive: restore it first ('aws s3api restore-object', which takes up to two days).",
        ),
        "DeleteConflict": (
            "Something hangs on it that was not there before: run the program again, it says what.",
        ),
    }
)
"""What to do about a code, before what its kind says."""

_LAST: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sts:GetCallerIdentity InvalidClientTokenId": (
            "Or the region is not enabled for this account: enable it there, or set aws.region to another.",
        ),
    }
)
"""What to do about a code of one call, after what its kind says."""

_ALLOW = (
    (
        "Have the action allowed: 'palisade-wizard policy --config S' prints the policy for setting up. For less, or for "
        "another job, add --for verify (enough for plan), audit (for doctor), coverage (for audit), recover or destroy."
    ),
    "Or sign in as somebody who may do it, and repeat; nothing is lost.",
)


def problem_of(refused: Refused) -> Problem:
    """AWS's refusal of a call as a problem."""
    kind = _kind(refused)
    call = refused.call
    row = OPERATIONS.get(call.name)
    does = row.does if row else f"make the call {call.name}"
    if kind == "denied":
        return _denied(refused, does)
    if refused.code in _OF_A_KEY and (state := _UNUSABLE.search(refused.message)):
        return _no_key_to_use(refused, does, state[0])
    if "will not allow you to update the key policy" in refused.message.lower():
        return _locked_out(refused)
    if kind == "refused" and "invalid principal" in refused.message.lower():
        return _no_such_principal(refused)
    said = f" It said: {one_line(refused.message)}" if refused.message else ""
    could_not = f"The program could not {does}"
    told = "unanswered" if kind == "refused" and reads(call) else kind
    first = {
        "sign-in": f"{could_not}, because AWS does not accept your sign-in (any more).",
        "clock": f"{could_not}, because this computer's clock is wrong.",
        "throttled": f"{could_not} yet: AWS asks to slow down.",
        "taken": f"{could_not}: the name is taken.",
        "limit": f"{could_not}: a limit of the account is reached.",
        "busy": f"{could_not}, because AWS is busy or has a fault of its own at this moment.",
        "region": f"{could_not}: the region is another one, or it is not enabled for this account.",
        "not-ready": f"{could_not}: something that is needed for it is not there, or not ready.",
        "refused": f"{could_not}, because AWS does not accept a value.",
        "unanswered": f"{could_not}, because AWS does not accept the question.",
        "network": f"{could_not}: the proxy on the way to AWS wants to know who you are.",
    }[told]
    remedy = _FIRST.get(refused.code, ()) + REMEDIES[told] + _LAST.get(f"{call.name} {refused.code}", ())
    return Problem(kind, first + said, remedy, f"{call.name} ({refused.code})")


def _locked_out(refused: Refused) -> Problem:
    return Problem(
        "denied",
        "The program could not set the KMS key's policy: this sign-in lacks kms:PutKeyPolicy, and AWS takes no "
        f"policy that its author could not change again. It said: {one_line(refused.message)}",
        _ALLOW,
        f"{refused.call.name} ({refused.code})",
    )


_OF_A_KEY = frozenset(
    {
        *("KMSInvalidStateException", "DisabledException", "KmsKeyDisabledException"),
        *("KMS.KMSInvalidStateException", "KMS.DisabledException"),
    }
)
_UNUSABLE = re.compile(r"is (?:pending deletion|disabled)")
"""What AWS says of a key that does not come back by itself."""


def _no_key_to_use(refused: Refused, does: str, state: str) -> Problem:
    return Problem(
        "unfit",
        f"The program could not {does}: the KMS key {state}. It said: {one_line(refused.message)}",
        (
            "If that was a mistake, take it back now ('aws kms cancel-key-deletion' or 'aws kms enable-key').",
            "Without its key nothing that it encrypted can be read.",
            "Then run the same command again: it goes on from here.",
        ),
        f"{refused.call.name} ({refused.code})",
    )


def _no_such_principal(refused: Refused) -> Problem:
    return Problem(
        "refused",
        f"AWS does not know the principal that the role should trust. It said: {one_line(refused.message)}",
        (
            "Compare palisade.principal_arn letter by letter with the ARN that Palisade names for this environment.",
            "If it was made only minutes ago, wait a little and run the same command again.",
        ),
        f"{refused.call.name} ({refused.code})",
    )


def _kind(refused: Refused) -> str:
    message = refused.message.lower()
    if refused.code in {"SignatureDoesNotMatch", "InvalidSignatureException"} and (
        "signature expired" in message or "not yet current" in message
    ):
        return "clock"
    known = CODES.get(refused.code)
    if known == "denied" and message.startswith("the specified kms key"):
        return "not-ready"  # it is the service that the key does not let in (yet), not this sign-in
    if known is not None:
        return known
    if refused.status in {401, 403}:
        return "denied"
    if refused.status == 429:
        return "throttled"
    return "busy" if refused.status >= 500 else "refused"


_MISSING = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)")
"""Where AWS says which action is missing: a call can need several, and one of another service than its own."""


def _denied(refused: Refused, does: str) -> Problem:
    call = refused.call
    row = OPERATIONS.get(call.name)
    named = _MISSING.search(refused.message)
    actions = named[1] if named else " and ".join(row.actions) if row else call.name
    message = refused.message.lower()
    where = f"{call.name} ({refused.code})"
    if "service control policy" in message or "resource control policy" in message:
        return Problem(
            "denied",
            f"Your organisation forbids this account to {does} (a policy of AWS Organizations, not of this "
            f"account): {actions} is denied.",
            (
                "Ask whoever runs your AWS organisation to allow it, or use another account.",
                "A new policy for your own user or role will not help.",
            ),
            where,
        )
    said = f" AWS said: {one_line(refused.message)}" if refused.message else ""
    on = _on(call)
    return Problem(
        "denied",
        f"AWS did not allow this sign-in to {does}: it lacks {actions}{on}.{said}",
        _ALLOW,
        where,
    )


_TELLING = (
    *("Bucket", "RoleName", "KeyId", "AliasName", "TopicArn", "AlarmName", "TrailName", "Name", "WorkGroup"),
    *("logGroupName", "resourceArn", "ResourceArn", "ResourceARN"),
)
"""The parameters that say what a call is about."""


def _on(call: Call) -> str:
    for name in _TELLING:
        value = call.params.get(name)
        if isinstance(value, str):
            return f" on {value}"
    return ""


_QUOTED = re.compile(r" (?:It|AWS) said: .*", re.DOTALL)


def own_words(summary: str) -> str:
    """What the program itself says of a refusal, without AWS's own words: those name people, sessions, even tokens."""
    return _QUOTED.sub("", summary)


def one_line(text: str, longest: int = 300) -> str:
    """A text from elsewhere as one printable line that ends like a sentence; cut when it is too long."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    clean = clean if len(clean) <= longest else clean[: longest - 1] + "…"
    return clean if clean.endswith((".", "…", "!")) else clean + "."
