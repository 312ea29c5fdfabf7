"""The sandbox answers about people, pipelines, properties, money and marketing."""

import pytest


def owner(identifier, **more):
    """Return an owner."""
    return {
        "id": str(identifier),
        "email": f"{identifier}@zafran.example",
        "type": "PERSON",
        "firstName": "Lea",
        "lastName": "Omid",
        "userId": identifier + 1000,
        "userIdIncludingInactive": identifier + 1000,
        "archived": False,
        **more,
    }


def results(answer, field="id"):
    """Return one field of every row of a page."""
    return [row[field] for row in answer.json()["results"]]


@pytest.fixture
def people(make_api):
    """Return the API over three owners, one of them gone, and a team."""
    teams = [
        {"id": "70", "name": "DACH Sales", "primary": True},
        {"id": "71", "name": "Iran Sales", "primary": False},
    ]
    return make_api(
        {
            "hubspot/owners": [
                owner(11, teams=teams),
                owner(9),
                owner(10, archived=True, userId=None),
            ],
            "hubspot/teams": [
                {"id": "70", "name": "DACH Sales", "userIds": ["1011"]},
            ],
        }
    )


def test_owners_are_listed_in_two_calls(people):
    """Deals still point to an owner who has left."""
    path = "/crm/owners/2026-09"
    assert results(people.get(path)) == ["9", "11"]
    assert results(people.get(path, archived="true")) == ["10"]
    first = people.get(path, limit=1).json()
    assert first["paging"]["next"]["after"] == "11"
    assert results(people.get(path, limit=1, after="11")) == ["11"]
    assert results(people.get(path, email="9@zafran.example")) == ["9"]
    assert people.get(path, limit=501).status_code == 400


def test_an_owner_is_found_by_id_and_by_user(people):
    """Activities name users where deals name owners."""
    assert people.get("/crm/v3/owners/11").json()["email"] == "11@zafran.example"
    found = people.get("/crm/v3/owners/1009", idProperty="userId")
    assert found.json()["id"] == "9"
    gone = people.get("/crm/v3/owners/1010", idProperty="userId", archived="true")
    assert gone.json()["id"] == "10"
    assert people.get("/crm/v3/owners/77").status_code == 404


def test_teams_and_users_come_from_the_settings(people):
    """Users are the owners that are still there; nobody writes them twice."""
    assert results(people.get("/settings/users/2026-03/teams"), "name") == [
        "DACH Sales"
    ]
    path = "/settings/users/2026-09-beta"
    users = people.get(path, limit=1).json()
    assert users["results"][0]["id"] == "1009"
    assert users["results"][0]["primaryTeamId"] is None
    second = people.get(path, after=users["paging"]["next"]["after"]).json()
    assert second["results"][0]["primaryTeamId"] == "70"
    assert second["results"][0]["secondaryTeamIds"] == ["71"]


def test_deleted_pipelines_and_stages_vanish(make_api):
    """Deals keep stage ids that the list no longer has."""
    stages = [{"id": "won", "label": "Won"}, {"id": "old", "archived": True}]
    api = make_api(
        {
            "hubspot/pipelines": [
                {"id": "default", "label": "Sales", "stages": stages},
                {"id": "gone", "label": "Gone", "archived": True},
                {"id": "leads", "label": "Leads", "objectType": "leads"},
            ]
        }
    )
    path = "/crm/pipelines/2026-09/deals"
    assert results(api.get(path)) == ["default"]
    assert results(api.get(f"{path}/default/stages")) == ["won"]
    assert results(api.get("/crm/pipelines/2026-09/leads")) == ["leads"]
    assert api.get(f"{path}/gone").status_code == 404


def test_properties_are_the_source_of_types_and_renames(make_api):
    """Archived ones are listed apart, one can be asked for by name."""
    amount = {"name": "amount", "type": "number", "label": "Betrag"}
    api = make_api(
        {"hubspot/properties_deals": [amount, {"name": "old", "archived": True}]}
    )
    path = "/crm/properties/2026-09/deals"
    assert results(api.get(path), "name") == ["amount"]
    assert results(api.get(path, archived="true"), "name") == ["old"]
    assert api.get(f"{path}/amount").json() == amount
    assert api.get(f"{path}/missing").status_code == 404
    batch = api.post(
        f"{path}/batch/read", {"inputs": [{"name": "amount"}, {"name": "x"}]}
    )
    assert batch.status_code == 207
    assert batch.json()["results"] == [amount]


