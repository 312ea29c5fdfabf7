"""The daily digest: what ran, how fresh it is, what is open, what changed.

It is read from the published file's `meta` and from the open problems, so that it says
what a dashboard says too.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from ingestion.settings import Settings
from orchestration.alerts import Problem, state_of
from orchestration.channels import DeliveryError, Message, channels

# What is older was in an earlier digest.
PERIOD = timedelta(days=1)
NEVER = "never"
_LINES = 20


def send_if_due(settings: Settings, now: datetime | None = None) -> list[str]:
    """Send today's digest once its time has come, if it has not been sent.

    Returns:
        What could not be delivered, one line per channel.
    """
    if settings.digest_time == NEVER or not channels(settings):
        return []
    local = (now or datetime.now(UTC)).astimezone(ZoneInfo(settings.reporting_timezone))
    if local.time() < time.fromisoformat(settings.digest_time):
        return []
    with state_of(settings) as state:
        if state.digest_day == local.date().isoformat():
            return []
        # Noted first: a channel that is down must not get one a minute once it is back.
        state.digest_day = local.date().isoformat()
        problems = dict(state.problems)
    return send(settings, problems, local)


def send(settings: Settings, problems: dict[str, Problem], now: datetime) -> list[str]:
    """Send the digest to every channel; return what could not be delivered."""
    message = compose(settings, problems, now)
    failures = []
    for deliver in channels(settings).values():
        try:
            deliver(message)
        except DeliveryError as error:
            failures.append(str(error))
    return failures


def compose(settings: Settings, problems: dict[str, Problem], now: datetime) -> Message:
    """Return the digest of the day before the instant."""
    since = (now - PERIOD).astimezone(UTC).replace(tzinfo=None)
    facts = _published(settings, since)
    sections = {
        "Runs": facts.get("runs", []),
        "Sources of what is published": facts.get("sources", []),
        "Open problems": [
            f"{each.severity}: {each.title} (since {each.since[:16]}) {each.link}"
            for each in sorted(problems.values(), key=lambda each: each.severity)
        ],
        "Rejected since yesterday": facts.get("rejected", []),
        "Columns that changed": facts.get("columns", []),
        "Final KPIs that changed": facts.get("restatements", []),
    }
    lines = [facts.get("version", "Nothing is published yet.")]
    for title, entries in sections.items():
        if entries or title in ("Runs", "Open problems"):
            lines += ["", f"{title}:"]
            lines += [f"    {entry}" for entry in entries[:_LINES] or ["none"]]
            if len(entries) > _LINES:
                lines.append(f"    and {len(entries) - _LINES} more")
    errors = sum(each.severity == "error" for each in problems.values())
    subject = (
        f"Warehouse {settings.warehouse_dir.name}, digest of {now:%Y-%m-%d}: "
        + (f"{errors} errors, " if errors else "")
        + f"{len(problems) - errors} warnings open"
    )
    document = {
        "kind": "digest",
        "warehouse": settings.warehouse_dir.name,
        "day": now.date().isoformat(),
        **{title.lower().replace(" ", "_"): rows for title, rows in sections.items()},
    }
    return Message(subject, "\n".join(lines), document)


def _published(settings: Settings, since: datetime) -> dict[str, Any]:
    """Return what the published file's `meta` says, {} before the first version."""
    if not settings.published_path.is_file():
        return {}
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:

        def lines(query: str, *values: object) -> list[str]:
            return [row for (row,) in connection.execute(query, [*values]).fetchall()]

        return {
            "version": lines(
                "select 'Version ' || version || ' as of ' || "
                "strftime(as_of, '%Y-%m-%d %H:%M') || ' UTC.' from meta.published"
            )[0],
            "runs": lines(
                "select job_name || ' ' || status || ' (' || trigger || ')' || "
                "case when count(*) > 1 then ' × ' || count(*) else '' end "
                "from meta.runs where updated_at > ? "
                "group by job_name, status, trigger order by 1",
                since,
            ),
            # Judged by today's clock: the version may be days old itself.
            "sources": lines(
                """
                select vendor || coalesce(
                    case
                        when last_loaded_at < $1 - to_hours(stale_hours::int)
                            then ' stale'
                        when last_loaded_at < $1 - to_hours(late_hours::int)
                            then ' late'
                        else ' fresh'
                    end || ', loaded ' || strftime(last_loaded_at, '%Y-%m-%d %H:%M'),
                    ' never loaded')
                from meta.sources order by vendor
                """,
                since + PERIOD,
            ),
            "rejected": lines(
                "select 'raw_' || vendor || '.' || table_name || coalesce('.' || "
                "field_name, '') || ': ' || rejected_count || ' × ' || reason "
                "from meta.rejected_rows where last_rejected_at > ? "
                "order by rejected_count desc, 1",
                since,
            ),
            "columns": lines(
                "select 'raw_' || vendor || '.' || table_name || '.' || column_name || "
                "' ' || change_type from meta.schema_changes where seen_at > ? order by 1",
                since,
            ),
            "restatements": lines(
                "select 'kpis.' || table_name || '.' || measure_name || ': ' || "
                "sum(period_count) || ' periods (' || min(cause) || ')' "
                "from meta.kpi_restatements where restated_at > ? "
                "group by table_name, measure_name order by 1",
                since,
            ),
        }
