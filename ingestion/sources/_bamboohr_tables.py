"""The tables of `raw_bamboohr`: their columns, types and keys, as BambooHR names them."""

from dataclasses import dataclass

from ingestion.records import RawTable, columns

# What the list endpoint adds on request; it ignores names it does not know.
OPTIONAL_FIELDS = (
    "workEmail",
    "birthDate",
    "hireDate",
    "divisionName",
    "departmentId",
    "departmentName",
    "locationName",
    "jobTitleId",
    "employmentStatusId",
    "employmentStatusName",
    "reportsToId",
    "reportsToName",
)
# Without these there is no headcount, so a user who may not see them is an error.
REQUIRED_FIELDS = ("status", "hireDate", "departmentName")

EMPLOYEES = RawTable(
    "employees",
    columns(
        text="employee_id first_name last_name preferred_name status work_email "
        "job_title_id job_title_name department_id department_name division_name "
        "location_name employment_status_id employment_status_name reports_to_id "
        "reports_to_name",
        date="hire_date birth_date",
        json="restricted_fields",
    ),
    key=("employee_id",),
)
# What the list endpoint cannot add; asked for employee by employee.
DETAIL_FIELDS = (
    *("employeeNumber", "gender", "originalHireDate", "terminationDate"),
    # As of now: BambooHR keeps no history of it, and many companies leave it empty.
    "standardHoursPerWeek",
)
EMPLOYEE_DETAILS = RawTable(
    "employee_details",
    columns(
        text="employee_id employee_number gender",
        date="original_hire_date termination_date",
        decimal="standard_hours_per_week",
    ),
    key=("employee_id",),
)
EMPLOYEE_CHANGES = RawTable(
    "employee_changes",
    columns(text="employee_id action", timestamp="last_changed"),
    key=("employee_id", "action", "last_changed"),
)
TIME_OFF = RawTable(
    "time_off",
    columns(
        text="id employee_id name status status_last_changed_by_user_id type_id "
        "type_name amount_unit",
        date="start_date end_date created status_last_changed",
        decimal="amount",
        json="dates notes",
    ),
    key=("id",),
)


@dataclass(frozen=True)
class HistoryTable:
    """A table of dated rows per employee, which HR corrects and deletes at will.

    An employee's rows are read together, and each time they differ from before, all of
    them are kept as a new set: staging shows the newest set, and the earlier ones are
    what the company believed then. A set without rows is one row with row_hash "".

    Attributes:
        raw: where it is kept.
        name: BambooHR's name of the table.
        required: fields without which no row means anything.
    """

    raw: RawTable
    name: str
    required: tuple[str, ...]


def _history(
    raw_name: str, name: str, required: tuple[str, ...], declared: dict[str, str]
) -> HistoryTable:
    raw = RawTable(
        raw_name,
        columns(text="employee_id set_version row_hash id")
        | declared
        | columns(timestamp="extracted_at"),
        key=("employee_id", "set_version", "row_hash"),
        keeps_empty=frozenset({"row_hash"}),
    )
    return HistoryTable(raw, name, required)


EMPLOYMENT_STATUS = _history(
    "employment_status",
    "employmentStatus",
    ("date", "employmentStatus"),
    columns(
        date="date",
        text="employment_status comment termination_reason_id termination_type_id "
        "termination_rehire_id termination_regrettable_id",
    ),
)
JOB_INFO = _history(
    "job_info",
    "jobInfo",
    ("date", "department", "jobTitle"),
    columns(
        date="date",
        text="location department division job_title reports_to",
        json="teams",
    ),
)
COMPENSATION = _history(
    "compensation",
    "compensation",
    ("startDate", "rate", "paidPer"),
    columns(
        date="start_date",
        decimal="rate_value overtime_rate_value",
        text="rate_currency overtime_rate_currency type exempt reason comment paid_per "
        "pay_schedule",
    ),
)
HISTORY_TABLES = (EMPLOYMENT_STATUS, JOB_INFO, COMPENSATION)
