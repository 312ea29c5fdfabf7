"""K78: what people are paid, by days, and what stays hidden."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.people import BY_TIME, Month, People, Scope, months_since
from tests.oracle.people_kpis import hidden_groups, mean_of
from tests.oracle.periods import ONE_DAY, cents, growth, ratio

SCOPE_TYPES = {"total", "department", *BY_TIME}
# A day of somebody: the worker, the scopes, the pay if known, on leave or not.
Entry = tuple[str, list[Scope], Decimal | None, bool]


def _paid_days(people: People) -> dict[date, list[Entry]]:
    found: dict[date, list[Entry]] = defaultdict(list)
    for worker, days in people.days.items():
        for day, one in days.items():
            scopes = [
                scope
                for scope in people.every_scope(worker, day)
                if scope[0] in SCOPE_TYPES
            ]
            pay = people.day_pay(worker, day)
            found[day].append((worker, scopes, pay, one.is_on_leave))
    return found


def _summed(
    paid: dict[date, list[Entry]], first: date, last: date
) -> dict[Scope, dict[str, object]]:
    """Return days, pay and size of each scope in some days, hidden where it must be."""
    entries: dict[Scope, list[tuple[Decimal | None, bool]]] = defaultdict(list)
    homes: dict[tuple[str, str], str] = {}
    day = first
    while day <= last:
        for worker, scopes, pay, is_on_leave in paid.get(day, []):
            for scope in scopes:
                entries[scope].append((pay, is_on_leave))
                if pay is not None:
                    homes[worker, scope[0]] = scope[1]
        day += ONE_DAY
    sizes = Counter((kind, name) for (_, kind), name in homes.items())
    hidden: set[Scope] = set()
    for kind in SCOPE_TYPES:
        counts = {scope[1]: sizes[scope] for scope in entries if scope[0] == kind}
        hidden |= {(kind, name) for name in hidden_groups(counts)}
    return {
        scope: {
            "is_hidden": scope in hidden,
            "priced_person_count": sizes[scope],
            "person_day_count": len(of_scope),
            "on_leave_day_count": None
            if scope[0] in BY_TIME
            else sum(is_on_leave for _, is_on_leave in of_scope),
            "unpriced_day_count": sum(pay is None for pay, _ in of_scope),
            "pay": None
            if scope in hidden
            else sum((pay for pay, _ in of_scope if pay is not None), Decimal(0)),
        }
        for scope, of_scope in entries.items()
    }


def kpi_people_cost_monthly(
    people: People, sales: dict[tuple[str, date], Decimal]
) -> Rows:
    """Return K78 of each month; `sales` are the shop's net sales by month."""
    paid = _paid_days(people)
    rows: Rows = {}
    for month in months_since(min(paid), people.today):
        before = {
            "prior": _summed(paid, *month.prior),
            "prior_year": _summed(paid, *month.prior_year),
        }
        for scope, row in _summed(paid, month.start, month.last).items():
            pay = row.pop("pay")
            assert pay is None or isinstance(pay, Decimal)
            row["gross_pay_amount_base"] = None if pay is None else cents(pay)
            for name, known in before.items():
                past = known.get(scope, {}).get("pay")
                assert past is None or isinstance(past, Decimal)
                row |= {
                    f"{name}_gross_pay_amount_base": None
                    if past is None
                    else cents(past),
                    f"{name}_gross_pay_growth_rate": None
                    if pay is None or past is None
                    else growth(pay, past),
                }
            if scope[0] == "total":
                net = sales.get((month.kind, month.start))
                row |= _against_sales(people, month, pay, net)
            rows[month.kind, month.start, *scope] = row
    return rows


def _against_sales(
    people: People, month: Month, pay: Decimal | None, net: Decimal | None
) -> dict[str, object]:
    average = mean_of(people, ("total", "all"), (month.start, month.last))
    return {
        "average_headcount": average,
        "net_sales_amount_base": net,
        "gross_pay_to_net_sales_rate": ratio(pay, net)
        if pay is not None and net is not None and net > 0
        else None,
        "net_sales_per_head": None if net is None else float(net) / average,
    }
