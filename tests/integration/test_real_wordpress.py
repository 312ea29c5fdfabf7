"""The source against a real WordPress: Debian's own, on this machine.

Opt-in, because it installs packages and starts a database (about three minutes):

    RUN_REAL_WORDPRESS=1 uv run pytest tests/integration/test_real_wordpress.py

`wordpress/start.sh` has the commands.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from ingestion.load import LoadError, load_vendor
from ingestion.settings import Settings

pytestmark = pytest.mark.skipif(
    os.environ.get("RUN_REAL_WORDPRESS") != "1",
    reason="installs WordPress and MariaDB; RUN_REAL_WORDPRESS=1 says yes",
)
PORT = 8081
START = Path(__file__).parent / "wordpress" / "start.sh"
Rows = Callable[[str], list[tuple[Any, ...]]]


class RealSite:
    """The running site, written to as its administrator."""

    def __init__(self, password: str) -> None:
        self.url = f"http://127.0.0.1:{PORT}"
        self.password = password
        self._client = httpx.Client(
            base_url=f"{self.url}/wp-json/wp/v2/",
            auth=("admin", password),
            timeout=30,
        )

    def create(self, collection: str, **fields: Any) -> int:
        """Create a record and return its id."""
        return self._sent("POST", collection, json=fields)["id"]

    def change(self, path: str, **fields: Any) -> None:
        """Change a record."""
        self._sent("POST", path, json=fields)

    def delete(self, path: str, *, for_good: bool = False) -> None:
        """Throw a record away, or delete it for good."""
        self._sent("DELETE", path, params={"force": str(for_good).lower()})

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def _sent(self, method: str, path: str, **more: Any) -> Any:
        answer = self._client.request(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    """Install and start the site; stop it afterwards."""
    folder = tmp_path_factory.mktemp("wordpress")
    subprocess.run([START, folder, str(PORT)], check=True)
    try:
        password = (folder / "application-password").read_text("utf-8").strip()
        running = RealSite(password)
        yield running
        running.close()
    finally:
        for process_id in (folder / "pids").read_text("utf-8").split():
            os.kill(int(process_id), signal.SIGTERM)


@pytest.fixture
def settings(
    site: RealSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Return the settings of a live run against the site."""
    monkeypatch.setenv("SOURCES__WORDPRESS__BASE_URL", site.url)
    monkeypatch.setenv("SOURCES__WORDPRESS__USERNAME", "admin")
    monkeypatch.setenv("SOURCES__WORDPRESS__APPLICATION_PASSWORD", site.password)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    return Settings(warehouse_dir=tmp_path / "warehouse", sources="live")


