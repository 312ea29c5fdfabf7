"""The sandbox's Salesforce answers as Salesforce does, errors and all."""

import pytest

pytestmark = pytest.mark.filterwarnings("error")
TOKEN_FORM = "grant_type=client_credentials&client_id=a&client_secret=sandbox-token"
Q = "/services/data/v66.0/query"
SOBJECTS = "/services/data/v66.0/sobjects"
END = "2026-11-01T00:00:00Z"


def sf_id(prefix, number):
    """Return an id of 15 characters and a check that does not matter here."""
    return f"{prefix}{number:012d}AAA"


def deal(number, **fields):
    """Return an opportunity."""
    return {
        "Id": sf_id("006", number),
        "IsDeleted": False,
        "Name": f"Deal {number}",
        "Amount": float(number),
        "CloseDate": f"2026-11-{number:02d}",
        "AccountId": sf_id("001", 1),
        "SystemModstamp": f"2026-11-{number:02d}T10:00:00.000+0000",
        **fields,
    }


DEALS = [
    deal(1),
    deal(2, Name="Käse's", Amount=None),
    deal(3, IsDeleted=True),
    deal(4, AccountId=None),
    deal(5, Odd__c="x"),
]
FILES = {
    "salesforce/Opportunity": DEALS,
    "salesforce/Account": [{"Id": sf_id("001", 1), "Name": "Acme"}],
    "salesforce/Task": [
        {"Id": sf_id("00T", 1), "IsArchived": True},
        {"Id": sf_id("00T", 2), "IsArchived": False},
    ],
}
CLOCK = "as_of = 2026-11-18T20:00:00Z\n"


@pytest.fixture
def api(make_api):
    """Return the API over five opportunities, two records a page."""
    return make_api(FILES, f"{CLOCK}[limits.salesforce]\nbatch_size = 2\n")


def numbers(answer):
    """Return which opportunities an answer holds."""
    return [int(one["Id"][3:15]) for one in answer.json()["records"]]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("", [1, 2, 4, 5]),
        ("WHERE Amount > 1", [4, 5]),
        ("WHERE Amount = null", [2]),
        ("WHERE Amount != 4", [1, 2, 5]),
        ("WHERE Name LIKE 'deal%' AND NOT Amount = 1", [4, 5]),
        (r"WHERE Name = 'käse\'s'", [2]),
        ("WHERE (Amount = 1 OR Amount = 5) AND AccountId != null", [1, 5]),
        (f"WHERE Id IN ('{sf_id('006', 4)[:15]}', '{sf_id('006', 5)}')", [4, 5]),
        ("WHERE CloseDate >= 2026-11-02 AND CloseDate < 2026-11-05", [2, 4]),
        ("WHERE SystemModstamp >= 2026-11-02T11:00:00+01:00", [2, 4, 5]),
        ("WHERE Account.Name = 'acme'", [1, 2, 5]),
        ("WHERE IsDeleted = true", []),
        ("ORDER BY Amount DESC NULLS LAST", [5, 4, 1, 2]),
        ("ORDER BY Amount", [2, 1, 4, 5]),
        ("ORDER BY SystemModstamp, Id LIMIT 2 OFFSET 1", [2, 4]),
        ("where name like 'DEAL _' limit 1", [1]),
    ],
)
def test_soql_finds_what_salesforce_would_find(make_api, condition, found):
    """Else a source that is right in the sandbox is wrong at the vendor."""
    api = make_api(FILES, CLOCK)
    answer = api.get(Q, q=f"SELECT Id FROM Opportunity {condition}")
    assert answer.status_code == 200, answer.text
    assert numbers(answer) == found
    assert answer.json()["totalSize"] == len(found)


def test_only_the_fields_asked_for_come_back_with_parents_nested(api):
    """Else a source relies on fields that it never asked for."""
    q = "SELECT name, Odd__c, Account.Name FROM opportunity WHERE Amount = 5"
    (record,) = api.get(Q, q=q).json()["records"]
    assert record.pop("attributes") == {
        "type": "Opportunity",
        "url": f"/services/data/v66.0/sobjects/Opportunity/{sf_id('006', 5)}",
    }
    account = record.pop("Account")
    assert (record, account["Name"]) == ({"Name": "Deal 5", "Odd__c": "x"}, "Acme")


