"""What a run does after what, and what stops it."""

import dagster as dg
import duckdb
import pytest

from expectations.results import Severity, Status
from ingestion.load import LoadError
from orchestration import audit
from orchestration.publish import published_version


def published_orders(settings) -> int:
    """Return the order count that readers see."""
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        return connection.execute("select order_count from kpis.kpi_sales").fetchone()[
            0
        ]


def test_a_run_loads_checks_builds_checks_and_publishes(refresh, stage, settings):
    """Any other order would publish what nobody has looked at."""
    result = refresh()
    assert result.success
    assert stage.seen == ["load", "check raw", "dbt", "check kpis"]
    assert published_orders(settings) == 2


def test_every_step_reports_its_assets(refresh, stage):
    """The page would show a grey asset although its table is there."""
    result = refresh()
    keys = {
        event.asset_key.to_user_string()
        for event in result.all_node_events
        if event.is_step_materialization
    }
    assert keys == {
        "events/events",
        "staging/stg_events__orders",
        "marts/fct_orders",
        "kpis/kpi_sales",
        "published/warehouse",
    }


def test_a_blocking_raw_check_stops_the_build_and_the_publish(refresh, stage, settings):
    """Numbers from rows without a key would be published as if nothing were wrong."""
    assert refresh().success
    before = published_version(settings)
    stage.raw_status, stage.orders, stage.seen = Status.failed, 5, []
    result = refresh()
    assert not result.success
    assert stage.seen == ["load", "check raw"]
    assert published_version(settings) == before
    assert published_orders(settings) == 2


def test_a_raw_warning_goes_on(refresh, stage, settings):
    """A mistyped currency would stop the company's numbers."""
    stage.raw_status, stage.raw_severity = Status.failed, Severity.warning
    result = refresh()
    assert result.success
    (check,) = (
        c
        for c in result.get_asset_check_evaluations()
        if c.check_name == "expectations"
    )
    assert not check.passed
    assert check.severity.value == "WARN"
    assert published_orders(settings) == 2


@pytest.mark.parametrize("how", ["one check", "all of them"])
def test_a_raw_check_that_could_not_run_blocks(refresh, stage, settings, how):
    """A guard that is broken must not count as a guard that found nothing."""
    if how == "one check":
        stage.raw_status = Status.error
    else:
        stage.crash = RuntimeError("no such dialect")
    result = refresh()
    (check,) = result.get_asset_check_evaluations()
    assert not result.success
    assert not check.passed
    assert check.metadata["status"].value == "error"
    assert published_version(settings) is None


def test_a_failing_dbt_test_is_never_published(refresh, stage, settings):
    """The failing mart is already in the build file; readers must not get it."""
    stage.test_status = "fail"
    result = refresh()
    (check,) = (
        c for c in result.get_asset_check_evaluations() if "sound" in c.check_name
    )
    assert not result.success
    assert not check.passed
    assert published_version(settings) is None
    with pytest.raises(audit.PublishRefusedError, match="dbt has not built and tested"):
        audit.require_all(settings)


def test_a_warning_of_a_dbt_test_is_published(refresh, stage, settings):
    """severity: warn is there to be seen, not to stop anything."""
    stage.test_status = "warn"
    assert refresh().success
    assert published_orders(settings) == 2


@pytest.mark.parametrize("status", [Status.failed, Status.error])
def test_an_implausible_kpi_is_published_with_a_warning(
    refresh, stage, settings, status
):
    """An unusual month is the reader's to judge, not the pipeline's to hide."""
    stage.kpi_status = status
    result = refresh()
    check = next(
        c
        for c in result.get_asset_check_evaluations()
        if c.check_name == "plausibility"
    )
    assert result.success
    assert not check.passed
    assert check.severity.value == "WARN"
    assert published_orders(settings) == 2


def test_a_failed_load_names_the_vendor_and_publishes_nothing(
    refresh, stage, settings, monkeypatch
):
    """Yesterday's raw rows would be published as today's."""

    def fail(*args, **options):
        message = "events: EVENTS_URL cannot be read"
        raise LoadError(message)

    monkeypatch.setattr("ingestion.load.load_vendor", fail)
    result = refresh()
    failure = next(e for e in result.all_node_events if e.is_step_failure)
    assert "EVENTS_URL" in failure.step_failure_data.user_failure_data.description
    assert published_version(settings) is None


def test_nothing_new_builds_and_publishes_nothing(refresh, stage, settings):
    """A run without news would cost as much as a full one."""
    refresh()
    before, stage.seen = published_version(settings), []
    result = refresh()
    assert result.success
    assert "dbt" not in stage.seen
    assert published_version(settings) == before


def test_a_changed_row_is_built_although_the_count_is_the_same(
    refresh, stage, settings, monkeypatch
):
    """A corrected order would never reach the KPI."""
    refresh()
    stage.seen = []
    load = stage.load

    def corrected(*args, **options):
        result = load(*args)
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute(
                "update raw_events.events set order_id = 'x' where order_id = 'o1'"
            )
        return result

    monkeypatch.setattr("ingestion.load.load_vendor", corrected)
    refresh()
    assert "dbt" in stage.seen


def test_a_build_that_was_not_published_is_published_by_the_next_run(
    refresh, stage, settings, monkeypatch
):
    """A publish killed after the build would be taken for nothing new for ever."""

    def killed(*args):
        message = "killed"
        raise RuntimeError(message)

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.publish.publish", killed)
        assert not refresh().success
    assert refresh().success
    assert published_orders(settings) == 2


def test_a_load_after_the_checks_takes_the_approval_back(refresh, stage, settings):
    """Rows that came after the checks would be published unchecked."""
    assert refresh().success
    audit.require_all(settings)
    audit.reset(settings, audit.RAW)
    with pytest.raises(audit.PublishRefusedError, match="expectations on the raw"):
        audit.require_all(settings)


def test_one_model_alone_can_be_built_from_the_page(
    stage, settings, definitions, monkeypatch
):
    """An analyst would have to wait for everything to see one KPI."""
    stage.load("events", settings, None)
    asked: list[list[str]] = []
    run = stage.dbt

    def heard(settings, arguments):
        asked.append(list(arguments))
        return run(settings, arguments)

    monkeypatch.setattr("orchestration.transform.run_dbt", heard)
    job = definitions.get_job_def("refresh_warehouse")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey(["kpis", "kpi_sales"])]
        )
    assert result.success
    assert asked[0][-2:] == ["--select", "warehouse.kpis.shop.kpi_sales"]
    assert {
        e.asset_key.to_user_string()
        for e in result.all_node_events
        if e.is_step_materialization
    } == {"kpis/kpi_sales"}
    assert published_version(settings) is None
