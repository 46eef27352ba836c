"""JMESPath over replies, with the few functions more that AWS's own answers make necessary."""

from __future__ import annotations

import json
from typing import Any

import jmespath
from jmespath import functions


class _Functions(functions.Functions):  # type: ignore[misc] # the library has no types
    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_split(self, text: str | None, mark: str) -> list[str] | None:
        """`split(arn, ':')`, as newer JMESPath has it: some names AWS gives only inside an ARN."""
        return None if text is None else text.split(mark)

    @functions.signature({"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_lower(self, text: str | None) -> str | None:
        """`lower(Endpoint)`: what AWS may give back in other letters than it was given."""
        return None if text is None else text.lower()


def literal(value: object) -> str:
    """A text or other data as a JMESPath literal, whatever characters it has."""
    return "`" + json.dumps(value).replace("`", "\\`") + "`"


_OPTIONS = jmespath.Options(custom_functions=_Functions())


def search(path: str, reply: Any) -> Any:
    """What the expression finds; None where it finds nothing."""
    return jmespath.search(path, reply, _OPTIONS)
