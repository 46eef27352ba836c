"""Whether a reply has the types that AWS's own model gives it.

What botocore finds in JSON it hands on as it is; of XML it makes numbers and moments, or fails, but an element that is there
twice becomes a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_DOCUMENTS = frozenset({"policyDocumentType"})
"""Texts that botocore hands on as what they say: IAM's policies."""

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "timestamp": datetime,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
}


def is_modelled(shape: Any, reply: Mapping[str, Any]) -> bool:
    """Whether a reply is what botocore's output shape of its operation says."""
    return _fits(shape, reply)


def _fits(shape: Any, value: Any) -> bool:
    """`shape` is botocore's; None stands for what is not there."""
    if value is None or shape is None or shape.name in _DOCUMENTS:
        return True
    match shape.type_name:
        case "structure":
            return isinstance(value, Mapping) and all(
                _fits(member, value.get(name)) for name, member in shape.members.items()
            )
        case "list":
            return isinstance(value, list) and all(_fits(shape.member, each) for each in value)
        case "map":
            return isinstance(value, Mapping) and all(_fits(shape.value, each) for each in value.values())
        case kind:
            right = _TYPES.get(kind)
            # True is a number to Python, and to nobody else.
            return right is None or (
                isinstance(value, right) and isinstance(value, bool) == (kind == "boolean")
            )
