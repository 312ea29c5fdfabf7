"""A Google Ads login written by hand, served by the sandbox in this process, and loaded."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.load import LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings

from .conftest import AS_OF, TOKEN, Server

MANAGER, SHOP, OTHER = "9990001111", "1234567890", "2345678901"


def client(customer_id: str, **more: Any) -> dict[str, Any]:
    """Return an account as its manager lists it."""
    return {
        "customer": {"id": MANAGER},
        "customerClient": {
            "id": customer_id,
            "level": "0" if customer_id == MANAGER else "1",
            "manager": customer_id == MANAGER,
            "descriptiveName": f"Account {customer_id}",
            "currencyCode": "EUR",
            "timeZone": "Europe/Berlin",
            "status": "ENABLED",
            **more,
        },
    }


def entity(kind: str, entity_id: int, customer_id: str = SHOP, **more: Any) -> dict:
    """Return a campaign, a conversionAction, … of an account."""
    own = {"id": str(entity_id), "name": f"{kind} {entity_id}", "status": "ENABLED"}
    return {"customer": {"id": customer_id}, kind: {**own, **more}}


def stats(
    day: str, campaign_id: int = 1, customer_id: str = SHOP, **metrics: Any
) -> dict[str, Any]:
    """Return a row of figures; device MOBILE and network SEARCH unless said."""
    segments = {
        "date": day,
        "device": metrics.pop("device", "MOBILE"),
        "adNetworkType": metrics.pop("network", "SEARCH"),
    }
    return {
        "customer": {"id": customer_id},
        "campaign": {"id": str(campaign_id)},
        "segments": segments,
        "metrics": metrics or {"clicks": "1", "costMicros": "1000000"},
    }


class Login:
    """A data directory that a test writes, and the warehouse it is loaded into."""

    def __init__(self, folder: Path, server: Server, as_of: str) -> None:
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse",
            sources="live",
            as_of=as_of,
            vendors={"ads": ["google_ads"]},
        )
        self.faults = ""
        self.page_rows = 10_000
        self.limits = ""

    def write(self, **files: list[dict[str, Any]]) -> None:
        """Write collections whole: `write(campaigns=[…])`."""
        for name, records in files.items():
            path = self.folder / "google_ads" / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def load(self, as_of: str = "", **settings: Any) -> LoadResult:
        """Serve the directory as it is now and load it."""
        self.serve()
        if as_of:
            settings["as_of"] = Settings(as_of=as_of).as_of
        if settings:
            self.settings = self.settings.model_copy(update=settings)
        return load_vendor("google_ads", self.settings)

    def serve(self) -> None:
        """Serve the directory as it is now, with the faults as they are now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        description = (
            f'as_of = {AS_OF}\ntokens = ["{TOKEN}"]\n'
            f"[google_ads]\npage_rows = {self.page_rows}\n"
            f"[limits.google_ads]\n{self.limits}\n[faults]\n{self.faults}\n"
        )
        (self.folder / "sandbox.toml").write_text(description, "utf-8")
        self.server.app = build_app(self.folder)
        self.server.paths.clear()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_google_ads` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_google_ads")
            return connection.execute(query).fetchall()

    def days(self, columns: str = "sum(clicks)::int") -> dict[str, Any]:
        """Return what the warehouse has per day with figures, of all accounts."""
        found = self.rows(
            f"select date::varchar, {columns} from campaign_stats "
            "where campaign_id <> '' group by date order by date"
        )
        return {day: value[0] if len(value) == 1 else value for day, *value in found}


def prepared(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Login:
    """Return a manager with two accounts that have a campaign each, and no figures."""
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        monkeypatch.setenv(f"SOURCES__GOOGLE_ADS__{name}", TOKEN)
    monkeypatch.setenv("SOURCES__GOOGLE_ADS__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__GOOGLE_ADS__TOKEN_URL", f"{server.url}/token")
    found = Login(folder, server, AS_OF)
    found.write(
        customers=[client(MANAGER), client(SHOP), client(OTHER, currencyCode="USD")],
        campaigns=[entity("campaign", 1), entity("campaign", 2, OTHER)],
    )
    return found
