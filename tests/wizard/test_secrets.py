"""Law 8 over everything that the commands write and say: passwords nowhere, the external ID only where it belongs."""

from __future__ import annotations

from pathlib import Path

from tests.wizard.driving import EXTERNAL_ID, PASSWORD, Terminal


def test_no_secret_in_any_output_or_file(terminal: Terminal) -> None:
    said: dict[str, str] = {}
    log = ("--log-file", terminal.folder / "log", "-v")

    def run(name: str, *arguments: str | Path) -> None:
        ran = terminal(*arguments, *log)
        said[name] = ran.out + ran.err

    setup, password = terminal.answered(), ("--password-file", terminal.password_file)
    keys = terminal.folder / "keys"
    run("keygen", "keygen", "--config", setup, "--out", keys, *password)
    run("keycheck", "keycheck", keys / "recovery.pke1", *password, "--prove", "--json")
    run("check", "answers", "check", "--config", setup)
    run("plan", "plan", "--config", setup)
    run("plan-json", "plan", "--config", setup, "--json", "--out", terminal.folder / "plan")
    run("policy", "policy", "--config", setup)
    run("apply", "apply", "--config", setup, "--yes", "--json")
    changed = ("--palisade-principal-arn", "arn:aws:iam::777788889999:root")
    run("replan", "plan", "--config", setup, "--json", *changed)
    run("reapply", "apply", "--config", setup, "--yes", "--accept", "principal", *changed)
    other = ("--palisade-external-id", "another-external-id")
    run("external", "plan", "--config", setup, *other)
    run("external-json", "plan", "--config", setup, "--json", *other)
    run("verify", "verify", "--config", setup)
    run("verify-json", "verify", "--config", setup, "--json")
    run("values", "values", "--config", setup, "--out", terminal.folder / "values.txt", *changed)
    assert all(said.values())

    private = (keys / "recovery.pke1").read_bytes()
    files = {
        str(path.relative_to(terminal.folder)): path.read_bytes()
        for path in terminal.folder.rglob("*")
        if path.is_file()
    }
    everywhere = {**files, **{name: text.encode() for name, text in said.items()}}
    having = {name for name, content in everywhere.items() if PASSWORD.encode() in content}
    assert having == {"password.txt"}
    having = {name for name, content in everywhere.items() if private in content}
    assert having == {"keys/recovery.pke1"}
    having = {name for name, content in everywhere.items() if EXTERNAL_ID.encode() in content}
    assert having == {"setup.toml", "values.txt"}
    assert not {name for name, content in everywhere.items() if b"another-external-id" in content}


def test_the_log_holds_names_and_outcomes_alone(terminal: Terminal) -> None:
    setup = terminal.with_key()
    log = terminal.folder / "log"
    assert terminal("plan", "--config", setup, "--log-file", log).status == 0
    assert log.stat().st_mode & 0o777 == 0o600
    for line in log.read_text().splitlines():
        moment, name, outcome = line.split()
        assert moment.endswith("Z")
        assert name.count(":") == 2
        assert outcome.replace(".", "").isalnum()
