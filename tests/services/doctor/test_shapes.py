"""The audit's calls and the answers of its tests have the shapes that AWS's own models give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from services.model.audit_reads import audit_calls
from services.model.operations import OPERATIONS, reads
from tests.services.doctor.breaks import ROWS, Row
from tests.services.doctor.cloud import Cloud, broken, look
from tests.world import ACCOUNT, BUCKET, ROLE

SESSION = botocore.session.get_session()
DOCUMENTS = {"AssumeRolePolicyDocument", "PolicyDocument", "Document"}
"""Texts that botocore gives as data."""


def operation(name: str) -> OperationModel:
    service, op = name.split(":")
    return SESSION.get_service_model(service).operation_model(op)


def wrong(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Where a reply is not of its shape."""
    match shape:
        case _ if value is None:
            return
        case StructureShape():
            if not isinstance(value, Mapping):
                yield f"{path} is no structure"
                return
            for name, part in value.items():
                if name not in shape.members:
                    yield f"{path} has no member {name}"
                elif name not in DOCUMENTS:
                    yield from wrong(shape.members[name], part, f"{path}.{name}")
        case ListShape():
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for part in value:
                yield from wrong(shape.member, part, f"{path}[]")
        case MapShape():
            if not isinstance(value, Mapping):
                yield f"{path} is no map"
        case _:
            types = {
                "string": str,
                "timestamp": str,
                "boolean": bool,
                "integer": int,
                "long": int,
                "double": float,
            }
            if not isinstance(value, types[shape.type_name]):
                yield f"{path} is no {shape.type_name}"
            enum = getattr(shape, "enum", None)
            if enum and value not in enum:
                yield f"{path} is none of {enum}"


def mistakes(cloud: Cloud) -> list[str]:
    found: list[str] = []
    for name, reply in cloud.replies.items():
        if not isinstance(reply, str):
            call = name.split(" ")[0]
            found += wrong(operation(call).output_shape, reply, call)
    return found


def test_the_answers_of_the_hardened_set_up_are_awss() -> None:
    assert mistakes(Cloud()) == []


@pytest.mark.parametrize("row", ROWS)
def test_the_broken_answers_are_awss_too(row: Row) -> None:
    assert mistakes(broken(row[2])) == []


def test_every_call_is_valid_by_awss_own_model_and_only_reads() -> None:
    cloud = Cloud()
    look(cloud)
    for call in cloud.calls:
        report = ParamValidator().validate(dict(call.params), operation(call.name).input_shape)
        assert not report.has_errors(), f"{call.name}: {report.generate_report()}"
    for call in audit_calls(BUCKET, ROLE, ACCOUNT):
        assert reads(call)
        assert set(call.params) <= set(operation(call.name).input_shape.members)
        assert call.name in OPERATIONS
