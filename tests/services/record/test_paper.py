"""Every form of the record gives every value back, whatever is in it, and nothing in it can be run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from services.record import paper
from services.record.book import Record
from services.record.paper import Sheet
from services.record.wallet import Wallet, of_json
from tests.services.record.records import FULL, OTHER, PLAIN, REHEARSED, VERIFIED

MOMENT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'=1", "''", '"', "a,b", "a;b", "|", "`x`", "<b>", "[a](b)", "*a*",
           "\\|", "&lt;", "~~a~~", "![a](b)", "http://example.com", "$x$", "＝1", "#a", "a_b_c", "\\")  # fmt: skip
lines = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs")),
        min_size=1,
        max_size=30,
    ),
)


def sheet(*wallets: Wallet) -> Sheet:
    return Sheet(
        Record(wallets), "acme-sandbox", "sandbox", "123456789012", "eu-west-1", "acme-backup", MOMENT
    )


def named(kit: str, address: str) -> Wallet:
    return replace(FULL, kit=kit, address=address)


@given(lines, lines)
def test_csv_runs_nothing_and_gives_every_value_back(kit: str, address: str) -> None:
    wallet = named(kit, address)
    head, row = csv.reader(io.StringIO(paper.as_csv([wallet])))
    assert not [cell for cell in row if cell[:1] in set("=+-@\t\r＝＋－＠")]
    back = dict(zip(head, (cell.removeprefix("'") for cell in row), strict=True))
    assert (back["kit"], back["address"]) == (kit, address)
    assert (back["quorum_id"], back["key_id"], back["algorithm"]) == (
        wallet.quorum_id,
        wallet.key_id,
        wallet.algorithm,
    )
    assert back["recovery_key_fingerprints"].split() == list(wallet.fingerprints)
    assert (back["verified_on"], back["rehearsed_evidence"]) == (VERIFIED.on, REHEARSED.evidence)


@given(lines, lines)
def test_markdown_shows_every_value_as_it_is(kit: str, address: str) -> None:
    tokens = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .parse(paper.as_markdown(sheet(named(kit, address), PLAIN)))
    )
    cells = [_shown(each) for each in tokens if each.type == "inline"]
    assert {kit, address, FULL.quorum_id, FULL.key_id} <= set(cells)
    assert sum(each.type == "tr_open" for each in tokens) == 3
    assert not [each for each in tokens if each.type.startswith("html")]


def _shown(inline: Token) -> str:
    """What a reader sees; anything but plain text is a fault."""
    children: Sequence[Token] = inline.children or []
    assert {child.type for child in children} <= {"text", "text_special"}, inline.content
    return "".join(child.content for child in children)


@given(lines, lines)
def test_the_sheet_has_every_value_and_fits_on_paper(kit: str, address: str) -> None:
    text = paper.as_text(sheet(named(kit, address), OTHER))
    assert max(map(len, text.splitlines())) <= paper.COLUMNS
    squeezed = "".join(text.split())
    for value in (kit, address, FULL.quorum_id, FULL.key_id, OTHER.key_id, *FULL.fingerprints, "2wallets"):
        assert "".join(value.split()) in squeezed
    for wallet in (named(kit, address), OTHER):
        assert f"Typing check  {wallet.typing_check}" in text
        assert f"\nKey ID        {wallet.key_id}\n" in text
        assert f"\nQuorum ID     {wallet.quorum_id}\n" in text


@given(lines)
def test_json_is_the_record_itself(kit: str) -> None:
    document = json.loads(paper.written(sheet(named(kit, "x"), OTHER), "json"))
    assert [of_json(value) for value in document["wallets"]] == [named(kit, "x"), OTHER]
    assert (document["bucket"], document["written"]) == ("acme-backup", "2026-11-24T18:00:00Z")


def test_a_wallet_that_nothing_has_shown_says_so() -> None:
    assert paper.proof_words(PLAIN) == "not verified"
    assert (
        paper.proof_words(FULL) == "verified on 2026-11-22: 2 files passed.; rehearsed on 2026-11-23: by Ada"
    )
    for style in paper.STYLES:
        assert paper.written(sheet(PLAIN), style).endswith("\n")
    assert "not verified" in paper.as_text(sheet(PLAIN))
