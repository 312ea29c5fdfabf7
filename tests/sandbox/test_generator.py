"""The generated company: repeatable, coherent, and with every planted truth in it."""

import gzip
import hashlib
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from ingestion.sandbox.generator import ensure_company, generate
from ingestion.sandbox.server.store import Store
from ingestion.settings import SettingsError, load_settings

UNKNOWN_OWNER = "40000001"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a freshly generated company of size small."""
    return generate(tmp_path_factory.mktemp("sandbox") / "small-7", "small", 7)


@pytest.fixture(scope="module")
def crm(company: Path) -> dict[str, list[dict]]:
    """Return the CRM's files by name."""
    return {
        path.stem: [orjson.loads(line) for line in path.read_bytes().splitlines()]
        for path in (company / "hubspot").glob("*.jsonl")
    }


@pytest.fixture(scope="module")
def lines(company: Path) -> list[tuple[str, bytes]]:
    """Return (folder of the day, line) of every line of the event archive."""
    return [
        (path.parent.name, line)
        for path in sorted((company / "events").rglob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


@pytest.fixture(scope="module")
def events(lines: list[tuple[str, bytes]]) -> list[dict]:
    """Return every event that can be parsed."""
    found = []
    for _, line in lines:
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(event, dict):
            found.append(event)
    return found


@pytest.fixture(scope="module")
def deals(crm: dict[str, list[dict]]) -> dict[str, dict]:
    """Return the deals by name; the planted ones have speaking names."""
    return {deal["properties"]["dealname"]: deal for deal in crm["deals"]}


@pytest.fixture(scope="module")
def orders(events: list[dict]) -> dict[str, list[dict]]:
    """Return the events of every planted order by the order's scenario."""
    found: dict[str, list[dict]] = {}
    for event in events:
        order_id = str(event.get("properties", {}).get("order_id", ""))
        if order_id.startswith("P-"):
            found.setdefault(order_id.removeprefix("P-"), []).append(event)
    return found


def digest(folder: Path) -> str:
    """Return one hash over the names and bytes of all files."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def history(deal: dict, name: str) -> list[str]:
    """Return a property's values, oldest first."""
    versions = deal["propertiesWithHistory"].get(name, [])
    return [version["value"] for version in reversed(versions)]


def instant(text: str) -> datetime:
    """Return an ISO text as an instant."""
    return datetime.fromisoformat(text)


def test_the_same_seed_gives_the_same_bytes(company: Path, tmp_path: Path) -> None:
    """Numbers would change from run to run, and no test could state any."""
    again = generate(tmp_path / "again", "small", 7)
    assert digest(again) == digest(company)


def test_another_seed_gives_another_company(company: Path, tmp_path: Path) -> None:
    """A seed that is ignored would hide that models fit one company only."""
    other = generate(tmp_path / "other", "small", 8)
    assert digest(other) != digest(company)


def test_planted_truths_do_not_depend_on_the_seed(tmp_path: Path) -> None:
    """Somebody who changes SANDBOX_SEED would lose the traps silently."""
    other = generate(tmp_path / "other", "small", 123)
    text = (other / "hubspot" / "deals.jsonl").read_text("utf-8")
    assert "Won, reopened, lost" in text
    assert "Won in pounds while there is no rate" in text


def test_only_files_that_the_server_reads_are_written(company: Path) -> None:
    """The server refuses a directory with a file that nobody reads."""
    Store(company).check_lines()


def test_a_complete_company_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Generating anew at every run would cost time and touch every file's date."""
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.setenv("SANDBOX_SIZE", "small")
    folder = ensure_company(load_settings())
    written = (folder / "sandbox.toml").stat().st_mtime_ns
    assert folder == tmp_path / "sandbox" / "small-7"
    assert ensure_company(load_settings()) == folder
    assert (folder / "sandbox.toml").stat().st_mtime_ns == written


def test_half_a_company_is_written_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A company without its description came from a run that died."""
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.setenv("SANDBOX_SIZE", "small")
    folder = ensure_company(load_settings())
    whole = digest(folder)
    (folder / "sandbox.toml").unlink()
    (folder / "hubspot" / "deals.jsonl").unlink()
    assert digest(ensure_company(load_settings())) == whole


def test_data_from_elsewhere_is_never_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Somebody's converted data would be overwritten by the generator."""
    (tmp_path / "hubspot").mkdir()
    monkeypatch.setenv("SANDBOX_DATA", str(tmp_path))
    assert ensure_company(load_settings()) == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["hubspot"]


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    """`--out ~/documents` must not delete documents."""
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(SettingsError, match="not empty"):
        generate(tmp_path, "small", 7)
    assert (tmp_path / "letter.txt").exists()


def test_a_contact_is_the_same_person_in_the_shop(
    crm: dict[str, list[dict]], events: list[dict]
) -> None:
    """Without it no customer can be followed from the web to the deal."""
    emails = {
        contact["properties"]["email"].lower(): contact for contact in crm["contacts"]
    }
    identified = {
        event["userId"]: event["traits"]["email"]
        for event in events
        if event["type"] == "identify"
    }
    shared = [user for user, email in identified.items() if email in emails]
    assert len(shared) >= 20
    assert len(identified) > len(shared)
    buyers = {event["userId"] for event in events if event.get("event") == "Order Completed"}  # fmt: skip
    assert buyers & set(shared)


def test_references_of_the_crm_resolve(crm: dict[str, list[dict]]) -> None:
    """A dangling id that is not planted would be taken for a model's bug."""
    owners = {owner["id"] for owner in crm["owners"]}
    for name in ("contacts", "companies", "deals", "meetings", "calls", "tasks"):
        used = {item["properties"]["hubspot_owner_id"] for item in crm[name]}
        assert used - owners - {None, UNKNOWN_OWNER} == set()
    known = {
        name: {item["id"] for item in crm[name]} | merged(crm, name)
        for name in ("contacts", "companies", "deals", "line_items")
    }
    for name, results in crm.items():
        if name.startswith("associations_"):
            target = name.rpartition("_")[2]
            target = "line_items" if target == "items" else target
            ids = {to["toObjectId"] for result in results for to in result["to"]}
            assert ids - known[target] == set(), name


def merged(crm: dict[str, list[dict]], name: str) -> set[str]:
    """Return the ids that went into survivors of merges."""
    return {
        old
        for item in crm[name]
        for old in (item["properties"].get("hs_merged_object_ids") or "").split(";")
        if old
    }


@pytest.mark.parametrize("name", ["contacts", "companies", "deals"])
def test_merged_records_are_listed_by_their_survivor_only(
    crm: dict[str, list[dict]], name: str
) -> None:
    """A merge takes both old ids away; facts that carry them must be re-keyed."""
    old = merged(crm, name)
    assert len(old) >= 2
    assert old.isdisjoint({item["id"] for item in crm[name]})


def test_some_references_still_carry_a_merged_id(crm: dict[str, list[dict]]) -> None:
    """Without them a missing id redirect would go unnoticed."""
    companies, contacts = merged(crm, "companies"), merged(crm, "contacts")

    def targets(name: str) -> set[str]:
        return {to["toObjectId"] for result in crm[name] for to in result["to"]}

    assert targets("associations_deals_companies") & companies
    assert targets("associations_deals_contacts") & contacts
    assert targets("associations_meetings_companies") & companies


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("Won, reopened, lost", ["won", "open", "lost"]),
        ("Lost, reopened, won", ["lost", "open", "won"]),
        ("Won, reopened, still open", ["won", "open"]),
    ],
)
def test_deals_are_reopened(
    deals: dict[str, dict], crm: dict[str, list[dict]], name: str, stages: list[str]
) -> None:
    """A model that takes the first closing counts these deals wrongly."""
    meaning = {
        stage["id"]: {"1.0": "won", "0.0": "lost"}.get(
            stage["metadata"]["probability"], "open"
        )
        for pipeline in crm["pipelines"]
        for stage in pipeline["stages"]
    }
    walked = [meaning[stage] for stage in history(deals[name], "dealstage")]
    assert walked[-len(stages) :] == stages


