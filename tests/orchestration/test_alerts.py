"""Each problem is told once, its end too, on every channel, and nothing private."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from expectations.results import Status
from ingestion.load import LoadError
from ingestion.settings import Settings, load_settings
from orchestration import alerts, digest, watch
from orchestration.alert_command import main as alert_command
from orchestration.alert_sensor import alert_sensor
from orchestration.alerts import open_problems
from orchestration.channels import channels
from orchestration.history import Evaluation, Run
from tests.orchestration.receivers import Mailbox, Webhook, mailbox, webhook


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """Serve a webhook."""
    with webhook() as received:
        yield received


@pytest.fixture
def slack() -> Iterator[Webhook]:
    """Serve what Slack's incoming webhook is."""
    with webhook() as received:
        yield received


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    """Serve a mail server."""
    with mailbox() as received:
        yield received


@pytest.fixture
def told(settings, hook, slack, mail, monkeypatch) -> Settings:
    """Return the settings with all three channels on loopback."""
    for name, value in {
        "ALERT_WEBHOOK_URL": hook.url,
        "ALERT_SLACK_URL": slack.url,
        "ALERT_SMTP_URL": mail.url,
        "ALERT_EMAIL_TO": "data@acme.example",
        "DAGSTER_URL": "https://dagster.acme.example",
        # The stand-in's load is from long ago.
        "FRESHNESS_HOURS": '{"events": 1000000}',
    }.items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    return load_settings()


@pytest.fixture
def run(stage, definitions, instance) -> Callable[[], dg.ExecuteInProcessResult]:
    """Return a function that runs the job once on the persistent instance."""

    def execute() -> dg.ExecuteInProcessResult:
        # Without news a run checks nothing.
        stage.orders += 1
        job = definitions.get_job_def("refresh_warehouse")
        return job.execute_in_process(instance=instance, raise_on_error=False)

    return execute


@dataclass
class Happened:
    """What Dagster remembers, said by a test instead of by runs that take seconds."""

    monkeypatch: pytest.MonkeyPatch
    count: int = 0

    def run(self, *found: Evaluation, status: str = "success") -> None:
        """Let one more run end with these evaluations."""
        self.count += 1
        at = datetime.now(UTC)
        ended = Run(f"run-{self.count}", "refresh", status, at, at, at, "by hand")
        found = tuple(replace(each, run_id=ended.run_id) for each in found)
        for name, does in {
            "runs_since": lambda *_: [ended],
            "evaluations": lambda *_: found,
            "failure": lambda *_: ("load_events", f"failed {self.count} times"),
        }.items():
            self.monkeypatch.setattr(f"orchestration.alerts.{name}", does)


@pytest.fixture
def happened(monkeypatch) -> Happened:
    """Return what lets runs end."""
    return Happened(monkeypatch)


def found(*, is_passed: bool = False, severity: str = "warning", **other) -> Evaluation:
    """Return what a check of kpi_sales found."""
    known = {
        "asset": "kpis/kpi_sales",
        "check": "plausibility",
        "status": "passed" if is_passed else "failed",
        "description": "",
        "sample": "",
        "failing_count": 1,
        "checked_at": datetime.now(UTC),
        "run_id": "",
    }
    return Evaluation(is_passed=is_passed, severity=severity, **{**known, **other})


def titles(received: Webhook) -> list[tuple[list[str], list[str]]]:
    """Return of each document the titles of what is new and of what is over."""
    return [
        ([each["title"] for each in document["problems"]], document["recovered"])
        for document in received.documents
        if document["kind"] == "alert"
    ]


def test_a_check_that_fails_again_is_told_once_and_its_recovery_once(
    happened, told, instance, graph, hook, slack, mail
):
    """Whoever is woken by every retry stops reading; whoever hears no end stays up."""
    for passed in (False, False, True, True):
        happened.run(found(is_passed=passed))
        assert alerts.review(told, instance, graph) == []
    failing = "plausibility of kpis/kpi_sales: failed"
    assert titles(hook) == [([failing], []), ([], [failing])]
    assert len(slack.documents) == len(mail.mails) == 2
    assert f"RECOVERED: {failing}" in slack.documents[1]["text"]
    assert mail.logins
    assert mail.mails[0]["To"] == "data@acme.example"
    assert mail.mails[0]["From"] == "warehouse@acme.example"


