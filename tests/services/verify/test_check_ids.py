"""docs/checks.md lists every check identifier, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from services.answers import place
from services.backups.findings import TITLES
from services.model.buckets import Hardening, bucket, trail_bucket
from services.model.values import Ref
from services.storage import names
from tests.world import ACCOUNT, BUCKET, HARD, sample, sample_blueprint

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "checks.md").read_text()
PLACE = place(sample(), ACCOUNT)
EVERYTHING = Hardening(topic=Ref("topic"), mfa_delete=True)
BOUNDARY = "arn:aws:iam::123456789012:policy/Boundary"


def test_every_facet_has_its_line_and_every_line_its_facet() -> None:
    blueprint = (
        *sample_blueprint(role__permissions_boundary=BOUNDARY, **HARD),
        bucket(PLACE, BUCKET, namespace="global", strict=False, hardening=EVERYTHING),
        trail_bucket(names(sample(), PLACE), namespace="global", logged=True),
    )
    ours = {f"config.{r.name}.{f.name}" for r in blueprint for f in r.facets("created")}
    told = set(re.findall(r"`(config\.[a-z_]+\.[a-z-]+)`", DOCUMENT)) - {"config.<resource>.exists"}
    assert told == ours


def test_every_finding_of_a_backup_file_has_its_line() -> None:
    told = set(re.findall(r"`backup\.shard\.<key_id>\.<file>\.([a-z0-9-]+)`", DOCUMENT))
    findings = set(TITLES) - {"coverage", "shared-root-key"}
    assert told == findings | {"encryption", "version-id"}
