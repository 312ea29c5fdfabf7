"""The sandbox answers association reads in the forms of v3, v4 and dated versions."""

import pytest

LABELLED = {"category": "USER_DEFINED", "typeId": 28, "label": "Billing contact"}
PLAIN = {"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None}


@pytest.fixture
def api(make_api):
    """Return the API over a deal with two contacts and one with 501."""
    many = [{"toObjectId": str(n), "associationTypes": [PLAIN]} for n in range(501)]
    return make_api(
        {
            "hubspot/associations_deals_contacts": [
                {
                    "from": {"id": "1"},
                    "to": [
                        {"toObjectId": 33451, "associationTypes": [PLAIN, LABELLED]},
                        {"toObjectId": "7", "associationTypes": [PLAIN]},
                    ],
                },
                {"from": {"id": "2"}, "to": many},
            ],
            "hubspot/associations_deals_line_items": [
                {"from": {"id": "1"}, "to": [{"toObjectId": "9"}]}
            ],
        }
    )


def test_a_batch_read_says_who_has_none(api):
    """No associations are an error of the 207, not an empty list."""
    path = "/crm/associations/2026-09/deals/contacts/batch/read"
    answer = api.post(path, {"inputs": [{"id": "1"}, {"id": "999"}]})
    assert answer.status_code == 207
    assert answer.json()["results"] == [
        {
            "from": {"id": "1"},
            "to": [
                {"toObjectId": "33451", "associationTypes": [PLAIN, LABELLED]},
                {"toObjectId": "7", "associationTypes": [PLAIN]},
            ],
        }
    ]
    assert answer.json()["numErrors"] == 1
    error = answer.json()["errors"][0]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["message"] == "No contact is associated with deal 999."
    assert error["context"]["fromObjectId"] == ["999"]


def test_many_associations_of_one_object_are_paged(api):
    """The cursor stands inside the result and goes back with the input."""
    path = "/crm/v4/associations/0-3/0-1/batch/read"
    first = api.post(path, {"inputs": [{"id": "2"}]}).json()["results"][0]
    assert len(first["to"]) == 500
    after = first["paging"]["next"]["after"]
    assert after == "NTAw"
    rest = api.post(path, {"inputs": [{"id": "2", "after": after}]}).json()
    assert [one["toObjectId"] for one in rest["results"][0]["to"]] == ["500"]
    assert "paging" not in rest["results"][0]


def test_one_object_is_listed_with_its_own_paging(api):
    """The single listing pages by the same opaque cursor."""
    path = "/crm/objects/2026-09/deals/2/associations/contacts"
    first = api.get(path, limit=400).json()
    assert len(first["results"]) == 400
    rest = api.get(path, limit=400, after=first["paging"]["next"]["after"]).json()
    assert len(rest["results"]) == 101
    assert "paging" not in rest


def test_v3_names_types_instead_of_numbering_them(api):
    """Old clients get an id and a type name per row."""
    single = api.get("/crm/v3/objects/deals/1/associations/contacts").json()
    expected = [
        {"id": "33451", "type": "deal_to_contact"},
        {"id": "33451", "type": "billing_contact"},
        {"id": "7", "type": "deal_to_contact"},
    ]
    assert single == {"results": expected}
    path = "/crm/v3/associations/deal/contact/batch/read"
    batch = api.post(path, {"inputs": [{"id": "1"}]}).json()
    assert batch["results"] == [{"from": {"id": "1"}, "to": expected}]


def test_names_with_underscores_find_their_file(api):
    """`associations_deals_line_items` is deals and line items."""
    path = "/crm/associations/2026-09/deals/line_items/batch/read"
    assert api.post(path, {"inputs": [{"id": "1"}]}).status_code == 200


@pytest.mark.parametrize(
    "inputs",
    [
        [{"id": str(n)} for n in range(1_001)],
        [{"id": "1", "after": "!"}],
        [{}],
    ],
    ids=["too many", "wrong cursor", "no id"],
)
def test_a_wrong_batch_is_a_validation_error(api, inputs):
    """1,000 inputs fit."""
    path = "/crm/associations/2026-09/deals/contacts/batch/read"
    assert api.post(path, {"inputs": inputs}).status_code == 400
