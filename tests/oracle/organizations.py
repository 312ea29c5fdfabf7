"""Which records are one organization, by the data directory: domains and merges."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.oracle.crm import Crm

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
# More companies than this under one domain share a provider, not an owner.
MOST_PER_DOMAIN = 5


@dataclass(frozen=True)
class Record:
    """A company of the CRM, or an organization of the helpdesk."""

    kind: str
    vendor: str
    record_id: str
    is_deleted: bool
    seen: datetime
    domains: frozenset[str]
    name: str | None
    country: str | None = None
    industry: str | None = None
    employees: int | None = None

    @property
    def trust(self) -> tuple[bool, datetime, str]:
        """What sorts the record that speaks first to the front."""
        return (self.kind != "company", self.seen, self.record_id)


def _lines(path: Path) -> list[dict]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None


def _instant(text: str) -> datetime:
    """Read an instant; the warehouse keeps them in UTC and does not say so."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


class Organizations:
    """Every organization as the records that are it."""

    def __init__(self, folder: Path) -> None:
        self.free_mail = {row["domain"] for row in _seed("free_mail_domains")}
        self.bands = [
            (
                row["segment_name"],
                int(row["first_employee_count"]),
                int(row["last_employee_count"] or 10**9),
            )
            for row in _seed("organization_segments")
            if row["first_employee_count"]
        ]
        self.overrides = {
            row["domain_name"]: row["segment_name"]
            for row in _seed("organization_segment_overrides")
        }
        companies = _lines(folder / "hubspot/companies.jsonl")
        organizations = _lines(folder / "zendesk/organizations.jsonl")
        self.records = [self._company(line) for line in companies]
        self.records += [self._organization(line) for line in organizations]
        # former id -> every company that says it swallowed it
        self.merges = [
            (former.strip(), line["id"])
            for line in companies
            for former in (line["properties"]["hs_merged_object_ids"] or "").split(";")
            if former.strip()
        ]

    def _company(self, line: dict) -> Record:
        said = line["properties"]
        return Record(
            "company",
            "hubspot",
            line["id"],
            line["archived"],
            _instant(said["createdate"] or line["createdAt"]),
            self._domains([said["domain"]]),
            _text(said["name"]),
            _text(said["country"]),
            said["industry"] or None,
            int(said["numberofemployees"]) if said["numberofemployees"] else None,
        )

    def _organization(self, line: dict) -> Record:
        return Record(
            "helpdesk_organization",
            "zendesk",
            str(line["id"]),
            line["deleted_at"] is not None,
            _instant(line["created_at"]),
            self._domains(line["domain_names"] or []),
            _text(line["name"]),
        )

    def _domains(self, said: list[str | None]) -> frozenset[str]:
        plain = {(one or "").strip().lower().removeprefix("www.") for one in said}
        return frozenset(
            one
            for one in plain - self.free_mail
            # A dot with something on both sides.
            if "." in one[1:-1]
        )

    def groups(self) -> list[list[Record]]:
        """Return the organizations, the record that is trusted most first."""
        owners: dict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            for domain in record.domains:
                owners[f"domain:{domain}"].append(record)
        # What is linked names a common thing, which may be a record that is gone.
        things: dict[Record, set[str]] = {
            one: {f"{one.kind}:{one.record_id}"} for one in self.records
        }
        for domain, sharers in owners.items():
            kinds = Counter((one.kind, one.vendor) for one in sharers)
            if max(kinds.values()) <= MOST_PER_DOMAIN:
                for one in sharers:
                    things[one].add(domain)
        for former, survivor in self.merges:
            for one in self.records:
                if one.kind == "company" and one.record_id in {former, survivor}:
                    things[one].add(f"company:{former}")
        # Each record joins the groups that have something in common with it.
        found: list[tuple[set[str], list[Record]]] = []
        for record, own in things.items():
            joined = [group for group in found if group[0] & own]
            found = [group for group in found if not group[0] & own]
            found.append(
                (
                    own.union(*(group[0] for group in joined)),
                    [record, *(one for group in joined for one in group[1])],
                )
            )
        return [sorted(group, key=lambda one: one.trust) for _, group in found]

    def segment(self, present: list[Record]) -> str:
        """Return the segment: what the company says of a domain, else the size."""
        domains = sorted(domain for one in present for domain in one.domains)
        said = [self.overrides[one] for one in domains if one in self.overrides]
        employees = _first([one.employees for one in present])
        fitting = [
            name
            for name, first, last in self.bands
            if isinstance(employees, int) and first <= employees <= last
        ]
        return [*said, *fitting, "unknown"][0]

    def described(self) -> dict[frozenset[tuple[str, str, str]], dict[str, object]]:
        """Return each organization that is not deleted, under all of its records."""
        found = {}
        for group in self.groups():
            present = [one for one in group if not one.is_deleted]
            if present:
                found[identity(group)] = {
                    "organization_name": _first([one.name for one in present]),
                    "country_name": _first([one.country for one in present])
                    or "unknown",
                    "industry_name": _first([one.industry for one in present])
                    or "unknown",
                    "segment_name": self.segment(present),
                    "employee_count": _first([one.employees for one in present]),
                    "record_count": len(present),
                    "company_count": sum(one.kind == "company" for one in present),
                    "first_seen_at": min(one.seen for one in present),
                }
        return found


def identity(group: list[Record]) -> frozenset[tuple[str, str, str]]:
    """Return what names a group: its records."""
    return frozenset((one.kind, one.vendor, one.record_id) for one in group)


def said_organizations(crm: Crm, folder: Path) -> dict[str, tuple[str, str]]:
    """Return the organization that each contact or requester has, by its own system."""
    linked = crm.linked("contacts", "companies")
    said = {
        f"contact:hubspot:{record_id}": ("company", companies[0])
        for record_id, companies in linked.items()
        if companies
    }
    return said | {
        f"helpdesk_user:zendesk:{user['id']}": (
            "helpdesk_organization",
            str(user["organization_id"]),
        )
        for user in _lines(folder / "zendesk/users.jsonl")
        if user["organization_id"]
    }


def _first(values: list) -> object:
    return next((value for value in values if value is not None), None)
