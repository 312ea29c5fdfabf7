"""The sandbox searches CRM objects as HubSpot does, with all its limits."""

import pytest

from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.hubspot.columns import INSTANT, Columns
from ingestion.sandbox.server.vendors.hubspot.object_types import TYPES
from ingestion.sandbox.server.vendors.hubspot.portal import Portal

SEARCH = "/crm/objects/2026-09/deals/search"


def where(name, operator, *values, **more):
    """Return one filter."""
    entry = {"propertyName": name, "operator": operator, **more}
    if operator in ("IN", "NOT_IN"):
        entry["values"] = list(values)
    elif values:
        entry["value"] = values[0]
    return entry


@pytest.fixture
def deals(make_api, row):
    """Return the API over four deals, one of them archived."""
    return make_api(
        {
            "hubspot/deals": [
                row(
                    9,
                    dealname="Nordlicht GmbH",
                    amount="100.50",
                    closedate="2026-03-01",
                    dealstage="won",
                    hs_lastmodifieddate="2026-11-03T00:00:00.000Z",
                ),
                row(
                    10,
                    dealname="Café Omid - 25 seats",
                    amount="20",
                    closedate="2026-03-31T22:30:00Z",
                    dealstage="lost",
                    hs_lastmodifieddate="2026-11-01T00:00:00.000Z",
                ),
                row(
                    100,
                    dealname="",
                    amount=None,
                    dealstage="won",
                    hs_lastmodifieddate="2026-11-02T00:00:00.000Z",
                ),
                row(7, archived=True, dealname="Nordlicht", amount="1"),
            ],
            "hubspot/associations_deals_contacts": [
                {"from": {"id": "10"}, "to": [{"toObjectId": "5"}]}
            ],
        }
    )


def found(body):
    """Return the ids that a search found."""
    return [one["id"] for one in body["results"]]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (where("amount", "EQ", "100.5"), ["9"]),
        (where("amount", "GT", "20"), ["9"]),
        (where("amount", "GTE", 20), ["9", "10"]),
        (where("amount", "LT", "100"), ["10"]),
        (where("amount", "LTE", "100.50"), ["9", "10"]),
        (where("amount", "BETWEEN", "20", highValue="50"), ["10"]),
        (where("amount", "IN", "20", "30"), ["10"]),
        (where("amount", "HAS_PROPERTY"), ["9", "10"]),
        (where("dealname", "NOT_HAS_PROPERTY"), ["100"]),
        (where("dealname", "EQ", "nordlicht gmbh"), ["9"]),
        (where("dealname", "CONTAINS_TOKEN", "omid"), ["10"]),
        (where("dealname", "CONTAINS_TOKEN", "Nord*"), ["9"]),
        (where("dealname", "CONTAINS_TOKEN", "Nord"), []),
        (where("dealname", "NOT_CONTAINS_TOKEN", "omid"), ["9", "100"]),
        (where("dealstage", "NEQ", "won"), ["10"]),
        (where("dealstage", "NOT_IN", "won", "other"), ["10"]),
        (where("dealstage", "GT", "lost"), ["9", "100"]),
        (where("closedate", "EQ", "2026-03-01T00:00:00Z"), ["9"]),
        (where("closedate", "GT", "1772323200000"), ["10"]),
        (where("hs_object_id", "GT", "9"), ["10", "100"]),
        (where("hs_lastmodifieddate", "LT", "2026-11-02T00:00:00Z"), ["10"]),
        (
            where(
                "hs_lastmodifieddate",
                "BETWEEN",
                "2026-11-02T00:00:00.000Z",
                highValue="1793664000000",
            ),
            ["9", "100"],
        ),
        (where("associations.contact", "EQ", "5"), ["10"]),
        (where("associations.contact", "IN", "5", "6"), ["10"]),
    ],
    ids=lambda value: (
        f"{value['propertyName']} {value['operator']}" if "operator" in value else ""
    ),
)
def test_each_operator_lets_the_right_objects_through(deals, entry, expected):
    """Numbers compare as numbers, instants in any spelling, text in any case."""
    assert found(deals.search("deals", entry)) == expected


def test_groups_widen_and_filters_narrow(deals):
    """Filters of one group must all hold, one group is enough."""
    body = {
        "filterGroups": [
            {"filters": [where("dealstage", "EQ", "won"), where("amount", "GT", "1")]},
            {"filters": [where("amount", "EQ", "20")]},
        ]
    }
    assert found(deals.post(SEARCH, body).json()) == ["9", "10"]


def test_archived_objects_are_never_found(deals):
    """Soft deletes are no change that search reports."""
    assert found(deals.search("deals", where("hs_object_id", "EQ", "7"))) == []
    assert deals.search("deals")["total"] == 3


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ({"propertyName": "amount", "direction": "ASCENDING"}, ["10", "9", "100"]),
        ({"propertyName": "amount", "direction": "DESCENDING"}, ["9", "10", "100"]),
        ({"propertyName": "dealname", "direction": "DESCENDING"}, ["9", "10", "100"]),
        ("-hs_object_id", ["100", "10", "9"]),
        ("hs_lastmodifieddate", ["10", "100", "9"]),
    ],
)
def test_one_sort_decides_the_order(deals, sort, expected):
    """Objects without a value come last, whichever way."""
    assert found(deals.search("deals", sorts=[sort])) == expected


