"""docs/checks.md lists every check identifier, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from services.backups.findings import TITLES
from services.verify.policy_proofs import WILDCARDS
from services.verify.policy_rows import rows
from services.verify.probes import probes
from tests.policies_in_aws import WHERE
from tests.world import sample_blueprint

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "checks.md").read_text()
BOUNDARY = "arn:aws:iam::123456789012:policy/Boundary"


def test_every_facet_has_its_line_and_every_line_its_facet() -> None:
    blueprint = sample_blueprint(role__permissions_boundary=BOUNDARY)
    ours = {f"config.{r.name}.{f.name}" for r in blueprint for f in r.facets("created")}
    told = set(re.findall(r"`(config\.[a-z]+\.[a-z-]+)`", DOCUMENT)) - {"config.<resource>.exists"}
    assert told == ours


def test_every_finding_of_a_backup_file_has_its_line() -> None:
    told = set(re.findall(r"`backup\.shard\.<key_id>\.<file>\.([a-z0-9-]+)`", DOCUMENT))
    findings = set(TITLES) - {"coverage", "shared-root-key"}
    assert told == findings | {"encryption", "version-id"}


def test_every_policy_proof_and_probe_has_its_line() -> None:
    told = set(re.findall(r"`(policy\.[a-z]+\.[a-z0-9-]+)`", DOCUMENT))
    ours = {row.id for row in rows(WHERE, strict=False)} | {p.id for p in probes(WHERE, strict=True)}
    assert told == ours | {WILDCARDS[0]}
