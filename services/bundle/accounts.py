"""Account ids as `account-1`, `account-2`: which are the same stays visible, which they are does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ALONE = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")


def masked(files: Mapping[str, str], known: Iterable[str]) -> dict[str, str]:
    """The files with every account id replaced; `known` ids also where they are only a part of a longer word."""
    numbers = {account: f"account-{n}" for n, account in enumerate(dict.fromkeys(filter(None, known)), 1)}
    for content in files.values():
        for account in _ALONE.findall(_UUID.sub("", content)):
            numbers.setdefault(account, f"account-{len(numbers) + 1}")
    return {name: _without(content, numbers) for name, content in files.items()}


def _without(content: str, numbers: Mapping[str, str]) -> str:
    spelt = {
        spelling: name
        for account, name in numbers.items()
        for spelling in (account, f"{account[:4]}-{account[4:8]}-{account[8:]}")
    }
    if not spelt:
        return content
    found = re.compile(rf"{_UUID.pattern}|(?<!\d)(?:{'|'.join(spelt)})(?!\d)", re.IGNORECASE)
    return found.sub(lambda match: spelt.get(match.group(), match.group()), content)
