"""K67 to K74: headcount, movements, turnover and tenure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.people import BY_TIME, Month, People, Scope, Spell, months_since
from tests.oracle.periods import ONE_DAY, growth, median, ratio

KINDS = ("voluntary", "involuntary", "other", "unknown")
MOVEMENTS = (
    "hire",
    "transfer_in",
    "aged_in",
    "separation",
    "transfer_out",
    "aged_out",
)
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


def kpi_headcount_daily(people: People) -> Rows:
    """Return the headcount of each scope on each day from its first on."""
    rows: Rows = {}
    for scope, by_day in people.headcounts.items():
        day = min(by_day)
        while day <= people.today:
            there = by_day.get(day, [])
            rows[day, *scope] = {
                "headcount_count": len(there),
                "on_leave_count": _on_leave(people, scope, day),
            }
            day += ONE_DAY
    return rows


def _on_leave(people: People, scope: Scope, day: date) -> int | None:
    if scope[0] in BY_TIME:
        return None
    there = people.headcounts[scope].get(day, [])
    return sum(people.days[one][day].is_on_leave for one in there)


def _months(people: People) -> list[tuple[Month, Scope]]:
    """Return each scope's months of both calendars."""
    return [
        (month, scope)
        for scope, by_day in people.headcounts.items()
        for month in months_since(min(by_day), people.today)
    ]


def _count(people: People, scope: Scope, day: date) -> int:
    return len(people.headcounts[scope].get(day, []))


def person_days_of(people: People, scope: Scope, first: date, last: date) -> int:
    """Return the daily headcounts of some days together."""
    days = people.headcounts[scope]
    length = (last - first).days + 1
    return sum(len(days.get(first + one * ONE_DAY, [])) for one in range(length))


def mean_of(people: People, scope: Scope, window: tuple[date, date]) -> float:
    """Return the mean of the daily headcounts of some days."""
    first, last = window
    return person_days_of(people, scope, first, last) / ((last - first).days + 1)


def _homes(people: People) -> dict[tuple, Counter]:
    """Return how many were last in each scope, by calendar, month and scope type."""
    found: dict[tuple, Counter] = defaultdict(Counter)
    first = min(min(by_day) for by_day in people.headcounts.values())
    for month in months_since(first, people.today):
        for worker in people.days:
            day = month.last
            while day >= month.start and not people.scopes(worker, day):
                day -= ONE_DAY
            if day >= month.start:
                for kind, name in people.scopes(worker, day):
                    found[month.kind, month.start, kind][name] += 1
    return found


def _hidden(people: People, homes: dict[tuple, Counter]) -> Callable:
    """Return what says whether a scope's month is hidden."""
    groups = defaultdict(dict)
    for month, (kind, name) in _months(people):
        key = (month.kind, month.start, kind)
        groups[key][name] = homes[key][name]
    found = {
        key: hidden_groups(counts)
        for key, counts in groups.items()
        if key[2] in BY_TIME
    }

    def is_hidden(calendar: str, start: date, scope: Scope) -> bool:
        return scope[1] in found.get((calendar, start, scope[0]), set())

    return is_hidden


def kpi_headcount_monthly(people: People) -> Rows:
    """Return K67 and K69 of each month."""
    homes = _homes(people)
    is_hidden = _hidden(people, homes)
    rows: Rows = {}
    for month, scope in _months(people):
        opening = _count(people, scope, month.start - ONE_DAY)
        closing = _count(people, scope, month.last)
        person_days = person_days_of(people, scope, month.start, month.last)
        row: dict[str, object] = {
            "is_complete": month.end < people.today,
            "is_hidden": is_hidden(month.kind, month.start, scope),
            "opening_headcount_count": opening,
            "headcount_count": closing,
            "on_leave_count": _on_leave(people, scope, month.last),
            "person_count": homes[month.kind, month.start, scope[0]][scope[1]],
            "person_day_count": person_days,
            "elapsed_day_count": month.elapsed,
            "average_headcount_of_ends": (opening + closing) / 2,
            "average_headcount": person_days / month.elapsed,
        }
        for name, window in (("prior", month.prior), ("prior_year", month.prior_year)):
            before = _count(people, scope, window[1])
            row |= {
                f"{name}_headcount_count": before,
                f"{name}_average_headcount": mean_of(people, scope, window),
                f"{name}_headcount_growth_rate": growth(closing, before),
            }
        rows[month.kind, month.start, *scope] = row
    return rows


def movements(people: People) -> Iterator[tuple[date, Scope, str, Spell]]:
    """Return what happened: the day, the scope, the kind and whose spell."""
    for spell in people.spells:
        day = spell.hired
        for scope in people.scopes(spell.worker, day):
            yield day, scope, "hire", spell
        while day < (spell.left or people.today + ONE_DAY) - ONE_DAY:
            before = people.scopes(spell.worker, day)
            day += ONE_DAY
            after = people.scopes(spell.worker, day)
            for old, new in zip(before, after, strict=True):
                if old != new:
                    how = "aged" if old[0] in BY_TIME else "transfer"
                    yield day, old, f"{how}_out", spell
                    yield day, new, f"{how}_in", spell
        if spell.left:
            for scope in people.scopes(spell.worker, spell.left - ONE_DAY):
                yield spell.left, scope, "separation", spell


