"""The environment of the demo's programs: one throw-away profile, and nothing of the person's own AWS set-up.

Law of the demo: nothing in it can reach a real account. Whatever could name another endpoint, profile, account or
proxy is removed, and what remains are a file and a folder that belong to the demo.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services import files
from services.demo.emulator import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROFILE = "demo"
# Beside AWS_* and the proxies: where libraries look for other credentials and for whom to trust.
FOREIGN = frozenset({"BOTO_CONFIG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"})


@dataclass(frozen=True)
class Keys:
    """An AWS access key; the secret parts never show in a repr."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def write_profile(folder: Path, endpoint: str, ca_bundle: Path, keys: Keys) -> Path:
    """Write the AWS configuration file with the one profile of the demo, readable by its owner only."""
    lines = (
        f"[profile {PROFILE}]",
        f"region = {REGION}",
        f"endpoint_url = {endpoint}",
        f"ca_bundle = {ca_bundle}",
        f"aws_access_key_id = {keys.access_key}",
        f"aws_secret_access_key = {keys.secret_key}",
        "",
    )
    path = folder / "aws-config"
    files.publish(path, "\n".join(lines).encode(), 0o600)
    return path


def child_environment(environ: Mapping[str, str], config_file: Path) -> dict[str, str]:
    """The environment for a program of the demo: `environ` without anything that leads elsewhere, plus the profile.

    The person's keyring is out of reach too, so that the demo leaves no password in it.
    """
    kept = {name: value for name, value in environ.items() if not leads_elsewhere(name)}
    return kept | {
        "AWS_CONFIG_FILE": str(config_file),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PROFILE": PROFILE,
        # Without any such variable, macOS would be asked for the proxies of its system settings.
        "NO_PROXY": "*",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


def leads_elsewhere(name: str) -> bool:
    """Whether a variable could name an endpoint, account, profile, proxy or trust that is not the demo's."""
    upper = name.upper()
    return upper.startswith("AWS_") or upper.endswith("_PROXY") or upper in FOREIGN
