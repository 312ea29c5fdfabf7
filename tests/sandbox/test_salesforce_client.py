"""simple-salesforce, unmodified, reads the sandbox."""

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from ingestion.sandbox.process import running_sandbox
from ingestion.settings import Settings

DESCRIPTION = "as_of = 2026-11-18T20:00:00Z\n[limits.salesforce]\nbatch_size = 200\n"
DEALS = [
    {
        "Id": f"006{number:012d}AAA",
        "IsDeleted": number == 450,
        "Name": f"Deal {number}",
        "Amount": number / 2,
        "CloseDate": "2026-11-01",
        "SystemModstamp": "2026-11-01T10:00:00.000+0000",
    }
    for number in range(1, 451)
]


class Loopback(HTTPAdapter):
    """Sends what is meant for an org to the sandbox: the client insists on https."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def send(self, request, **more):
        """Send a request to the sandbox instead."""
        request.url = request.url.replace("https://acme.example", self._address, 1)
        return super().send(request, **more)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Return the address of a sandbox with 450 opportunities."""
    import json

    folder = tmp_path_factory.mktemp("org")
    data = folder / "data" / "salesforce"
    data.mkdir(parents=True)
    lines = "".join(f"{json.dumps(one)}\n" for one in DEALS)
    (data / "Opportunity.jsonl").write_text(lines, "utf-8")
    (folder / "data" / "sandbox.toml").write_text(DESCRIPTION, "utf-8")
    settings = Settings(
        warehouse_dir=folder / "warehouse", sandbox_data=folder / "data", _env_file=None
    )
    with running_sandbox(settings) as variables:
        yield variables["SOURCES__SALESFORCE__INSTANCE_URL"]


@pytest.fixture
def client(address):
    """Return the client with a session from the token endpoint."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "warehouse",
        "client_secret": "sandbox-token",
    }
    given = requests.post(f"{address}/services/oauth2/token", data=form, timeout=10)
    session = requests.Session()
    session.mount("https://acme.example", Loopback(address))
    return Salesforce(
        instance_url="https://acme.example",
        session_id=given.json()["access_token"],
        session=session,
        version="66.0",
    )


def test_queries_page_as_the_client_expects(client):
    """Else our paging is right only for our own reader."""
    found = client.query_all("SELECT Id, Amount FROM Opportunity ORDER BY Amount DESC")
    assert (found["totalSize"], len(found["records"])) == (449, 449)
    assert found["records"][0]["Amount"] == 224.5
    with_deleted = client.query_all_iter(
        "SELECT Id FROM Opportunity", include_deleted=True
    )
    assert len({one["Id"] for one in with_deleted}) == 450
    first = client.query("SELECT Id FROM Opportunity")
    more = client.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert len(more["records"]) == 200
    assert client.query("SELECT COUNT() FROM Opportunity")["totalSize"] == 449
    assert client.api_usage["api-usage"].total == 100_000


def test_describe_and_the_delete_log_read_as_the_client_expects(client):
    """Else tools that map fields by describe fail on the sandbox."""
    fields = {one["name"]: one for one in client.Opportunity.describe()["fields"]}
    assert fields["Amount"]["type"] == "currency"
    assert fields["SystemModstamp"]["type"] == "datetime"
    assert "Opportunity" in [one["name"] for one in client.describe()["sobjects"]]
    assert client.Opportunity.get("006000000000007AAA")["Name"] == "Deal 7"
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000


def test_errors_are_the_clients_own_exceptions(client, address):
    """Else an error body that is not Salesforce's breaks real clients."""
    with pytest.raises(SalesforceMalformedRequest, match="No such column"):
        client.query("SELECT Nope FROM Opportunity")
    with pytest.raises(SalesforceResourceNotFound):
        client.Opportunity.get("006000000009999AAA")
    client.headers["Authorization"] = "Bearer ended"
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Opportunity")
