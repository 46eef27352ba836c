"""`completion`: the script that lets a shell complete this program's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wizard import PROGRAM
from wizard.cli import Subcommand
from wizard.completing import SHELLS

if TYPE_CHECKING:
    from wizard.root import Program

READ = {
    "bash": f'eval "$({PROGRAM} completion bash)"',
    "zsh": f'eval "$({PROGRAM} completion zsh)"',
    "fish": f"{PROGRAM} completion fish | source",
}
START = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/config.fish"}


@click.command(
    "completion",
    cls=Subcommand,
    help="Prints the script that completes commands, options and values with the Tab key. The shell reads it when it starts: "
    f"put {READ['bash']} into {START['bash']}, the same with zsh into {START['zsh']}, or {READ['fish']} into "
    f"{START['fish']}. Bash must be 4.4 or newer.",
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_obj
def command(program: Program, *, shell: str) -> int:
    """See the help text."""
    from wizard.cli import main_group
    from wizard.completing import script

    text = script(main_group(), shell)
    if program.voice.json:
        program.voice.document({"shell": shell, "script": text})
    else:
        program.voice.data(text.rstrip("\n"))
    if program.around.stdout.isatty():
        program.voice.tell(f"Put this line into {START[shell]}:  {READ[shell]}")
    return 0
