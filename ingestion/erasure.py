"""People who asked to be forgotten, and how a load keeps them so.

`make erase` masks a person in everything that was stored; the vendor may still have
her, and would bring her back with the next load. So each erasure is remembered, as
salted hashes alone, and every row is compared with them before it is written anywhere.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from dlt.extract import DltSource

from ingestion.json_lines import literal
from ingestion.settings import Settings

EMAIL = re.compile(r"[^\s\"'<>,;:()\[\]{}=&?]+@[^\s\"'<>,;:()\[\]{}=&?]+")
# What a row of a raw table may say of the person it is about, by the column's name.
NAMES = frozenset(
    [
        "name",
        "full_name",
        "author_name",
        "actor_name",
        "nickname",
        "username",
        "preferred_name",
        "display_name",
    ]
)
BIRTHS = frozenset(["birth_date", "date_of_birth", "birthdate", "birthday"])
DETAILS = frozenset(
    [
        "first_name",
        "firstname",
        "last_name",
        "lastname",
        "author_url",
        "avatar_url",
        "phone",
        "mobile",
        "mobilephone",
        "mobile_phone",
        "phone_number",
        "fax",
        "address",
        "street",
        "zip",
        "postal_code",
        "ip",
        "traits",
        "geolocation",
        "content_rendered",
        "content_raw",
        "comment",
        "notes",
    ]
)
_FILE = "erasures.json"


@dataclass(frozen=True)
class Erased:
    """One person who was erased.

    Attributes:
        token: what stands for the person in every masked value; it means nothing else.
        erased_at: when, in UTC.
        addresses: the hash of each e-mail address, with the address that masks it.
        records: hashes of the raw rows that are about the person.
    """

    token: str
    erased_at: str
    addresses: dict[str, str] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)


class Erasures:
    """Everybody who was erased from a warehouse."""

    def __init__(self, path: Path, salt: str, people: list[Erased]) -> None:
        self._path, self._salt, self.people = path, salt, people
        self._addresses = {
            digest: mask
            for person in people
            for digest, mask in person.addresses.items()
        }
        self._records = {
            record: person.token for person in people for record in person.records
        }
        self._tokens = {
            mask: person.token
            for person in people
            for mask in person.addresses.values()
        }

    @classmethod
    def of(cls, settings: Settings) -> "Erasures":
        """Read those of the warehouse, none where nobody was ever erased."""
        path = settings.warehouse_dir / _FILE
        if not path.is_file():
            return cls(path, secrets.token_hex(32), [])
        kept = json.loads(path.read_text("utf-8"))
        return cls(path, kept["salt"], [Erased(**each) for each in kept["people"]])

    def with_person(self, person: Erased) -> "Erasures":
        """Remember one more person, on disk before this returns."""
        people = [each for each in self.people if each.token != person.token]
        people.append(person)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".tmp")
        fresh.touch(mode=0o600)
        kept = {"salt": self._salt, "people": [asdict(each) for each in people]}
        fresh.write_text(json.dumps(kept, indent=1), "utf-8")
        fresh.replace(self._path)
        return Erasures(self._path, self._salt, people)

    def address_hash(self, address: str) -> str:
        """Return the salted hash of an e-mail address, however it is written."""
        return self._hash(address.strip().lower())

    def record_hash(self, vendor: str, table: str, record_id: str) -> str:
        """Return the salted hash of a raw row's key."""
        return self._hash(f"{vendor}.{table}:{record_id}")

    def _hash(self, text: str) -> str:
        return hashlib.sha256(f"{self._salt}:{text}".encode()).hexdigest()

    def masked(self, text: str) -> tuple[str, str | None]:
        """Return the text without erased addresses, and whose the last of them was."""
        token = None

        def mask(found: re.Match[str]) -> str:
            nonlocal token
            written = found[0].rstrip(".")
            known = self._addresses.get(self.address_hash(written))
            if known is None:
                return found[0]
            token = self._tokens[known]
            return known + found[0][len(written) :]

        return EMAIL.sub(mask, text), token

    def guard(self, source: DltSource, vendor: str) -> None:
        """Let every row that the source yields pass by the erasures."""
        if not self.people:
            return
        for name, resource in source.resources.items():
            table = resource.compute_table_schema()
            # Models are no rows; what they select is masked in the spool.
            if table.get("file_format") != "parquet":
                continue
            columns = table.get("columns", {})
            keys = [each for each, hint in columns.items() if hint.get("primary_key")]
            resource.add_map(self._guarded(vendor, name, keys))

    def _guarded(
        self, vendor: str, table: str, keys: list[str]
    ) -> Callable[[Any], Any]:
        def guard(item: Any) -> Any:  # noqa: ANN401 - whatever a source yields
            if isinstance(item, pa.Table):
                return self._guard_table(item, vendor, table, keys)
            if isinstance(item, dict):
                return self._guard_rows([item], vendor, table, keys)[0]
            if isinstance(item, list) and all(isinstance(row, dict) for row in item):
                return self._guard_rows(item, vendor, table, keys)
            return item

        return guard

    def _guard_table(
        self, item: pa.Table, vendor: str, table: str, keys: list[str]
    ) -> pa.Table:
        if not self._is_suspect(item, vendor, table, keys):
            return item
        rows = self._guard_rows(item.to_pylist(), vendor, table, keys)
        return pa.Table.from_pylist(rows, schema=item.schema)

    def _is_suspect(
        self, item: pa.Table, vendor: str, table: str, keys: list[str]
    ) -> bool:
        """Return whether a row may be about somebody erased; most batches are not."""
        for name in item.column_names:
            column = item.column(name)
            if not pa.types.is_string(column.type):
                continue
            for text in column.unique().to_pylist():
                if text and "@" in text and self.masked(text)[1]:
                    return True
        if not self._records or not keys or not {*keys} <= {*item.column_names}:
            return False
        columns = [item.column(key).to_pylist() for key in keys]
        return any(
            self.record_hash(vendor, table, ":".join(map(str, each))) in self._records
            for each in zip(*columns, strict=True)
        )

    def _guard_rows(
        self, rows: list[dict[str, Any]], vendor: str, table: str, keys: list[str]
    ) -> list[dict[str, Any]]:
        found = []
        for row in rows:
            record_id = ":".join(str(row.get(key)) for key in keys)
            token = self._records.get(self.record_hash(vendor, table, record_id))
            masked = {}
            for name, value in row.items():
                masked[name] = value
                if isinstance(value, str) and "@" in value:
                    masked[name], seen = self.masked(value)
                    token = token or seen
            if token:
                masked = {
                    name: masked_value(name, value, token)
                    for name, value in masked.items()
                }
            found.append(masked)
        return found

    def lines_update(self, table: str) -> str | None:
        """Return the UPDATE that masks event lines in the spool, None without need."""
        pairs = [
            (digest, mask)
            for person in self.people
            for digest, mask in person.addresses.items()
        ]
        if not pairs:
            return None
        digest = f"sha256({literal(self._salt + ':')} || lower(trim(email)))"
        cases = " ".join(
            f"WHEN {literal(known)} THEN {literal(mask)}" for known, mask in pairs
        )
        mask = f"CASE {digest} {cases} END"
        known = ", ".join(literal(each) for each, _ in pairs)
        texts = ", ".join(
            f"{name} = replace({name}, email, {mask})"
            for name in ("properties", "page_url", "user_id")
        )
        return (
            f"UPDATE {table} SET {texts}, traits = NULL, email = {mask} "
            f"WHERE email IS NOT NULL AND {digest} IN ({known})"
        )


