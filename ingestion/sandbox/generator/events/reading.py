"""Visits to the blog and to the letters' site: what readers open and how far they get.

A page view has an id of its own (`page_view_id`), which the heartbeats (`Page Pinged`,
5 s after opening and every 10 s while the tab is visible) and the stretches in which a
section was on the screen (`Section Viewed`) name. Planted by chance: readers who leave
at once, skim, read to the end or switch to another tab for a while; pages that fit the
screen, pages that grow while they load, sections that only the second layout has and
loads last; pages without the script; machines that run it; who reads before he buys,
and who subscribes after reading. Written out by hand: the renamed article under its
former address, the Persian one under an encoded and a plain one, a tab left open for
an hour, a tab that was hidden over lunch.
"""

import random
from bisect import bisect_right
from collections.abc import Iterator
from urllib.parse import quote

from ingestion.sandbox.generator import vocabulary
from ingestion.sandbox.generator.articles import LETTERS, Article, articles
from ingestion.sandbox.generator.calendar import AS_OF, DAY, SECOND, at
from ingestion.sandbox.generator.company import Company, Person
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.events.envelope import (
    SITE,
    Visitor,
    browser_context,
    browser_event,
)
from ingestion.sandbox.generator.ghost.contents import Contents
from ingestion.sandbox.generator.ghost.readers import CAMPAIGNED, drawn_readers
from ingestion.sandbox.generator.wordpress.contents import post_id

Event = tuple[int, dict]

# Visits to the blog for each visit to the shop, and visits to the shop that begin
# there; by number of sales people: small, default, large companies.
_SHARES = ((10, (0.08, 0.06)), (20, (0.06, 0.05)), (10_000, (0.02, 0.02)))
_SUBSCRIBING_SHARE, _BOT_SHARE, _UNMEASURED_SHARE = 0.45, 0.04, 0.04
# left at once, skimmed, read to the end
_STYLES = (("leaves", 3), ("skims", 4), ("reads", 5))
_VIEWPORTS = (740, 900, 1_080, 1_440)
_FIRST_PING, _PING = 5, 10
_RENAMED, _FORMER_PATH = 1, "/blog/bester-tee"
_RENAMED_AT = at("2026-02-02T10:00:00Z")
_LAYOUT_2_AT = at("2025-09-15T06:00:00Z")
_PERSIAN = 13


