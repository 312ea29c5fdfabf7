"""What is wrong now, and telling each channel what it has not been told yet.

The state of the warehouse is a set of problems, each under a key. A channel is told of a
problem once, however often it is found again, and once of its end. What a channel could
not take is told at the next look. The state lies in `<warehouse_dir>/alerts.json`; only
masked texts are in it.
"""

import fcntl
import json
import logging
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg

from expectations.results import mask, mask_quoted
from ingestion.settings import Settings
from orchestration import watch
from orchestration.channels import DeliveryError, Message, channels
from orchestration.freshness import Freshness, last_loaded, limits
from orchestration.graph import DbtGraph
from orchestration.history import Evaluation, Run, evaluations, failure, runs_since

# At the first look, what ended before this is history.
FIRST_LOOK = timedelta(days=1)
# Two runs can end within the precision of a clock.
OVERLAP = timedelta(seconds=5)
# Enough to see what failed; the link has the rest.
DETAIL_LINES = 12
_ADDRESS = re.compile(r"[^\s|<>,;]+@[^\s|<>,;]+")
_ENDED = ("success", "failure", "canceled")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        severity: warning or error.
        title: one line.
        detail: what was found, with a masked sample of the rows where there is one.
        link: the run or asset on Dagster's page.
        since: when it was found first, in UTC.
        is_state: whether it will end; what only happened is told and forgotten.
    """

    severity: str
    title: str
    detail: str
    link: str
    since: str
    is_state: bool = True


@dataclass
class State:
    """What is wrong and who knows; as JSON between two looks.

    Attributes:
        problems: by key.
        told: for each channel the title of each problem that it was told of.
        seen_until: the last change of a run that was looked at.
        seen_runs: the runs that ended then, by id.
        digest_day: the day of the last digest.
    """

    problems: dict[str, Problem] = field(default_factory=dict)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    seen_until: str = ""
    seen_runs: list[str] = field(default_factory=list)
    digest_day: str = ""


def review(
    settings: Settings,
    instance: dg.DagsterInstance,
    graph: DbtGraph,
    now: datetime | None = None,
) -> list[str]:
    """Look at what happened since the last review, tell the channels what is new.

    Args:
        settings: the channels and limits.
        instance: remembers runs, checks and loads.
        graph: knows the vendors.
        now: by which clock loads are late; the machine's.

    Returns:
        What could not be delivered, one line per channel; it is tried again next time.
    """
    now = now or datetime.now(UTC)
    with state_of(settings) as state:
        _look_at_runs(state, settings, instance, now)
        _look_at_sources(state, settings, instance, graph, now)
        return _tell(state, settings)


def send_test(settings: Settings) -> dict[str, str]:
    """Send a test message to every channel; return what went wrong, '' where nothing."""
    message = Message(
        "Warehouse: a test message",
        f"Alerts of {settings.warehouse_dir.name} reach this channel.",
        {"kind": "test"},
    )
    outcome = {}
    for name, send in channels(settings).items():
        try:
            send(message)
            outcome[name] = ""
        except DeliveryError as error:
            outcome[name] = str(error)
    return outcome


def open_problems(settings: Settings) -> dict[str, Problem]:
    """Return what was wrong at the last look."""
    return _read(_path(settings)).problems


def _look_at_runs(
    state: State, settings: Settings, instance: dg.DagsterInstance, now: datetime
) -> None:
    since = now - FIRST_LOOK
    if state.seen_until:
        since = datetime.fromisoformat(state.seen_until) - OVERLAP
    ended = [
        run
        for run in runs_since(instance, since)
        if run.status in _ENDED and run.run_id not in state.seen_runs
    ]
    for run in ended:
        _look_at_run(state, settings, instance, run)
        for found in evaluations(instance, run.run_id):
            _look_at_check(state, settings, found)
    if ended:
        newest = ended[-1].updated_at
        state.seen_until = newest.isoformat()
        state.seen_runs = [*state.seen_runs, *(run.run_id for run in ended)][-50:]


def _look_at_run(
    state: State, settings: Settings, instance: dg.DagsterInstance, run: Run
) -> None:
    prefix = f"run {run.job}"
    if run.status == "success":
        _end(state, prefix)
    elif run.status == "failure":
        step, said = failure(instance, run.run_id)
        key = f"{prefix}: {step}"
        since = _since(state, key, _instant(run.ended_at or run.updated_at))
        if key not in state.problems:
            # Another step fails now: the job has not recovered.
            _forget(state, prefix)
        state.problems[key] = Problem(
            "error",
            f"{run.job} failed" + (f" in {step}" if step else ""),
            _masked(said),
            _run_link(settings, run.run_id),
            since,
        )


def _look_at_check(state: State, settings: Settings, found: Evaluation) -> None:
    prefix = f"check {found.asset} {found.check}"
    link, at = _run_link(settings, found.run_id), _instant(found.checked_at)
    if found.is_passed:
        _end(state, prefix)
        return
    if not found.findings:
        key = f"{prefix}: {found.severity}"
        since = _since(state, key, at)
        if key not in state.problems:
            # A warning that becomes an error has not recovered.
            _forget(state, prefix)
        state.problems[key] = Problem(
            found.severity,
            f"{found.check} of {found.asset}: {found.status}",
            _masked("\n".join(filter(None, [found.description, found.sample]))),
            link,
            since,
        )
        return
    happens_once = found.check in watch.HAPPENED
    kept = set()
    for each in found.findings:
        # What happened in one run and happens again in the next is news again.
        subject = f"{each['subject']} {found.run_id if happens_once else ''}".strip()
        key = f"{prefix}: {subject}"
        kept.add(key)
        state.problems[key] = Problem(
            each["severity"],
            each["text"],
            f"{found.check} of {found.asset}",
            link,
            _since(state, key, at),
            is_state=not happens_once,
        )
    for key in set(state.problems) - kept:
        if _is_below(key, prefix):
            _end(state, key)


def _look_at_sources(
    state: State,
    settings: Settings,
    instance: dg.DagsterInstance,
    graph: DbtGraph,
    now: datetime,
) -> None:
    """Judge every vendor by the clock: a run that never comes fails no check."""
    for vendor, limit in limits(graph, settings).items():
        loaded_at = last_loaded(instance, graph, vendor)
        freshness = limit.judge(loaded_at, now)
        # A vendor that was never loaded is a new deployment, not a late one.
        is_wrong = freshness in (Freshness.late, Freshness.stale)
        for kind, severity in ((Freshness.late, "warning"), (Freshness.stale, "error")):
            key = f"source {vendor}: {kind}"
            if not is_wrong or freshness is not kind:
                # Stale follows late: late has not recovered then.
                if is_wrong:
                    _forget(state, key)
                else:
                    _end(state, key)
                continue
            table = graph.raw_tables(vendor)[0]
            state.problems[key] = Problem(
                severity,
                f"{vendor} is {kind}",
                f"Last loaded {loaded_at:%Y-%m-%d %H:%M %Z}; "
                f"{limit.late.total_seconds() / 3600:g} hours are its limit.",
                f"{settings.dagster_url.rstrip('/')}/assets/{vendor}/{table}",
                _since(state, key, _instant(now)),
            )


def _tell(state: State, settings: Settings) -> list[str]:
    """Send each channel what it does not know; note what it does."""
    failures = []
    loud = {
        key: each
        for key, each in state.problems.items()
        if each.severity == "error" or settings.alert_level == "warning"
    }
    sends = channels(settings)
    for name, send in sends.items():
        told = state.told.setdefault(name, {})
        new = {key: each for key, each in loud.items() if key not in told}
        over = {key: title for key, title in told.items() if key not in state.problems}
        if not new and not over:
            continue
        try:
            send(_message(settings, new, list(over.values())))
        except DeliveryError as error:
            failures.append(str(error))
            continue
        for key in over:
            del told[key]
        told.update({key: each.title for key, each in new.items()})
    # What only happened is over once everybody knows.
    for key, each in list(state.problems.items()):
        if not each.is_state and all(
            key in state.told[name] or key not in loud for name in sends
        ):
            _forget(state, key)
    return failures


def _message(settings: Settings, new: dict[str, Problem], over: list[str]) -> Message:
    errors = sum(each.severity == "error" for each in new.values())
    parts = []
    if errors:
        parts.append(f"{errors} error{'s' if errors > 1 else ''}")
    if warnings := len(new) - errors:
        parts.append(f"{warnings} warning{'s' if warnings > 1 else ''}")
    if over:
        parts.append(f"{len(over)} recovered")
    lines = []
    for each in sorted(new.values(), key=lambda problem: problem.severity):
        lines += [f"{each.severity.upper()}: {each.title}"]
        lines += [f"    {line}" for line in each.detail.splitlines() if line.strip()]
        lines += [f"    {each.link}", ""]
    lines += [f"RECOVERED: {title}" for title in over]
    subject = f"Warehouse {settings.warehouse_dir.name}: {', '.join(parts)}"
    document = {
        "kind": "alert",
        "warehouse": settings.warehouse_dir.name,
        "problems": [{"key": key, **asdict(each)} for key, each in new.items()],
        "recovered": over,
    }
    return Message(subject, "\n".join(lines).strip(), document)


def _end(state: State, prefix: str) -> None:
    """Take the problems away; who was told of them is told that they are over."""
    for key, each in list(state.problems.items()):
        # What only happened stays until everybody knows.
        if _is_below(key, prefix) and each.is_state:
            del state.problems[key]


def _forget(state: State, prefix: str) -> None:
    """Take the problems away without a word: another one takes their place."""
    for known in (state.problems, *state.told.values()):
        for key in [key for key in known if _is_below(key, prefix)]:
            del known[key]


def _masked(text: str) -> str:
    """Mask what a message quotes, and addresses: databases quote offending values."""
    lines = (mask_quoted(line) for line in text.splitlines()[:DETAIL_LINES])
    return _ADDRESS.sub(lambda found: mask(found[0]), "\n".join(lines))


def _is_below(key: str, prefix: str) -> bool:
    return key == prefix or key.startswith(f"{prefix}: ")


def _since(state: State, key: str, now: str) -> str:
    return state.problems[key].since if key in state.problems else now


def _run_link(settings: Settings, run_id: str) -> str:
    return f"{settings.dagster_url.rstrip('/')}/runs/{quote(run_id)}"


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _path(settings: Settings) -> Path:
    return settings.warehouse_dir / "alerts.json"


@contextmanager
def state_of(settings: Settings) -> Generator[State]:
    """Give the state and keep it; the daemon and `make run` never tell the same twice."""
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = _read(path)
        try:
            yield state
        finally:
            fresh = path.with_suffix(".tmp")
            fresh.write_text(json.dumps(asdict(state), indent=1), "utf-8")
            fresh.replace(path)


def _read(path: Path) -> State:
    try:
        known: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return State()
    except ValueError:
        # Better to tell something twice than never again.
        logging.getLogger(__name__).warning("%s cannot be read; starting anew", path)
        return State()
    problems = {key: Problem(**each) for key, each in known.pop("problems").items()}
    return State(problems=problems, **known)
