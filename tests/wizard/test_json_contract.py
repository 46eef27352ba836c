"""The JSON shapes and exit statuses of the command contract, on moto inside the test."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from services.model.operations import OPERATIONS
from tests.keys import weak_key
from tests.planted import PASSWORD
from tests.services.recovery.forms import private
from tests.wizard.driving import ANSWERS, BUCKET, EXTERNAL_ID, PRINCIPAL, Terminal, refused

STEP = {
    "address", "verb", "says", "reason", "before", "after", "before_value", "after_value", "risk", "call", "problem",
}  # fmt: skip
CHECK = {"id", "title", "status", "evidence", "remedy", "references"}


def test_keygen(offline: Terminal) -> None:
    setup = offline.answered()
    keys = offline.folder / "keys"
    ran = offline(
        "keygen", "--config", setup, "--out", keys, "--password-file", offline.password_file, "--json"
    )
    found = ran.document
    assert ran.status == 0
    assert set(found) >= {
        "public_der", "public_hex", "private_file", "format", "sha256", "bits", "exponent", "shares",
    }  # fmt: skip
    assert [found["format"], found["bits"], found["exponent"], found["shares"]] == ["pke1", 4096, 65537, []]
    paths = [Path(found[name]) for name in ("public_der", "public_hex", "private_file")]
    assert paths == [keys / "recovery.pub.der", keys / "recovery.pub.hex", keys / "recovery.pke1"]
    assert bytes.fromhex(paths[1].read_text()) == paths[0].read_bytes()
    recorded = offline("answers", "check", "--config", setup, "--json").document
    assert recorded["problems"] == []
    text = setup.read_text()
    assert 'public_files = ["keys/recovery.pub.der"]' in text
    assert 'private_file = "keys/recovery.pke1"' in text
    assert f'fingerprint = "{found["sha256"]}"' in text


def test_keygen_takes_the_password_from_the_standard_input_or_twice_from_the_keyboard(
    offline: Terminal,
) -> None:
    piped = offline(
        "keygen", "--out", offline.folder / "a", "--password-file", "-", stdin=f"{PASSWORD}\n".encode()
    )
    typed = offline("keygen", "--out", offline.folder / "b", secrets=[PASSWORD, "other", PASSWORD, PASSWORD])
    assert (piped.status, typed.status) == (0, 0)
    assert "The two are not the same." in typed.err
    password = ("--password-file", offline.password_file)
    for folder in ("a", "b"):
        sealed, public = (offline.folder / folder / f"recovery.{end}" for end in ("pke1", "pub.der"))
        ran = offline("keycheck", sealed, *password, "--prove", "--json", "--public", public)
        assert ran.status == 0
        assert [ran.document[name] for name in ("proven", "matches_public")] == [True, True]


@pytest.mark.parametrize("style", ["pke1", "hex"])
def test_keycheck_converts(offline: Terminal, style: str) -> None:
    offline.with_key()
    sealed, out = offline.folder / "keys" / "recovery.pke1", offline.folder / "open" / f"again.{style}"
    password = ("--password-file", offline.password_file)
    out.parent.mkdir()
    out.parent.chmod(0o777 if style == "hex" else 0o700)
    ran = offline("keycheck", sealed, *password, "--convert-to", style, "--out", out, "--json")
    converted = ran.document["converted"]
    notes = converted.pop("notes")
    assert (ran.status, converted) == (0, {"file": str(out), "format": style})
    assert ["Every user" in note for note in notes] == ([True] if style == "hex" else [])
    assert ("The private key is open text" in ran.err) == (style == "hex")
    checked = offline(
        "keycheck", out, "--json", *password, "--public", offline.folder / "keys" / "recovery.pub.der"
    )
    assert (checked.status, checked.document["matches_public"]) == (0, True)


def test_keycheck_says_one_thing_of_a_key(offline: Terminal) -> None:
    offline.with_key()
    sealed, weak = offline.folder / "keys" / "recovery.pke1", offline.folder / "weak.pem"
    closed = offline("keycheck", sealed)
    assert (closed.status, "nothing proves that the recovery tool takes it" in closed.out) == (0, True)
    assert "The vendor's recovery tool" not in closed.out
    weak.write_bytes(private(weak_key(), Encoding.PEM))
    new = offline.folder / "new.pke1"
    ran = offline("keycheck", weak, "--convert-to", "pke1", "--out", new)
    assert (ran.status, new.exists(), "Convert it" in ran.out) == (3, False, False)
    assert f"Nothing was written to {new}" in ran.err
    assert "Make a new recovery key pair." in ran.err


@pytest.mark.parametrize("more", [(), ("--convert-to", "hex", "--out", "F")])
def test_keycheck_ignores_no_password_file(offline: Terminal, more: tuple[str, ...]) -> None:
    sealed = offline.folder / "S"
    sealed.write_text("x")
    ran = offline("keycheck", sealed, "--new-password-file", sealed, *more, "--json")
    assert refused(ran, "usage")["where"] == "--new-password-file"


def test_keycheck(offline: Terminal) -> None:
    offline.with_key()
    keys = offline.folder / "keys"
    contract = {"kind", "bits", "exponent", "sha256", "recovery_tool_accepts", "matches_public", "notes"}
    public = offline("keycheck", keys / "recovery.pub.der", "--json")
    closed = offline("keycheck", keys / "recovery.pke1", "--public", keys / "recovery.pub.hex", "--json")
    for ran in (public, closed):
        assert ran.status == 0
        assert set(ran.document) >= contract
    assert public.document["matches_public"] is None
    assert [closed.document["bits"], closed.document["matches_public"]] == [None, None]
    assert "password" not in offline("keygen", "--out", offline.folder / "other", "--format", "hex").err
    unused = ("--format", "hex", "--password-file", offline.password_file)
    assert "The password was not used" in offline("keygen", "--out", offline.folder / "third", *unused).err
    foreign = offline("keycheck", offline.folder / "other" / "recovery.private.hex", "--public",
                      keys / "recovery.pub.der", "--json")  # fmt: skip
    assert (foreign.status, foreign.document["matches_public"]) == (3, False)


def test_the_journey(terminal: Terminal) -> None:
    setup = terminal.with_key()
    planned = terminal("plan", "--config", setup, "--json")
    assert planned.status == 0
    plan = planned.document
    assert set(plan) >= {"setup", "account", "region", "fingerprint", "steps"}
    assert [plan["account"], plan["region"]] == ["123456789012", "eu-west-1"]
    assert all(set(step) == STEP for step in plan["steps"])
    assert all(f"{step['call']['service']}:{step['call']['op']}" in OPERATIONS for step in plan["steps"])
    assert terminal("plan", "--config", setup, "--check").status == 3
    assert "account =" not in [line[:9] for line in setup.read_text().splitlines()]

    applied = terminal("apply", "--config", setup, "--yes", "--json")
    assert applied.status == 0
    events = applied.lines
    assert {event["event"] for event in events} <= {"started", "succeeded", "skipped", "waiting", "finished"}
    assert all("address" in event for event in events)
    counts = {name: events[-1][name] for name in ("event", "ok", "done", "failed", "remaining")}
    assert counts == {
        "event": "finished",
        "ok": True,
        "done": len(plan["steps"]),
        "failed": 0,
        "remaining": 0,
    }
    assert 'account = "123456789012"' in setup.read_text()

    again = terminal("plan", "--config", setup, "--check", "--json")
    assert (again.status, again.document["steps"]) == (0, [])
    assert terminal("apply", "--config", setup, "--json").lines[-1]["done"] == 0

    values = terminal("values", "--config", setup, "--json").document
    assert set(values) >= {
        "kit_name", "public_keys", "bucket", "role_arn", "region", "external_id", "kms_key_arn", "console_path",
    }  # fmt: skip
    assert [values["bucket"], values["external_id"]] == [BUCKET, EXTERNAL_ID]
    (key,) = values["public_keys"]
    assert set(key) == {"name", "file", "sha256", "der_hex"}
    assert Path(key["file"]).read_bytes().hex() == key["der_hex"]
    assert Path(key["file"]).is_absolute()

    verified = terminal("verify", "--config", setup, "--json")
    assert verified.status == 7
    assert all(set(check) == CHECK for check in verified.document["checks"])
    assert verified.document["summary"]["waiting"] > 0
    assert verified.document["summary"]["exit_code"] == 7


def test_waiting_looks_again_until_the_time_is_over(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    before = terminal.clock.now()
    ran = terminal(
        *("verify", "--config", setup, "--wait", "50s", "--since", "2026-01-01T00:00:00+02:00"),
        *("--key-id", "x", "--key-id", "x", "--probe"),
    )
    assert ran.status == 7
    assert ran.out.count("that was written since 2025-12-31T22:00:00Z") == 2
    assert re.findall(r"next look is in (\d+) s; the wait ends in (\d+) s", ran.err) == [
        ("20", "50"),
        ("20", "30"),
        ("10", "10"),
    ]
    # Each is said before, and none twice, however often the checklist was walked.
    assert ran.err.count("It must be refused.") == 4
    assert ran.out.count("Tried for real") == 4
    assert ran.out.count("What the policies allow and refuse") == 1
    assert terminal.clock.now() - before == 50


def test_values_in_every_format_and_to_a_file(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("values", "--config", setup, "--json").problem["code"] == "not-ready"
    assert terminal("apply", "--config", setup, "--yes").status == 0
    for style, sign in (("text", "Role ARN"), ("markdown", "| Field | Value |"), ("json", '"role_arn"')):
        out = terminal.folder / f"values.{style}"
        assert sign in terminal("values", "--config", setup, "--format", style).out
        assert terminal("values", "--config", setup, "--format", style, "--out", out).status == 0
        assert sign in out.read_text()
        assert out.stat().st_mode & 0o777 == 0o600
        assert EXTERNAL_ID in out.read_text()


def test_a_saved_plan_is_applied_as_it_was_seen_or_not_at_all(terminal: Terminal) -> None:
    setup, saved = terminal.with_key(), terminal.folder / "plan.json"
    assert terminal("plan", "--config", setup, "--out", saved).status == 0
    assert terminal("plan", "--config", setup, "--json").document["fingerprint"] in saved.read_text()
    other = ("--set", "role.max_session_seconds=7200")
    stale = terminal("apply", "--config", setup, "--plan", saved, "--yes", "--json", *other)
    assert stale.problem["code"] == "stale"
    assert terminal("plan", "--config", setup, "--out", saved, "--json").problem["code"] == "exists"
    assert terminal("apply", "--config", setup, "--plan", saved, "--yes").status == 0
    assert terminal("plan", "--config", setup, "--check").status == 0


def test_flags_are_put_over_the_file_and_not_into_it(terminal: Terminal) -> None:
    setup = terminal.with_key()
    before = setup.read_text()
    plan = terminal(
        "plan", "--config", setup, "--json", "--storage-bucket", "another-bucket", "--profile", "kim",
        "--region", "us-east-1",
    ).document  # fmt: skip
    assert plan["region"] == "us-east-1"
    assert "another-bucket" in json.dumps(plan)
    assert setup.read_text() == before
    assert [terminal.settings[-1].profile, terminal.settings[-1].region] == ["kim", "us-east-1"]


def test_flags_survive_the_making_of_the_id(terminal: Terminal) -> None:
    setup = terminal.answered()
    lines = [line for line in setup.read_text().splitlines() if not line.startswith("id = ")]
    setup.write_text("\n".join(lines) + "\n")
    plan = terminal("plan", "--config", setup, "--json", "--set", "storage.bucket=another-bucket").document
    assert "another-bucket" in json.dumps(plan)
    assert f'id = "{plan["setup"]}"' in setup.read_text()


@pytest.mark.parametrize(("job", "action"), [("setup", "kms:CreateKey"), ("verify", "s3:GetObject"), ("recover", "s3:GetObject")])  # fmt: skip
def test_policy(terminal: Terminal, job: str, action: str) -> None:
    setup = terminal.answered()
    for _ in ("asks AWS for the account", "has it in the file"):
        ran = terminal("policy", "--config", setup, "--for", job, "--json")
        assert ran.status == 0
        assert ran.document["Version"] == "2012-10-17"
        assert action in ran.out
        assert "123456789012" in ran.out or job == "recover"
        setup.write_text(setup.read_text().replace("[aws]", '[aws]\naccount = "123456789012"', 1))


@pytest.mark.slow
def test_answers_new_from_another_one(offline: Terminal) -> None:
    first = offline.with_key()
    made = offline("keygen", "--out", offline.folder / "x", "--format", "hex").status
    assert made == 0
    second, third = offline.folder / "deep" / "second.toml", offline.folder / "third.toml"
    second.parent.mkdir()
    ran = offline("answers", "new", "--out", second, "--from", first, "--json")
    assert (ran.status, ran.document["missing"]) == (0, [])
    text = second.read_text()
    assert BUCKET in text
    assert PRINCIPAL in text
    assert "\nfingerprint" not in text
    assert 'name = "second"' in text
    assert str(offline.folder / "keys" / "recovery.pub.der") in text
    assert ran.document["setup"] not in first.read_text()
    apart = offline(
        "answers", "new", "--out", third, "--from", first, "--environment", "production", "--json"
    )
    missing = ["palisade.principal_arn", "palisade.external_id", "storage.bucket", "hardening.alarm_email"]
    assert apart.document["missing"] == missing
    assert 'name = "PalisadeS3BackupRole-production"' in third.read_text()


def test_answers_new_and_check_name_the_setup_alike(offline: Terminal) -> None:
    made = offline("answers", "new", "--out", offline.setup, *ANSWERS, "--json").document
    checked = offline("answers", "check", "--config", offline.setup, "--json").document
    names = ("setup", "name", "path")
    assert [made[name] for name in names] == [checked[name] for name in names]
    assert f'id = "{made["setup"]}"' in offline.setup.read_text()
    assert (made["name"], made["path"]) == ("acme-sandbox", str(offline.setup))
    offline.setup.write_text(offline.setup.read_text().replace("\nid = ", "\n# id = "))
    unused = offline("answers", "check", "--config", offline.setup, "--json").document
    assert unused["setup"] is None


def test_every_key_is_explained(offline: Terminal) -> None:
    keys = offline("answers", "explain", "--json").document["keys"]
    for key in keys:
        ran = offline("answers", "explain", key["key"])
        assert ran.status == 0
        assert key["flag"] in ran.out