class Readers:
    """Who reads when; with dice of its own, so that the shop's visits stay as they are."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.rng = company.rng("events/reading")
        self.articles = articles(company)
        self.readable = sorted(
            (one for one in self.articles if one.is_readable_on(AS_OF)),
            key=lambda one: (one.published or 0, one.url),
        )
        self.published = [one.published or 0 for one in self.readable]
        letters = [one for one in self.articles if one.channel == "letter"]
        self.contents = Contents(company, letters)
        self.visit_share, self.entry_share = next(
            shares for most, shares in _SHARES if company.size.reps <= most
        )
        self.carried = 0.0

    def day(self, day_start: int, shop_visits: int) -> Iterator[list[Event]]:
        """Yield the blog's visits of a day on which the shop had so many."""
        rng = self.rng
        self.carried += shop_visits * self.visit_share
        count, self.carried = int(self.carried), self.carried % 1
        for _ in range(count):
            moment = day_start + int(rng.uniform(6, 23) * 3_600) * SECOND
            visitor = self._stranger(draw(rng, (("Germany", 6), ("Iran", 3), ("Austria", 2), ("United Kingdom", 1))))  # fmt: skip
            if rng.random() < _BOT_SHARE:
                agent = rng.choice(vocabulary.BOT_AGENTS)
                visitor.context = browser_context(rng, visitor.country, None, agent)
            entry = draw(rng, vocabulary.REFERRERS)
            yield self._visit(visitor, moment, entry, rng.choice((1, 1, 1, 2, 3)))[0]

    def before(self, visitor: Visitor, start: int, entry: str) -> list[Event]:
        """Return what a visitor of the shop reads before, for some of them."""
        if self.rng.random() >= self.entry_share:
            return []
        article = self._article(start)
        if article is None:
            return []
        view = View(self.rng, visitor, article, start, entry)
        view.moment -= (view.seconds + view.hidden[1] + 3) * SECOND
        return view.events()

    def subscribers(self) -> Iterator[list[Event]]:
        """Yield what members of the letters read before they subscribed, and after."""
        rng = self.rng
        people = {person.email.lower(): person for person in self.company.people}
        for reader in drawn_readers(self.company, self.contents):
            if reader.position <= CAMPAIGNED or rng.random() >= _SUBSCRIBING_SHARE:
                continue
            person = people.get(reader.line["email"])
            visitor = self._stranger("Germany" if person is None else person.country)
            if person is not None and person.devices:
                visitor.anonymous_id = person.devices[0]
            moment, end = reader.created - int(rng.uniform(0.2, 40) * DAY), 0
            # Some read on the site only once they get the letters.
            for _ in range(rng.choice((0, 1, 1, 2, 3))):
                events, end = self._visit(visitor, moment, "", 1)
                yield events
                moment = max(end, moment) + int(rng.uniform(0.2, 15) * DAY)
                if moment >= reader.created:
                    break
            traits = {"email": reader.line["email"]}
            page = {"path": "/", "referrer": "", "search": "", "title": "Briefe", "url": f"{LETTERS}/"}  # fmt: skip
            yield [browser_event(rng, visitor, reader.created + 2 * SECOND, "identify", page, traits=traits)]  # fmt: skip
            if rng.random() < 0.4:
                later = reader.created + int(rng.uniform(1, 60) * DAY)
                if later < AS_OF - DAY:
                    yield self._visit(visitor, later, "", 1)[0]

    def planted(self) -> Iterator[list[Event]]:
        """Yield the views that exist in every company."""
        by_number = {one.number: one for one in self.articles if one.channel == "blog"}
        person = next(one for one in self.company.web_users if one.country == "Germany")
        renamed, persian = by_number[_RENAMED], by_number[_PERSIAN]
        moments = ("2025-06-03T10:00:00Z", "2025-11-04T10:00:00Z", "2026-04-07T10:00:00Z")  # fmt: skip
        for moment in moments:
            yield self._planted_view(person, renamed, moment).events()
        for moment, is_plain in (("2026-05-05T08:00:00Z", False), ("2026-05-06T08:00:00Z", True)):  # fmt: skip
            view = self._planted_view(person, persian, moment)
            view.path = persian.path if is_plain else quote(persian.path) + "/"
            yield view.events()
        left_open = self._planted_view(person, by_number[8], "2026-06-02T08:00:00Z")
        left_open.seconds, left_open.hidden = 3_600, (0, 0)
        yield left_open.events()
        lunch = self._planted_view(person, by_number[9], "2026-06-03T10:00:00Z")
        lunch.hidden = (25, 2_700)
        yield lunch.events()

    def _planted_view(self, person: Person, article: Article, moment: str) -> "View":
        visitor = self._stranger(person.country)
        visitor.anonymous_id = person.devices[0]
        view = View(self.rng, visitor, article, at(moment), "https://www.google.com/")
        view.is_measured, view.depth, view.hidden = True, 1.0, (0, 0)
        view.seconds = int(article.word_count / 200 * 60)
        return view

    def _stranger(self, country: str) -> Visitor:
        rng = self.rng
        return Visitor(
            anonymous_id=f"{rng.getrandbits(128):032x}",
            country=country,
            currency="EUR",
            context=browser_context(rng, country, None),
        )

    def _article(self, moment: int) -> Article | None:
        count = bisect_right(self.published, moment)
        return self.readable[self.rng.randrange(count)] if count else None

    def _visit(
        self, visitor: Visitor, moment: int, entry: str, count: int
    ) -> tuple[list[Event], int]:
        """Return the views of one visit, and when it ended."""
        events: list[Event] = []
        for _ in range(count):
            article = self._article(moment)
            if article is None:
                break
            view = View(self.rng, visitor, article, moment, entry)
            events += view.events()
            moment += (view.seconds + view.hidden[1] + 2) * SECOND
            entry = view.url
        return events, moment


