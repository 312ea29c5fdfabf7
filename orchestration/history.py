"""What Dagster's instance remembers: runs that ended and what their checks found.

Read per run, by its id: a query over everything that ever happened would get slower
with every run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import dagster as dg

# The metadata under which a check of the published version carries what it found.
FINDINGS = "findings"


@dataclass(frozen=True)
class Evaluation:
    """What one asset check found in one run.

    Attributes:
        asset: the asset key, such as `kpis/kpi_sales`.
        check: the check's name.
        is_passed: whether it passed.
        severity: warning or error.
        status: passed, failed, warn, or error where it could not run.
        description: what was found, in words.
        sample: masked examples of the failing rows, as a Markdown table.
        failing_count: rows or keys that fail, where somebody counted.
        checked_at: when, in UTC.
        run_id: in which run.
        findings: what a check of many subjects found, one entry per subject.
    """

    asset: str
    check: str
    is_passed: bool
    severity: str
    status: str
    description: str
    sample: str
    failing_count: int | None
    checked_at: datetime
    run_id: str
    findings: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """A run of a job, ended or not; times in UTC."""

    run_id: str
    job: str
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    updated_at: datetime
    trigger: str


def evaluations(instance: dg.DagsterInstance, run_id: str) -> Iterator[Evaluation]:
    """Give what the run's checks have found so far, in the order of their end."""
    for entry in instance.all_logs(
        run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ):
        assert entry.dagster_event is not None
        found = entry.dagster_event.asset_check_evaluation_data
        metadata = {name: value.value for name, value in found.metadata.items()}
        status = "passed" if found.passed else metadata.get("status", "failed")
        yield Evaluation(
            asset=found.asset_key.to_user_string(),
            check=found.check_name,
            is_passed=found.passed,
            severity=(
                "error" if found.severity is dg.AssetCheckSeverity.ERROR else "warning"
            ),
            status=str(status),
            description=found.description or "",
            sample=str(metadata.get("not_passed", "")),
            failing_count=_count(metadata.get("failures")),
            checked_at=datetime.fromtimestamp(entry.timestamp, UTC),
            run_id=run_id,
            findings=cast("list[dict[str, Any]]", metadata.get(FINDINGS) or []),
        )


def runs_since(
    instance: dg.DagsterInstance, since: datetime, *, limit: int = 500
) -> list[Run]:
    """Return the runs that something happened to since then, oldest change first."""
    records = instance.get_run_records(
        dg.RunsFilter(updated_after=since), limit=limit, order_by="update_timestamp"
    )
    return sorted(
        (
            Run(
                record.dagster_run.run_id,
                record.dagster_run.job_name,
                record.dagster_run.status.value.lower(),
                _instant(record.start_time),
                _instant(record.end_time),
                record.update_timestamp.replace(tzinfo=UTC),
                _trigger(record.dagster_run.tags),
            )
            for record in records
        ),
        key=lambda run: run.updated_at,
    )


def failure(instance: dg.DagsterInstance, run_id: str) -> tuple[str, str]:
    """Return the step that failed first and what it said; ('', …) for the run's own."""
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
        event = entry.dagster_event
        assert event is not None
        said = event.step_failure_data.user_failure_data
        error = event.step_failure_data.error
        # A check that blocks says itself what it found.
        text = said.description if said else None
        text = text or (error.message if error else "")
        return event.step_key or "", text.strip()
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE):
        event = entry.dagster_event
        return "", ((event and event.message) or "").strip()
    return "", ""


def _trigger(tags: Mapping[str, str]) -> str:
    for tag, name in (
        ("dagster/schedule_name", "schedule"),
        ("dagster/sensor_name", "sensor"),
        ("dagster/backfill", "backfill"),
        ("dagster/parent_run_id", "retry"),
    ):
        if tag in tags:
            return f"{name} {tags[tag]}" if name in ("schedule", "sensor") else name
    return "by hand"


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None
