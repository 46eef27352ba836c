"""Which endpoints are AWS's own, and URLs without the sign-in that they may carry. Needs no boto3: quick to import."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_REGION = r"(?:[a-z]{2}(?:-[a-z]+)+-\d+|aws(?:-cn|-us-gov)?-global)"
_SUFFIX = r"amazonaws\.com(?:\.cn)?"
_DUAL = r"(?:api\.aws|api\.amazonwebservices\.com\.cn)"
SERVICES = ("s3", "kms", "iam", "sts", "cloudtrail", "logs", "cloudwatch", "sns", "athena")
"""The services that the program calls, by the names that AWS's SDKs have for them."""

_SERVICE = r"(?:s3|kms|sts|iam|cloudtrail|logs|monitoring|sns|athena)"

_HOSTS = re.compile(
    "|".join(
        (
            rf"{_SERVICE}(?:-fips)?\.{_REGION}\.(?:{_SUFFIX}|{_DUAL})",
            rf"s3(?:-fips)?\.dualstack\.{_REGION}\.{_SUFFIX}",
            rf"s3(?:-fips|-external-1|-accelerate(?:\.dualstack)?|(?:-fips)?-{_REGION})?\.{_SUFFIX}",
            # IAM is one for a whole partition, and STS was.
            rf"iam(?:-fips)?(?:\.us-gov)?\.{_SUFFIX}",
            rf"iam(?:-fips)?\.(?:global|us-gov)\.{_DUAL}",
            rf"sts\.{_SUFFIX}",
            # An endpoint inside a VPC that leads to the service itself, not to somebody's (vpce-svc-…).
            rf"(?:bucket\.|accesspoint\.|control\.)?vpce-[0-9a-z-]+\.{_SERVICE}\.{_REGION}\.vpce\.{_SUFFIX}",
        )
    )
)


def is_aws(url: str) -> bool:
    """Whether a URL leads to a service of AWS itself that the program calls, over TLS.

    A name below amazonaws.com is not enough: machines, load balancers and gateways of AWS's customers have such.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and port in {None, 443} and _HOSTS.fullmatch(host) is not None


def without_sign_in(url: str) -> str:
    """The URL without the user name and password that may stand before its host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return scrubbed(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url


def scrubbed(text: str) -> str:
    """A text in which no URL shows a user name or a password, not even a wrongly written one."""
    return re.sub(r"://\S*@", "://…@", text)
