"""The sandbox's Graph API: what it adds up, hides, states and refuses."""

import json

import orjson
import pytest

DAY = "2026-11-02"


def finest(ad_id="31", **more):
    """Return a finest row."""
    return {
        "account_id": "111",
        "campaign_id": "11",
        "adset_id": "21",
        "ad_id": ad_id,
        "date_start": DAY,
        "date_stop": DAY,
        "publisher_platform": "facebook",
        "age": "25-34",
        "gender": "female",
        "impressions": "100",
        "clicks": "5",
        "spend": "0.10",
        "reach": "80",
        **more,
    }


def files(insights, ads=("31", "32")):
    """Return one account with a deleted ad 32."""
    common = {"account_id": "111", "effective_status": "ACTIVE", "name": "N"}
    zone = {"timezone_name": "Europe/Berlin", "currency": "EUR", "name": "Z"}
    return {
        "meta_ads/ad_accounts": [{"id": "act_111", "account_id": "111", **zone}],
        "meta_ads/campaigns": [{"id": "11", **common}],
        "meta_ads/adsets": [{"id": "21", "campaign_id": "11", **common}],
        "meta_ads/ads": [
            {
                **common,
                "id": one,
                "campaign_id": "11",
                "adset_id": "21",
                "effective_status": "DELETED" if one == "32" else "ACTIVE",
            }
            for one in ads
        ],
        "meta_ads/insights": insights,
    }


AS_OF = "as_of = 2026-11-18T20:00:00Z\n"
WEEK = json.dumps({"since": "2026-11-01", "until": "2026-11-07"})


@pytest.fixture
def graph(make_api):
    """Return an API over a day of figures of two ads, one of them deleted."""
    rows = [
        finest(),
        finest(publisher_platform="instagram", spend="0.20"),
        finest(age="65+", spend="0.05"),
        finest("32", spend="7"),
    ]
    return make_api(files(rows), AS_OF)


