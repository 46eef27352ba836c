"""The questions to IAM's simulator, and the stand-in's answers, have the shapes that AWS's own model has."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from services.model.calls import Call
from services.verify.policy_proofs import policy_proofs
from tests.policies_in_aws import WHERE, Policies, allow
from tests.simulating import Simulating
from tests.world import ACCOUNT, ROLE


def asked(found: Policies) -> tuple[Simulating, tuple[Call, ...]]:
    iam = Simulating(found, ACCOUNT)
    policy_proofs(iam, WHERE, strict=False)
    return iam, tuple(iam.asked)


@pytest.mark.parametrize("boundary", [None, allow("s3:*", "kms:*")])
def test_the_questions_are_as_awss_own_model_wants_them(boundary: dict[str, Any] | None) -> None:
    model = botocore.session.get_session().get_service_model("iam").operation_model("SimulateCustomPolicy")
    iam, calls = asked(Policies(boundary=boundary))
    assert calls
    for call in calls:
        report = ParamValidator().validate(dict(call.params), model.input_shape)
        assert not report.has_errors(), report.generate_report()
        _fits(iam(call), model.output_shape)


def _fits(value: Any, shape: Any) -> None:
    """Whether a reply of the stand-in has the shape of AWS's."""
    match shape.type_name:
        case "structure":
            assert set(value) <= set(shape.members)
            assert set(shape.required_members) <= set(value)
            for name, part in value.items():
                _fits(part, shape.members[name])
        case "list":
            for part in value:
                _fits(part, shape.member)
        case "string":
            assert isinstance(value, str)
            assert not shape.enum or value in shape.enum
        case _:
            pass


def test_context_keys_keep_the_policys_spelling_and_have_their_types() -> None:
    told: dict[str, str] = {}
    for call in asked(Policies())[1]:
        entries: Any = call.params["ContextEntries"]
        told |= {entry["ContextKeyName"]: entry["ContextKeyType"] for entry in entries}
    assert told["aws:SecureTransport"] == "boolean"
    assert told["s3:TlsVersion"] == "numeric"
    assert told["kms:ViaService"] == "string"
    assert ROLE not in str(told)
