"""Who is meant by `make erase`: one customer, with everything that names her."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingestion.erasure import NAMES
from ingestion.settings import Settings
from orchestration.lineage import Lineage

if TYPE_CHECKING:
    import duckdb

_RECORDS = "intermediate.int_customer_records"
_PHONES = ("phone", "mobile", "mobilephone", "mobile_phone", "phone_number")
# Shorter ones are parts of other words and numbers.
_SHORTEST = 6


class ErasureRefusedError(Exception):
    """Nobody or nothing is erased; the message says why and what to do."""


@dataclass(frozen=True)
class Person:
    """A customer in all systems.

    Attributes:
        customer_key: of `dim_customers`, '' where only an address is known.
        records: vendor, record type and id of each of her records.
        addresses: her e-mail addresses, in small letters.
        texts: her names and telephone numbers, as far as nobody else has them.
        shared_names: her names that others have too: only her own rows lose them.
        other_addresses: those of everybody else at the same domains.
    """

    customer_key: str
    records: tuple[tuple[str, str, str], ...]
    addresses: tuple[str, ...]
    texts: tuple[str, ...]
    shared_names: tuple[str, ...] = ()
    other_addresses: tuple[str, ...] = field(default=(), repr=False)

    @property
    def needles(self) -> tuple[str, ...]:
        """What must be found nowhere once she is erased."""
        return (*self.addresses, *self.texts)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Her records as the identity models name them."""
        return tuple(f"{kind}:{vendor}:{each}" for vendor, kind, each in self.records)


@dataclass(frozen=True)
class RawPlace:
    """A raw table and the field in it that holds a record's id."""

    schema: str
    table: str
    column: str


def find_person(
    settings: Settings,
    connection: "duckdb.DuckDBPyConnection",
    places: Mapping[str, Collection[RawPlace]],
    wanted: str,
) -> Person:
    """Return the customer that an address, a customer's key or vendor:id means.

    Raises:
        ErasureRefusedError: there is none, or it could be several.
    """
    keys = _customer_keys(connection, wanted)
    if not keys:
        if "@" in wanted:
            return Person("", (), (wanted.lower(),), ())
        message = (
            f"There is no customer {wanted!r} in {settings.warehouse_path}. Write an "
            "e-mail address, a customer_key of marts.dim_customers, or vendor:id "
            "(hubspot:33628)."
        )
        raise ErasureRefusedError(message)
    if len(keys) > 1:
        message = (
            f"{wanted!r} may be any of {len(keys)} customers: {', '.join(keys)}. Name "
            "one by its customer_key, or by vendor:type:id."
        )
        raise ErasureRefusedError(message)
    return _person(connection, places, keys[0])


def raw_places(
    manifest: Mapping[str, Any], lineage: Lineage
) -> dict[str, list[RawPlace]]:
    """Return where the ids of customers' records are in raw, by vendor."""
    unique_id = next(
        (
            unique_id
            for unique_id, node in manifest["nodes"].items()
            if f"{node['schema']}.{node['alias']}" == _RECORDS
        ),
        "",
    )
    found: dict[str, list[RawPlace]] = {}
    for table, column in lineage.upstream((unique_id, "record_id")):
        if source := manifest["sources"].get(table):
            place = RawPlace(source["schema"], source["identifier"], column)
            found.setdefault(source["source_name"], []).append(place)
    return found


def _customer_keys(connection: "duckdb.DuckDBPyConnection", wanted: str) -> list[str]:
    if re.fullmatch(r"[0-9a-f]{32}", wanted):
        condition, values = "customer_key = ?", [wanted]
    elif "@" in wanted:
        condition, values = "lower(email) = ?", [wanted.lower()]
    else:
        parts = wanted.split(":", 2)
        if len(parts) < 2:
            return []
        vendor, record_id = parts[0], parts[-1]
        condition, values = "vendor = ? and record_id = ?", [vendor, record_id]
        if len(parts) == 3:
            condition, values = f"{condition} and record_type = ?", [*values, parts[1]]
    found = connection.execute(
        f"select distinct customer_key from {_RECORDS} "
        "inner join marts.dim_customer_records using (vendor, record_type, record_id) "
        f"where {condition} order by 1",
        values,
    )
    return [key for (key,) in found.fetchall()]


