"""The sandbox speaks like Zendesk: exports, lists, errors, limits, tokens."""

import base64

import pytest

from ingestion.sandbox.server.vendors.zendesk import paging

DESCRIPTION = "as_of = 2026-11-18T20:00:00Z"
START = 1_700_000_000


def rows(count, **more):
    """Return tickets a second apart."""
    return [
        {
            "id": n,
            "generated_timestamp": START + n,
            "status": "open",
            "updated_at": "2026-01-01T00:00:00Z",
            "requester_id": 500,
            "metric_set": {"reopens": 0},
            **more,
        }
        for n in range(1, count + 1)
    ]


def ids(body, name="tickets"):
    """Return the ids of a page."""
    return [item["id"] for item in body[name]]


CURSOR = "/api/v2/incremental/tickets/cursor.json"


def test_an_export_by_cursor_goes_on_until_it_says_so(make_api):
    """Else a reader that waits for a missing cursor never stops, as at Zendesk."""
    api = make_api({"zendesk/tickets": rows(5)}, DESCRIPTION)
    first = api.get(CURSOR, start_time=START, per_page=2).json()
    assert ids(first) == [1, 2]
    assert first["end_of_stream"] is False
    assert first["after_url"].startswith("http://sandbox/api/v2/incremental/tickets/")
    second = api.get(CURSOR, cursor=first["after_cursor"], per_page=4).json()
    assert (ids(second), second["end_of_stream"]) == ([3, 4, 5], True)
    last = api.get(CURSOR, cursor=second["after_cursor"]).json()
    assert (ids(last), last["end_of_stream"]) == ([], True)
    assert last["after_cursor"] == second["after_cursor"]


def test_sideloads_come_only_when_asked_for(make_api):
    """Else a reader that forgot include=metric_sets works here and not at Zendesk."""
    people = [{"id": 500, "name": "Lea", "active": True}]
    files = {"zendesk/tickets": rows(1), "zendesk/users": people}
    api = make_api(files, DESCRIPTION)
    plain = api.get(CURSOR, start_time=START).json()
    assert "metric_set" not in plain["tickets"][0]
    assert "users" not in plain
    full = api.get(CURSOR, start_time=START, include="metric_sets,users").json()
    assert full["tickets"][0]["metric_set"] == {"reopens": 0}
    assert full["users"] == people


def test_an_export_by_time_repeats_its_boundary_and_gets_stuck_as_the_real_one(
    make_api,
):
    """Else boundary rows are never seen twice before a customer's account does it."""
    organizations = [
        {"id": n, "name": "O", "updated_at": f"2026-01-01T00:00:0{second}Z"}
        for n, second in enumerate((1, 2, 2, 2, 5), 1)
    ]
    api = make_api({"zendesk/organizations": organizations}, DESCRIPTION)
    path = "/api/v2/incremental/organizations"
    first = api.get(path, start_time=START, per_page=3).json()
    assert ids(first, "organizations") == [1, 2, 3]
    assert (first["count"], first["end_of_stream"]) == (3, False)
    again = api.get(path, start_time=first["end_time"], per_page=3).json()
    assert ids(again, "organizations") == [2, 3, 4]
    # A second with a page's worth of rows is where it started.
    assert again["end_time"] == first["end_time"]
    whole = api.get(path, start_time=first["end_time"]).json()
    assert (ids(whole, "organizations"), whole["next_page"]) == ([2, 3, 4, 5], None)


def test_the_last_minute_is_shown_by_no_export(make_api):
    """Else a reader never learns that it must come back for the newest changes."""
    now = 1_795_032_000
    recent = [{**rows(1)[0], "id": n, "generated_timestamp": now - n} for n in (30, 90)]
    api = make_api({"zendesk/tickets": recent}, DESCRIPTION)
    assert ids(api.get(CURSOR, start_time=now - 100).json()) == [90]
    refused = api.get(CURSOR, start_time=now - 59)
    assert refused.status_code == 422
    assert refused.json()["error"] == "StartTimeTooRecent"


