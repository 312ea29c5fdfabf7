"""Where somebody worked on a day: the HR system's rows, and the CRM's list of owners."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tests.oracle.people import TYPES, People

# Before the first list of owners was loaded, that list is what is known.
ALWAYS = date(1900, 1, 1)


@dataclass(frozen=True)
class Person:
    """Somebody with one address, his HR number and his CRM id."""

    worker: str | None
    owner: str | None


class PeopleHistory(People):
    """What each person was on any day, also before, after and ahead of today."""

    @cached_property
    def persons(self) -> list[Person]:
        """Everybody that HR or the CRM lists; the deleted are no longer listed."""
        workers = {
            line["workEmail"].strip().lower(): line["employeeId"]
            for line in self._lines("employees")
            if "deleted" not in line
        }
        owners = {
            line["email"].strip().lower(): line["id"]
            for line in self.crm.lines("owners")
        }
        return [
            Person(workers.get(address), owners.get(address))
            for address in workers | owners
        ]

    @cached_property
    def _jobs(self) -> dict[str | None, list[tuple[date, dict]]]:
        return defaultdict(list, self._history("jobInfo", "date"))

    @cached_property
    def _statuses(self) -> dict[str | None, list[tuple[date, dict]]]:
        return defaultdict(list, self.statuses)

    def changes(self, person: Person) -> set[date]:
        """Return the days on which something was written for a person."""
        written = self._jobs[person.worker] + self._statuses[person.worker]
        days = {day for day, _ in written}
        return days | {ALWAYS} if person.owner else days

    def on(self, person: Person, day: date) -> dict[str, object] | None:
        """Return what is known of a person on a day, None before anything is."""
        if not any(when <= day for when in self.changes(person)):
            return None
        job = _last(self._jobs[person.worker], day)
        status = _last(self._statuses[person.worker], day)
        kind = TYPES[status["employmentStatus"]] if status else None
        # HR's team first, and the owner's for whoever HR has in none.
        crm_team = self.crm.team(person.owner) if person.owner else "no team"
        team = min(job["teams"]) if job and job["teams"] else crm_team
        return {
            "department_name": job["department"] if job else None,
            "location_name": job["location"] if job else None,
            "job_title": job["jobTitle"] if job else None,
            "manager": self._manager(person, job),
            "employment_type": kind,
            "team_name": team,
            "region_name": self.crm.regions.get(team, "unknown"),
            "has_hr_history": job is not None,
            "is_employed": kind != "terminated",
        }

    def _manager(self, person: Person, job: dict | None) -> str | None:
        if job is None or person.worker is None:
            return None
        found = self._manager_of(person.worker, job["reportsTo"])
        return None if found == "no manager" else found

    @cached_property
    def _manager_of(self):
        return self._managers()


def _last(rows: list[tuple[date, dict]], day: date) -> dict | None:
    past = [row for when, row in rows if when <= day]
    return past[-1] if past else None