def masked_value(column: str, value: Any, token: str) -> Any:  # noqa: ANN401
    """Return what is kept of a value in a row about an erased person.

    A day of birth becomes the first of its month: age groups stay true.
    """
    name = column.lower()
    if value is None:
        return None
    if name in NAMES:
        return f"erased {token}"
    if name in DETAILS:
        return None
    if name in BIRTHS:
        return value.replace(day=1) if isinstance(value, date) else f"{value[:7]}-01"
    return value


def masked_sql(column: str, token: str) -> str | None:
    """Return `masked_value` as SQL, None for a column that is kept."""
    name = column.lower()
    quoted = '"' + column.replace('"', '""') + '"'
    if name in NAMES:
        return f"CASE WHEN {quoted} IS NOT NULL THEN {literal(f'erased {token}')} END"
    if name in DETAILS:
        return "NULL"
    if name in BIRTHS:
        return f"CAST(date_trunc('month', TRY_CAST({quoted} AS DATE)) AS DATE)"
    return None


def mask_for(address: str, token: str, others: Iterable[str]) -> str:
    """Return what stands for an address: its domain is kept only if others share it."""
    domain = address.rpartition("@")[2].strip().lower()
    is_shared = any(other.lower().endswith(f"@{domain}") for other in others)
    return f"erased-{token}@{domain if is_shared else f'{token}.invalid'}"
