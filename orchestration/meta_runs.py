"""What `meta` says of runs and of what their checks found last."""

from datetime import UTC, timedelta

from orchestration import meta_tables as tables
from orchestration import watch
from orchestration.history import Evaluation, evaluations, runs_since
from orchestration.version import BEFORE, KEPT_DAYS, Version, utc
from orchestration.watch import Finding

PUBLISHED_ASSET = "published/warehouse"


def write_runs(version: Version) -> list[Evaluation]:
    """Add the runs since the version before; return what their checks found."""
    evaluated: list[Evaluation] = []
    if version.instance is None:
        return []
    since = version.built_at - timedelta(days=KEPT_DAYS)
    if version.had(tables.RUNS):
        ((built_at,),) = version.query(f"select built_at from {BEFORE}.meta.published")
        # Its own run had not ended then.
        since = built_at.replace(tzinfo=UTC) - timedelta(days=1)
    runs = runs_since(version.instance, since)
    for run in runs:
        evaluated += evaluations(version.instance, run.run_id)
    seen = ", ".join(f"'{run.run_id}'" for run in runs) or "''"
    tables.RUNS.carry_over(
        version.connection,
        BEFORE if version.had(tables.RUNS) else None,
        f"run_id not in ({seen}) and updated_at > "
        f"timestamp '{version.now}' - interval {KEPT_DAYS} day",
    )
    tables.RUNS.fill(
        version.connection,
        [
            (
                run.run_id,
                run.job,
                run.status,
                run.started_at and utc(run.started_at),
                run.ended_at and utc(run.ended_at),
                utc(run.updated_at),
                run.trigger,
            )
            for run in runs
        ],
    )
    return evaluated


def write_checks(
    version: Version, findings: list[Finding], evaluated: list[Evaluation]
) -> None:
    """Write what each check found last; those that did not run keep theirs."""
    last = {(each.asset, each.check): each for each in evaluated}
    for check in watch.CHECKS:
        own = [each for each in findings if each.check == check]
        is_error = any(each.severity == "error" for each in own)
        last[PUBLISHED_ASSET, check] = Evaluation(
            PUBLISHED_ASSET,
            check,
            not own,
            "error" if is_error else "warning",
            "failed" if own else "passed",
            "\n".join(each.text for each in own),
            "",
            len(own),
            version.built_at,
            version.run_id,
        )
    since = {}
    if version.had(tables.CHECKS):
        since = {
            (asset, check): failing
            for asset, check, failing in version.query(
                f"select asset_key, check_name, failing_since "
                f"from {BEFORE}.meta.checks where failing_since is not null"
            )
        }
        _carry_checks(version, set(last))
    tables.CHECKS.fill(
        version.connection,
        [
            (
                each.asset,
                *_place(version, each.asset),
                each.check,
                each.is_passed,
                each.severity,
                each.status,
                each.description or None,
                each.failing_count,
                utc(each.checked_at),
                None if each.is_passed else since.get(key, utc(each.checked_at)),
                each.run_id,
            )
            for key, each in sorted(last.items())
        ],
    )


def _carry_checks(version: Version, again: set[tuple[str, str]]) -> None:
    """Keep what the checks that did not run again found, while there are such."""
    known = {
        (key.asset_key.to_user_string(), key.name)
        for key in version.graph.tests().values()
    }
    assets = {
        version.graph.key(each).to_user_string()
        for each in [*version.graph.sources, *version.graph.built()]
    }
    tests = {check for _, check in known}
    kept = [
        (asset, check)
        for asset, check in version.query(
            f"select asset_key, check_name from {BEFORE}.meta.checks"
        )
        if (asset, check) not in again
        and asset in assets
        and ((asset, check) in known or check not in tests)
    ]
    if kept:
        pairs = ", ".join(f"('{asset}', '{check}')" for asset, check in kept)
        tables.CHECKS.carry_over(
            version.connection, BEFORE, f"(asset_key, check_name) in ({pairs})"
        )


def _place(version: Version, asset: str) -> tuple[str, str]:
    folder, _, name = asset.rpartition("/")
    return (f"raw_{folder}" if folder in version.limits else folder), name
