"""Every setting of the project, typed, from environment variables and `.env`.

The environment is the only input; `.env.example` names every variable. In sandbox
mode the clock, time zone and currency default to the sandbox company's own
(`sandbox.toml` beside its data), so that the numbers are the same on every day.
"""

import os
import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
# The generated company's clock and place; the generator writes them to sandbox.toml.
SANDBOX_COMPANY: dict[str, Any] = {
    "as_of": datetime(2026, 11, 18, 20, 0, tzinfo=UTC),
    "reporting_timezone": "Europe/Berlin",
    "base_currency": "EUR",
    "countries": "DE,AT,IR,TR,GB,US",
}


# A country, or a part of one whose holidays differ: DE, DE-BY.
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it, its value and the remedy."""


def _from_project_root(value: str | Path) -> Path:
    return (PROJECT_ROOT / Path(value).expanduser()).resolve()


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def default_vendors() -> dict[str, list[str]]:
    """Return the map from category to vendors that dbt_project.yml declares."""
    project = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text("utf-8"))
    return project["vars"]["vendors"]


class Settings(BaseSettings):
    """The settings of one run; immutable."""

    model_config = SettingsConfigDict(
        env_file=Path(os.environ.get("ENV_FILE", PROJECT_ROOT / ".env")),
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    warehouse_dir: Annotated[Path, BeforeValidator(_from_project_root)] = Field(
        default=Path("data"), validate_default=True
    )
    sources: Literal["sandbox", "live"] = "sandbox"
    vendors: dict[str, list[str]] = Field(default_factory=default_vendors)
    as_of: datetime | None = None
    reporting_timezone: str = ""
    base_currency: Annotated[str, BeforeValidator(_upper)] = ""
    start_date: date = date(1990, 1, 1)
    believe_deletions: bool = False
    weekend_days: str = "6,7"
    week_start_day: Annotated[int, Field(ge=1, le=7)] = 1
    fiscal_year_start: str = "01-01"
    countries: Annotated[str, BeforeValidator(_upper)] = ""
    sandbox_data: Path | None = None
    sandbox_size: Literal["small", "default", "large"] = "default"
    sandbox_seed: int = 7
    events_url: str = ""
    files_url: str = ""
    freshness_hours: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict
    )
    dagster_url: str = "http://localhost:3000"
    alert_level: Literal["warning", "error"] = "warning"
    alert_webhook_url: SecretStr = SecretStr("")
    alert_slack_url: SecretStr = SecretStr("")
    alert_smtp_url: SecretStr = SecretStr("")
    alert_email_from: str = ""
    alert_email_to: str = ""
    digest_time: Annotated[str, Field(pattern=r"^(never|([01]\d|2[0-3]):[0-5]\d)$")] = (
        "07:00"
    )

    @field_validator("as_of", mode="before")
    @classmethod
    def _read_as_of(cls, value: object) -> object:
        if value in ("", None):
            return None
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                message = (
                    "write a day (2026-11-18) or an instant (2026-11-18T20:00:00Z)"
                )
                raise ValueError(message) from None
        return value

    @field_validator("reporting_timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (KeyError, ValueError, OSError):
                message = "write an IANA time zone such as Asia/Tehran"
                raise ValueError(message) from None
        return value

    @field_validator("base_currency")
    @classmethod
    def _iso_currency(cls, value: str) -> str:
        if value and not (len(value) == 3 and value.isalpha()):
            message = "write an ISO 4217 code such as EUR"
            raise ValueError(message)
        return value

    @field_validator("weekend_days")
    @classmethod
    def _iso_weekdays(cls, value: str) -> str:
        days = [day.strip() for day in value.split(",") if day.strip()]
        if any(day not in "1234567" or len(day) != 1 for day in days):
            message = "write ISO weekdays, Monday 1 to Sunday 7, such as 5 or 6,7"
            raise ValueError(message)
        return ",".join(days)

    @field_validator("fiscal_year_start")
    @classmethod
    def _known_fiscal_year(cls, value: str) -> str:
        if value != "nowruz":
            try:
                # Not a leap year: a fiscal year must begin in every year.
                date.fromisoformat(f"2001-{value}")
            except ValueError:
                message = "write month and day of its first day (04-01), or nowruz"
                raise ValueError(message) from None
        return value

    @field_validator("countries")
    @classmethod
    def _iso_countries(cls, value: str) -> str:
        codes = [code.strip() for code in value.split(",") if code.strip()]
        if not all(_COUNTRY.fullmatch(code) for code in codes):
            message = (
                "write ISO 3166 codes such as IR or IR,DE-BY, the home country first"
            )
            raise ValueError(message)
        return ",".join(codes)

    @model_validator(mode="after")
    def _fill_from_sandbox(self) -> Self:
        company = self._sandbox_company()
        zone = self.reporting_timezone or company.get("reporting_timezone", "UTC")
        object.__setattr__(self, "reporting_timezone", zone)
        currency = self.base_currency or company.get("base_currency", "EUR")
        object.__setattr__(self, "base_currency", currency)
        countries = (
            self.countries or company.get("countries", "") or country_of_zone(zone)
        )
        object.__setattr__(self, "countries", countries)
        as_of = self.as_of or company.get("as_of") or datetime.now(UTC)
        object.__setattr__(self, "as_of", _instant(as_of, ZoneInfo(zone)))
        return self

    def _sandbox_company(self) -> dict:
        if self.sources != "sandbox":
            return {}
        described = self.sandbox_dir / "sandbox.toml"
        if described.is_file():
            return tomllib.loads(described.read_text("utf-8"))
        return SANDBOX_COMPANY if self.sandbox_data is None else {}

    @property
    def as_of_at(self) -> datetime:
        """The run's clock as an aware UTC instant."""
        assert self.as_of is not None
        return self.as_of

    @property
    def sandbox_dir(self) -> Path:
        """The data directory that the sandbox serves."""
        if self.sandbox_data is not None:
            return _from_project_root(self.sandbox_data)
        return (
            self.warehouse_dir / "sandbox" / f"{self.sandbox_size}-{self.sandbox_seed}"
        )

    @property
    def warehouse_path(self) -> Path:
        """The build database: one writer, never opened by BI."""
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def published_path(self) -> Path:
        """The database that BI reads; `current` is swapped atomically."""
        return self.warehouse_dir / "published" / "current" / "warehouse.duckdb"

    @property
    def landing_dir(self) -> Path:
        """Bytes as vendors sent them, and what is prepared for loading."""
        return self.warehouse_dir / "landing"

    @property
    def pipelines_dir(self) -> Path:
        """The working directories of dlt, one below it per vendor."""
        return self.warehouse_dir / "dlt"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: runs, events, schedules."""
        return self.warehouse_dir / "dagster"

    def events_location(self) -> str:
        """Return the folder or URL of the event files.

        Raises:
            SettingsError: in live mode without EVENTS_URL.
        """
        if self.events_url:
            if "://" in self.events_url:
                return self.events_url
            return str(_from_project_root(self.events_url))
        if self.sources == "sandbox":
            events = self.sandbox_dir / "events"
            if not events.is_dir():
                # What a data directory lacks is an empty collection, not an error.
                events = self.landing_dir / "no_events"
                events.mkdir(parents=True, exist_ok=True)
            return str(events)
        message = (
            "EVENTS_URL is not set: vendor events reads its files from there. Set it "
            "to a folder or an fsspec URL, or take events out of the vendors map."
        )
        raise SettingsError(message)

    def files_location(self) -> str:
        """Return the folder or URL of the CSV files that people drop.

        Raises:
            SettingsError: in live mode without FILES_URL.
        """
        if self.files_url:
            if "://" in self.files_url:
                return self.files_url
            return str(_from_project_root(self.files_url))
        if self.sources == "sandbox":
            files = self.sandbox_dir / "files"
            if not files.is_dir():
                files = self.landing_dir / "no_files"
                files.mkdir(parents=True, exist_ok=True)
            return str(files)
        message = (
            "FILES_URL is not set: vendor files reads its CSV files from there. Set it "
            "to a folder or an fsspec URL, or take files out of the vendors map."
        )
        raise SettingsError(message)

    def environment(self) -> dict[str, str]:
        """Return what dbt reads, as environment variables.

        `make env` prints them, so that a shell with dbt alone sees the same run.
        """
        return {
            "WAREHOUSE_PATH": str(self.warehouse_path),
            "AS_OF": self.as_of_at.strftime("%Y-%m-%d %H:%M:%S"),
            "REPORTING_TIMEZONE": self.reporting_timezone,
            "BASE_CURRENCY": self.base_currency,
            "WEEKEND_DAYS": self.weekend_days,
            "WEEK_START_DAY": str(self.week_start_day),
            "FISCAL_YEAR_START": self.fiscal_year_start,
            "COUNTRIES": self.countries,
            "VENDORS": _as_json(self.vendors),
        }


def country_of_zone(zone: str) -> str:
    """Return the ISO 3166 code of the country whose time zone it is, "" for none."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab")
    for line in table.read_text("utf-8").splitlines():
        code, _, rest = line.partition("\t")
        if not line.startswith("#") and rest.split("\t")[1:2] == [zone]:
            return code
    return ""


def _as_json(value: object) -> str:
    import json

    return json.dumps(value, separators=(",", ":"))


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """Read a day as its last second in the zone, a naive instant as UTC."""
    is_midnight = isinstance(value, datetime) and value.time() == time(0)
    if not isinstance(value, datetime) or (is_midnight and value.tzinfo is None):
        day = value.date() if isinstance(value, datetime) else value
        end = datetime.combine(day + timedelta(days=1), time(0), zone)
        return end.astimezone(UTC) - timedelta(seconds=1)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


@lru_cache
def load_settings() -> Settings:
    """Read the settings once per process.

    Raises:
        SettingsError: one line per wrong variable: name, value, remedy.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'_'.join(str(part) for part in problem['loc']).upper()}="
            f"{problem.get('input')!r} is not usable: "
            f"{problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from None


def project_environment(settings: Settings) -> dict[str, str]:
    """Return the process environment with the run's settings and no telemetry."""
    quiet = {
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DAGSTER_HOME": str(settings.dagster_home),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }
    return {**os.environ, **quiet, **settings.environment()}
