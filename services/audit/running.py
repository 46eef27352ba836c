"""An audit as both faces run it: at a desk, in the audit's own folder, each word on the way told."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from services import own_files
from services.audit import SAMPLE
from services.audit.answer import Audited
from services.audit.audit import Wanted, audit
from services.audit.subject import of_desk
from services.desk import Desk
from services.problems import refuse

LOOK = Wanted("list", sample=SAMPLE)
"""What a look is where nobody says more: the bucket is listed, some wallets are read."""


def run(
    desk: Desk, wanted: Wanted, tell: Callable[[str], None], stopped: Callable[[], bool] = lambda: False
) -> Audited:
    """The answer. Errors: those of the audit; `interrupted` once `stopped` says so, and what was listed is kept."""
    subject = of_desk(desk, reading=wanted.sample != 0)
    with own_files.held(desk.state.folder, "audits", desk.setup_id, wanted.engine) as folder:
        for event in audit(desk.aws, subject, wanted, folder, desk.clock):
            if isinstance(event, Audited):
                return event
            tell(event.says)
            if stopped():
                raise refuse("interrupted", "The audit was stopped.", "Run it again: it goes on from there.")
    raise AssertionError("an audit ends with its answer")


def seed() -> str:
    """What decides which wallets are read: another one each time."""
    return secrets.token_hex(8)