def test_exchange_rates_are_paged_and_filtered(make_api):
    """The newest rate of a pair is the current one."""
    rates = [
        {
            "id": str(number),
            "fromCurrencyCode": code,
            "toCurrencyCode": "EUR",
            "conversionRate": rate,
            "effectiveAt": day,
        }
        for number, code, rate, day in [
            (1, "USD", 0.93, "2026-01-02T00:00:00Z"),
            (2, "USD", 0.91, "2026-01-01T00:00:00Z"),
            (3, "GBP", 1.15, "2026-01-01T00:00:00Z"),
        ]
    ]
    api = make_api({"hubspot/currencies": rates}, 'base_currency = "EUR"')
    path = "/settings/currencies/2026-09/exchange-rates"
    first = api.get(path, limit=2)
    assert results(first) == ["1", "2"]
    after = first.json()["paging"]["next"]["after"]
    assert results(api.get(path, limit=2, after=after)) == ["3"]
    assert results(api.get(path, fromCurrencyCode="GBP")) == ["3"]
    assert results(api.get(f"{path}/current")) == ["1", "3"]
    assert api.get(f"{path}/2").json()["conversionRate"] == 0.91
    assert api.get(f"{path}/4").status_code == 404
    currency = api.get("/settings/currencies/2026-09/company-currency").json()
    assert currency == {"currencyCode": "EUR"}


def test_the_account_is_its_file_or_what_sandbox_toml_says(make_api):
    """The portal's time zone decides days."""
    described = """
        as_of = 2026-11-18T20:00:00Z
        reporting_timezone = "Asia/Tehran"
        base_currency = "USD"
        portal_id = 77
    """
    rate = {"id": "1", "fromCurrencyCode": "EUR", "toCurrencyCode": "USD"}
    said = make_api({"hubspot/currencies": [rate]}, described)
    details = said.get("/account-info/2026-09/details").json()
    assert details["portalId"] == 77
    assert details["timeZone"] == "Asia/Tehran"
    assert details["companyCurrency"] == "USD"
    assert details["additionalCurrencies"] == ["EUR"]
    assert details["utcOffset"] == "+03:30"
    assert details["utcOffsetMilliseconds"] == 12_600_000
    line = {"portalId": 1, "timeZone": "Europe/Berlin", "companyCurrency": "EUR"}
    filed = make_api({"hubspot/account_info": [line]})
    assert filed.get("/account-info/v3/details").json() == line


def participation(number, state, event="500", contact="7"):
    """Return a row of the participation breakdown."""
    return {
        "id": str(number),
        "associations": {
            "contact": {"contactId": contact, "email": f"{contact}@nord.example"},
            "marketingEvent": {"marketingEventId": event},
        },
        "properties": {"attendanceState": state, "occurredAt": 1763629200000},
    }


@pytest.mark.parametrize("inside", [True, False], ids=["in the event", "in a file"])
def test_participations_are_counted_and_broken_down(make_api, inside):
    """A trade show's contacts may stand in its own line or in a file of their own."""
    rows = [
        participation(1, "ATTENDED"),
        participation(2, "ATTENDED", contact="8"),
        participation(3, "NO_SHOW"),
    ]
    event = {"objectId": "500", "eventName": "Internorga"}
    other = {"objectId": "1000", "eventName": "Anuga"}
    files = {"hubspot/marketing_events": [other, event]}
    if inside:
        files["hubspot/marketing_events"] = [other, {**event, "participations": rows}]
    else:
        files["hubspot/marketing_event_participations"] = rows
    api = make_api(files)
    path = "/marketing/marketing-events/2026-09"
    first = api.get(path, limit=1).json()
    assert first["results"] == [event]
    assert first["paging"]["next"]["after"] == "1000"
    assert api.get(f"{path}/participations/500").json() == {
        "attended": 2,
        "registered": 0,
        "cancelled": 0,
        "noShows": 1,
    }
    breakdown = f"{path}/participations/500/breakdown"
    page = api.get(breakdown, limit=2).json()
    assert page["total"] == 3
    rest = api.get(breakdown, limit=2, after=page["paging"]["next"]["after"]).json()
    assert rest["results"] == [rows[2]]
    assert results(api.get(breakdown, state="NO_SHOW")) == ["3"]
    assert results(api.get(breakdown, contactIdentifier="8")) == ["2"]
    assert results(api.get(f"{path}/participations/contacts/8/breakdown")) == ["2"]
    assert results(api.get(f"{path}/participations/1000/breakdown")) == []
    assert api.get(f"{path}/participations/77").status_code == 404
    assert api.get(f"{path}/77").status_code == 404


