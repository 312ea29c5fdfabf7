"""What people read: articles from the content systems' files, views from the archive."""

import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import orjson

from tests.oracle.shop import event_time
from tests.oracle.shop_sessions import MACHINE, Session, Visits, buyer_of

WORDS_PER_MINUTE, MOST_SECONDS, LEAST_SECONDS = 200, 1800, 5


def address(url: str) -> str:
    """Return host and path of a URL, alike for every spelling."""
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www.") + unquote(parts.path).rstrip("/")


@dataclass(frozen=True)
class Article:
    """A post or page of a content system."""

    vendor: str
    number: str
    author: str
    language: str
    topics: tuple[str, ...]
    words: int

    @property
    def key(self) -> str:
        """The warehouse's key."""
        return hashlib.md5(f"{self.vendor}-{self.number}".encode()).hexdigest()

    @property
    def scopes(self) -> list[tuple[str, str]]:
        """The scopes that it counts under."""
        topics = [("topic", topic) for topic in self.topics or ("unknown",)]
        return [
            ("total", "all"),
            ("article", self.key),
            ("author", self.author),
            ("language", self.language),
            *topics,
        ]


@dataclass
class View:
    """One view of an article by a person."""

    moment: datetime
    day: date
    article: Article
    reader: str
    layout: str
    device: str
    session: Session | None
    is_measured: bool
    pings: list[tuple[datetime, dict]] = field(default_factory=list)
    stretches: list[tuple[datetime, dict]] = field(default_factory=list)

    @property
    def seconds(self) -> int:
        """Engaged time."""
        slots = {
            (at.replace(second=0, microsecond=0), at.second // 10)
            for at, _ in self.pings
        }
        return min(10 * (len(slots) - 1) + 5, MOST_SECONDS) if slots else 0

    @property
    def is_engaged(self) -> bool:
        """Whether somebody read."""
        return self.seconds >= LEAST_SECONDS

    @property
    def is_short(self) -> bool:
        """Whether the page fits the screen."""
        if not self.pings:
            return False
        page = max(ping["document_height"] for _, ping in self.pings)
        return page <= max(ping["viewport_height"] for _, ping in self.pings)

    @property
    def depth(self) -> float | None:
        """The lowest point seen, of the page at its longest."""
        if not self.pings:
            return None
        lowest = max(
            ping["scroll_offset"] + ping["viewport_height"] for _, ping in self.pings
        )
        return min(lowest / max(ping["document_height"] for _, ping in self.pings), 1.0)

    @property
    def is_read_through(self) -> bool:
        """Whether it was read to the end."""
        expected = self.article.words * 60 / WORDS_PER_MINUTE
        return (self.depth or 0) >= 0.9 and self.seconds >= expected * 0.5

    @property
    def sections(self) -> dict[str, float]:
        """Seconds by section that was reached, the one that was left last at the end."""
        found: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
        for moment, stretch in self.stretches:
            found[stretch["section_id"]].append((moment, stretch["visible_seconds"]))
        reached = {
            name: parts
            for name, parts in found.items()
            if max(length for _, length in parts) >= 1
        }
        order = sorted(reached, key=lambda name: (max(reached[name])[0], name))
        return {name: min(round(sum(length for _, length in reached[name]), 3), MOST_SECONDS) for name in order}  # fmt: skip


class Reading:
    """Every view of an article, and who was behind it."""

    def __init__(
        self, folder: Path, visits: Visits, customer_of: Callable[[str, str], str]
    ) -> None:
        self.folder = folder
        self.visits = visits
        self.shop = visits.shop
        self.clock = visits.shop.clock
        self.customer_of = customer_of

    def _lines(self, name: str) -> Iterator[dict]:
        path = self.folder / f"{name}.jsonl"
        if path.is_file():
            yield from map(orjson.loads, path.read_bytes().splitlines())

    def _of_wordpress(self) -> Iterator[tuple[Article, str, str]]:
        users = {user["id"]: user["slug"] for user in self._lines("wordpress/users")}
        terms = {
            kind: {
                term["id"]: html.unescape(term["name"])
                for term in self._lines(f"wordpress/{kind}")
            }
            for kind in ("categories", "tags")
        }
        for name in ("posts", "pages"):
            for post in self._lines(f"wordpress/{name}"):
                topics = [terms[kind][one] for kind in terms for one in post.get(kind, [])]  # fmt: skip
                yield (
                    Article(
                        "wordpress",
                        str(post["id"]),
                        users.get(post["author"], "unknown"),
                        post.get("lang") or "unknown",
                        tuple(dict.fromkeys(topics)),
                        _words(post["content"]["rendered"]),
                    ),
                    post["link"],
                    post["status"],
                )

    def _of_ghost(self) -> Iterator[tuple[Article, str, str]]:
        users = {user["id"]: user["slug"] for user in self._lines("ghost/users")}
        for name in ("posts", "pages"):
            for post in self._lines(f"ghost/{name}"):
                hidden = [tag["name"] for tag in post["tags"] if tag["name"].startswith("#")]  # fmt: skip
                topics = [tag["name"] for tag in post["tags"] if tag["name"] not in hidden]  # fmt: skip
                author = (post.get("primary_author") or {}).get("id")
                yield (
                    Article(
                        "ghost",
                        post["id"],
                        users.get(author, "unknown"),
                        hidden[0][1:] if hidden else "unknown",
                        tuple(dict.fromkeys(topics)),
                        _words(post["html"]),
                    ),
                    post["url"],
                    post["status"],
                )

    @cached_property
    def articles(self) -> dict[str, Article]:
        """Every article by its system's id."""
        found = [*self._of_wordpress(), *self._of_ghost()]
        return {article.number: article for article, _, _ in found}

    @cached_property
    def by_address(self) -> dict[str, Article]:
        """Where each article is, and where those were that page views name."""
        found: dict[str, Article] = {}
        for moment, event in sorted(self._pages(), key=lambda page: page[0]):
            del moment
            number = event["properties"].get("article_id")
            if number in self.articles:
                found[address(event["context"]["page"]["url"])] = self.articles[number]
        for article, url, status in (*self._of_wordpress(), *self._of_ghost()):
            if status in ("publish", "published", "sent", "trash", "private") and "?" not in url:  # fmt: skip
                found[address(url)] = article
        return found

    def _pages(self) -> Iterator[tuple[datetime, dict]]:
        for event in self.shop.events:
            if event["type"] == "page" and event_time(event) <= self.clock.as_of:
                yield event_time(event), event

    @cached_property
    def views(self) -> list[View]:
        """Views by people in the order of time."""
        sessions = {
            event["messageId"]: session
            for session in self.visits.sessions
            for _, event in session.events
        }
        found: dict[str, View] = {}
        for moment, event in sorted(self._pages(), key=lambda page: page[0]):
            context, said = event["context"], event["properties"]
            article = self.articles.get(said.get("article_id")) or self.by_address.get(
                address(context["page"]["url"])
            )
            if article is None or MACHINE.search(context["userAgent"].lower()):
                continue
            view = View(
                moment=moment,
                day=self.clock.day(moment),
                article=article,
                reader=buyer_of(event, self.customer_of),
                layout=said.get("layout_version") or "unknown",
                device="mobile"
                if "Mobile" in context["userAgent"]
                else "tablet"
                if "iPad" in context["userAgent"]
                else "desktop",
                session=sessions.get(event["messageId"]),
                is_measured="page_view_id" in said,
            )
            found.setdefault(said.get("page_view_id") or event["messageId"], view)
        for event in self.shop.events:
            said = event.get("properties") or {}
            view = found.get(said.get("page_view_id") or "")
            if view is None or event_time(event) > self.clock.as_of:
                continue
            if event.get("event") == "Page Pinged":
                view.pings.append((event_time(event), said))
            if event.get("event") == "Section Viewed":
                view.stretches.append((event_time(event), said))
        return list(found.values())

    def scopes_of(self, view: View) -> list[tuple[str, str]]:
        """Return the scopes that a view counts under, its reader's age left out."""
        session = view.session
        return [
            *view.article.scopes,
            ("source", session.source[0] if session else "unknown"),
            ("channel", session.channel if session else "unknown"),
            ("device", view.device),
        ]


def _words(text: str | None) -> int:
    """Return how many words a rendered text has."""
    plain = html.unescape(re.sub("<[^>]*>", " ", text or ""))
    return sum(any(letter.isalnum() for letter in word) for word in plain.split())
