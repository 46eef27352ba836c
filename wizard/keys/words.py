"""What `keygen` says of a finished key pair, to a program and to a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from services.own_command import on_setup, own_command

if TYPE_CHECKING:
    from services.papers import Papers
    from wizard.keys.making import Made
    from wizard.root import Program


OPEN = "! The private key is open text: whoever reads the file has it."


def as_json(made: Made) -> dict[str, object]:
    """The contract's JSON of `keygen`; paths only. Custodians are there where they were named."""
    from services.recovery import custodians, keyfiles

    document = {**keyfiles.as_json(made.files), "shares": [str(path) for path in made.shares]}
    if made.custody is None:
        return document
    custody = custodians.as_json(made.custody)
    return {**document, **custody, "custodians": custody["custodians"] if made.custody.named else []}


def say(program: Program, made: Made, config: Path | None, papers: Papers) -> None:
    """Where everything is, what to know of it, and what to do next."""
    voice, files = program.voice, made.files
    if not voice.json:
        lines = [
            f"Public key   {files.public_der}",
            f"As hex text  {files.public_hex}",
            f"Private key  {files.private_file}",
            *(f"Share        {path}" for path in made.shares),
            *([f"Sheet        {papers.sheet.path}"] if papers.sheet.path else []),
            *([f"Custodians   {papers.custodians.path}"] if papers.custodians.path else []),
            f"SHA-256      {files.sha256}",
        ]
        voice.data("\n".join(lines))
    for note in files.notes:
        voice.tell(f"! {note}")
    if files.format == "hex":
        voice.tell(OPEN)
    for sentence in _next(made):
        voice.tell(sentence)
    if config is not None:
        voice.tell(f"Next: {on_setup('plan', config)}")


def _next(made: Made) -> list[str]:
    from services.recovery.vendor_tool import validate_command

    private = made.files.private_file
    said = []
    if made.shares:
        custody = made.custody
        needed = made.shares[: custody.threshold] if custody else made.shares
        said += [
            f"Then let {len(needed)} custodians test together that their shares open {private.name}:",
            f"  {own_command('shares combine', *needed, '--sealed', private)}",
        ]
    elif made.files.format == "hex":
        said.append("Keep the private file away from this computer.")
    else:
        said.append(
            "Keep the private file and its password apart from each other, and away from this computer."
        )
    return [*said, "The vendor's own tool proves the private file with:", f"  {validate_command(private)}"]
