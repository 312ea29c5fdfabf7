"""The tables of `raw_files`: which files fill them, their columns, their headers.

A header is found by its column's name or one of the other spellings, in any letter case
and with any separators; columns of a file that no table knows are reported. Besides its
own columns every row has `source_file`, `line_number` and `file_modified_at`.
"""

from dataclasses import dataclass
from functools import cached_property

from ingestion.records import RawTable

_TYPES = {
    "text": "text",
    "code": "text",
    "number": "decimal(38,18)",
    "whole": "bigint",
    "day": "date",
    "month": "date",
    "booked_month": "date",
    "instant": "timestamp",
}


@dataclass(frozen=True)
class Column:
    """A column of a file.

    Attributes:
        name: its name, here and in the header.
        kind: text (as written), code (text whose digits are the usual ones), number,
            whole, day, month (its first day), booked_month (its first day in the
            calendar in which the cell names it), instant.
        is_required: a row without it is none, a file without it cannot be read.
        aliases: other spellings of the header.
    """

    name: str
    kind: str
    is_required: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class FileTable:
    """A table and the files that fill it: `<stem>.csv`, `<stem>_….csv`, `<stem>/….csv`.

    Attributes:
        name: the table.
        stem: the files' path without the ending.
        columns: the columns of its files.
        key: of two rows of a file with the same values here, the later one counts.
    """

    name: str
    stem: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @cached_property
    def raw(self) -> RawTable:
        """The raw table: a file's rows are replaced together when it changes."""
        own = {"source_file": "text", "line_number": "bigint"}
        said = {column.name: _TYPES[column.kind] for column in self.columns}
        return RawTable(
            self.name,
            {**own, **said, "file_modified_at": "timestamp"},
            key=("source_file", "line_number"),
            replaced_set=("source_file",),
        )

    def is_filled_by(self, file: str) -> bool:
        """Whether the file, by its path, belongs to the table."""
        name, _, ending = file.lower().rpartition(".")
        if ending not in ("csv", "tsv"):
            return False
        folder = self.stem.rpartition("/")[0]
        return (
            name == self.stem
            or name.startswith((f"{self.stem}_", f"{self.stem}-", f"{self.stem}/"))
            or bool(folder and name.startswith(f"{folder}/"))
        )


def _columns(lines: str) -> tuple[Column, ...]:
    """Read columns from lines `name kind[!] alias, alias`; `!` is required."""
    found = []
    for line in lines.strip().splitlines():
        name, kind, *rest = line.split(maxsplit=2)
        aliases = tuple(one.strip() for one in (rest or [""])[0].split(",") if one)
        required = kind.endswith("!")
        found.append(Column(name, kind.rstrip("!"), required, aliases))
    return tuple(found)


