"""Names proposed where a person would have to invent one."""

from __future__ import annotations

from services.answers import Answers
from services.model.naming import WITHOUT_REGIONAL_NAMES


def bucket(answers: Answers, namespace: str) -> str:
    """A bucket name that follows the rules, and that nobody else has by accident: the account is in it."""
    name, account, region = (answers.text(key) for key in ("setup.name", "aws.account", "aws.region"))
    if namespace == "account-regional":
        ending = f"-{account}-{region}-an"
        return f"{f'{name}-palisade'[: 63 - len(ending)].rstrip('-')}{ending}"
    ending = f"-{account}" if account else ""
    return f"{f'{name}-palisade-backup'[: 63 - len(ending)].rstrip('-')}{ending}"


def key_name(answers: Answers) -> str:
    """The name of the recovery key's files."""
    return f"{answers.text('setup.name')}-recovery"


def name_spaces(region: str, chosen: str) -> list[tuple[str, str]]:
    """The choices that AWS has in the region, and one that was made before its region."""
    found = [("global: free in all of AWS", "global")]
    if region not in WITHOUT_REGIONAL_NAMES or chosen == "account-regional":
        found.append(("account-regional: yours alone", "account-regional"))
    return found
