"""The sandbox's Google Ads: GAQL over hand-written rows, and errors as Google's."""

import pytest

MANAGER, SHOP, CLOSED = "9990001111", "1234567890", "3456789012"
SEARCH = f"/v26/customers/{SHOP}/googleAds:search"
OCTOBER = "segments.date BETWEEN '2026-10-01' AND '2026-10-31'"


def client(customer_id: str, status: str = "ENABLED", level: int = 1) -> dict:
    """Return an account as the manager lists it."""
    return {
        "customer": {"resourceName": f"customers/{MANAGER}", "id": MANAGER},
        "customerClient": {
            "id": customer_id,
            "level": str(level),
            "manager": level == 0,
            "descriptiveName": f"Account {customer_id}",
            "currencyCode": "EUR",
            "timeZone": "Europe/Berlin",
            "status": status,
        },
    }


def campaign(campaign_id: int, name: str, status: str = "ENABLED") -> dict:
    """Return a campaign of the shop's account."""
    resource = f"customers/{SHOP}/campaigns/{campaign_id}"
    return {
        "customer": {"id": SHOP},
        "campaign": {
            "resourceName": resource,
            "id": str(campaign_id),
            "name": name,
            "status": status,
        },
    }


def stats(campaign_id: int, day: str, device: str, clicks: int, micros: int) -> dict:
    """Return a row of figures."""
    return {
        "customer": {"id": SHOP},
        "campaign": {"id": str(campaign_id)},
        "segments": {"date": day, "device": device, "adNetworkType": "SEARCH"},
        "metrics": {
            "impressions": str(clicks * 10),
            "clicks": str(clicks),
            "costMicros": str(micros),
            "conversions": clicks / 4,
        },
    }


FILES = {
    "google_ads/customers": [client(MANAGER, level=0), client(SHOP), client(CLOSED, "CANCELED")],
    "google_ads/campaigns": [
        campaign(1, "Brand"),
        campaign(2, "Gone", "REMOVED"),
        campaign(3, "Idle", "PAUSED"),
    ],
    "google_ads/campaign_stats": [
        stats(1, "2026-10-01", "MOBILE", 3, 1_500_000),
        stats(1, "2026-10-01", "DESKTOP", 1, 500_000),
        stats(1, "2026-10-02", "MOBILE", 0, 0),
        stats(2, "2026-10-02", "MOBILE", 2, 2_000_000),
        stats(1, "2026-11-17", "MOBILE", 5, 9_000_000),
    ],
    "google_ads/conversion_stats": [
        {
            "customer": {"id": SHOP},
            "campaign": {"id": "1"},
            "segments": {
                "date": "2026-10-01",
                "conversionAction": f"customers/{SHOP}/conversionActions/7",
                "conversionActionName": "Purchase",
                "conversionActionCategory": "PURCHASE",
            },
            "metrics": {"conversions": 0.75, "allConversions": 0.75},
        }
    ],
}  # fmt: skip
AS_OF = "as_of = 2026-11-18T20:00:00Z\n"


@pytest.fixture
def ads(make_api):
    """Return a function that serves the files to a login with an access token."""

    def serve(description: str = "", login: str = MANAGER, files: dict | None = None):
        api = make_api(FILES if files is None else files, AS_OF + description)
        given = api.post("/token", form(refresh_token="sandbox-token"))
        assert given.status_code == 200, given.text
        token = given.json()["access_token"]
        api.headers = {"Authorization": f"Bearer {token}", "login-customer-id": login}
        return api

    return serve


def form(grant_type: str = "refresh_token", **more: str) -> bytes:
    """Return a request for a token; the client is the sandbox's own unless said."""
    client = {"client_id": "sandbox-token", "client_secret": "sandbox-token"}
    fields = {"grant_type": grant_type, **client, **more}
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()


def found(api, query: str) -> list[dict]:
    """Return the results of a query."""
    answer = api.post(SEARCH, {"query": query})
    assert answer.status_code == 200, answer.text
    return answer.json().get("results", [])


def code(answer) -> tuple[int, str]:
    """Return the status and the one error code of an answer."""
    body = answer.json()
    error = (body[0] if isinstance(body, list) else body)["error"]
    [failure] = error["details"][0]["errors"]
    [constant] = failure["errorCode"].values()
    assert answer.status_code == error["code"]
    return answer.status_code, constant


