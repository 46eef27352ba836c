"""Bad input gives one clear sentence, a remedy, the right exit status, and loses nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.planted import OTHER_PASSWORD
from tests.ports import Recording
from tests.wizard.driving import Terminal, loses_nothing, refused

S = "{setup}"


@pytest.mark.parametrize(
    ("flag", "word"),
    [
        ("storage.bucket=Acme", "small letters"),
        ("storage.bucket=a.b.c", "dot"),
        ("storage.bucket=10.0.0.1", "dot"),
        ("storage.bucket=xn--acme", "xn--"),
        ("palisade.principal_arn=arn:aws:iam::12:role/x", "ARN"),
        ("palisade.principal_arn=*", "'*'"),
        ("palisade.principal_arn=arn:aws-cn:iam::444455556666:root", "partition"),
        ("palisade.external_id=a b", "external ID"),
        ("palisade.external_id=ü", "external ID"),
        ("palisade.external_id=x", "external ID"),
        ("aws.region=europe", "region"),
        ("aws.account=1234", "12 digits"),
        ("storage.kms_key=alias/mine", "KMS key"),
        ("storage.kms_key=arn:aws:kms:us-east-1:123456789012:key/1", "region of the bucket"),
        ("role.name=Röle", "name of a role"),
        ("role.extra_actions=s3:*", "s3:*"),
        ("storage.object_lock=compliance", "how many days"),
        ("storage.kms_ky=create", "storage.kms_key"),
        ("setup.environment=test", "sandbox, production"),
    ],
)
def test_answers_that_break_a_rule(offline: Terminal, flag: str, word: str) -> None:
    setup = offline.with_key()
    ran = loses_nothing(offline.folder, lambda: offline("plan", "--config", setup, "--json", "--set", flag))
    problem = refused(ran, "invalid-answer")
    assert word in " ".join((problem["summary"], *problem["remedy"]))
    assert problem["where"]


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"[storage]\nbukcet = 'acme-backup'\n", "invalid-answer", "storage.bucket"),
        (b"[stroage]\nbucket = 'acme-backup'\n", "invalid-answer", "stroage"),
        (b'"aws.region" = "eu-west-1"\n', "invalid-answer", "aws.region"),
        (b"aws = 1\n", "invalid-answer", "aws"),
        (b"[storage]\nbucket = 7\n", "invalid-answer", "text"),
        (b"[storage\n", "invalid-answer", "TOML"),
        (b"\xff\xfe\x00", "unreadable-file", "UTF-8"),
        (b"\x30\x82\x02\x22" + bytes(600), "unreadable-file", "UTF-8"),
        (b"#" * 300_000, "unreadable-file", "bytes"),
        (b"", "missing-answer", "Name of the set-up"),
        (b"[tags]\nteam = 1\n", "invalid-answer", "team"),
    ],
)
def test_setup_files_that_are_none(offline: Terminal, content: bytes, code: str, word: str) -> None:
    offline.setup.write_bytes(content)
    for arguments in (
        ("plan",),
        ("apply", "--yes"),
        ("values",),
        ("verify",),
        ("policy",),
        ("answers", "check"),
    ):
        ran = loses_nothing(offline.folder, partial(offline, *arguments, "--config", offline.setup, "--json"))
        assert ran.problem["code"] in {code, "missing-answer"}, arguments
        assert ran.status == 2
    problem = refused(offline("plan", "--config", offline.setup, "--json"), code)
    assert word in " ".join((problem["summary"], *problem["remedy"], problem["where"]))


def test_a_missing_answer_names_its_key_and_flag(offline: Terminal) -> None:
    offline("answers", "new", "--out", offline.setup)
    ran = offline("answers", "check", "--config", offline.setup, "--json")
    assert ran.status == 2
    for problem in ran.document["problems"]:
        assert problem["code"] == "missing-answer"
        assert problem["where"] in problem["remedy"][0]
        assert "--" in problem["remedy"][0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not a key", "unreadable-file"),
        (b"", "unreadable-file"),
        (bytes(2_000_000), "unreadable-file"),
        (None, "unreadable-file"),
    ],
)
def test_key_files_that_are_none(offline: Terminal, content: bytes | None, code: str) -> None:
    file = offline.folder / "key"
    if content is not None:
        file.write_bytes(content)
    refused(offline("keycheck", file, "--json"), code)
    setup = offline.answered("--recovery-key-public-files", "key")
    for command in ("values", "verify"):
        problem = refused(offline(command, "--config", setup, "--json"), code)
        assert str(file) in problem["summary"] + problem["where"]


def test_a_foreign_key_file_is_refused_by_its_fingerprint(offline: Terminal) -> None:
    setup = offline.with_key()
    keys = offline.folder / "keys"
    (keys / "recovery.pub.der").unlink()
    offline("keygen", "--out", keys, "--name", "other", "--format", "hex")
    (keys / "other.pub.der").rename(keys / "recovery.pub.der")
    refused(offline("values", "--config", setup, "--json"), "unacceptable-key")


def test_wrong_and_bad_passwords(offline: Terminal) -> None:
    offline.with_key()
    sealed, wrong = offline.folder / "keys" / "recovery.pke1", offline.folder / "wrong"
    wrong.write_text(OTHER_PASSWORD + "\n")
    refused(offline("keycheck", sealed, "--password-file", wrong, "--json"), "wrong-password")
    for bad in ("short", "pässwörter", "x" * 200):
        wrong.write_text(bad)
        out = offline.folder / "new"
        problem = refused(offline("keygen", "--out", out, "--password-file", wrong, "--json"), "bad-password")
        assert bad not in str(problem)
        assert not out.exists()


def test_no_terminal(offline: Terminal) -> None:
    problem = refused(offline("--json"), "no-terminal")
    assert "answers new" in problem["remedy"][0]
    assert "apply" in problem["remedy"][0]
    assert "demo --headless" in problem["remedy"][0]
    refused(offline("demo", "--json"), "no-terminal")
    refused(offline("keygen", "--out", offline.folder / "keys", "--json"), "no-terminal")
    assert not (offline.folder / "keys").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("answers", "new", "--out", S),
        ("keygen", "--out", "{folder}/keys", "--password-file", "{folder}/password.txt"),
        ("keygen", "--out", "{folder}/else", "--config", S, "--password-file", "{folder}/password.txt"),
        ("keycheck", "{folder}/keys/recovery.pke1", "--password-file", "{folder}/password.txt",
         "--convert-to", "hex", "--out", S),
        ("plan", "--config", S, "--out", S),
        ("values", "--config", S, "--out", S),
        ("demo", "--headless", "--dir", "{folder}"),
    ],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_existing_files_are_never_overwritten(offline: Terminal, arguments: tuple[str, ...]) -> None:
    setup = offline.with_key()
    filled = [word.format(setup=setup, folder=offline.folder) for word in arguments]
    ran = loses_nothing(offline.folder, lambda: offline(*filled, "--json"))
    assert refused(ran, "exists")["exit_code"] == 6


def test_folders_that_cannot_be_written(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    nowhere = Path("/proc/palisade")  # a folder in which nobody can make a file, whoever he is
    password = ("--password-file", terminal.password_file)
    for arguments in (
        ("answers", "new", "--out", nowhere / "setup.toml"),
        ("keygen", "--out", nowhere, *password),
        ("plan", "--config", setup, "--out", nowhere / "plan"),
        ("values", "--config", setup, "--out", nowhere / "values"),
        ("plan", "--config", setup, "--log-file", nowhere / "log"),
        ("apply", "--config", setup, "--yes", "--state-dir", nowhere),
    ):
        ran = loses_nothing(terminal.folder, partial(terminal, *arguments, "--json"))
        assert refused(ran, "folder")["exit_code"] == 7


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_stops_the_log_and_with_it_the_work(terminal: Terminal) -> None:
    setup = terminal.with_key()
    recording = Recording(terminal.aws)
    machine = replace(terminal, aws=recording)
    ran = machine("apply", "--config", setup, "--yes", "--log-file", "/dev/full", "--json")
    assert refused(ran, "folder")["exit_code"] == 7
    assert recording.writes == []


def test_an_interrupted_key_pair_is_reported_and_completed(offline: Terminal) -> None:
    setup = offline.answered()
    keys, password = offline.folder / "keys", ("--password-file", offline.password_file)
    assert offline("keygen", "--out", keys, *password).status == 0
    again = ("keygen", "--config", setup, "--out", keys, *password)
    problem = refused(offline(*again, "--json"), "exists")
    assert "--complete" in problem["remedy"][-1]
    (keys / "recovery.pub.der").chmod(0o600)
    (keys / "recovery.pub.der").unlink()
    (keys / "recovery.pub.hex").unlink()
    problem = refused(offline(*again, "--json"), "exists")
    assert "--complete" in problem["remedy"][0]
    assert offline(*again, "--complete").status == 0
    assert 'public_files = ["keys/recovery.pub.der"]' in setup.read_text()


def test_a_pair_that_only_the_setup_file_lacks_is_recorded(offline: Terminal) -> None:
    setup = offline.answered()
    keys = offline.folder / "keys"
    made = offline("keygen", "--out", keys, "--password-file", offline.password_file, "--json").document
    ran = offline("keygen", "--config", setup, "--out", keys, "--complete", "--json")
    assert {name: ran.document[name] for name in ("sha256", "private_file", "format")} == {
        name: made[name] for name in ("sha256", "private_file", "format")
    }
    assert made["sha256"] in setup.read_text()


def test_what_is_wrong_on_this_computer_is_said_before_aws_is_asked(offline: Terminal) -> None:
    setup = offline.answered()
    assert offline.settings == []
    for command in ("values", "verify"):
        refused(offline(command, "--config", setup, "--json"), "missing-answer")
    assert offline.settings == []
