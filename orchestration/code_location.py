"""Every asset, check, job, schedule and sensor of a deployment, put together."""

import dagster as dg

from ingestion.settings import load_settings
from orchestration.alert_sensor import alert_sensor
from orchestration.backfill import backfill_jobs, days_assets
from orchestration.expect import kpi_checks, raw_checks
from orchestration.extract_load import vendor_assets
from orchestration.freshness import limits, with_policies
from orchestration.graph import DbtGraph
from orchestration.predict import prediction_assets
from orchestration.publication import published_warehouse
from orchestration.resources import RUN_LOCK, file_logger, run_lock
from orchestration.schedules import (
    CHANGES_JOB,
    EVENTS_JOB,
    daily_schedule,
    event_files_sensor,
    hourly_schedule,
    light_jobs,
    reconcile_job,
    refresh_job,
    weekly_schedule,
)
from orchestration.transform import dbt_assets


def build_definitions(vendors: list[str], graph: DbtGraph) -> dg.Definitions:
    """Return the definitions for the vendors and what dbt builds from them."""
    settings = load_settings()
    job, weekly_job = refresh_job(), reconcile_job()
    ages = limits(graph, settings)
    light = {each.name: each for each in light_jobs(vendors, graph)}
    return dg.Definitions(
        assets=[
            *(
                with_policies(vendor_assets(vendor, graph), ages.get(vendor))
                for vendor in vendors
            ),
            *dbt_assets(graph),
            *prediction_assets(graph),
            published_warehouse(graph),
            *days_assets(vendors, graph),
        ],
        asset_checks=[
            check for check in (raw_checks(vendors, graph), kpi_checks(graph)) if check
        ],
        jobs=[job, weekly_job, *light.values(), *backfill_jobs(vendors)],
        schedules=[
            daily_schedule(job, settings),
            hourly_schedule(light[CHANGES_JOB], settings),
            weekly_schedule(weekly_job, settings),
        ],
        sensors=[
            alert_sensor(graph),
            *([event_files_sensor(light[EVENTS_JOB])] if EVENTS_JOB in light else []),
        ],
        resources={RUN_LOCK: run_lock},
        loggers={"file": file_logger},
        executor=dg.in_process_executor,
    )
