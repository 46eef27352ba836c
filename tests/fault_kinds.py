"""What can go wrong between the program and AWS, as a table: what is answered or happens, and what may be said of it.

Codes and texts are AWS's own, as its documentation and reports of people who met them have them. `right` holds the codes of
the problems that tell the truth about a fault that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.exceptions as broken

from services.model.operations import OPERATIONS
from tests.spoilt import SPOILS, Spoil

JSON = frozenset({"kms", "cloudtrail", "logs", "cloudwatch"})
"""Services that speak JSON; S3 speaks XML of its own, the others the XML of query services."""


@dataclass(frozen=True)
class Kind:
    """One way to go wrong. `codes` are by operation, service, or `*`; without any, `raises` says what botocore meets.

    `spoils` is what becomes of the body of a good answer. `again`: botocore itself tries again. `only`: the operations to which it can happen; every one if empty.
    """

    right: frozenset[str]
    codes: Mapping[str, tuple[str, int]]
    says: str = ""
    raises: Callable[[str], Exception] | None = None
    page: tuple[int, bytes] | None = None
    spoils: Spoil | None = None
    again: bool = False
    only: frozenset[str] = frozenset()

    def happens_to(self, name: str) -> bool:
        return not self.only or name in self.only

    def answer(self, name: str) -> tuple[str, int, str]:
        """Code, status and text of the answer to an operation."""
        service = name.partition(":")[0]
        code, status = self.codes.get(name) or self.codes.get(service) or self.codes["*"]
        action = OPERATIONS[name].actions[-1] if name in OPERATIONS else name
        return code, status, self.says.format(action=action)


def _kind(
    right: str, says: str = "", *, again: bool = False, only: str = "", **codes: tuple[str, int]
) -> Kind:
    by = {"*" if name == "any" else name.replace("__", ":"): code for name, code in codes.items()}
    return Kind(frozenset(right.split()), by, says, again=again, only=frozenset(only.split()))


def _never(make: Callable[[str], Exception]) -> Kind:
    return Kind(frozenset({"network"}), {}, raises=make, again=True)


def _raises(kind: Callable[..., Exception], **more: Any) -> Callable[[str], Exception]:
    return lambda url: kind(endpoint_url=url, **more)


def _named(**codes: tuple[str, int]) -> dict[str, Any]:
    """Codes that only some operations have, as arguments of `_kind`."""
    return {**codes, "only": " ".join(name.replace("__", ":") for name in codes)}


_NO = "User: arn:aws:iam::123456789012:user/kim is not authorized to perform: {action} on resource: * "
_DENIED: dict[str, Any] = {
    "any": ("AccessDenied", 403),
    "kms": ("AccessDeniedException", 400),
    "cloudtrail": ("AccessDeniedException", 400),
    "logs": ("AccessDeniedException", 400),
    "cloudwatch": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
}
_SKEWED: dict[str, Any] = {
    "any": ("SignatureDoesNotMatch", 403),
    **dict.fromkeys(JSON, ("InvalidSignatureException", 400)),
}
_EXPIRED: dict[str, Any] = {
    "any": ("ExpiredToken", 403),
    "s3": ("ExpiredToken", 400),
    **dict.fromkeys(JSON, ("ExpiredTokenException", 400)),
}
_UNKNOWN: dict[str, Any] = {
    "any": ("InvalidClientTokenId", 403),
    "s3": ("InvalidAccessKeyId", 403),
    **dict.fromkeys(JSON, ("UnrecognizedClientException", 400)),
}
_THROTTLED: dict[str, Any] = {
    "any": ("Throttling", 400),
    "s3": ("SlowDown", 503),
    **dict.fromkeys(JSON, ("ThrottlingException", 400)),
}
_PORTAL = b"<html><body><p>Please sign in to this network</p></body></html>"
_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><center>502</center></body></html>"

KINDS: Mapping[str, Kind] = {
    # It passes by itself, or after a while
    "throttle": _kind("throttled", "Rate exceeded", again=True, **_THROTTLED),
    "internal-error": _kind(
        "busy",
        "We encountered an internal error. Please try again.",
        again=True,
        any=("InternalFailure", 500),
        s3=("InternalError", 500),
        kms=("KMSInternalException", 500),
        iam=("ServiceFailure", 500),
    ),
    "unavailable": _kind(
        "busy", "Service is unable to handle request.", again=True, any=("ServiceUnavailable", 503)
    ),
    "bad-gateway": Kind(frozenset({"busy", "network"}), {}, page=(502, _GATEWAY), again=True),
    # No answer, or somebody else's
    "time-out": _never(_raises(broken.ReadTimeoutError)),
    "no-connection": _never(_raises(broken.ConnectTimeoutError)),
    "unknown-host": _never(_raises(broken.EndpointConnectionError, error="Name or service not known")),
    "dropped": _never(_raises(broken.ConnectionClosedError)),
    "no-tls": _never(_raises(broken.SSLError, error="certificate verify failed")),
    "no-proxy": _never(lambda url: broken.ProxyConnectionError(proxy_url="http://proxy.example:3128")),
    "portal": Kind(frozenset({"network"}), {}, page=(200, _PORTAL)),
    # The sign-in and the clock
    "expired": _kind("sign-in", "The security token included in the request is expired", **_EXPIRED),
    "unknown-key": _kind("sign-in", "The security token included in the request is invalid.", **_UNKNOWN),
    "wrong-secret": _kind(
        "sign-in",
        "The request signature we calculated does not match the signature you provided. Check your key.",
        **_SKEWED,
    ),
    "slow-clock": _kind(
        "clock",
        "Signature expired: 20261130T000000Z is now earlier than 20261130T002500Z (20261130T003000Z - 5 min.)",
        **{**_SKEWED, "s3": ("RequestTimeTooSkewed", 403)},
    ),
    "fast-clock": _kind(
        "clock",
        "Signature not yet current: 20261130T010000Z is still later than 20261130T003500Z",
        **{**_SKEWED, "s3": ("RequestTimeTooSkewed", 403)},
    ),
    # Rights
    "denied": _kind("denied", _NO + "because no identity-based policy allows the {action} action", **_DENIED),
    "scp": _kind("denied", _NO + "with an explicit deny in a service control policy", **_DENIED),
    "no-scp": _kind(
        "denied", _NO + "because no service control policy allows the {action} action", **_DENIED
    ),
    "boundary": _kind(
        "denied", _NO + "because no permissions boundary allows the {action} action", **_DENIED
    ),
    # Decisions
    "quota": _kind(
        "limit",
        "The limit of this account is reached.",
        **_named(
            s3__CreateBucket=("TooManyBuckets", 400),
            kms__CreateKey=("LimitExceededException", 400),
            kms__CreateAlias=("LimitExceededException", 400),
            iam__CreateRole=("LimitExceeded", 409),
            iam__PutRolePolicy=("LimitExceeded", 409),
            cloudtrail__CreateTrail=("MaximumNumberOfTrailsExceededException", 400),
            logs__CreateLogGroup=("LimitExceededException", 400),
            logs__PutMetricFilter=("LimitExceededException", 400),
            cloudwatch__PutMetricAlarm=("LimitExceeded", 400),
            sns__CreateTopic=("TopicLimitExceeded", 403),
            sns__Subscribe=("SubscriptionLimitExceeded", 403),
        ),
    ),
    "name-taken": _kind(
        "taken",
        "The requested name is not available.",
        **_named(
            s3__CreateBucket=("BucketAlreadyExists", 409),
            kms__CreateAlias=("AlreadyExistsException", 400),
            iam__CreateRole=("EntityAlreadyExists", 409),
            cloudtrail__CreateTrail=("TrailAlreadyExistsException", 400),
            logs__CreateLogGroup=("ResourceAlreadyExistsException", 400),
        ),
    ),
    "key-going": _kind(
        "unfit",
        "arn:aws:kms:eu-west-1:123456789012:key/1234abcd is pending deletion.",
        **_named(
            kms__CreateAlias=("KMSInvalidStateException", 400),
            kms__EnableKeyRotation=("KMSInvalidStateException", 400),
        ),
    ),
    "key-disabled": _kind(
        "unfit",
        "arn:aws:kms:eu-west-1:123456789012:key/1234abcd is disabled.",
        **_named(kms__EnableKeyRotation=("DisabledException", 400)),
    ),
    "elsewhere": _kind(
        "region",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
        **_named(
            s3__GetBucketVersioning=("PermanentRedirect", 301), s3__PutBucketPolicy=("PermanentRedirect", 301)
        ),
    ),
    "other-home": _kind(
        "region",
        "The trail's home region is us-east-1.",
        **_named(
            cloudtrail__UpdateTrail=("InvalidHomeRegionException", 400),
            cloudtrail__StartLogging=("InvalidHomeRegionException", 400),
            cloudtrail__PutEventSelectors=("InvalidHomeRegionException", 400),
        ),
    ),
    # What AWS does not know everywhere yet
    "new-principal": _kind(
        "refused",
        'Invalid principal in policy: "AWS":"arn:aws:iam::444455556666:role/palisade-mpc"',
        **_named(iam__CreateRole=("MalformedPolicyDocument", 400)),
    ),
    "new-thing": _kind(
        "not-ready",
        "It does not exist.",
        **_named(
            s3__PutBucketVersioning=("NoSuchBucket", 404),
            s3__PutBucketPolicy=("NoSuchBucket", 404),
            s3__PutBucketLogging=("NoSuchBucket", 404),
            s3__GetBucketPolicy=("NoSuchBucket", 404),
            iam__PutRolePolicy=("NoSuchEntity", 404),
            kms__EnableKeyRotation=("NotFoundException", 400),
            kms__CreateAlias=("NotFoundException", 400),
            cloudtrail__StartLogging=("TrailNotFoundException", 400),
            cloudtrail__PutEventSelectors=("TrailNotFoundException", 400),
            logs__PutRetentionPolicy=("ResourceNotFoundException", 400),
        ),
    ),
    "new-parts": _kind(
        "not-ready",
        "Access denied. Check the permissions for your role.",
        **_named(
            cloudtrail__CreateTrail=("InsufficientEncryptionPolicyException", 400),
            cloudtrail__UpdateTrail=("InvalidCloudWatchLogsRoleArnException", 400),
        ),
    ),
    "at-work": _kind(
        "busy",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
        **_named(
            s3__CreateBucket=("OperationAborted", 409),
            s3__PutBucketVersioning=("OperationAborted", 409),
            s3__PutBucketEncryption=("OperationAborted", 409),
            cloudtrail__StartLogging=("ConflictException", 400),
        ),
    ),
}

SPOILT: Mapping[str, Kind] = {
    f"spoilt-{name}": Kind(frozenset({"network"}), {}, spoils=spoil) for name, spoil in SPOILS.items()
}
"""Good answers of which the body was spoilt; what may be said of one depends on what is left of it."""

EVERY: Mapping[str, Kind] = {**KINDS, **SPOILT}
"""Whatever a script can name."""

SETTLES = frozenset({"new-principal", "new-thing", "new-parts", "at-work"})
"""Kinds that the run itself waits for."""

GENERAL = tuple(name for name, kind in KINDS.items() if not kind.only)
"""Kinds that can happen to every call."""

LOST = ("dropped", "time-out", "internal-error", "unavailable", "bad-gateway")
"""What may be the answer to a call that had its effect."""