def test_only_what_was_selected_comes_back_typed_as_proto3_json(ads):
    """Else a connector that relies on a field it never asked for fails on Google."""
    query = (
        "SELECT campaign.id, campaign.name, segments.date, segments.device, "
        f"metrics.clicks, metrics.cost_micros, metrics.conversions FROM campaign WHERE {OCTOBER} "
        "AND campaign.status = 'ENABLED' ORDER BY metrics.clicks DESC"
    )
    assert found(ads(), query) == [
        {
            "campaign": {
                "resourceName": f"customers/{SHOP}/campaigns/1",
                "id": "1",
                "name": "Brand",
            },
            "segments": {"date": "2026-10-01", "device": device},
            "metrics": {"clicks": clicks, "costMicros": micros, "conversions": part},
        }
        for device, clicks, micros, part in (
            ("MOBILE", "3", "1500000", 0.75),
            ("DESKTOP", "1", "500000", 0.25),
        )
    ]


def test_metrics_add_up_over_the_segments_that_are_left_out(ads):
    """Else a total per day is one of its devices."""
    query = f"SELECT segments.date, metrics.clicks, metrics.ctr FROM campaign WHERE {OCTOBER}"
    rows = found(ads(), query)
    assert [
        (row["segments"]["date"], row["metrics"]["clicks"], row["metrics"]["ctr"])
        for row in rows
    ] == [("2026-10-01", "4", 0.1), ("2026-10-02", "2", 0.1)]
    query = "SELECT segments.month, metrics.cost_micros FROM customer WHERE segments.date BETWEEN '2026-10-01' AND '2026-11-30'"
    months = [(row["segments"], row["metrics"]) for row in found(ads(), query)]
    assert months == [
        ({"month": "2026-10-01"}, {"costMicros": "4000000"}),
        ({"month": "2026-11-01"}, {"costMicros": "9000000"}),
    ]


def test_without_segments_every_campaign_is_there_and_with_them_only_the_active(ads):
    """Else a removed or an idle campaign looks like one that does not exist."""
    query = f"SELECT campaign.id, metrics.clicks FROM campaign WHERE {OCTOBER}"
    assert {
        r["campaign"]["id"]: r["metrics"]["clicks"] for r in found(ads(), query)
    } == {
        "1": "4",
        "2": "2",
        "3": "0",
    }
    query = f"SELECT campaign.id, segments.week, metrics.clicks FROM campaign WHERE {OCTOBER}"
    assert [r["campaign"]["id"] for r in found(ads(), query)] == ["1", "2"]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("campaign.id = 2", ["2"]),
        ("campaign.id != 2", ["1", "3"]),
        ("campaign.id IN (1, '3')", ["1", "3"]),
        ("campaign.id NOT IN (1)", ["2", "3"]),
        ("campaign.id >= 2 AND campaign.id < 3", ["2"]),
        ("campaign.id BETWEEN 2 AND 3", ["2", "3"]),
        ("campaign.name LIKE '%o%e'", ["2"]),
        ("campaign.name NOT LIKE 'b%'", ["2", "3"]),
        ("campaign.end_date_time IS NULL", ["1", "2", "3"]),
        ("campaign.name IS NOT NULL AND campaign.status IN ('PAUSED')", ["3"]),
        ('campaign.name = "Brand"', ["1"]),
    ],
)
def test_conditions_select_as_gaql_does(ads, condition, ids):
    """Else a filter that works here reads other rows at Google."""
    query = f"select campaign.id from campaign where {condition} order by campaign.id"
    assert [row["campaign"]["id"] for row in found(ads(), query)] == ids