def test_a_warning_that_becomes_an_error_is_told_again(
    happened, told, instance, graph, hook
):
    """The worse news would be taken for what everybody knows."""
    for severity in ("warning", "error", "error"):
        happened.run(found(severity=severity))
        alerts.review(told, instance, graph)
    assert [len(document["problems"]) for document in hook.documents] == [1, 1]
    assert [document["recovered"] for document in hook.documents] == [[], []]


def test_a_job_that_fails_every_night_is_told_once(
    happened, told, instance, graph, hook
):
    """Thirty retries would be thirty alarms."""
    for status in ("failure", "failure", "success"):
        happened.run(status=status)
        alerts.review(told, instance, graph)
    failed = "refresh failed in load_events"
    assert titles(hook) == [([failed], []), ([], [failed])]


def test_an_alert_carries_the_masked_sample_and_a_link_to_the_run(
    run, stage, told, instance, graph, hook, mail
):
    """Without them the night begins with a search; unmasked, personal data leaks."""
    stage.raw_status = Status.failed
    failed = run()
    alerts.review(told, instance, graph)
    (document,) = hook.documents
    check = next(p for p in document["problems"] if "expectations" in p["title"])
    assert check["severity"] == "error"
    assert check["link"] == f"https://dagster.acme.example/runs/{failed.run_id}"
    assert (
        "| order_id must not be null | failed | critical | 7 | xx99 |"
        in check["detail"]
    )
    body = mail.mails[0].get_content()
    assert check["link"] in body
    assert "xx99" in body


def test_a_failed_run_is_told_with_its_step_and_without_what_it_quotes(
    run, told, instance, graph, hook, monkeypatch
):
    """A vendor's message may quote the row that it choked on."""

    def fail(*args, **options):
        message = "events: cannot read 'Emily Wright' of emily.wright@firma.example"
        raise LoadError(message)

    monkeypatch.setattr("ingestion.load.load_vendor", fail)
    run()
    alerts.review(told, instance, graph)
    (problem,) = hook.documents[0]["problems"]
    assert problem["title"] == "refresh_warehouse failed in load_events"
    assert (
        problem["detail"]
        == "events: cannot read 'Xxxxx Xxxxxx' of xxxxx.xxxxxx@xxxxx.xxxxx…"
    )
    monkeypatch.undo()


def test_a_channel_that_was_down_is_told_at_the_next_look(
    happened, told, instance, graph, hook, slack
):
    """A problem would be told to nobody because the channel restarted that minute."""
    happened.run(found())
    hook.status = 403
    (failure,) = alerts.review(told, instance, graph)
    assert failure == "webhook: 127.0.0.1 did not take the message (HTTP 403)."
    hook.status = 200
    assert alerts.review(told, instance, graph) == []
    assert len(hook.documents) == len(slack.documents) == 1


def test_a_late_source_is_told_although_no_run_comes(
    run, told, instance, graph, hook, monkeypatch
):
    """A daemon that stands still fails no check."""
    run()
    monkeypatch.setenv("FRESHNESS_HOURS", '{"events": 2}')
    load_settings.cache_clear()
    settings = load_settings()
    alerts.review(settings, instance, graph)
    assert titles(hook) == []

    for hours in (3, 3, 5, 0):
        now = datetime.now(UTC) + timedelta(hours=hours)
        alerts.review(settings, instance, graph, now)
    assert titles(hook) == [
        (["events is late"], []),
        (["events is stale"], []),
        ([], ["events is stale"]),
    ]


