"""The source against a real Ghost: from npm, over MariaDB, on this machine.

Opt-in, because it installs both (about two minutes):

    RUN_REAL_GHOST=1 uv run pytest tests/integration/test_real_ghost.py

`ghost/start.sh` has the commands. No mail service is needed: what became of e-mails is
written into the database, as Ghost does when the service tells it.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from ingestion.load import LoadError, load_vendor
from ingestion.settings import Settings

pytestmark = pytest.mark.skipif(
    os.environ.get("RUN_REAL_GHOST") != "1",
    reason="installs Ghost and MariaDB; RUN_REAL_GHOST=1 says yes",
)
PORT = 2368
START = Path(__file__).parent / "ghost" / "start.sh"
MEMBERS = 103
# Now: what is later than a few days is found with --all-records only.
SENT_AT = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
Rows = Callable[[str], list[tuple[Any, ...]]]


class RealSite:
    """The running site, written to as its owner."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{PORT}"
        self._folder = folder
        self._client = httpx.Client(
            base_url=f"{self.url}/ghost/api/admin/",
            headers={"Origin": self.url, "Accept-Version": "v6.0"},
            timeout=60,
        )
        owner = {"email": "ute@zafran.example", "password": "a long pass phrase 7"}
        setup = {**owner, "name": "Ute", "blogTitle": "Briefe"}
        self.post("authentication/setup/", setup=[setup])
        login = {"username": owner["email"], "password": owner["password"]}
        assert self._client.post("session/", json=login).is_success
        made = self.post(
            "integrations/?include=api_keys", integrations=[{"name": "warehouse"}]
        )
        self.key = next(
            key["secret"]
            for key in made["integrations"][0]["api_keys"]
            if key["type"] == "admin"
        )

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Create something."""
        return self._sent("POST", path, json=body)

    def put(self, path: str, **body: Any) -> dict[str, Any]:
        """Change something."""
        return self._sent("PUT", path, json=body)

    def delete(self, path: str) -> None:
        """Delete something; Ghost has no trash."""
        assert self._client.delete(path).is_success

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Read something."""
        return self._sent("GET", path, params=params)

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def _sent(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self._client.request(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json()

    def sql(self, statements: str) -> None:
        """Write into the database."""
        connect = ["mariadb", "--no-defaults", "-uroot", "ghost"]
        socket = ["-S", str(self._folder / "database.sock")]
        subprocess.run([*connect, *socket, "-e", statements], check=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    """Install and start the site; stop it afterwards."""
    folder = tmp_path_factory.mktemp("ghost")
    subprocess.run([START, folder, str(PORT)], check=True, stdout=subprocess.DEVNULL)
    try:
        running = RealSite(folder)
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
    monkeypatch.setenv("SOURCES__GHOST__BASE_URL", site.url)
    monkeypatch.setenv("SOURCES__GHOST__ADMIN_API_KEY", site.key)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    return Settings(warehouse_dir=tmp_path / "warehouse", sources="live")


@pytest.fixture
def rows(settings: Settings) -> Rows:
    """Return a query over what was loaded."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'; use raw_ghost")
            return connection.execute(sql).fetchall()

    return query


def send(site: RealSite, post_id: str, newsletter_id: str, members: list[str]) -> None:
    """Write what Ghost has after a post was sent to members, all in one second."""
    now = f"'{SENT_AT}'"
    email_id, batch_id = "e" * 24, "b" * 24
    site.sql(
        "insert into emails (id, post_id, uuid, status, recipient_filter, email_count, "
        "delivered_count, opened_count, failed_count, subject, track_opens, "
        "track_clicks, submitted_at, newsletter_id, created_at) values "
        f"('{email_id}', '{post_id}', uuid(), 'submitted', 'all', {len(members)}, "
        f"{len(members) - 1}, 1, 0, 'Hallo', 1, 1, {now}, '{newsletter_id}', {now});"
        "insert into email_batches (id, email_id, status, created_at, updated_at) "
        f"values ('{batch_id}', '{email_id}', 'submitted', {now}, {now});"
        + "".join(
            "insert into email_recipients (id, email_id, member_id, batch_id, "
            "processed_at, delivered_at, opened_at, member_uuid, member_email) values "
            f"('{number:024x}', '{email_id}', '{member}', '{batch_id}', {now}, "
            f"{'null' if number == 0 else now}, "
            f"{now if number == 1 else 'null'}, uuid(), 'x@post.example');"
            for number, member in enumerate(members)
        )
    )


def test_every_change_and_deletion_of_a_real_ghost_ends_in_the_right_rows(
    site: RealSite, settings: Settings, rows: Rows
) -> None:
    """Else the sandbox is a Ghost of our own imagination."""
    newsletter = site.get("newsletters/")["newsletters"][0]
    posts = {
        status: site.post(
            "posts/?source=html",
            posts=[
                {
                    "title": f"A {status} post",
                    "html": "<p>Drei kleine Wörter</p>",
                    "status": status,
                    "tags": ["Tee", "#de"],
                    **more,
                }
            ],
        )["posts"][0]
        for status, more in {
            "published": {},
            "draft": {},
            "scheduled": {"published_at": "2040-01-02T03:04:05.000Z"},
        }.items()
    }
    # More than a page, and none of them e-mailed.
    members = [
        site.post(
            "members/?send_email=false",
            members=[
                {
                    "email": f"leser{number}@post.example",
                    "name": f"Leser {number}",
                    "newsletters": [{"id": newsletter["id"]}],
                }
            ],
        )["members"][0]
        for number in range(MEMBERS)
    ]
    member_ids = [member["id"] for member in members]
    send(site, posts["published"]["id"], newsletter["id"], member_ids)

    first = load_vendor("ghost", settings)
    assert not first.quarantined
    assert not first.bad_values
    assert rows(
        "select status, content_word_count from posts where title like 'A %' order by 1"
    ) == [("draft", 3), ("published", 3), ("scheduled", 3)]
    assert rows(
        "select published_at::timestamp::varchar, tags like '%\"hash-de\"%' from posts "
        "where status = 'scheduled'"
    ) == [("2040-01-02 03:04:05", True)]
    assert rows("select count(*), sum(subscribed::int) from members") == [
        (MEMBERS, MEMBERS)
    ]
    # One is still on its way, all the others arrived in the same second.
    assert rows(
        "select type, count(*), count(distinct id) from member_events "
        "where type <> 'login_event' group by 1 order by 1"
    ) == [
        ("email_delivered_event", MEMBERS - 1, MEMBERS - 1),
        ("email_opened_event", 1, 1),
        ("email_sent_event", 1, 1),
        ("newsletter_event", MEMBERS, MEMBERS),
        ("signup_event", MEMBERS, MEMBERS),
    ]
    assert rows(
        "select distinct post_id, newsletter_id, email_submitted_at::timestamp::varchar "
        "from member_events where type like 'email_%'"
    ) == [(posts["published"]["id"], newsletter["id"], SENT_AT)]
    assert rows("select id, email_count, delivered_count, track_opens from emails") == [
        ("e" * 24, MEMBERS, MEMBERS - 1, True)
    ]
    assert rows("select name, email, status from users") == [
        ("Ute", "ute@zafran.example", "active")
    ]
    assert rows(
        "select visibility, count_posts from tags where name in ('Tee', '#de') order by 1"
    ) == [("internal", 3), ("public", 3)]

    assert load_vendor("ghost", settings).loaded == 0

    draft = posts["draft"]
    site.put(
        f"posts/{draft['id']}/",
        posts=[{"status": "published", "updated_at": draft["updated_at"]}],
    )
    site.delete(f"posts/{posts['scheduled']['id']}/")
    site.put(f"members/{member_ids[0]}/", members=[{"newsletters": []}])
    site.put(f"members/{member_ids[1]}/", members=[{"email": "neu@post.example"}])
    site.delete(f"members/{member_ids[2]}/")
    site.sql("update email_recipients set delivered_at = processed_at;")
    load_vendor("ghost", settings)
    assert rows(f"select status from posts where id = '{draft['id']}'") == [
        ("published",)
    ]
    assert rows("select table_name, record_id from vanished_records order by 1") == [
        ("members", member_ids[2]),
        ("posts", posts["scheduled"]["id"]),
    ]
    assert rows(
        f"select subscribed, newsletters from members where id = '{member_ids[0]}'"
    ) == [(False, "[]")]
    assert rows(
        "select from_email, to_email from member_events "
        "where type = 'email_change_event'"
    ) == [("leser1@post.example", "neu@post.example")]
    assert rows(
        "select count(*) from member_events "
        "where type = 'newsletter_event' and not subscribed"
    ) == [(1,)]
    assert rows(
        "select count(*) from member_events where type = 'email_delivered_event'"
    ) == [(MEMBERS,)]
    assert rows("select bool_and(is_balanced) from load_reconciliation") == [(True,)]


def test_a_real_ghost_refuses_an_unknown_key_and_the_load_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody looks for the fault in the network."""
    key = f"{'0' * 24}:{'0' * 64}"
    monkeypatch.setenv("SOURCES__GHOST__ADMIN_API_KEY", key)
    with pytest.raises(LoadError, match="ADMIN_API_KEY to the Admin API key"):
        load_vendor("ghost", settings)