def _person(
    connection: "duckdb.DuckDBPyConnection",
    places: Mapping[str, Collection[RawPlace]],
    customer_key: str,
) -> Person:
    rows = connection.execute(
        "select vendor, record_type, record_id, lower(email), full_name "
        f"from {_RECORDS} "
        "inner join marts.dim_customer_records using (vendor, record_type, record_id) "
        "where customer_key = ? order by 1, 2, 3",
        [customer_key],
    ).fetchall()
    addresses = {row[3] for row in rows if row[3]}
    if addresses and all(each.startswith("erased-") for each in addresses):
        message = f"Customer {customer_key} was erased before."
        raise ErasureRefusedError(message)
    for address in addresses:
        others = connection.execute(
            "select count(distinct customer_key) from marts.dim_customer_records "
            f"inner join {_RECORDS} using (vendor, record_type, record_id) "
            "where lower(email) = ? and customer_key <> ?",
            [address, customer_key],
        ).fetchall()[0][0]
        if others:
            message = (
                f"{others} other customers have an address of customer {customer_key}: a "
                "shared mailbox. Nothing was erased; separate them at the vendor first."
            )
            raise ErasureRefusedError(message)
    texts, names = set(), {row[4] for row in rows if row[4]}
    for vendor, _, record_id in (row[:3] for row in rows):
        for place in places.get(vendor, ()):
            found = _own_texts(connection, place, record_id)
            names |= found[0]
            texts |= found[1]
    shared = {name for name in names if _is_shared(connection, name, customer_key)}
    texts |= names - shared
    others = connection.execute(
        f"select distinct lower(email) from {_RECORDS} where email is not null"
    ).fetchall()
    return Person(
        customer_key,
        tuple(row[:3] for row in rows),
        tuple(sorted(addresses)),
        tuple(sorted(text for text in texts if len(text) >= _SHORTEST)),
        tuple(sorted(shared)),
        tuple(other for (other,) in others if other not in addresses),
    )


def _own_texts(
    connection: "duckdb.DuckDBPyConnection", place: RawPlace, record_id: str
) -> tuple[set[str], set[str]]:
    """Return the names and the telephone numbers in the raw rows of one record."""
    found = connection.execute(
        "select column_name from duckdb_columns() where database_name = "
        "current_database() and schema_name = ? and table_name = ?",
        [place.schema, place.table],
    ).fetchall()
    columns = {name for (name,) in found}
    names: set[str] = set()
    texts: set[str] = set()
    pairs = (("first_name", "last_name"), ("firstname", "lastname"))
    said = [
        *((column, names) for column in sorted(columns & NAMES)),
        *((column, texts) for column in _PHONES if column in columns),
        *(
            (f"{first} || ' ' || {last}", names)
            for first, last in pairs
            if {first, last} <= columns
        ),
    ]
    for expression, into in said:
        rows = connection.execute(
            f'select distinct {expression} from "{place.schema}"."{place.table}" '
            f'where cast("{place.column}" as varchar) = ?',
            [record_id],
        ).fetchall()
        into.update(str(text).strip() for (text,) in rows if text)
    return names, texts


def _is_shared(
    connection: "duckdb.DuckDBPyConnection", name: str, customer_key: str
) -> bool:
    """Return whether somebody else, customer or colleague, has the same name."""
    found = connection.execute(
        f"""
        select 1 from {_RECORDS} as records
        inner join marts.dim_customer_records using (vendor, record_type, record_id)
        where lower(records.full_name) = lower($1) and customer_key <> $2
        union all
        select 1 from duckdb_tables()
        where schema_name = 'marts' and table_name = 'dim_people'
            and exists (select 1 from marts.dim_people where lower(full_name) = lower($1))
        limit 1
        """,
        [name, customer_key],
    ).fetchall()
    return bool(found)
