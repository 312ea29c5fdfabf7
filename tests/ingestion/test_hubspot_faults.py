"""A misbehaving API ends in loaded, quarantined or a red run; never silently short."""

import logging
import traceback

import pytest

from ingestion.load import LoadError
from ingestion.sources import _hubspot_objects, hubspot

from .conftest import LONG_AGO, TOKEN, associated, crm_object

NEW = "2026-11-18T12:00:00.000Z"
DEALS = "/crm/objects/2026-09/deals"


@pytest.fixture(autouse=True)
def _two_objects(monkeypatch):
    """Read two of the ten objects: the others would be read in the same way."""
    few = [crm for crm in hubspot.CRM_OBJECTS if crm.name in ("contacts", "deals")]
    monkeypatch.setattr(hubspot, "CRM_OBJECTS", few)
    monkeypatch.setattr(_hubspot_objects, "CRM_OBJECTS", few)


@pytest.fixture
def deals(portal):
    """Return a portal with 250 deals: three pages of a list, two of a search."""
    portal.write("deals", [crm_object(n, amount="1") for n in range(1, 251)])
    return portal


@pytest.mark.parametrize(
    "fault",
    [
        'rate_limit = {{ path = "{path}", count = 2, retry_after = "3600" }}',
        'rate_limit = {{ path = "{path}", count = 3, html = true }}',
        'server_error = {{ path = "{path}", count = 5, status = 503 }}',
        'server_error = {{ path = "{path}", after = 1, count = 3, status = 423 }}',
        'bad_gateway_page = {{ path = "{path}", after = 1 }}',
        'truncated_body = {{ path = "{path}", after = 1, count = 2 }}',
        'cut_connection = {{ path = "{path}", after = 1 }}',
        'empty_page = {{ path = "{path}", after = 1 }}',
        'error_with_ok = {{ path = "{path}", after = 1, count = 2 }}',
        'duplicate_rows = {{ path = "{path}", count = 0, rows = 3 }}',
        'duplicate_rows = {{ path = "{path}", after = 1, from_previous = true }}',
    ],
    ids=[
        "429 with a Retry-After in milliseconds",
        "429 in HTML",
        "5xx burst",
        "locked",
        "502 page",
        "truncated JSON",
        "connection cut",
        "empty page with a next one",
        "error body with status 200",
        "rows twice in a page",
        "rows of the page before again",
    ],
)
def test_every_record_arrives_once_in_spite_of_mishaps(deals, fault):
    """Else one bad minute of the vendor costs a month's numbers."""
    deals.faults = fault.format(path=DEALS)
    deals.load()
    assert deals.rows("select count(*), count(distinct id) from deals") == [(250, 250)]
    # The same again in a search.
    deals.faults = fault.format(path=f"{DEALS}/search")
    changed = [crm_object(n, amount="2", modified=NEW) for n in range(1, 251)]
    deals.write("deals", changed)
    load = deals.load()
    assert deals.rows(
        "select count(*), count(distinct id), sum(amount)::int from deals"
    ) == [(250, 250, 500)]
    assert all(table.is_balanced for table in load.tables)


