"""AWS's errors as problems, from one table: what happened, which call, why, what to do next.

`CODES` maps error codes to the class of thing that the person must do; `FAILURES` maps the names of botocore's
exceptions, so that this module needs no botocore. Tests hold both against botocore's models and exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.model.calls import Call, Refused
from services.model.operations import OPERATIONS
from services.problems import Problem


def _rows(**kinds: str) -> Mapping[str, str]:
    rows = {code: kind.replace("_", "-") for kind, codes in kinds.items() for code in codes.split()}
    return MappingProxyType(rows)


CODES: Mapping[str, str] = _rows(
    sign_in="""ExpiredToken ExpiredTokenException RequestExpired InvalidClientTokenId InvalidAccessKeyId
        UnrecognizedClientException UnrecognizedClient AuthFailure InvalidToken TokenRefreshRequired
        SignatureDoesNotMatch InvalidSignatureException IncompleteSignature MissingAuthenticationToken
        InvalidGrantTokenException NotSignedUp""",
    network="407",
    clock="RequestTimeTooSkewed RequestInTheFuture",
    denied="""AccessDenied AccessDeniedException UnauthorizedOperation UnauthorizedAccess Forbidden 403 401
        AllAccessDisabled AccountProblem ReadOnlyAccess UnmodifiableEntity UnmodifiableEntityException NotAuthorized
        KMSAccessDeniedException""",
    throttled="""Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException
        SlowDown TooManyRequestsException RequestLimitExceeded PriorRequestNotComplete BandwidthLimitExceeded
        ProvisionedThroughputExceededException TransactionInProgressException EC2ThrottledException 429""",
    taken="""BucketAlreadyExists BucketAlreadyOwnedByYou EntityAlreadyExists EntityAlreadyExistsException
        AlreadyExistsException ResourceExistsException ObjectAlreadyInActiveTierError""",
    limit="""LimitExceeded LimitExceededException TooManyBuckets TooManyTagsException ServiceQuotaExceededException
        PackedPolicyTooLarge PackedPolicyTooLargeException""",
    busy="""InternalError InternalFailure InternalServerError InternalServerException ServiceUnavailable
        ServiceUnavailableException ServiceFailure ServiceFailureException KMSInternalException KMSInternal
        DependencyTimeout DependencyTimeoutException OperationAborted ConditionalRequestConflict
        ConcurrentModification ConcurrentModificationException ConflictException Conflict 409 500 502 503 504
        EntityTemporarilyUnmodifiable EntityTemporarilyUnmodifiableException RequestTimeout RequestTimeoutException
        PolicyEvaluation PolicyEvaluationException""",
    region="""PermanentRedirect TemporaryRedirect Redirect 301 307 IllegalLocationConstraintException
        InvalidLocationConstraint AuthorizationHeaderMalformed OptInRequired RegionDisabledException RegionDisabled""",
    not_ready="""NoSuchBucket NoSuchBucketPolicy NoSuchEntity NoSuchEntityException NotFoundException NotFound 404
        NoSuchKey NoSuchUpload NoSuchVersion NoSuchTagSet NoSuchPublicAccessBlockConfiguration
        OwnershipControlsNotFoundError ServerSideEncryptionConfigurationNotFoundError DisabledException
        KMSInvalidStateException KeyUnavailableException KMSInvalidState InvalidBucketState InvalidObjectState
        CloudHsmClusterInactiveException CloudHsmClusterInvalidConfigurationException
        CloudHsmClusterNotFoundException CloudHsmClusterNotActiveException CustomKeyStoreInvalidStateException
        CustomKeyStoreNotFoundException XksKeyInvalidConfigurationException XksKeyNotFoundException
        XksKeyAlreadyInUseException""",
    refused="""MalformedPolicyDocument MalformedPolicyDocumentException MalformedPolicy InvalidInput
        InvalidInputException ValidationError ValidationException InvalidArgument InvalidRequest InvalidBucketName
        InvalidPolicyDocument InvalidAliasNameException InvalidArnException InvalidMarkerException TagException
        UnsupportedOperationException UnsupportedOperation UnsupportedArgument MalformedXML InvalidTag
        InvalidParameterValue InvalidParameterCombination InvalidPrincipal PolicyNotAttachable
        PolicyNotAttachableException MethodNotAllowed 400 405 412 PreconditionFailed EncryptionTypeMismatch
        InvalidWriteOffset TooManyParts EntityTooLarge KMS.NotFoundException KMS.DisabledException
        ReplicationRuleNotFound BadDigest ExpiredTradeInTokenException""",
)

_DONE_TOO_LATE = "What was made so far is kept; run the same command again and it goes on from there."

_REMEDIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
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
        "network": (
            "Check the network, the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL, then try again. Nothing is lost.",
        ),
    }
)


def problem_of(refused: Refused) -> Problem:
    """AWS's refusal of a call as a problem."""
    kind = _kind(refused)
    call = refused.call
    row = OPERATIONS.get(call.name)
    does = row.does if row else f"do {call.name}"
    if kind == "denied":
        return _denied(refused, does)
    if kind == "refused" and "invalid principal" in refused.message.lower():
        return _no_such_principal(refused)
    said = f" It said: {_one_line(refused.message)}" if refused.message else ""
    first = {
        "sign-in": f"AWS does not accept your sign-in (any more): it refused to {does}.",
        "clock": f"AWS refused to {does} because this computer's clock is wrong.",
        "throttled": f"AWS asks to slow down: it did not {does} yet.",
        "taken": f"AWS could not {does}: the name is taken.",
        "limit": f"AWS could not {does}: a limit of the account is reached.",
        "busy": f"AWS could not {does} at this moment.",
        "region": f"AWS could not {does}: it is in another region, or the region is not enabled.",
        "not-ready": f"AWS could not {does}: something it needs is not there, or not ready.",
        "refused": f"AWS refused to {does}: a value is not acceptable.",
        "network": f"AWS could not be asked to {does}: the proxy wants to know who you are.",
    }[kind]
    return Problem(kind, first + said, _REMEDIES[kind], f"{call.name} ({refused.code})")


