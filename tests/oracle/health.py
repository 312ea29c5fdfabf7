"""K30: everybody's days and scores, one customer and one day at a time."""

import csv
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import orjson

from tests.oracle.customers import Customers
from tests.oracle.helpdesk import DONE, Helpdesk
from tests.oracle.periods import ONE_DAY, period_of
from tests.oracle.shop import Shop, event_time
from tests.oracle.shop_sessions import Visits, buyer_of

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
WINDOW, MEMORY, MONTHS = timedelta(days=90), timedelta(days=365), 24
CALENDARS = ("month", "jalali_month")
COMPONENTS = ("visits", "orders", "tickets", "satisfaction", "payment")
VALUES = ("visit_count", "overdue_ratio", "ticket_load_count", "satisfaction_rate", "troubled_order_share")  # fmt: skip


@dataclass
class Person:
    """A customer's days; `orders` and `answers` carry what happened to them later."""

    visits: list[date] = field(default_factory=list)
    # Day of the order, and the first day on which it was cancelled or came back.
    orders: list[tuple[date, date | None]] = field(default_factory=list)
    # Day of creation, and the stretches in which the ticket was open.
    tickets: list[tuple[date, list[tuple[date, date]]]] = field(default_factory=list)
    # Per ticket the days of the answers and whether they are good.
    answers: list[list[tuple[date, bool]]] = field(default_factory=list)

    def shop_days(self) -> list[date]:
        """Return the days of orders and visits."""
        return self.visits + [day for day, _ in self.orders]

    def is_scored(self, day: date) -> bool:
        """Return whether he is a customer who was there lately."""
        bonds = [one for one, _ in self.orders] + [one for one, _ in self.tickets]
        seen = [one for one in bonds + self.visits if one <= day]
        return min(bonds, default=date.max) <= day and day - max(seen) < MEMORY

    def absence(self, day: date) -> int | None:
        """Return the days since the last order or visit."""
        seen = [one for one in self.shop_days() if one <= day]
        return (day - max(seen)).days if seen else None

    def purchases(self, day: date) -> list[date]:
        """Return the days with orders up to a day."""
        return sorted({one for one, _ in self.orders if one <= day})

    def load(self, day: date) -> int:
        """Return the tickets of the window, and the days at whose end one was open."""
        total = sum(day - WINDOW < created <= day for created, _ in self.tickets)
        for _, stretches in self.tickets:
            for opened, shut in stretches:
                for back in range(WINDOW.days):
                    total += opened <= day - back * ONE_DAY < shut
        return total

    def share_of_good(self, day: date) -> Fraction | None:
        """Return the good part of the latest answers."""
        latest = []
        for answers in self.answers:
            known = [(one, is_good) for one, is_good in answers if one <= day]
            if known and day - known[-1][0] < MEMORY:
                latest.append(known[-1][1])
        return Fraction(sum(latest), len(latest)) if latest else None

    def share_of_trouble(self, day: date) -> Fraction | None:
        """Return the part of the orders that was cancelled or came back by the day."""
        recent = [trouble for one, trouble in self.orders if timedelta(0) <= day - one < MEMORY]  # fmt: skip
        if not recent:
            return None
        return Fraction(sum(one is not None and one <= day for one in recent), len(recent))  # fmt: skip