def test_pages_are_offsets_and_carry_the_total(deals):
    """`after` counts rows; search has no link and no rate-limit headers."""
    body = {"sorts": ["hs_object_id"], "limit": 2, "properties": ["amount"]}
    answer = deals.post(SEARCH, body)
    assert answer.json() == {
        "total": 3,
        "results": answer.json()["results"],
        "paging": {"next": {"after": "2"}},
    }
    assert answer.json()["results"][0]["properties"] == {"amount": "100.50"}
    assert not [name for name in answer.headers if "ratelimit" in name]
    last = deals.post(SEARCH, {**body, "after": "2"}).json()
    assert found(last) == ["100"]
    assert "paging" not in last


def test_words_are_looked_up_in_the_default_properties(deals):
    """`query` is the search box."""
    assert found(deals.search("deals", query="omid seats")) == ["10"]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Return a directory of 10,050 deals that changed at the same instant."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "hubspot").mkdir()
    (folder / "hubspot" / "deals.jsonl").write_text(
        "".join(
            f'{{"id":"{number}","properties":{{}}}}\n' for number in range(1, 10_051)
        )
    )
    return folder


def test_paging_stops_at_ten_thousand(many, api_over):
    """A source that only turns pages loses the rest: HubSpot answers 400."""
    api = api_over(many)
    body = {"limit": 200, "sorts": ["hs_object_id"]}
    last = api.post(SEARCH, {**body, "after": "9800"})
    assert last.json()["total"] == 10_050
    assert last.json()["paging"]["next"]["after"] == "10000"
    refused = api.post(SEARCH, {**body, "after": "10000"})
    assert refused.status_code == 400
    assert refused.json()["category"] == "VALIDATION_ERROR"
    rest = api.search("deals", where("hs_object_id", "GT", "10000"), **body)
    assert rest["total"] == 50


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        {"limit": 201},
        {"limit": 0},
        {"after": "MTA="},
        {"after": -1},
        {"sorts": ["amount", "dealname"]},
        {"sorts": [{"propertyName": "amount", "direction": "UP"}]},
        {"filterGroups": [{"filters": [where("amount", "LIKE", "1")]}]},
        {"filterGroups": [{"filters": [where("amount", "EQ")]}]},
        {"filterGroups": [{"filters": [where("amount", "BETWEEN", "1")]}]},
        {"filterGroups": [{"filters": [where("amount", "IN")]}]},
        {"filterGroups": [{"filters": [where("amount", "GT", "many")]}]},
        {"filterGroups": [{"filters": [{"operator": "EQ", "value": "1"}]}]},
        {"filterGroups": [{"filters": [where("amount", "GT", "1")] * 7}]},
        {"filterGroups": [{"filters": [where("amount", "GT", "1")]}] * 6},
        {"filterGroups": [{"filters": [where("amount", "GT", "1")] * 5}] * 4},
        {"filterGroups": {"filters": []}},
        {"properties": ["x" * 3_000]},
    ],
)
def test_a_wrong_search_is_a_validation_error(deals, body):
    """200 a page, one sort, 5 groups of 6 filters, 18 in all, 3,000 characters."""
    answer = deals.post(SEARCH, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_a_filter_on_a_property_that_does_not_exist_is_refused(make_api, row):
    """A misspelt cursor property must not look like 'nothing changed'."""
    api = make_api(
        {
            "hubspot/deals": [row(1, amount="5")],
            "hubspot/properties_deals": [{"name": "amount", "type": "number"}],
        }
    )
    body = {"filterGroups": [{"filters": [where("amuont", "EQ", "5")]}]}
    answer = api.post(SEARCH, body)
    assert answer.status_code == 400
    assert "amuont" in answer.json()["message"]


def test_contacts_have_another_cursor_property(make_api, row):
    """Searched by everybody else's property, no contact was ever changed."""
    contact = {**row(1), "updatedAt": "2026-11-02T00:00:00.000Z"}
    api = make_api({"hubspot/contacts": [contact]})
    later = "2026-11-01T00:00:00Z"
    assert found(api.search("contacts", where("lastmodifieddate", "GT", later))) == [
        "1"
    ]
    wrong = where("hs_lastmodifieddate", "GT", later)
    assert found(api.search("contacts", wrong)) == []


def test_declared_types_decide_how_values_compare(make_api, row):
    """Text in a number property passes no comparison; enumerations keep their case."""
    declared = [
        {"name": "amount", "type": "number"},
        {"name": "dealstage", "type": "enumeration"},
    ]
    api = make_api(
        {
            "hubspot/deals": [
                row(1, amount="N/A", dealstage="Won"),
                row(2, amount="5"),
            ],
            "hubspot/properties_deals": declared,
        }
    )
    assert found(api.search("deals", where("amount", "GTE", "0"))) == ["2"]
    assert found(api.search("deals", where("dealstage", "EQ", "won"))) == []
    assert found(api.search("deals", where("dealstage", "EQ", "Won"))) == ["1"]


def test_the_same_search_is_computed_once(deals):
    """Paging through 100,000 deals must not filter them for every page."""
    body = {"filterGroups": [{"filters": [where("amount", "GT", "0")]}], "limit": 1}
    first = deals.post(SEARCH, body).json()
    second = deals.post(SEARCH, {**body, "after": "1"}).json()
    assert (found(first), found(second)) == (["9"], ["10"])


def test_undeclared_instants_are_recognised(make_data, row):
    """Without declared properties the values themselves say what they are."""
    rows = [row(1, closedate="2026-03-01"), row(2, closedate="2026-03-31T22:30:00Z")]
    portal = Portal(Store(make_data({"hubspot/deals": rows})))
    columns = Columns(portal, TYPES["deals"])
    assert columns.kind("closedate") == INSTANT
    assert columns.numbers("closedate").tolist() == [1772323200000, 1774996200000]
