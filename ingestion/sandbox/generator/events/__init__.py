"""The shop's event stream, as Segment archives it.

Planted by chance, at rates a real stream has: lines sent twice within a file and again
days later, visits from devices with a wrong clock, visits that arrive days late, bots,
guests, abandoned carts taken up again, partial and second refunds, cancellations.
What must exist in every company stands in `planted_orders` and `planted_lines`; what
readers of the blog do in `reading`.
"""

import random
from datetime import date
from pathlib import Path

import orjson

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, MINUTE, SECOND
from ingestion.sandbox.generator.company import Company, Person
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.events.archive import Archive
from ingestion.sandbox.generator.events.envelope import (
    Visitor,
    browser_context,
    browser_event,
    page_of,
)
from ingestion.sandbox.generator.events.planted_lines import planted_lines
from ingestion.sandbox.generator.events.planted_orders import planted_orders
from ingestion.sandbox.generator.events.reading import Readers
from ingestion.sandbox.generator.events.visits import Shop, Visit, campaign_of

_BOT_SHARE, _KNOWN_SHARE = 0.03, 0.45
_SENT_TWICE, _SENT_AGAIN_LATER = 0.003, 0.001
_SKEWED_VISITS, _LATE_VISITS = 0.004, 0.003


def write(company: Company, folder: Path) -> None:
    """Write the event archive of the company into a folder."""
    _Stream(company, Archive(folder)).run()


class _Stream:
    """Two years of visits, day by day."""

    def __init__(self, company: Company, archive: Archive) -> None:
        self.company = company
        self.archive = archive
        self.rng = company.rng("events")
        self.shop = Shop(company, self.rng)
        self.readers = Readers(company)
        self.users = sorted(company.web_users, key=lambda person: person.created)

    def run(self) -> None:
        """Write everything."""
        for received, event in planted_orders(self.company):
            self.archive.add(received, event)
        planted_lines(self.company, self.archive)
        for events in (*self.readers.planted(), *self.readers.subscribers()):
            self._keep(events, self.readers.rng)
        days = calendar.days()
        weights = [calendar.shop_weight(day) for day in days]
        per_weight, carried = self.company.size.sessions / sum(weights), 0.0
        for day, weight in zip(days, weights, strict=True):
            carried += weight * per_weight
            count, carried = int(carried), carried % 1
            self._day(day, count)
            # Visits of tomorrow's early hours in Tehran still fall into today in UTC.
            self.archive.write_until(calendar.day_start(day, "UTC") // DAY)
        self.archive.write_until(AS_OF // DAY + 1)

    def _day(self, day: date, count: int) -> None:
        known = [person for person in self.users if person.created < calendar.day_start(day)]  # fmt: skip
        for _ in range(count):
            self._visit(day, known, None)
        for events in self.readers.day(calendar.day_start(day), count):
            self._keep(events, self.readers.rng)
        persian = [person for person in known if person.country == "Iran"]
        extra = count * 0.18 * (calendar.nowruz_weight(day) - 1)
        for _ in range(int(extra + self.rng.random()) if extra > 0 else 0):
            self._visit(day, persian, "Iran")

    def _visit(self, day: date, known: list[Person], country: str | None) -> None:
        rng = self.rng
        visitor = self._visitor(day, known, country)
        zone = vocabulary.COUNTRIES[visitor.country][0]
        start = calendar.shop_moments(rng, day, 1, zone)[0]
        if rng.random() < _BOT_SHARE:
            self._keep(self._bot(visitor, start), rng)
            return
        dice = rng.random()
        if dice < _SKEWED_VISITS:
            visitor.clock_skew = rng.randrange(-9, 10) * HOUR + 7 * MINUTE
        elif dice < _SKEWED_VISITS + _LATE_VISITS:
            visitor.delay = int(rng.uniform(1, 6) * DAY)
        entry = draw(rng, vocabulary.REFERRERS)
        self._keep(Visit(self.shop, visitor, start, entry).walk(day), rng)
        self._keep(self.readers.before(visitor, start, entry), self.readers.rng)

    def _visitor(self, day: date, known: list[Person], country: str | None) -> Visitor:
        rng = self.rng
        person = None
        if known and rng.random() < _KNOWN_SHARE:
            # A few come often: the power draws towards the start of the list.
            person = known[int(len(known) * rng.random() ** 1.6)]
        if person is not None:
            country = person.country
        elif country is None:
            shares = [row[3] for row in vocabulary.COUNTRIES.values()]
            country = rng.choices(list(vocabulary.COUNTRIES), shares)[0]
        currencies = vocabulary.COUNTRIES[country][2]
        return Visitor(
            anonymous_id=rng.choice(person.devices)
            if person is not None
            else f"{rng.getrandbits(128):032x}",
            country=country,
            currency=draw(rng, currencies),
            context=browser_context(rng, country, campaign_of(rng, day)),
            person=person,
            is_logged_in=person is not None and rng.random() < 0.7,
        )

    def _bot(self, visitor: Visitor, moment: int) -> list[tuple[int, dict]]:
        """Return page views at the pace of a machine."""
        rng = self.rng
        visitor.person, visitor.is_logged_in = None, False
        visitor.anonymous_id = f"{rng.getrandbits(128):032x}"
        agent = rng.choice(vocabulary.BOT_AGENTS)
        visitor.context = browser_context(rng, visitor.country, None, agent)
        events = []
        for number in range(rng.randrange(3, 20)):
            product = rng.choice(self.company.products)
            page = page_of(f"/p/{product.sku.lower()}", product.name, "")
            when = moment + number * SECOND
            events.append(browser_event(rng, visitor, when, "page", page, properties=page))  # fmt: skip
        return events

    def _keep(self, events: list[tuple[int, dict]], rng: random.Random) -> None:
        """Hand events to the archive, a few of them twice."""
        archive = self.archive
        for received, event in events:
            line = orjson.dumps(event)
            archive.add_line(received, line)
            dice = rng.random()
            if dice < _SENT_TWICE:
                archive.add_line(*_sent_again(event, received + 4 * SECOND))
            elif dice < _SENT_TWICE + _SENT_AGAIN_LATER:
                later = received + int(rng.uniform(1, 5) * DAY)
                archive.replay(*_sent_again(event, later))


def _sent_again(event: dict, received: int) -> tuple[int, bytes]:
    """Return the same message received a second time, as a retry leaves it."""
    again = {**event, "receivedAt": calendar.iso(received)}
    return received, orjson.dumps(again)
