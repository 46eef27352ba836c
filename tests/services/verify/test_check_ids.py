"""docs/checks.md lists every check identifier, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from services.audit.kinds import KINDS
from services.backups.findings import TITLES
from services.doctor.audit import RULES
from services.model.alarm_patterns import WATCHES
from services.verify import separation
from services.verify.policy_proofs import WILDCARDS
from services.verify.policy_rows import rows
from services.verify.probes import probes
from tests.policies_in_aws import WHERE
from tests.world import ALARMS, HARD, TRAIL, sample_blueprint

DOCS = Path(__file__).resolve().parents[3] / "docs"
DOCUMENT, AUDIT = (DOCS / "checks.md").read_text().split("\n## Doctor", 1)
HARDENING = (DOCS / "hardening.md").read_text()
BOUNDARY = "arn:aws:iam::123456789012:policy/Boundary"


def test_every_facet_has_its_line_and_every_line_its_facet() -> None:
    alarmed = {**TRAIL, **ALARMS}
    ways = (
        sample_blueprint(role__permissions_boundary=BOUNDARY, **alarmed, **HARD),
        sample_blueprint(hardening__mfa_delete="planned"),
        sample_blueprint(hardening__trail="arn:aws:cloudtrail:eu-west-1:123456789012:trail/audit"),
    )
    ours = {
        f"config.{_family(r.name)}.{f.name}" for parts in ways for r in parts for f in r.facets("created")
    }
    told = set(re.findall(r"`(config\.[a-z<>_-]+\.[a-z-]+)`", DOCUMENT))
    assert {line for line in told if not line.endswith((".exists", ".apart"))} == ours
    apart = {line for line in told if line.endswith(".apart")}
    assert apart == {f"config.{topic}.apart" for topic in separation.TITLES}


def _family(name: str) -> str:
    """Alarms and metric filters have lines in common: what they watch for is told in docs/hardening.md."""
    return re.sub(r"^(alarm|filter)-.*", r"\1-<what>", name)


def test_the_page_on_hardening_tells_of_every_alarm() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", HARDENING, flags=re.MULTILINE)
    assert rows == [watch.what for watch in WATCHES]


def test_every_finding_of_a_backup_file_has_its_line() -> None:
    told = set(re.findall(r"`backup\.shard\.<key_id>\.<file>\.([a-z0-9-]+)`", DOCUMENT))
    findings = set(TITLES) - {"coverage", "per-key", "shared-root-key"}
    assert told == findings | {"encryption", "version-id", "retention"}


def test_every_policy_proof_and_probe_has_its_line() -> None:
    told = set(re.findall(r"`(policy\.[a-z]+\.[a-z0-9-]+)`", DOCUMENT))
    ours = {row.id for row in rows(WHERE, strict=False)} | {p.id for p in probes(WHERE, strict=True)}
    assert told == ours | {WILDCARDS[0]}


def test_the_audit_is_listed_row_by_row() -> None:
    told = [line for line in AUDIT.splitlines() if line.startswith("| `")]
    rows = [f"| `{r.id}` | {r.severity} | {r.title} | {', '.join(r.references)} |" for r in RULES]
    assert told == rows


def test_every_kind_of_finding_of_all_wallets_has_its_line() -> None:
    told = re.findall(r"^\| `audit\.([a-z-]+)` \| ([a-z, ]+) \|", DOCUMENT, flags=re.MULTILINE)
    own = [("list", "fail, unknown, warn"), ("expected", "fail, warn")]
    assert told == [*own, *((kind.name, kind.status) for kind in KINDS)]
