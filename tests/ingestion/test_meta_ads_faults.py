"""A misbehaving Graph API ends in all rows, or in a red run that says what to do."""

import logging
from decimal import Decimal

import pytest

from ingestion.load import LoadError
from ingestion.sources import _meta_ads_api, _meta_ads_insights, meta_ads

from .meta_ads_world import TOKEN, AdWorld, account, figure, thing

DAYS = [f"2026-11-{day:02}" for day in range(1, 19)]
# Two ads, two platforms, 18 days: 72 rows by platform, and 36 by age and gender.
FIGURES = [
    figure(day, 31 + ad, publisher_platform=platform)
    for day in DAYS
    for ad in range(2)
    for platform in ("facebook", "instagram")
]
WHOLE = dict.fromkeys(DAYS, (400, Decimal(5)))
DIRECT, JOBS = "act_111/insights", "/61010"


@pytest.fixture
def world(tmp_path, server, monkeypatch):
    """Return an account with 12 campaigns in three pages, figures in eight."""
    monkeypatch.setenv("SOURCES__META_ADS__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__META_ADS__ACCESS_TOKEN", TOKEN)
    monkeypatch.setattr(_meta_ads_api, "LONGEST_WAIT_SECONDS", 0)
    monkeypatch.setattr(_meta_ads_insights, "FIRST_POLL_SECONDS", 0)
    monkeypatch.setattr(_meta_ads_insights, "ROWS_PER_PAGE", 10)
    monkeypatch.setattr(meta_ads, "OBJECTS_PER_PAGE", 5)
    world = AdWorld(tmp_path, server)
    world.write_small_account(ads=2)
    # Every day before the first figures would be a job to wait for.
    created = "2026-10-30T00:00:00+0100"
    world.write("ad_accounts", [account(created_time=created)])
    world.write("campaigns", [thing(11 + number) for number in range(12)])
    world.write("insights", FIGURES)
    return world


def assert_whole(world: AdWorld) -> None:
    """Check that every row is there once."""
    ids = [str(11 + number) for number in range(12)]
    assert [row[0] for row in world.rows("select id from campaigns order by id")] == ids
    assert world.totals() == WHOLE
    assert world.totals("insights_by_age_and_gender") == WHOLE


