"""The table of uploads that the bucket policy must take or refuse, once, for every judge that is asked about it.

Each judge has its own way to make the request; the rows and what is expected of them are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.judge import KEY_ID, KEY_NAME, PLACES, SSE, SSE_C, key_arn


@dataclass(frozen=True)
class Upload:
    """One row: its encryption headers (by the condition key that they set), and whether each form takes it."""

    name: str
    headers: dict[str, str]
    tolerant: bool
    strict: bool

    def taken(self, *, strict: bool) -> bool:
        return self.strict if strict else self.tolerant


def uploads(place: tuple[str, str], key: str) -> tuple[Upload, ...]:
    """The rows for one partition and region; `key` is the set-up's key."""
    foreign = key_arn(*place, "key/ffffffff-0000-0000-0000-000000000000", "999999999999")
    refused: dict[str, dict[str, str]] = {
        "SSE-S3": {SSE: "AES256"},
        "no key id": {SSE: "aws:kms"},
        "foreign key": {SSE: "aws:kms", KEY_ID: foreign},
        "bare key id": {SSE: "aws:kms", KEY_ID: KEY_NAME},
        "alias": {SSE: "aws:kms", KEY_ID: "alias/palisade-backup-acme"},
        "alias ARN": {SSE: "aws:kms", KEY_ID: key_arn(*place, "alias/palisade-backup-acme")},
        "DSSE": {SSE: "aws:kms:dsse", KEY_ID: key},
        "DSSE without key id": {SSE: "aws:kms:dsse"},
        "SSE-C": {SSE_C: "AES256"},
        "foreign key id alone": {KEY_ID: foreign},
        "our key id with SSE-S3": {SSE: "AES256", KEY_ID: key},
    }
    return (
        Upload("no headers", {}, tolerant=True, strict=False),
        Upload("our key", {SSE: "aws:kms", KEY_ID: key}, tolerant=True, strict=True),
        *(Upload(name, headers, tolerant=False, strict=False) for name, headers in refused.items()),
    )


NAMES = tuple(row.name for row in uploads(PLACES[0], key_arn(*PLACES[0])))


def upload(place: tuple[str, str], key: str, name: str) -> Upload:
    """The row of a name."""
    (found,) = (row for row in uploads(place, key) if row.name == name)
    return found
