"""K78: what people are paid, by days, and what stays hidden."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.people import People
from tests.oracle.people_kpis import person_days_of
from tests.oracle.periods import cents, first_of_month, last_of_month, ratio

FEW = 5


def hidden_groups(counts: dict[str, int]) -> set[str]:
    """Return the groups to hide: the small ones, and more until they are enough."""
    hidden: set[str] = set()
    total = 0
    for name in sorted(counts, key=lambda name: (counts[name], name)):
        if counts[name] >= FEW and (total == 0 or total >= FEW):
            break
        hidden.add(name)
        total += counts[name]
    return hidden


def kpi_people_cost_monthly(people: People, sales: dict[date, Decimal]) -> Rows:
    """Return K78 of each month; `sales` are the shop's net sales by month."""
    paid: dict = defaultdict(lambda: defaultdict(list))
    for worker, days in people.days.items():
        for day, one in sorted(days.items()):
            known = people.day_pay(worker, day)
            entry = (day, known, one.is_on_leave)
            paid[first_of_month(day)][worker, one.department].append(entry)
    rows: Rows = {}
    for month, by_person in paid.items():
        homes: dict[str, str] = {}
        newest: dict[str, date] = {}
        for (worker, department), entries in by_person.items():
            priced = [day for day, amount, _ in entries if amount is not None]
            if priced and priced[-1] > newest.get(worker, date.min):
                newest[worker], homes[worker] = priced[-1], department
        departments = {department for _, department in by_person}
        counts = {name: list(homes.values()).count(name) for name in departments}
        hidden = hidden_groups(counts)
        for scope in [("total", "all"), *(("department", one) for one in departments)]:
            members = {
                key: entries
                for key, entries in by_person.items()
                if scope[0] == "total" or key[1] == scope[1]
            }
            count = len(homes) if scope[0] == "total" else counts[scope[1]]
            is_hidden = count < FEW if scope[0] == "total" else scope[1] in hidden
            rows[month, *scope] = _cost(members) | {
                "is_hidden": is_hidden,
                "priced_person_count": count,
            }
            pay = None if is_hidden else _pay(members)
            rows[month, *scope]["gross_pay_amount_base"] = (
                None if pay is None else cents(pay)
            )
            if scope[0] == "total":
                rows[month, *scope] |= _against_sales(
                    people, month, pay, sales.get(month)
                )
    return rows


def _cost(members: dict) -> dict[str, object]:
    entries = [entry for of_one in members.values() for entry in of_one]
    return {
        "person_day_count": len(entries),
        "on_leave_day_count": sum(on_leave for _, _, on_leave in entries),
        "unpriced_day_count": sum(amount is None for _, amount, _ in entries),
    }


def _pay(members: dict) -> Decimal:
    entries = [entry for of_one in members.values() for entry in of_one]
    return sum((amount for _, amount, _ in entries if amount is not None), Decimal(0))


def _against_sales(
    people: People, month: date, pay: Decimal | None, net: Decimal | None
) -> dict[str, object]:
    last = min(last_of_month(month), people.today)
    days = (last - month).days + 1
    average = person_days_of(people, ("total", "all"), month, last) / days
    return {
        "average_headcount": average,
        "net_sales_amount_base": net,
        "gross_pay_to_net_sales_rate": ratio(pay, net)
        if pay is not None and net is not None and net > 0
        else None,
        "net_sales_per_head": None if net is None else float(net) / average,
    }