def insights(api, **params):
    """Return the rows of a report of a week."""
    answer = api.get("/v26.0/act_111/insights", time_range=WEEK, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_figures_are_added_up_to_what_was_asked_for(graph):
    """Cents exactly, people never: reach is no sum."""
    (row,) = insights(graph, fields="impressions,clicks,spend,reach,cpm")
    assert row == {
        "impressions": "400",
        "clicks": "20",
        "spend": "7.35",
        "reach": "80",
        "cpm": "18.375000",
        "date_start": "2026-11-01",
        "date_stop": "2026-11-07",
    }
    by_age = insights(
        graph, fields="spend", breakdowns="age", level="ad", time_increment="1"
    )
    assert [(one["age"], one["spend"]) for one in by_age] == [
        ("25-34", "0.3"),
        ("65+", "0.05"),
    ]


def test_deleted_ads_are_hidden_at_their_own_level_only(graph):
    """Meta's rule, by which a naive connector loses spend."""
    at_ad = insights(graph, fields="ad_id,spend", level="ad")
    assert [(one["ad_id"], one["spend"]) for one in at_ad] == [("31", "0.35")]
    (at_campaign,) = insights(graph, fields="spend", level="campaign")
    assert at_campaign["spend"] == "7.35"
    asked = [{"field": "ad.effective_status", "operator": "IN", "value": ["DELETED"]}]
    deleted = insights(
        graph, fields="ad_id,spend", level="ad", filtering=json.dumps(asked)
    )
    assert [(one["ad_id"], one["spend"]) for one in deleted] == [("32", "7")]


def test_the_last_page_has_a_cursor_and_no_next(graph):
    """Only `next` says that there is more; and it carries the token."""
    query = {"level": "ad", "breakdowns": "age,gender", "time_increment": "1"}
    first = graph.get(
        "/v26.0/act_111/insights", time_range=WEEK, limit="1", **query
    ).json()
    assert "access_token=sandbox-token" in first["paging"]["next"]
    after = first["paging"]["cursors"]["after"]
    last = graph.get(
        "/v26.0/act_111/insights", time_range=WEEK, limit="1", after=after, **query
    ).json()
    assert "after" in last["paging"]["cursors"]
    assert "next" not in last["paging"]


def test_every_answer_states_the_usage_of_the_limits(graph):
    """Clients pace themselves by these headers."""
    headers = graph.get("/v26.0/act_111/campaigns").headers
    uses = orjson.loads(headers["x-business-use-case-usage"])
    assert uses["111"][0]["type"] == "ads_management"
    assert uses["111"][0]["estimated_time_to_regain_access"] == 0
    assert "acc_id_util_pct" in headers["x-fb-ads-insights-throttle"]


def test_too_many_calls_are_a_400_with_the_minutes_to_wait(make_api):
    """Not a 429: a client that waits for one is banned."""
    limits = (
        "[limits.meta_ads]\nenforced = true\ncalls_per_hour = 1\nregain_minutes = 7"
    )
    api = make_api(files([]), f"{AS_OF}{limits}")
    api.get("/v26.0/me/adaccounts")
    refused = api.get("/v26.0/act_111/insights")
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == 80000
    uses = orjson.loads(refused.headers["x-business-use-case-usage"])
    assert uses["111"][0]["estimated_time_to_regain_access"] == 7


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("v26.0/act_111/insights", {"breakdowns": "planet"}, 100),
        ("v26.0/act_111/insights", {"breakdowns": "publisher_platform,age"}, 100),
        ("v26.0/act_111/insights", {"fields": "no_such_field"}, 100),
        ("v26.0/act_111/insights", {"level": "galaxy"}, 100),
        ("v26.0/act_111/insights", {"filtering": "[broken"}, 100),
        (
            "v26.0/act_111/insights",
            {"filtering": '[{"field":"x","operator":"IN"}]'},
            100,
        ),
        ("v26.0/act_111/insights", {"time_increment": "0"}, 100),
        ("v26.0/act_111/insights", {"date_preset": "lifetime"}, 100),
        (
            "v26.0/act_111/insights",
            {"time_range": '{"since":"2019-01-01","until":"2026-11-01"}'},
            3018,
        ),
        ("v26.0/act_111/campaigns", {"after": "!"}, 100),
        ("v26.0/act_111/campaigns", {"limit": "0"}, 100),
        ("v26.0/act_999/campaigns", {}, 100),
        ("v26.0/77", {}, 100),
        ("v23.0/act_111/campaigns", {}, 2635),
    ],
)
def test_what_meta_refuses_is_refused(graph, path, params, code):
    """A sandbox that is kinder than Meta hides bugs."""
    answer = graph.get(f"/{path}", **params)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["fbtrace_id"]


def test_a_request_without_a_token_is_refused(make_api):
    """Else a source that forgets its token works in the sandbox only."""
    api = make_api(files([]), AS_OF, token="")
    assert api.get("/v26.0/me/adaccounts").json()["error"]["code"] == 104
    wrong = api.get("/v26.0/me/adaccounts", access_token="no")
    assert wrong.json()["error"]["code"] == 190


def test_presets_and_periods(graph):
    """A month, and weeks that are counted from the first day asked for."""
    monthly = insights(graph, fields="spend", time_increment="monthly")
    assert [(one["date_start"], one["date_stop"]) for one in monthly] == [
        ("2026-11-01", "2026-11-07")
    ]
    preset = graph.get(
        "/v26.0/act_111/insights", date_preset="last_28d", fields="spend"
    )
    assert preset.json()["data"][0]["date_stop"] == "2026-11-17"
    maximum = graph.get(
        "/v26.0/act_111/insights", date_preset="maximum", fields="spend"
    )
    assert maximum.json()["data"][0]["date_start"] == DAY


def test_a_summary_covers_all_pages(graph):
    """By it a client sees that a page came short."""
    answer = graph.get(
        "/v26.0/act_111/insights",
        time_range=WEEK,
        level="ad",
        breakdowns="age",
        fields="spend,impressions",
        summary="impressions,spend",
        limit="1",
    ).json()
    assert len(answer["data"]) == 1
    assert answer["summary"]["impressions"] == "300"
    assert answer["summary"]["spend"] == "0.35"


def test_a_broken_line_is_named_with_its_file(make_api):
    """The one who wrote the directory must find it."""
    api = make_api(files([{"ad_id": "31"}]), AS_OF)
    answer = api.get("/v26.0/act_111/insights")
    assert answer.status_code == 422
    assert "meta_ads/insights.jsonl line 1" in answer.text
