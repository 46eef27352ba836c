"""`answers`: setup files, without asking AWS."""

from __future__ import annotations

from wizard.cli import ANSWERS, CONTEXT, LazyGroup
from wizard.options import global_options

command = LazyGroup(
    "answers",
    table=ANSWERS,
    prefix="answers_",
    params=global_options(hidden=True),
    context_settings=CONTEXT,
    help="Writes, checks and explains setup files. Nothing here asks AWS.",
)
