"""K30: the tables of customers' health, the back-test pair by pair."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tests.oracle.comparison import Rows
from tests.oracle.health import SEEDS, WINDOW, Health

# Only deleted records tell of him.
STRANGER = {"region_name": "unknown", "birth_date": None}


def kpi_customer_health(health: Health, keys: dict[str, str]) -> Rows:
    """Return everybody's score of today beside that of the last month's end."""
    last = max(day for calendar, _, day, is_over in health.months if is_over and calendar == "month")  # fmt: skip
    before = health.scores(last)
    rows: Rows = {}
    for name, found in health.scores(health.today).items():
        row = {column: value for column, value in found.items() if column not in ("absence", "ordered")}  # fmt: skip
        row["prior_health_score"] = before[name]["health_score"] if name in before else None  # fmt: skip
        row["is_active"] = found["absence"] is not None and found["absence"] < WINDOW.days  # fmt: skip
        rows[keys[name],] = row
    return rows


def kpi_customer_health_weights(health: Health) -> Rows:
    """Return the weights, and of how many each component is known."""
    scores = health.scores(health.today).values()
    return {
        (name,): {
            "component_weight": float(weight),
            "weight_share": float(weight / sum(health.weights.values())),
            "customer_count": sum(one[f"{name}_score"] is not None for one in scores),
            "scored_customer_count": len(scores),
        }
        for name, weight in health.weights.items()
    }


def kpi_customer_health_monthly(health: Health, customers: dict[str, dict]) -> Rows:
    """Return the customers of each band, in total, by region and by age group."""
    rows: Rows = {}
    for calendar, month, day, is_over in health.months:
        scopes: dict[tuple[str, str], list[dict]] = defaultdict(list)
        for name, found in health.scores(day).items():
            who = customers.get(name, STRANGER)
            scopes["total", "all"].append(found)
            scopes["region", who["region_name"]].append(found)
            scopes["age_group", age_group(who["birth_date"], day)].append(found)
        for scope, members in scopes.items():
            for _, band in health.bands:
                within = sum(one["band_name"] == band for one in members)
                rows[(calendar, month, *scope, band)] = {
                    "is_complete": is_over,
                    "evaluation_date": day,
                    "customer_count": within,
                    "scope_customer_count": len(members),
                    "customer_share": within / len(members),
                    "average_health_score": _mean(
                        [one["health_score"] for one in members]
                    ),
                    "average_coverage_share": _mean(
                        [one["coverage_share"] for one in members]
                    ),
                }
    return rows


def kpi_customer_health_backtest(health: Health) -> Rows:
    """Return, per month that can be judged, the pairs that the score got right."""
    rows: Rows = {}
    for calendar, month, day, is_over in health.months:
        if not is_over or day + WINDOW >= health.today:
            continue
        judged: dict[bool, list[tuple[float, int]]] = {True: [], False: []}
        for name, found in health.scores(day).items():
            if found["absence"] is not None and found["absence"] < WINDOW.days:
                later = health.people[name].shop_days()
                has_churned = not any(day < one <= day + WINDOW for one in later)
                judged[has_churned].append((found["health_score"], -found["absence"]))
        churned, retained = judged[True], judged[False]
        if churned or retained:
            rows[calendar, month] = {
                "evaluation_date": day,
                "customer_count": len(churned) + len(retained),
                "churned_count": len(churned),
                "retained_count": len(retained),
                "churn_rate": len(churned) / (len(churned) + len(retained)),
                "area_under_curve": area(
                    [one for one, _ in retained], [one for one, _ in churned]
                ),
                "recency_area_under_curve": area(
                    [one for _, one in retained], [one for _, one in churned]
                ),
                "churned_average_score": _mean([one for one, _ in churned]),
                "retained_average_score": _mean([one for one, _ in retained]),
            }
    return rows


def area(retained: list, churned: list) -> float | None:
    """Return the part of all pairs in which the retained one is higher, ties half."""
    pairs = [(one > other) + (one == other) / 2 for one in retained for other in churned]  # fmt: skip
    return sum(pairs) / len(pairs) if pairs else None


def age_group(birth: date | None, day: date) -> str:
    """Return the age group of somebody on a day."""
    if birth is None:
        return "unknown"
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    with (SEEDS / "age_groups.csv").open() as file:
        for row in csv.DictReader(file):
            if int(row["first_age"]) <= age <= int(row["last_age"]):
                return row["age_group_name"]
    return "unknown"


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
