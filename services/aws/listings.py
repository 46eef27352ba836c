"""Reads pages of `ListObjectVersions` once and quickly, with botocore's outcome or none.

A full bucket has thousands of pages of a thousand versions. botocore reads each of them twice, first to see whether it is
an error in the clothes of a success, then with its general parser, and a listing would spend most of its time on that.
What this module does not know, it leaves to botocore.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree

from services.aws.replies import Plain

_LISTS = {"Version": "Versions", "DeleteMarker": "DeleteMarkers"}
_TEXTS = frozenset(
    {
        "Key",
        "VersionId",
        "ETag",
        "ChecksumType",
        "StorageClass",
        "LastModified",
        "Name",
        "Prefix",
        "Delimiter",
    }
    | {"KeyMarker", "VersionIdMarker", "NextKeyMarker", "NextVersionIdMarker", "EncodingType"}
)
_NUMBERS = frozenset({"Size", "MaxKeys"})
_FLAGS = frozenset({"IsLatest", "IsTruncated"})
_BOOLEANS = {"true": True, "false": False}

EMPTY = b"<ListVersionsResult/>"

EVENT = "before-parse.*.ListObjectVersions"
"""Who listens to botocore's event under a name with a star in it comes before those who named the service, as botocore does."""


def take(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Listens to `EVENT`: puts the page into the answer, and leaves an empty one for botocore to look at and to parse."""
    if response_dict.get("status_code") != 200:
        return
    page = read(response_dict.get("body", b""))
    if page is not None:
        customized_response_dict.update(page)
        response_dict["body"] = EMPTY


def is_ours(reply: Mapping[str, Any]) -> bool:
    """Whether a page was read here, which leaves moments as texts: all of it is known to be what it should."""
    return any(
        isinstance(each.get("LastModified"), str)
        for name in _LISTS.values()
        for each in reply.get(name) or ()
    )


def read(body: bytes) -> dict[str, Any] | None:
    """A page as botocore gives it, but for moments, which stay as AWS writes them; None for what is not fully known."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - AWS's answer, which botocore gives to the same parser
    except ElementTree.ParseError:
        return None
    space = root.tag[: root.tag.find("}") + 1]
    if root.tag != f"{space}ListVersionsResult":
        return None
    try:
        found = _page(root, _names(space))
    except (KeyError, ValueError):
        return None
    return found if "IsTruncated" in found else None


def _page(root: ElementTree.Element, names: Mapping[str, str]) -> dict[str, Any]:
    """Raises KeyError or ValueError for whatever is not known."""
    found: dict[str, Any] = {}
    for child in root:
        name = names[child.tag]
        if name in _LISTS:
            found.setdefault(_LISTS[name], Plain()).append(_entry(child, names))
        elif name in _FLAGS:
            found[name] = _BOOLEANS[child.text or ""]
        else:
            found[name] = int(child.text or "") if name in _NUMBERS else _text(child)
    return found


def _entry(entry: ElementTree.Element, names: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for child in entry:
        name = names[child.tag]
        if name == "Owner":
            fields[name] = {names[each.tag]: _text(each) for each in child}
        elif name == "ChecksumAlgorithm":
            fields.setdefault(name, []).append(_text(child))
        else:
            fields[name] = child.text or ""
    fields["IsLatest"] = _BOOLEANS[fields["IsLatest"]]
    if not (fields["Key"] and fields["VersionId"]):
        raise KeyError("Key")
    datetime.fromisoformat(fields["LastModified"])  # stays as it is, but must be a moment
    if "Size" in fields:
        fields["Size"] = int(fields["Size"])
    return fields


def _text(element: ElementTree.Element) -> str:
    """The text of an element that holds nothing else."""
    if len(element):
        raise KeyError(element.tag)
    return element.text or ""


@cache
def _names(space: str) -> Mapping[str, str]:
    """The names of all elements that are known, by their tags in a name space."""
    return {
        f"{space}{name}": name
        for name in (*_TEXTS, *_NUMBERS, *_FLAGS, *_LISTS, "ChecksumAlgorithm", "Owner", "ID", "DisplayName")
    }