@pytest.mark.parametrize(
    "faults",
    [
        (
            'rate_limit = {path}, count = 3, policy = "80000"',
            "bad_gateway_page = {path}, after = 4",
        ),
        (
            'rate_limit = {path}, count = 2, policy = "17", retry_after = "9"',
            "error_with_ok = {path}, after = 3, count = 2",
            "slow_page = {path}, seconds = 0.05",
        ),
        (
            "server_error = {path}, count = 5, status = 503",
            "truncated_body = {path}, after = 6, count = 2",
        ),
        (
            "rate_limit = {path}, count = 2, html = true",
            "cut_connection = {path}, after = 3",
            "duplicate_rows = {path}, count = 0, rows = 3",
        ),
        (
            "empty_page = {path}, after = 1",
            "duplicate_rows = {path}, count = 0, from_previous = true",
        ),
        ("missing_rows = {path}, after = 1", "expired_cursor = {path}, after = 2"),
    ],
    ids=[
        "too many calls of the account, and a 502 page",
        "too many calls with a Retry-After, errors with status 200, a slow page",
        "5xx burst, then truncated JSON",
        "429 in HTML, a connection cut, rows twice in a page",
        "an empty page with a next one, rows of the page before again",
        "rows missing from a page, then an expired cursor",
    ],
)
def test_every_row_arrives_once_in_spite_of_mishaps(world, faults):
    """Else one bad minute of Meta costs a month's numbers."""
    for fault in faults:
        kind, _, entry = fault.partition(" = ")
        # Played on a list of objects, and on jobs with their results.
        for path in ("act_111/campaigns", JOBS):
            options = entry.format(path=f'path = "{path}"')
            world.faults += f"[[faults.{kind}]]\n{options.replace(', ', chr(10))}\n"
    load = world.load()
    assert_whole(world)
    assert all(table.is_balanced for table in load.tables)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ('server_error = { path = "/ads", count = 0 }', "after every retry: 503"),
        ('error_with_ok = { path = "/ads", count = 0 }', "200 without `data`"),
        ('rate_limit = { path = "/ads", count = 0 }', "code 80000/2446079"),
        ('missing_rows = { path = "/adsets", count = 0 }', "adsets left out records"),
        (f'missing_rows = {{ path = "{JOBS}", count = 0 }}', "left out records"),
        ('expired_cursor = { path = "campaigns", count = 0 }', "code 100"),
        (
            'revoked_token = { path = "/insights", after = 1 }',
            "SOURCES__META_ADS__ACCESS_TOKEN",
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_message_and_no_rows(world, fault, message):
    """Else half an account looks like a whole one; the next load must complete it."""
    world.faults = fault
    with pytest.raises(LoadError, match=message) as failed:
        world.load()
    said = str(failed.value)
    assert said.startswith("meta_ads: ")
    assert "\n" not in said
    assert TOKEN not in said
    world.faults = ""
    world.load()
    assert_whole(world)


def test_a_revoked_token_stops_at_once(world):
    """Asking on with a dead token for a minute helps nobody."""
    world.faults = "revoked_token = { after = 3 }"
    with pytest.raises(LoadError, match="The token expired or was revoked"):
        world.load()
    assert len(world.server.paths) == 4


def test_a_long_ban_is_told_and_not_waited_for(world):
    """Meta states hours at times; a run must not sleep through them."""
    world.limits = "enforced = true\ncalls_per_hour = 3\nregain_minutes = 45"
    with pytest.raises(LoadError, match="answers this app again in 45 minutes"):
        world.load()


def test_a_missing_permission_leaves_the_other_tables_loading(world):
    """One edge that the token may not read must not stop the figures."""
    world.faults = 'missing_scope = { path = "/adsets", scope = "ads_read" }'
    with pytest.raises(LoadError) as failed:
        world.load()
    assert str(failed.value).startswith("meta_ads: adsets was not loaded: account 111")
    assert "SOURCES__META_ADS__SKIP" in str(failed.value)
    assert_whole(world)


def test_a_dead_version_is_named_with_its_remedy(world, monkeypatch):
    """Marketing API versions end after about a year."""
    monkeypatch.setenv("SOURCES__META_ADS__API_VERSION", "v22.0")
    with pytest.raises(LoadError, match="SOURCES__META_ADS__API_VERSION"):
        world.load()


@pytest.mark.parametrize(
    "limits",
    ["skipped_jobs = 1\njob_polls = 4", "failed_jobs = 3"],
    ids=["a slow job was skipped", "a job failed twice, and its first half once"],
)
def test_lost_jobs_are_asked_for_again(world, limits):
    """Meta gives up jobs under load: first again, then in halves."""
    world.limits = limits
    world.load()
    assert_whole(world)


def test_a_day_that_no_job_can_compute_is_named(world):
    """Else the run halves for ever, or leaves the day out."""
    world.limits = "failed_jobs = 1000\ndirect_rows = 1"
    with pytest.raises(LoadError) as failed:
        world.load()
    assert "insights_by_platform of account 111 for 2026-11-01 failed" in str(
        failed.value
    )
    assert "Job Failed 2" in str(failed.value)


def test_a_query_that_is_too_big_is_computed_in_a_job(world, monkeypatch):
    """`Please reduce the amount of data` ends no load."""
    monkeypatch.setattr(_meta_ads_insights, "JOB_DAYS", 3)
    monkeypatch.setattr(_meta_ads_insights, "MANY_ROWS", 6)
    world.limits = "direct_rows = 3"
    world.load()
    assert_whole(world)
    posts = [path for path in world.server.paths if path.startswith("POST")]
    assert posts
    assert f"GET /v26.0/{DIRECT}" in world.server.paths


def test_the_token_is_in_no_log_and_no_url(world, caplog):
    """`paging.next` carries it; whoever follows or logs that link gives it away."""
    caplog.set_level(logging.DEBUG)
    world.faults = 'server_error = { path = "/ads", count = 0 }'
    with pytest.raises(LoadError):
        world.load()
    assert TOKEN not in caplog.text


def test_totals_may_be_left_unchecked(world, monkeypatch):
    """If Meta's own total is wrong, the user needs a way on."""
    monkeypatch.setenv("SOURCES__META_ADS__CHECK_TOTALS", "false")
    world.faults = 'missing_rows = { path = "/campaigns", count = 1 }'
    world.load()
    assert world.rows("select count(*) from campaigns") == [(11,)]


def test_a_value_that_is_no_number_is_quarantined_and_its_row_kept(world):
    """One odd cell must not cost the campaign, nor become another number."""
    campaigns = [thing(11 + number) for number in range(12)]
    world.write("campaigns", [{**campaigns[0], "daily_budget": "much"}, *campaigns[1:]])
    world.load()
    assert_whole(world)
    assert world.rows(
        "select table_name, record_id, field_name, raw_value from quarantine"
    ) == [("campaigns", "11", "daily_budget", "much")]
