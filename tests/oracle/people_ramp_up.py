"""Rep ramp-up: the months of each rep, walked one by one from the hire."""

from calendar import monthrange
from collections import defaultdict
from datetime import date
from decimal import Decimal

import orjson

from tests.oracle.comparison import Rows
from tests.oracle.crm import Deal
from tests.oracle.people import People
from tests.oracle.periods import ONE_DAY, ratio

MATURE_MONTHS = 12
Month = tuple[bool, list[Deal]]


def months_after(day: date, count: int) -> date:
    """Return the same day so many months later, the last one of a shorter month."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def rep_months(people: People) -> dict[tuple[str, int], list[Month]]:
    """Return per team and month since the hire whether it was whole, and what was won."""
    crm = people.crm
    first_day = min(deal.created_date for deal in crm.deals)
    named = {owner for deal in crm.deals for _, owner in deal.owners}
    named |= {deal.owner for deal in crm.deals}
    workers = {
        line["workEmail"].lower(): line["employeeId"]
        for line in _employees(people)
        if "deleted" not in line
    }
    found: dict[tuple[str, int], list[Month]] = defaultdict(list)
    for line in crm.lines("owners"):
        worker = workers.get((line["email"] or "").lower())
        if worker is None or line["id"] not in named:
            continue
        won = [
            (deal.close_date, deal)
            for deal in crm.deals
            if deal.state == "won" and deal.closer == line["id"] and deal.close_date
        ]
        for spell in people.spells:
            if spell.worker != worker:
                continue
            until = min(spell.left or people.today, people.today)
            number, start = 0, spell.hired
            while start < until:
                following = months_after(spell.hired, number + 1)
                last = following - ONE_DAY
                deals = [deal for day, deal in won if start <= day <= last]
                if start >= first_day:
                    month = (following <= until, deals)
                    found[crm.team(line["id"]), number].append(month)
                number, start = number + 1, following
    return found


def kpi_rep_ramp_up(people: People) -> Rows:
    """K78: what reps win by month since the hire."""
    by_scope: dict[tuple[str, str], dict[int, list[Month]]] = defaultdict(dict)
    for (team, number), months in rep_months(people).items():
        for scope in (("total", "all"), ("team", team)):
            by_scope[scope].setdefault(number, []).extend(months)
    rows: Rows = {}
    for scope, numbers in by_scope.items():
        mature = [
            deals
            for number, months in numbers.items()
            for is_whole, deals in months
            if is_whole and number >= MATURE_MONTHS
        ]
        mature_amount = _amount([deal for deals in mature for deal in deals])
        level = ratio(mature_amount, len(mature))
        for number, months in numbers.items():
            whole = [deals for is_whole, deals in months if is_whole]
            deals = [deal for ones in whole for deal in ones]
            mean = ratio(_amount(deals), len(whole))
            rows[*scope, number] = {
                "is_mature": number >= MATURE_MONTHS,
                "rep_count": len(months),
                "complete_rep_count": len(whole),
                "won_deal_count": len(deals),
                "unconverted_deal_count": sum(deal.has_no_rate for deal in deals),
                "won_amount_base": _amount(deals),
                "won_amount_base_per_rep": mean,
                "mature_rep_month_count": len(mature),
                "mature_won_amount_base": mature_amount,
                "mature_won_amount_base_per_rep": level,
                "mature_level_ratio": mean / level
                if mean is not None and level
                else None,
            }
    return rows


def _employees(people: People) -> list[dict]:
    path = people.folder / "bamboohr" / "employees.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def _amount(deals: list[Deal]) -> Decimal:
    return sum((deal.amount_base or Decimal(0) for deal in deals), Decimal(0))
