"""The wallets that there should be: every form of list is read, and doubles and bad lines are counted, never skipped."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Thread

import pytest

from services.audit import expected
from services.audit.database import opened
from services.audit.expected import Expected, normal
from services.ledger import Ledger
from services.problems import ProblemError
from services.record import book
from services.record.wallet import Wallet
from tests import tally
from tests.fleet import key_id
from tests.ports import FakeClock

ONE, TWO = key_id(1), key_id(2)


def taken(path: Path) -> tuple[Expected, list[str]]:
    with opened(path.parent / "audit.duckdb") as database:
        found = expected.take(database, str(path), expected.read(path), path.parent / "scratch.txt")
        rows = database.execute("SELECT key_id FROM expected ORDER BY key_id").fetchall()
    assert not (path.parent / "scratch.txt").exists()
    return found, [row[0] for row in rows]


@pytest.mark.parametrize(
    "content",
    [
        f"{ONE}\n{TWO}\n",
        f"key_id\n{ONE}\n{TWO}\n",
        f'\ufeffname,Key_ID\r\nsavings,{ONE}\r\n"a, b",{TWO}\r\n\r\n',
        f"{ONE.upper()},x\n {TWO} \n",
        f'["{ONE}", "{TWO}"]',
        json.dumps({"wallets": [{"key_id": ONE}, {"key_id": TWO}]}),
        json.dumps([{"key_id": ONE}, {"key_id": TWO}], indent=1),
    ],
)
def test_every_form_of_list(tmp_path: Path, content: str) -> None:
    path = tmp_path / "list"
    path.write_text(content, "utf-8", newline="")
    found, key_ids = taken(path)
    assert key_ids == sorted([ONE, TWO])
    assert (found.wallets, found.doubles, found.bad) == (2, 0, 0)


def test_doubles_and_bad_lines_are_counted_and_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = [
        "key_id,note",
        f"{ONE},a",
        f"{ONE.upper()},again",
        "no key id,b",
        ",empty",
        f"{TWO},c",
        "\x1b[2J,d",
        f"{ONE},e",
    ]
    path.write_text("\n".join(lines))
    found, key_ids = taken(path)
    assert key_ids == sorted([ONE, TWO])
    assert (found.wallets, found.doubles, found.bad) == (2, 2, 3)
    assert found.first_bad[:2] == ("line 4 (no key id)", "line 5 (empty)")
    assert all(text.isprintable() for text in found.first_bad)


def test_the_record_itself(tmp_path: Path) -> None:
    path = tmp_path / "acme.record.json"
    of = Ledger(path, None, "", "record", "record", "")
    for each in (ONE, TWO):
        book.add(of, FakeClock(), Wallet(key_id(9), each, "SECP256K1"))
    book.remove(of, FakeClock(), TWO)
    assert taken(path)[1] == [ONE]


@pytest.mark.parametrize(
    "content", [b"{", b"{}", b"[1", b'{"wallets": 3}', b"\xff\xfe\x00", b'a\n"' + b"x" * 200_000]
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(ProblemError) as raised:
        taken(path)
    assert raised.value.problem.code == "unreadable-file"
    assert str(path) in raised.value.problem.summary


def test_an_absent_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError):
        taken(tmp_path / "nothing")


@pytest.mark.parametrize(
    "content", ["", "\n\n", "key_id\n", "key_id,note\n,a\nno key id,b\n", "[]", '{"wallets": []}']
)
def test_a_list_without_a_wallet_is_refused_because_of_none_none_is_missing(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "list"
    path.write_text(content)
    with pytest.raises(ProblemError) as raised:
        taken(path)
    assert raised.value.problem.code == "unreadable-file"
    assert "no key ID in it" in raised.value.problem.summary


def piped(path: Path, pieces: Iterable[bytes]) -> Thread:
    """A pipe at a path, into which somebody writes once and goes away."""
    os.mkfifo(path)

    def write() -> None:
        with contextlib.suppress(BrokenPipeError), path.open("wb", buffering=0) as pipe:
            for piece in pieces:
                pipe.write(piece)

    writer = Thread(target=write, daemon=True)
    writer.start()
    return writer


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("number", [1, 50, 4000])
def test_a_pipe_is_read_once_and_whole(tmp_path: Path, number: int, form: str) -> None:
    key_ids = [key_id(each) for each in range(number)]
    content = json.dumps(key_ids) if form == "json" else "\n" + "\n".join(key_ids)
    writer = piped(tmp_path / "list", [content[:1].encode(), content[1:].encode()])
    found, rows = taken(tmp_path / "list")
    assert rows == sorted(key_ids)
    assert (found.wallets, found.bad) == (number, 0)
    writer.join(10)
    tally.count("inputs generated", number)


ENDLESS = {
    "zeros": (b"\0" * 65536, "longer than any row"),
    "one row of many lines": (b'"x\n",' * 10_000, "longer than any row"),
    "json": (b"[" * 65536, "million characters"),
}


@pytest.mark.parametrize(
    "kind", ["zeros", "one row of many lines", pytest.param("json", marks=pytest.mark.slow)]
)
def test_what_has_no_end_is_refused_early(tmp_path: Path, kind: str) -> None:
    piece, says = ENDLESS[kind]
    piped(tmp_path / "list", itertools.repeat(piece))
    with pytest.raises(ProblemError) as raised:
        taken(tmp_path / "list")
    assert raised.value.problem.code == "unreadable-file"
    assert says in raised.value.problem.summary


def test_a_record_comes_from_its_file_alone(tmp_path: Path) -> None:
    piped(tmp_path / "list", [b'{"entries": []}'])
    with pytest.raises(ProblemError) as raised:
        taken(tmp_path / "list")
    assert "not through a pipe" in raised.value.problem.summary


def test_a_key_id_keeps_its_spelling_unless_it_is_a_uuid() -> None:
    assert normal("Wallet_7") == "Wallet_7"
    assert normal(ONE.upper()) == ONE
    assert normal(f"{{{ONE}}}") == ""
    assert normal("a/b") == normal("") == normal("é") == ""
