"""Names proposed where a person would have to invent one."""

from __future__ import annotations

from services.answers import Answers


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
