"""A misbehaving Salesforce ends in exactly the right rows or one clear message."""

import logging
import os
import signal
import subprocess
import sys
import traceback

import pytest

from ingestion.load import LoadError
from ingestion.settings import PROJECT_ROOT
from ingestion.sources import salesforce
from ingestion.sources._salesforce_tables import CHANGING_OBJECTS

from .killed_load import killed_load
from .salesforce_org import AS_OF, EARLIER, NEW, TOKEN, Org, deal

QUERY = 'path = "/queryAll"'
PAGES = 'path = "/query/0r8"'
KILLED = killed_load(
    "salesforce",
    rows_per_batch=50,
    before="""
from ingestion.sources import salesforce
salesforce.CHANGING_OBJECTS = [
    one for one in salesforce.CHANGING_OBJECTS if one.name == "Opportunity"
]
salesforce.WHOLE_OBJECTS = salesforce.VERSIONED_OBJECTS = ()
""",
)


@pytest.fixture
def org(tmp_path, server, monkeypatch):
    """Return an org with 250 deals, three pages, whose other objects are not read."""
    few = [one for one in CHANGING_OBJECTS if one.name == "Opportunity"]
    monkeypatch.setattr(salesforce, "CHANGING_OBJECTS", few)
    monkeypatch.setattr(salesforce, "WHOLE_OBJECTS", ())
    monkeypatch.setattr(salesforce, "VERSIONED_OBJECTS", ())
    monkeypatch.setenv("SOURCES__SALESFORCE__INSTANCE_URL", server.url)
    monkeypatch.setenv("SOURCES__SALESFORCE__CLIENT_ID", "warehouse")
    monkeypatch.setenv("SOURCES__SALESFORCE__CLIENT_SECRET", TOKEN)
    found = Org(tmp_path, server)
    found.write("Opportunity", [deal(n, modified=_moment(n)) for n in range(1, 251)])
    return found


def _moment(number: int) -> str:
    return f"2026-03-01T10:{number // 60:02d}:{number % 60:02d}.000+0000"


@pytest.mark.parametrize(
    ("fault", "limits"),
    [
        (f'rate_limit = {{ {QUERY}, count = 3, policy = "CONCURRENT" }}', ""),
        (f"server_error = {{ {PAGES}, count = 5, status = 503 }}", ""),
        ("server_error = { path = 'token', count = 2 }", ""),
        (f"truncated_body = {{ {PAGES}, count = 2 }}", ""),
        (f"cut_connection = {{ {QUERY} }}", ""),
        (f"error_with_ok = {{ {PAGES}, count = 2 }}", ""),
        (f"duplicate_rows = {{ {PAGES}, count = 0, rows = 3 }}", ""),
        ("duplicate_rows = { path = '/query', count = 0, from_previous = true }", ""),
        ("expired_cursor = { after = 1 }", ""),
        ("expired_cursor = { count = 0 }", ""),
        (f"revoked_token = {{ {PAGES}, count = 1 }}", ""),
        ("", "session_requests = 2"),
    ],
    ids=[
        "too many requests at once",
        "5xx burst",
        "token endpoint fails twice",
        "truncated JSON",
        "connection cut",
        "error body with status 200",
        "rows twice in a page",
        "rows of the page before again",
        "cursor expired",
        "cursors that always expire",
        "session revoked mid-run",
        "sessions that live for two requests",
    ],
)
def test_every_record_arrives_once_in_spite_of_mishaps(org, fault, limits):
    """Else one bad minute of Salesforce costs a month's numbers."""
    org.faults = fault
    org.limits += f"\n{limits}"
    load = org.load()
    assert org.rows("select count(*), count(distinct id) from opportunities") == [
        (250, 250)
    ]
    assert all(table.is_balanced for table in load.tables)


@pytest.mark.parametrize(
    ("fault", "limits", "message"),
    [
        (f"server_error = {{ {QUERY}, count = 0 }}", "", "after every retry: 503"),
        (
            f"missing_rows = {{ {PAGES}, rows = 2 }}",
            "",
            "its total is 250, 248 arrived",
        ),
        (
            f"rate_limit = {{ {QUERY} }}",
            "",
            "requests of the last 24 hours are used up .not a missing permission",
        ),
        ("", "per_day = 10\nused = 8", "SOURCES__SALESFORCE__QUOTA_SHARE=0.8 allows"),
        (
            "revoked_token = { path = '/services/data' }",
            "",
            "refused the token .401 INVALID_SESSION_ID.*SOURCES__SALESFORCE__CLIENT_ID",
        ),
    ],
    ids=[
        "5xx for ever",
        "rows missing in a page",
        "the day's requests used up",
        "the share of the day's requests used up",
        "revoked for good",
    ],
)
def test_what_cannot_be_read_is_one_clear_message_and_the_next_load_completes(
    org, fault, limits, message
):
    """Else half an org looks like a whole one, or one bad night breaks all later ones."""
    org.faults = fault
    org.limits += f"\n{limits}"
    with pytest.raises(LoadError, match=message) as failed:
        org.load()
    assert str(failed.value).startswith("salesforce: ")
    assert "opportunities: " in str(failed.value) or "organizations: " in str(
        failed.value
    )
    assert "\n" not in str(failed.value)
    org.faults, org.limits = "", "batch_size = 100"
    org.load()
    assert org.rows("select count(*), count(distinct id) from opportunities") == [
        (250, 250)
    ]


