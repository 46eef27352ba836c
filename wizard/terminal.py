"""The person at the keyboard: typed consent, and passwords that are never shown."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from services.problems import ProblemError, refuse

if TYPE_CHECKING:
    from wizard.root import Surroundings


def agreed(around: Surroundings, prompt: str, word: str = "yes") -> bool:
    """Asks for a word on a line. Whatever else is typed is no consent, be it no text at all or the end of the terminal."""
    try:
        around.stderr.write(prompt)
        around.stderr.flush()
        return around.stdin.readline().strip() == word
    except (UnicodeDecodeError, OSError):
        return False


def ask_secret(prompt: str) -> bytearray:
    """A line from the terminal without echo; refused where the echo cannot be switched off.

    Errors: `no-terminal`, `bad-password` for bytes that are no text.
    """
    typed = _unseen(prompt)
    if typed is None:  # refused here, where the error that holds what was typed is gone
        raise refuse(
            "bad-password",
            "What was typed holds bytes that are no text in this terminal's encoding, so it was not used.",
            "Type it again, or give it in a file, which is taken as it is.",
        )
    return typed


def _unseen(prompt: str) -> bytearray | None:
    """The line; None if it cannot be decoded."""
    import getpass

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return bytearray(getpass.getpass(prompt, stream=sys.stderr).encode("utf-8", "surrogateescape"))
        except UnicodeDecodeError:
            return None
        except getpass.GetPassWarning:
            raise no_terminal("The password cannot be typed here without being shown.") from None
        except EOFError:
            raise no_terminal("The input ended before anything was typed.") from None


def no_terminal(summary: str, option: str = "--password-file") -> ProblemError:
    """The refusal to ask for a secret where nobody can type one unseen; `option` gives it in a file."""
    return refuse(
        "no-terminal", summary, f"Give it with {option} F, or - for the standard input.", where=option
    )
