"""No command: opens the wizard in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from services.problems import refuse
from wizard import signals

if TYPE_CHECKING:
    from wizard.root import Program


def open_wizard(program: Program, config: Path | None) -> int:
    """The pages, if there is a terminal to show them on. Textual draws on the standard error."""
    if not program.around.terminal:
        raise refuse(
            "no-terminal",
            "The wizard needs a terminal, and there is none here.",
            "Without a terminal, use 'palisade-wizard answers new --out S', keygen, 'apply --config S --yes', values "
            "and verify; or 'palisade-wizard demo --headless' to see it all happen.",
        )
    if config is not None:
        program.setup(config)
    if program.options.plain:
        from wizard.plain import journey

        return journey.run(program, config)
    refuse_dumb(program.around.environ, "palisade-wizard --plain")
    from screens.app import run
    from wizard.host import host

    with signals.told_with("Open the wizard again: it goes on from there."):
        return run(host(program, config))


def refuse_dumb(environ: Mapping[str, str], instead: str) -> None:
    """Refuses to draw pages on a terminal that says of itself that it cannot show them, or does not say what it is."""
    name = environ.get("TERM", "")
    if name in {"", "dumb", "unknown"}:
        says = (
            f"this one cannot (TERM={name})" if name else "this one does not say what it is (TERM is not set)"
        )
        raise refuse(
            "no-terminal",
            f"The pages of the wizard need a terminal that can place its cursor, and {says}.",
            f"Use '{instead}': the same questions, line by line.",
            "Or, if it can, say so with 'export TERM=xterm-256color'.",
            where="TERM",
        )
