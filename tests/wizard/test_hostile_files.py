"""Hostile texts in files that somebody hands over, in their names, and on the command line: refused or shown, never obeyed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomlkit

from services.model.calls import Aws, Call, Reply
from services.setups import State
from tests import tally
from tests.hostile import TEXTS, faults
from tests.sampling import every
from tests.wizard.driving import Ran, Terminal
from wizard.log import append

KEY_ID = "c4b083d4-0000-4000-8000-00000000000a"
WALLET = (
    "--key-id",
    KEY_ID,
    "--quorum-id",
    "20b7aefb-0000-4000-8000-00000000000b",
    "--algorithm",
    "SECP256K1",
)


def held(ran: Ran, *, as_json: bool = False) -> None:
    assert ran.status in {0, 2, 3, 6, 7}, ran.err + ran.out
    assert "Traceback" not in ran.out + ran.err
    assert not faults(ran.out), faults(ran.out)
    assert not faults(ran.err), faults(ran.err)
    if as_json:
        json.loads(ran.out)
    tally.count("inputs generated")


def _file(folder: Path, text: str) -> Path:
    path = folder / "given"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def _toml(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode()
    return tomlkit.item(whole).as_string()


FILES: Mapping[str, Callable[[str], str]] = {
    "raw": lambda text: text,
    "value": lambda text: f"[setup]\nname = {_toml(text)}\n",
    "mail": lambda text: f"[hardening]\nalarm_email = {_toml(f'a{text}@b.c')}\n",
    "key": lambda text: f"[setup]\n{_toml(text)} = 1\n",
    "table": lambda text: f"[{_toml(text)}]\n",
    "tag": lambda text: f"[tags]\n{_toml(text)} = {_toml(text)}\n",
    "id": lambda text: f"[setup]\nid = {_toml(f'../../{text}')}\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_setup_file_or_template_of_somebody_else(offline: Terminal, name: str) -> None:
    for number, make in enumerate(FILES.values()):
        given = _file(offline.folder, make(TEXTS[name]))
        held(offline("answers", "check", "--config", given))
        held(offline("answers", "check", "--config", given, "--json"), as_json=True)
        held(offline("answers", "new", "--out", offline.folder / f"new-{number}", "--template", given))


@pytest.mark.parametrize("name", every(3, TEXTS))
def test_a_record_a_plan_a_key_or_a_share_of_somebody_else(offline: Terminal, name: str) -> None:
    setup, text = offline.answered(), TEXTS[name]
    given = _file(offline.folder, text)
    held(offline("keycheck", given))
    held(offline("keycheck", given, "--password-file", given, "--json"), as_json=True)
    held(offline("shares", "combine", given, given, "--sealed", given))
    document = {
        "palisade-wizard": "record",
        "version": 1,
        "setup": text,
        "entries": [{"at": text, "wallet": text}],
    }
    for content in (text, json.dumps(document), json.dumps({**document, "setup": ""})):
        setup.with_suffix(".record.json").write_bytes(content.encode("utf-8", "surrogatepass"))
        held(offline("record", "list", "--config", setup))
        held(offline("record", "list", "--config", setup, "--json"), as_json=True)
    setup.with_suffix(".record.json").unlink()
    held(offline("record", "add", "--config", setup, *WALLET, "--address", text.replace("\0", "")))
    held(
        offline(
            "lifecycle", "--config", setup, "--done", "personnel-change", "--note", text.replace("\0", "")
        )
    )
    for style in ("text", "csv", "markdown"):
        held(offline("record", "export", "--config", setup, "--format", style))


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in {"nul", "long", "controls"}])
def test_a_file_name_of_somebody_else(offline: Terminal, name: str) -> None:
    text = TEXTS[name].replace("/", ":").replace("\0", "")[:60].encode("utf-8", "replace").decode()
    odd = offline.folder / text
    odd.mkdir(exist_ok=True)
    held(offline("plan", "--config", odd / text))
    held(offline("answers", "check", "--config", odd, "--json"), as_json=True)
    held(offline("answers", "new", "--out", odd / "setup.toml", "--set", f"{text}={text}"))
    setup = offline.answered()
    setup.rename(odd / "setup.toml")
    held(offline("answers", "check", "--config", odd / "setup.toml"))
    held(offline("record", "list", "--config", odd / "setup.toml"))
    held(offline("lifecycle", "--config", odd / "setup.toml"))
    held(
        offline(
            "export",
            "--config",
            odd / "setup.toml",
            "--format",
            "markdown",
            "--offline",
            "--aws-account",
            "123456789012",
        )
    )
    held(offline(text))


@dataclass(frozen=True)
class Listed:
    """A bucket in which somebody else put objects."""

    aws: Aws

    def __call__(self, call: Call) -> Reply:
        if call.name != "s3:ListObjectsV2":
            return self.aws(call)
        names = [
            key
            for text in TEXTS.values()
            for key in (
                f"{text[:500]}/recovery_shard-0.txt",
                f"{KEY_ID}/recovery_shard-0.txt{text[:500]}",
                f"{KEY_ID}{text[:50]}/recovery_shard-1.txt",
            )
        ]
        return {"Contents": [{"Key": name, "LastModified": "2026-11-02T10:00:00+00:00"} for name in names]}


def test_names_of_objects(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    terminal.aws = Listed(terminal.aws)
    for words in (
        ("verify",),
        ("verify", "-v"),
        ("verify", "--json"),
        ("record", "list", "--check"),
        ("record", "add", "--from-verify"),
        ("doctor",),
    ):
        ran = terminal(*words, "--config", setup)
        assert ran.status != 70, ran.err
        assert not faults(ran.out + ran.err), faults(ran.out + ran.err)
        tally.count("inputs generated", 3 * len(TEXTS))


@pytest.mark.parametrize("name", TEXTS)
def test_the_log_and_the_journal_keep_one_line_a_line(offline: Terminal, name: str) -> None:
    log = offline.folder / "log"
    append(log, offline.clock, f"s3:{TEXTS[name]}")
    append(log, offline.clock, "s3:HeadBucket: ok")
    assert len(log.read_bytes().splitlines()) == len(log.read_text().splitlines()) == 2
    assert not faults(log.read_text())
    journal = State(offline.folder / "state").journal("id", offline.clock)
    entry = {"event": "started", "verb": "create", "address": "bucket", "title": TEXTS[name]}
    journal.append(entry)
    journal.append({"event": "finished"})
    assert [found.get("title") for found in journal.entries()] == [TEXTS[name], None]
    assert list(journal.begun()) == [TEXTS[name]]
    assert len(journal.path.read_text().splitlines()) == 2
    assert journal.path.read_bytes().isascii()


def test_a_journal_of_an_older_version_is_read_line_by_line(offline: Terminal) -> None:
    """It wrote other characters as they are, and some of them are line ends to Python."""
    title = f"bucket {TEXTS['bidi']}\u2028\u2029\x85"
    journal = State(offline.folder / "state").journal("id", offline.clock)
    journal.append({"event": "begun"})
    line = {
        "event": "started",
        "verb": "create",
        "address": "bucket",
        "title": title,
        "at": "2026-11-02T10:00:00Z",
    }
    with journal.path.open("a") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    assert list(journal.begun()) == [title]