def test_last_30_days_end_yesterday_in_the_account_s_time_zone(ads):
    """Else a window is a day off."""
    query = "SELECT segments.date, metrics.clicks FROM campaign WHERE segments.date DURING LAST_30_DAYS"
    assert [row["segments"]["date"] for row in found(ads(), query)] == ["2026-11-17"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT campaign.nme FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.id FROM campaigns", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT ad_group.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        ("campaign.id FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id", "EXPECTED_FROM"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id", "BAD_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id = 'x'", "BAD_NUMBER"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name = 'x", "STRING_NOT_TERMINATED"),
        ("SELECT campaign.id FROM campaign WHERE campaign.status = 'ON'", "BAD_ENUM_CONSTANT"),
        ("SELECT campaign.id FROM campaign WHERE campaign.status > 'PAUSED'", "OPERATOR_FIELD_MISMATCH"),
        ("SELECT campaign.id FROM campaign LIMIT 0", "LIMIT_VALUE_TOO_LOW"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN ()", "PROHIBITED_EMPTY_LIST_IN_CONDITION"),
        ("SELECT segments.date, metrics.clicks FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT metrics.clicks FROM campaign WHERE segments.date = '10/01/2026'", "INVALID_DATE_FORMAT"),
        ("SELECT metrics.clicks FROM campaign WHERE segments.device = 'MOBILE'", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        ("SELECT segments.date FROM campaign WHERE segments.date DURING LAST_400_DAYS", "INVALID_VALUE_WITH_DURING_OPERATOR"),
        ("SELECT segments.conversion_action, metrics.clicks FROM campaign", "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT metrics.clicks FROM conversion_action", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT campaign.id FROM campaign nonsense", "UNEXPECTED_INPUT"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_refused_with_google_s_own_code(ads, query, error):
    """Else the first wrong query is found on the day of the first live load."""
    assert code(ads().post(SEARCH, {"query": query})) == (400, error)


def test_conversions_by_action_are_a_table_of_their_own(ads):
    """Else purchases and sign-ups cannot be told apart."""
    query = (
        "SELECT campaign.id, segments.conversion_action, metrics.conversions "
        f"FROM campaign WHERE {OCTOBER}"
    )
    [row] = found(ads(), query)
    assert row["segments"] == {
        "conversionAction": f"customers/{SHOP}/conversionActions/7"
    }
    assert row["metrics"] == {"conversions": 0.75}


def test_pages_carry_tokens_that_hold_for_their_query_only(ads):
    """Else a walk through pages ends early, or mixes two queries."""
    api = ads("[google_ads]\npage_rows = 2\n")
    body = {
        "query": "SELECT campaign.id FROM campaign ORDER BY campaign.id",
        "searchSettings": {"returnTotalResultsCount": True},
    }
    first = api.post(SEARCH, body).json()
    assert [row["campaign"]["id"] for row in first["results"]] == ["1", "2"]
    assert first["totalResultsCount"] == "3"
    assert first["fieldMask"] == "campaign.id"
    token = first["nextPageToken"]
    last = api.post(SEARCH, {**body, "pageToken": token}).json()
    assert [row["campaign"]["id"] for row in last["results"]] == ["3"]
    assert "nextPageToken" not in last
    other = {"query": "SELECT campaign.name FROM campaign", "pageToken": token}
    assert code(api.post(SEARCH, other)) == (400, "INVALID_PAGE_TOKEN")
    sized = api.post(SEARCH, {**body, "pageSize": 100})
    assert code(sized) == (400, "PAGE_SIZE_NOT_SUPPORTED")


def test_a_stream_is_a_list_of_batches_and_so_is_its_error(ads):
    """Else a connector that reads answer[0] fails on the first error."""
    api = ads("[google_ads]\npage_rows = 2\n")
    path = SEARCH.replace(":search", ":searchStream")
    batches = api.post(path, {"query": "SELECT campaign.id FROM campaign"}).json()
    assert [len(batch["results"]) for batch in batches] == [2, 1]
    assert api.post(path, {"query": "SELECT campaign.id FROM campaign WHERE campaign.id = 9"}).json() == []  # fmt: skip
    refused = api.post(path, {"query": "SELECT x FROM campaign"})
    assert isinstance(refused.json(), list)
    assert code(refused) == (400, "UNRECOGNIZED_FIELD")


def test_a_client_is_reached_through_its_manager_and_a_closed_one_not_at_all(ads):
    """Else a login that lacks the manager's id works here and not at Google."""
    api = ads()
    query = {
        "query": "SELECT customer_client.id, customer_client.level FROM customer_client"
    }
    manager = f"/v26/customers/{MANAGER}/googleAds:search"
    clients = api.post(manager, query).json()["results"]
    assert [one["customerClient"]["id"] for one in clients] == [MANAGER, SHOP, CLOSED]
    names = api.get("/v26/customers:listAccessibleCustomers").json()
    assert names == {"resourceNames": [f"customers/{MANAGER}"]}
    closed = api.post(SEARCH.replace(SHOP, CLOSED), query)
    assert code(closed) == (403, "CUSTOMER_NOT_ENABLED")
    unknown = api.post(SEARCH.replace(SHOP, "5"), query)
    assert code(unknown) == (401, "CUSTOMER_NOT_FOUND")
    figures = {
        "query": "SELECT metrics.clicks FROM customer WHERE segments.date DURING TODAY"
    }
    assert code(api.post(manager, figures)) == (400, "REQUESTED_METRICS_FOR_MANAGER")
    del api.headers["login-customer-id"]
    assert code(api.post(SEARCH, query)) == (403, "USER_PERMISSION_DENIED")


def test_an_account_without_a_manager_is_its_own_login(ads):
    """Else a data directory with plain customer rows cannot be read."""
    own = {"customer": {"id": SHOP, "currencyCode": "USD", "timeZone": "UTC"}}
    api = ads(login=SHOP, files={**FILES, "google_ads/customers": [own]})
    [row] = found(api, "SELECT customer_client.id, customer_client.currency_code FROM customer_client")  # fmt: skip
    assert row["customerClient"]["currencyCode"] == "USD"


def test_tokens_are_given_out_known_again_and_expire(ads):
    """Else a load of an hour is never tried with a token that ended."""
    api = ads("[limits.google_ads]\ntoken_seconds = 0\n")
    asked = {"query": "SELECT campaign.id FROM campaign"}
    assert code(api.post(SEARCH, asked)) == (401, "OAUTH_TOKEN_EXPIRED")
    api.headers["Authorization"] = "Bearer sandbox-token"
    assert code(api.post(SEARCH, asked)) == (401, "OAUTH_TOKEN_INVALID")
    del api.headers["Authorization"]
    assert api.post(SEARCH, asked).status_code == 401
    for sent, status, error in (
        (form(refresh_token="other"), 400, "invalid_grant"),
        (form(refresh_token="sandbox-token", client_id="x"), 401, "invalid_client"),
        (form("password"), 400, "unsupported_grant_type"),
    ):
        refused = api.post("/token", sent)
        assert (refused.status_code, refused.json()["error"]) == (status, error)


def test_quotas_answer_429_with_the_delay_in_the_body(ads):
    """Else a connector that only knows Retry-After is never put to the test."""
    limits = "[limits.google_ads]\nenforced = true\noperations_per_minute = 1\n"
    api = ads(limits + "operations_per_day = 2\n")
    asked = {"query": "SELECT campaign.id FROM campaign"}
    assert api.post(SEARCH, asked).status_code == 200
    soon = api.post(SEARCH, asked)
    assert code(soon) == (429, "RESOURCE_TEMPORARILY_EXHAUSTED")
    detail = soon.json()["error"]["details"][0]["errors"][0]["details"]
    assert detail["quotaErrorDetails"]["retryDelay"] == "30s"
    assert "retry-after" not in soon.headers
    assert code(api.post(SEARCH, asked)) == (429, "RESOURCE_EXHAUSTED")


def test_a_version_that_google_shut_down_says_so(ads):
    """Else a sunset shows as a page that does not exist."""
    path = SEARCH.replace("v26", "v21")
    refused = ads().post(path, {"query": "SELECT campaign.id FROM campaign"})
    assert code(refused) == (400, "UNSUPPORTED_VERSION")


@pytest.mark.parametrize(
    ("file", "row", "missing"),
    [
        ("campaigns", {"campaign": {"id": "1"}}, "customer.id"),
        ("campaign_stats", {"customer": {"id": SHOP}}, "segments.date"),
        ("customers", {"customerClient": {"id": "1"}}, "customer.id"),
    ],
)
def test_a_line_that_cannot_be_placed_is_named(ads, file, row, missing):
    """Else a converted data directory is short of rows and nobody knows."""
    api = ads(files={**FILES, f"google_ads/{file}": [row]})
    query = "SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.date DURING TODAY"
    answer = api.post(SEARCH, {"query": query})
    assert answer.status_code == 422
    assert missing in answer.text
    assert f"google_ads/{file}.jsonl" in answer.text