def test_a_cursor_that_expires_within_one_second_of_a_bulk_edit_loses_nothing(org):
    """Else an import of a million rows with one stamp is read half, or for ever."""
    org.write("Opportunity", [deal(n, modified=EARLIER) for n in range(1, 251)])
    org.faults = "expired_cursor = { count = 0 }"
    org.load()
    org.load(read_all=True)
    assert org.rows("select count(*), count(distinct id) from opportunities") == [
        (250, 250)
    ]


def test_a_failed_load_does_not_move_the_mark(org):
    """Else what changed before a failed run is never asked for again."""
    org.load()
    changed = [deal(n, Amount=2.0, modified=NEW) for n in range(1, 251)]
    org.write("Opportunity", changed)
    org.faults = f"server_error = {{ {PAGES}, after = 1, count = 0 }}"
    with pytest.raises(LoadError):
        org.load()
    org.faults = ""
    org.load()
    assert org.rows("select count(*), sum(amount)::int from opportunities") == [
        (250, 500)
    ]


def test_loads_in_any_order_of_mishaps_give_the_same_rows(org, tmp_path):
    """Else what is in the warehouse depends on when the vendor had a bad minute."""
    org.faults = "expired_cursor = { after = 0, count = 2 }"
    org.load()
    org.write("Opportunity", [deal(n, modified=EARLIER) for n in range(1, 301)])
    org.faults = "duplicate_rows = { path = '/query', rows = 5, count = 0 }"
    org.load()
    one_way = org.rows("select * exclude (_dlt_load_id) from opportunities order by id")
    other = Org(tmp_path / "other", org.server)
    other.write("Opportunity", [deal(n, modified=EARLIER) for n in range(1, 301)])
    other.load()
    assert one_way == other.rows(
        "select * exclude (_dlt_load_id) from opportunities order by id"
    )


def test_refused_credentials_name_the_variables_and_no_secret(org, monkeypatch):
    """Else a rotated secret is a riddle, or the message gives it away."""
    monkeypatch.setenv("SOURCES__SALESFORCE__CLIENT_SECRET", "rotated-last-night")
    with pytest.raises(LoadError, match="refused the credentials") as failed:
        org.load()
    assert "SOURCES__SALESFORCE__CLIENT_SECRET" in str(failed.value)
    assert "rotated-last-night" not in str(failed.value)


def test_a_version_that_the_org_does_not_speak_is_named(org, monkeypatch):
    """Else a retired version looks like a missing permission."""
    monkeypatch.setenv("SOURCES__SALESFORCE__API_VERSION", "v99.0")
    with pytest.raises(LoadError, match="SOURCES__SALESFORCE__API_VERSION"):
        org.load()


def test_the_secrets_are_nowhere_but_in_the_requests(org, caplog, capfd):
    """Else whoever reads a log or the warehouse's files reads the whole CRM."""
    caplog.set_level(logging.DEBUG)
    org.load()
    org.faults = "revoked_token = { path = '/services/data' }"
    with pytest.raises(LoadError) as failed:
        org.load()
    said = capfd.readouterr()
    shown = "".join(traceback.format_exception(failed.value))
    said_all = caplog.text + said.out + said.err + shown
    assert TOKEN not in said_all
    # The access tokens that the sandbox issued.
    assert "AQ4AQ0000" not in said_all
    written = [path for path in org.settings.warehouse_dir.rglob("*") if path.is_file()]
    assert len(written) > 5
    for path in written:
        content = path.read_bytes()
        assert TOKEN.encode() not in content
        assert b"AQ4AQ0000" not in content


def test_a_load_that_is_killed_loses_nothing_and_repeats_nothing(org):
    """Else a restart of the machine at night doubles or loses deals."""
    org.serve()
    environment = {
        **os.environ,
        "SOURCES": "live",
        "AS_OF": AS_OF,
        "WAREHOUSE_DIR": str(org.settings.warehouse_dir),
        "VENDORS": '{"crm": ["salesforce"]}',
        "ENV_FILE": os.devnull,
    }
    run = subprocess.run(
        [sys.executable, "-c", KILLED, "4"],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()
    org.load()
    assert org.rows("select count(*), count(distinct id) from opportunities") == [
        (250, 250)
    ]
