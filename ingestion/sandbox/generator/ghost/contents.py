"""Posts with their tags, authors, newsletters and tiers.

The language of a post is an internal tag (`#de`), as Ghost advises. Planted: one tag is
on no post; the third newsletter is archived and was never sent.
"""

import random

import orjson

from ingestion.sandbox.generator import staff
from ingestion.sandbox.generator.articles import LETTERS, Article
from ingestion.sandbox.generator.calendar import AS_OF, HOUR, at, day_start
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.ghost.records import object_id, stamp, uuid
from ingestion.sandbox.generator.staff import Employee

_OPENED = at("2024-10-21T08:00:00Z")
_NEWSLETTERS = (
    ("Zafran Briefe", "briefe", "active"),
    ("Angebote", "angebote", "active"),
    ("Alter Verteiler", "alter-verteiler", "archived"),
)


class Contents:
    """Everything that the site has, except its members."""

    def __init__(self, company: Company, letters: list[Article]) -> None:
        rng = company.rng("ghost/contents")
        self.letters = letters
        self.newsletters = [
            _newsletter(rng, index, *row) for index, row in enumerate(_NEWSLETTERS)
        ]
        self.tiers = [_tier(rng, "Free", "free"), _tier(rng, "Supporter", "paid")]
        authors = staff.members(staff.staff(company), "Content")
        users = {one.number: _user(rng, one) for one in authors}
        self.users = list(users.values())
        topics = sorted({topic for letter in letters for topic in letter.topics})
        names = [*topics, "#de", "#en", "#fa", "Unbenutzt"]
        tags = {name: _tag(rng, index, name) for index, name in enumerate(names)}
        self.tags = list(tags.values())
        self.posts = []
        for letter in letters:
            own_tags = [tags[name] for name in (*letter.topics, f"#{letter.language}")]
            author = users[letter.author.number if letter.author else authors[0].number]
            self.posts.append(self._post(rng, letter, own_tags, author))
        for tag in self.tags:
            tag["count"] = {
                "posts": sum(
                    tag["id"] == one["id"]
                    for post in self.posts
                    for one in post["tags"]
                )
            }
        self.pages = [self._about(rng)]

    def published_before(self, moment: int) -> list[dict]:
        """Return the posts that could be read at a moment."""
        text = stamp(moment)
        return [
            post
            for post in self.posts
            if post["status"] == "published" and post["published_at"] <= text
        ]

    def _post(
        self, rng: random.Random, letter: Article, tags: list[dict], author: dict
    ) -> dict:
        html = "".join(
            f'<h2 id="{part.section_id}">{part.heading}</h2><p>{part.text}</p>'
            for part in letter.sections
        )
        plain = "\n\n".join(f"{one.heading}\n{one.text}" for one in letter.sections)
        post = _content(rng, letter.title, letter.slug, html, letter.created)
        post.update(
            status=letter.status,
            plaintext=plain,
            updated_at=stamp(letter.updated),
            published_at=stamp(letter.published) if letter.published else None,
            reading_time=round(letter.word_count / 275),
            excerpt=plain[:300],
            url=letter.url if letter.status == "published" else f"{LETTERS}/404/",
            tags=[_short(one) for one in tags],
            authors=[_short(author)],
            primary_tag=_short(tags[0]),
            primary_author=_short(author),
            email_only=False,
            email_segment="all",
            email=None,
            newsletter=None,
            count={"clicks": 0, "positive_feedback": 0, "negative_feedback": 0},
            tiers=[_short(tier) for tier in self.tiers],
        )
        if letter.published:
            newsletter = self.newsletters[1 if letter.number % 3 == 0 else 0]
            post["newsletter"] = _short(newsletter)
        return post

    def _about(self, rng: random.Random) -> dict:
        page = _content(rng, "Über diese Briefe", "ueber", "<p>Hallo!</p>", _OPENED)
        return {
            **page,
            "status": "published",
            "plaintext": "Hallo!",
            "published_at": stamp(_OPENED),
            "reading_time": 0,
            "excerpt": "Hallo!",
            "url": f"{LETTERS}/ueber/",
            "tags": [],
            "authors": [_short(self.users[0])],
            "primary_tag": None,
            "primary_author": _short(self.users[0]),
            "tiers": [_short(tier) for tier in self.tiers],
        }


