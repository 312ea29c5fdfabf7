"""Days that are read again on purpose: replaced, not doubled, and only they."""

from datetime import UTC, date, datetime

import duckdb
import pytest

from ingestion.days import days_of
from ingestion.extraction import Extraction
from ingestion.load import LoadError, load_vendor
from ingestion.settings import Settings, SettingsError
from ingestion.sources._event_extraction import EventExtraction
from ingestion.sources._google_ads_accounts import Account
from ingestion.sources._google_ads_figures import Figures
from ingestion.sources._google_ads_tables import CAMPAIGN_STATS
from ingestion.vendors import takes_days

from .event_archive import Archive, event, order
from .google_ads_login import SHOP, stats
from .meta_ads_world import TOKEN, AdWorld, figure

FIRST, SECOND, THIRD = (f"2026-11-0{day}T10:00:00.000Z" for day in (1, 2, 3))
SECOND_DAY = date(2026, 11, 2), date(2026, 11, 2)


@pytest.fixture
def archive(tmp_path) -> Archive:
    """Return three days of events in two files, loaded, and then read wrongly."""
    found = Archive(tmp_path)
    found.write(
        "a.jsonl", event("m1", receivedAt=FIRST), event("m2", receivedAt=SECOND)
    )
    found.write(
        "b.jsonl.gz",
        order("m3", [{"sku": "s"}, {"sku": "t"}]) | {"receivedAt": SECOND},
        event("m4", receivedAt=THIRD),
        event("m2", receivedAt=THIRD),
    )
    found.load()
    with duckdb.connect(str(found.settings.warehouse_path)) as connection:
        connection.execute("update raw_events.events set event = 'misread'")
        connection.execute("update raw_events.event_products set sku = 'misread'")
    return found


def told(archive: Archive) -> list[tuple]:
    """Return every message with what the warehouse says of it."""
    return archive.rows("SELECT message_id, event FROM events ORDER BY 1")


def test_landed_events_of_a_day_are_made_anew_without_their_neighbours(archive):
    """A mended reading would have to load the whole archive of years again."""
    result = load_vendor("events", archive.settings, days=SECOND_DAY)
    assert told(archive) == [
        ("m1", "misread"),
        ("m2", "Test"),
        ("m3", "Order Completed"),
        ("m4", "misread"),
    ]
    assert archive.rows("SELECT sku FROM event_products ORDER BY 1") == [("s",), ("t",)]
    counts = {table.table: table for table in result.tables}["events"]
    assert (counts.received, counts.loaded, counts.duplicates) == (5, 2, 3)
    assert archive.load_events().received == 0


def test_events_whose_file_is_gone_stay_as_they_are(archive):
    """Storage that keeps files for a year would take the years before with it."""
    (archive.folder / "b.jsonl.gz").unlink()
    load_vendor("events", archive.settings, days=SECOND_DAY)
    assert told(archive)[1:3] == [("m2", "Test"), ("m3", "misread")]
    assert len(archive.rows("FROM event_products")) == 2


def test_a_replay_that_fails_loses_nothing(archive, monkeypatch):
    """Rows are deleted before their files are read; the next load must bring them."""

    def fail(*_: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    with monkeypatch.context() as broken:
        broken.setattr(EventExtraction, "_read", fail)
        with pytest.raises(LoadError, match="disk is full"):
            load_vendor("events", archive.settings, days=SECOND_DAY)
    assert archive.ids() == ["m1", "m4"]
    archive.load()
    assert archive.ids() == ["m1", "m2", "m3", "m4"]
    assert len(archive.rows("FROM event_products")) == 2


class Ads:
    """An ad platform that has forgotten no day and lets us count what is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def search(self, customer_id, login, query, condition) -> list[dict]:
        """Answer Google's figures: one click a day."""
        _, first, _, last, _ = condition.split("'")
        self.asked.append((first, last))
        days = range(date.fromisoformat(first).toordinal(), _ordinal(last) + 1)
        return [stats(str(date.fromordinal(day)), clicks="1") for day in days]

    def first(self, *_: object) -> dict:
        """Answer Google's first day with figures."""
        return {"segments": {"date": "2026-01-01"}}


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


@pytest.fixture
def extraction() -> Extraction:
    """Return an extraction as of the middle of November."""
    as_of = datetime(2026, 11, 15, 12, tzinfo=UTC)
    settings = Settings(sources="live", as_of=as_of)
    return Extraction("google_ads", settings, skip="", read_all=False)


def test_google_days_are_read_again_and_the_next_load_goes_on_as_before(extraction):
    """A backfill must not make the next nightly run read years, or skip a day."""
    api, account, state = Ads(), Account(SHOP, "", date(2026, 11, 15)), {}
    start = date(2020, 1, 1)

    def read(again=None) -> list[str]:
        figures = Figures(api, extraction, start, 0, again)
        rows = figures.rows(CAMPAIGN_STATS, account, state)
        return sorted({row["date"] for row in rows})

    assert len(read()) == 319
    api.asked.clear()
    days = date(2026, 2, 1), date(2026, 2, 3)
    # Twice: unchanged days are read and replaced because somebody asked for them.
    for _ in range(2):
        assert read(days) == ["2026-02-01", "2026-02-02", "2026-02-03"]
    assert api.asked == [("2026-02-01", "2026-02-03")] * 2
    assert read() == []
    assert api.asked[-1] == ("2026-10-16", "2026-11-15")
    assert read((date(2027, 1, 1), date(2027, 1, 31))) == []


@pytest.mark.parametrize("text", ["2026-11-02", "2026-11-02/2026-11-01", "a/b"])
def test_days_that_are_none_are_named_with_the_remedy(text):
    """A range that is read wrongly would silently read nothing."""
    with pytest.raises(SettingsError, match=r"SOURCES__EVENTS__DAYS=.*2026-01-31"):
        days_of("events", text)


def test_vendors_with_days_are_told_by_their_source():
    """A list of names beside the sources would forget the next one."""
    found = [
        v for v in ("events", "google_ads", "meta_ads", "hubspot") if takes_days(v)
    ]
    assert found == ["events", "google_ads", "meta_ads"]


def test_a_restated_day_of_meta_replaces_the_old_one(tmp_path, server, monkeypatch):
    """Spend of a day that was read twice would be there twice, or stay as it was."""
    monkeypatch.setenv("SOURCES__META_ADS__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__META_ADS__ACCESS_TOKEN", TOKEN)
    world = AdWorld(tmp_path, server)
    world.write_small_account()
    # The first two days are older than what every load reads again.
    days = ("2026-09-10", "2026-09-11", "2026-11-02")
    world.write("insights", [figure(day) for day in days])
    world.load()
    world.write("insights", [figure(day, spend="9.00") for day in days])
    world.serve()
    asked = date(2026, 9, 11), date(2026, 9, 12)
    load_vendor("meta_ads", world.settings, days=asked)
    spent = [str(spend) for _, spend in world.totals().values()]
    assert [spend.rstrip("0") for spend in spent] == ["1.25", "9.", "1.25"]
