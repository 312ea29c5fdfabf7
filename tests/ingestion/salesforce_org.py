"""An org written by hand: its data directory, its server, its warehouse."""

import json
from pathlib import Path
from typing import Any

import duckdb

from ingestion.load import LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings

TOKEN = "canary-51ab0c"
AS_OF = "2026-11-18T20:00:00Z"
LONG_AGO = "2026-03-01T10:00:00.000+0000"
EARLIER = "2026-11-17T09:00:00.000+0000"
NEW = "2026-11-18T12:00:00.000+0000"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def sf_id(prefix: str, number: int) -> str:
    """Return an id of 18 characters."""
    short = f"{prefix}{number:012d}"
    parts = (short[start : start + 5] for start in (0, 5, 10))
    check = (
        sum(1 << place for place, one in enumerate(part) if one.isupper())
        for part in parts
    )
    return short + "".join(_SUFFIX[bits] for bits in check)


def record(prefix: str, number: int, **fields: Any) -> dict[str, Any]:
    """Return a record with its stamps; `modified` is the last one."""
    modified = fields.pop("modified", LONG_AGO)
    return {
        "Id": sf_id(prefix, number),
        "IsDeleted": False,
        "CreatedDate": "2026-01-01T09:00:00.000+0000",
        "LastModifiedDate": modified,
        "SystemModstamp": modified,
        **fields,
    }


def deal(number: int, **fields: Any) -> dict[str, Any]:
    """Return an open opportunity."""
    usual = {
        "Name": f"Deal {number}",
        "StageName": "Prospecting",
        "Amount": 100.0,
        "CloseDate": "2026-12-01",
        "IsClosed": False,
        "IsWon": False,
        "OwnerId": sf_id("005", 1),
        "CurrencyIsoCode": "EUR",
    }
    return record("006", number, **{**usual, **fields})


def stage(number: int, name: str, **fields: Any) -> dict[str, Any]:
    """Return a stage of opportunities."""
    usual = {
        "ApiName": name,
        "MasterLabel": name,
        "IsActive": True,
        "IsClosed": False,
        "IsWon": False,
        "SortOrder": number,
        "DefaultProbability": 50.0,
    }
    return record("01J", number, **{**usual, **fields})


class Org:
    """A data directory that a test writes, and the warehouse it is loaded into."""

    def __init__(self, folder: Path, server: Any) -> None:
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse", sources="live", as_of=AS_OF
        )
        self.faults = ""
        self.limits = "batch_size = 100"
        self.options = ""
        self.write("Organization", [record("00D", 1, Name="Acme")])

    def write(self, name: str, records: list[dict[str, Any]]) -> None:
        """Write one SObject whole."""
        path = self.folder / "salesforce" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def load(self, *, read_all: bool = False) -> LoadResult:
        """Serve the directory as it is now and load it."""
        self.serve()
        return load_vendor("salesforce", self.settings, read_all=read_all)

    def serve(self) -> None:
        """Serve the directory as it is now, with the faults as they are now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        description = (
            f'as_of = {AS_OF}\ntokens = ["{TOKEN}"]\n[faults]\n{self.faults}\n'
            f"[limits.salesforce]\n{self.limits}\n[salesforce]\n{self.options}\n"
        )
        (self.folder / "sandbox.toml").write_text(description, "utf-8")
        self.server.app = build_app(self.folder)
        self.server.paths.clear()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_salesforce` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_salesforce")
            return connection.execute(query).fetchall()
