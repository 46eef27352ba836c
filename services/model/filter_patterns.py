"""The language of CloudWatch Logs' filter patterns for JSON events, as far as the alarms need it.

It knows `=` and `!=` on strings, `*` at the ends of a string, `NOT EXISTS`, `&&`, `||` and brackets. What `!=` says
of a field that is missing is documented nowhere, so no pattern may lean on it: `other_than` says both.
"""

from __future__ import annotations

import re

from services.problems import refuse

LONGEST = 1024
"""Characters that a filter pattern may have."""

_SAFE = re.compile(r"[A-Za-z0-9_+=,.@:/-]+")


def quoted(text: str) -> str:
    """A string that means itself. The language has no way to escape the characters that mean more."""
    if not _SAFE.fullmatch(text):
        raise refuse(
            "invalid-answer",
            f"The alarms cannot watch {text}: a filter pattern of CloudWatch Logs cannot hold such characters.",
            "Choose a role.path of letters, digits and the characters _ + = , . @ / - only.",
            "Or turn the alarms off with hardening.alarms = false.",
        )
    return f'"{text}"'


def equal(name: str, text: str) -> str:
    """The field is the text."""
    return f"($.{name}={quoted(text)})"


def begins(name: str, text: str) -> str:
    """The field begins with the text."""
    return f'($.{name}="{quoted(text)[1:-1]}*")'


def ends(name: str, text: str) -> str:
    """The field ends with the text."""
    return f'($.{name}="*{quoted(text)[1:-1]}")'


def missing(name: str) -> str:
    """The event has no such field."""
    return f"($.{name} NOT EXISTS)"


def there(name: str) -> str:
    """The event has the field, whatever is in it."""
    return f"($.{name} = *)"


def other_than(name: str, text: str) -> str:
    """The field is missing or is something else."""
    return any_of(missing(name), f"($.{name} != {quoted(text)})")


def any_of(*terms: str) -> str:
    """One of the terms at least."""
    return f"({'||'.join(terms)})"


def all_of(*terms: str) -> str:
    """Every term."""
    return f"({' && '.join(terms)})"


def calls(*names: str) -> str:
    """The event is one of these calls. Their names have letters alone and need no quotes: that keeps them short."""
    return any_of(*(f"($.eventName={name})" for name in names))


def pattern(*terms: str) -> str:
    """The whole pattern, for events of which every term is true."""
    text = f"{{ {' && '.join(terms)} }}"
    if len(text) > LONGEST:
        raise refuse(
            "invalid-answer",
            f"A filter pattern of the alarms would have {len(text)} characters, and AWS takes {LONGEST}.",
            "Shorten role.path or the names of the role and the trail.",
            "Or turn the alarms off with hardening.alarms = false.",
        )
    return text
