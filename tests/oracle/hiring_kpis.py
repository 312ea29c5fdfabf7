"""K75 to K77 and K80: what hiring costs and takes, and what people answer."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.people import Month, People, months_since, sent_day
from tests.oracle.people_kpis import FEW, hidden_groups, kpi_tenure_survival
from tests.oracle.periods import ONE_DAY, Clock, cents, first_of_month, median, ratio

# K76 looks at so many days of a tenure.
YEAR = 365


# Which column of the file names the scope of a cost.
COST_SCOPES = {
    "department": "department",
    "job_title": "job_title",
    "hire_source": "source_name",
}


def kpi_cost_per_hire_monthly(people: People) -> Rows:
    """Return K75 from the month of the first cost on."""
    costs: dict[tuple[str, str], list[tuple[date, str, Decimal | None]]]
    costs = defaultdict(list)
    days = []
    for row in people.file("hiring_costs.csv"):
        day = date.fromisoformat(row["cost_date"]) if row["cost_date"] else date.max
        if day > people.today:
            continue
        days.append(day)
        rate = people.rate(row["currency"], day)
        amount = None if rate is None else cents(Decimal(row["amount"]) * rate)
        for scope in [
            ("total", "all"),
            *((kind, row[column]) for kind, column in COST_SCOPES.items()),
        ]:
            costs[scope].append((day, row["cost_type"], amount))
    hires: dict[tuple[str, str], list[date]] = defaultdict(list)
    for spell in people.spells:
        for scope in people.scopes(spell.worker, spell.hired):
            if scope[0] == "total" or scope[0] in COST_SCOPES:
                hires[scope].append(spell.hired)
    months = months_since(min(days), people.today)
    rows: Rows = {}
    for calendar in {month.kind for month in months}:
        of_calendar = [month for month in months if month.kind == calendar]
        first = of_calendar[0].start
        for scope in costs.keys() | {
            one for one, days in hires.items() if max(days) >= first
        }:
            for number, month in enumerate(of_calendar):
                is_year = number >= 11
                year = of_calendar[number - 11].start if is_year else month.start
                of_year = _spent(costs[scope], hires[scope], year, month.last)
                rows[calendar, month.start, *scope] = {
                    "has_twelve_months": is_year,
                    **_spent(costs[scope], hires[scope], month.start, month.last),
                    **{
                        f"twelve_month_{name}": of_year[name] if is_year else None
                        for name in ("cost_amount_base", "hire_count", "cost_per_hire")
                    },
                }
    return rows


def _spent(
    costs: list[tuple[date, str, Decimal | None]],
    hires: list[date],
    first: date,
    last: date,
) -> dict[str, object]:
    known = [(kind, amount) for day, kind, amount in costs if first <= day <= last]
    total = sum((amount for _, amount in known if amount is not None), Decimal(0))
    came = sum(first <= day <= last for day in hires)
    kinds = {
        f"{name}_cost_amount_base": sum(
            (amount for kind, amount in known if kind == name and amount is not None),
            Decimal(0),
        )
        for name in ("internal", "external")
    }
    return {
        **kinds,
        "cost_amount_base": total,
        "unconverted_count": sum(amount is None for _, amount in known),
        "hire_count": came,
        "cost_per_hire": ratio(total, came),
    }


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
        for month in months_since(min(opened for opened, *_ in entries), people.today):
            rows[month.kind, month.start, *scope] = _hired_in(entries, month)
    return rows


def _hired_in(entries: list[tuple], month: Month) -> dict[str, object]:
    last = month.last
    filled = [one for one in entries if one[2] and month.holds(one[2])]
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
            groups["tenure_band", row["tenure_band"]].append(row)
        scores = {
            scope: [int(row["score"]) for row in members if row["score"]]
            for scope, members in groups.items()
        }
        hidden = {
            (kind, name)
            for kind in ("department", "tenure_band")
            for name in hidden_groups(
                {one[1]: len(given) for one, given in scores.items() if one[0] == kind}
            )
        }
        day = min(sent_day(row["sent_at"], clock) for row in asked)
        for scope, given in scores.items():
            is_hidden = scope in hidden or len(given) < FEW
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
    for (calendar, month, *scope), cost in costs.items():
        if calendar != "month" or month != first_of_month(people.today):
            continue
        steps = {key[2]: row for key, row in curve.items() if list(key[:2]) == scope}
        # Day by day: the share of hires who are still here on it.
        expected = None
        longest = max(
            (int(str(row["known_until_days"])) for row in steps.values()), default=0
        )
        # Where all have left nobody is left to be watched.
        is_over = any(row["survival_share"] == 0 for row in steps.values())
        if longest >= YEAR or is_over:
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