def test_the_stage_closedwon_is_not_won(
    crm: dict[str, list[dict]], deals: dict[str, dict]
) -> None:
    """Who derives won from the id reports open deals as revenue."""
    stages = {s["id"]: s for p in crm["pipelines"] for s in p["stages"]}
    assert stages["closedwon"]["label"] == "Proposal Sent"
    assert stages["closedwon"]["metadata"] == {"isClosed": "false", "probability": "0.7"}  # fmt: skip
    trap = deals["In stage closedwon, which is open in Renewals"]
    assert trap["properties"]["dealstage"] == "closedwon"
    assert trap["properties"]["hs_is_closed_won"] == "false"


def test_deals_move_between_stages_pipelines_and_owners(
    deals: dict[str, dict],
) -> None:
    """History must be kept per change, not read from the current record."""
    back = history(deals["Backward and entered again"], "dealstage")
    assert back.count("qualifiedtobuy") == 2
    skipped = history(deals["Skipped two stages"], "dealstage")
    assert skipped == ["appointmentscheduled", "contractsent", "1076664462"]
    moved = deals["Moved from Renewals to Sales on the way"]
    assert history(moved, "pipeline") == ["98765432", "default"]
    assert "1076664400" in history(deals["Was in a stage that was deleted"], "dealstage")  # fmt: skip
    assert len(set(history(deals["Owner of another team closes"], "hubspot_owner_id"))) == 2  # fmt: skip
    after = deals["Owner changed after the closing"]["propertiesWithHistory"]
    assert after["hubspot_owner_id"][0]["timestamp"] > after["dealstage"][0]["timestamp"]  # fmt: skip


