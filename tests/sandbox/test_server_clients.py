"""HubSpot's own clients, unmodified, read the sandbox as they read HubSpot."""

import hubspot
import hubspot_sdk
import pytest
from hubspot.crm.objects import ApiException
from urllib3.util.retry import Retry

from ingestion.sandbox.process import running_sandbox

from .conftest import crm_object, sandbox_settings, write_data

# 230 deals are three pages of 100; ids are not dense, as at HubSpot.
DEALS = [
    crm_object(
        18_000_000_000 + 7 * number,
        dealname=f"Deal {number}",
        amount=f"{number}.50",
        dealstage="won" if number % 2 else "lost",
        custom=None,
        propertiesWithHistory={
            "dealstage": [
                {
                    "value": "won",
                    "timestamp": "2026-10-02T09:14:11.201Z",
                    "sourceType": "CRM_UI",
                    "sourceId": "userId:9586504",
                }
            ]
        },
    )
    for number in range(230)
]
FIRST = DEALS[0]["id"]
STAMPS = {
    "createdAt": "2026-01-09T12:00:00.000Z",
    "updatedAt": "2026-05-02T08:00:00.000Z",
    "archived": False,
}
STAGE = {
    "id": "won",
    "label": "Won",
    "displayOrder": 0,
    "metadata": {"isClosed": "true", "probability": "1.0"},
    "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    **STAMPS,
}
MEETING = crm_object(5, hs_meeting_title="Demo")
FILES = {
    "hubspot/deals": DEALS,
    "hubspot/meetings": [MEETING],
    "hubspot/associations_deals_contacts": [
        {
            "from": {"id": FIRST},
            "to": [
                {
                    "toObjectId": "33451",
                    "associationTypes": [
                        {"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None}
                    ],
                }
            ],
        }
    ],
    "hubspot/owners": [
        {
            "id": "41629779",
            "email": "lea@zafran.example",
            "type": "PERSON",
            "firstName": "Lea",
            "lastName": "Omid",
            "userId": 9586504,
            "userIdIncludingInactive": 9586504,
            "teams": [{"id": "70", "name": "DACH Sales", "primary": True}],
            **STAMPS,
        },
        {
            "id": "41629780",
            "type": "PERSON",
            "userId": None,
            "userIdIncludingInactive": 9586505,
            **STAMPS,
            "archived": True,
        },
    ],
    "hubspot/teams": [
        {"id": "70", "name": "DACH Sales", "userIds": ["1"], "secondaryUserIds": []}
    ],
    "hubspot/pipelines": [
        {
            "id": "default",
            "label": "Sales",
            "displayOrder": 0,
            "stages": [STAGE],
            **STAMPS,
        }
    ],
    "hubspot/properties_deals": [
        {
            "name": name,
            "label": name,
            "type": "string",
            "fieldType": "text",
            "options": [],
            "groupName": "dealinformation",
            "description": "",
        }
        for name in ("dealname", "amount", "dealstage", "custom")
    ],
    "hubspot/currencies": [
        {
            "id": "1",
            "fromCurrencyCode": "USD",
            "toCurrencyCode": "EUR",
            "conversionRate": 0.93,
            "effectiveAt": "2026-01-02T00:00:00Z",
            "visibleInUI": True,
            "createdAt": "2026-01-02T00:00:00Z",
            "updatedAt": "2026-01-02T00:00:00Z",
        }
    ],
    "hubspot/marketing_events": [
        {
            "objectId": "500",
            "eventName": "Internorga",
            "eventOrganizer": "Zafran",
            "customProperties": [],
            "createdAt": "2026-01-02T00:00:00Z",
            "updatedAt": "2026-01-02T00:00:00Z",
        }
    ],
    "hubspot/marketing_emails": [
        {"id": "1", "name": "A", "isAb": False, "stats": {"counters": {"sent": 5}}}
    ],
}
DESCRIPTION = """
[[faults.rate_limit]]
path = "/crm/v3/objects/calls"
count = 2
retry_after = "0"

[[faults.rate_limit]]
path = "/crm/objects/2026-03/calls"
retry_after = "0.01"
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Serve the rows for all tests of this module and return the address."""
    folder = tmp_path_factory.mktemp("clients")
    data = write_data(folder / "data", FILES, DESCRIPTION)
    with running_sandbox(sandbox_settings(folder, data)) as variables:
        yield variables["SOURCES__HUBSPOT__BASE_URL"]


@pytest.fixture(scope="module")
def client(url):
    """Return hubspot-api-client, the stable one (v3 and v4)."""
    return hubspot.Client.create(access_token="sandbox-token", host=url)


@pytest.fixture(scope="module")
def sdk(url):
    """Return hubspot-sdk, the dated one (2026-03)."""
    with hubspot_sdk.HubSpot(access_token="sandbox-token", base_url=url) as opened:
        yield opened


def test_the_client_turns_all_pages(client):
    """`get_all` follows `after` to the end, 50 at a time with history."""
    deals = client.crm.deals.get_all(properties=["amount", "custom"])
    assert [deal.id for deal in deals] == [deal["id"] for deal in DEALS]
    assert deals[3].properties == {"amount": "3.50", "custom": None}
    past = client.crm.deals.get_all(properties_with_history=["dealstage"])
    assert len(past) == 230
    assert past[0].properties_with_history["dealstage"][0].value == "won"


def test_the_client_gets_and_batch_reads(client):
    """A missing id is an error of the batch and a 404 alone."""
    batch = client.crm.deals.batch_api.read(
        {"inputs": [{"id": FIRST}, {"id": "1"}], "properties": ["dealname"]}
    )
    assert [deal.properties for deal in batch.results] == [{"dealname": "Deal 0"}]
    assert batch.errors[0].context == {"ids": ["1"]}
    with pytest.raises(Exception, match="OBJECT_NOT_FOUND"):
        client.crm.deals.basic_api.get_by_id("1")


def test_the_client_searches(client):
    """Filters, one sort, offsets, total."""
    request = {
        "filterGroups": [
            {
                "filters": [
                    {"propertyName": "dealstage", "operator": "EQ", "value": "won"}
                ]
            }
        ],
        "sorts": ["-hs_object_id"],
        "limit": 100,
        "after": "100",
        "properties": ["dealname"],
    }
    page = client.crm.deals.search_api.do_search(request)
    assert (page.total, len(page.results)) == (115, 15)
    assert page.results[-1].properties == {"dealname": "Deal 1"}
    assert page.paging is None


def test_the_client_reads_associations(client):
    """Batch and single, both v4; `None` becomes a 207 error."""
    api = client.crm.associations.v4
    batch = api.batch_api.get_page(
        "deals", "contacts", {"inputs": [{"id": FIRST}, {"id": "9"}]}
    )
    assert batch.results[0].to[0].to_object_id == "33451"
    assert batch.num_errors == 1
    single = api.basic_api.get_page("deals", FIRST, "contacts")
    assert single.results[0].association_types[0].type_id == 3


def test_the_client_reads_the_account(client):
    """Trailing slashes, capital False, owners in two calls."""
    assert [one.id for one in client.crm.owners.get_all()] == ["41629779"]
    gone = client.crm.owners.owners_api.get_page(archived=True).results
    assert [(one.id, one.user_id) for one in gone] == [("41629780", None)]
    pipelines = client.crm.pipelines.pipelines_api.get_all("deals").results
    assert pipelines[0].stages[0].metadata["isClosed"] == "true"
    names = [
        one.name for one in client.crm.properties.core_api.get_all("deals").results
    ]
    assert names == ["dealname", "amount", "dealstage", "custom"]
    assert client.settings.users.teams_api.get_all().results[0].name == "DACH Sales"
    assert client.marketing.events.basic_api.get_all().results[0].object_id == "500"
    emails = client.marketing.emails.marketing_emails_api.get_page(include_stats=True)
    assert emails.results[0].stats.counters == {"sent": 5}
    meeting = client.crm.objects.meetings.basic_api.get_by_id(
        "5", properties=["hs_meeting_title"]
    )
    assert meeting.properties == {"hs_meeting_title": "Demo"}


def test_the_client_reports_a_wrong_token(url):
    """A 401 carries HubSpot's category."""
    stranger = hubspot.Client.create(access_token="pat-na1-other", host=url)
    with pytest.raises(ApiException, match="INVALID_AUTHENTICATION") as raised:
        stranger.crm.objects.basic_api.get_page("deals")
    assert raised.value.status == 401


def test_the_client_retries_a_429(url):
    """Two refusals and then the answer, by the client's own retry."""
    retry = Retry(total=3, status_forcelist=(429,), backoff_factor=0)
    patient = hubspot.Client.create(access_token="sandbox-token", host=url, retry=retry)
    assert patient.crm.objects.basic_api.get_page("calls").results == []


def test_the_sdk_turns_all_pages(sdk):
    """Comma lists, type ids, dated paths."""
    deals = list(sdk.crm.objects.deals.list(limit=100, properties=["amount"]))
    assert [deal.id for deal in deals] == [deal["id"] for deal in DEALS]
    assert deals[3].properties == {"amount": "3.50"}
    deal = sdk.crm.objects.deals.get(FIRST, properties=["dealname", "amount"])
    assert deal.properties == {"dealname": "Deal 0", "amount": "0.50"}


def test_the_sdk_searches_and_batch_reads(sdk):
    """The same bodies as ours, at the 2026-03 paths."""
    page = sdk.crm.objects.deals.search(
        filter_groups=[], sorts=["hs_object_id"], limit=2, after="2", properties=[]
    )
    assert page.total == 230
    assert page.results[0].id == DEALS[2]["id"]
    batch = sdk.crm.objects.deals.batch.get(
        inputs=[{"id": FIRST}, {"id": "1"}],
        properties=["amount"],
        properties_with_history=["dealstage"],
    )
    assert batch.results[0].properties["amount"] == "0.50"
    associated = sdk.crm.associations.batch.get(
        "contacts", from_object_type="deals", inputs=[{"id": FIRST}]
    )
    assert associated.results[0].to[0].to_object_id == "33451"


def test_the_sdk_reads_the_account(sdk):
    """Owners, pipelines, teams, rates, marketing."""
    assert [one.id for one in sdk.crm.owners.list()] == ["41629779"]
    assert sdk.crm.pipelines.list("deals").results[0].stages[0].id == "won"
    assert len(sdk.crm.properties.list("deals").results) == 4
    assert sdk.settings.users.list_teams().results[0].name == "DACH Sales"
    rates = sdk.settings.currencies.exchange_rates.list_exchange_rates()
    assert next(iter(rates)).conversion_rate == 0.93
    assert next(iter(sdk.marketing.marketing_events.list())).object_id == "500"
    assert next(iter(sdk.marketing.emails.list(include_stats=True))).stats.counters
    assert sdk.account.get().portal_id == 4727653


def test_the_sdk_retries_a_429(sdk):
    """It honours Retry-After by itself."""
    assert list(sdk.crm.objects.calls.list()) == []


def test_the_sdk_reports_a_wrong_token(url):
    """A 401 is an AuthenticationError."""
    with (
        hubspot_sdk.HubSpot(access_token="other", base_url=url) as stranger,
        pytest.raises(hubspot_sdk.AuthenticationError, match="INVALID_AUTH"),
    ):
        list(stranger.crm.owners.list())
