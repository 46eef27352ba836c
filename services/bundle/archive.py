"""The archive itself: the same content gives the same bytes, and nothing leaves that looks like a secret."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from services.bundle.redact import AWS_IDS, LONG, LONGEST_KNOWN, PRIVATE, Redactor, looks_random
from services.problems import ProblemError, refuse

_FIRST = datetime(1980, 1, 1, tzinfo=UTC)
"""The oldest time that a ZIP file can hold."""


def checked(files: Mapping[str, str], redactor: Redactor) -> Mapping[str, str]:
    """The same files, if the second look finds no secret in them either. Errors: `our-bug`."""
    for name, content in files.items():
        for what in _suspicious(content, redactor):
            raise _stopped(name, what)
    return files


def _suspicious(content: str, redactor: Redactor) -> Iterator[str]:
    if PRIVATE.search(content):
        yield "the beginning of a private key"
    if AWS_IDS.search(content):
        yield "an AWS access key"
    if any(looks_random(match.group()) for match in LONG.finditer(content)):
        yield "something like a secret key or a token"
    if any(_joined(word) in _joined(content) for word in redactor.private if len(word) >= LONGEST_KNOWN):
        yield "a secret of the environment"
    if len(redactor.external_id) >= LONGEST_KNOWN and redactor.external_id in _joined(content):
        yield "the external ID"


def _joined(text: str) -> str:
    """The text without blanks and line breaks, which hide nothing."""
    return re.sub(r"\s", "", text)


def _stopped(name: str, what: str) -> ProblemError:
    return refuse(
        "our-bug",
        f"The bundle would have held {what} in {name}; it was not written.",
        "This is a fault of the program, not yours. Report it with this sentence; do not send anything else.",
        where=name,
    )


def packed(files: Mapping[str, str], moment: datetime) -> bytes:
    """The files as a ZIP archive, in their order, all of one time."""
    when = max(moment.astimezone(UTC), _FIRST)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(
                name, (when.year, when.month, when.day, when.hour, when.minute, when.second)
            )
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            archive.writestr(entry, content.encode())
    return held.getvalue()