def test_closings_fall_on_other_days_in_berlin_than_in_utc(
    deals: dict[str, dict],
) -> None:
    """Days computed in UTC put these deals into the wrong month or year."""
    for name, utc_month, berlin_month in (
        ("Won 00:30 on 1 April in Berlin, 31 March in UTC", 3, 4),
        ("Won 00:30 on 1 November in Berlin, 31 October in UTC", 10, 11),
        ("Won at New Year in Berlin, in the old year in UTC", 12, 1),
    ):
        closed = instant(deals[name]["properties"]["closedate"])
        assert closed.astimezone(UTC).month == utc_month
        assert closed.astimezone(BERLIN).month == berlin_month


def test_amounts_are_missing_zero_cleared_and_text(deals: dict[str, dict]) -> None:
    """Unknown, zero and unusable are three different things."""
    amounts = {
        name: deals[name]["properties"]["amount"]
        for name in (
            "Won without amount",
            "Won with amount zero",
            "Won with a cleared amount",
            "Lost with text as amount",
        )
    }
    assert list(amounts.values()) == [None, "0", "", "N/A"]


def test_close_dates_slip_with_their_history(deals: dict[str, dict]) -> None:
    """Slippage is only visible in the versions of the close date."""
    slipped = history(deals["Slipped from March over April to May"], "closedate")
    assert [text[:7] for text in slipped] == ["2026-03", "2026-04", "2026-05", "2026-05"]  # fmt: skip
    put_back = deals["Won in June, close date put back into May afterwards"]
    assert put_back["properties"]["closedate"] < put_back["propertiesWithHistory"]["dealstage"][0]["timestamp"]  # fmt: skip


