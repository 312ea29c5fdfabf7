"""What moved a number: bridges that add up exactly, and the rows behind it."""

import re
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.settings import Settings, load_settings
from orchestration.bridge import Part, bridge_lines, effects, rounded
from orchestration.trace import UnknownNameError
from orchestration.why import why

_PAIRS = st.tuples(
    st.integers(0, 10_000).map(Fraction), st.integers(1, 10_000).map(Fraction)
)


def _sum(pairs) -> tuple[Fraction, Fraction]:
    above, below = zip(*pairs, strict=True)
    return sum(above, Fraction(0)), sum(below, Fraction(0))


@given(st.lists(st.tuples(_PAIRS, _PAIRS), min_size=1, max_size=12))
def test_the_effects_of_all_parts_are_the_change_exactly(pairs) -> None:
    """A bridge that leaves a rest explains something else than the change."""
    parts = [Part(str(n), before, now) for n, (before, now) in enumerate(pairs)]
    whole = Part("", _sum(p.before for p in parts), _sum(p.now for p in parts))
    change = whole.now[0] / whole.now[1] - whole.before[0] / whole.before[1]
    assert sum(sum(effects(part, whole)) for part in parts) == change
    assert sum(effects(whole, whole)) == change


@given(st.lists(st.fractions(-1000, 1000), min_size=1, max_size=20))
def test_printed_parts_add_up_to_the_printed_change(parts) -> None:
    """Who adds up the lines by hand must get the last line."""
    total = sum(parts, Fraction(0))
    printed = rounded(parts, total)
    assert sum(printed) == round(total * 10**6) / Fraction(10**6)
    assert all(
        abs(a - b) <= Fraction(1, 10**6) for a, b in zip(parts, printed, strict=True)
    )


def test_what_parts_do_not_explain_is_a_line_of_its_own() -> None:
    """A deal of two regions, or of none, must not vanish from the bridge."""
    one = Fraction(1)
    whole = Part("", (Fraction(10), one), (Fraction(7), one))
    parts = [Part("DACH", (Fraction(4), one), (Fraction(3), one))]
    said = [
        " ".join(line.split())
        for line in bridge_lines("region", whole, parts, is_ratio=False)
    ]
    assert said == [
        "by region",
        "DACH -1 4 → 3",
        "in none of them, or in several -2",
        "change -3",
    ]


@pytest.fixture
def built(refreshed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of the warehouse that was built at size small."""
    for name in ("WAREHOUSE_DIR", "SANDBOX_SIZE"):
        monkeypatch.setenv(name, refreshed[name])
    load_settings.cache_clear()
    return load_settings()


def test_a_rate_is_bridged_and_its_deals_are_listed(
    built: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rows must be the very deals that were counted, with the vendor's ids."""
    assert why(built, "kpi_win_rate_monthly", "2026-10") == 0
    said = capsys.readouterr().out
    won, closed, deals = _closed_deals(built.published_path)
    assert f"now    {won} / {closed} = " in said
    assert f"{closed} rows of marts.fct_deals are behind it" in said
    assert {*re.findall(r"hubspot +(\d+)", said)} == deals
    assert re.search(r"raw_hubspot\.deals \d+\.\d+", said)
    for part in said.split("\n\n"):
        lines = part.strip().splitlines()
        if not lines[0].startswith("by "):
            continue
        numbers = [
            Fraction(re.search(r"[+-][\d.,]+", line)[0].replace(",", ""))
            for line in lines[1:]
        ]
        assert sum(numbers[:-1]) == numbers[-1], part


def _closed_deals(path: Path) -> tuple[int, int, set[str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select deal_id, is_won from marts.fct_deals where is_closed "
            "and close_date between date '2026-10-01' and date '2026-10-31'"
        ).fetchall()
    return sum(won for _, won in rows), len(rows), {deal for deal, _ in rows}


def test_an_open_month_is_compared_with_the_same_days(
    built: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against a whole month, every month that is not over looks like a collapse."""
    assert why(built, "kpi_deals.won_amount_base", "2026-11") == 0
    assert "the same days of the period before" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kpi", "period", "said"),
    [
        ("kpi_dealz", "2026-10", "kpi_deals"),
        ("kpi_deals", "2031-01", "month: 25 from 2024-11-01 to 2026-11-01"),
        ("kpi_rfm", "2026-10", "has no periods"),
        ("kpi_deals.scope_name", "2026-10", "won_count"),
    ],
)
def test_a_wrong_question_is_answered_with_what_there_is(
    built: Settings, kpi: str, period: str, said: str
) -> None:
    """A stack trace at three in the morning helps nobody."""
    with pytest.raises(UnknownNameError, match=said):
        why(built, kpi, period)
