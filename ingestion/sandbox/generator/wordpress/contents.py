"""Posts, pages, categories and tags of the blog."""

from html import escape
from urllib.parse import quote

from ingestion.sandbox.generator.articles import BLOG, Article
from ingestion.sandbox.generator.calendar import DAY, at
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.wordpress.clock import both
from ingestion.sandbox.generator.wordpress.people import (
    ADMINISTRATOR,
    DELETED_AUTHOR,
    user_ids,
)

_STATUSES = {"published": "publish", "scheduled": "future", "trashed": "trash"}
_PAGES = (
    (11, "ueber-uns", "Über uns", "publish"),
    (12, "impressum", "Impressum", "publish"),
    (13, "datenschutz", "Datenschutz", "draft"),
)


def post_id(article: Article) -> int:
    """Return the post of an article; ids have gaps, as revisions take some."""
    return 100 + 3 * article.number


def term_ids(posts: list[Article], taxonomy: str) -> dict[str, int]:
    """Return the terms by name: an article's first topic is its category."""
    is_category = taxonomy == "category"
    names = {
        topic
        for article in posts
        for topic in (article.topics[:1] if is_category else article.topics[1:])
    }
    # Term 1 is the category that every blog begins with.
    first = 2 if is_category else 40
    return {name: first + index for index, name in enumerate(sorted(names))}


def term_lines(posts: list[Article], taxonomy: str) -> list[dict]:
    """Return the categories or tags; counts are those of published posts."""
    is_category = taxonomy == "category"
    ids = term_ids(posts, taxonomy)
    lines = [_term(1, "Allgemein", taxonomy, 0)] if is_category else []
    for name, term_id in ids.items():
        count = sum(
            article.status == "published"
            and name in (article.topics[:1] if is_category else article.topics[1:])
            for article in posts
        )
        lines.append(_term(term_id, name, taxonomy, count))
    return lines


def _term(term_id: int, name: str, taxonomy: str, count: int) -> dict:
    slug = quote(name.lower(), safe="").lower()
    folder = "category" if taxonomy == "category" else "tag"
    return {
        "id": term_id,
        "count": count,
        "description": "",
        "link": f"{BLOG}/{folder}/{slug}/",
        "name": name,
        "slug": slug,
        "taxonomy": taxonomy,
        **({"parent": 0} if taxonomy == "category" else {}),
        "meta": [],
    }


def post_lines(company: Company, posts: list[Article]) -> list[dict]:
    """Return the posts by id."""
    users = user_ids(company)
    categories = term_ids(posts, "category")
    tags = term_ids(posts, "post_tag")
    return [
        {
            **_content(
                post_id(article),
                article.slug,
                article.title,
                _html(article),
                _STATUSES.get(article.status, article.status),
                (article.created, article.updated, article.published),
            ),
            "type": "post",
            "author": users[article.author.number]
            if article.author
            else DELETED_AUTHOR,
            "sticky": article.number == 1,
            "format": "standard",
            # An empty meta is a list, a filled one an object: PHP's arrays.
            "meta": {"footnotes": ""} if article.number % 7 == 0 else [],
            "categories": [categories[name] for name in article.topics[:1]],
            "tags": [tags[name] for name in article.topics[1:]],
            "lang": article.language,
        }
        for article in posts
    ]


def page_lines(company: Company) -> list[dict]:
    """Return the pages by id."""
    moment = at("2024-11-04T09:00:00Z")
    return [
        {
            **_content(
                page_id,
                slug,
                title,
                f"<!-- wp:paragraph -->\n<p>{title}.</p>\n<!-- /wp:paragraph -->",
                status,
                (moment, moment + page_id * DAY, moment),
            ),
            "type": "page",
            "author": ADMINISTRATOR,
            "parent": 0,
            "menu_order": page_id - 10,
            "meta": [],
            "lang": "de",
        }
        for page_id, slug, title, status in _PAGES
    ]


def _content(
    post_id: int,
    slug: str,
    title: str,
    raw: str,
    status: str,
    moments: tuple[int, int, int | None],
) -> dict:
    """Return what posts and pages have in common, as `context=edit` shows it."""
    created, updated, published = moments
    encoded = quote(slug, safe="").lower()
    is_hidden = status in ("draft", "pending", "future")
    link = f"{BLOG}/?p={post_id}" if is_hidden else f"{BLOG}/{encoded}/"
    if status == "trash":
        encoded += "__trashed"
        link = f"{BLOG}/?p={post_id}"
    # A draft's date is a placeholder: when it was begun.
    rendered = "\n".join(line for line in raw.split("\n") if "<!--" not in line)
    return {
        "id": post_id,
        **both("date", published or created),
        "guid": {"rendered": f"{BLOG}/?p={post_id}", "raw": f"{BLOG}/?p={post_id}"},
        **both("modified", updated),
        "slug": encoded,
        "status": status,
        "link": link,
        "title": {"raw": title, "rendered": escape(title, quote=False)},
        "content": {
            "raw": raw,
            "rendered": rendered,
            "protected": False,
            "block_version": 1,
        },
        "excerpt": {"raw": "", "rendered": "<p>…</p>\n", "protected": False},
        "featured_media": 0,
        "comment_status": "open",
        "ping_status": "open",
        "template": "",
        "password": "",
        "permalink_template": f"{BLOG}/%postname%/",
        "generated_slug": encoded,
    }


def _html(article: Article) -> str:
    """Return the text as the block editor stores it, every heading with its id."""
    return "\n".join(
        "<!-- wp:heading -->\n"
        f'<h2 id="{part.section_id}">{part.heading}</h2>\n'
        "<!-- /wp:heading -->\n"
        f"<!-- wp:paragraph -->\n<p>{part.text}</p>\n<!-- /wp:paragraph -->"
        for part in article.sections
    )
