"""The policy proofs and probes against a server that enforces policies: what is refused there is green, and else not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from services.blueprint import blueprint
from services.demo.accounts import ORGANISATION
from services.demo.emulator import REGION
from services.model.calls import Call
from services.model.values import Ref
from services.verify.policy_documents import Where
from services.verify.policy_proofs import policy_proofs
from services.verify.probes import probe_all
from tests.world import Journey, sample

if TYPE_CHECKING:
    from services.demo.accounts import Accounts, Connect
    from services.demo.emulator import Emulator
    from services.model.calls import Aws

BUCKET = "palisade-live-proofs"
UNSEEN = {"policy.probe.customer-key"}


@pytest.fixture(scope="module")
def administrator(emulator: Emulator, accounts: Accounts, connect: Connect) -> Aws:
    return connect(
        accounts.administrator, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle
    )


def provisioned(aws: Aws, *, strict: bool) -> Where:
    form, name = ("strict" if strict else "tolerant"), f"{BUCKET}-{'strict' if strict else 'tolerant'}"
    answers = sample(
        setup__name=name,
        aws__account=ORGANISATION,
        storage__bucket=name,
        role__name=name,
        storage__encryption_headers=form,
    )
    journey = Journey(aws, blueprint(answers, ORGANISATION))
    assert journey.run().ok
    world = journey.observe()
    role, key = world.output(Ref("role")), world.output(Ref("key"))
    assert role is not None
    assert key is not None
    return Where(name, role, name, key, ORGANISATION, REGION, "aws")


@pytest.mark.parametrize("strict", [False, True])
def test_what_must_be_refused_is_refused_for_real_and_when_it_is_not_nothing_is_left(
    administrator: Aws, emulator: Emulator, strict: bool
) -> None:
    where = provisioned(administrator, strict=strict)

    def run() -> dict[str, str]:
        ways: dict[str, Any] = {"strict": strict, "endpoint": emulator.endpoint}
        proofs = policy_proofs(administrator, where, **ways)
        tried = probe_all(administrator, where, name="a-name", **ways)
        return {check.id: check.status for check in (*proofs, *tried)}

    def refused() -> None:
        # The emulator does not show SSE-C to the bucket policy; tests/services/model tries it on a server that does.
        found = run()
        assert {line for line, status in found.items() if status != "pass"} <= UNSEEN
        assert len(found) == 27 + strict

    refused()
    policy = administrator(Call("s3", "GetBucketPolicy", {"Bucket": where.bucket}))["Policy"]
    administrator(Call("s3", "DeleteBucketPolicy", {"Bucket": where.bucket}))
    probes = {line: status for line, status in run().items() if line.startswith("policy.probe.")}
    assert set(probes.values()) == {"fail"}
    left = administrator(Call("s3", "ListObjectVersions", {"Bucket": where.bucket}))
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")
    administrator(
        Call("s3", "PutBucketPolicy", {"Bucket": where.bucket, "Policy": json.dumps(json.loads(policy))})
    )
    refused()
