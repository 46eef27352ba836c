"""The person at the keyboard: typed consent, and passwords that are never shown."""

from __future__ import annotations

import sys
import warnings

from services.problems import ProblemError, refuse


def ask_secret(prompt: str) -> bytearray:
    """A line from the terminal without echo; refused where the echo cannot be switched off."""
    import getpass

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return bytearray(getpass.getpass(prompt, stream=sys.stderr).encode("utf-8", "surrogateescape"))
        except getpass.GetPassWarning:
            raise no_terminal("The password cannot be typed here without being shown.") from None
        except EOFError:
            raise no_terminal("The input ended before anything was typed.") from None


def no_terminal(summary: str, option: str = "--password-file") -> ProblemError:
    """The refusal to ask for a secret where nobody can type one unseen; `option` gives it in a file."""
    return refuse(
        "no-terminal", summary, f"Give it with {option} F, or - for the standard input.", where=option
    )
