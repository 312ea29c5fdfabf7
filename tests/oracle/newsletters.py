"""K56 and K57: newsletters and their subscribers, as Ghost's files tell them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import product
from pathlib import Path

import orjson

from tests.oracle.comparison import Rows
from tests.oracle.periods import ONE_DAY, Clock, period_of, ratio

GOING = ("unsubscribed", "suppressed", "deleted")


class Newsletters:
    """Who gets which newsletter, and what became of each copy."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder / "ghost"
        self.clock = clock

    def _lines(self, name: str) -> Iterator[dict]:
        with (self.folder / f"{name}.jsonl").open("rb") as file:
            yield from map(orjson.loads, file)

    @cached_property
    def events(self) -> list[tuple[str, datetime, dict]]:
        """Every event in time, of later newsletters last."""
        found = [
            (
                line["type"],
                datetime.fromisoformat(line["data"]["created_at"]),
                line["data"],
            )
            for line in self._lines("member_events")
        ]
        return sorted(found, key=lambda event: (event[1], event[2]["id"]))

    @cached_property
    def sends(self) -> dict[str, dict]:
        """The e-mails with the clicks that their posts count."""
        return {
            post["email"]["id"]: {**post["email"], "clicks": post["count"]["clicks"]}
            for post in self._lines("posts")
            if post.get("email")
        }

    def of_copies(self, kind: str) -> dict[tuple[str, str], list[datetime]]:
        """Return the instants of a kind of event by send and member."""
        posts = {send["post_id"]: name for name, send in self.sends.items()}
        found: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for name, moment, data in self.events:
            if name == kind:
                send = data["email"]["id"] if "email" in data else posts[data["post"]["id"]]  # fmt: skip
                found[send, data["member"]["id"]].append(moment)
        return found

    @cached_property
    def subscribed_count(self) -> int:
        """How many members Ghost itself says are subscribed."""
        return sum(member["subscribed"] for member in self._lines("members"))

    @cached_property
    def changes(self) -> list[tuple[str, str, date]]:
        """Who came and went: the kind, the signup's source and the day."""
        sources = {}
        for name, _, data in self.events:
            if name == "signup_event":
                source = data["referrer_source"] or "unknown"
                sources.setdefault(data["member_id"], source.lower())
        holdings: dict[str, set[str]] = defaultdict(set)
        known: set[str] = set()
        found = []
        for name, moment, data in self.events:
            if name != "newsletter_event":
                continue
            member, held = data["member_id"], holdings[data["member_id"]]
            had_any = bool(held)
            (held.add if data["subscribed"] else held.discard)(data["newsletter_id"])
            if bool(held) == had_any:
                continue
            kind = "unsubscribed" if had_any else "reactivated" if member in known else "new"  # fmt: skip
            known.add(member)
            found.append((kind, sources.get(member, "unknown"), self.clock.day(moment)))
        for member in self._lines("members"):
            suppression = member["email_suppression"]
            if holdings[member["id"]] and suppression["suppressed"]:
                moment = datetime.fromisoformat(suppression["info"]["timestamp"])
                source = sources.get(member["id"], "unknown")
                found.append(("suppressed", source, self.clock.day(moment)))
        return found


def kpi_newsletter_sends(newsletters: Newsletters) -> Rows:
    """Return what became of each send, each recipient once."""
    delivered = newsletters.of_copies("email_delivered_event")
    failed = newsletters.of_copies("email_failed_event")
    opened = newsletters.of_copies("email_opened_event")
    complained = newsletters.of_copies("email_complaint_event")
    clicked = newsletters.of_copies("click_event")
    copies = set(newsletters.of_copies("email_sent_event")) | set(delivered) | set(failed)  # fmt: skip
    left = _departures(newsletters, copies)
    rows: Rows = {}
    for send_id, send in newsletters.sends.items():
        mine = {copy for copy in copies if copy[0] == send_id}
        arrived = {copy for copy in mine if copy in delivered}
        opens = {copy for copy in mine if copy in opened}
        machines = {
            copy
            for copy in opens & arrived
            if min(opened[copy]) - min(delivered[copy]) <= timedelta(seconds=3)
        }
        clicks = {
            copy
            for copy in mine
            if any(
                copy not in delivered
                or moment - min(delivered[copy]) >= timedelta(seconds=1)
                for moment in clicked.get(copy, [])
            )
        }
        day = newsletters.clock.day(datetime.fromisoformat(send["submitted_at"]))
        is_tracked = send["track_opens"]
        rows[("ghost", send_id)] = {
            "subject": send["subject"],
            "send_date": day,
            "is_provisional": (newsletters.clock.today - day).days < 7,
            "sent_count": len(mine),
            "rejected_count": sum(copy in failed for copy in mine),
            "delivered_count": len(arrived),
            "opened_count": len(opens) if is_tracked else None,
            "machine_opened_count": len(machines) if is_tracked else None,
            "reliable_opened_count": len(opens - machines) if is_tracked else None,
            "clicked_count": len(clicks) if send["track_clicks"] else None,
            "complained_count": sum(copy in complained for copy in mine),
            "unsubscribed_count": len(left & mine),
            "vendor_delivered_count": send["delivered_count"],
            "open_rate": ratio(len(opens), len(arrived)) if is_tracked else None,
            "click_to_open_rate": ratio(len(clicks), len(opens))
            if is_tracked and send["track_clicks"]
            else None,
            "unsubscribe_rate": ratio(len(left & mine), len(arrived)),
        }
    return rows


def _departures(newsletters: Newsletters, copies: set) -> set[tuple[str, str]]:
    """Return the copies over which somebody left their newsletter within a week."""
    found = set()
    for name, moment, data in newsletters.events:
        if name != "newsletter_event" or data["subscribed"]:
            continue
        before = [
            (datetime.fromisoformat(send["submitted_at"]), send_id)
            for send_id, send in newsletters.sends.items()
            if send["newsletter_id"] == data["newsletter_id"]
            and (send_id, data["member_id"]) in copies
            and timedelta(0)
            <= moment - datetime.fromisoformat(send["submitted_at"])
            <= timedelta(days=7)
        ]
        if before:
            found.add((max(before)[1], data["member_id"]))
    return found


def kpi_subscribers_monthly(newsletters: Newsletters) -> Rows:
    """Return who came and went in each month, and how many there are."""
    today = newsletters.clock.today
    scopes: dict[tuple[str, str], list[tuple[str, date]]] = defaultdict(list)
    for kind, source, day in newsletters.changes:
        for scope in (("total", "all"), ("source", source)):
            scopes[scope].append((kind, day))
    rows: Rows = {}
    for (scope, changes), kind in product(scopes.items(), ("month", "jalali_month")):
        start, end = period_of(kind, min(day for _, day in changes))
        count = 0
        while start <= today:
            names = [name for name, day in changes if start <= day <= end]
            net = sum(-1 if name in GOING else 1 for name in names)
            rows[kind, start, *scope] = {
                "is_complete": end < today,
                "opening_count": count,
                "new_count": names.count("new"),
                "reactivated_count": names.count("reactivated"),
                "unsubscribed_count": names.count("unsubscribed"),
                "suppressed_count": names.count("suppressed"),
                "deleted_count": 0,
                "net_subscribers": net,
                "closing_count": count + net,
            }
            count += net
            start, end = period_of(kind, end + ONE_DAY)
    return rows