def _no_such_principal(refused: Refused) -> Problem:
    return Problem(
        "refused",
        f"AWS does not know the principal that the role should trust. It said: {_one_line(refused.message)}",
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
    if known is not None:
        return known
    if refused.status in {401, 403}:
        return "denied"
    if refused.status == 429:
        return "throttled"
    return "busy" if refused.status >= 500 else "refused"


def _denied(refused: Refused, does: str) -> Problem:
    call = refused.call
    row = OPERATIONS.get(call.name)
    actions = " and ".join(row.actions) if row else call.name
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
    said = f" AWS said: {_one_line(refused.message)}" if refused.message else ""
    on = _on(call)
    return Problem(
        "denied",
        f"AWS did not allow this sign-in to {does}: it lacks {actions}{on}.{said}",
        (
            "Have the action allowed: 'palisade-wizard policy --config S' prints the whole policy that is needed.",
            "Or sign in as somebody who may do it, and repeat; nothing is lost.",
        ),
        where,
    )


def _on(call: Call) -> str:
    for name in ("Bucket", "RoleName", "KeyId", "AliasName"):
        value = call.params.get(name)
        if isinstance(value, str):
            return f" on {value}"
    return ""


def _one_line(text: str, longest: int = 300) -> str:
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    clean = clean if len(clean) <= longest else clean[: longest - 1] + "…"
    return clean if clean.endswith((".", "…", "!")) else clean + "."


_SIGN_IN = (
    "sign-in",
    "There is no valid AWS sign-in to work with.",
    _REMEDIES["sign-in"] + ("Or choose another profile with --profile.",),
)
_NETWORK = ("network", "AWS cannot be reached, or the answer did not arrive.", _REMEDIES["network"])
_SETTINGS = (
    "invalid-answer",
    "The AWS settings on this computer cannot be used.",
    ("Correct ~/.aws/config (or the AWS_ variables): 'aws configure list' shows what is in effect.",),
)
_REGION = (
    "region",
    "The AWS region is missing or is none.",
    ("Give one with --region, or set aws.region in the setup file.",),
)
_OURS = (
    "our-bug",
    "The program made a request that AWS's own description does not allow.",
    ("This is a fault of the program, not yours. Report it with the text below; nothing is lost.",),
)
_BUSY = ("busy", "AWS gave an answer that makes no sense.", _REMEDIES["busy"])
_DAMAGED = (
    "network",
    "What answered is not AWS, or the answer was damaged on its way.",
    _REMEDIES["network"],
)

FAILURES: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        "ProfileNotFound": (
            "invalid-answer",
            "The AWS profile does not exist on this computer.",
            ("List yours with 'aws configure list-profiles', and correct aws.profile or --profile.",),
        ),
        "NoCredentialsError": _SIGN_IN,
        "NoAuthTokenError": _SIGN_IN,
        "PartialCredentialsError": _SIGN_IN,
        "CredentialRetrievalError": _SIGN_IN,
        "RefreshWithMFAUnsupportedError": _SIGN_IN,
        "SSOError": _SIGN_IN,
        "TokenRetrievalError": _SIGN_IN,
        "LoginError": _SIGN_IN,
        "LoginRefreshRequired": _SIGN_IN,
        "LoginInsufficientPermissions": _SIGN_IN,
        "LoginAuthorizationCodeError": _SIGN_IN,
        "LoginTokenLoadError": _SIGN_IN,
        "MetadataRetrievalError": _SIGN_IN,
        "HTTPClientError": _NETWORK,
        "ConnectionError": _NETWORK,
        "IncompleteReadError": _NETWORK,
        "ResponseStreamingError": _NETWORK,
        "ProxyConnectionError": _NETWORK,
        "NoRegionError": _REGION,
        "InvalidRegionError": _REGION,
        "UnknownRegionError": _REGION,
        "UnknownEndpointError": _REGION,
        "EndpointProviderError": _REGION,
        "BaseEndpointResolverError": _REGION,
        "ConfigNotFound": _SETTINGS,
        "ConfigParseError": _SETTINGS,
        "InvalidConfigError": _SETTINGS,
        "InvalidDefaultsMode": _SETTINGS,
        "InvalidRetryConfigurationError": _SETTINGS,
        "InvalidRetryModeError": _SETTINGS,
        "InvalidMaxRetryAttemptsError": _SETTINGS,
        "InvalidSTSRegionalEndpointsConfigError": _SETTINGS,
        "InvalidS3UsEast1RegionalEndpointConfigError": _SETTINGS,
        "InvalidS3AddressingStyleError": _SETTINGS,
        "InvalidIMDSEndpointError": _SETTINGS,
        "InvalidIMDSEndpointModeError": _SETTINGS,
        "InvalidProxiesConfigError": _SETTINGS,
        "InvalidEndpointConfigurationError": _SETTINGS,
        "InvalidEndpointDiscoveryConfigurationError": _SETTINGS,
        "UnsupportedSignatureVersionError": _SETTINGS,
        "MissingDependencyException": _SETTINGS,
        "InfiniteLoopConfigError": _SETTINGS,
        "InvalidChecksumConfigError": _SETTINGS,
        "UnknownCredentialError": _SETTINGS,
        "UnknownTokenProviderError": _SETTINGS,
        "UnknownSignatureVersionError": _SETTINGS,
        "UnsupportedS3ConfigurationError": _SETTINGS,
        "ServiceNotInRegionError": _REGION,
        "ResponseParserError": _DAMAGED,
        "ChecksumError": _DAMAGED,
        "FlexibleChecksumError": _DAMAGED,
        "WaiterError": _BUSY,
        "PaginationError": _BUSY,
        "ParamValidationError": _OURS,
        "BotoCoreError": _OURS,
    }
)
"""By the name of a botocore exception or of one of its bases, nearest first."""


def problem_of_failure(failure: BaseException, call: Call | None, detail: str = "") -> Problem | None:
    """A failure below the level of AWS's answers as a problem; None if it is not botocore's."""
    for base in type(failure).__mro__:
        if base.__name__ in FAILURES and base.__module__.startswith("botocore"):
            code, sentence, remedy = FAILURES[base.__name__]
            where = call.name if call else type(failure).__name__
            said = f" ({_one_line(detail)})" if detail else ""
            return Problem(code, sentence + said, remedy, where)
    return None