def test_deals_are_in_several_currencies_and_one_has_no_rate(
    crm: dict[str, list[dict]], deals: dict[str, dict]
) -> None:
    """An amount without a rate must be counted, never converted by 1.0."""
    currencies = {deal["properties"]["deal_currency_code"] for deal in crm["deals"]}
    assert currencies == {"EUR", "USD", "GBP", "TRY", None}
    closed = instant(deals["Won in pounds while there is no rate"]["properties"]["closedate"])  # fmt: skip
    pounds = [instant(rate["effectiveAt"]) for rate in crm["currencies"] if rate["fromCurrencyCode"] == "GBP"]  # fmt: skip
    age = closed - max(moment for moment in pounds if moment <= closed)
    assert age > timedelta(days=8)
    dollars = sorted(instant(rate["effectiveAt"]) for rate in crm["currencies"] if rate["fromCurrencyCode"] == "USD")  # fmt: skip
    gaps = {(later - earlier).days for earlier, later in pairwise(dollars)}
    assert gaps <= {6, 7}


def test_records_are_archived(
    crm: dict[str, list[dict]], deals: dict[str, dict]
) -> None:
    """An archived record looks alive to who does not ask for archived ones."""
    assert deals["Won and archived"]["archived"] is True
    assert [contact["archived"] for contact in crm["contacts"]].count(True) == 1
    gone = [owner for owner in crm["owners"] if owner["archived"]]
    assert [owner["userId"] for owner in gone] == [None]
    assert gone[0]["userIdIncludingInactive"] is not None
    closer = deals["Closed by the owner who left"]["properties"]["hubspot_owner_id"]
    assert closer == gone[0]["id"]


def test_one_owner_is_in_two_teams(crm: dict[str, list[dict]]) -> None:
    """Without the primary flag his sales would be counted in both."""
    teams = [[team["primary"] for team in owner["teams"]] for owner in crm["owners"]]
    assert teams.count([True, False]) == 1


def test_a_day_of_overlapping_meetings_is_planted(
    crm: dict[str, list[dict]],
) -> None:
    """Two meetings at once are not twice the time."""
    day = [
        meeting["properties"]
        for meeting in crm["meetings"]
        if meeting["properties"]["hs_meeting_start_time"].startswith("2026-09-15T")
        and meeting["id"] < "65100000400"
    ]
    starts = Counter(meeting["hs_meeting_start_time"][11:16] for meeting in day)
    assert starts["07:00"] == 2
    assert starts["07:30"] == 1
    outcomes = {meeting["hs_meeting_outcome"] for meeting in day}
    assert outcomes >= {"COMPLETED", "CANCELED", "NO_SHOW", "RESCHEDULED"}
    assert any(";" in (meeting["hs_attendee_owner_ids"] or "") for meeting in day)


def test_calls_are_logged_twice_and_not_connected(
    crm: dict[str, list[dict]],
) -> None:
    """A voicemail is no time with a customer, and one call is one call."""
    calls = [call["properties"] for call in crm["calls"]]
    seen = Counter((c["hubspot_owner_id"], c["hs_timestamp"], c["hs_call_duration"]) for c in calls)  # fmt: skip
    assert max(seen.values()) == 2
    assert len({call["hs_call_disposition"] for call in calls}) == 5


def test_targets_exist_per_owner_and_month_but_for_one(
    crm: dict[str, list[dict]],
) -> None:
    """A missing target is not a target of zero."""
    goals = [goal["properties"] for goal in crm["goal_targets"]]
    kinds = {(goal["hs_kpi_object_type_id"], goal["hs_kpi_metric_type"]) for goal in goals}  # fmt: skip
    assert kinds == {("0-47", "COUNT"), ("0-3", "SUM")}
    september = [goal for goal in goals if goal["hs_start_datetime"].startswith("2026-09")]  # fmt: skip
    by_kind = Counter(goal["hs_kpi_object_type_id"] for goal in september)
    assert by_kind["0-47"] == by_kind["0-3"] - 1
    ends = {goal["hs_end_datetime"][10:] for goal in goals}
    assert ends == {"T23:59:59.999Z"}


def test_teams_have_targets_of_their_own(crm: dict[str, list[dict]]) -> None:
    """A team's target and those of its reps must not be added up."""
    goals = [goal["properties"] for goal in crm["goal_targets"]]
    teams = [goal for goal in goals if goal["hs_assignee_team_id"]]
    assert [goal["hs_target_amount"] for goal in teams] == ["31.00", "50000.00"]
    assert {goal["hubspot_owner_id"] for goal in teams} == {None}


