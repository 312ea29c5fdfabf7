"""The tables of `raw_zendesk`: their columns, types and keys, as Zendesk names them.

A column is named like Zendesk's field, a nested one with its path. Ids are text. Texts
that customers and agents wrote (descriptions, comment bodies) are not loaded: nothing
reads them.
"""

from ingestion.records import RawTable, columns

# Of a ticket's metric_set: what it counts, when something happened, and how long it
# took, in minutes of the calendar and of the schedule.
METRIC_COUNTS = "reopens replies group_stations assignee_stations"
METRIC_INSTANTS = (
    "initially_assigned_at assigned_at assignee_updated_at requester_updated_at "
    "status_updated_at latest_comment_added_at solved_at"
)
METRIC_DURATIONS = (
    "reply_time first_resolution_time full_resolution_time agent_wait_time "
    "requester_wait_time on_hold_time"
)


def metric_columns() -> dict[str, str]:
    """Return the columns of a ticket's metric_set."""
    durations = " ".join(
        f"metric_set_{name}_in_minutes_{clock}"
        for name in METRIC_DURATIONS.split()
        for clock in ("calendar", "business")
    )
    prefixed = {
        kind: " ".join(f"metric_set_{name}" for name in names.split())
        for kind, names in (
            ("bigint", METRIC_COUNTS),
            ("timestamp", METRIC_INSTANTS),
        )
    }
    return columns(**prefixed) | columns(bigint=durations)


TICKETS = RawTable(
    "tickets",
    columns(
        text="id external_id type subject priority status custom_status_id recipient "
        "requester_id submitter_id assignee_id organization_id group_id brand_id "
        "ticket_form_id problem_id via_channel via_source_rel "
        "satisfaction_rating_id satisfaction_rating_score",
        json="tags custom_fields collaborator_ids follower_ids email_cc_ids",
        bool="has_incidents is_public from_messaging_channel",
        # Epoch seconds; moves with every change, those of the system included, which
        # updated_at does not.
        bigint="generated_timestamp",
        timestamp="due_at created_at updated_at",
    )
    | metric_columns(),
    key=("id",),
    newest_by="generated_timestamp",
)
TICKET_EVENTS = RawTable(
    "ticket_events",
    columns(
        text="id ticket_id updater_id via event_type",
        json="merged_ticket_ids",
        timestamp="created_at",
    ),
    key=("id",),
)
TICKET_AUDITS = RawTable(
    "ticket_audits",
    columns(text="id ticket_id author_id via", timestamp="created_at"),
    key=("id",),
)
TICKET_CHILD_EVENTS = RawTable(
    "ticket_child_events",
    columns(
        text="event_id id field_name ticket_id event_type value previous_value "
        "author_id via",
        bool="public",
        timestamp="created_at",
    ),
    key=("event_id", "id", "field_name"),
    # An event without a field (a comment) has "", because NULL never equals itself.
    keeps_empty=frozenset({"field_name"}),
)
TICKET_METRIC_EVENTS = RawTable(
    "ticket_metric_events",
    columns(
        text="id ticket_id metric type sla_policy_id sla_policy_title "
        "group_sla_policy_id group_sla_policy_title",
        bigint="instance_id sla_target group_sla_target status_calendar "
        "status_business",
        bool="deleted sla_business_hours group_sla_business_hours",
        timestamp="time",
    ),
    key=("id",),
)
USERS = RawTable(
    "users",
    columns(
        text="id external_id name email role role_type custom_role_id organization_id "
        "default_group_id time_zone iana_time_zone locale",
        bool="active suspended verified",
        json="tags",
        timestamp="created_at updated_at last_login_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
ORGANIZATIONS = RawTable(
    "organizations",
    columns(
        text="id external_id name group_id",
        bool="shared_tickets",
        json="domain_names tags",
        timestamp="created_at updated_at deleted_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
GROUPS = RawTable(
    "groups",
    columns(
        text="id name", bool="deleted is_public", timestamp="created_at updated_at"
    ),
    key=("id",),
)
GROUP_MEMBERSHIPS = RawTable(
    "group_memberships",
    columns(
        text="id user_id group_id", bool="default", timestamp="created_at updated_at"
    ),
    key=("id",),
)
BRANDS = RawTable(
    "brands",
    columns(
        text="id name subdomain",
        bool="active default is_deleted has_help_center",
        json="ticket_form_ids",
        timestamp="created_at updated_at",
    ),
    key=("id",),
)
TICKET_FIELDS = RawTable(
    "ticket_fields",
    columns(
        text="id type title",
        bool="active required removable",
        json="custom_field_options system_field_options",
        timestamp="created_at updated_at",
    ),
    key=("id",),
)
SATISFACTION_RATINGS = RawTable(
    "satisfaction_ratings",
    columns(
        text="id ticket_id requester_id assignee_id group_id score comment reason "
        "reason_id reason_code",
        timestamp="created_at updated_at",
    ),
    key=("id",),
)
SLA_POLICIES = RawTable(
    "sla_policies",
    columns(
        text="id title description",
        bigint="position",
        json="filter policy_metrics",
        timestamp="created_at updated_at",
    ),
    key=("id",),
)
SCHEDULES = RawTable(
    "schedules",
    columns(
        text="id name time_zone", json="intervals", timestamp="created_at updated_at"
    ),
    key=("id",),
)
SCHEDULE_HOLIDAYS = RawTable(
    "schedule_holidays",
    columns(text="schedule_id id name", date="start_date end_date"),
    key=("schedule_id", "id"),
)
DELETED_TICKETS = RawTable(
    "deleted_tickets",
    columns(
        text="id subject actor_id actor_name previous_state", timestamp="deleted_at"
    ),
    key=("id",),
)