def test_what_happened_once_is_told_once_and_recovers_from_nothing(
    happened, told, instance, graph, hook
):
    """The next version has the same few rows: nothing has recovered by that."""
    text = "marts.fct_orders has 30 rows after 60"
    lost = asdict(watch.Finding(watch.ROWS, "warning", "marts.fct_orders", text))
    on_published = {"asset": "published/warehouse", "check": watch.ROWS}
    happened.run(found(**on_published, findings=[lost]))
    alerts.review(told, instance, graph)
    happened.run(found(**on_published, is_passed=True))
    alerts.review(told, instance, graph)
    assert titles(hook) == [([text], [])]
    assert open_problems(told) == {}
    happened.run(found(**on_published, findings=[lost]))
    alerts.review(told, instance, graph)
    assert titles(hook)[1:] == [([text], [])]


def test_one_unusual_day_recovers_while_another_stays(
    happened, told, instance, graph, hook
):
    """A check of many subjects would be told as one, and never be over."""
    days = [
        asdict(watch.Finding(watch.VOLUMES, "error", day, f"nothing on {day}"))
        for day in ("Monday", "Tuesday")
    ]
    for left in (days, days, days[1:]):
        check = {"asset": "published/warehouse", "check": watch.VOLUMES}
        happened.run(found(**check, findings=left))
        alerts.review(told, instance, graph)
    assert titles(hook) == [
        (["nothing on Monday", "nothing on Tuesday"], []),
        ([], ["nothing on Monday"]),
    ]


def test_only_errors_are_told_where_that_is_asked(
    happened, told, instance, graph, hook, monkeypatch
):
    """Who wants to be woken for errors alone must not be woken for warnings."""
    monkeypatch.setenv("ALERT_LEVEL", "error")
    load_settings.cache_clear()
    happened.run(found())
    alerts.review(load_settings(), instance, graph)
    assert hook.documents == []


def test_the_sensor_and_the_digest_tell_once_a_day(
    run, stage, told, instance, graph, hook, slack, mail
):
    """A digest per minute, or none, is the same: nobody reads it."""
    stage.kpi_status = Status.failed
    run()
    context = dg.build_sensor_context(instance=instance)
    assert "Told: webhook, slack, email." in alert_sensor(graph)(context).skip_message
    morning = datetime(2030, 1, 15, 5, 59, tzinfo=UTC)
    for minutes in (0, 1, 2, 60 * 24, 60 * 24 + 1):
        digest.send_if_due(told, morning + timedelta(minutes=minutes))
    sent = [each for each in hook.documents if each["kind"] == "digest"]
    days = [each["day"] for each in sent]
    assert days[-2:] == ["2030-01-15", "2030-01-16"]
    assert (
        "warning: plausibility of kpis/kpi_sales: failed"
        in sent[-1]["open_problems"][0]
    )
    today = digest.compose(told, {}, datetime.now(UTC)).document
    # Its own run had not ended when the version was written.
    assert today["runs"] == ["refresh_warehouse started (by hand)"]
    assert today["sources_of_what_is_published"] == [
        "events fresh, loaded 2025-11-18 22:40"
    ]
    assert "Sources of what is published:" in mail.mails[-1].get_content()


def test_no_secret_of_a_channel_leaves_it(told, hook, mail, capsys):
    """The address of a Slack hook is its password."""
    hook.status = 500
    assert alert_command(told, ["--test"]) == 1
    said = capsys.readouterr().out
    assert "email: took the test message" in said
    assert "webhook: 127.0.0.1 did not take the message (HTTP 500)" in said
    for secret in ("hooks/T0/B0/secret", "pass-word"):
        assert secret not in said + repr(told) + json.dumps(told.environment())


def test_mail_to_nobody_is_said(told, monkeypatch, capsys):
    """A server takes such a message, and nobody ever reads it."""
    monkeypatch.setenv("ALERT_EMAIL_TO", "")
    load_settings.cache_clear()
    assert alert_command(load_settings(), ["--test"]) == 1
    assert "email: ALERT_EMAIL_TO is empty" in capsys.readouterr().out


def test_without_a_channel_nothing_is_looked_at(settings, instance, graph):
    """The sensor runs once a minute for ever; who has no channel must not pay."""
    context = dg.build_sensor_context(instance=instance)
    assert "No channel is set" in alert_sensor(graph)(context).skip_message
    assert channels(settings) == {}
    assert not (settings.warehouse_dir / "alerts.json").exists()