def test_query_all_shows_deleted_and_archived_records_and_pages(api):
    """Else deletions are never seen, or a cursor loses them."""
    first = api.get("/services/data/v66.0/queryAll/", q="SELECT Id FROM Opportunity")
    body = first.json()
    assert (body["totalSize"], body["done"], numbers(first)) == (5, False, [1, 2])
    assert body["nextRecordsUrl"].startswith("/services/data/v66.0/query/0r8")
    second = api.get(body["nextRecordsUrl"])
    assert numbers(second) == [3, 4]
    third = api.get(second.json()["nextRecordsUrl"])
    assert (numbers(third), third.json()["done"]) == ([5], True)
    assert first.headers["sforce-limit-info"] == "api-usage=1/100000"
    for path, count in (("query", 1), ("queryAll", 2)):
        answer = api.get(
            f"/services/data/v66.0/{path}", q="SELECT COUNT() FROM Task"
        ).json()
        assert answer == {"totalSize": count, "done": True, "records": []}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{Q}?q=SELECT Id FRM Opportunity", 400, "MALFORMED_QUERY"),
        (f"{Q}?q=SELECT Id FROM Opportunity WHERE", 400, "MALFORMED_QUERY"),
        (f"{Q}?q=SELECT Id, Id FROM Opportunity", 400, "MALFORMED_QUERY"),
        (f"{Q}?q=SELECT SUM(Amount) FROM Opportunity", 400, "MALFORMED_QUERY"),
        (f"{Q}?q=SELECT FIELDS(ALL) FROM Opportunity", 400, "MALFORMED_QUERY"),
        (f"{Q}?q=SELECT Nope FROM Opportunity", 400, "INVALID_FIELD"),
        (f"{Q}?q=SELECT Name.Id FROM Opportunity", 400, "INVALID_FIELD"),
        (
            f"{Q}?q=SELECT Id FROM Opportunity WHERE CloseDate = '2026-11-01'",
            400,
            "INVALID_FIELD",
        ),
        (
            f"{Q}?q=SELECT Id FROM Opportunity WHERE SystemModstamp > 2026-11-01",
            400,
            "INVALID_FIELD",
        ),
        (
            f"{Q}?q=SELECT Id FROM OpportunityFieldHistory WHERE NewValue = 'x'",
            400,
            "INVALID_FIELD",
        ),
        (f"{Q}?q=SELECT Id FROM Opportunities", 400, "INVALID_TYPE"),
        (f"{Q}?q=SELECT Id FROM CurrencyType", 400, "INVALID_TYPE"),
        (f"{Q}/0r8000000000000009-2", 400, "INVALID_QUERY_LOCATOR"),
        ("/services/data/v66.0/sobjects/Nope/describe", 404, "NOT_FOUND"),
        ("/services/data/v20.0/limits", 404, "NOT_FOUND"),
        (
            f"{SOBJECTS}/Account/deleted/?start=2026-09-01T00:00:00Z&end={END}",
            400,
            "INVALID_REPLICATION_DATE",
        ),
    ],
)
def test_what_salesforce_refuses_is_refused_in_its_words(api, path, status, code):
    """Else a source meets an error for the first time in production."""
    path, _, query = path.partition("?")
    answer = api.get(path, **dict(one.split("=", 1) for one in query.split("&") if one))
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_a_session_is_needed_and_given_for_credentials(make_api):
    """Else a source never learns that its token can end."""
    api = make_api(FILES, f"{CLOCK}[limits.salesforce]\nsession_requests = 1\n", "")
    refused = api.get("/services/data/v66.0/limits")
    assert refused.status_code == 401
    assert refused.json()[0]["errorCode"] == "INVALID_SESSION_ID"
    given = api.post("/services/oauth2/token", TOKEN_FORM.encode()).json()
    assert (given["token_type"], "expires_in" in given) == ("Bearer", False)
    assert given["instance_url"] == "http://sandbox"
    api.headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert api.get("/services/data/v66.0/limits").status_code == 200
    assert api.get("/services/data/v66.0/limits").status_code == 401
    for form, error in (
        (TOKEN_FORM.replace("sandbox-token", "no"), "invalid_client"),
        ("grant_type=refresh_token&refresh_token=no", "invalid_grant"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
    ):
        answer = api.post("/services/oauth2/token", form.encode())
        assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_the_delete_log_and_the_changes_of_a_stretch_of_time(make_api):
    """Else a purge between two loads cannot be found."""
    log = {
        "sobject": "Opportunity",
        "id": sf_id("006", 90),
        "deletedDate": "2026-11-04T08:00:00.000+0000",
    }
    api = make_api({**FILES, "salesforce/DeletedRecords": [log]}, CLOCK)
    span = {"start": "2026-11-02T00:00:00+00:00", "end": "2026-11-18T00:00:00+00:00"}
    base = "/services/data/v66.0/sobjects/Opportunity"
    deleted = api.get(f"{base}/deleted/", **span).json()
    assert [one["id"] for one in deleted["deletedRecords"]] == [
        sf_id("006", 3),
        sf_id("006", 90),
    ]
    assert deleted["latestDateCovered"] == "2026-11-18T00:00:00.000+0000"
    updated = api.get(f"{base}/updated/", **span).json()
    assert updated["ids"] == [sf_id("006", 2), sf_id("006", 4), sf_id("006", 5)]


def test_the_days_quota_ends_in_a_403_that_is_no_permission(make_api):
    """Else the source treats it as a missing permission and skips a table."""
    limits = "[limits.salesforce]\nenforced = true\nper_day = 2\n"
    api = make_api(FILES, f"{CLOCK}{limits}")
    answers = [api.get("/services/data/v66.0/limits") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 403]
    assert answers[2].json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    assert "retry-after" not in answers[2].headers