@pytest.fixture
def rows(settings: Settings) -> Rows:
    """Return a query over what was loaded."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'; use raw_wordpress")
            return connection.execute(sql).fetchall()

    return query


def test_every_status_change_and_deletion_of_a_real_site_ends_in_the_right_rows(
    site: RealSite, settings: Settings, rows: Rows
) -> None:
    """Else the sandbox is a WordPress of our own imagination.

    The site lives in Tehran's time, so that a filter in UTC would find nothing.
    """
    topic = site.create("categories", name="زعفران")
    tag = site.create("tags", name="Büro & Küche")
    posts = {
        status: site.create(
            "posts",
            title=f"A {status} post",
            content="<p>Drei kleine Wörter</p>",
            status=status,
            categories=[topic],
            tags=[tag],
            **more,
        )
        for status, more in {
            "publish": {"slug": "راهنما"},
            "future": {"date_gmt": "2040-01-02T03:04:05"},
            "draft": {},
            "pending": {},
            "private": {},
        }.items()
    }
    posts["trash"] = site.create("posts", title="Thrown away", status="publish")
    site.delete(f"posts/{posts['trash']}")
    # Two pages of a list.
    for number in range(103):
        site.create("posts", title=f"Filler {number}", status="publish")
    comments = {
        status: site.create(
            "comments",
            post=posts["publish"],
            author_name="Lea",
            author_email="lea@post.example",
            content=f"A comment that is {status}",
            status=status,
        )
        for status in ("approved", "hold", "spam")
    }

    first = load_vendor("wordpress", settings)
    assert not first.quarantined
    assert not first.bad_values
    assert {
        status: rows(
            f"select status, content_word_count from posts where id = {post_id}"
        )
        for status, post_id in posts.items()
    } == {
        **{status: [(status, 3)] for status in posts if status != "trash"},
        "trash": [("trash", 0)],
    }
    # Installed with one post and two pages of its own.
    assert rows("select count(*), count(distinct id) from posts") == [(110, 110)]
    assert rows("select count(*) from pages") == [(2,)]
    assert rows(f"select slug from posts where id = {posts['publish']}") == [
        ("%d8%b1%d8%a7%d9%87%d9%86%d9%85%d8%a7",)
    ]
    # Tehran is 3:30 ahead: local and UTC differ by that, except in what was there
    # before the site knew its zone.
    assert rows(
        "select distinct datediff('minute', modified_gmt::timestamp, "
        "modified::timestamp) from posts where id > 3"
    ) == [(210,)]
    assert rows(
        "select date_gmt::timestamp::varchar, date from posts "
        f"where id = {posts['future']}"
    ) == [("2040-01-02 03:04:05", "2040-01-02T06:34:05")]
    assert rows(
        f"select status from comments where post = {posts['publish']} order by id"
    ) == [("approved",), ("hold",), ("spam",)]
    assert rows("select username, email, roles from users") == [
        ("admin", "admin@example.com", '["administrator"]')
    ]
    assert rows(f"select name, slug from tags where id = {tag}") == [
        ("Büro &amp; Küche", "buro-kuche")
    ]

    assert load_vendor("wordpress", settings).loaded == 0

    site.change(f"posts/{posts['draft']}", status="publish", title="Out now")
    site.change(f"posts/{posts['trash']}", status="publish")
    site.delete(f"posts/{posts['pending']}")
    site.delete(f"posts/{posts['private']}", for_good=True)
    site.change(f"comments/{comments['hold']}", status="approved")
    site.delete(f"comments/{comments['spam']}", for_good=True)
    load_vendor("wordpress", settings)
    assert rows(
        "select title_raw, status from posts where id in "
        f"({posts['draft']}, {posts['trash']}, {posts['pending']}) order by id"
    ) == [
        ("Out now", "publish"),
        ("A pending post", "trash"),
        ("Thrown away", "publish"),
    ]
    assert rows("select table_name, record_id from vanished_records order by 1") == [
        ("comments", str(comments["spam"])),
        ("posts", str(posts["private"])),
    ]
    assert rows(f"select status from comments where id = {comments['hold']}") == [
        ("approved",)
    ]
    assert rows("select bool_and(is_balanced) from load_reconciliation") == [(True,)]


def test_a_real_site_takes_a_wrong_password_for_none_and_the_load_says_so(
    site: RealSite, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the load is green and holds only what is public."""
    url = f"{site.url}/wp-json/wp/v2/posts"
    assert httpx.get(url, auth=("admin", "wrong")).status_code == 200
    monkeypatch.setenv("SOURCES__WORDPRESS__APPLICATION_PASSWORD", "wrong")
    with pytest.raises(LoadError, match="APPLICATION_PASSWORD to a user"):
        load_vendor("wordpress", settings)


def test_a_real_site_of_plain_permalinks_is_read_through_rest_route(
    site: RealSite, settings: Settings, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else sites without rewrite rules cannot be loaded."""
    monkeypatch.setenv("SOURCES__WORDPRESS__BASE_URL", f"{site.url}/?rest_route=")
    load_vendor("wordpress", settings)
    assert rows("select count(*) from pages") == [(2,)]
