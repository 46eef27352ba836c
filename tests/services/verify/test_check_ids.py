"""docs/checks.md lists every check identifier, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from services.backups.findings import TITLES
from services.doctor.audit import RULES
from tests.world import sample_blueprint

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "checks.md").read_text()
DOCUMENT, AUDIT = TEXT.split("\n## Doctor", 1)
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


def test_the_audit_is_listed_row_by_row() -> None:
    told = [line for line in AUDIT.splitlines() if line.startswith("| `")]
    rows = [f"| `{r.id}` | {r.severity} | {r.title} | {', '.join(r.references)} |" for r in RULES]
    assert told == rows
