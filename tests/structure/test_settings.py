"""Settings: one clear message per wrong value, and days read in the right zone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.settings import (
    PROJECT_ROOT,
    SANDBOX_COMPANY,
    Settings,
    SettingsError,
    load_settings,
)
from ingestion.vendors import used_vendors


def test_a_day_as_as_of_means_its_last_second_in_the_reporting_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Taken as UTC midnight, the day itself would be missing from every number."""
    monkeypatch.setenv("AS_OF", "2026-03-21")
    monkeypatch.setenv("REPORTING_TIMEZONE", "Asia/Tehran")
    assert load_settings().as_of_at == datetime(2026, 3, 21, 20, 29, 59, tzinfo=UTC)


def test_an_instant_with_an_offset_is_read_as_that_instant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An offset that is dropped moves the whole run by hours."""
    monkeypatch.setenv("AS_OF", "2026-11-18T10:00:00+03:30")
    assert load_settings().as_of_at == datetime(2026, 11, 18, 6, 30, tzinfo=UTC)


def test_the_sandbox_company_brings_its_own_clock_and_place() -> None:
    """With the machine's clock the sandbox's numbers would change every day."""
    settings = load_settings()
    assert settings.as_of_at == SANDBOX_COMPANY["as_of"]
    assert settings.reporting_timezone == "Europe/Berlin"
    assert settings.base_currency == "EUR"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("AS_OF", "18.11.2026", "write a day"),
        ("REPORTING_TIMEZONE", "Tehran", "IANA"),
        ("BASE_CURRENCY", "EURO", "ISO 4217"),
        ("WEEKEND_DAYS", "0,6", "Monday 1 to Sunday 7"),
        ("SOURCES", "production", "sandbox"),
        ("START_DATE", "yesterday", "date"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    """A stack trace from deep inside does not tell which variable to correct."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert f"{name}='{value}'" in str(error.value)
    assert remedy in str(error.value)


def test_an_empty_variable_is_one_that_is_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`SANDBOX_DATA=` in .env must not serve the working directory."""
    monkeypatch.setenv("SANDBOX_DATA", "")
    monkeypatch.setenv("AS_OF", "")
    settings = load_settings()
    assert settings.sandbox_data is None
    assert settings.as_of_at == SANDBOX_COMPANY["as_of"]


def test_an_unknown_vendor_is_refused_with_the_known_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A misspelt vendor that loads nothing looks like a company without customers."""
    monkeypatch.setenv("VENDORS", '{"crm": ["hubspit"]}')
    with pytest.raises(SettingsError, match=r"'hubspit' under 'crm'.*hubspot"):
        used_vendors(load_settings())


def test_live_mode_asks_where_the_event_files_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A default folder in live mode would report an empty shop."""
    monkeypatch.setenv("SOURCES", "live")
    with pytest.raises(SettingsError, match="EVENTS_URL is not set"):
        load_settings().events_location()


def test_a_data_directory_without_events_has_no_events(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A company without a shop is not a mistake; a missing file is an empty one."""
    monkeypatch.setenv("SANDBOX_DATA", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "data"))
    assert [*Path(load_settings().events_location()).iterdir()] == []


def test_the_example_names_every_variable() -> None:
    """A variable that the example leaves out is one nobody finds."""
    example = (PROJECT_ROOT / ".env.example").read_text("utf-8")
    missing = [
        name for name in Settings.model_fields if f"{name.upper()}=" not in example
    ]
    assert missing == []
