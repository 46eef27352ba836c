"""Reading the shares that custodians bring together: whatever is wrong is told by share and word number, never by word.

Loaded in the child process alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.problems import ProblemError, refuse
from services.recovery import share_files, slip39
from services.recovery.slip39 import WORDS, Fault, Share

_AGAIN = "Compare the share with what its custodian wrote down, word by word."


def read(name: str, content: bytes | bytearray) -> Share:
    """The share in a file, or in what somebody typed. Errors: `unreadable-file`."""
    words = share_files.words_of(content)
    if words is None:
        raise refuse(
            "unreadable-file",
            f"A share is a line of {WORDS} English words, and {name} is no share.",
            "Give the file of a share, or its words and nothing else.",
            where=name,
        )
    found = slip39.read(words)
    if isinstance(found, Fault):
        raise refuse("unreadable-file", _says(name, found, len(words)), _AGAIN, where=name)
    return found


def _says(name: str, fault: Fault, words: int) -> str:
    match fault.what:
        case "unknown-word":
            return f"Word {fault.position} of {name} is not on the list of words that shares are made of."
        case "length":
            return f"A share has {WORDS} words, and {name} has {words}."
        case "checksum" if fault.position is not None:
            return f"Word {fault.position} of {name} is most likely wrong: the share's checksum does not fit."
        case "checksum":
            return f"At least two words of {name} are wrong or in the wrong place: the share's checksum does not fit."
        case _:
            return f"This share is of another kind, which was not made for a recovery key: {name}."


def check_set(shares: Sequence[tuple[str, Share]]) -> None:
    """Refuse shares that cannot be combined: of several sets, the same twice, too few, too many. `invalid-answer`."""
    check_together(shares)
    _, first = shares[0]
    if len(shares) < first.threshold:
        raise refuse(
            "invalid-answer",
            f"{first.threshold} shares of this set are needed, and {len(shares)} were given.",
            f"Bring {first.threshold - len(shares)} more together.",
        )
    if len(shares) > first.threshold:
        raise refuse(
            "invalid-answer",
            f"Exactly {first.threshold} shares of this set are combined, and {len(shares)} were given.",
            f"Leave {len(shares) - first.threshold} of them out; any will do.",
        )


def check_together(shares: Sequence[tuple[str, Share]]) -> None:
    """Refuse shares of several sets, and the same one twice; there may be too few of them yet. `invalid-answer`."""
    if not shares:
        raise refuse("invalid-answer", "No share was given.", "Give the shares of several custodians.")
    first_name, first = shares[0]
    seen: dict[int, str] = {}
    for name, share in shares:
        if share.group != first.group:
            raise refuse(
                "invalid-answer",
                f"Two sets are mixed: {name} belongs to another set of shares than {first_name}.",
                "Bring shares together whose files or sheets name the same set.",
                where=name,
            )
        if share.index in seen:
            raise refuse(
                "invalid-answer",
                f"The same share was given twice: {seen[share.index]} and {name}.",
                "Give the share of another custodian instead of one of them.",
                where=name,
            )
        seen[share.index] = name


def enough(threshold: int) -> ProblemError:
    """The refusal of one share more than are combined."""
    return refuse(
        "invalid-answer",
        f"The {threshold} shares that are needed are here already.",
        "Go on with them; more are not combined.",
    )


def contradictory() -> ProblemError:
    """The refusal of shares that say that they belong together, and do not."""
    return refuse(
        "unreadable-file",
        "The shares say that they belong together but give no secret: at least one of them was altered.",
        "Try the share of another custodian in place of each of them in turn.",
    )


def other_file() -> ProblemError:
    """The refusal of a sealed file that the combined shares do not open."""
    return refuse(
        "wrong-password",
        "The shares combine, but what they give does not open this sealed file: it belongs to other shares, "
        "or it is damaged.",
        "Compare the fingerprint in the share files with that of the sealed file's public key; "
        "then try another copy of the sealed file.",
    )
