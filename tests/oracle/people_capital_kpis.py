"""K79, and K78 of the ledger: what people bring in against what they cost."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.people import People
from tests.oracle.periods import (
    ONE_DAY,
    cents,
    first_of_month,
    last_of_month,
    next_month,
    period_of,
    previous_month,
)

EXPENSES = ("cost_of_sales", "operating_expense", "people_cost")


def kpi_human_capital_roi_monthly(people: People) -> Rows:
    """Return K79 from the ledger's first month on."""
    sums: dict = defaultdict(lambda: defaultdict(Decimal))
    missing: dict[date, int] = defaultdict(int)
    for month, kind, currency, amount in _lines(people):
        rate = _mean_rate(people, currency, month)
        if rate is None:
            missing[month] += 1
        else:
            sums[month][kind] += cents(amount * rate)
    rows: Rows = {}
    month = min(sums)
    while month <= people.today:
        year = [month]
        while len(year) < 12:
            year.append(previous_month(year[-1]))
        is_year = all("revenue" in sums[one] and not missing[one] for one in year)
        row: dict[str, object] = {
            "is_complete": last_of_month(month) < people.today,
            "has_ledger": "revenue" in sums[month],
            "has_twelve_months": is_year,
        }
        if sums[month]:
            row |= _parts(sums[month]) | {"unconverted_count": missing[month]}
            is_whole = "revenue" in sums[month] and not missing[month]
            row["human_capital_roi"] = _roi(sums[month]) if is_whole else None
        else:
            row |= {"human_capital_roi": None, "revenue_amount_base": None}
        total: dict[str, Decimal] = defaultdict(Decimal)
        for one in year:
            for kind, amount in sums[one].items():
                total[kind] += amount
        row["twelve_month_revenue_amount_base"] = total["revenue"] if is_year else None
        row["twelve_month_human_capital_roi"] = _roi(total) if is_year else None
        rows["month", month] = row
        month = next_month(month)
    return rows


def _lines(people: People) -> Iterator[tuple[date, str, str, Decimal]]:
    """Yield month, type, currency and amount; people cost is one line a currency.

    Of two lines of the same account, department and allocation the later one counts;
    a line without a type is the row of totals.
    """
    newest: dict[tuple, tuple[date, str, str, Decimal]] = {}
    for row in people.file("ledger.csv"):
        if row["account_type"]:
            month = date.fromisoformat(f"{row['month']}-01")
            names = ("account_code", "department", "cost_center", "allocated_from")
            key = (month, row["currency"], *(row[name] for name in names))
            amount = Decimal(row["amount"])
            newest[key] = (month, row["account_type"], row["currency"], amount)
    pay: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for month, kind, currency, amount in newest.values():
        if kind == "people_cost":
            pay[month, kind, currency] += amount
        else:
            yield month, kind, currency, amount
    for (month, kind, currency), amount in pay.items():
        yield month, kind, currency, amount


def _mean_rate(people: People, currency: str, month: date) -> Decimal | None:
    """Return the mean of the month's daily rates so far."""
    if currency == people.crm.base:
        return Decimal(1)
    found: list[Decimal] = []
    day = first_of_month(month)
    while day <= min(last_of_month(month), people.today):
        rate = people.rate(currency, day)
        found += [] if rate is None else [rate]
        day += ONE_DAY
    return sum(found, Decimal(0)) / len(found) if found else None


def _parts(sums: dict[str, Decimal]) -> dict[str, object]:
    expense = sum((sums[kind] for kind in EXPENSES), Decimal(0))
    pay, revenue = sums["people_cost"], sums["revenue"]
    return {
        "revenue_amount_base": revenue,
        "operating_expense_amount_base": expense,
        "people_cost_amount_base": pay,
        "cost_of_sales_amount_base": sums["cost_of_sales"],
        "other_amount_base": sums["other"],
        "people_return_amount_base": revenue - (expense - pay),
    }


def _roi(sums: dict[str, Decimal]) -> float | None:
    expense = sum((sums[kind] for kind in EXPENSES), Decimal(0))
    pay = sums["people_cost"]
    return float((sums["revenue"] - (expense - pay)) / pay) if pay > 0 else None


def kpi_headcount_restatements(people: People) -> Rows:
    """Return K67 of each ended month; the sandbox was loaded once, today.

    Whatever was reported is therefore what is known now.
    """
    rows: Rows = {}
    for scope, by_day in people.headcounts.items():
        if scope[0] not in ("total", "department"):
            continue
        for period_type in ("month", "jalali_month"):
            start, end = period_of(period_type, min(by_day))
            while end < people.today:
                if count := len(by_day.get(end, [])):
                    rows[period_type, start, *scope] = {
                        "was_reported_in_time": False,
                        "reported_headcount_count": count,
                        "headcount_count": count,
                        "restated_headcount_count": 0,
                        "restatement_count": 0,
                        "last_restated_at": None,
                    }
                start, end = period_of(period_type, end + ONE_DAY)
    return rows
