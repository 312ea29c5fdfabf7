"""The sensor that tells channels what is wrong, and sends the daily digest.

One look a minute: at the runs that ended since the last one, and at the age of each
vendor's last load, which nothing else notices when no run comes at all.
"""

import dagster as dg

from ingestion.settings import load_settings
from orchestration.alerts import review
from orchestration.digest import send_if_due
from orchestration.graph import DbtGraph


def alert_sensor(graph: DbtGraph) -> dg.SensorDefinition:
    """Return the sensor; without a channel it looks at nothing."""

    @dg.sensor(
        name="tell_what_is_wrong",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Alerts by webhook, Slack and e-mail, each problem once; the digest.",
    )
    def tell_what_is_wrong(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # Imported here: the channels' own imports are paid by who has one.
        from orchestration.channels import channels

        settings = load_settings()
        names = [*channels(settings)]
        if not names:
            return dg.SkipReason("No channel is set; .env.example says how (ALERT_*).")
        failures = review(settings, context.instance, graph) + send_if_due(settings)
        for failure in failures:
            context.log.warning(failure)
        return dg.SkipReason("; ".join(failures) or f"Told: {', '.join(names)}.")

    return tell_what_is_wrong