def test_metric_events_come_by_time_and_by_cursor(make_api):
    """Else one of the two ways that readers use is missing."""
    events = [{"id": n, "time": "2026-01-01T00:00:00Z"} for n in range(1, 5)]
    api = make_api({"zendesk/ticket_metric_events": events}, DESCRIPTION)
    path = "/api/v2/incremental/ticket_metric_events"
    name = "ticket_metric_events"
    assert api.get(path, start_time=START).json()["count"] == 4
    size = {"start_time": START, "page[size]": 3}
    first = api.get(path, **size).json()
    after = first["meta"]["after_cursor"]
    assert (ids(first, name), first["meta"]["has_more"]) == ([1, 2, 3], True)
    last = api.get(path, **size, **{"page[after]": after}).json()
    assert (ids(last, name), last["meta"]["has_more"]) == ([4], False)


def test_lists_have_cursor_and_numbered_pages_and_their_limits(make_api, monkeypatch):
    """Else what ends at 10,000 rows at Zendesk goes on here."""
    groups = [{"id": n, "name": f"G{n}", "updated_at": None} for n in range(1, 6)]
    api = make_api({"zendesk/groups": groups}, DESCRIPTION)
    by_cursor = api.get("/api/v2/groups", **{"page[size]": 3, "sort_by": "name"}).json()
    assert ids(by_cursor, "groups") == [1, 2, 3]
    after = by_cursor["meta"]["after_cursor"]
    rest = api.get("/api/v2/groups", **{"page[size]": 3, "page[after]": after}).json()
    assert (ids(rest, "groups"), rest["meta"]["has_more"]) == ([4, 5], False)
    numbered = api.get("/api/v2/groups.json", page=2, per_page=2).json()
    assert (ids(numbered, "groups"), numbered["count"]) == ([3, 4], 5)
    assert "page=3" in numbered["next_page"]
    monkeypatch.setattr(paging, "DEEPEST", 4)
    codes = [
        api.get("/api/v2/groups", **wrong).json()["errors"][0]["code"]
        for wrong in (
            {"page": 3, "per_page": 2},
            {"page[size]": 101},
            {"page[size]": 3, "sort": "created_at"},
            {"page[size]": 3, "page[after]": "nonsense"},
        )
    ]
    assert codes == ["InvalidPaginationDepth", *["InvalidPaginationParameter"] * 3]


def test_lists_hide_what_exports_show(make_api):
    """Else deleted tickets look alive in one place, or dead in both."""
    tickets = rows(2)
    tickets[1]["status"] = "deleted"
    files = {
        "zendesk/tickets": tickets,
        "zendesk/users": [{"id": 1, "active": True}, {"id": 2, "active": False}],
        "zendesk/ticket_events": [
            {
                "id": 7,
                "ticket_id": n,
                "timestamp": START,
                "created_at": "2026-01-01T00:00:00Z",
                "updater_id": 1,
                "via": "Mail",
                "child_events": [
                    {
                        "id": 8,
                        "event_type": "Change",
                        "status": "open",
                        "previous_value": "new",
                    },
                    {"id": 9, "event_type": "Comment", "public": True, "body": "b"},
                ],
            }
            for n in (1, 2)
        ],
    }
    api = make_api(files, DESCRIPTION)
    assert ids(api.get(CURSOR, start_time=START).json()) == [1, 2]
    assert ids(api.get("/api/v2/tickets.json").json()) == [1]
    assert ids(api.get("/api/v2/tickets/show_many.json", ids="2,1").json()) == [1]
    assert ids(api.get("/api/v2/users").json(), "users") == [1]
    assert api.get("/api/v2/tickets/count").json()["count"]["value"] == 1
    audits = api.get("/api/v2/tickets/1/audits.json").json()["audits"]
    assert audits[0]["author_id"] == 1
    assert audits[0]["events"][0] == {
        "id": 8,
        "type": "Change",
        "field_name": "status",
        "value": "open",
        "previous_value": "new",
    }
    missing = api.get("/api/v2/tickets/2/audits")
    assert (missing.status_code, missing.json()["error"]) == (404, "RecordNotFound")
    events = api.get("/api/v2/incremental/ticket_events", start_time=START).json()
    assert "body" not in events["ticket_events"][0]["child_events"][1]