FILE_TABLES = (
    # Answers of satisfaction surveys, and invitations without one (score and
    # submitted_at empty). Scores run from 0 to 10.
    FileTable(
        "survey_responses",
        "hr_surveys/responses",
        _columns("""
            response_id code! response, answer_id, شناسه پاسخ
            question_code code! question, question_id, کد سوال
            survey_id code survey, شناسه نظرسنجی
            wave code wave_name, round, موج
            employee_ref code employee, employee_hash, respondent
            department text dept, team, دپارتمان, واحد
            location text site, office, محل
            tenure_band code tenure, seniority
            age_band code age, age_group
            score whole rating, answer, value, enps, امتیاز
            comment text comments, remark, نظر
            locale code language
            sent_at instant sent, invited_at, sent_date, تاریخ ارسال
            submitted_at instant submitted, answered_at, submitted_date, تاریخ پاسخ
        """),
        ("response_id", "question_code"),
    ),
    # What hiring cost, one line per bill or booking. cost_type: internal, external.
    FileTable(
        "hiring_costs",
        "hiring_costs",
        _columns("""
            cost_id code! id, booking_id
            cost_date day! date, booked_on, posting_date
            amount number! cost, betrag, مبلغ
            currency code! waehrung, währung, ارز
            requisition_id code requisition, job_id
            department text dept, دپارتمان
            job_title text role, position
            source_name text source, channel
            cost_type code type
            category text cost_category
            description text text, note
        """),
        ("cost_id",),
    ),
    # The recruiting funnel: when an application reached a stage. Stages: opened (of the
    # requisition, without application), applied, screening, interview, offer, accepted,
    # rejected, withdrawn, cancelled (of the requisition).
    FileTable(
        "recruiting_stages",
        "recruiting",
        _columns("""
            requisition_id code! requisition, job_id
            stage_name code! stage, status
            entered_date day! date, stage_date, entered_on
            application_id code application
            candidate_ref code candidate, candidate_hash
            department text dept
            job_title text role, position
            location text site, office
            source_name text source, channel
            employee_number code employee_no, hired_employee
        """),
        ("requisition_id", "application_id", "stage_name", "entered_date"),
    ),
    # Targets beside those of the CRM, by month and whatever they are for. target_type:
    # net_sales, orders, won_amount, won_deals, meetings_booked.
    FileTable(
        "targets",
        "targets",
        _columns("""
            target_id code! id
            target_month month! month, period, ماه
            target_type code! metric, kpi, type
            target_value number! value, target, amount, هدف
            currency code
            employee_email code email, rep_email
            team_name text team, sales_team
            region_name text region
            country_name text country
            product_category code category
            channel_name code channel
        """),
        ("target_id",),
    ),
    # Spend on radio, print, posters: what no ad platform reports, by week.
    FileTable(
        "offline_spend",
        "offline_spend",
        _columns("""
            week_start_date day! week, week_start, date
            medium code! media, channel
            spend_amount number! spend, amount, cost
            currency code!
            outlet text station, title, paper
            campaign_name text campaign
            country_name text country
            region_name text region
            reach_count whole reach, contacts
        """),
        ("week_start_date", "medium", "outlet", "campaign_name", "country_name"),
    ),
    # What channels cost beside media: booths, travel, tools, agencies, staff time.
    # cost_status: committed or actual.
    FileTable(
        "channel_costs",
        "channel_costs",
        _columns("""
            cost_id code! id, booking_id
            channel_name code! channel
            cost_type code! type, category
            amount number! cost
            currency code!
            start_date day! date, from, month
            end_date day to, until
            event_name text event, trade_show
            campaign_name text campaign
            country_name text country
            region_name text region
            cost_status code status
            staff_hours number hours
            description text text, note
        """),
        ("cost_id",),
    ),
    # Exchange rates: one unit of from_currency is conversion_rate units of to_currency.
    FileTable(
        "fx_rates",
        "fx_rates",
        _columns("""
            rate_date day! date, day, effective_date, تاریخ
            from_currency code! from, currency, base
            to_currency code! to, quote
            conversion_rate number! rate, value, نرخ
        """),
        ("rate_date", "from_currency", "to_currency"),
    ),
    # Campaigns and sales seasons with the scope they aim at; days may be given in either
    # calendar, holiday_code is that of the holiday calendar, utm_campaign the ads'.
    FileTable(
        "campaign_calendar",
        "campaign_calendar",
        _columns("""
            campaign_code code! code, id
            campaign_name text! name, campaign
            campaign_type code type
            start_date day start, from
            end_date day end, to, until
            start_date_jalali day jalali_start, شروع
            end_date_jalali day jalali_end, پایان
            holiday_code code holiday
            utm_campaign code utm
            channel_name code channel
            country_name text country
            region_name text region
            product_category code category
        """),
        ("campaign_code",),
    ),
    # Which region of the company a country belongs to.
    FileTable(
        "regions",
        "regions",
        _columns("""
            country_name text! country, کشور
            region_name text! region, منطقه
            country_code code iso, iso_code
        """),
        ("country_name",),
    ),
    # The ledger by month and account, in the calendar in which it is booked. Amounts are
    # more than zero on their usual side (revenue and cost alike), credit notes less.
    # account_type: revenue, cost_of_sales, operating_expense, people_cost, other; what
    # a cost center was charged by another names it in allocated_from.
    FileTable(
        "ledger",
        "ledger",
        _columns("""
            entry_month booked_month! month, period, posting_date, buchungsmonat, ماه
            account_code code! account, account_no, konto, کد حساب
            account_type code! type, account_class, kontoart
            amount number! balance, betrag, مبلغ
            currency code! waehrung, währung, ارز
            account_name text name, kontobezeichnung
            entry_id code id, booking_id, journal_no
            department text dept, دپارتمان
            location text site, office
            cost_center code cost_centre, kostenstelle
            allocated_from code allocation, allocated_by
            description text text, note
        """),
        (
            *("entry_id", "entry_month", "account_code", "currency"),
            *("department", "location", "cost_center", "allocated_from"),
        ),
    ),
)

SOURCE_FILES = RawTable(
    "source_files",
    {
        "file": "text",
        "table_name": "text",
        "version": "text",
        "encoding": "text",
        "delimiter": "text",
        "row_count": "bigint",
        "is_present": "bool",
        "modified_at": "timestamp",
    },
    key=("file",),
)
