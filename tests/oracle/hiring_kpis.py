"""K75 to K77 and K80: what hiring costs and takes, and what people answer."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.people import People, sent_day
from tests.oracle.people_kpis import kpi_tenure_survival
from tests.oracle.people_pay_kpis import FEW, hidden_groups
from tests.oracle.periods import (
    ONE_DAY,
    Clock,
    cents,
    first_of_month,
    last_of_month,
    median,
    next_month,
    previous_month,
    ratio,
)

# K76 looks at so many days of a tenure.
YEAR = 365


def kpi_cost_per_hire_monthly(people: People) -> Rows:
    """Return K75 from the month of the first cost on."""
    costs = [
        (date.fromisoformat(row["cost_date"]), row)
        for row in people.file("hiring_costs.csv")
        if row["cost_date"]
    ]
    costs = [(day, row) for day, row in costs if day <= people.today]
    first = first_of_month(min(day for day, _ in costs))
    hires = [
        (spell.hired, people.days[spell.worker][spell.hired].department)
        for spell in people.spells
        if spell.hired >= first
    ]
    scopes = [("total", "all")] + [
        ("department", name)
        for name in {row["department"] for _, row in costs}
        | {name for _, name in hires}
    ]
    rows: Rows = {}
    for scope_type, name in scopes:
        spent: dict[date, Decimal] = defaultdict(Decimal)
        kinds: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        came: dict[date, int] = defaultdict(int)
        unconverted: dict[date, int] = defaultdict(int)
        for day, row in costs:
            if scope_type == "total" or row["department"] == name:
                rate = people.rate(row["currency"], day)
                month = first_of_month(day)
                if rate is None:
                    unconverted[month] += 1
                    continue
                amount = cents(Decimal(row["amount"]) * rate)
                spent[month] += amount
                kinds[month, row["cost_type"]] += amount
        for day, department in hires:
            came[first_of_month(day)] += scope_type == "total" or department == name
        month = first
        while month <= people.today:
            year = [month]
            while len(year) < 12:
                year.append(previous_month(year[-1]))
            is_year = year[-1] >= first
            year_cost = sum((spent[one] for one in year), Decimal(0))
            year_hires = sum(came[one] for one in year)
            rows[month, scope_type, name] = {
                "has_twelve_months": is_year,
                "internal_cost_amount_base": kinds[month, "internal"],
                "external_cost_amount_base": kinds[month, "external"],
                "cost_amount_base": spent[month],
                "unconverted_count": unconverted[month],
                "hire_count": came[month],
                "cost_per_hire": ratio(spent[month], came[month]),
                "twelve_month_cost_amount_base": year_cost if is_year else None,
                "twelve_month_hire_count": year_hires if is_year else None,
                "twelve_month_cost_per_hire": ratio(year_cost, year_hires)
                if is_year
                else None,
            }
            month = next_month(month)
    return rows


def kpi_time_to_hire_monthly(people: People) -> Rows:
    """Return K77 of each month from a scope's first opening on."""
    stages: dict[str, list[dict]] = defaultdict(list)
    for row in people.file("recruiting.csv"):
        stages[row["requisition_id"]].append(row)
    found: dict[tuple[str, str], list[tuple]] = defaultdict(list)
    for rows_of_one in stages.values():
        when = {
            row["stage_name"]: date.fromisoformat(row["entered_date"])
            for row in rows_of_one
        }
        hired = next(
            (row for row in rows_of_one if row["stage_name"] == "accepted"), None
        )
        applied = next(
            (
                date.fromisoformat(row["entered_date"])
                for row in rows_of_one
                if hired
                and row["application_id"] == hired["application_id"]
                and row["stage_name"] == "applied"
            ),
            None,
        )
        entry = (when["opened"], applied, when.get("accepted"), when.get("cancelled"))
        for scope in (
            ("total", "all"),
            ("department", rows_of_one[0]["department"]),
            ("location", rows_of_one[0]["location"]),
        ):
            found[scope].append(entry)
    rows: Rows = {}
    for scope, entries in found.items():
        month = first_of_month(min(opened for opened, *_ in entries))
        while month <= people.today:
            rows[month, *scope] = _hired_in(entries, month, people.today)
            month = next_month(month)
    return rows


