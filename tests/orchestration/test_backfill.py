"""Days read again through Dagster: one run, in parts, which can be cut short."""

from datetime import date

import dagster as dg
import pytest

from ingestion.load import LoadError
from orchestration.backfill import parts
from orchestration.publish import published_version
from orchestration.run import range_tags

FEBRUARY = date(2026, 2, 1), date(2026, 4, 15)


@pytest.fixture
def backfill(stage, definitions, instance):
    """Return a function that reads some days of the events again in one run."""

    def run(first: date, last: date) -> dg.ExecuteInProcessResult:
        job = definitions.get_job_def("backfill_events")
        return job.execute_in_process(
            instance=instance, raise_on_error=False, tags=range_tags((first, last))
        )

    return run


def test_a_range_is_one_run_that_ends_in_the_published_version(
    refresh, backfill, stage, settings, instance
):
    """A run per day would build the warehouse 365 times for a year."""
    refresh()
    before = published_version(settings)
    stage.orders, stage.seen = 3, []
    assert backfill(*FEBRUARY).success
    assert stage.seen == [
        "load 2026-02-01/2026-03-03",
        "load 2026-03-04/2026-04-03",
        "load 2026-04-04/2026-04-15",
        *("check raw", "dbt", "check kpis"),
    ]
    assert published_version(settings) != before
    days = instance.get_materialized_partitions(dg.AssetKey(["days", "events"]))
    assert len(days) == 74
    assert "--full-refresh" in stage.arguments


def test_a_range_that_was_cut_short_goes_on_where_it_was(
    refresh, backfill, stage, settings, monkeypatch
):
    """Hours of a year's reading would start again from its first day."""
    refresh()
    load = stage.load

    def fails_in_march(vendor, settings, progress, **options):
        if options["days"][0] > date(2026, 3, 1):
            message = "the vendor is down"
            raise LoadError(message)
        return load(vendor, settings, progress, **options)

    with monkeypatch.context() as broken:
        broken.setattr("ingestion.load.load_vendor", fails_in_march)
        assert not backfill(*FEBRUARY).success
    stage.seen.clear()
    assert backfill(*FEBRUARY).success
    assert stage.seen[:2] == [
        "load 2026-03-04/2026-04-03",
        "load 2026-04-04/2026-04-15",
    ]
    # Done: asked for once more, all of it is read once more.
    stage.seen.clear()
    assert backfill(*FEBRUARY).success
    assert stage.seen[0] == "load 2026-02-01/2026-03-03"


def test_one_day_is_one_part():
    """The last day of a range, or its only one, would be left out."""
    day = date(2026, 2, 1)
    assert list(parts((day, day))) == [(day, day)]
    assert list(parts((day, day), after=day)) == []


def test_the_whole_refresh_reads_no_day_again(definitions):
    """The nightly run would want partitions, and ask vendors for years."""
    for name in ("refresh_warehouse", "reconcile_warehouse"):
        layer = definitions.get_job_def(name).asset_layer
        assert dg.AssetKey(["days", "events"]) not in layer.selected_asset_keys
