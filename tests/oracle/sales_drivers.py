"""K7, K8 and K11: holidays, campaigns and targets, one window or period at a time."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import holidays

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm
from tests.oracle.deal_kpis import DealEvents, money
from tests.oracle.periods import (
    ONE_DAY,
    cents,
    comparisons,
    first_of_month,
    is_business_day,
    last_of_month,
    ratio,
)
from tests.oracle.sales_kpis import Sales
from tests.oracle.sales_slices import ZERO, Line, SalesLines, read_regions, six

WEEKENDS = {"IR": {4}}
TARGET_PERIODS = ("week", "month", "quarter", "year", "jalali_month", "jalali_year")
MOST_WEEKS, FEWEST_WEEKS = 8, 4


def days(first: date, last: date) -> list[date]:
    """Return the days from one to another, both in."""
    return [first + number * ONE_DAY for number in range((last - first).days + 1)]


class Uplift:
    """What windows sold and what their weekdays sell without them."""

    def __init__(
        self, folder: Path, sales: SalesLines, calendar: list[dict], today: date
    ) -> None:
        self.regions, self.today = read_regions(folder), today
        self.lines: list[Line] = sales.sold + sales.returned
        self.holiday_weeks = {
            (
                row["country_code"],
                row["holiday_date"] - row["holiday_date"].weekday() * ONE_DAY,
            )
            for row in calendar
            if row["is_public_holiday"]
        }

    def _by_day(
        self, country: str | None, region: str | None, category: str | None
    ) -> dict[date, Decimal]:
        found: dict[date, Decimal] = defaultdict(lambda: ZERO)
        for line in self.lines:
            place = line.sale.country
            if (
                country in (None, place)
                and region in (None, self.regions.get(place, {}).get("region_name"))
                and category in (None, line.category)
            ):
                found[line.sale.day] += line.net
        return found

    def window(
        self,
        code: str,
        scope: tuple[str | None, str | None, str | None],
        first: date,
        last: date,
    ) -> dict | None:
        """Return a window's sales, expected sales and fewest weeks, None before any."""
        sold = self._by_day(*scope)
        if not sold or last < min(sold) or first >= self.today:
            return None
        over = [day for day in days(first, last) if day < self.today]
        expected, fewest = [], MOST_WEEKS
        for day in over:
            known = [
                before
                for before in days(first - 14 * MOST_WEEKS * ONE_DAY, first - ONE_DAY)
                if before.weekday() == day.weekday()
                and before >= min(sold)
                and (code, before - before.weekday() * ONE_DAY)
                not in self.holiday_weeks
            ][-MOST_WEEKS:]
            fewest = min(fewest, len(known))
            if len(known) >= FEWEST_WEEKS:
                whole = sum((sold.get(one, ZERO) for one in known), ZERO)
                expected.append(six(whole / len(known)))
        net = sum((sold.get(day, ZERO) for day in over), ZERO)
        is_known = len(expected) == len(over)
        should = sum(expected, ZERO) if is_known else None
        return {
            "net": net,
            "expected": should,
            "elapsed_day_count": len(over),
            "baseline_week_count": fewest,
            "uplift_rate": float(net / should) - 1 if should and should > 0 else None,
        }

    def kpi_holiday_uplift(self, windows: Iterable[dict]) -> Rows:
        """K7: every holiday of a country that the shop sells to."""
        countries = {row["country_code"]: name for name, row in self.regions.items()}
        sold = {(line.sale.country, line.category) for line in self.lines}
        rows: Rows = {}
        before: dict[tuple, dict] = {}
        for holiday in sorted(windows, key=lambda row: row["first_date"]):
            code, country = holiday["country_code"], countries.get(holiday["country_code"])  # fmt: skip
            if country is None:
                continue
            scopes = [("country", country, None)]
            scopes += [("product_category", category, category) for place, category in sold if place == country]  # fmt: skip
            for scope_type, name, category in scopes:
                first, last = holiday["window_start_date"], holiday["window_end_date"]
                found = self.window(code, (country, None, category), first, last)
                if found is None:
                    continue
                same = (code, holiday["holiday_code"], scope_type, name)
                previous = before.get(same)
                rows[holiday["holiday_key"], scope_type, name] = {
                    **_published(found),
                    "is_complete": last < self.today,
                    "previous_net_sales_amount_base": previous
                    and cents(previous["net"]),
                    "previous_uplift_rate": previous and previous["uplift_rate"],
                }
                before[same] = found
        return rows

    def kpi_campaign_uplift(
        self, campaigns: Iterable[dict], costs: dict[str, Decimal], home: str
    ) -> Rows:
        """K8: every campaign of the company's calendar."""
        rows: Rows = {}
        for campaign in campaigns:
            country = campaign["country_name"]
            code = self.regions[country]["country_code"] if country else home
            scope = (country, campaign["region_name"], campaign["product_category"])
            found = self.window(
                code, scope, campaign["start_date"], campaign["end_date"]
            )
            if found is None:
                continue
            key, should = campaign["campaign_key"], found["expected"]
            cost = costs.get(key)
            uplift = None if should is None else found["net"] - should
            rows[(key,)] = {
                **_published(found),
                "uplift_amount_base": None if uplift is None else cents(uplift),
                "cost_amount_base": None if cost is None else cents(cost),
                "uplift_to_cost_rate": None
                if uplift is None or not cost
                else float(uplift / cost),
            }
        return rows


