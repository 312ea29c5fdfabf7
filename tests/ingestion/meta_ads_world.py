"""Ad accounts written by hand, served by the sandbox in this process, and loaded."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from ingestion.load import LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings

from .conftest import Server

TOKEN = "EAAcanary7f3a91"
AS_OF = "2026-11-18T20:00:00Z"
STAMP = "2026-01-02T09:00:00+0100"


def account(number: str = "111", **more: Any) -> dict[str, Any]:
    """Return an ad account as `/me/adaccounts` lists it."""
    return {
        "id": f"act_{number}",
        "account_id": number,
        "name": f"Account {number}",
        "account_status": 1,
        "currency": "EUR",
        "timezone_name": "Europe/Berlin",
        "timezone_offset_hours_utc": 1,
        "created_time": "2026-09-01T00:00:00+0200",
        **more,
    }


def thing(identifier: int | str, number: str = "111", **more: Any) -> dict[str, Any]:
    """Return a campaign, ad set, ad or creative."""
    status = more.get("effective_status", "ACTIVE")
    return {
        "id": str(identifier),
        "account_id": number,
        "name": f"Thing {identifier}",
        "status": status,
        "effective_status": status,
        "created_time": STAMP,
        "updated_time": STAMP,
        **more,
    }


def figure(day: str, ad_id: int | str = 31, **more: Any) -> dict[str, Any]:
    """Return a finest row of insights: one ad, day, platform, age band and gender."""
    return {
        "account_id": "111",
        "account_currency": "EUR",
        "campaign_id": "11",
        "adset_id": "21",
        "ad_id": str(ad_id),
        "date_start": day,
        "date_stop": day,
        "publisher_platform": "facebook",
        "age": "25-34",
        "gender": "female",
        "impressions": "100",
        "clicks": "3",
        "spend": "1.25",
        **more,
    }


class AdWorld:
    """A data directory that a test writes, and the warehouse it is loaded into."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse", sources="live", as_of=AS_OF
        )
        self.faults = ""
        self.limits = ""

    def write(self, name: str, records: list[dict[str, Any]]) -> None:
        """Write one collection whole."""
        path = self.folder / "meta_ads" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def write_small_account(self, ads: int = 1) -> None:
        """Write one account with one campaign, one ad set and some ads."""
        self.write("ad_accounts", [account()])
        self.write("campaigns", [thing(11)])
        self.write("adsets", [thing(21, campaign_id="11")])
        links = {"campaign_id": "11", "adset_id": "21"}
        self.write("ads", [thing(31 + n, **links) for n in range(ads)])

    def serve(self) -> None:
        """Serve the directory as it is now, with the faults as they are now."""
        description = (
            f'as_of = {AS_OF}\ntokens = ["{TOKEN}"]\n[faults]\n{self.faults}\n'
            f"[limits.meta_ads]\n{self.limits}\n"
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "sandbox.toml").write_text(description, "utf-8")
        self.server.app = build_app(self.folder)
        self.server.paths.clear()

    def load(self, **settings: Any) -> LoadResult:
        """Serve the directory as it is now and load it."""
        self.serve()
        if settings:
            self.settings = self.settings.model_copy(update=settings)
        return load_vendor("meta_ads", self.settings)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_meta_ads` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_meta_ads")
            return connection.execute(query).fetchall()

    def totals(self, table: str = "insights_by_platform") -> dict[str, tuple]:
        """Return impressions and spend per day that has any."""
        return {
            str(day): (impressions, spend)
            for day, impressions, spend in self.rows(
                f"select date_start, sum(impressions)::int, sum(spend) from {table} "
                "where ad_id <> '' group by date_start order by date_start"
            )
        }


def summed(figures: list[dict[str, Any]]) -> dict[str, tuple]:
    """Return impressions and spend per day of finest rows, added up by hand."""
    found: dict[str, tuple[int, Decimal]] = {}
    for one in figures:
        impressions, spend = found.get(one["date_start"], (0, Decimal(0)))
        found[one["date_start"]] = (
            impressions + int(one["impressions"]),
            spend + Decimal(one["spend"]),
        )
    return dict(sorted(found.items()))
