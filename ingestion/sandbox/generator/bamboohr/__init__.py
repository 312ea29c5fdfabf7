"""BambooHR's part of the sandbox company: its staff, their histories and time off.

What is planted is said in `careers` (histories, and who has which) and `absences`.
"""

from pathlib import Path

from ingestion.sandbox.generator.bamboohr.absences import time_off_lines
from ingestion.sandbox.generator.bamboohr.careers import Career, careers
from ingestion.sandbox.generator.bamboohr.records import (
    deleted_line,
    employee_line,
    table_lines,
)
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.writing import write_lines


def write(company: Company, folder: Path) -> None:
    """Write the HR system of the company into a folder."""
    found: list[Career] = careers(company)
    employees = [employee_line(career) for career in found]
    write_lines(folder / "employees.jsonl", [*employees, deleted_line()])
    for name in ("employmentStatus", "jobInfo", "compensation"):
        write_lines(folder / f"tables_{name}.jsonl", table_lines(name, found))
    write_lines(folder / "time_off.jsonl", time_off_lines(company, found))
