"""Plots of plain signs: numbers in, lines out; never wider than the screen, never a number cut, never a wrong length."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.picture import block
from services.audit.plots import EMPTY, FULL, Bar, Plot, lines, pieces, plots, text
from tests.generated import share
from wizard.render.voice import fit


@pytest.mark.parametrize(
    ("number", "whole", "room", "filled"),
    [
        (0, 10, 10, 0),
        (10, 10, 10, 10),
        (5, 10, 10, 5),
        (1, 1_000_000, 10, 1),  # a little is not nothing
        (999_999, 1_000_000, 10, 9),  # nearly everything is not everything
        (0, 0, 10, 0),
        (3, 0, 10, 0),
        (-1, 10, 10, 0),
        (11, 10, 10, 10),
        (1, 2, 1, 1),
    ],
)
def test_a_bar_is_empty_for_nothing_alone_and_full_for_everything_alone(
    number: int, whole: int, room: int, filled: int
) -> None:
    assert pieces(number, whole, room) == filled


KNOWN = Plot("Known", (Bar("there", 999, 1000), Bar("read", 0, 1000)))
COUNTS = Plot("Found", (Bar("missing", 40), Bar("small", 1)))


@pytest.mark.parametrize(
    ("plot", "width", "drawn"),
    [
        (KNOWN, 40, ["Known", f"  there  {'▇' * 16}·  999 of 1,000", f"  read   {'·' * 17}    0 of 1,000"]),
        (KNOWN, 28, ["Known", "  there  ▇▇▇▇▇▇▇▇▇·  99.90 %", "  read   ··········   0.00 %"]),
        (KNOWN, 20, ["Known", "  there  99.90 %", "  read    0.00 %"]),
        (COUNTS, 26, ["Found", "  missing  ▇▇▇▇▇▇▇▇▇▇▇  40", "  small    ▇             1"]),
        (COUNTS, 12, ["Found", "  missi…  40", "  small    1"]),
        (Plot("Found", (), "None."), 40, ["Found", "  None."]),
        (Plot("A long title", (), "None at all."), 8, ["A long …", "  None …"]),
    ],
)
def test_a_plot_is_drawn_so(plot: Plot, width: int, drawn: list[str]) -> None:
    assert lines(plot, width) == drawn


BARS = st.builds(
    Bar,
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=40),
    st.integers(0, 10**9),
    st.none() | st.integers(0, 10**9),
)


@share(1)
@given(st.lists(BARS, min_size=1, max_size=20), st.integers(30, 200))
def test_no_line_is_wider_than_the_screen_and_no_number_is_cut(bars: list[Bar], width: int) -> None:
    drawn = lines(Plot("A plot", tuple(bars)), width)
    assert len(drawn) == len(bars) + 1
    for bar, line in zip(bars, drawn[1:], strict=True):
        assert len(line) <= width
        assert line.endswith((bar.says(brief=False), bar.says(brief=True)))


def document(days: list[tuple[date, int]]) -> dict[str, Any]:
    return {
        "totals": {
            "expected": 4, "expected_and_there": 3, "wallets": 5, "files": 15, "encryption_unknown": 2, "key_unknown": 10,
            "lock_unknown": 1,
        },
        "wallets_read": 1,
        "by_day": [{"day": day.isoformat(), "wallets": wallets} for day, wallets in days],
        "retention_left": [{"left": "none", "wallets": 2}],
        "kinds": {"small": 1, "missing": 1},
    }  # fmt: skip


@share(1)
@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.lists(
        st.tuples(st.integers(0, 9000), st.integers(1, 99)),
        min_size=1,
        max_size=40,
        unique_by=lambda row: row[0],
    ),
)
def test_every_wallet_is_in_one_bar_over_time_and_empty_times_are_shown(
    first: date, rows: list[tuple[int, int]]
) -> None:
    days = [(first + timedelta(days=after), wallets) for after, wallets in sorted(rows)]
    plot = plots(document(days))[2]
    assert sum(bar.number for bar in plot.bars) == sum(wallets for _, wallets in days)
    assert 1 <= len(plot.bars) <= 15
    assert len({bar.label for bar in plot.bars}) == len(plot.bars)
    assert [bar.label for bar in plot.bars if bar.label != "before"] == sorted(
        bar.label for bar in plot.bars if bar.label != "before"
    )


@pytest.mark.parametrize(
    ("days", "title", "labels"),
    [
        ((0, 2), "day", ["2026-01-05", "2026-01-06", "2026-01-07"]),
        ((0, 15), "week", ["from 2026-01-05", "from 2026-01-12", "from 2026-01-19"]),
        ((0, 100), "month", ["2026-01", "2026-02", "2026-03", "2026-04"]),
        ((0, 800), "year", ["2026", "2027", "2028"]),
        ((0, 365 * 20), "year", ["before", *map(str, range(2032, 2046))]),
    ],
)
def test_time_is_cut_into_few_pieces(days: tuple[int, int], title: str, labels: list[str]) -> None:
    begin = date(2026, 1, 5)  # a Monday
    plot = plots(document([(begin + timedelta(days=after), 1) for after in days]))[2]
    assert plot.title == f"Wallets by the {title} of their newest backup"
    assert [bar.label for bar in plot.bars] == labels


def test_the_document_becomes_four_plots() -> None:
    known, found, over_time, left = plots(document([]))
    assert [(bar.label, bar.number, bar.whole) for bar in known.bars] == [
        ("expected and there", 3, 4), ("wallets read", 1, 5), ("encryption known", 13, 15), ("KMS key known", 3, 15),
        ("retention known", 14, 15),
    ]  # fmt: skip
    assert [(bar.label, bar.number) for bar in found.bars] == [("missing", 1), ("small", 1)]
    assert not over_time.bars
    assert left.bars == (Bar("none", 2),)
    empty = {
        **document([]),
        "kinds": {},
        "retention_left": [],
        "totals": {**document([])["totals"], "expected": 0},
    }
    said = text(empty, 60)
    for words in ("None.", "No wallet has one.", "This set-up asks for none."):
        assert words in said
    assert "expected and there" not in said
    assert "retention known" not in said
    assert FULL in said
    assert EMPTY in said


def test_what_comes_from_a_bucket_cannot_end_its_block() -> None:
    """Names may hold anything, the signs that end a block above all."""
    for hostile in ("``` \n# Mine", "`````", "~~~", "<script>"):
        page = block(hostile)
        fence = page.splitlines()[0].removesuffix("text")
        assert page.endswith(f"\n{fence}")
        assert fence not in hostile


def test_where_no_other_signs_are_the_plots_are_plain() -> None:
    said = fit(text({**document([(date(2026, 1, 5), 1)])}, 60), "ascii")
    assert said.isascii()
    assert "\\u" not in said
    assert "##########" in said
