"""What the company publishes: the articles of its blog and of its newsletter.

WordPress and Ghost take theirs from here, and so do page views: `path` is where an
article is read, `sections` are the ids of its headings, `word_count` says how long
reading takes.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar, staff
from ingestion.sandbox.generator.article_words import LANGUAGES, Language
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, MINUTE
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.staff import Employee

BLOG = "https://shop.zafran.example/blog"
LETTERS = "https://letters.zafran.example"
# Articles by number of sales people: small, default, large companies.
_BLOG_POSTS = ((10, 30), (20, 80), (10_000, 240))
_LETTERS = ((10, 10), (20, 25), (10_000, 50))
_LANGUAGE_WEIGHTS = (("de", 5), ("en", 3), ("fa", 2))


@dataclass(frozen=True)
class Section:
    """A part of an article under one heading."""

    section_id: str
    heading: str
    text: str


@dataclass(frozen=True)
class Article:
    """One article as it is now; instants are unix milliseconds.

    Attributes:
        channel: blog (WordPress) or letter (Ghost).
        author: who wrote it; None where the author's account was deleted.
        category: the first of the topics, which are English for every language.
        status: published, scheduled, draft, pending, private or trashed.
        published: when it went or is to go live; None for drafts.
    """

    number: int
    channel: str
    slug: str
    title: str
    language: str
    author: Employee | None
    topics: tuple[str, ...]
    sections: tuple[Section, ...]
    status: str
    created: int
    updated: int
    published: int | None

    @property
    def path(self) -> str:
        """Where it is read: `/blog/<slug>` on the shop's host, `/<slug>/` of letters."""
        return f"/blog/{self.slug}" if self.channel == "blog" else f"/{self.slug}/"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{BLOG if self.channel == 'blog' else LETTERS}/{self.slug}/"

    @property
    def word_count(self) -> int:
        """Words of its text, headings included."""
        return sum(
            len(part.split())
            for section in self.sections
            for part in (section.heading, section.text)
        )

    def is_readable_on(self, moment: int) -> bool:
        """Return whether visitors could open it at a moment."""
        is_live = self.status in ("published", "trashed")
        return is_live and self.published is not None and self.published <= moment


def articles(company: Company) -> list[Article]:
    """Return all articles, those of the blog first, each kind by number.

    Planted in the blog, by number: 1 was renamed after it had readers (`bester-tee`
    became another slug); 2 is in the trash; 3 was in the trash and came back; 4 is
    scheduled for two days after the last day; 5 is a draft, 6 private, 7 pending; 8
    and 9 were modified at 02:30 local time of the night in which the clocks went back,
    an hour apart; 10 was modified half an hour after the spring night's jump; 11 is
    by a colleague who left since (the first support agent after the head); 12 is by an
    author whose account was deleted; 13 has a Persian slug. The last letter is
    scheduled, the one before it a draft, the one before that went out two hours before the
    end.
    """
    rng = company.rng("articles")
    writers = staff.members(staff.staff(company), "Content")
    blog = [
        _article(rng, "blog", number, moment, writers)
        for number, moment in enumerate(_moments(rng, _count(company, _BLOG_POSTS)), 1)
    ]
    letters = [
        _article(rng, "letter", number, moment, writers)
        for number, moment in enumerate(_moments(rng, _count(company, _LETTERS)), 1)
    ]
    return _planted(company, blog) + _planted_letters(letters)


def _count(company: Company, sizes: tuple[tuple[int, int], ...]) -> int:
    return next(count for most, count in sizes if company.size.reps <= most)


def _moments(rng: random.Random, count: int) -> list[int]:
    """Return working moments, spread evenly over the history."""
    first, last = calendar.FIRST_DAY, calendar.LAST_DAY - timedelta(days=4)
    step = (last - first).days / count
    return [
        calendar.office_moment(
            rng, first + timedelta(days=int(index * step + rng.random() * step * 0.8))
        )
        // calendar.SECOND
        * calendar.SECOND
        for index in range(count)
    ]


def _article(
    rng: random.Random, channel: str, number: int, moment: int, writers: list[Employee]
) -> Article:
    language = LANGUAGES[draw(rng, _LANGUAGE_WEIGHTS)]
    day = calendar.local_day(moment)
    author = rng.choice([one for one in writers if one.works_on(day)] or writers[:1])
    subject, slug = rng.choice(language.subjects)
    topics = tuple(rng.sample(language.topics, rng.choice((1, 2, 2, 3))))
    created = moment - int(rng.uniform(1, 9) * DAY) // MINUTE * MINUTE
    edited = rng.choice((0, 0, 0, 2 * HOUR, 3 * DAY, 40 * DAY, 200 * DAY))
    return Article(
        number=number,
        channel=channel,
        slug=f"{slug}-{number}" if channel == "blog" else f"letter-{number}-{slug}",
        title=f"{subject} ({number})",
        language=language.code,
        author=author,
        topics=topics,
        sections=_sections(rng, language),
        status="published",
        created=created,
        updated=min(moment + edited, AS_OF - DAY),
        published=moment,
    )


def _sections(rng: random.Random, language: Language) -> tuple[Section, ...]:
    headings = rng.sample(language.headings, rng.choice((2, 3, 4)))
    words = language.words.split()
    return tuple(
        Section(
            section_id=f"section-{position}",
            heading=heading,
            text=" ".join(rng.choices(words, k=rng.randrange(60, 260))) + ".",
        )
        for position, heading in enumerate(headings, 1)
    )


def _planted(company: Company, blog: list[Article]) -> list[Article]:
    everybody = staff.staff(company)
    left = staff.members(everybody, "Customer Support")[1]
    live = calendar.day_start(date(2025, 2, 3)) + 9 * HOUR
    persian = LANGUAGES["fa"]
    changes: dict[int, dict] = {
        1: {"slug": "der-beste-tee", "updated": calendar.at("2026-02-02T10:00:00Z")},
        2: {"status": "trashed", "updated": calendar.at("2026-08-11T13:05:00Z")},
        3: {"updated": calendar.at("2026-08-12T07:45:00Z")},
        4: {
            "status": "scheduled",
            "created": AS_OF - 3 * DAY,
            "updated": AS_OF - 2 * DAY,
            "published": AS_OF + 2 * DAY,
        },
        5: {"status": "draft", "published": None},
        6: {"status": "private"},
        7: {"status": "pending", "published": None},
        8: {"updated": calendar.at("2026-10-25T00:30:00Z")},
        9: {"updated": calendar.at("2026-10-25T01:30:00Z")},
        10: {"updated": calendar.at("2026-03-29T01:30:00Z")},
        11: {
            "author": left,
            "created": live - DAY,
            "updated": live + 3 * DAY,
            "published": live,
        },
        12: {"author": None},
        13: {
            "slug": "راهنمای-زعفران",
            "title": persian.subjects[0][0],
            "language": persian.code,
            "topics": persian.topics[2:3],
            "sections": _sections(company.rng("articles/planted"), persian),
        },
    }
    return [replace(one, **changes.get(one.number, {})) for one in blog]


def _planted_letters(letters: list[Article]) -> list[Article]:
    scheduled = {"status": "scheduled", "published": AS_OF + 20 * HOUR}
    recent = {"created": AS_OF - 4 * DAY, "updated": AS_OF - DAY}
    draft = {"status": "draft", "published": None}
    newest = {"published": AS_OF - 2 * HOUR, "updated": AS_OF - 2 * HOUR}
    return [
        *letters[:-3],
        replace(letters[-3], **newest),
        replace(letters[-2], **draft, **recent),
        replace(letters[-1], **scheduled, **recent),
    ]
