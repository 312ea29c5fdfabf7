"""The tables of `raw_personio`: columns, types and keys, as Personio's API v2 names them."""

from ingestion.records import RawTable, columns

PERSONS = RawTable(
    "persons",
    columns(
        text="id first_name last_name preferred_name email gender status",
        json="custom_attributes employments",
        timestamp="created_at updated_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
# Personio has no history of an employment, so every version that was seen is kept.
EMPLOYMENTS = RawTable(
    "employments",
    columns(
        text="id row_hash person_id status type position_title supervisor_id office_id "
        "office_name legal_entity_id termination_type termination_reason",
        double="weekly_working_hours full_time_weekly_working_hours",
        date="employment_start_date employment_end_date probation_end_date "
        "contract_end_date termination_date termination_last_working_day",
        json="org_units cost_centers",
        timestamp="created_at updated_at extracted_at",
    ),
    key=("id", "row_hash"),
)
# Without the right to see an attribute, an employment has id, person and status alone.
REQUIRED_OF_EMPLOYMENTS = ("employment_start_date", "org_units", "position")
ORG_UNITS = RawTable(
    "org_units",
    columns(text="id type name abbreviation"),
    key=("id",),
)
COMPENSATIONS = RawTable(
    "compensations",
    columns(
        text="id person_id legal_entity_id interval type_category type_name "
        "amount_currency",
        decimal="amount_value",
        double="weekly_working_hours full_time_weekly_working_hours",
        date="effective_from",
    ),
    key=("id",),
)
ABSENCE_PERIODS = RawTable(
    "absence_periods",
    columns(
        text="id person_id absence_type_id absence_type_name approval_status "
        "starts_from_type ends_at_type effective_unit",
        date="starts_from_date ends_at_date",
        double="effective_value",
        timestamp="created_at updated_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
