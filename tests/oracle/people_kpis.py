"""K67 to K74: headcount, movements, turnover and tenure."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.people import People, Spell
from tests.oracle.periods import (
    ONE_DAY,
    first_of_month,
    last_of_month,
    median,
    next_month,
    previous_month,
    ratio,
)

KINDS = ("voluntary", "involuntary", "other", "unknown")


def kpi_headcount_daily(people: People) -> Rows:
    """Return the headcount of each scope on each day from its first on."""
    rows: Rows = {}
    for scope, by_day in people.headcounts.items():
        day = min(by_day)
        while day <= people.today:
            there = by_day.get(day, [])
            rows[day, *scope] = {
                "headcount_count": len(there),
                "on_leave_count": sum(
                    people.days[one][day].is_on_leave for one in there
                ),
            }
            day += ONE_DAY
    return rows


def _months(people: People) -> list[tuple[date, date, tuple[str, str]]]:
    """Return each scope's months: first day, last day so far, scope."""
    found = []
    for scope, by_day in people.headcounts.items():
        month = first_of_month(min(by_day))
        while month <= people.today:
            found.append((month, min(last_of_month(month), people.today), scope))
            month = next_month(month)
    return found


def _count(people: People, scope: tuple[str, str], day: date) -> int:
    return len(people.headcounts[scope].get(day, []))


def person_days_of(
    people: People, scope: tuple[str, str], first: date, last: date
) -> int:
    """Return the daily headcounts of some days together."""
    days = people.headcounts[scope]
    return sum(len(there) for day, there in days.items() if first <= day <= last)


def kpi_headcount_monthly(people: People) -> Rows:
    """Return K67 and K69 of each month."""
    rows: Rows = {}
    for month, last, scope in _months(people):
        opening = _count(people, scope, month - ONE_DAY)
        closing = _count(people, scope, last)
        days = (last - month).days + 1
        person_days = person_days_of(people, scope, month, last)
        rows[month, *scope] = {
            "is_complete": last_of_month(month) < people.today,
            "opening_headcount_count": opening,
            "headcount_count": closing,
            "on_leave_count": sum(
                people.days[one][last].is_on_leave
                for one in people.headcounts[scope].get(last, [])
            ),
            "person_day_count": person_days,
            "elapsed_day_count": days,
            "average_headcount_of_ends": (opening + closing) / 2,
            "average_headcount": person_days / days,
        }
    return rows


def _movements(people: People) -> dict:
    """Return what happened, by (first of the month, scope, kind): days and spells."""
    found: dict = defaultdict(list)
    for spell in people.spells:
        day = spell.hired
        for scope in people.scopes(spell.worker, day):
            found[first_of_month(day), scope, "hire"].append(spell)
        while day < (spell.left or people.today + ONE_DAY) - ONE_DAY:
            before = people.scopes(spell.worker, day)
            day += ONE_DAY
            after = people.scopes(spell.worker, day)
            for old, new in zip(before, after, strict=True):
                if old != new:
                    found[first_of_month(day), old, "transfer_out"].append(spell)
                    found[first_of_month(day), new, "transfer_in"].append(spell)
        if spell.left:
            for scope in people.scopes(spell.worker, spell.left - ONE_DAY):
                found[first_of_month(spell.left), scope, "separation"].append(spell)
    return found


def kpi_headcount_bridge_monthly(people: People) -> Rows:
    """Return K70 of each month."""
    moves = _movements(people)
    return {
        (month, *scope): {
            "opening_headcount_count": _count(people, scope, month - ONE_DAY),
            **{
                f"{kind}_count": len(moves[month, scope, kind])
                for kind in ("hire", "transfer_in", "separation", "transfer_out")
            },
            "closing_headcount_count": _count(people, scope, last),
        }
        for month, last, scope in _months(people)
    }


