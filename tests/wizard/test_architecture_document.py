"""`export --format markdown`: one set-up or several, with AWS or without."""

from __future__ import annotations

from pathlib import Path

from tests.services.export.reading import sections, states
from tests.wizard.driving import EXTERNAL_ID, Terminal, refused


def test_the_document_is_for_its_owner_and_holds_no_whole_external_id(terminal: Terminal) -> None:
    setup, out = terminal.with_key(), terminal.folder / "a.md"
    ran = terminal("export", "--config", setup, "--format", "markdown", "--out", out)
    assert ran.status == 0, ran.err
    assert "masked" in ran.err
    assert out.stat().st_mode & 0o777 == 0o600
    assert EXTERNAL_ID not in out.read_text()
    assert "settings and parts are not as planned" in out.read_text()
    refused(terminal("export", "--config", setup, "--format", "markdown", "--out", out, "--json"), "exists")


def test_it_says_when_all_is_made(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    ran = terminal("export", "--config", setup, "--format", "markdown")
    assert set(states(sections(ran.out))) == {"as planned"}


def test_several_set_ups_side_by_side(terminal: Terminal) -> None:
    setup, other = terminal.answered(), terminal.folder / "other.toml"
    assert terminal("answers", "new", "--out", other, "--from", setup, "--setup-name", "acme-two",
                    "--storage-bucket", "acme-two-backups", "--role-name", "AcmeTwo",
                    "--palisade-external-id", EXTERNAL_ID).status == 0  # fmt: skip
    ran = terminal("export", "--config", setup, "--format", "markdown", "--also", other)
    assert ran.status == 0, ran.err
    titles = [section.title for section in sections(ran.out) if section.level == 2]
    assert titles == [
        "Environments side by side",
        "Set-up acme-sandbox (sandbox)",
        "Set-up acme-two (sandbox)",
    ]


def test_only_the_document_describes_several(offline: Terminal) -> None:
    setup = offline.answered()
    ran = offline("export", "--config", setup, "--format", "terraform", "--also", setup, "--json")
    assert refused(ran, "usage")["where"] == "--also"


def test_without_aws_nothing_was_seen(offline: Terminal) -> None:
    setup: Path = offline.answered("--aws-account", "123456789012")
    ran = offline("export", "--config", setup, "--format", "markdown", "--offline")
    assert ran.status == 0, ran.err
    assert "AWS was not asked." in ran.out
