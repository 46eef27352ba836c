"""Completion in a shell: what may follow the words typed so far, from the same definitions as the help.

The shell's script, which `palisade-wizard completion` prints, starts the program with `VARIABLE` set and the words in
the environment; it answers and ends. Nothing is read, loaded or called for that beyond the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from click.shell_completion import ShellComplete, get_completion_class, split_arg_string

from wizard import PROGRAM

if TYPE_CHECKING:
    import click

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_PALISADE_WIZARD_COMPLETE"


def script(group: click.Command, shell: str) -> str:
    """What a shell must read to complete this program's words."""
    # The base class's, because bash's own would start a bash only to ask for its version.
    return ShellComplete.source(_of(group, shell, {}))


def answered(group: click.Command, environ: Mapping[str, str], obj: object) -> str:
    """What the shell's script asks for; empty if it asks for nothing that can be told."""
    shell, _, wish = environ[VARIABLE].partition("_")
    if shell not in SHELLS or wish != "complete":
        return ""
    known = _of(group, shell, {"obj": obj})
    items = known.get_completions(*words(shell, environ))
    return "\n".join(known.format_completion(item) for item in items)


def words(shell: str, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """The words before the one that is being typed, and that one."""
    typed = split_arg_string(environ.get("COMP_WORDS", ""))
    at = environ.get("COMP_CWORD", "")
    if shell == "fish":  # which gives the word itself, and gives it among the others too
        incomplete = next(iter(split_arg_string(at)), "")
        before = typed[1:]
        return (before[:-1] if incomplete and before[-1:] == [incomplete] else before), incomplete
    number = int(at) if at.isdecimal() else len(typed)
    before, incomplete = typed[1:number], typed[number] if number < len(typed) else ""
    if shell == "bash":  # which takes the sign in --option=value for a word of its own
        before = [word for n, word in enumerate(before) if word != "=" or not before[n - 1].startswith("--")]
        incomplete = "" if incomplete == "=" and before[-1:] and before[-1].startswith("--") else incomplete
    return before, incomplete


def _of(group: click.Command, shell: str, more: dict[str, Any]) -> ShellComplete:
    found = get_completion_class(shell)
    if found is None:
        raise ValueError(shell)
    return found(group, more, PROGRAM, VARIABLE)