def test_duplicates_are_counted(deals):
    """Else the sum of a load does not add up and nobody knows why."""
    deals.faults = f'duplicate_rows = {{ path = "{DEALS}", count = 3, rows = 4 }}'
    table = {t.table: t for t in deals.load().tables}["deals"]
    assert (table.received, table.loaded, table.duplicates) == (262, 250, 12)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (f'server_error = {{ path = "{DEALS}", count = 0 }}', "after every retry: 503"),
        (f'error_with_ok = {{ path = "{DEALS}", count = 0 }}', "200 without `results`"),
        (f'truncated_body = {{ path = "{DEALS}", count = 0 }}', "not JSON"),
        (f'cut_connection = {{ path = "{DEALS}", count = 0 }}', "cannot be reached"),
        (f'expired_cursor = {{ path = "{DEALS}" }}', "answered 400"),
        ('rate_limit = { policy = "DAILY" }', "midnight in the portal's time zone"),
        ("server_error = { status = 477, count = 0 }", "moving this account"),
        ("revoked_token = { after = 10 }", "SOURCES__HUBSPOT__ACCESS_TOKEN"),
        (
            'error_with_ok = { path = "account-info", count = 0 }',
            "200 without `portalId`",
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_message_and_no_rows(deals, fault, message):
    """Else half a portal looks like a whole one."""
    deals.faults = fault
    with pytest.raises(LoadError, match=message) as failed:
        deals.load()
    assert str(failed.value).startswith("hubspot: ")
    assert "\n" not in str(failed.value)
    deals.faults = ""
    deals.load()
    assert deals.rows("select count(*), count(distinct id) from deals") == [(250, 250)]


def test_a_failed_load_does_not_move_the_mark(deals):
    """Else what changed before a failed run is never asked for again."""
    deals.load()
    deals.write(
        "deals", [crm_object(n, amount="2", modified=NEW) for n in range(1, 251)]
    )
    deals.faults = 'server_error = { path = "exchange-rates", count = 0 }'
    with pytest.raises(LoadError):
        deals.load()
    deals.faults = ""
    deals.load()
    assert deals.rows("select sum(amount)::int from deals") == [(500,)]


def test_a_missing_scope_leaves_the_other_tables_loading_and_is_reported(deals):
    """Else one revoked scope stops all KPIs, or a table just stays old."""
    deals.write("contacts", [crm_object(1)])
    deals.faults = f'missing_scope = {{ path = "{DEALS}" }}'
    with pytest.raises(LoadError) as failed:
        deals.load()
    message = str(failed.value)
    assert message.startswith("hubspot: deals was not loaded: ")
    assert "crm.objects.deals.read" in message or "MISSING_SCOPES" in message
    assert "SOURCES__HUBSPOT__SKIP" in message
    assert deals.rows("select count(*) from contacts") == [(1,)]
    assert deals.rows("select count(*) from deals") == [(0,)]
    deals.faults = ""
    load = deals.load()
    assert deals.rows("select count(*) from deals") == [(250,)]
    assert {t.table: t.loaded for t in load.tables}["contacts"] == 0


def test_records_without_an_id_are_quarantined(portal, monkeypatch):
    """Else a broken record fails the load, or disappears."""
    from ingestion.rest import Api

    whole = Api.pages

    def broken(self, path, *arguments, **more):
        for page in whole(self, path, *arguments, **more):
            is_list = path.endswith("/deals") and more["params"].get("archived") is None
            yield (
                [*page, {"properties": {}}, "nonsense", {"id": ""}] if is_list else page
            )

    monkeypatch.setattr(Api, "pages", broken)
    portal.write("deals", [crm_object(1)])
    table = {t.table: t for t in portal.load().tables}["deals"]
    assert (table.received, table.loaded, table.quarantined) == (4, 1, 3)
    reasons = portal.rows(
        "select reason, count(*) from quarantine where table_name = 'deals' group by 1"
    )
    assert reasons == [("no id", 3)]


def test_a_search_that_lags_behind_is_caught_up(deals):
    """Else a deal that the index showed late keeps its old amount."""
    deals.load()
    late = "2026-11-18T19:55:00.000Z"
    deals.write(
        "deals",
        [
            crm_object(1, amount="5", modified=NEW),
            crm_object(2, amount="7", modified=late),
        ],
    )
    deals.faults = "search_lag = { minutes = 10, count = 0 }"
    deals.load()
    deals.faults = ""
    deals.load()
    assert deals.rows(
        "select id, amount::int from deals where amount > 1 order by id"
    ) == [
        ("1", 5),
        ("2", 7),
    ]


def test_history_that_leaves_out_a_record_stops_the_load(deals, monkeypatch):
    """Else a deal has no stages because one answer was short."""
    from ingestion.rest import Api

    whole = Api.fetch

    def short(self, path, **more):
        body = whole(self, path, **more)
        if path.endswith("batch/read") and "objects" in path:
            body["results"].pop()
        return body

    monkeypatch.setattr(Api, "fetch", short)
    with pytest.raises(LoadError, match="left out records that were asked for"):
        deals.load()


def test_associations_page_inside_a_record(portal, monkeypatch):
    """Else a company with 600 contacts keeps the first 500."""
    from ingestion.rest import Api

    whole = Api.fetch

    def paged(self, path, **more):
        if "associations" not in path or "companies" not in path:
            return whole(self, path, **more)
        after = more["json"]["inputs"][0].get("after")
        page = associated(1, 10) if after is None else associated(1, 11)
        if after is None:
            page["paging"] = {"next": {"after": "NTA="}}
        return {"results": [page]}

    monkeypatch.setattr(Api, "fetch", paged)
    portal.write("deals", [crm_object(1)])
    portal.load()
    assert portal.rows(
        "select to_id from associations where to_type = 'companies' order by 1"
    ) == [("10",), ("11",)]


def test_the_token_is_nowhere_but_in_the_request(deals, caplog, capfd, tmp_path):
    """Else whoever reads a log or the warehouse's files reads the whole CRM."""
    caplog.set_level(logging.DEBUG)
    deals.load()
    deals.faults = "revoked_token = { after = 5 }\nserver_error = { path = 'x' }"
    with pytest.raises(LoadError) as failed:
        deals.load()
    said = capfd.readouterr()
    shown = "".join(traceback.format_exception(failed.value))
    assert TOKEN not in caplog.text + said.out + said.err + shown
    written = [
        path for path in deals.settings.warehouse_dir.rglob("*") if path.is_file()
    ]
    assert len(written) > 5
    assert not [path for path in written if TOKEN.encode() in path.read_bytes()]


def test_a_vendor_that_echoes_the_token_does_not_get_it_into_a_message(portal):
    """Else an error body like "token pat-… is invalid" ends up in the logs."""
    from requests import Request, Response

    from ingestion.rest import ApiError
    from ingestion.sources._hubspot_api import api_for

    response = Response()
    response.status_code = 401
    response._content = f'{{"message": "token {TOKEN} is not valid"}}'.encode()
    response.request = Request("GET", "http://127.0.0.1/x").prepare()
    response.url = "http://127.0.0.1/x"
    with pytest.raises(ApiError, match=r"token \*\*\* is not valid") as refused:
        api_for(TOKEN, "http://127.0.0.1")._raise_for(response)
    assert TOKEN not in str(refused.value)


def test_a_page_that_repeats_for_ever_stops_the_load(portal, monkeypatch):
    """Else a load hangs until somebody looks."""

    class Stuck(_hubspot_objects.SearchPaginator):
        def update_state(self, response, data=None):
            self._has_next_page = True

    monkeypatch.setattr(_hubspot_objects, "SearchPaginator", Stuck)
    portal.write("contacts", [crm_object(1, modified=LONG_AGO)])
    portal.load()
    portal.write("contacts", [crm_object(1, modified=NEW)])
    with pytest.raises(LoadError, match="never ends"):
        portal.load()
