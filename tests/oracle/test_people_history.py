"""Where people worked, day by day, against the rows of HR and the owners of the CRM."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from tests.oracle.comparison import Rows, Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.people_history import PeopleHistory, Person
from tests.oracle.periods import ONE_DAY, Clock


@dataclass
class Histories:
    """The warehouse's intervals of each person."""

    intervals: dict[Person, list[dict]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def holding(self, person: Person, day: date) -> list[dict]:
        """Return the intervals of a person that hold a day."""
        return [
            row
            for row in self.intervals[person]
            if row["valid_from_date"] <= day < row["valid_until_date"]
        ]


@pytest.fixture(scope="module")
def history(company_dir: Path, clock: Clock, crm: Crm) -> PeopleHistory:
    """Return the staff as the data directory tells it."""
    return PeopleHistory(company_dir, clock, crm)


@pytest.fixture(scope="module")
def histories(warehouse: Warehouse) -> Histories:
    """Return the warehouse's history, people under their HR number and CRM id."""
    ids = defaultdict(dict)
    for row in warehouse.records("marts.dim_people_records"):
        if row["record_type"] in {"employee", "owner"}:
            assert row["record_type"] not in ids[row["person_key"]]
            ids[row["person_key"]][row["record_type"]] = row["record_id"]
    found = Histories()
    for row in warehouse.records("marts.dim_people_history"):
        own = ids[row["person_key"]]
        row["manager"] = ids[row["manager_person_key"]].get("employee")
        assert (row["manager"] is None) == (row["manager_person_key"] is None)
        person = Person(own.get("employee"), own.get("owner"))
        found.intervals[person].append(row)
    return found


def test_history_begins_and_changes_when_the_oracle_says(
    history: PeopleHistory, histories: Histories
) -> None:
    """A person without a history would fall out of every count by team."""
    expected = {
        person: sorted(history.changes(person))
        for person in history.persons
        if history.changes(person)
    }
    actual = {
        person: sorted(row["valid_from_date"] for row in rows)
        for person, rows in histories.intervals.items()
    }
    assert expected
    assert actual == expected


def test_every_day_is_as_the_oracle_says(
    history: PeopleHistory, histories: Histories
) -> None:
    """Somebody who changes team would take his past along, or be in two at once."""
    expected: Rows = {}
    actual: Rows = {}
    for person in history.persons:
        bounds = {row["valid_from_date"] for row in histories.intervals[person]}
        bounds |= history.changes(person) | {history.today}
        # Neither side changes between its own days: the days around them are all days.
        for day in {near for one in bounds for near in (one - ONE_DAY, one)}:
            known = history.on(person, day)
            rows = histories.holding(person, day)
            assert len(rows) == (known is not None), f"{person} on {day}"
            if known is not None:
                expected[person, day] = known
                actual[person, day] = rows[0]
    assert_same(expected, actual)
    # The rows would not tell HR's word from the CRM's if nobody had both.
    both = [person for person in history.persons if person.worker and person.owner]
    assert both
    assert len({row["team_name"] for row in expected.values()}) > 1
    assert any(day > history.today for _, day in expected)


def test_the_current_row_is_that_of_today(
    history: PeopleHistory, histories: Histories
) -> None:
    """A job that starts next month would be the present one."""
    for person in history.persons:
        current = [row for row in histories.intervals[person] if row["is_current"]]
        assert current == histories.holding(person, history.today)
        assert len(current) == (history.on(person, history.today) is not None)