def test_what_nobody_owns_or_lists_is_planted(
    crm: dict[str, list[dict]], deals: dict[str, dict]
) -> None:
    """Missing owners and stages must not make records disappear from totals."""
    unlisted = deals["Owned by somebody the CRM does not list"]["properties"]
    assert unlisted["hubspot_owner_id"] == UNKNOWN_OWNER
    nobodys = deals["Nobody's deal, of no company"]
    assert nobodys["properties"]["hubspot_owner_id"] is None
    assert "associations" not in nobodys
    deleted = deals["Open in a stage that was deleted"]["properties"]["dealstage"]
    stages = {s["id"] for p in crm["pipelines"] for s in p["stages"]}
    assert deleted not in stages
    held = [m["properties"] for m in crm["meetings"] if m["properties"]["hs_meeting_outcome"] == "COMPLETED"]  # fmt: skip
    assert any(meeting["hubspot_owner_id"] is None for meeting in held)
    future = deals["Won, dated into the future"]["properties"]["closedate"]
    assert future > "2026-11-18T20:00:00.000Z"


def test_a_contact_works_for_two_companies(crm: dict[str, list[dict]]) -> None:
    """His meetings are with his primary company, not with both."""
    links = crm["associations_contacts_companies"]
    both = [link["to"] for link in links if len(link["to"]) > 1]
    assert len(both) == 1
    primary = [{t["typeId"] for t in to["associationTypes"]} for to in both[0]]
    assert primary == [{1, 279}, {279}]


def test_orders_are_refunded_in_every_way(orders: dict[str, list[dict]]) -> None:
    """Returns date by event or by order, and may exceed what was bought."""

    def of(scenario: str, name: str) -> list[dict]:
        return [e for e in orders[scenario] if e["event"] == name]

    assert of("refunded-next-month", "Order Refunded")[0]["timestamp"][:7] == "2026-02"
    whole = of("refunded-in-part", "Order Completed")[0]["properties"]
    part = of("refunded-in-part", "Order Refunded")[0]["properties"]
    assert 0 < part["total"] < whole["total"]
    assert len(part["products"]) < len(whole["products"])
    assert len(of("refunded-twice", "Order Refunded")) == 2
    paid = of("refunded-more-than-paid", "Order Completed")[0]["properties"]["total"]
    assert of("refunded-more-than-paid", "Order Refunded")[0]["properties"]["total"] > paid  # fmt: skip
    assert "products" not in of("refunded-without-products", "Order Refunded")[0]["properties"]  # fmt: skip
    assert [e["event"] for e in orders["never-ordered"]] == ["Order Refunded"]
    assert [e["event"] for e in orders["cancelled"]] == ["Order Completed", "Order Cancelled"]  # fmt: skip


def test_odd_orders_are_planted(orders: dict[str, list[dict]]) -> None:
    """Gift cards, free orders, foreign money and retries all distort naive sums."""
    free = orders["free-by-coupon"][0]["properties"]
    assert free["discount"] == free["products"][0]["price"]
    categories = [p["category"] for p in orders["gift-card-and-tea"][0]["properties"]["products"]]  # fmt: skip
    assert categories == ["tea", "gift_card"]
    retried = orders["retried"]
    assert len(retried) == 2
    assert len({event["messageId"] for event in retried}) == 2
    assert orders["in-francs"][0]["properties"]["currency"] == "CHF"
    assert isinstance(orders["prices-as-text"][0]["properties"]["products"][0]["price"], str)  # fmt: skip
    assert orders["user-id-undefined"][0]["userId"] == "undefined"
    guest = orders["by-a-guest"][0]
    assert guest["userId"] is None
    assert guest["properties"]["email"]