def _moves(people: People) -> dict[tuple[Scope, str], list[tuple[date, Spell]]]:
    found = defaultdict(list)
    for day, scope, kind, spell in movements(people):
        found[scope, kind].append((day, spell))
    return found


def _within(moves: list[tuple[date, Spell]], first: date, last: date) -> list[Spell]:
    return [spell for day, spell in moves if first <= day <= last]


def kpi_headcount_bridge_monthly(people: People) -> Rows:
    """Return K70 of each month."""
    moves = _moves(people)
    is_hidden = _hidden(people, _homes(people))
    rows: Rows = {}
    for month, scope in _months(people):
        hidden = is_hidden(month.kind, month.start, scope)
        rows[month.kind, month.start, *scope] = {
            "is_hidden": hidden,
            "opening_headcount_count": _count(people, scope, month.start - ONE_DAY),
            **{
                f"{kind}_count": None
                if hidden
                else len(_within(moves[scope, kind], month.start, month.last))
                for kind in MOVEMENTS
            },
            "closing_headcount_count": _count(people, scope, month.last),
        }
    return rows


def kpi_turnover_monthly(people: People) -> Rows:
    """Return K71 and K72 of each month and of the year that ends with it."""
    moves = _moves(people)
    is_hidden = _hidden(people, _homes(people))
    starts = defaultdict(list)
    rows: Rows = {}
    for month, scope in _months(people):
        known = starts[month.kind, scope]
        known.append(month.start)
        hidden = is_hidden(month.kind, month.start, scope)
        left = moves[scope, "separation"]
        is_year = len(known) >= 12
        year = known[-12] if is_year else month.start
        row = {
            "is_hidden": hidden,
            "has_twelve_months": is_year,
            **_rates(people, scope, left, (month.start, month.last), "", hidden=hidden),
        }
        of_year = _rates(
            people, scope, left, (year, month.last), "twelve_month_", hidden=hidden
        )
        row |= of_year if is_year else dict.fromkeys(of_year)
        for name, window, back in (
            ("prior", month.prior, 1),
            ("prior_year", month.prior_year, 12),
        ):
            was_hidden = len(known) > back and is_hidden(
                month.kind, known[-1 - back], scope
            )
            before = _rates(
                people, scope, left, window, f"{name}_", hidden=hidden or was_hidden
            )
            row |= {
                f"{name}_{one}": before[f"{name}_{one}"]
                for one in ("average_headcount", "separation_count", "turnover_rate")
            }
        rows[month.kind, month.start, *scope] = row
    return rows


def _rates(
    people: People,
    scope: Scope,
    left: list[tuple[date, Spell]],
    window: tuple[date, date],
    prefix: str,
    *,
    hidden: bool,
) -> dict[str, object]:
    average = mean_of(people, scope, window)
    gone = _within(left, *window)
    row: dict[str, object] = {f"{prefix}average_headcount": average}
    for kind in ("", *KINDS, "regretted"):
        count = len(gone) if not kind else _of_kind(gone, kind)
        name = f"{prefix}{kind}_" if kind else prefix
        row[f"{name}separation_count"] = None if hidden else count
        row[f"{name}turnover_rate"] = None if hidden else _ratio(count, average)
    return row


def _ratio(count: int, average: float) -> float | None:
    return count / average if average else None


def _of_kind(left: list[Spell], kind: str) -> int:
    if kind == "regretted":
        return sum(spell.is_regretted for spell in left)
    return sum(spell.kind == kind for spell in left)


def kpi_new_hire_attrition(people: People) -> Rows:
    """Return K73 of each month with hires."""
    rows: Rows = {}
    for (scope, kind), found in _moves(people).items():
        if kind != "hire" or scope[0] in BY_TIME:
            continue
        first = min(day for day, _ in found)
        for month in months_since(first, people.today):
            hires = _within(found, month.start, month.last)
            if hires:
                rows[month.kind, month.start, *scope] = _attrition(
                    hires, month, people.today
                )
    return rows


def _attrition(hires: list[Spell], month: Month, today: date) -> dict[str, object]:
    row: dict[str, object] = {"hire_count": len(hires)}
    for days in (90, 365):
        window = timedelta(days=days)
        left = [one for one in hires if one.left and one.left <= one.hired + window]
        is_mature = month.end + window <= today
        row |= {
            f"is_mature_{days}_days": is_mature,
            f"observed_{days}_day_hire_count": sum(
                one.hired + window <= today for one in hires
            ),
            f"left_within_{days}_days_count": len(left),
            f"attrition_{days}_day_rate": ratio(len(left), len(hires))
            if is_mature
            else None,
        }
    return row


def kpi_tenure_monthly(people: People) -> Rows:
    """Return K74 of each month, those who stay and those who left."""
    moves = _moves(people)
    rows: Rows = {}
    for month, scope in _months(people):
        if scope[0] in BY_TIME:
            continue
        staying = [
            people.spell_on(worker, month.last).tenure(month.last)
            for worker in people.headcounts[scope].get(month.last, [])
        ]
        leaving = [
            spell.tenure(spell.left)
            for spell in _within(moves[scope, "separation"], month.start, month.last)
            if spell.left
        ]
        rows[month.kind, month.start, *scope] = {
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
        if scope[0] in BY_TIME:
            continue
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
