"""K51 to K55, K58, K59: reading and what comes of it, one reader at a time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import orjson

from tests.oracle.comparison import Rows
from tests.oracle.newsletters import Newsletters
from tests.oracle.periods import CALENDARS, cents, median, period_of, ratio
from tests.oracle.reading import Reading, View
from tests.oracle.shop import Sale
from tests.oracle.shop_sessions import buyer_of

# Members of a scope: the period, its first day and the scope.
Groups = dict[tuple, list]
FEW = 5


def _grouped(items: Iterable[tuple[date, list[tuple[str, str]], object]]) -> Groups:
    found: Groups = defaultdict(list)
    for day, scopes, item in items:
        for kind, scope in product(CALENDARS, scopes):
            found[kind, period_of(kind, day)[0], *scope].append(item)
    return found


def _percentile(values: list[int], share: float) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def hidden_groups(counts: dict[str, int]) -> set[str]:
    """Return the groups whose figures would tell of few people."""
    hidden, together = set(), 0
    for name, count in sorted(counts.items(), key=lambda one: (one[1], one[0])):
        if count < FEW or 0 < together < FEW:
            hidden.add(name)
        together += count
    return hidden


def kpi_content_engagement_monthly(reading: Reading, ages: dict[str, str]) -> Rows:
    """Return views, readers, time and depth."""
    groups = _grouped(
        (
            view.day,
            [*reading.scopes_of(view), ("age_group", ages.get(view.reader, "unknown"))],
            view,
        )
        for view in reading.views
    )
    people: dict[tuple, dict[str, int]] = defaultdict(dict)
    for (*period, scope_type, name), views in groups.items():
        if scope_type == "age_group":
            people[tuple(period)][name] = len({view.reader for view in views})
    rows: Rows = {}
    for (kind, start, scope_type, name), views in groups.items():
        is_hidden = scope_type == "age_group" and name in hidden_groups(people[kind, start])  # fmt: skip
        figures = _engagement(views)
        rows[kind, start, scope_type, name] = {
            "is_complete": period_of(kind, start)[1] < reading.clock.today,
            "is_hidden": is_hidden,
            **(dict.fromkeys(figures) if is_hidden else figures),
        }
    return rows


def _engagement(views: list[View]) -> dict:
    measured = [view for view in views if view.is_measured]
    engaged = [view for view in views if view.is_engaged]
    depths = [view.depth for view in views if view.depth is not None and not view.is_short]  # fmt: skip
    seconds = [view.seconds for view in measured]
    through = sum(view.is_read_through for view in views)
    return {
        "page_view_count": len(views),
        "measured_view_count": len(measured),
        "engaged_view_count": len(engaged),
        "short_view_count": sum(view.is_short for view in views),
        "scrolled_view_count": len(depths),
        "read_through_count": through,
        "visitor_count": len({view.reader for view in views}),
        "reader_count": len({view.reader for view in engaged}),
        "engaged_seconds": sum(seconds),
        "average_engaged_seconds": ratio(sum(seconds), len(measured)),
        "median_engaged_seconds": median(seconds),
        "p90_engaged_seconds": _percentile(seconds, 0.9),
        "scroll_depth_share": sum(depths) / len(depths) if depths else None,
        "read_through_rate": ratio(through, len(measured)),
    }


def kpi_section_engagement_monthly(reading: Reading, ages: dict[str, str]) -> Rows:
    """Return reach, dwell and exits of sections."""
    measured = [view for view in reading.views if view.is_measured]
    groups: dict[tuple, list[View]] = defaultdict(list)
    for view, kind in product(measured, CALENDARS):
        key = (kind, period_of(kind, view.day)[0], view.article.key, view.layout)
        for scope in (("total", "all"), ("device", view.device), ("age_group", ages.get(view.reader, "unknown"))):  # fmt: skip
            groups[*key, *scope].append(view)
    people: dict[tuple, dict[str, int]] = defaultdict(dict)
    for (*key, scope_type, name), views in groups.items():
        if scope_type == "age_group":
            people[tuple(key)][name] = len({view.reader for view in views})
    rows: Rows = {}
    for (*key, scope_type, name), views in groups.items():
        is_hidden = scope_type == "age_group" and name in hidden_groups(people[tuple(key)])  # fmt: skip
        seen = [view.sections for view in views]
        for section in {stretch["section_id"] for view in views for _, stretch in view.stretches}:  # fmt: skip
            reached = [sections for sections in seen if section in sections]
            exits = sum(list(sections)[-1] == section for sections in reached)
            dwell = sum(sections[section] for sections in reached)
            figures = {
                "view_count": len(views),
                "reached_view_count": len(reached),
                "exit_view_count": exits,
                "dwell_seconds": float(dwell),
                "reach_rate": ratio(len(reached), len(views)),
                "average_dwell_seconds": dwell / len(reached) if reached else None,
                "exit_share": ratio(exits, len(reached)),
            }
            rows[*key, section, scope_type, name] = {
                "is_complete": period_of(key[0], key[1])[1] < reading.clock.today,
                "is_hidden": is_hidden,
                **(dict.fromkeys(figures) if is_hidden else figures),
            }
    return rows


class Outcomes:
    """Subscriptions and orders of the people behind readers."""

    def __init__(
        self, folder: Path, reading: Reading, newsletters: Newsletters, people: dict
    ) -> None:
        self.reading = reading
        self.newsletters = newsletters
        self.today = reading.clock.today
        self.day = reading.clock.day
        self.people = people
        self.signups: dict[str, dict] = {}
        self.changes: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        self.joined_lists: dict[str, dict[str, datetime]] = defaultdict(dict)
        self._read_events(folder)
        self.first_orders: dict[str, Sale] = {}
        messages = {event["messageId"]: event for event in reading.shop.events}
        self.orders: list[tuple[str, Sale]] = []
        for order in sorted(reading.shop.orders.values(), key=lambda one: one.moment):
            buyer = buyer_of(messages[order.identity], reading.customer_of)
            self.first_orders.setdefault(buyer, order)
            self.orders.append((buyer, order))

    def _read_events(self, folder: Path) -> None:
        names = {
            line["id"]: line["name"]
            for line in map(
                orjson.loads,
                (folder / "ghost/newsletters.jsonl").read_bytes().splitlines(),
            )
        }
        held: dict[str, set[str]] = defaultdict(set)
        for kind, moment, data in self.newsletters.events:
            member = str(data.get("member_id"))
            if kind == "signup_event":
                self.signups.setdefault(member, data)
            if kind != "newsletter_event":
                continue
            had_any = bool(held[member])
            change = held[member].add if data["subscribed"] else held[member].discard
            change(data["newsletter_id"])
            if bool(held[member]) != had_any:
                self.changes[member].append((moment, -1 if had_any else 1))
            if data["subscribed"]:
                name = names[data["newsletter_id"]]
                self.joined_lists[member].setdefault(name, moment)
        for line in map(orjson.loads, (folder / "ghost/members.jsonl").read_bytes().splitlines()):  # fmt: skip
            suppression = line["email_suppression"]
            if held[line["id"]] and suppression["suppressed"]:
                moment = datetime.fromisoformat(suppression["info"]["timestamp"])
                self.changes[line["id"]].append((moment, -1))

    def subscriptions_of(self, person: str) -> list[tuple[datetime, int]]:
        """Return when somebody joined and left, over all of his addresses."""
        members = [member for member in self.changes if self.people.get(f"subscriber:ghost:{member}") == person]  # fmt: skip
        return [change for member in members for change in self.changes[member]]

    def first_order_after(self, person: str, moment: datetime) -> date | None:
        """Return the day of the first order ever, if it came after a moment."""
        order = self.first_orders.get(person)
        return order.day if order and order.moment > moment else None

    def has_bought_by(self, person: str, moment: datetime) -> bool:
        """Return whether somebody had ordered at a moment."""
        order = self.first_orders.get(person)
        return order is not None and order.moment <= moment


def kpi_reader_conversion_monthly(outcomes: Outcomes) -> Rows:
    """Return what became of readers after their first article."""
    reading = outcomes.reading
    firsts: dict[str, View] = {}
    for view in sorted(reading.views, key=lambda one: one.moment):
        if view.is_engaged:
            firsts.setdefault(view.reader, view)
    looked: dict[str, list] = defaultdict(list)
    for session in reading.visits.sessions:
        if 1 in session.seen_steps:
            looked[session.user].append((session.events[0][0], session.day))
    readers = []
    for person, view in firsts.items():
        changes = outcomes.subscriptions_of(person)
        was_subscriber = sum(change for moment, change in changes if moment <= view.moment) > 0  # fmt: skip
        joined = [outcomes.day(moment) for moment, change in changes if moment > view.moment and change > 0]  # fmt: skip
        interests = [day for moment, day in looked[person] if moment > view.moment]
        ordered = outcomes.first_order_after(person, view.moment)
        scopes = reading.scopes_of(view)
        month, quarter = view.day + timedelta(days=30), view.day + timedelta(days=90)
        readers.append(
            (
                view.day,
                scopes,
                {
                    "prior_subscriber_count": was_subscriber,
                    "subscribed_count": not was_subscriber
                    and any(day <= month for day in joined),
                    "interested_count": any(day <= quarter for day in interests),
                    "prior_buyer_count": outcomes.has_bought_by(person, view.moment),
                    "buyer_count": ordered is not None and ordered <= quarter,
                },
            )
        )
    rows: Rows = {}
    for (kind, start, *scope), found in _grouped(readers).items():
        sums = {name: sum(one[name] for one in found) for name in found[0]}
        age = (outcomes.today - period_of(kind, start)[1]).days
        eligible = len(found) - sums["prior_subscriber_count"]
        prospects = len(found) - sums["prior_buyer_count"]
        rows[kind, start, *scope] = {
            "is_complete": age > 0,
            "is_mature": age > 30,
            "is_purchase_mature": age > 90,
            "reader_count": len(found),
            **sums,
            "eligible_reader_count": eligible,
            "prospect_count": prospects,
            "subscription_rate": ratio(sums["subscribed_count"], eligible)
            if age > 30
            else None,
            "interest_rate": ratio(sums["interested_count"], len(found))
            if age > 90
            else None,
            "purchase_rate": ratio(sums["buyer_count"], prospects)
            if age > 90
            else None,
        }
    return rows


def kpi_subscriber_conversion_monthly(outcomes: Outcomes) -> Rows:
    """Return how many subscribers bought for the first time."""
    prompts = _prompts(outcomes.newsletters)
    subscribers = []
    for member, changes in outcomes.changes.items():
        person = outcomes.people.get(f"subscriber:ghost:{member}", member)
        signup = outcomes.signups.get(member, {})
        source = (signup.get("referrer_source") or "unknown").lower()
        joined = min(moment for moment, change in changes if change > 0)
        scopes = [("total", "all"), ("source", source)]
        article = outcomes.reading.articles.get(signup.get("attribution_id") or "")
        if article is not None and signup.get("attribution_type") in ("post", "page"):
            scopes += article.scopes[1:]
        order = outcomes.first_orders.get(person)
        is_prompted = order is not None and any(
            timedelta(0) <= order.moment - moment <= timedelta(hours=120)
            for moment in prompts[member]
        )
        lists = [(moment, [("newsletter", name)]) for name, moment in outcomes.joined_lists[member].items()]  # fmt: skip
        for moment, own in [(joined, scopes), *lists]:
            day = outcomes.day(moment)
            ordered = outcomes.first_order_after(person, moment)
            has_bought = ordered is not None and ordered <= day + timedelta(days=90)
            row = {
                "prior_buyer_count": outcomes.has_bought_by(person, moment),
                "buyer_count": has_bought,
                "email_buyer_count": has_bought and is_prompted,
            }
            subscribers.append((day, own, row))
    rows: Rows = {}
    for (kind, start, *scope), found in _grouped(subscribers).items():
        sums = {name: sum(one[name] for one in found) for name in found[0]}
        age = (outcomes.today - period_of(kind, start)[1]).days
        eligible = len(found) - sums["prior_buyer_count"]
        rows[kind, start, *scope] = {
            "is_complete": age > 0,
            "is_mature": age > 90,
            "subscriber_count": len(found),
            "eligible_subscriber_count": eligible,
            **sums,
            "conversion_rate": ratio(sums["buyer_count"], eligible)
            if age > 90
            else None,
        }
    return rows


def _prompts(newsletters: Newsletters) -> dict[str, list[datetime]]:
    """Return when a person opened or clicked, by member: machines are too fast."""
    delivered = newsletters.of_copies("email_delivered_event")
    found: dict[str, list[datetime]] = defaultdict(list)
    for copy, moments in newsletters.of_copies("email_opened_event").items():
        is_machine = copy in delivered and min(moments) - min(delivered[copy]) <= timedelta(seconds=3)  # fmt: skip
        if not is_machine:
            found[copy[1]].append(min(moments))
    for copy, moments in newsletters.of_copies("click_event").items():
        slow = [moment for moment in moments if copy not in delivered or moment - min(delivered[copy]) >= timedelta(seconds=1)]  # fmt: skip
        found[copy[1]] += slow[:1] if not slow else [min(slow)]
    return found


def kpi_content_revenue_monthly(outcomes: Outcomes) -> Rows:
    """Return what orders after reading came to."""
    reading = outcomes.reading
    engaged = [view for view in reading.views if view.is_engaged]
    readers = _grouped((view.day, view.article.scopes, view.reader) for view in engaged)
    assisted: Groups = defaultdict(list)
    for buyer, order in outcomes.orders:
        touched = {
            view.article
            for view in engaged
            if view.reader == buyer
            and timedelta(0) <= order.moment - view.moment <= timedelta(days=30)
        }
        credits: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        worth = order.base(order.goods) - order.base(order.discount)
        for article in touched:
            for scope in article.scopes:
                parts = len(article.topics) or 1 if scope[0] == "topic" else 1
                credits[scope] += worth / len(touched) / parts
        for scope, credited in credits.items():
            for kind in CALENDARS:
                key = (kind, period_of(kind, order.day)[0], *scope)
                assisted[key].append((order, worth, credited))
    rows: Rows = {}
    for key in readers.keys() | assisted.keys():
        count = len(set(readers.get(key, [])))
        orders = assisted.get(key, [])
        whole = cents(sum((worth for _, worth, _ in orders), Decimal(0)))
        credited = cents(sum((part for _, _, part in orders), Decimal(0)))
        rows[key] = {
            "is_complete": period_of(key[0], key[1])[1] < outcomes.today,
            "reader_count": count,
            "assisted_order_count": len(orders),
            "unconverted_order_count": sum(
                order.rate is None for order, _, _ in orders
            ),
            "assisted_net_sales_amount_base": whole,
            "credited_net_sales_amount_base": credited,
            "assisted_net_sales_per_thousand_readers": ratio(1000 * whole, count),
            "credited_net_sales_per_thousand_readers": ratio(1000 * credited, count),
        }
    return rows
