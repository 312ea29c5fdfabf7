"""Who is who in the data directory: union-find over what records have in common."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import orjson

from tests.oracle.shop import Shop

# More contacts than this with one address share a mailbox, not a person.
MOST_PER_EMAIL = 3
PLACEHOLDERS = {"", "null", "undefined", "0"}
BOTS = {"assistant@zafran.example"}


def _lines(path: Path) -> Iterator[dict]:
    if path.is_file():
        yield from map(orjson.loads, path.read_bytes().splitlines())


def _id(value: object) -> str | None:
    text = "" if value is None else str(value)
    return None if text.strip().lower() in PLACEHOLDERS else text


def _email(value: object) -> str | None:
    text = str(value or "").strip().lower()
    name, _, domain = text.partition("@")
    return text if name and "." in domain and " " not in text else None


class Customers:
    """Every customer's records and what links them."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.records: set[str] = set()
        # identifier -> records that carry it
        self.carriers: dict[str, set[str]] = defaultdict(set)
        self._contacts(folder)
        self._requesters(folder)
        for member in _lines(folder / "ghost/members.jsonl"):
            self._record(f"subscriber:ghost:{member['id']}", member.get("email"))
        self._visitors(shop)

    def _record(self, record: str, email: object) -> None:
        self.records.add(record)
        if address := _email(email):
            self.carriers[f"email:{address}"].add(record)

    def _contacts(self, folder: Path) -> None:
        merged = []
        for contact in _lines(folder / "hubspot/contacts.jsonl"):
            properties, record = (
                contact["properties"],
                f"contact:hubspot:{contact['id']}",
            )
            self._record(record, properties.get("email"))
            former = str(properties.get("hs_merged_object_ids") or "").split(";")
            former += str(properties.get("hs_calculated_merged_vids") or "").split(";")
            merged += [(f"contact:hubspot:{one.split(':')[0].strip()}", record) for one in former]  # fmt: skip
        for loser, survivor in merged:
            if loser in self.records:
                self.carriers[f"record:{survivor}"] |= {loser, survivor}

    def _requesters(self, folder: Path) -> None:
        assigned = {
            str(change["assignee_id"])
            for event in _lines(folder / "zendesk/ticket_events.jsonl")
            for change in event["child_events"]
            if change.get("assignee_id")
        }
        for user in _lines(folder / "zendesk/users.jsonl"):
            is_staff = user["role"] != "end-user" or str(user["id"]) in assigned
            if not is_staff and (user.get("email") or "").lower() not in BOTS:
                self._record(f"helpdesk_user:zendesk:{user['id']}", user.get("email"))

    def _visitors(self, shop: Shop) -> None:
        aliases = []
        for event in shop.events:
            user, device = _id(event.get("userId")), _id(event.get("anonymousId"))
            if user is None and device is None:
                continue
            if device:
                self.records.add(f"visitor:events:{device}")
                self.carriers[f"device:{device}"].add(f"visitor:events:{device}")
            if user:
                self.records.add(f"user:events:{user}")
            if user and device:
                self.carriers[f"device:{device}"].add(f"user:events:{user}")
            traits = event.get("traits") or {}
            said = traits.get("email") or (event.get("properties") or {}).get("email")
            if address := _email(said):
                own = f"user:events:{user}" if user else f"visitor:events:{device}"
                self.carriers[f"email:{address}"].add(own)
            if event["type"] == "alias" and user and (before := _id(event.get("previousId"))):  # fmt: skip
                aliases.append((before, f"user:events:{user}"))
        for before, record in aliases:
            for kind in ("user", "visitor"):
                earlier = f"{kind}:events:{before}"
                if earlier in self.records:
                    self.carriers[f"record:{earlier}"] |= {earlier, record}

    def _is_shared(self, identifier: str, carriers: set[str]) -> bool:
        most = {"email": MOST_PER_EMAIL, "device": 1}.get(identifier.split(":")[0])
        kinds = defaultdict(int)
        for record in carriers:
            kind, vendor, _ = record.split(":", 2)
            kinds[kind, vendor] += kind != "visitor"
        return most is not None and max(kinds.values()) > most

    def groups(self) -> set[frozenset[str]]:
        """Return the customers as sets of records."""
        parent = {record: record for record in self.records}

        def root(record: str) -> str:
            while parent[record] != record:
                record = parent[record]
            return record

        for identifier, carriers in self.carriers.items():
            if self._is_shared(identifier, carriers):
                continue
            first, *others = sorted(carriers)
            for other in others:
                parent[root(other)] = root(first)
        found = defaultdict(set)
        for record in self.records:
            found[root(record)].add(record)
        return {frozenset(group) for group in found.values()}
