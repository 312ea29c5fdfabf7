"""Comments: readers whom the CRM or the shop knows, strangers, replies, spam.

Planted: comment 1 is a reader's, comment 2 the author's reply to it; comment 3 is a
pingback without an e-mail address; comment 4 was approved and then thrown away.
"""

import random

from ingestion.sandbox.generator import vocabulary
from ingestion.sandbox.generator.articles import Article
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR
from ingestion.sandbox.generator.company import Company, Person
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.wordpress.clock import both
from ingestion.sandbox.generator.wordpress.contents import post_id
from ingestion.sandbox.generator.wordpress.people import user_ids

_STATUSES = (("approved", 70), ("hold", 8), ("spam", 18), ("trash", 4))
_TEXTS = ("Danke!", "Very helpful.", "عالی بود", "Wo gibt es den Tee?", "Nice read.")
_SPAM = "Cheap watches at https://spam.example"


def comment_lines(company: Company, posts: list[Article]) -> list[dict]:
    """Return the comments by id."""
    rng = company.rng("wordpress/comments")
    open_posts = [one for one in posts if one.is_readable_on(AS_OF - DAY)]
    first = open_posts[0]
    users = user_ids(company)
    reader = company.people[0]
    planted = [
        _comment(1, first, _by(reader), "approved", _after(first, 2 * HOUR)),
        _comment(2, first, _by(reader), "approved", _after(first, 5 * HOUR), parent=1),
        _comment(3, first, ("Kaffeeblog", ""), "approved", _after(first, DAY)),
        _comment(4, first, _by(company.people[1]), "trash", _after(first, 2 * DAY)),
    ]
    if first.author is not None:
        planted[1].update(
            author=users[first.author.number],
            author_name=first.author.full_name,
            author_email=first.author.email,
        )
    planted[2].update(type="pingback", author_url="https://www.kaffeeblog.example/")
    count = len(open_posts) * 4
    drawn = [
        _drawn(rng, company, 5 + index, rng.choice(open_posts))
        for index in range(count)
    ]
    return planted + drawn


def _drawn(
    rng: random.Random, company: Company, comment_id: int, post: Article
) -> dict:
    assert post.published is not None
    moment = _after(post, int(rng.expovariate(1 / 20) * DAY) + HOUR)
    status = draw(rng, _STATUSES)
    known = [one for one in rng.sample(company.people, 6) if one.created < moment]
    if status == "spam" or not known:
        number = rng.randrange(10_000)
        by = (f"visitor{number}", f"visitor{number}@mail.example")
    else:
        by = _by(known[0])
    text = _SPAM if status == "spam" else rng.choice(_TEXTS)
    return _comment(comment_id, post, by, status, moment, text=text)


def _by(person: Person) -> tuple[str, str]:
    return f"{person.first_name} {person.last_name}", person.email


def _after(post: Article, distance: int) -> int:
    assert post.published is not None
    return min(post.published + distance, AS_OF - HOUR)


def _comment(
    comment_id: int,
    post: Article,
    by: tuple[str, str],
    status: str,
    moment: int,
    *,
    parent: int = 0,
    text: str = _TEXTS[0],
) -> dict:
    name, email = by
    return {
        "id": comment_id,
        "post": post_id(post),
        "parent": parent,
        "author": 0,
        "author_name": name,
        "author_email": email,
        "author_url": "",
        "author_ip": "203.0.113.7",
        "author_user_agent": vocabulary.USER_AGENTS[0],
        **both("date", moment),
        "content": {"rendered": f"<p>{text}</p>\n", "raw": text},
        "link": f"{post.url}#comment-{comment_id}",
        "status": status,
        "type": "comment",
        "author_avatar_urls": {},
        "meta": [],
    }
