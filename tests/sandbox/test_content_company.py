"""The generated blog and newsletter: coherent, repeatable, every planted truth in it."""

import hashlib
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import orjson
import pytest

from ingestion.sandbox.generator import ghost, staff, wordpress
from ingestion.sandbox.generator.articles import articles
from ingestion.sandbox.generator.company import SIZES, Company
from ingestion.sandbox.generator.founding import found_company

AS_OF = "2026-11-18T20:00:00"


@pytest.fixture(scope="module")
def company() -> Company:
    """Return the company of size small."""
    return found_company(7, SIZES["small"])


@pytest.fixture(scope="module")
def folder(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with both parts."""
    folder = tmp_path_factory.mktemp("content")
    wordpress.write(company, folder / "wordpress")
    ghost.write(company, folder / "ghost")
    return folder


@pytest.fixture(scope="module")
def blog(folder: Path) -> dict[str, list[dict]]:
    """Return WordPress's files by name."""
    return read(folder / "wordpress")


@pytest.fixture(scope="module")
def letters(folder: Path) -> dict[str, list[dict]]:
    """Return Ghost's files by name."""
    return read(folder / "ghost")


@pytest.fixture(scope="module")
def events(letters: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """Return the data of the member events by type."""
    found: dict[str, list[dict]] = {}
    for event in letters["member_events"]:
        found.setdefault(event["type"], []).append(event["data"])
    return found


def read(folder: Path) -> dict[str, list[dict]]:
    """Return a folder's files by name."""
    return {
        path.stem: [orjson.loads(line) for line in path.read_bytes().splitlines()]
        for path in folder.glob("*.jsonl")
    }


def test_the_same_company_gives_the_same_bytes(folder, tmp_path):
    """Else a rerun changes numbers that nobody changed."""
    again = found_company(7, SIZES["small"])
    wordpress.write(again, tmp_path / "wordpress")
    ghost.write(again, tmp_path / "ghost")
    for path in sorted(folder.rglob("*.jsonl")):
        other = tmp_path / path.relative_to(folder)
        digests = {
            hashlib.sha256(one.read_bytes()).hexdigest() for one in (path, other)
        }
        assert len(digests) == 1, path.name


def test_references_of_the_blog_exist(blog):
    """A dangling reference would be one that no one planted."""
    ids = {name: {one["id"] for one in rows} for name, rows in blog.items()}
    posts = blog["posts"]
    assert len(ids["posts"]) == len(posts) == 30
    assert not ids["posts"] & ids["pages"]
    for post in posts:
        assert set(post["categories"]) <= ids["categories"]
        assert set(post["tags"]) <= ids["tags"]
    # Planted: whose account was deleted.
    assert {post["author"] for post in posts} - ids["users"] == {99}
    assert {comment["post"] for comment in blog["comments"]} <= ids["posts"]
    parents = {comment["parent"] for comment in blog["comments"]} - {0}
    assert parents <= ids["comments"]


def test_the_blog_s_planted_posts_are_there(blog, company):
    """Each is a case that a number must survive."""
    posts = {(post["id"] - 100) // 3: post for post in blog["posts"]}
    assert posts[1]["slug"] == "der-beste-tee"
    assert (posts[2]["status"], posts[2]["slug"][-9:]) == ("trash", "__trashed")
    assert (posts[3]["status"], posts[3]["modified"]) == (
        *("publish", "2026-08-12T09:45:00"),
    )
    assert (posts[4]["status"], posts[4]["date_gmt"] > AS_OF) == ("future", True)
    assert [posts[n]["status"] for n in (5, 6, 7)] == ["draft", "private", "pending"]
    # The night in which the clocks went back: one local time, two instants.
    assert posts[8]["modified"] == posts[9]["modified"] == "2026-10-25T02:30:00"
    assert (posts[8]["modified_gmt"], posts[9]["modified_gmt"]) == (
        *("2026-10-25T00:30:00", "2026-10-25T01:30:00"),
    )
    guest = staff.members(staff.staff(company), "Customer Support")[1]
    assert guest.left is not None
    author = next(u for u in blog["users"] if u["id"] == posts[11]["author"])
    assert (author["email"], author["roles"]) == (guest.email, [])
    assert posts[12]["author"] == 99
    assert unquote(posts[13]["slug"]) == "راهنمای-زعفران"
    for post in posts.values():
        begun = post["status"] in ("draft", "pending")
        assert begun or post["status"] == "future" or post["date_gmt"] < AS_OF


def test_comments_have_every_status_and_come_after_their_post(blog):
    """A comment before its post would be one of nobody's reading."""
    statuses = Counter(comment["status"] for comment in blog["comments"])
    assert set(statuses) == {"approved", "hold", "spam", "trash"}
    published = {post["id"]: post["date_gmt"] for post in blog["posts"]}
    for comment in blog["comments"]:
        assert published[comment["post"]] <= comment["date_gmt"] < AS_OF


def test_articles_know_where_they_are_read(company, blog, letters):
    """Page views are generated for these paths."""
    by_channel = Counter(article.channel for article in articles(company))
    assert by_channel == {"blog": 30, "letter": 10}
    live = {unquote(p["link"]) for p in blog["posts"] if p["status"] == "publish"}
    live |= {p["url"] for p in letters["posts"] if p["status"] == "published"}
    readable = [one for one in articles(company) if one.status == "published"]
    assert {one.url for one in readable} == live
    assert readable[0].path == "/blog/der-beste-tee"
    text = " ".join(f"{s.heading} {s.text}" for s in readable[0].sections)
    assert readable[0].word_count == len(text.split())


def test_references_of_the_letters_exist(letters, events):
    """A dangling reference would be one that no one planted."""
    ids = {
        name: {one["id"] for one in rows}
        for name, rows in letters.items()
        if name != "member_events"
    }
    for post in letters["posts"]:
        assert {tag["id"] for tag in post["tags"]} <= ids["tags"]
        assert {author["id"] for author in post["authors"]} <= ids["users"]
    keys = [(event["type"], event["data"]["id"]) for event in letters["member_events"]]
    assert len(keys) == len(set(keys))
    for found in events.values():
        for data in found:
            assert data["member"]["id"] in ids["members"]
            assert data["created_at"] < f"{AS_OF}.000Z"
            post_id = (data.get("post") or data.get("email") or {}).get("id")
            assert post_id is None or len(post_id) == 24
    emails = [member["email"] for member in letters["members"]]
    assert len(emails) == len(set(emails))
    assert emails == [email.lower() for email in emails]


def test_the_counts_of_an_e_mail_are_those_of_its_events(letters, events):
    """But for the deleted member, whose events went with it."""
    delivered = Counter(e["email"]["id"] for e in events["email_delivered_event"])
    opened = Counter(e["email"]["id"] for e in events["email_opened_event"])
    sent = [post["email"] for post in letters["posts"] if post["email"]]
    missing = [one["delivered_count"] - delivered[one["id"]] for one in sent]
    assert set(missing) == {0, 1}
    assert all(one["opened_count"] - opened[one["id"]] in (0, 1) for one in sent)
    for one in sent:
        assert one["delivered_count"] + one["failed_count"] <= one["email_count"]
    clicked = Counter()
    for post_id, _ in {
        (e["post"]["id"], e["member"]["id"]) for e in events["click_event"]
    }:
        clicked[post_id] += 1
    for post in letters["posts"]:
        assert post["count"]["clicks"] - clicked[post["id"]] in (0, 1)


def test_the_letters_planted_readers_are_there(letters, events):
    """Each is a case that a number must survive."""
    changed = events["email_change_event"][0]
    renamed = next(m for m in letters["members"] if m["id"] == changed["member_id"])
    assert renamed["email"] == changed["to_email"] == f"neu.{changed['from_email']}"
    imported = [e for e in events["signup_event"] if e["source"] == "import"]
    assert [e["created_at"] for e in imported] == ["2021-06-01T00:00:00.000Z"]
    assert imported[0]["attribution"]["type"] is None
    returned = Counter(
        e["member_id"] for e in events["newsletter_event"] if e["subscribed"]
    )
    unsubscribed = {
        e["member_id"] for e in events["newsletter_event"] if not e["subscribed"]
    }
    assert any(returned[member_id] > 1 for member_id in unsubscribed)
    reasons = {
        (member["email_suppression"]["info"] or {}).get("reason")
        for member in letters["members"]
    }
    assert reasons == {None, "fail", "spam"}
    assert {m["status"] for m in letters["members"]} == {"free", "paid", "comped"}
    assert any("+briefe@" in member["email"] for member in letters["members"])
    campaigns = {e["utm_campaign"] for e in events["signup_event"]}
    assert "autumn-newsletter-26" in campaigns
    # The newest letter is on its way to some, all in one second.
    assert len({e["created_at"] for e in events["email_sent_event"]}) == 1
    statuses = Counter(post["status"] for post in letters["posts"])
    assert (statuses["draft"], statuses["scheduled"]) == (1, 1)


def test_machines_open_at_once_and_people_take_their_time(events):
    """Reliable opens are told apart by nothing else in Ghost."""
    delivered = {e["id"]: e["created_at"] for e in events["email_delivered_event"]}
    seconds = [
        _seconds(e["created_at"]) - _seconds(delivered[e["id"]])
        for e in events["email_opened_event"]
    ]
    assert min(seconds) >= 1
    quick = [one for one in seconds if one <= 5]
    assert 0 < len(quick) < len(seconds) / 2
    assert not [one for one in seconds if 5 < one < 60]


def _seconds(text: str) -> int:
    day, clock = text[:10], text[11:19]
    hour, minute, second = (int(part) for part in clock.split(":"))
    number = sum(
        int(part) * weight
        for part, weight in zip(day.split("-"), (372, 31, 1), strict=True)
    )
    return ((number * 24 + hour) * 60 + minute) * 60 + second