class Health:
    """Everybody's days, and the scores of any day."""

    def __init__(self, folder: Path, visits: Visits, desk: Helpdesk) -> None:
        self.clock = visits.shop.clock
        self.today = self.clock.today
        self.name_of = {
            record: min(group)
            for group in Customers(folder, visits.shop).groups()
            for record in group
        }
        self.people: dict[str, Person] = defaultdict(Person)
        for session in visits.sessions:
            if session.day <= self.today:
                self.people[session.user].visits.append(session.day)
        self._order(visits.shop)
        self._ask(folder, desk)
        with (SEEDS / "health_weights.csv").open() as file:
            self.seed = {row["component_name"]: row for row in csv.DictReader(file)}
        self.weights = {name: Fraction(row["weight"]) for name, row in self.seed.items()}  # fmt: skip
        with (SEEDS / "health_bands.csv").open() as file:
            self.bands = [(Fraction(row["lowest_score"]), row["band_name"]) for row in csv.DictReader(file)]  # fmt: skip
        self.known: dict[date, dict[str, dict]] = {}

    def _order(self, shop: Shop) -> None:
        troubles = [(one.order_id, one.day) for one in shop.refunds]
        for event in shop.events:
            if (event.get("event") or "").strip().lower() in ("order cancelled", "order canceled"):  # fmt: skip
                day = self.clock.day(event_time(event))
                troubles.append((event["properties"]["order_id"], day))
        first: dict[str, date] = {}
        for order_id, day in troubles:
            first[order_id] = min(day, first.get(order_id, day))
        messages = {event["messageId"]: event for event in shop.events}
        for order in shop.orders.values():
            if order.day <= self.today:
                event = messages[order.identity]
                name = buyer_of(event, lambda kind, one: self.name_of[f"{kind}:events:{one}"])  # fmt: skip
                self.people[name].orders.append((order.day, first.get(order.order_id)))

    def _ask(self, folder: Path, desk: Helpdesk) -> None:
        answers: dict[str, list[tuple[datetime, int, bool]]] = defaultdict(list)
        for one in desk.ratings():
            score = one["score"].split("_")[0]
            if score in ("good", "bad"):
                at = datetime.fromisoformat(one["updated_at"])
                answers[str(one["ticket_id"])].append((at, one["id"], score == "good"))
        for line in (folder / "zendesk/tickets.jsonl").read_bytes().splitlines():
            ticket = desk.tickets.get(str(orjson.loads(line)["id"]))
            requester = orjson.loads(line)["requester_id"]
            name = self.name_of.get(f"helpdesk_user:zendesk:{requester}")
            if ticket is None or name is None:
                continue
            changes = ticket.history["status"]
            ends = [at for at, _ in changes[1:]] + [None]
            stretches = [
                (self.clock.day(at), self.clock.day(end) if end else date.max)
                for (at, status), end in zip(changes, ends, strict=True)
                if status not in DONE
            ]
            person = self.people[name]
            if self.clock.day(ticket.created) <= self.today:
                person.tickets.append((self.clock.day(ticket.created), stretches))
            given = sorted(answers[ticket.ticket_id])
            person.answers.append([(self.clock.day(at), good) for at, _, good in given])

    @cached_property
    def months(self) -> list[tuple[str, date, date, bool]]:
        """Return (calendar, first day, day of evaluation, is over) of each month."""
        days = [day for one in self.people.values() for day in one.shop_days()]
        days += [day for one in self.people.values() for day, _ in one.tickets]
        found = []
        for calendar in CALENDARS:
            start, end = period_of(calendar, self.today)
            for _ in range(MONTHS + 1):
                if end >= min(days):
                    found.append((calendar, start, min(end, self.today), end < self.today))  # fmt: skip
                start, end = period_of(calendar, start - ONE_DAY)
        return found

    def scores(self, day: date) -> dict[str, dict]:
        """Return everybody's score as of the end of a day."""
        if day not in self.known:
            self.known[day] = self._scores(day)
        return self.known[day]

    def _scores(self, day: date) -> dict[str, dict]:
        scored = {name: one for name, one in self.people.items() if one.is_scored(day)}
        measures = self._measures(day, scored)
        places: dict[str, dict[str, Fraction]] = defaultdict(dict)
        for component, values in measures.items():
            worse_is_more = component in ("orders", "tickets", "payment")
            goodness = {name: -value if worse_is_more else value for name, value in values.items()}  # fmt: skip
            ordered = sorted(goodness.values())
            for name, value in goodness.items():
                low, high = bisect_left(ordered, value), bisect_right(ordered, value)
                others = len(ordered) - 1
                share = Fraction(low + high - 1, 2 * others) if others else Fraction(1, 2)  # fmt: skip
                places[name][component] = 100 * share
        rows = {}
        for name, found in places.items():
            rows[name] = self._row(found)
            rows[name]["absence"] = scored[name].absence(day)
            rows[name]["ordered"] = bool(scored[name].purchases(day))
            for component, column in zip(COMPONENTS, VALUES, strict=True):
                place, value = found.get(component), measures[component].get(name)
                is_count = column.endswith("count")
                rows[name][f"{component}_score"] = None if place is None else float(place)  # fmt: skip
                rows[name][column] = None if value is None else int(value) if is_count else float(value)  # fmt: skip
        return rows

    def _measures(self, day: date, scored: dict[str, Person]) -> dict[str, dict]:
        bought = {name: one.purchases(day) for name, one in scored.items() if one.purchases(day)}  # fmt: skip
        gaps = sum(len(days) - 1 for days in bought.values())
        span = sum((days[-1] - days[0]).days for days in bought.values())
        overdue = {}
        for name, days in bought.items():
            away = (day - days[-1]).days
            if len(days) >= 3:
                overdue[name] = Fraction(away * (len(days) - 1), (days[-1] - days[0]).days)  # fmt: skip
            elif gaps:
                overdue[name] = Fraction(away * gaps, span)
        shares = {name: (one.share_of_good(day), one.share_of_trouble(day)) for name, one in scored.items()}  # fmt: skip
        return {
            "visits": {
                name: Fraction(sum(day - WINDOW < seen <= day for seen in one.visits))
                for name, one in scored.items()
                if any(seen <= day for seen in one.visits)
            },
            "orders": overdue,
            "tickets": {
                name: Fraction(one.load(day))
                for name, one in scored.items()
                if one.load(day)
            },
            "satisfaction": {
                name: good for name, (good, _) in shares.items() if good is not None
            },
            "payment": {
                name: bad for name, (_, bad) in shares.items() if bad is not None
            },
        }

    def _row(self, found: dict[str, Fraction]) -> dict:
        known = sum(self.weights[component] for component in found)
        score = round(sum(self.weights[one] * place for one, place in found.items()) / known, 6)  # fmt: skip
        pulls = {one: round(self.weights[one] / known * (place - 50), 6) for one, place in found.items()}  # fmt: skip
        ordered = sorted(pulls, key=lambda one: (pulls[one], one))
        lowering = [self.seed[one]["lowering_reason"] for one in ordered[:2] if pulls[one] < 0]  # fmt: skip
        ordered.sort(key=lambda one: (-pulls[one], one))
        raising = [self.seed[one]["raising_reason"] for one in ordered[:2] if pulls[one] > 0]  # fmt: skip
        return {
            "health_score": float(score),
            "coverage_share": float(known / sum(self.weights.values())),
            "band_name": max(band for band in self.bands if band[0] <= score)[1],
            "lowering_reasons": "; ".join(lowering) or None,
            "raising_reasons": "; ".join(raising) or None,
        }