def _published(found: dict) -> dict:
    should = found["expected"]
    return {
        "net_sales_amount_base": cents(found["net"]),
        "expected_net_sales_amount_base": None if should is None else cents(should),
        "uplift_rate": found["uplift_rate"],
        "elapsed_day_count": found["elapsed_day_count"],
        "baseline_week_count": found["baseline_week_count"],
    }


@cache
def _public_holidays(code: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(code, years=year))


def _works(code: str | None, day: date) -> bool:
    if code is None:
        return is_business_day(day)
    is_weekend = day.weekday() in WEEKENDS.get(code, {5, 6})
    return not is_weekend and day not in _public_holidays(code, day.year)


Targets = dict[tuple[str, str, str], dict[date, tuple[Decimal, str | None]]]


def read_targets(folder: Path) -> Targets:
    """Return the shop's monthly targets by kind and scope, with their country's code."""
    regions, found = read_regions(folder), defaultdict(dict)
    with (folder / "files/targets.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            country, category = row["country_name"], row["product_category"]
            scope = f"country:{country}" if country else f"product_category:{category}"
            code = regions[country]["country_code"] if country else None
            key = (row["target_type"], scope.partition(":")[0], scope)
            month = date.fromisoformat(row["target_month"])
            assert row["currency"] == "EUR"
            assert month not in found[key]
            found[key][month] = (Decimal(row["target_value"]), code)
    return dict(found)


def crm_targets(crm: Crm) -> Targets:
    """Return the won value that reps, teams, regions and the company aim at."""
    found: Targets = defaultdict(dict)
    for kind, month in crm.targets:
        if kind != "won_amount":
            continue
        for scope, target in crm.targets_in(kind, month, last_of_month(month)).items():
            found[kind, scope.partition(":")[0], scope][month] = (target.value, None)
    return dict(found)


def kpi_target_attainment(
    targets: Targets, sales: Sales, events: DealEvents, today: date
) -> Rows:
    """K11: every period of every scope with a target or an actual."""
    firsts: dict[tuple[str, str], date] = {}
    for (kind, scope_type, _), months in targets.items():
        first = min(months)
        firsts[kind, scope_type] = min(firsts.get((kind, scope_type), first), first)
    keys = set(targets)
    for scope in sales.scopes():
        scope_type, name = sales.kind(scope)
        keys.add(("net_sales", scope_type, f"{scope_type}:{name}"))
    keys |= {
        ("won_amount", scope.partition(":")[0], scope) for scope in events.by_scope
    }
    names = {":".join(sales.kind(scope)): scope for scope in sales.scopes()}
    rows: Rows = {}
    for kind, scope_type, scope in keys:
        if (kind, scope_type) not in firsts:
            continue
        months = targets.get((kind, scope_type, scope), {})
        for period_type in TARGET_PERIODS:
            for period in comparisons(period_type, firsts[kind, scope_type], today):
                until = min(period.end, today)
                if kind == "net_sales":
                    place = names.get(scope, "")
                    has_actual = bool(_events(sales, place, period.start, until))
                    actual = sales.net(place, period.start, until)
                else:
                    won = events.between(scope, "won", period.start, until)
                    has_actual, actual = bool(won), money(won)
                whole, due, is_whole_known, is_due_known = _target(months, period.start, period.end, today)  # fmt: skip
                if not has_actual and not any(first_of_month(day) in months for day in days(period.start, period.end)):  # fmt: skip
                    continue
                rows[period_type, period.start, kind, scope_type, scope] = {
                    "is_complete": period.is_complete,
                    "is_target_missing": not is_due_known,
                    "actual_value_base": cents(actual),
                    "target_value_base": cents(whole) if is_whole_known else None,
                    "prorated_target_value_base": cents(due) if is_due_known else None,
                    "attainment_rate": ratio(actual, due) if is_due_known else None,
                }
    return rows


def _events(sales: Sales, scope: str, first: date, last: date) -> list:
    return sales.sold(scope, first, last) + sales.returned(scope, first, last)


def _target(
    months: dict[date, tuple[Decimal, str | None]], first: date, last: date, today: date
) -> tuple[Decimal, Decimal, bool, bool]:
    """Return the target of some days and of those over, and whether both are known."""
    parts: dict[date, list[date]] = defaultdict(list)
    for day in days(first, last):
        parts[first_of_month(day)].append(day)
    whole = due = ZERO
    for month, within in parts.items():
        if month not in months:
            continue
        value, code = months[month]
        every = sum(_works(code, day) for day in days(month, last_of_month(month)))
        worked = [day for day in within if _works(code, day)]
        whole += six(value * len(worked) / every)
        due += six(value * sum(day <= today for day in worked) / every)
    elapsed = {first_of_month(day) for day in days(first, min(last, today))}
    return whole, due, set(parts) <= set(months), elapsed <= set(months)