def _content(
    rng: random.Random, title: str, slug: str, html: str, created: int
) -> dict:
    content_id = object_id(rng, created)
    return {
        "id": content_id,
        "uuid": uuid(rng),
        "title": title,
        "slug": slug,
        "mobiledoc": None,
        "lexical": orjson.dumps({"root": {"children": [], "type": "root"}}).decode(),
        "html": html,
        "comment_id": content_id,
        "feature_image": None,
        "featured": False,
        "visibility": "public",
        "created_at": stamp(created),
        "updated_at": stamp(created),
        "custom_excerpt": None,
        "canonical_url": None,
    }


def _short(record: dict) -> dict:
    """Return a record as another one nests it."""
    nested = ("id", "name", "slug", "visibility", "status", "type", "email", "url")
    return {name: record[name] for name in nested if name in record}


def _newsletter(
    rng: random.Random, index: int, name: str, slug: str, status: str
) -> dict:
    created = _OPENED + index * HOUR
    return {
        "id": object_id(rng, created),
        "uuid": uuid(rng),
        "name": name,
        "description": None,
        "feedback_enabled": False,
        "slug": slug,
        "sender_name": None,
        "sender_email": None,
        "sender_reply_to": "newsletter",
        "status": status,
        "visibility": "members",
        "subscribe_on_signup": index == 0,
        "sort_order": index,
        "created_at": stamp(created),
        "updated_at": stamp(created),
    }


def _tier(rng: random.Random, name: str, kind: str) -> dict:
    is_paid = kind == "paid"
    return {
        "id": object_id(rng, _OPENED),
        "name": name,
        "description": None,
        "slug": name.lower(),
        "active": True,
        "type": kind,
        "welcome_page_url": None,
        "created_at": stamp(_OPENED),
        "updated_at": stamp(_OPENED),
        "visibility": "public",
        "benefits": [],
        "currency": "EUR" if is_paid else None,
        "monthly_price": 500 if is_paid else None,
        "yearly_price": 5000 if is_paid else None,
        "trial_days": 0,
    }


def _user(rng: random.Random, one: Employee) -> dict:
    joined = max(day_start(one.hired), _OPENED)
    slug = one.email.partition("@")[0].replace(".", "-")
    left = None if one.left is None else day_start(one.left)
    seen = min(left or AS_OF, AS_OF) - 3 * HOUR
    return {
        "id": object_id(rng, joined),
        "name": one.full_name,
        "slug": slug,
        "email": one.email,
        "profile_image": None,
        "bio": None,
        "website": None,
        "location": one.location,
        # Who left can no longer log in; the articles stay.
        "status": "inactive" if left else "active",
        "last_seen": stamp(max(seen, joined)),
        "created_at": stamp(joined),
        "updated_at": stamp(max(seen, joined)),
        "roles": [{"id": object_id(rng, _OPENED), "name": "Editor"}],
        "url": f"{LETTERS}/author/{slug}/",
    }


def _tag(rng: random.Random, index: int, name: str) -> dict:
    is_internal = name.startswith("#")
    slug = f"hash-{name[1:]}" if is_internal else name.lower().replace("ü", "u")
    return {
        "id": object_id(rng, _OPENED + index * 1000),
        "name": name,
        "slug": slug,
        "description": None,
        "feature_image": None,
        "visibility": "internal" if is_internal else "public",
        "created_at": stamp(_OPENED),
        "updated_at": stamp(_OPENED),
        "url": f"{LETTERS}/404/" if is_internal else f"{LETTERS}/tag/{slug}/",
    }
