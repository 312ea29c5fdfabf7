"""Intercom's own client, unmodified, reads the sandbox as it reads Intercom."""

import json
import warnings
from collections.abc import Callable, Iterator

import httpx
import pytest

from ingestion.sandbox.generator import founding, intercom
from ingestion.sandbox.generator.company import SIZES
from ingestion.sandbox.server.store import DataDirectoryError, Store

with warnings.catch_warnings():
    # Generated for pydantic 1 as well, it imports pydantic's old names.
    warnings.simplefilter("ignore")
    from intercom import Intercom
    from intercom.core.api_error import ApiError
    from intercom.errors import NotFoundError, UnauthorizedError
    from intercom.types import (
        MultipleFilterSearchRequest,
        SingleFilterSearchRequest,
        StartingAfterPaging,
    )

pytestmark = pytest.mark.filterwarnings(
    # The client's generated models still use what pydantic 3 will drop.
    "ignore::DeprecationWarning:intercom",
    "ignore::DeprecationWarning:pydantic",
)
CONVERSATIONS = [
    {
        "type": "conversation",
        "id": str(500 + number),
        "created_at": 1_795_000_000 + number,
        "updated_at": 1_795_000_000 + 60 * (number % 40),
        "state": "closed" if number % 2 else "open",
        "open": number % 2 == 0,
        "read": True,
        "priority": "none",
        "admin_assignee_id": 7 if number % 3 else 0,
        "team_assignee_id": 0,
        "source": {
            "type": "conversation",
            "id": str(number),
            "delivered_as": "customer_initiated",
            "author": {"type": "user", "id": "c1", "name": "Lea"},
        },
        "contacts": {
            "type": "contact.list",
            "contacts": [{"type": "contact", "id": "c1", "external_id": "u-1"}],
        },
        "tags": {
            "type": "tag.list",
            "tags": [{"type": "tag", "id": "4", "name": "vip"}],
        },
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": [
                {
                    "type": "conversation_part",
                    "id": str(9_000 + number),
                    "part_type": "close",
                    "created_at": 1_795_000_000,
                    "state": "closed",
                    "author": {"type": "admin", "id": "7", "name": "Ada"},
                }
            ],
            "total_count": 1,
        },
    }
    for number in range(130)
]
# 22:30 and 23:30 UTC: in Berlin the same day and the next.
CONTACTS = [
    {
        "type": "contact",
        "id": f"c{number}",
        "role": "user",
        "email": f"c{number}@post.example",
        "created_at": 1_794_000_000 + number,
        "updated_at": moment,
        "merge_history": [
            {
                "type": "merge_history",
                "source_contact_id": "old",
                "source_contact_role": "lead",
                "merged_at": 1_795_000_000,
            }
        ]
        if number == 1
        else [],
    }
    for number, moment in ((1, 1_794_954_600), (2, 1_794_958_200))
] + [
    {"id": "old", "role": "lead", "updated_at": 1_795_000_000, "created_at": 1},
    {
        "id": "gone",
        "role": "user",
        "archived": True,
        "updated_at": 1_795_000_000,
        "created_at": 1,
    },
]
COMPANIES = [
    {
        "type": "company",
        "id": f"k{number}",
        "company_id": str(number),
        "app_id": "w1",
        "name": f"Firma {number}",
        "created_at": 1,
        "updated_at": 1,
        "monthly_spend": 0,
        "session_count": 0,
        "user_count": 1,
    }
    for number in range(150)
]
FILES = {
    "intercom/conversations": CONVERSATIONS,
    "intercom/deleted_conversations": [
        {"type": "conversation", "id": "501", "metrics_retained": True, "deleted_at": 5}
    ],
    "intercom/contacts": CONTACTS,
    "intercom/companies": COMPANIES,
    "intercom/admins": [
        {
            "type": "admin",
            "id": "7",
            "name": "Ada",
            "email": "ada@zafran.example",
            "away_mode_enabled": False,
            "away_mode_reassign": False,
            "has_inbox_seat": True,
            "team_ids": [5],
        }
    ],
    "intercom/teams": [
        {"type": "team", "id": "5", "name": "Orders", "admin_ids": [7]},
    ],
    "intercom/tags": [{"type": "tag", "id": "4", "name": "vip"}],
    "intercom/workspaces": [{"id_code": "w1", "timezone": "Europe/Berlin"}],
}


@pytest.fixture
def client_for(serving) -> Iterator[Callable[[str], Intercom]]:
    """Return what makes Intercom's client with a token, over one sandbox process."""
    url = serving(FILES)
    # The client never closes a connection that it opened itself.
    with httpx.Client() as connection:
        yield lambda token: Intercom(
            token=token,
            base_url=url,
            headers={"Intercom-Version": "2.16"},
            httpx_client=connection,
        )


@pytest.fixture
def client(client_for) -> Intercom:
    """Return the client with the right token."""
    return client_for("sandbox-token")