def test_events_are_read_off_audits_where_only_those_are_there(make_api):
    """Else a directory with audits alone has tickets without a history."""
    audit = {
        "id": 7,
        "ticket_id": 1,
        "created_at": "2026-01-01T00:00:00Z",
        "author_id": 1,
        "events": [{"id": 8, "type": "Create", "field_name": "status", "value": "new"}],
    }
    api = make_api({"zendesk/ticket_audits": [audit]}, DESCRIPTION)
    path = "/api/v2/incremental/ticket_events"
    event = api.get(path, start_time=START).json()["ticket_events"][0]
    assert (event["updater_id"], event["timestamp"]) == (1, 1_767_225_600)
    child = {"id": 8, "event_type": "Create", "status": "new"}
    assert event["child_events"] == [child]


def test_credentials_are_refused_in_zendesk_s_words(make_api):
    """Else a health check on users/me passes without a token, as it does at Zendesk."""
    api = make_api({}, DESCRIPTION)
    pair = base64.b64encode(b"a@b.example/token:sandbox-token").decode()
    said = {}
    for name, header in (
        ("none", {}),
        ("bearer", {"Authorization": "Bearer wrong"}),
        ("basic", {"Authorization": "Basic d3Jvbmc="}),
        ("token", {"Authorization": f"Basic {pair}"}),
    ):
        api.headers = header
        said[name] = api.get("/api/v2/groups").json()
    assert said["none"] == said["basic"] == {"error": "Couldn't authenticate you"}
    assert said["bearer"]["error"] == "invalid_token"
    assert "groups" in said["token"]
    api.headers = {}
    me = api.get("/api/v2/users/me.json")
    assert (me.status_code, me.json()["user"]["name"]) == (200, "Anonymous user")


def test_tokens_are_given_out_and_refresh_tokens_are_valid_once(make_api):
    """Else rotation is first met when a customer's second run is locked out."""
    api = make_api({}, f"{DESCRIPTION}\n[limits.zendesk]\ntoken_seconds = 600")
    client = {"client_id": "w", "client_secret": "sandbox-token", "scope": "read"}
    plain = api.post("/oauth/tokens", {**client, "grant_type": "client_credentials"})
    assert plain.json()["expires_in"] == 600
    form = {**client, "grant_type": "refresh_token", "refresh_token": "sandbox-token"}
    answer = api.post("/oauth/tokens", form).json()
    again = api.post("/oauth/tokens", form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    # The pair before is gone with it.
    api.headers = {"Authorization": f"Bearer {plain.json()['access_token']}"}
    assert api.get("/api/v2/groups").status_code == 401
    api.headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert api.get("/api/v2/groups").status_code == 200
    successor = {**form, "refresh_token": answer["refresh_token"]}
    assert api.post("/oauth/tokens", successor).status_code == 200
    unknown = {**form, "client_secret": "x"}
    assert api.post("/oauth/tokens", unknown).json()["error"] == "invalid_client"


def test_exports_have_few_requests_a_minute_and_say_so(make_api):
    """Else a reader that ignores the headers is first refused by Zendesk."""
    limits = "[limits.zendesk]\nenforced = true\nexports_per_minute = 2"
    api = make_api({"zendesk/tickets": rows(1)}, f"{DESCRIPTION}\n{limits}")
    name = "zendesk-ratelimit-incremental-exports-cursor"
    said = [api.get(CURSOR, start_time=START) for _ in range(3)]
    assert [one.status_code for one in said] == [200, 200, 429]
    assert said[0].headers[name].startswith("total=2; remaining=1; resets=")
    assert said[1].headers[name].startswith("total=2; remaining=0; resets=")
    assert said[2].json()["error"] == "APIRateLimitExceeded"
    assert 1 <= int(said[2].headers["Retry-After"]) <= 60
    assert api.get("/api/v2/groups").headers["x-rate-limit"] == "700"


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/api/v2/incremental/tickets/cursor", {}, 400),
        ("/api/v2/incremental/tickets/cursor", {"cursor": "???"}, 400),
        (
            "/api/v2/incremental/tickets/cursor",
            {"start_time": START, "per_page": 1001},
            400,
        ),
        ("/api/v2/users/show_many", {}, 400),
        ("/api/v2/business_hours/schedules/1/holidays", {}, 404),
        ("/api/v2/tickets/99", {}, 404),
    ],
)
def test_a_wrong_request_is_refused(make_api, path, params, status):
    """Else a reader's mistake is first noticed in a customer's account."""
    assert make_api({}, DESCRIPTION).get(path, **params).status_code == status