def kpi_turnover_monthly(people: People) -> Rows:
    """Return K71 and K72 of each month and of the year that ends with it."""
    moves = _movements(people)
    rows: Rows = {}
    for month, last, scope in _months(people):
        left = moves[month, scope, "separation"]
        average = person_days_of(people, scope, month, last) / ((last - month).days + 1)
        year = [month]
        while len(year) < 12:
            year.append(previous_month(year[-1]))
        is_year = year[-1] >= first_of_month(min(people.headcounts[scope]))
        gone = [spell for one in year for spell in moves[one, scope, "separation"]]
        days = (last - year[-1]).days + 1
        year_average = person_days_of(people, scope, year[-1], last) / days
        rows[month, *scope] = {
            "has_twelve_months": is_year,
            "average_headcount": average,
            "separation_count": len(left),
            "turnover_rate": len(left) / average if average else None,
            "twelve_month_average_headcount": year_average if is_year else None,
            "twelve_month_separation_count": len(gone) if is_year else None,
            "twelve_month_turnover_rate": len(gone) / year_average
            if is_year and year_average
            else None,
        }
        for kind in (*KINDS, "regretted"):
            count, year_count = _of_kind(left, kind), _of_kind(gone, kind)
            rows[month, *scope] |= {
                f"{kind}_separation_count": count,
                f"{kind}_turnover_rate": count / average if average else None,
                f"twelve_month_{kind}_separation_count": year_count
                if is_year
                else None,
                f"twelve_month_{kind}_turnover_rate": year_count / year_average
                if is_year and year_average
                else None,
            }
    return rows


def _of_kind(left: list[Spell], kind: str) -> int:
    if kind == "regretted":
        return sum(spell.is_regretted for spell in left)
    return sum(spell.kind == kind for spell in left)


def kpi_new_hire_attrition(people: People) -> Rows:
    """Return K73 of each month with hires."""
    rows: Rows = {}
    for (month, scope, kind), hires in _movements(people).items():
        if kind != "hire":
            continue
        row: dict[str, object] = {"hire_count": len(hires)}
        for days in (90, 365):
            window = timedelta(days=days)
            left = [one for one in hires if one.left and one.left <= one.hired + window]
            is_mature = last_of_month(month) + window <= people.today
            row |= {
                f"is_mature_{days}_days": is_mature,
                f"observed_{days}_day_hire_count": sum(
                    one.hired + window <= people.today for one in hires
                ),
                f"left_within_{days}_days_count": len(left),
                f"attrition_{days}_day_rate": ratio(len(left), len(hires))
                if is_mature
                else None,
            }
        rows[month, *scope] = row
    return rows


def kpi_tenure_monthly(people: People) -> Rows:
    """Return K74 of each month, those who stay and those who left."""
    moves = _movements(people)
    rows: Rows = {}
    for month, last, scope in _months(people):
        staying = [
            people.spell_on(worker, last).tenure(last)
            for worker in people.headcounts[scope].get(last, [])
        ]
        leaving = [
            spell.tenure(spell.left) for spell in moves[month, scope, "separation"]
        ]
        rows[month, *scope] = {
            "headcount_count": len(staying),
            "total_tenure_days": sum(staying),
            "mean_tenure_days": ratio(sum(staying), len(staying)),
            "median_tenure_days": median(staying),
            "leaver_count": len(leaving),
            "total_leaver_tenure_days": sum(leaving),
            "mean_leaver_tenure_days": ratio(sum(leaving), len(leaving)),
            "median_leaver_tenure_days": median(leaving),
        }
    return rows


def kpi_tenure_survival(people: People) -> Rows:
    """Return K73's curve: 1 at the hire, less with each leaver."""
    groups: dict = defaultdict(list)
    for spell in people.spells:
        for scope in people.scopes(spell.worker, spell.hired):
            lasted = ((spell.left or people.today) - spell.hired).days
            groups[scope].append((lasted, spell.left is not None))
    rows: Rows = {}
    for scope, entries in groups.items():
        days = sorted({0} | {lasted for lasted, has_left in entries if has_left})
        share = Decimal(1)
        for day, following in zip(days, [*days[1:], max(entries)[0]], strict=True):
            there = sum(lasted >= day for lasted, _ in entries)
            left = sum(has_left and lasted == day for lasted, has_left in entries)
            share *= 1 - Decimal(left) / there
            rows[*scope, day] = {
                "known_until_days": following,
                "at_risk_count": there,
                "leaver_count": left,
                "survival_share": float(share),
            }
    return rows
