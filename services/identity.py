"""Who is signed in: asked once before anything else, because every call names the account that must own things."""

from __future__ import annotations

from dataclasses import dataclass

from services.aws.failures import not_aws
from services.aws.translate import problem_of
from services.model.calls import Aws, Call, Refused
from services.problems import ProblemError


@dataclass(frozen=True)
class Identity:
    """The account and the ARN of the sign-in."""

    account: str
    arn: str

    @property
    def short(self) -> str:
        """The ARN's part that a person recognises (`assumed-role/Admin/kim`)."""
        return self.arn.split(":", 5)[-1]


def identity(aws: Aws) -> Identity:
    """Asks AWS who is signed in."""
    call = Call("sts", "GetCallerIdentity")
    try:
        reply = aws(call)
    except Refused as refused:
        raise ProblemError(problem_of(refused)) from None
    account, arn = reply.get("Account"), reply.get("Arn")
    if not (isinstance(account, str) and account and isinstance(arn, str) and arn):
        raise ProblemError(not_aws(call))
    return Identity(account, arn)
