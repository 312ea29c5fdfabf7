"""Which days of Google Ads are read again; no load, so that many histories are tried."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ingestion.extraction import Extraction
from ingestion.settings import Settings
from ingestion.sources import _google_ads_figures
from ingestion.sources._google_ads_accounts import Account
from ingestion.sources._google_ads_figures import Figures
from ingestion.sources._google_ads_tables import CAMPAIGN_STATS

from .google_ads_login import SHOP, stats

DAY = timedelta(days=1)


class World:
    """Google's figures by day and device, and what the warehouse has of them.

    Attributes:
        told: clicks by day and device, as Google has them now.
        stored: rows by day, as the loads left them; a day of a load replaces the day.
        asked: the ranges of days that were asked for.
    """

    def __init__(self, lookback_days: int = 0) -> None:
        self.told: dict[tuple[str, str], int] = {}
        self.stored: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.window = ""
        self._state: dict[str, Any] = {}
        self._lookback_days = lookback_days

    def load(self, today: str, *, start: str = "2020-01-01", all_: bool = False) -> int:
        """Load once on a day; return how many days were written."""
        # What is lost is asked for in the warehouse, and here is none.
        settings = Settings(
            sources="live", as_of=datetime.now(UTC), believe_deletions=True
        )
        extraction = Extraction("google_ads", settings, skip="", read_all=all_)
        begin = date.fromisoformat(start)
        figures = Figures(self, extraction, begin, self._lookback_days)
        figures.note_window(SHOP, self.window)
        self.asked.clear()
        account = Account(SHOP, "", date.fromisoformat(today))
        written: dict[str, list[dict[str, Any]]] = {}
        for row in figures.rows(CAMPAIGN_STATS, account, self._state):
            written.setdefault(row["date"], []).append(row)
        self.stored |= written
        counts = extraction.table(CAMPAIGN_STATS.table)
        rows = sum(len(day) for day in written.values())
        assert counts.received == rows + counts.duplicates + counts.skipped
        return len(written)

    def search(self, customer_id, login, query, condition) -> list[dict[str, Any]]:
        """Answer as Google does: what has clicks, in any order."""
        _, first, _, last, _ = condition.split("'")
        self.asked.append((first, last))
        found = [
            stats(day, device=device, clicks=str(clicks))
            for (day, device), clicks in self.told.items()
            if clicks and first <= day <= last
        ]
        random.Random(len(self.asked)).shuffle(found)
        return found

    def first(self, customer_id, login, query, text) -> dict[str, Any] | None:
        """Answer the first day with figures."""
        low = text.split("'")[1]
        days = sorted(d for (d, _), clicks in self.told.items() if clicks and d >= low)
        return {"segments": {"date": days[0]}} if days else None

    def clicks(self) -> dict[str, int]:
        """Return what the warehouse has by day; days without rows are left out."""
        sums = {
            day: sum(int(row.get("clicks") or 0) for row in rows)
            for day, rows in self.stored.items()
        }
        return {day: clicks for day, clicks in sums.items() if clicks}

    def truth(self) -> dict[str, int]:
        """Return what Google has by day."""
        sums: dict[str, int] = {}
        for (day, _), clicks in self.told.items():
            sums[day] = sums.get(day, 0) + clicks
        return {day: clicks for day, clicks in sums.items() if clicks}


@pytest.mark.parametrize("seed", range(40))
def test_totals_are_google_s_after_any_number_of_loads_in_any_order(seed, monkeypatch):
    """Else figures depend on when the warehouse happened to look."""
    rng = random.Random(seed)
    monkeypatch.setattr(_google_ads_figures, "WINDOW_DAYS", rng.choice((1, 4, 7, 92)))
    world, today = World(), date(2026, 6, 1)
    for _ in range(rng.randrange(3, 9)):
        # Clocks go forward by some days or weeks, and at times a little back.
        today += rng.choice((0, 0, 1, 3, 20, 45, -1)) * DAY
        for day in _days(today - 30 * DAY, today):
            # Restated up and down, rows and whole days come and go.
            if rng.random() < 0.4:
                device = rng.choice(("MOBILE", "DESKTOP"))
                world.told[day, device] = rng.choice((0, 0, 1, 5))
        world.load(str(today))
        known = {d: c for d, c in world.truth().items() if d <= str(today)}
        stored = {d: c for d, c in world.clicks().items() if d <= str(today)}
        assert stored == known
    # Nothing new: nothing is written. Every day since the first was read, and marked.
    assert world.load(str(today)) == 0
    read = [day for day in sorted(world.stored) if day <= str(today)]
    assert not read or read == _days(date.fromisoformat(read[0]), today)
    for rows in world.stored.values():
        assert [row for row in rows if row["campaign_id"] == ""] == [rows[0]]


@pytest.mark.parametrize(
    ("configured", "window", "days"),
    [(0, "45", 45), (0, "7", 30), (0, "", 30), (45, "30", 45), (7, "90", 7)],
    ids=[
        "the account's longest window",
        "at least 30 days",
        "30 days without conversion actions",
        "longer by configuration",
        "shorter by configuration",
    ],
)
def test_the_days_read_again_are_those_of_the_longest_window(configured, window, days):
    """Else conversions that arrive on the 40th day are never seen."""
    world = World(configured)
    world.window = window
    world.told["2026-03-01", "MOBILE"] = 1
    world.load("2026-11-18")
    world.load("2026-11-20")
    # From what was open at the last load, not at this one.
    first = date(2026, 11, 18) - days * DAY
    assert world.asked == [(str(first), "2026-11-20")]


def test_the_first_load_begins_with_the_account_s_first_figures():
    """Else a young account costs years of empty questions."""
    world = World()
    world.told["2026-11-02", "MOBILE"] = 1
    world.load("2026-11-18")
    assert world.asked == [("2026-11-02", "2026-11-18")]


def test_history_is_read_37_months_back_at_most():
    """Else Google refuses a range that it does not keep."""
    world = World()
    world.told |= {("2023-10-18", "MOBILE"): 1, ("2023-10-19", "MOBILE"): 1}
    world.load("2026-11-18", start="1990-01-01")
    assert world.asked[0][0] == "2023-10-19"


def test_history_grows_when_start_date_moves_back_and_never_shrinks():
    """Else START_DATE of the first load is for ever."""
    world = World()
    days = ("2026-01-15", "2026-03-15", "2026-11-01")
    world.told |= dict.fromkeys([(day, "MOBILE") for day in days], 1)
    world.load("2026-11-18", start="2026-03-01")
    assert list(world.clicks()) == ["2026-03-15", "2026-11-01"]
    world.load("2026-11-18", start="2026-01-01")
    assert world.clicks() == world.truth()
    world.load("2026-11-18", start="2026-10-01")
    assert world.clicks() == world.truth()
    assert world.load("2026-11-18", start="2026-01-01") == 0
    assert len(world.asked) == 1


def test_a_change_outside_the_window_is_found_when_everything_is_read():
    """Else a late correction can never be had."""
    world = World()
    world.told |= {("2026-01-15", "MOBILE"): 1, ("2026-11-15", "MOBILE"): 1}
    world.load("2026-11-18")
    world.told["2026-01-15", "MOBILE"] = 5
    world.load("2026-11-18")
    assert world.clicks()["2026-01-15"] == 1
    world.load("2026-11-18", all_=True)
    assert world.clicks() == world.truth()


def test_after_many_rows_shorter_windows_are_asked_for(monkeypatch):
    """Else a big account's quarter does not fit into memory."""
    monkeypatch.setattr(_google_ads_figures, "MANY_ROWS", 50)
    world = World()
    for day in _days(date(2026, 7, 1), date(2026, 11, 18)):
        world.told[day, "MOBILE"] = 1
    world.load("2026-11-18")
    assert world.asked[:2] == [
        ("2026-07-01", "2026-09-30"),
        ("2026-10-01", "2026-10-23"),
    ]
    assert world.clicks() == world.truth()


def _days(first: date, last: date) -> list[str]:
    return list(_all_days(first, last))


def _all_days(first: date, last: date) -> Iterator[str]:
    while first <= last:
        yield str(first)
        first += DAY
