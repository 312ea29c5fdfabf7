"""The light run: what is new reaches the KPIs, and nothing else is built."""

import dagster as dg
import duckdb
import pytest

from expectations.results import Status
from orchestration import audit
from orchestration.light_run import work_of
from orchestration.news import BuildState
from orchestration.publish import published_version

EVENTS = "source.warehouse.events.events"


def state(**changes) -> BuildState:
    """Return a state with one source, changed as the test says."""
    known = {"project": "p", "as_of": "10:00", "day": "d", "loads": {EVENTS: "1:1"}}
    return BuildState(**{**known, "sources": {EVENTS: "one"}, **changes})


@pytest.fixture
def light(stage, definitions, instance):
    """Return a function that runs the job for event files once."""

    def run() -> dg.ExecuteInProcessResult:
        job = definitions.get_job_def("refresh_events")
        return job.execute_in_process(instance=instance, raise_on_error=False)

    return run


def test_new_events_reach_the_published_kpi(refresh, light, stage, settings, instance):
    """A shop would see its orders of today tomorrow."""
    assert refresh().success
    stage.orders, stage.seen = 5, []
    result = light()
    assert result.success
    assert stage.seen == ["load", "check raw", "dbt", "check kpis"]
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        assert connection.execute("from kpis.kpi_sales").fetchall() == [(5,)]
    built = instance.get_latest_materialization_event(
        dg.AssetKey(["kpis", "kpi_sales"])
    )
    assert built.run_id == result.run_id


def test_nothing_new_is_neither_built_nor_published(refresh, light, stage, settings):
    """Every file that repeats known events would cost a build."""
    refresh()
    before, stage.seen = published_version(settings), []
    assert light().success
    assert stage.seen == ["load", "check raw"]
    assert published_version(settings) == before
    audit.require_all(settings)


def test_what_fails_is_not_published_and_is_built_again(
    refresh, light, stage, settings
):
    """Half of the tables are new after a failed test; no later run may miss that."""
    refresh()
    before = published_version(settings)
    stage.orders, stage.test_status = 5, "fail"
    assert not light().success
    assert published_version(settings) == before
    with pytest.raises(audit.PublishRefusedError):
        audit.require_all(settings)
    # The rows are as before the failed build, and so looks their digest.
    stage.orders, stage.test_status, stage.seen = 2, "pass", []
    assert light().success
    assert "dbt" in stage.seen


def test_a_blocking_check_of_raw_stops_it(refresh, light, stage, settings):
    """Rows without a key would be counted."""
    refresh()
    before = published_version(settings)
    stage.orders, stage.raw_status, stage.seen = 5, Status.failed, []
    assert not light().success
    assert stage.seen == ["load", "check raw"]
    assert published_version(settings) == before


def test_only_what_reads_the_news_is_built(graph):
    """A new event would build the CRM, the helpdesk and the people anew."""
    work = work_of(graph, state(), state(sources={EVENTS: "two"}))
    assert work.before == [
        *("--indirect-selection", "eager"),
        *("--select", "source:events.events+"),
    ]
    assert work.after is None
    assert work_of(graph, state(), state()).is_empty
    assert work_of(graph, state(), state(as_of="11:00")).is_empty
    assert work_of(graph, state(), state(loads={EVENTS: "1:2"})).is_empty


@pytest.mark.parametrize(
    "before",
    [None, state(project="q"), state(day="c")],
    ids=["first", "another project", "another day"],
)
def test_everything_is_built_where_everything_may_differ(graph, before):
    """Periods move with the day, and formulas with the project."""
    work = work_of(graph, before, state())
    assert (work.before, work.after, work.known) == ([], None, None)


def test_an_unfinished_build_knows_nothing_of_its_sources(graph):
    """A source that is back to what it was would look as if it were built."""
    work = work_of(graph, state(), state(sources={EVENTS: "two"}))
    assert not work_of(graph, work.known, state()).is_empty


def test_a_state_survives_its_text_and_an_older_one_is_none():
    """After an upgrade the first run must build everything, not fail."""
    assert BuildState.read(state().text) == state()
    for text in ("", "0123456789abcdef", '{"project": "p"}'):
        assert BuildState.read(text) is None
