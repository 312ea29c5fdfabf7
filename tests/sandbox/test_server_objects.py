"""The sandbox lists, gets and batch-reads CRM objects as HubSpot does."""

from urllib.parse import urlsplit

import pytest

DEALS = "/crm/objects/2026-09/deals"


def ids(answer):
    """Return the ids on a page."""
    return [item["id"] for item in answer.json()["results"]]


def test_only_the_requested_properties_come_back(make_api, row):
    """A source that forgets to ask for a property must see that it is missing."""
    api = make_api({"hubspot/deals": [row(1, dealname="A", amount="5", note="x")]})
    answer = api.get(DEALS, properties="amount")
    assert answer.json()["results"][0]["properties"] == {"amount": "5"}


def test_without_properties_the_defaults_of_the_object_come_back(make_api, row):
    """HubSpot never returns every property."""
    api = make_api({"hubspot/contacts": [row(1, email="a@b.example", phone="1")]})
    answer = api.get("/crm/objects/2026-09/contacts").json()["results"][0]
    assert answer == {
        "id": "1",
        "properties": {
            "createdate": "2026-01-01T00:00:00.000Z",
            "email": "a@b.example",
            "hs_object_id": "1",
            "lastmodifieddate": "2026-11-01T00:00:00.000Z",
        },
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-11-01T00:00:00.000Z",
        "archived": False,
    }


def test_an_unknown_name_is_ignored_and_a_declared_one_is_null(make_api, row):
    """A renamed property must vanish without an error, as it does at HubSpot."""
    api = make_api(
        {
            "hubspot/deals": [row(1, cleared="")],
            "hubspot/properties_deals": [{"name": "amount", "type": "number"}],
        }
    )
    answer = api.get(DEALS, properties="amount,cleared,renamed")
    assert answer.json()["results"][0]["properties"] == {"amount": None, "cleared": ""}


@pytest.mark.parametrize(
    "path",
    [
        "/crm/objects/2026-09/deals?properties=amount,dealname&archived=false",
        "/crm/objects/2026-03/0-3?properties=amount%2Cdealname",
        "/crm/v3/objects/deals/?properties=amount&properties=dealname&archived=False",
    ],
    ids=["ours", "hubspot-sdk", "hubspot-api-client"],
)
def test_all_three_dialects_get_the_same_answer(make_api, row, path):
    """Each client writes lists, booleans and versions in its own way."""
    api = make_api({"hubspot/deals": [row(1, amount="5", dealname="A", other="x")]})
    properties = api.get(path).json()["results"][0]["properties"]
    assert properties == {"amount": "5", "dealname": "A"}


def test_pages_follow_each_other_by_id_as_a_number(make_api, row):
    """Ids sorted as text (10 before 9) would skip rows."""
    api = make_api({"hubspot/deals": [row(10), row(100), row(9)]})
    first = api.get(DEALS, limit=2)
    assert ids(first) == ["9", "10"]
    following = first.json()["paging"]["next"]
    assert following["after"] == "100"
    link = urlsplit(following["link"])
    assert (link.scheme, link.netloc, link.path) == ("http", "sandbox", DEALS)
    assert link.query == "limit=2&after=100"
    last = api.get(DEALS, limit=2, after="100")
    assert ids(last) == ["100"]
    assert "paging" not in last.json()


def test_a_page_has_ten_objects_unless_told_otherwise(make_api, row):
    """A source that forgets the limit must page and not get everything."""
    api = make_api({"hubspot/deals": [row(number) for number in range(1, 13)]})
    assert len(ids(api.get(DEALS))) == 10


def test_archived_objects_are_listed_only_when_asked_for(make_api, row):
    """Soft deletes are found by `archived=true` alone."""
    api = make_api({"hubspot/deals": [row(1), row(2, archived=True, archivedAt="x")]})
    assert ids(api.get(DEALS)) == ["1"]
    archived = api.get(DEALS, archived="true").json()["results"]
    assert [(one["id"], one["archivedAt"]) for one in archived] == [("2", "x")]
    assert api.get(f"{DEALS}/2").status_code == 404
    assert api.get(f"{DEALS}/2", archived="true").status_code == 200


@pytest.mark.parametrize(
    "survivor",
    [
        {"hs_merged_object_ids": "1;2"},
        {"hs_calculated_merged_vids": "1:1765530000123;3:1765530000123;2:176553"},
    ],
    ids=["objects", "contacts"],
)
def test_a_merged_id_leads_to_the_survivor_and_leaves_the_lists(
    make_api, row, survivor
):
    """Facts must be keyed again, and nobody says that the old ids are gone."""
    rows = [row(1), row(2), row(3, **survivor), row(4)]
    api = make_api({"hubspot/contacts": rows})
    path = "/crm/objects/2026-09/contacts"
    assert ids(api.get(path)) == ["3", "4"]
    assert ids(api.get(path, archived="true")) == []
    assert api.get(f"{path}/1").json()["id"] == "3"
    batch = api.post(f"{path}/batch/read", {"inputs": [{"id": "1"}, {"id": "2"}]})
    assert ids(batch) == ["3"]
    assert batch.status_code == 200


def test_an_object_that_the_file_holds_twice_stays_on_one_page(make_api, row):
    """The keyset is the id: a pair split over two pages would loop for ever."""
    api = make_api({"hubspot/deals": [row(1), row(2), row(2), row(3)]})
    first = api.get(DEALS, limit=2)
    assert ids(first) == ["1", "2", "2"]
    assert first.json()["paging"]["next"]["after"] == "3"


