"""Line by line from nothing to verified, inside the test: consent, what fails, what the last step offers, going on later."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path

import pytest

from screens import flow
from services import kit, progress, setup_file
from services.model.calls import Aws, Call
from services.record import book
from services.record.wallet import Wallet
from tests.keys import public_der
from tests.ports import Recording
from tests.screens.stage import KEY_ID, QUORUM, Account, curtain, refusal
from tests.screens.stage import Stage as PageStage
from tests.wizard.driving import EXTERNAL_ID, PRINCIPAL, Terminal
from tests.wizard.script import HARDENED, Script, left_at, session, sit, squeezed, state

NEW = {
    "Name of the set-up": ["acme-sandbox"],
    "Region": ["eu-west-1"],
    "Palisade's writer": [PRINCIPAL],
    "External ID": [EXTERNAL_ID],
}
YES = "Carry all of this out? Only the word yes is taken as consent"
IRREVERSIBLE = "Do you agree? Only the word irreversible is taken as consent"
COST = "Do you agree? Only the word cost is taken as consent"
KIT, NEXT = "The kit", "What now"


def with_public_key(machine: Terminal) -> dict[str, list[str]]:
    path = machine.folder / "public.der"
    path.write_bytes(public_der())
    return {"How is the key kept": ["take"], "Key file": [str(path)]}


def on_record(machine: Terminal) -> tuple[Wallet, ...]:
    (file,) = state(machine).setups.glob("*.toml")
    return book.read(book.place(setup_file.read(file), state(machine))).wallets


def test_from_nothing_to_the_last_step_and_everything_that_is_offered_there(tmp_path: Path, aws: Aws) -> None:
    machine = Terminal(tmp_path, Account(aws))
    values = tmp_path / "kit.json"

    def otherwise(script: Script, label: str) -> str:
        # key file in an HSM; four more about the role; the quorum has the kit
        return ("no", "no", "yes")[script.asked.count(label) - 1] if label == "Yes or no" else ""

    answers = {
        **NEW,
        **with_public_key(machine),
        YES: ["yes"],
        KIT: ["file", "file", "show", "created"],
        "New file": [str(values)] * 2,
        "Quorum ID": [QUORUM],
        NEXT: ["look", "rehearse", "all", "audit", "wallets", "record", "duties", "leave"],
    }
    script = Script(answers, otherwise)
    ran = sit(machine, script)
    assert ran.status == 0, ran.err[-3000:]
    assert script.used_up()
    said = squeezed(ran.err)
    for sentence in (
        "Account 444455556666 (arn:aws:iam::444455556666:role/palisade-mpc) will be able to write backups",
        "Everything is there and was read back from AWS.",
        f"{values} exists already",
        "wallet-recovery-cli",
        "wallets read",
        "palisade-wizard audit --config",
    ):
        assert squeezed(sentence) in said, sentence
    assert json.loads(values.read_text())["external_id"] == EXTERNAL_ID
    (file,) = state(machine).setups.glob("*.toml")
    sitting = session(machine, setup_file.read(file))
    assert flow.signs(sitting, -1).count("✓") == 8


def test_it_is_verified_once_the_backup_is_there_and_listed_as_that(tmp_path: Path, aws: Aws) -> None:
    account = Account(aws)
    machine = Terminal(tmp_path, account)

    looks: list[str] = []

    def arrive(call: Call) -> None:
        """The backup comes between two looks."""
        if call.name == "s3:ListObjectsV2" and "Still awaited" in script.screen.written:
            looks.append(call.name)
            account.write_backup()

    def otherwise(script: Script, label: str) -> str:
        # the same, and the wallet goes on record
        return ("no", "no", "yes", "yes")[script.asked.count(label) - 1] if label == "Yes or no" else ""

    answers = {**NEW, **with_public_key(machine), YES: ["yes"], KIT: ["1"], "Quorum ID": [QUORUM]}
    script = Script({**answers, NEXT: ["watch", "record", "leave"]}, otherwise)
    account.before = arrive
    ran = sit(machine, script)
    assert ran.status == 0, ran.err[-3000:]
    assert looks
    assert [wallet.key_id for wallet in on_record(machine)] == [KEY_ID]
    assert squeezed("Something is still awaited") in squeezed(ran.err)
    assert squeezed("✓ Verified: the backup path works.") in squeezed(ran.err)
    (file,) = state(machine).setups.glob("*.toml")
    sitting = session(machine, setup_file.read(file))
    assert flow.signs(sitting, -1) == "✓" * 9
    again = Script({"Which one": ["0", "2", "1"], NEXT: ["quit"]})
    assert squeezed("acme-sandbox sandbox verified") in squeezed(sit(machine, again).err)
    assert again.asked == ["Which one"] * 3 + [NEXT]
    account.before = lambda _call: None
    for key in account.objects:
        account.objects[key] = b"not what Palisade wrote"
    sit(machine, Script({NEXT: ["leave"]}), "--config", file)
    assert flow.signs(session(machine, setup_file.read(file)), -1) == "✓" * 8 + "·"


@pytest.mark.parametrize("word", ["", "Yes", "no", "y"])
def test_nothing_is_changed_without_the_typed_word(tmp_path: Path, aws: Aws, word: str) -> None:
    seen = Recording(aws)
    machine = Terminal(tmp_path, seen)
    setup = left_at(machine, "review", HARDENED)
    answers = {IRREVERSIBLE: ["irreversible"], COST: ["cost"], YES: [word], "Yes or no": ["no"]}
    script = Script({**answers, "Daily list": ["quit"]})
    ran = sit(machine, script, "--config", setup.path)
    assert ran.status == 0, ran.err
    assert script.asked[-4:] == [COST, YES, "Yes or no", "Daily list"]
    assert seen.writes == []
    assert "Nothing was changed." in ran.err


def test_each_risk_has_its_own_word(tmp_path: Path, aws: Aws) -> None:
    seen = Recording(aws)
    machine = Terminal(tmp_path, seen)
    setup = left_at(machine, "review", HARDENED)
    script = Script(
        {IRREVERSIBLE: ["irreversible", "yes"], COST: ["irreversible"], "Yes or no": ["yes", "no"]}
    )
    script.left["Daily list"] = deque(["quit"])
    assert sit(machine, script, "--config", setup.path).status == 0
    assert script.asked == [IRREVERSIBLE, COST, "Yes or no", IRREVERSIBLE, "Yes or no", "Daily list"]
    assert seen.writes == []


def test_what_fails_is_told_and_tried_again(tmp_path: Path, aws: Aws) -> None:
    account = Account(aws, broken={"iam:CreateRole": refusal("AccessDenied", "no")})
    machine = Terminal(tmp_path, account)
    setup = left_at(machine, "review")

    def otherwise(_script: Script, label: str) -> str:
        if label == NEXT:
            account.broken.clear()
            return "again"
        return ""

    script = Script({YES: ["yes", "yes"], "Kit name": ["quit"]}, otherwise)
    ran = sit(machine, script, "--config", setup.path)
    assert ran.status == 0, ran.err
    assert script.asked == [YES, NEXT, YES, "Kit name"]
    assert "iam:CreateRole" in ran.err
    assert ran.err.count("✓ key: ") == 1


def test_a_wrong_answer_that_only_the_review_sees_is_changed_from_there(tmp_path: Path, aws: Aws) -> None:
    machine = Terminal(tmp_path, aws)
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    setup = left_at(machine, "review", {"storage.kms_key": key})
    script = Script({NEXT: ["change"], "KMS key": ["create"], "Uploads without headers": ["quit"]})
    assert sit(machine, script, "--config", setup.path).status == 0
    assert script.asked == [NEXT, "Name space", "Bucket", "KMS key", "Uploads without headers"]
    assert setup_file.read(setup.path).answers.text("storage.kms_key") == "create"


def test_the_sign_in_is_tried_again_or_its_answers_are_changed(tmp_path: Path, aws: Aws) -> None:
    account = Account(aws, broken={"sts:GetCallerIdentity": refusal("ExpiredToken", "expired")})
    machine = Terminal(tmp_path, account)
    setup = left_at(machine, "account")

    def otherwise(script: Script, label: str) -> str:
        if label != NEXT:
            return ""
        if script.asked.count(NEXT) == 2:
            account.broken.clear()
        return ("again", "again", "")[script.asked.count(NEXT) - 1]

    script = Script({"Palisade's writer": ["quit"]}, otherwise)
    ran = sit(machine, script, "--config", setup.path)
    assert script.asked == ["AWS profile", "Region", NEXT, NEXT, "Palisade's writer"]
    assert ran.status == 0
    back = Script({"Region": ["", "quit"], NEXT: ["back"]})
    account.broken["sts:GetCallerIdentity"] = refusal("ExpiredToken", "expired")
    assert sit(machine, back, "--config", setup.path).status == 0
    assert back.asked[-2:] == [NEXT, "Region"]


def test_an_endpoint_that_is_not_aws_and_production_are_named_at_every_step(offline: Terminal) -> None:
    offline.endpoint = "http://localhost:4566"
    setup = left_at(offline, "storage", {"setup.environment": "production"})
    ran = sit(offline, Script({"Yes or no": ["no"], "Object Lock": ["quit"]}), "--config", setup.path)
    heads = [line for line in ran.err.splitlines() if line.startswith("Step ")]
    assert len(heads) == 3
    assert all(head.endswith("Set-up acme-sandbox, PRODUCTION.") for head in heads)
    assert ran.err.count("! This is not AWS itself: every call goes to http://localhost:4566") == 3


@pytest.mark.parametrize("page", ["access", "retention", "watching"])
async def test_pages_and_lines_go_on_from_one_another(tmp_path: Path, aws: Aws, page: str) -> None:
    machine = Terminal(tmp_path, aws)
    setup = left_at(machine, "storage")
    stop = {"access": "Role name", "retention": "Object Lock", "watching": "CloudTrail"}[page]
    assert sit(machine, Script({"Yes or no": ["no"], stop: ["quit"]}), "--config", setup.path).status == 0
    assert flow.open_at(session(machine, setup)) == page
    stage = PageStage(tmp_path, Account(aws), more={"open_first": setup.path})
    async with curtain(stage) as show:
        assert show.page.name_ == page
        await show.press("ctrl+n")
        after = show.page.name_
    lines = Script(otherwise=lambda _script, _label: "quit")
    sit(machine, lines, "--config", setup.path)
    first = {"retention": "Object Lock", "watching": "CloudTrail", "review": YES}[after]
    assert lines.asked == [first]


def test_marks_say_how_far_it_has_come(tmp_path: Path, aws: Aws) -> None:
    machine = Terminal(tmp_path, aws)
    setup = left_at(machine, "review")
    state(machine).forget(setup.answers.text("setup.id"), progress.DEEDS)
    script = Script({YES: ["yes"], KIT: ["later"], "Yes or no": ["no"], "Quorum ID": ["quit"]})
    assert sit(machine, script, "--config", setup.path).status == 0
    found = state(machine).drafts(setup.answers.text("setup.id"))
    assert found[progress.APPLIED] == progress.digest(session(machine, setup))
    assert progress.KIT not in found
    assert progress.QUORUM not in found
    assert found[progress.AT] == "quorum"
    # With the values, and where the quorum is asked about.
    assert " ".join(script.screen.written.split()).count(kit.KIND_OF_QUORUM) == 2


def test_before_agreeing_one_reads_who_can_do_what_and_sees_it_drawn(tmp_path: Path, aws: Aws) -> None:
    seen = Recording(aws)
    machine = Terminal(tmp_path, seen)
    setup = left_at(machine, "review")
    script = Script({YES: ["who", "picture", "quit"]})
    ran = sit(machine, script, "--config", setup.path)
    assert ran.status == 0, ran.err
    assert script.asked == [YES] * 3
    assert seen.writes == []
    said = squeezed(ran.err)
    assert squeezed("Write a backup: Palisade ! if 1 2, Admins ! if 1 2, Everybody else ✗ no.") in said
    assert squeezed("1. Never over plain HTTP or over a TLS older than 1.2.") in said
    assert "|    `- encrypted with -> + KMS key" in ran.err
    assert not any(0x2500 <= ord(sign) < 0x25C0 for sign in ran.err)
    assert EXTERNAL_ID not in ran.err