@pytest.fixture
def emails(make_api):
    """Return the API over three marketing e-mails."""
    return make_api(
        {
            "hubspot/marketing_emails": [
                {
                    "id": "2",
                    "name": "B",
                    "publishDate": "2026-05-01T09:00:00Z",
                    "createdAt": "2026-05-01T09:00:00Z",
                    "updatedAt": "2026-05-02T09:00:00.000Z",
                    "stats": {"counters": {"sent": 10, "open": 4}},
                },
                {
                    "id": "1",
                    "name": "A",
                    "publishDate": "2026-06-01T09:00:00Z",
                    "createdAt": "2026-04-01T09:00:00Z",
                    "updatedAt": "2026-06-02T09:00:00.000Z",
                    "stats": {"counters": {"sent": 5, "open": 1}},
                },
                {"id": "3", "archived": True, "updatedAt": "2026-06-02T09:00:00Z"},
            ]
        }
    )


def test_marketing_emails_show_statistics_when_asked(emails):
    """Statistics are not part of the plain list."""
    path = "/marketing/emails/2026-09"
    plain = emails.get(path).json()
    assert (plain["total"], results(emails.get(path))) == (2, ["1", "2"])
    assert "stats" not in plain["results"][0]
    full = emails.get(path, includeStats="true", limit=1)
    assert full.json()["results"][0]["stats"]["counters"]["sent"] == 5
    after = full.json()["paging"]["next"]["after"]
    assert results(emails.get(path, limit=1, after=after)) == ["2"]
    assert "stats" not in emails.get(f"{path}/1").json()
    assert emails.get(f"{path}/1", includeStats="true").json()["stats"]
    assert emails.get(f"{path}/77").status_code == 404


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"updatedAfter": "2026-05-15T00:00:00Z"}, ["1"]),
        ({"updatedAfter": "2026-05-15T02:00:00+02:00"}, ["1"]),
        ({"updatedBefore": "2026-05-15T00:00:00Z"}, ["2"]),
        ({"isPublished": "true"}, ["1", "2"]),
        ({"isPublished": "False"}, []),
        ({"sort": "-updatedAt"}, ["1", "2"]),
        ({"sort": "updatedAt"}, ["2", "1"]),
        ({"archived": "true"}, ["3"]),
    ],
)
def test_marketing_emails_are_filtered_and_sorted(emails, params, expected):
    """`updatedAfter` is what an incremental read uses."""
    assert results(emails.get("/marketing/emails/2026-09", **params)) == expected


def test_statistics_are_summed_over_the_mails_of_a_window(emails):
    """The list endpoint of statistics adds what the mails of the window have."""
    answer = emails.get(
        "/marketing/emails/2026-09/statistics/list",
        startTimestamp="2026-05-01T00:00:00Z",
        endTimestamp="2026-12-01T00:00:00Z",
    ).json()
    assert answer["aggregate"] == {"counters": {"sent": 15, "open": 5}}
    assert answer["emails"] == [2, 1]


def test_wrong_instants_and_cursors_are_refused(emails):
    """Neither may quietly return everything."""
    path = "/marketing/emails/2026-09"
    assert emails.get(path, updatedAfter="yesterday").status_code == 400
    assert emails.get(path, after="!").status_code == 400
