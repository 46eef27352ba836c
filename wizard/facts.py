"""Facts of the program, the computer and the terminal for a support bundle; and the words of the environment that must not be in it."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import TYPE_CHECKING, TextIO

from wizard import VERSION

if TYPE_CHECKING:
    from wizard.root import Program

LIBRARIES = (
    "boto3", "botocore", "click", "cryptography", "filelock", "icalendar", "jmespath", "keyring", "ministack", "platformdirs",
    "python-pkcs11", "pyyaml", "shamir-mnemonic", "textual", "tomlkit",
)  # fmt: skip
TOLD = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONIOENCODING", "PYTHONUTF8")
"""Variables whose values are told if they are plain names."""

ASKED = (
    "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_EC2_METADATA_DISABLED", "HTTP_PROXY",
    "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NO_COLOR", "TMUX", "SSH_TTY", "VIRTUAL_ENV",
)  # fmt: skip
"""Variables of which only is told whether they are set."""

_PLAIN = re.compile(r"[A-Za-z0-9._@+-]{1,40}")
_SECRET = re.compile(
    r"SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|ACCESS_KEY|API_?KEY|PRIVATE|\bPIN\b|_PIN\b",
    re.IGNORECASE,
)


def about(program: Program) -> dict[str, object]:
    """Versions and surroundings; neither the computer's name nor anybody's."""
    environ = program.around.environ
    return {
        "program": VERSION,
        "python": {
            "version": platform.python_version(),
            "kind": platform.python_implementation(),
            "bits": sys.maxsize.bit_length() + 1,
        },
        "system": _system(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "terminal": {
            "input": _tty(program.around.stdin),
            "output": _tty(program.around.stdout),
            "talk": _tty(program.around.stderr),
            "encoding": program.around.stdout.encoding,
            "size": _size(program.around.stderr),
            **{name: environ[name] for name in TOLD if _PLAIN.fullmatch(environ.get(name, ""))},
        },
        "set_in_the_environment": [name for name in ASKED if environ.get(name)],
        "endpoint": program.endpoint,
    }


def private(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables whose names say that they are secret."""
    return tuple(dict.fromkeys(value for name, value in environ.items() if _SECRET.search(name) and value))


def _system() -> dict[str, str]:
    found = {"name": platform.system(), "release": platform.release(), "machine": platform.machine()}
    try:
        release = platform.freedesktop_os_release()
    except OSError:  # not Linux, or an old one
        return found
    return {**found, "distribution": release.get("ID", ""), "version": release.get("VERSION_ID", "")}


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _tty(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # closed, or none at all
        return False


def _size(stream: TextIO) -> str | None:
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError, AttributeError):  # no terminal, or none of this process
        return None
    return f"{size.columns}x{size.lines}"
