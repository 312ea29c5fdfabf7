"""Who is who: random graphs against union-find, and keys that stay from run to run."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from tests.dbt.warehouses import LOAD_ID, Warehouse, only, write_events

MODELS = (
    "+dim_customers",
    "+dim_customer_records",
    "int_customer_key_changes",
    "int_shared_identifiers",
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def seen(number: int, **ids: str | None) -> dict:
    """Return a page view of somebody, so many hours after the first."""
    at = (FIRST + timedelta(hours=number)).isoformat()
    return {
        "message_id": f"m{number}-{sorted(ids.items())}",
        "type": "alias" if "previous_id" in ids else "page",
        "event_at": at,
        "received_at": at,
        **ids,
    }


def random_events(seed: int) -> list[dict]:
    """Return 150 small worlds of logins, devices and addresses, disjoint by name."""
    rng = random.Random(seed)
    events = []
    for world in range(150):
        for _ in range(rng.randrange(1, 12)):
            kind = rng.randrange(4)
            user = f"u{world}-{rng.randrange(4)}"
            device = f"d{world}-{rng.randrange(5)}"
            ids = [
                {"user_id": user, "anonymous_id": device},
                {"user_id": user, "email": f"e{world}-{rng.randrange(3)}@x.example"},
                {
                    "anonymous_id": device,
                    "email": f"e{world}-{rng.randrange(3)}@x.example",
                },
                {"user_id": user, "previous_id": device},
            ][kind]
            events.append(seen(len(events), **ids))
    return events


def expected_groups(events: list[dict]) -> set[frozenset[str]]:
    """Return the customers by union-find, one link after the other."""
    records, carriers = set(), defaultdict(set)
    users_of_device, users_of_email = defaultdict(set), defaultdict(set)
    for event in events:
        user, device = event.get("user_id"), event.get("anonymous_id")
        email = event.get("email")
        own = f"user:{user}" if user else f"visitor:{device}"
        records |= {f"user:{user}"} if user else set()
        records |= {f"visitor:{device}"} if device else set()
        if device:
            carriers[f"device:{device}"].add(f"visitor:{device}")
        if device and user:
            carriers[f"device:{device}"].add(f"user:{user}")
            users_of_device[f"device:{device}"].add(user)
        if email:
            carriers[f"email:{email}"].add(own)
            if user:
                users_of_email[f"email:{email}"].add(user)
    for event in events:
        previous = event.get("previous_id")
        for earlier in (f"visitor:{previous}", f"user:{previous}"):
            if previous and earlier in records:
                carriers[f"record:{earlier}"] |= {earlier, f"user:{event['user_id']}"}
    shared = {one for one, users in users_of_device.items() if len(users) > 1}
    shared |= {one for one, users in users_of_email.items() if len(users) > 3}
    parent = {record: record for record in records}

    def root(record: str) -> str:
        while parent[record] != record:
            record = parent[record]
        return record

    for identifier, carrying in carriers.items():
        first, *others = sorted(carrying)
        for other in [] if identifier in shared else others:
            parent[root(other)] = root(first)
    groups = defaultdict(set)
    for record in records:
        groups[root(record)].add(record)
    return {frozenset(group) for group in groups.values()}


def resolved(directory: Path, *batches: list[dict]) -> Warehouse:
    """Return a warehouse that was built after each of the batches had arrived."""
    warehouse = Warehouse(
        directory, {"VENDORS": only("shop", "events"), "AS_OF": "2026-04-10"}
    )
    write_events(directory, [])
    for day, batch in enumerate(batches, 1):
        add(warehouse, batch)
        warehouse.settings["AS_OF"] = f"2026-04-{10 + day}"
        warehouse.build("-s", *MODELS)
    return warehouse


def add(warehouse: Warehouse, events: list[dict]) -> None:
    """Add events to the raw table."""
    with duckdb.connect(warehouse.directory / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for event in events:
            row = {"_dlt_load_id": LOAD_ID, **event}
            connection.execute(
                f"insert into raw_events.events ({', '.join(row)}) "
                f"values ({', '.join('?' for _ in row)})",
                list(row.values()),
            )


def groups_of(warehouse: Warehouse) -> set[frozenset[str]]:
    """Return the customers as sets of records."""
    found = defaultdict(set)
    for key, kind, record_id in warehouse.query(
        "select customer_key, record_type, record_id from marts.dim_customer_records"
    ):
        found[key].add(f"{kind}:{record_id}")
    return {frozenset(group) for group in found.values()}


def keys_of(warehouse: Warehouse) -> dict[str, str]:
    """Return the customer key of each record."""
    return {
        f"{kind}:{record_id}": key
        for key, kind, record_id in warehouse.query(
            "select customer_key, record_type, record_id from marts.dim_customer_records"
        )
    }


def test_customers_are_the_connected_groups(tmp_path: Path) -> None:
    """Two keys for one connected group, or one for two, would be two or half a buyer."""
    events = random_events(1)
    assert groups_of(resolved(tmp_path, events)) == expected_groups(events)


def test_the_order_of_evidence_does_not_matter(tmp_path: Path) -> None:
    """A back-fill of old events must not make other customers than the daily runs."""
    events = random_events(3)
    shuffled = random.Random(4).sample(events, len(events))
    late = resolved(
        tmp_path / "late", shuffled[:300], shuffled[300:600], shuffled[600:]
    )
    assert groups_of(late) == expected_groups(events)
    assert late.query("select count(*) from intermediate.int_customer_keys") == [
        (len(keys_of(late)),)
    ]


def test_a_key_stays_until_customers_merge_or_split(tmp_path: Path) -> None:
    """A list of customers that another tool keeps must not rot overnight."""
    start = [
        seen(5, user_id="ann", email="ann@x.example"),
        seen(6, user_id="ben", email="ben@x.example"),
        seen(7, user_id="cy", anonymous_id="tablet"),
    ]
    warehouse = resolved(tmp_path, start)
    first = keys_of(warehouse)
    assert first["user:cy"] == first["visitor:tablet"]
    # Older evidence about Ann; Ben turns out to be Ann; the tablet is a family's.
    add(
        warehouse,
        [
            seen(1, anonymous_id="old-phone"),
            seen(8, user_id="ann", anonymous_id="old-phone"),
            seen(9, user_id="ben", email="ann@x.example"),
            seen(10, user_id="dee", anonymous_id="tablet"),
        ],
    )
    warehouse.settings["AS_OF"] = "2026-04-20"
    warehouse.build("-s", *MODELS)
    second = keys_of(warehouse)
    assert second["user:ann"] == second["visitor:old-phone"] == first["user:ann"]
    assert second["user:ben"] == first["user:ann"]
    assert second["user:cy"] == first["user:cy"]
    assert second["visitor:tablet"] not in {first["user:cy"], second["user:dee"]}
    changes = warehouse.query(
        "select change_type, from_customer_key, to_customer_key, record_count "
        "from intermediate.int_customer_key_changes order by 1"
    )
    assert changes == [
        ("merge", first["user:ben"], first["user:ann"], 1),
        ("split", first["user:cy"], second["visitor:tablet"], 1),
    ]
    assert warehouse.query(
        "select identifier_type, record_count from intermediate.int_shared_identifiers"
    ) == [("device", 2)]