def test_messages_arrive_twice_late_and_from_wrong_clocks(
    lines: list[tuple[str, bytes]], orders: dict[str, list[dict]]
) -> None:
    """Deduplication and the clock-skew rule have something to do."""
    days: dict[str, list[str]] = {}
    for day, line in lines:
        found = re.search(rb'"messageId":"([^"]+)"', line)
        if found:
            days.setdefault(found[1].decode(), []).append(day)
    twice = [seen for seen in days.values() if len(seen) > 1]
    assert any(len(set(seen)) == 1 for seen in twice)
    assert any(len(set(seen)) == 2 for seen in twice)
    late = orders["late-over-the-month-end"][0]
    assert late["receivedAt"][:7] > late["originalTimestamp"][:7]
    ahead = orders["clock-nine-hours-ahead"][0]
    assert ahead["originalTimestamp"][:10] == "2026-08-01"
    assert ahead["timestamp"][:10] == "2026-07-31"


def test_timestamps_follow_the_skew_rule(events: list[dict]) -> None:
    """Segment's own `timestamp` is receivedAt - (sentAt - originalTimestamp)."""
    wrong = 0
    for event in events:
        received, sent = instant(event["receivedAt"]), instant(event["sentAt"])
        computed = received - (sent - instant(event["originalTimestamp"]))
        wrong += abs(computed - instant(event["timestamp"])) > timedelta(minutes=1)
    # The messages received twice keep the timestamp of the first time.
    assert wrong < 0.01 * len(events)


def test_every_line_lies_in_the_folder_of_its_day(
    lines: list[tuple[str, bytes]],
) -> None:
    """The archive's layout: one folder per UTC day of receipt."""
    for day, line in lines:
        found = re.search(rb'"receivedAt":"([^"]+)"', line)
        if found:
            start = datetime.fromtimestamp(int(day) / 1000, UTC)
            assert start.time().isoformat() == "00:00:00"
            assert instant(found[1].decode()).date() == start.date()


def test_lines_that_cannot_be_read_are_few_and_there(
    lines: list[tuple[str, bytes]], events: list[dict]
) -> None:
    """A reader must count them as rejected and go on."""
    assert len(lines) - len(events) == 2
    assert sum("experiment" in event for event in events) == 3
    assert sum("messageId" not in event for event in events) == 2
    odd = [event["userId"] for event in events if event["userId"] in ("", "null", "undefined", 0)]  # fmt: skip
    assert len(odd) == 5
    assert any(isinstance(e.get("properties", {}).get("products"), str) for e in events)


def test_bots_visit_and_nothing_happens_after_as_of(events: list[dict]) -> None:
    """Bots are flagged downstream; the future is not in the data."""
    agents = Counter(event["context"].get("userAgent", "") for event in events)
    bots = sum(count for agent, count in agents.items() if re.search("bot|Headless|requests", agent))  # fmt: skip
    assert 0.01 < bots / len(events) < 0.15
    assert max(event["receivedAt"] for event in events) <= "2026-11-18T20:00:00.000Z"


def test_the_funnel_narrows_step_by_step(events: list[dict]) -> None:
    """A funnel that widens would be no funnel."""
    counts = Counter(event.get("event") for event in events)
    steps = [
        counts[name]
        for name in (
            "Product Viewed",
            "Product Added",
            "Checkout Started",
            "Checkout Step Completed",
        )
    ]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] > 50
    assert counts["Order Completed"] < counts["Checkout Started"]


def test_black_friday_and_persian_new_year_are_seasons(events: list[dict]) -> None:
    """Uplift measures need a season to find."""
    views = [event for event in events if event["type"] == "page"]
    by_day = Counter(event["timestamp"][:10] for event in views)
    friday = by_day["2025-11-28"]
    usual = sum(by_day[f"2025-11-{day:02d}"] for day in range(3, 17)) / 14
    assert friday > 1.5 * usual
    persian = Counter(e["timestamp"][:10] for e in views if e["context"].get("locale") == "fa-IR")  # fmt: skip
    before = sum(persian[f"2026-03-{day:02d}"] for day in range(8, 21))
    earlier = sum(persian[f"2026-02-{day:02d}"] for day in range(8, 21))
    assert before > 1.5 * earlier
