"""The head of every report: which set-up it is about, and in capitals if that is production.

Whoever reads a report must see at once whether it is about real funds; a colour would be lost in a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.answers import Answers
    from services.separation.apart import Warned


def environment_of(answers: Answers) -> str:
    """The environment; production in capitals."""
    environment = answers.text("setup.environment")
    return environment.upper() if environment == "production" else environment


def set_up(answers: Answers, account: str = "", signed_in: str = "") -> str:
    """One line: the set-up, its environment, and where and as whom AWS was looked at."""
    parts = [f"Set-up {answers.text('setup.name')} ({environment_of(answers)})"]
    parts += [f"account {account}", f"region {answers.text('aws.region')}"] if account else []
    parts += [f"signed in as {signed_in}"] if signed_in else []
    return ", ".join(parts) + "."


def warned(found: tuple[Warned, ...]) -> list[str]:
    """What the environments have in common and should not, with what to do about it."""
    return [line for one in found for line in (f"! {one.says}", f"  {one.remedy}")]
