"""A wallet is covered by one usable file for a held key, and by nothing less."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.backups.coverage import by_recovery_key, by_wallet, coverage, coverage_id, shared_root_keys
from services.backups.findings import OTHER_KEY, WRITE_AGAIN, Status, finding
from services.backups.shards import ShardFacts, ShardReport

OURS, FOREIGN = "aa" * 32, "bb" * 32
STATUSES: tuple[Status, ...] = ("pass", "warn", "fail")


def report(
    status: Status = "pass",
    *,
    held: bool = True,
    root: str | None = "root",
    key_id: str = "w",
    number: int = 0,
) -> ShardReport:
    """A report in which the root key is agreed upon, if there is one."""
    findings = [finding("base64", status, "Seen.", "" if status == "pass" else "Do.")]
    if not held:
        findings.append(finding("recovery-key", "fail", "Another key.", "Compare."))
    if root is not None:
        findings.append(finding("root-key", "pass", "Agreed."))
    facts = ShardFacts(1000, OURS if held else FOREIGN, "ED25519", root, 2, 1, number)
    return ShardReport(key_id, f"recovery_shard-{number}.txt", held, tuple(findings), facts)


def test_no_file_is_no_coverage() -> None:
    found = coverage(())
    assert (found.what, found.status) == ("coverage", "fail")
    assert found.remedy


@given(st.lists(st.tuples(st.sampled_from(STATUSES), st.booleans()), min_size=1, max_size=4))
def test_coverage_is_the_best_of_the_held_files(kinds: list[tuple[Status, bool]]) -> None:
    files = [report(status, held=held, number=number) for number, (status, held) in enumerate(kinds)]
    best = min((STATUSES.index(status) for status, held in kinds if held), default=2)
    found = coverage(files)
    assert found.status == STATUSES[best]
    assert bool(found.remedy) == (found.status != "pass")
    assert (FOREIGN in found.evidence) == any(not held for _, held in kinds)


def test_files_of_one_wallet_with_two_root_keys_are_not_believed() -> None:
    assert coverage([report(number=0), report(number=1, root="other")]).status == "fail"


def test_a_file_whose_root_key_is_not_agreed_upon_accuses_nobody() -> None:
    damaged = replace(
        report("fail", root=None, key_id="w"), facts=ShardFacts(1000, OURS, "ED25519", "other", 2, 1, 1)
    )
    assert coverage([report(), damaged]).status == "pass"
    assert shared_root_keys([damaged, report(key_id="v", root="other")]) == {}


def test_only_a_file_that_names_another_key_sends_its_reader_to_the_kit() -> None:
    foreign = report(held=False)
    nameless = replace(report("fail", held=False, root=None), facts=ShardFacts(2))
    assert coverage([foreign]).remedy == OTHER_KEY
    assert coverage([nameless]).remedy == coverage([report("fail")]).remedy == WRITE_AGAIN


def test_files_of_two_wallets_are_not_judged_together() -> None:
    with pytest.raises(ValueError, match="one key ID"):
        coverage([report(key_id="v"), report(key_id="w")])


def test_one_root_key_under_two_key_ids_fails_for_both_and_for_no_other() -> None:
    files = [
        report(key_id="v"),
        report(key_id="w"),
        report(key_id="w", number=1),
        report(key_id="x", root="own"),
    ]
    shared = shared_root_keys(files)
    assert {key_id: each.status for key_id, each in shared.items()} == {"v": "fail", "w": "fail"}
    assert "key ID w." in shared["v"].evidence


@pytest.mark.parametrize(
    "files", list(itertools.permutations([report(key_id="v"), report(), report(held=False, number=1)]))
)
def test_groups_keep_every_file_once(files: tuple[ShardReport, ...]) -> None:
    for groups in (by_wallet(files), by_recovery_key(files)):
        kept = [file for group in groups.values() for file in group]
        assert sorted(map(repr, kept)) == sorted(map(repr, files))
    assert set(by_wallet(files)) == {"v", "w"}
    assert set(by_recovery_key(files)) == {OURS, FOREIGN}


def test_coverage_identifiers_keep_their_form() -> None:
    assert coverage_id("w") == "backup.coverage.w"
