"""What the pages are given of the outer world."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from screens.host import Host, KeyLog
from services.printable import draws_boxes
from services.recovery.passwords import ITERATIONS

if TYPE_CHECKING:
    from screens.host import ExtraAction
    from services.recovery.medium import Finding
    from wizard.root import Program
    from wizard.stage import Stage


def host(program: Program, config: Path | None) -> Host:
    """The outer world for the pages; on the demo's stage, with one more action and its answers."""
    from wizard.keys import tokens, vendor

    environ = program.around.environ
    staged = _staged(program)
    return Host(
        state=program.state,
        clock=program.around.clock,
        connect=program.connect,
        profiles=_profiles,
        warm=_warm,
        open_first=config.absolute() if config is not None else None,
        defaults={**(staged.defaults if staged else {}), **program.answers({})},
        extra_action=_play_palisade(program, staged) if staged else None,
        no_colour=bool(environ.get("NO_COLOR")),
        draws_boxes=draws_boxes(program.around.stderr.encoding),
        key_folder=staged.key_folder if staged else None,
        endpoint=program.endpoint,
        mouse=not program.options.no_mouse,
        key_log=key_log(environ),
        findings=lambda folder: _findings(program, folder),
        keyring=None if staged else program.around.keyring,  # a demo leaves nothing behind
        search_path=environ.get("PATH", ""),
        tool_environment=vendor.passed_on(environ),
        token_drivers=tokens.installed,
        driver_environment=lambda: tokens.environment(environ),
        iterations=program.around.pbkdf2_iterations or ITERATIONS,
    )


def _staged(program: Program) -> Stage | None:
    if program.options.demo_stage is None:
        return None
    from wizard import stage

    return stage.load(program.options.demo_stage)


def _play_palisade(program: Program, staged: Stage) -> ExtraAction:
    from wizard import stage

    return stage.play_palisade(program, staged)


def _findings(program: Program, folder: Path) -> tuple[Finding, ...]:
    from wizard.keys import place

    return place.findings(program, folder, ())


def key_log(environ: Mapping[str, str]) -> KeyLog | None:
    """Where Textual writes down what is typed or shown, because the environment asks it to."""
    if environ.get("TEXTUAL_LOG"):
        return KeyLog(environ["TEXTUAL_LOG"], "TEXTUAL_LOG")
    if environ.get("TEXTUAL_DEBUG") == "1":
        return KeyLog("keys.log", "TEXTUAL_DEBUG")
    if "devtools" in (word.strip().lower() for word in environ.get("TEXTUAL", "").split(",")):
        return KeyLog("Textual's devtools", "TEXTUAL")
    if environ.get("TEXTUAL_SCREENSHOT"):
        return KeyLog("a picture of the screen", "TEXTUAL_SCREENSHOT")
    return None


def _profiles() -> tuple[str, ...]:
    from services.aws.port import profiles

    return profiles()


def _warm() -> None:
    """Loads what is slow to load, in a thread, after the first page is drawn."""
    import services.aws.port
    import services.work  # noqa: F401