def updated_after(moment: int) -> MultipleFilterSearchRequest:
    """Return a search for what was updated after a moment."""
    later = SingleFilterSearchRequest(field="updated_at", operator=">", value=moment)
    return MultipleFilterSearchRequest(operator="AND", value=[later])


def test_the_official_client_reads_every_collection(client):
    """Else the sandbox speaks a dialect that only our own source understands."""
    listed = list(client.conversations.list(per_page=50))
    assert len({one.id for one in listed}) == len(listed) == 129
    assert listed[0].conversation_parts is None
    assert listed[0].updated_at >= listed[-1].updated_at
    one = client.conversations.find(conversation_id="500")
    parts = one.conversation_parts
    assert (parts.total_count, parts.conversation_parts[0].part_type) == (1, "close")
    assert one.contacts.contacts[0].external_id == "u-1"
    assert {one.id for one in client.contacts.list()} == {"c1", "c2"}
    assert client.contacts.find(contact_id="c2").email == "c2@post.example"
    scrolled = [company.id for company in client.companies.scroll()]
    assert len(set(scrolled)) == len(scrolled) == 150
    assert len(list(client.companies.list(page=1, per_page=60))) >= 60
    assert [admin.name for admin in client.admins.list().admins] == ["Ada"]
    assert [team.admin_ids for team in client.teams.list().teams] == [[7]]
    assert [tag.name for tag in client.tags.list().data] == ["vip"]
    assert client.admins.identify().app.id_code == "w1"


def test_the_official_client_searches_and_is_told_what_is_wrong(client, client_for):
    """Its pager never forwards the cursor (5.0.1), so the pages are asked by hand."""
    found, cursor = [], None
    while True:
        page = client.conversations.search(
            query=updated_after(1_795_000_000 + 60 * 20),
            pagination=StartingAfterPaging(per_page=30, starting_after=cursor),
        ).response
        found += [one.id for one in page.conversations]
        if page.pages.next is None:
            break
        cursor = page.pages.next.starting_after
    # 19 of 40 minutes are later; 130 conversations, of which 501 was deleted.
    assert len(found) == len(set(found)) == 3 * 19
    # Days, not seconds: `>` is from the next day on, in the workspace's zone.
    for moment, names in (
        (1_794_954_600, ["c2"]),
        (1_794_954_600 - 86_400, ["c1", "c2"]),
        (1_794_958_200, []),
    ):
        page = client.contacts.search(query=updated_after(moment))
        assert sorted(one.id for one in page) == names
    with pytest.raises(NotFoundError) as missing:
        client.conversations.find(conversation_id="501")
    assert missing.value.body["errors"][0]["code"] == "not_found"
    with pytest.raises(ApiError) as merged:
        client.contacts.find(contact_id="old")
    assert merged.value.status_code == 404
    with pytest.raises(ApiError) as wrong:
        client.conversations.search(
            query=SingleFilterSearchRequest(field="state", operator="?", value="open")
        )
    assert wrong.value.status_code == 400
    with pytest.raises(UnauthorizedError) as refused:
        client_for("wrong").admins.list()
    assert refused.value.body.errors[0].code == "unauthorized"


@pytest.fixture
def api(make_api):
    """Return the application over the same files, without a socket."""
    return make_api(FILES)


def test_every_answer_says_what_is_left_of_the_limit(api):
    """A client that cannot see the limit runs into it."""
    headers = api.get("/admins").headers
    assert headers["X-RateLimit-Limit"] == "1667"
    assert headers["X-RateLimit-Remaining"] == "1666"
    assert int(headers["X-RateLimit-Reset"]) % 10 == 0


def test_an_enforced_limit_answers_429_without_retry_after(make_api):
    """Intercom has no Retry-After; a client that only knows that one must notice."""
    api = make_api(FILES, "[limits.intercom]\nenforced = true\nper_ten_seconds = 2")
    assert [api.get("/tags").status_code for _ in range(3)] == [200, 200, 429]
    answer = api.get("/tags")
    assert answer.json()["errors"][0]["code"] == "rate_limit_exceeded"
    assert "retry-after" not in answer.headers
    assert answer.headers["X-RateLimit-Remaining"] == "0"


def test_merge_history_is_given_only_to_who_asks_and_only_of_users(api):
    """A source that forgets to ask must not find merges by luck."""
    assert "merge_history" not in api.get("/contacts/c1").json()
    asked = api.get("/contacts", include_merge_history="true").json()["data"]
    assert {one["id"]: len(one["merge_history"]) for one in asked} == {"c1": 1, "c2": 0}
    history = api.get("/contacts/c1/merge_history").json()
    assert history["data"][0]["source_contact_id"] == "old"