def _hired_in(entries: list[tuple], month: date, today: date) -> dict[str, object]:
    last = min(last_of_month(month), today)
    filled = [one for one in entries if one[2] and month <= one[2] <= last]
    to_fill = [(accepted - opened).days for opened, _, accepted, _ in filled]
    to_hire = [(accepted - applied).days for _, applied, accepted, _ in filled]
    return {
        "filled_count": len(filled),
        "open_count": sum(
            opened <= last and (accepted or cancelled or date.max) > last
            for opened, _, accepted, cancelled in entries
        ),
        "total_days_to_fill": sum(to_fill),
        "mean_days_to_fill": ratio(sum(to_fill), len(to_fill)),
        "median_days_to_fill": median(to_fill),
        "total_days_to_hire": sum(to_hire),
        "mean_days_to_hire": ratio(sum(to_hire), len(to_hire)),
        "median_days_to_hire": median(to_hire),
    }


def kpi_enps(people: People, clock: Clock) -> Rows:
    """Return K80 of each wave; of a repeated answer the later one counts."""
    answers = {
        row["response_id"]: row
        for row in people.file("hr_surveys/responses.csv")
        if row["question_code"] == "enps"
    }
    waves: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for row in answers.values():
        waves[row["survey_id"], row["wave"]].append(row)
    rows: Rows = {}
    for wave, asked in waves.items():
        groups: dict[tuple[str, str], list[dict]] = defaultdict(list)
        for row in asked:
            groups["total", "all"].append(row)
            groups["department", row["department"]].append(row)
        scores = {
            scope: [int(row["score"]) for row in members if row["score"]]
            for scope, members in groups.items()
        }
        hidden = hidden_groups(
            {
                name: len(given)
                for (kind, name), given in scores.items()
                if kind == "department"
            }
        )
        day = min(sent_day(row["sent_at"], clock) for row in asked)
        for scope, given in scores.items():
            is_hidden = scope[1] in hidden or len(given) < FEW
            rows[*wave, *scope] = {
                "wave_date": day,
                "is_hidden": is_hidden,
                "has_invitations": len(scores["total", "all"]) < len(asked),
                "invited_count": len(groups[scope]),
                **_answers(given, len(groups[scope]), is_hidden=is_hidden),
            }
    return rows


def _answers(given: list[int], invited: int, *, is_hidden: bool) -> dict[str, object]:
    promoters = sum(score >= 9 for score in given)
    detractors = sum(score <= 6 for score in given)
    shown: dict[str, object] = {
        "response_count": len(given),
        "promoter_count": promoters,
        "passive_count": len(given) - promoters - detractors,
        "detractor_count": detractors,
        "response_rate": ratio(len(given), invited),
        "enps_score": 100 * (promoters - detractors) / len(given) if given else None,
    }
    return dict.fromkeys(shown) if is_hidden else shown


def kpi_hiring_cost_per_tenure(people: People) -> Rows:
    """Return K76: the year's cost per hire for a month of staying."""
    costs = kpi_cost_per_hire_monthly(people)
    curve = kpi_tenure_survival(people)
    rows: Rows = {}
    for (month, *scope), cost in costs.items():
        if month != first_of_month(people.today):
            continue
        steps = {key[2]: row for key, row in curve.items() if list(key[:2]) == scope}
        # Day by day: the share of hires who are still here on it.
        expected = None
        longest = max(
            (int(str(row["known_until_days"])) for row in steps.values()), default=0
        )
        if longest >= YEAR:
            begun = [max(one for one in steps if one <= day) for day in range(YEAR)]
            expected = sum(float(str(steps[one]["survival_share"])) for one in begun)
        gone = [
            (spell.left - spell.hired).days
            for spell in people.spells
            if spell.left
            and tuple(scope) in people.scopes(spell.worker, spell.left - ONE_DAY)
        ]
        price = cost["twelve_month_cost_per_hire"]
        rows[tuple(scope)] = {
            "twelve_month_cost_per_hire": price,
            "expected_employed_days": expected,
            "leaver_count": len(gone),
            "total_leaver_employed_days": sum(gone),
            "cost_per_expected_month_value": _per_month(price, expected),
            "cost_per_realised_month_value": _per_month(
                price, ratio(sum(gone), len(gone))
            ),
        }
    return rows


def _per_month(price: object, days: float | None) -> float | None:
    return None if price is None or not days else float(str(price)) / (days / 30.4375)
