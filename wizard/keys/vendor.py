"""Letting the vendor's own tool judge a private file: the person sees which program that is, agrees, and types alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from services.problems import refuse
from wizard.terminal import agreed

if TYPE_CHECKING:
    from services.recovery.vendor_tool import Tool
    from wizard.root import Program

PASSED_ON = ("PATH", "HOME", "TERM", "LANG", "LC_ALL")
"""The environment variables that the tool gets; nothing of AWS."""


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    """What of an environment the tool may see."""
    return {name: environ[name] for name in PASSED_ON if name in environ}


def proven(program: Program, private_file: Path) -> dict[str, object]:
    """Run the tool if it is here and the person agrees; else print the exact command. What a document says of it.

    Errors: `failed-check` if the tool refuses the file, `stale`, `unreadable-file`.
    """
    from services.recovery import vendor_tool

    voice, file = program.voice, private_file.absolute()
    command = vendor_tool.validate_command(file)
    tool = vendor_tool.find(program.around.environ.get("PATH", ""))
    document: dict[str, object] = {"command": command, "path": None, "ran": False}
    if tool is None:
        voice.tell(f"{vendor_tool.NAME} is not on PATH. Where it is, it proves the file with:")
    else:
        document |= {
            "path": str(tool.path),
            "owner": tool.owner,
            "sha256": tool.sha256,
            "warnings": list(tool.notes),
        }
        _show(program, tool)
        if program.around.terminal and not voice.json and _agreed(program):
            _run(program, tool, file)
            return {**document, "ran": True}
        voice.tell("It was not run. Run it yourself, and type the password into it:")
    if not voice.json:
        voice.data(command)
    return document


def _show(program: Program, tool: Tool) -> None:
    program.voice.tell(f"Program  {tool.path}\nOwner    {tool.owner}\nSHA-256  {tool.sha256}")
    for note in tool.notes:
        program.voice.tell(f"! {note}")
    program.voice.tell(
        "Compare the SHA-256 with the one that its publisher names: this program will get the password."
    )


def _agreed(program: Program) -> bool:
    return agreed(
        program.around, "Run it now? It asks for the password itself. Only 'yes' is taken as consent: "
    )


def _run(program: Program, tool: Tool, file: Path) -> None:
    from services.recovery import vendor_tool

    around = program.around
    status = vendor_tool.run(
        tool,
        vendor_tool.validate_argv(tool, file),
        keyboard=around.stdin.fileno(),
        screen=around.stderr.fileno(),
        environment=passed_on(around.environ),
    )
    if status != 0:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        raise refuse(
            "failed-check",
            f"The vendor's tool did not accept the file or the password ({how}).",
            "Read what it said; a wrong password and a damaged file look alike to it.",
            "Run 'palisade-wizard keycheck FILE --prove' to tell the two apart.",
            where=str(tool.path),
        )
    program.voice.tell("✓ The vendor's tool accepts the file.")