def test_history_comes_with_the_current_value(make_api, row):
    """Stage changes are read from the versions of a property."""
    versions = [{"value": "won", "timestamp": "2026-10-02T09:14:11.201Z"}]
    history = {"dealstage": versions, "amount": []}
    api = make_api(
        {"hubspot/deals": [row(1, dealstage="won", propertiesWithHistory=history)]}
    )
    answer = api.get(DEALS, properties="amount", propertiesWithHistory="dealstage")
    only = answer.json()["results"][0]
    assert only["propertiesWithHistory"] == {"dealstage": versions}
    assert only["properties"] == {"dealstage": "won"}


@pytest.mark.parametrize(
    "query",
    [
        "limit=101",
        "limit=0",
        "limit=ten",
        "limit=51&propertiesWithHistory=dealstage",
        "after=abc",
        "archived=maybe",
        "associations=unicorns",
    ],
)
def test_a_wrong_parameter_is_a_validation_error(make_api, row, query):
    """The source must not learn from the sandbox that HubSpot forgives."""
    answer = make_api({"hubspot/deals": [row(1)]}).get(f"{DEALS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert answer.json()["correlationId"]


def test_own_associations_come_inline_and_missing_ones_from_their_file(make_api, row):
    """Either place may hold them in a data directory; the API shows one shape."""
    own = {"results": [{"id": "7", "type": "deal_to_contact"}]}
    types = [
        {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None},
        {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"},
        {"category": "USER_DEFINED", "typeId": 28, "label": "Billing company"},
    ]
    api = make_api(
        {
            "hubspot/deals": [row(1, associations={"contacts": own})],
            "hubspot/associations_deals_companies": [
                {
                    "from": {"id": "1"},
                    "to": [{"toObjectId": 55, "associationTypes": types}],
                }
            ],
        }
    )
    answer = api.get(DEALS, associations="contacts,companies,line_items")
    assert answer.json()["results"][0]["associations"] == {
        "contacts": own,
        "companies": {
            "results": [
                {"id": "55", "type": "deal_to_company_unlabeled"},
                {"id": "55", "type": "deal_to_company"},
                {"id": "55", "type": "billing_company"},
            ]
        },
    }
    assert "associations" not in api.get(f"{DEALS}/1").json()


def test_a_batch_read_names_what_is_missing_in_a_207(make_api, row):
    """A batch with unknown ids is no failure and no silent gap."""
    api = make_api({"hubspot/deals": [row(1, amount="5"), row(2, archived=True)]})
    body = {
        "inputs": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "1"}],
        "properties": ["amount"],
    }
    answer = api.post(f"{DEALS}/batch/read", body)
    assert answer.status_code == 207
    assert answer.json()["status"] == "COMPLETE"
    assert [one["properties"] for one in answer.json()["results"]] == [{"amount": "5"}]
    assert answer.json()["numErrors"] == 1
    error = answer.json()["errors"][0]
    assert error["category"] == "OBJECT_NOT_FOUND"
    assert error["context"] == {"ids": ["2", "3"]}


def test_an_object_can_be_found_by_a_unique_property(make_api, row):
    """`idProperty` replaces the id in get and batch read."""
    api = make_api({"hubspot/contacts": [row(1, email="lea@nord.example")]})
    path = "/crm/objects/2026-09/contacts"
    found = api.get(f"{path}/Lea@nord.example", idProperty="email")
    assert found.json()["id"] == "1"
    body = {"idProperty": "email", "inputs": [{"id": "lea@nord.example"}]}
    assert ids(api.post(f"{path}/batch/read", body)) == ["1"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"inputs": [', "Invalid input JSON on line 1"),
        (b"[]", "expected an object"),
        ({"inputs": "1"}, "inputs must be a list"),
        ({"inputs": [{"name": "1"}]}, "inputs must be a list"),
        ({"inputs": [{"id": str(n)} for n in range(101)]}, "maximum number"),
        (
            {
                "inputs": [{"id": str(n)} for n in range(51)],
                "propertiesWithHistory": ["dealstage"],
            },
            "maximum number",
        ),
        ({"inputs": [], "properties": "amount"}, "properties must be a list"),
    ],
)
def test_a_wrong_batch_is_a_validation_error(make_api, body, says):
    """100 inputs fit, 50 with history; JSON must be JSON."""
    answer = make_api().post(f"{DEALS}/batch/read", body)
    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert says in answer.json()["message"]


def test_unknown_types_ids_and_paths_are_404(make_api):
    """Each says what was not found."""
    api = make_api()
    assert "unicorns" in api.get("/crm/objects/2026-09/unicorns").json()["message"]
    missing = api.get(f"{DEALS}/77")
    assert missing.status_code == 404
    assert missing.json()["category"] == "OBJECT_NOT_FOUND"
    assert api.get("/crm/objects/v3/deals").status_code == 404
    assert api.post(DEALS, {}).status_code == 405


def test_a_missing_file_is_an_empty_collection(make_api):
    """A company that does not use an object has no file for it."""
    api = make_api()
    for path in ("deals", "0-8", "notes", "tickets", "goal_targets"):
        answer = api.get(f"/crm/objects/2026-09/{path}")
        assert answer.json() == {"results": []}


def test_a_url_that_is_too_long_is_refused(make_api):
    """Long property lists must be split or posted."""
    answer = make_api().get(DEALS, properties=",".join(["property"] * 2_000))
    assert answer.status_code == 414
