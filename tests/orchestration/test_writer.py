"""One writer: what happens when two runs meet."""

import threading

import dagster as dg
from dagster._core.test_utils import create_run_for_test

from orchestration.instance import CONFIG
from orchestration.schedules import CHANGES_JOB, EVENTS_JOB, JOB, RECONCILE_JOB
from orchestration.writer import only_writer


def test_a_second_writer_waits_for_the_first_and_says_for_whom(settings):
    """Between the load and the build of one run, another would publish its halves."""
    heard: list[str] = []
    order: list[str] = []
    told, done = threading.Event(), threading.Event()

    def second() -> None:
        def waits_for(other: str) -> None:
            heard.append(other)
            told.set()

        with only_writer(settings, "the micro-batch", waits_for):
            order.append("second")
        done.set()

    with only_writer(settings, "the nightly run"):
        thread = threading.Thread(target=second, daemon=True)
        thread.start()
        assert told.wait(30)
        order.append("first")
    assert done.wait(30)
    thread.join(30)
    assert heard == ["the nightly run"]
    assert order == ["first", "second"]


def test_every_job_waits_in_the_queue_for_the_one_that_writes(definitions):
    """A waiting run would keep a process, and a hundred of them the machine."""
    assert "key: warehouse/writer" in CONFIG.read_text("utf-8")
    for name in (JOB, RECONCILE_JOB, CHANGES_JOB, EVENTS_JOB, "backfill_events"):
        assert definitions.get_job_def(name).tags["warehouse/writer"] == "true", name


def test_the_hourly_run_is_left_out_while_another_works(definitions, instance):
    """Runs that wait for a long one would follow it, one after the other."""
    schedule = definitions.get_schedule_def("refresh_changes_hourly")
    assert schedule.cron_schedule == "30 * * * *"

    def tick() -> list:
        context = dg.build_schedule_context(
            instance, repository_def=definitions.get_repository_def()
        )
        return schedule.evaluate_tick(context).run_requests

    assert len(tick()) == 1
    run = create_run_for_test(
        instance, job_name=JOB, status=dg.DagsterRunStatus.STARTED
    )
    assert tick() == []
    instance.report_run_failed(run)
    assert len(tick()) == 1
