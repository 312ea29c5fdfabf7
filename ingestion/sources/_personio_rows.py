"""Records of Personio's API as rows: nested objects become columns."""

from typing import Any

from ingestion.extraction import Row
from ingestion.records import RawTable
from ingestion.sources._personio_tables import (
    ABSENCE_PERIODS,
    COMPENSATIONS,
    EMPLOYMENTS,
)


def own(record: dict[str, Any], table: RawTable) -> dict[str, Any]:
    """Return the fields that have the name of a column; Personio writes snake case."""
    return {name: record.get(name) for name in table.columns}


def _id(value: object) -> str | None:
    """Return the id of a reference such as {"id": "12"}."""
    found = value.get("id") if isinstance(value, dict) else value
    return None if found in (None, "") else str(found)


def _nested(record: dict[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def employment_row(person_id: str, record: dict[str, Any]) -> Row:
    """Return the row of an employment, without its version."""
    end = _nested(record, "termination")
    return {
        **{
            name: value
            for name, value in own(record, EMPLOYMENTS).items()
            if name not in ("row_hash", "extracted_at")
        },
        "id": str(record["id"]),
        "person_id": _id(record.get("person")) or person_id,
        "position_title": _nested(record, "position").get("title"),
        "supervisor_id": _id(record.get("supervisor")),
        "office_id": _id(record.get("office")),
        "office_name": _nested(record, "office").get("name"),
        "legal_entity_id": _id(record.get("legal_entity")),
        "termination_type": end.get("type"),
        "termination_reason": end.get("reason"),
        "termination_date": end.get("termination_date"),
        "termination_last_working_day": end.get("last_working_day"),
        "org_units": record.get("org_units") or [],
        "cost_centers": record.get("cost_centers") or [],
    }


def compensation_row(record: dict[str, Any]) -> Row:
    """Return the row of a compensation."""
    amount, kind = _nested(record, "amount"), _nested(record, "type")
    return {
        **own(record, COMPENSATIONS),
        "id": str(record["id"]),
        "person_id": _id(record.get("person")),
        "legal_entity_id": _id(record.get("legal_entity")),
        "type_category": kind.get("category"),
        "type_name": kind.get("name"),
        "amount_value": amount.get("value"),
        "amount_currency": amount.get("currency"),
    }


def absence_row(record: dict[str, Any]) -> Row:
    """Return the row of an absence, without its length."""
    start, end = _nested(record, "starts_from"), _nested(record, "ends_at")
    kind = _nested(record, "absence_type")
    return {
        **own(record, ABSENCE_PERIODS),
        "id": str(record["id"]),
        "person_id": _id(record.get("person")),
        "absence_type_id": _id(kind),
        "absence_type_name": kind.get("name"),
        "approval_status": _nested(record, "approval").get("status"),
        # Local times of no zone: the day is what was meant.
        "starts_from_date": str(start.get("date_time") or "")[:10] or None,
        "starts_from_type": start.get("type"),
        "ends_at_date": str(end.get("date_time") or "")[:10] or None,
        "ends_at_type": end.get("type"),
    }