class View:
    """One view of an article.

    Attributes:
        seconds: how long the page is in front of the reader.
        depth: how far down the reader gets, of the page.
        hidden: after how many visible seconds the tab is hidden, and for how long.
    """

    def __init__(
        self,
        rng: random.Random,
        visitor: Visitor,
        article: Article,
        moment: int,
        referrer: str,
    ) -> None:
        self.rng = rng
        self.visitor = visitor
        self.article = article
        self.moment = moment
        self.referrer = referrer
        self.view_id = f"{rng.getrandbits(128):032x}"
        self.is_measured = rng.random() >= _UNMEASURED_SHARE
        self.layout = 2 if moment >= _LAYOUT_2_AT else 1
        self.path = self._path()
        self.viewport = rng.choice(_VIEWPORTS)
        self.height = 600 + int(article.word_count * 2.4)
        self.growth = 400 if rng.random() < 0.2 else 0
        expected = article.word_count / 200 * 60
        style = draw(rng, _STYLES)
        self.seconds, self.depth = {
            "leaves": (rng.randrange(5), 0.0),
            "skims": (5 + int(expected * rng.uniform(0, 0.5)), rng.uniform(0.2, 0.95)),
            "reads": (int(expected * rng.uniform(0.4, 1.4)), rng.uniform(0.85, 1.0)),
        }[style]
        is_away = self.seconds > 30 and rng.random() < 0.15
        self.hidden = (25, rng.randrange(60, 900)) if is_away else (0, 0)

    def _path(self) -> str:
        article, rng = self.article, self.rng
        if article.number == _RENAMED and article.channel == "blog" and self.moment < _RENAMED_AT:  # fmt: skip
            return _FORMER_PATH
        path = quote(article.path)
        slash = "/" if article.channel == "blog" and rng.random() < 0.3 else ""
        return path + slash

    @property
    def url(self) -> str:
        """Where it is."""
        host = SITE if self.article.channel == "blog" else LETTERS
        return host + self.path

    def events(self) -> list[Event]:
        """Return the page, its heartbeats and its sections."""
        page = {
            "path": self.path,
            "referrer": self.referrer,
            "search": "",
            "title": self.article.title,
            "url": self.url,
        }
        properties = {**page, "name": self.article.title}
        if self.is_measured:
            properties |= self._names()
        if self.layout == 2 and self.article.channel == "blog":
            properties["article_id"] = str(post_id(self.article))
        found = [self._event(page, 0, "page", None, properties)]
        if self.is_measured:
            found += self._pings(page)
            found += self._sections(page)
        return found

    def _names(self) -> dict:
        return {"page_view_id": self.view_id, "layout_version": str(self.layout)}

    def _event(
        self, page: dict, second: float, kind: str, name: str | None, properties: dict
    ) -> Event:
        """Return an event after so many visible seconds."""
        after, length = self.hidden
        away = length if length and second > after else 0
        moment = self.moment + int((second + away) * SECOND)
        return browser_event(
            self.rng, self.visitor, moment, kind, page, name, properties
        )

    def _pings(self, page: dict) -> list[Event]:
        found = []
        for second in range(_FIRST_PING, self.seconds + 1, _PING):
            height = self.height + (self.growth if second > _FIRST_PING else 0)
            share = self.depth * min(1.0, (second + _PING) / max(self.seconds, 1))
            offset = max(0, int(share * height) - self.viewport)
            properties = {
                **self._names(),
                "scroll_offset": offset,
                "viewport_height": self.viewport,
                "document_height": height,
            }
            found.append(self._event(page, second, "track", "Page Pinged", properties))
        return found

    def _sections(self, page: dict) -> list[Event]:
        """Return the stretches in which sections were on the screen."""
        rng, words = self.rng, [len(one.text.split()) for one in self.article.sections]
        names = [one.section_id for one in self.article.sections]
        if self.layout == 2:
            # Loads when a reader gets near the end.
            names, words = [*names, "related"], [*words, 12]
        total, found, before, second = sum(words), [], 0, 0.0
        for name, count in zip(names, words, strict=True):
            if second > self.seconds or before / total > self.depth:
                break
            dwell = round(self.seconds * count / total * rng.uniform(0.3, 1.1), 1)
            if rng.random() < 0.1:
                dwell = 0.4
            dwell = min(dwell, round(self.seconds - second, 1))
            if dwell <= 0:
                break
            parts = [dwell]
            if dwell > 20 and rng.random() < 0.15:
                parts = [round(dwell * 0.7, 1), round(dwell * 0.3, 1)]
            for part in parts:
                second += part
                properties = {**self._names(), "section_id": name, "visible_seconds": part}  # fmt: skip
                found.append(self._event(page, second, "track", "Section Viewed", properties))  # fmt: skip
            before += count
        return found