def test_one_scroll_at_a_time_and_each_request_moves_it_on(api):
    """A lost answer is lost: asking again gives the page after it."""
    first = api.get("/companies/scroll").json()
    assert len(first["data"]) == 100
    second = api.get("/companies/scroll")
    assert (second.status_code, second.json()["errors"][0]["code"]) == (
        400,
        "scroll_exists",
    )
    param = first["scroll_param"]
    rest = api.get("/companies/scroll", scroll_param=param).json()
    assert len(rest["data"]) == 50
    end = api.get("/companies/scroll", scroll_param=param).json()
    assert (end["data"], end["scroll_param"]) == ([], None)
    assert api.get("/companies/scroll", scroll_param=param).status_code == 404


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/conversations", {"per_page": 151}),
        ("/conversations", {"starting_after": "abc"}),
        ("/conversations/deleted", {"per_page": 61}),
        ("/conversations/deleted", {"page": 0}),
    ],
)
def test_what_cannot_be_is_refused(api, path, params):
    """A sandbox that forgives teaches a source what Intercom will not."""
    answer = api.get(path, **params)
    assert answer.status_code == 400
    assert answer.json()["type"] == "error.list"


@pytest.mark.parametrize(
    "query",
    [
        {"field": "updated_at", "operator": ">=", "value": 1},
        {"field": "updated_at", "operator": ">", "value": "yesterday"},
        {
            "operator": "AND",
            "value": [{"field": "id", "operator": "=", "value": 1}] * 16,
        },
        {"field": "state"},
        None,
    ],
)
def test_a_search_that_cannot_be_is_refused(api, query):
    """Contacts know neither >= nor texts where instants are."""
    assert api.post("/contacts/search", {"query": query}).status_code == 400


def test_resources_of_a_newer_version_are_refused_in_an_older_one(make_api):
    """An app's own default version may be years old."""
    api = make_api(FILES)
    for version, status in (("2.16", 200), ("2.15", 400), ("9.9", 400)):
        api.headers["Intercom-Version"] = version
        assert api.get("/office_hours_schedules").status_code == status
        assert api.get("/conversations/deleted").status_code == status


def test_a_file_that_nobody_reads_is_an_error(make_data):
    """A misspelt name would look like a workspace without conversations."""
    folder = make_data({"intercom/conversation": [{"id": "1"}]})
    with pytest.raises(DataDirectoryError, match=r"intercom/conversation\.jsonl"):
        Store(folder)


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> dict[str, list[dict]]:
    """Return the generated collections of the small company."""
    folder = tmp_path_factory.mktemp("company")
    intercom.write(founding.found_company(7, SIZES["small"]), folder)
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in folder.iterdir()
    }


def test_generated_references_exist(generated):
    """A ticket of nobody, or of a company that no list has, cannot be joined."""
    contacts = {one["id"]: one for one in generated["contacts"]}
    companies = {one["id"] for one in generated["companies"]}
    teams = {int(one["id"]) for one in generated["teams"]} | {0}
    for one in generated["conversations"]:
        assert one["contacts"]["contacts"][0]["id"] in contacts
        assert one["team_assignee_id"] in teams
        assert one["company"] is None or one["company"]["id"] in companies
        parts = one["conversation_parts"]["conversation_parts"]
        moments = [part["created_at"] for part in parts]
        assert moments == sorted(moments)
        assert one["created_at"] <= one["updated_at"] < 1_795_032_000  # as_of
        last = [part["state"] for part in parts][-1:]
        assert last in ([], [one["state"]])
    ids = [one["id"] for one in generated["conversations"]]
    assert len(ids) == len(set(ids)) >= 80
    assert generated["admins"]
    assert all(one["email"].endswith("@zafran.example") for one in generated["admins"])


def test_generated_truths_are_there(generated):
    """What the KPIs are checked against must not drift away."""
    found = {one["id"]: one for one in generated["conversations"]}
    twice = found["215473800001"]
    assert twice["statistics"]["count_reopens"] == 2
    assert twice["statistics"]["time_to_admin_reply"] == 1800
    assert (twice["state"], twice["conversation_rating"]["rating"]) == ("closed", 4)
    admins = {one["id"] for one in generated["admins"]}
    assert str(found["215473800002"]["admin_assignee_id"]) not in admins
    assert found["215473800003"]["statistics"] is None
    assert found["215473800004"]["state"] == "snoozed"
    assert found["215473800005"]["admin_assignee_id"] == 0
    assert found["215473800008"]["conversation_rating"]["rating"] is None
    assert {"215473800090", "215473800091"} == {
        one["id"] for one in generated["deleted_conversations"]
    }
    merged = [one for one in generated["contacts"] if one["merge_history"]]
    assert [one["merge_history"][0]["source_contact_id"] for one in merged] == [
        "6762f100000000000000beef"
    ]


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    """A number that changes between two runs cannot be checked by anybody."""
    contents = []
    for name in ("one", "two"):
        intercom.write(founding.found_company(7, SIZES["small"]), tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        contents.append([(path.name, path.read_bytes()) for path in files])
    assert contents[0] == contents[1]
    assert len(contents[0]) == 10
