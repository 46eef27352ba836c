"""`bundle`: it holds no planted secret, works where little else does, and is written only after its list was shown."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.model.calls import Aws
from tests import planted
from tests.ports import Denying, Recording
from tests.search import Search, private_marks, unpacked, word_runs
from tests.wizard.driving import BUCKET, EXTERNAL_ID, Ran, Terminal, contents, refused
from tests.wizard.planting import WORDS, plant, sweep
from tests.world import ACCOUNT

FILES = [
    "README.txt",
    "versions.json",
    "answers.json",
    "plan.json",
    "doctor.json",
    "journal.jsonl",
    "errors.jsonl",
]
SEARCH = Search({**planted.ALL, "external ID": EXTERNAL_ID.encode()})


def bundled(terminal: Terminal, setup: Path, *flags: str | Path, name: str = "b.zip") -> tuple[Ran, Path]:
    out = terminal.folder / name
    ran = terminal("bundle", "--config", setup, "--out", out, *flags)
    assert ran.status == 0, ran.err
    return ran, out


def inside(out: Path, name: str) -> Any:
    with zipfile.ZipFile(out) as archive:
        return json.loads(archive.read(name))


def lines(out: Path, name: str) -> list[Any]:
    with zipfile.ZipFile(out) as archive:
        return [json.loads(line) for line in archive.read(name).splitlines()]


def holds_no_secret(out: Path) -> None:
    for path, content in [(out, out.read_bytes()), *unpacked(out)]:
        assert not SEARCH.inside(content), (path, SEARCH.inside(content))
        assert not private_marks(content) + word_runs(content), path
        if path != out:
            assert content.isascii(), path
            assert all(c == "\n" or c.isprintable() for c in content.decode()), path


@pytest.fixture
def applied(terminal: Terminal) -> tuple[Terminal, Path]:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    return terminal, setup


@pytest.mark.parametrize("broken", ["denied", "toml", "unknown keys", "whole"])
def test_no_planted_secret_is_in_a_bundle(broken: str, applied: tuple[Terminal, Path], aws: Aws) -> None:
    terminal, setup = applied
    whole = setup.read_text()
    plant(terminal, setup, aws)
    if broken == "toml":
        setup.write_text(setup.read_text() + f"\n{WORDS} = = {WORDS}\n")
    if broken in {"denied", "whole"}:
        setup.write_text(
            whole.replace(
                "[tags]", f"# {WORDS}\n[tags]\nsecret = 'plantedUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'"
            )
        )
    if broken == "denied":
        names = frozenset({"s3:GetBucketPolicy", "iam:GetRole", "kms:DescribeKey", "s3:GetBucketVersioning"})
        terminal.aws = Denying(aws, names, message=f"User: arn:aws:iam::{ACCOUNT}:user/kim lacks kms:CreateKey, because of {WORDS}.")  # fmt: skip
    terminal.environ.update(
        AWS_SECRET_ACCESS_KEY=planted.AWS_SECRET_KEY, AWS_SESSION_TOKEN=planted.AWS_SESSION_TOKEN,
        WALLET_PASSWORD=planted.PASSWORD, TERM=planted.PIN + " x", AWS_PROFILE=planted.NEVER,
    )  # fmt: skip
    _, out = bundled(terminal, setup, "--log-file", terminal.folder / "log")
    sweep(terminal, out)
    holds_no_secret(out)
    assert "log.jsonl" in zipfile.ZipFile(out).namelist()
    if broken in {"denied", "whole"}:
        addresses = {step["address"] for step in inside(out, "plan.json")["steps"]}
        assert "bucket.tags" in addresses or broken == "denied"
        assert "kim" not in json.dumps(inside(out, "plan.json"))
    if broken == "denied":
        blocked = [step["problem"] for step in inside(out, "plan.json")["steps"] if step["problem"]]
        assert any("kms:CreateKey" in problem.get("aws_names", ()) for problem in blocked)


def test_it_has_what_support_needs(applied: tuple[Terminal, Path]) -> None:
    terminal, setup = applied
    terminal.aws = Denying(terminal.aws, "s3:GetBucketPolicy")
    assert terminal("values", "--config", setup).status == 5
    ran, out = bundled(terminal, setup, "--json")
    listed = json.loads(ran.out)
    assert [file["name"] for file in listed["files"]] == FILES == zipfile.ZipFile(out).namelist()
    assert inside(out, "versions.json")["libraries"]["boto3"]
    answers = inside(out, "answers.json")
    assert answers["answers"]["storage.bucket"] == {"from": "file", "value": BUCKET}
    assert answers["answers"]["palisade.external_id"]["value"] == "••••rnal"
    assert answers["problems"] == []
    (step,) = inside(out, "plan.json")["steps"]
    assert (step["address"], step["verb"], step["problem"]["code"]) == ("bucket.policy", "blocked", "denied")
    assert "s3:GetBucketPolicy" in step["problem"]["summary"]
    checks = {check["id"]: check["status"] for check in inside(out, "doctor.json")["checks"]}
    assert checks["config.bucket.versioning"] == "pass"
    history = lines(out, "journal.jsonl")
    assert {"started", "succeeded", "finished"} <= {line["event"] for line in history}
    assert "bucket.encryption" in {line.get("address") for line in history}
    (error,) = lines(out, "errors.jsonl")
    assert (error["command"], error["code"], error["where"]) == (
        "values",
        "denied",
        "s3:GetBucketPolicy (AccessDenied)",
    )


BROKEN: dict[str, Callable[[str], str]] = {
    "no TOML": lambda text: text + "\n= =\n",
    "an unknown key": lambda text: text.replace("[aws]", "[aws]\nregoin = 'x'"),
    "a wrong value": lambda text: text.replace('environment = "sandbox"', 'environment = "moon"'),
    "an answer that is missing": lambda text: text.replace('region = "eu-west-1"', ""),
    "nothing": lambda text: "",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_setup_file_does_not_stop_it(how: str, applied: tuple[Terminal, Path]) -> None:
    terminal, setup = applied
    setup.write_text(BROKEN[how](setup.read_text()))
    _, out = bundled(terminal, setup)
    answers = inside(out, "answers.json")
    assert answers["problems"] or answers["unknown_keys"] or answers["no_toml"]
    if how != "nothing":
        assert lines(out, "journal.jsonl"), "the journal is found all the same"
    if how == "an unknown key":
        assert answers["unknown_keys"] == 1
        assert "regoin" not in json.dumps(answers)
    elif how not in {"no TOML", "nothing"}:
        assert answers["answers"]["storage.bucket"]["value"] == BUCKET
    else:
        assert inside(out, "plan.json")["problem"]["code"] == "missing-answer"


def test_no_way_to_aws_does_not_stop_it(terminal: Terminal) -> None:
    setup = terminal.with_key()
    terminal.aws = Denying(
        terminal.aws, "sts:GetCallerIdentity", "ExpiredToken", "The token is expired.", 400
    )
    ran, out = bundled(terminal, setup)
    assert inside(out, "plan.json")["problem"]["code"] == "sign-in"
    assert inside(out, "doctor.json")["problem"]["code"] == "sign-in"
    assert "could not be made" in ran.err


@pytest.mark.parametrize("denied", ["nothing", "sts:GetCallerIdentity"])
def test_a_strange_endpoint_is_named_first(denied: str, terminal: Terminal) -> None:
    setup = terminal.with_key()
    terminal.endpoint, terminal.aws = "https://localhost:4566", Denying(terminal.aws, denied)
    ran, out = bundled(terminal, setup)
    assert "NOT AWS's own endpoint (https://localhost:4566)" in ran.err
    assert (
        "NOT AWS's own endpoint (https://localhost:4566)" in zipfile.ZipFile(out).read("README.txt").decode()
    )
    assert (
        inside(out, "plan.json")["endpoint"]
        == inside(out, "doctor.json")["endpoint"]
        == "https://localhost:4566"
    )


def test_a_fault_of_the_program_does_not_stop_it(terminal: Terminal) -> None:
    setup = terminal.with_key()

    def broken(_call: object) -> Any:
        raise RuntimeError(planted.NEVER)

    terminal.aws = broken
    _, out = bundled(terminal, setup)
    problem = inside(out, "plan.json")["problem"]
    assert problem["code"] == "our-bug"
    assert "broken:" in problem["way"]
    holds_no_secret(out)


def test_it_changes_nothing_anywhere(applied: tuple[Terminal, Path]) -> None:
    terminal, setup = applied
    text = "\n".join(line for line in setup.read_text().splitlines() if not line.startswith("id ="))
    setup.write_text(text)
    recording = Recording(terminal.aws)
    terminal.aws = recording
    before = contents(terminal.folder)
    bundled(terminal, setup)
    assert recording.writes == []
    assert {name: found for name, found in contents(terminal.folder).items() if name != "b.zip"} == before


def test_accounts_can_be_masked(applied: tuple[Terminal, Path]) -> None:
    terminal, setup = applied
    _, out = bundled(terminal, setup, "--mask-accounts")
    whole = "".join(content.decode() for _, content in unpacked(out))
    assert ACCOUNT not in whole
    assert "444455556666" not in whole
    assert "account-1" in whole
    assert "account-2:role/palisade-mpc" in whole


def test_the_same_state_gives_the_same_bytes(applied: tuple[Terminal, Path]) -> None:
    terminal, setup = applied
    _, one = bundled(terminal, setup, name="one.zip")
    _, two = bundled(terminal, setup, name="two.zip")
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600


def test_nothing_is_overwritten(terminal: Terminal) -> None:
    setup, out = terminal.with_key(), terminal.folder / "b.zip"
    out.symlink_to(terminal.folder / "elsewhere")
    refused(terminal("bundle", "--config", setup, "--out", out, "--json"), "exists")
    assert not (terminal.folder / "elsewhere").exists()


def test_a_person_sees_the_list_and_is_asked(terminal: Terminal) -> None:
    setup, out = terminal.with_key(), terminal.folder / "b.zip"
    ran = terminal("bundle", "--config", setup, "--out", out, typed="no\n")
    assert ran.status == 6
    assert all(name in ran.err for name in FILES)
    assert not out.exists()
    ran = terminal("bundle", "--config", setup, "--out", out, typed="yes\n")
    assert ran.status == 0
    assert out.exists()
    ran = terminal("bundle", "--config", setup, "--out", terminal.folder / "c.zip", "--yes", typed="")
    assert ran.status == 0
    assert "Only 'yes'" not in ran.err


def test_a_setup_file_that_is_not_there_is_refused(offline: Terminal) -> None:
    ran = offline(
        "bundle", "--config", offline.folder / "no.toml", "--out", offline.folder / "b.zip", "--json"
    )
    refused(ran, "unreadable-file")
