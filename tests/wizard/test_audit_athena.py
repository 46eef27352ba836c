"""`audit --engine athena` as a person meets it: what it takes is said, agreed to, done; and nothing is begun without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.model.calls import Aws, Call, Reply
from tests import fleet
from tests.fleet import Fleet
from tests.services.audit import athena_room as room
from tests.wizard.driving import Terminal, refused

TINY = Fleet(60, 1, fleet.KINDS)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with room.opened(tmp_path_factory.mktemp("emulator")) as aws:
        yield aws


@pytest.fixture
def begun() -> list[str]:
    """The statements that were begun."""
    return []


@pytest.fixture
def asker(terminal: Terminal, aws: Aws, account: Aws, begun: list[str]) -> Terminal:
    """A set-up whose inventory and workgroup are in the account with Athena, the rest where the set-up is."""
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    supplied = room.Supplied(account)

    def both(call: Call) -> Reply:
        if call.op == "StartQueryExecution":
            begun.append(str(call.params["QueryString"]))
        there = call.service == "athena" or call.params.get("Bucket") in {room.STORE, room.ANSWERS}
        return supplied(call) if there else aws(call)

    terminal.aws = both
    return terminal


def command(terminal: Terminal, account: Aws) -> tuple[str | Path, ...]:
    report = fleet.write(TINY, terminal.folder / "report")
    place = room.deliver(account, report)
    given = fleet.expected(TINY, terminal.folder / "expected.csv")
    what = ("--inventory", place, "--workgroup", room.GROUP, "--expected", given, "--sample", "0")
    return ("audit", "--config", terminal.setup, "--engine", "athena", *what)


PLANTED = {(kind, where) for kind, where in TINY.planted if not kind.startswith("retention")}
"""The set-up of a sandbox asks for no retention."""


def test_what_it_takes_is_agreed_to_by_a_word_or_not_at_all(
    asker: Terminal, account: Aws, begun: list[str]
) -> None:
    asked = command(asker, account)
    problem = refused(asker(*asked, "--json"), "consent")
    assert "--accept cost" in problem["remedy"][0]
    assert "USD 0.0002" in problem["summary"]
    no = asker(*asked, typed="yes\n")
    assert no.status == 6
    assert "USD 0.0002 at most" in no.err
    assert "s3://acme-answers/audit/" in no.err
    assert begun == []
    yes = asker(*asked, typed="cost\n")
    assert yes.status == 3
    assert "Athena read" in yes.out
    assert len(begun) == 3


def test_a_program_agrees_by_a_flag(asker: Terminal, account: Aws, begun: list[str]) -> None:
    ran = asker(*command(asker, account), "--accept", "cost", "--json")
    assert ran.status == 3
    rows = ran.document["findings"]
    assert {(row["kind"], row["key_id"] or row["object_key"]) for row in rows} == PLANTED
    told = ran.document["athena"]
    assert (ran.document["engine"], told["workgroup"], told["database"]) == ("athena", room.GROUP, "default")
    assert len(told["queries"]) == 2
    assert len(begun) == 3
    assert not list((asker.folder / "state" / "audits").rglob("*.csv"))


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("--engine", "athena"), "--workgroup"),
        (("--engine", "athena", "--workgroup", "audit", "--all"), "--sample"),
        (("--engine", "athena", "--workgroup", "audit", "--sample", "5001"), "--sample"),
        (("--engine", "athena", "--workgroup", "audit", "--accept", "adopt"), "--accept"),
        (("--workgroup", "audit"), "--workgroup"),
        (("--engine", "inventory", "--database", "default"), "--database"),
        (("--accept", "cost"), "--accept"),
    ],
)
def test_words_that_do_not_go_together(terminal: Terminal, arguments: tuple[str, ...], where: str) -> None:
    ran = terminal("audit", "--config", terminal.answered(), *arguments, "--json")
    assert refused(ran, "usage")["where"] == where


RIGHTS = ("--inventory", "s3://acme-inventory/inv", "--results", "s3://acme-answers/audit/")


def test_the_policy_has_the_rights_for_athena_when_it_is_asked_for(terminal: Terminal) -> None:
    setup = terminal.answered("--aws-account", "123456789012")
    base = ("policy", "--config", setup, "--for", "coverage")
    for flags, has in (((), False), (("--engine", "inventory"), False)):
        assert ("athena:StartQueryExecution" in terminal(*base, *flags).out) == has
    ran = terminal(*base, "--engine", "athena", "--workgroup", "audit", *RIGHTS)
    assert ran.status == 0
    for word in ("athena:StartQueryExecution", "workgroup/audit", "glue:CreateTable", "acme-answers/audit/*"):
        assert word in ran.out
    for wrong, where in (
        (("--engine", "athena", "--workgroup", "audit", "--inventory", "folder"), "--inventory"),
        (("--engine", "athena", *RIGHTS), "--workgroup"),
        (RIGHTS, "--inventory"),
    ):
        assert refused(terminal(*base, *wrong, "--json"), "usage")["where"] == where
    elsewhere = terminal("policy", "--config", setup, "--engine", "athena", "--json")
    assert refused(elsewhere, "usage")["where"] == "--engine"
