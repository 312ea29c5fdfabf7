"""K5: net sales per hour that the shops were open, counted in instants."""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from ingestion.settings import DBT_PROJECT_DIR
from tests.oracle.comparison import Rows
from tests.oracle.periods import ONE_DAY, Clock
from tests.oracle.sales_kpis import DAILY_SCOPES

HOUR = timedelta(hours=1)


def _seed(name: str) -> list[dict[str, str]]:
    path = DBT_PROJECT_DIR / "seeds" / f"{name}.csv"
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


class TradingHours:
    """The company's shops; holidays are (country code, day)."""

    def __init__(self, clock: Clock, holidays: set[tuple[str, date]]) -> None:
        self.clock = clock
        self.holidays = holidays
        self.stores = _seed("trading_stores")
        self.hours = _seed("trading_hours")
        self.exceptions = _seed("trading_hour_exceptions")

    def serving(self, country: str) -> set[str]:
        """Return the shops that sell to a country."""
        found = {row["store_name"] for row in self.stores if row["country_name"] == country}  # fmt: skip
        others = {row["store_name"] for row in self.stores if row["country_name"] == "*"}  # fmt: skip
        return found or others

    def open_on(self, store: str, day: date) -> timedelta:
        """Return how long a shop was open on a day, up to now."""
        rows = [
            row
            for row in self.exceptions
            if row["store_name"] == store and row["exception_date"] == day.isoformat()
        ]
        if not rows and not self._rests(store, day):
            rows = self._usual(store, day)
        return sum(
            (
                max(self._instant(day, row["closing_time"]) - opening, timedelta(0))
                for row in rows
                for opening in [self._instant(day, row["opening_time"])]
            ),
            timedelta(0),
        )

    def _rests(self, store: str, day: date) -> bool:
        return any(
            (row["holiday_country_code"], day) in self.holidays
            for row in self.stores
            if row["store_name"] == store
        )

    def _usual(self, store: str, day: date) -> list[dict[str, str]]:
        known = [
            row
            for row in self.hours
            if row["store_name"] == store and row["valid_from_date"] <= day.isoformat()
        ]
        newest = max((row["valid_from_date"] for row in known), default="")
        return [
            row
            for row in known
            if row["valid_from_date"] == newest
            and int(row["iso_weekday_number"]) == day.isoweekday()
        ]

    def _instant(self, day: date, clock_time: str) -> datetime:
        if clock_time == "24:00":
            day, clock_time = day + ONE_DAY, "00:00"
        local = datetime.combine(day, time.fromisoformat(clock_time), self.clock.zone)
        return min(local.astimezone(UTC), self.clock.as_of)


def kpi_sales_per_trading_hour(
    sold: Rows, hours: TradingHours, regions: dict[str, str]
) -> Rows:
    """K5: from the rows of kpi_sales; regions says where a country is."""
    countries = {name for _, _, kind, name in sold if kind == "country"}
    stores: dict[tuple[str, str], set[str]] = defaultdict(set)
    for country in countries:
        for scope in (
            ("total", "all"),
            ("country", country),
            ("region", regions.get(country, "unknown")),
        ):
            stores[scope] |= hours.serving(country)
    first = min(start for kind, start, _, _ in sold if kind == "day")
    open_for: dict[str, dict[date, timedelta]] = {}
    for store in set().union(*stores.values()):
        open_for[store] = {
            first + number * ONE_DAY: hours.open_on(store, first + number * ONE_DAY)
            for number in range((hours.clock.today - first).days + 1)
        }
    rows: Rows = {}
    for key, row in sold.items():
        _, start, kind, name = key
        if kind not in DAILY_SCOPES:
            continue
        scope = ("total", "all") if kind == "product_category" else (kind, name)
        by_day: dict[date, timedelta] = defaultdict(timedelta)
        last = min(row["period_end_date"], hours.clock.today)
        for number in range((last - start).days + 1):
            day = start + number * ONE_DAY
            for store in stores[scope]:
                by_day[day] += open_for[store].get(day, timedelta(0))
        spent = sum(by_day.values(), timedelta(0))
        net = row["event_dated_net_sales_amount_base"]
        rows[key] = {
            "is_complete": row["is_complete"],
            "net_sales_amount_base": net,
            "trading_day_count": sum(
                duration > timedelta(0) for duration in by_day.values()
            ),
            "trading_hours": float(spent / HOUR),
            "net_sales_per_trading_hour": float(net / Decimal(spent / HOUR))
            if spent
            else None,
        }
    return rows
