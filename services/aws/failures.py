"""What goes wrong below AWS's answers (network, sign-in, settings) as problems, from one table.

`FAILURES` maps the names of botocore's exceptions, so that this module needs no botocore. Tests hold it against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.aws.translate import REMEDIES, one_line, problem_of
from services.model.calls import Call, Refused
from services.problems import Problem

_SIGN_IN = (
    "sign-in",
    "There is no valid AWS sign-in to work with.",
    REMEDIES["sign-in"] + ("Or choose another profile with --profile.",),
)
_NETWORK = ("network", "AWS cannot be reached, or the answer did not arrive.", REMEDIES["network"])
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
_BUSY = ("busy", "AWS gave an answer that makes no sense.", REMEDIES["busy"])
_DAMAGED = (
    "network",
    "What answered is not AWS (the answer makes no sense), or it was damaged on its way.",
    (
        "If this network asks for a sign-in of its own, open any web page and sign in; a proxy may do the same.",
        *REMEDIES["network"],
    ),
)

FAILURES: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        "ProfileNotFound": (
            "invalid-answer",
            "The AWS profile does not exist on this computer.",
            (
                "List yours with 'aws configure list-profiles', and correct aws.profile, --profile or AWS_PROFILE.",
            ),
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


def problem_of_failure(
    failure: BaseException, call: Call | None, detail: str = "", region: str = ""
) -> Problem:
    """A failure below the level of AWS's answers as a problem. `region` is given where it is part of AWS's own name."""
    where = call.name if call else type(failure).__name__
    said = f" ({one_line(detail)})" if detail else ""
    for base in type(failure).__mro__:
        if base.__name__ in FAILURES and base.__module__.startswith("botocore"):
            row = FAILURES[base.__name__]
            code, sentence, remedy = row
            if row is _NETWORK and region:
                remedy += (f"If the network is good, look whether {region} is the region that you mean.",)
            return Problem(code, sentence + said, remedy, where)
    name = type(failure).__name__
    return Problem("our-bug", f"An unknown failure occurred below AWS's answers ({name}).", _OURS[2], where)


def not_aws(call: Call) -> Problem:
    """For an answer that AWS would not give: somebody else answered, or not all of it arrived."""
    code, sentence, remedy = _DAMAGED
    return Problem(code, sentence, remedy, call.name)


def no_credentials(refused: Refused) -> Problem:
    """For a sign-in that has no credentials, because AWS refused the call that gets them."""
    problem = problem_of(refused)
    if problem.code not in {"denied", "refused", "not-ready"}:
        return problem
    said = f" It said: {one_line(refused.message)}" if refused.message else ""
    return Problem(
        "sign-in",
        f"AWS gives this sign-in no credentials: it refused {refused.call.name}.{said}",
        (
            "Check the account, role or permission set that the AWS profile names, and whether you may use it.",
            "Or choose another profile with --profile.",
        ),
        f"{refused.call.name} ({refused.code})",
    )


DAMAGED_SIGN_IN = Problem(
    "sign-in",
    "What this computer keeps of your AWS sign-in cannot be read: it is damaged.",
    (
        "Sign in again (for example 'aws sso login' or 'aws login'), which writes it anew.",
        "If the profile names a credential process, see whether that prints what it should.",
    ),
    "sign-in",
)


def unknown_region(region: str) -> Problem:
    """For a region that is in none of AWS's partitions."""
    return Problem(
        "region",
        f"AWS has no region {region}, as far as this program knows.",
        (
            "Compare it with the list of regions in the AWS console; 'eu-west-1' is how one is written.",
            "If AWS opened it only lately, update the Python package botocore, which holds the list.",
        ),
        region,
    )


MFA = Problem(
    "sign-in",
    "This profile asks for an MFA code, which cannot be given here.",
    (
        "Sign in with the code first: 'aws configure export-credentials --format env' asks for it and prints what to set.",
        "Or make temporary credentials with 'aws sts get-session-token --serial-number … --token-code …'.",
        "Or choose a profile with --profile that asks for none.",
    ),
    "mfa_serial",
)
