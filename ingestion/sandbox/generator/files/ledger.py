"""The ledger: what each account moved in a month, by department and cost center.

The last month has not been closed yet and is missing. Planted: the people cost of
Sales is booked in pounds; the revenue of June 2026 has a credit note; the rent of
March 2026 was exported twice, the later line counts; half of each month's software is
charged on to Marketing (`allocated_from`); interest is neither revenue nor expense of
the business; agencies cost more than channel_costs.csv says, and booths a third of a
thousand, which no day divides; the file ends with a row of totals.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.files import marketing
from ingestion.sandbox.generator.staff import staff

HEADER = (
    *("month", "account_code", "account_name", "account_type", "department"),
    *("cost_center", "allocated_from", "amount", "currency"),
)
# Code, name, type, department, cost center, who charged it on, euro.
Line = tuple[str, str, str, str, str, str, float]
# What employers pay on top of gross pay.
_BURDEN = 1.21
_POUNDS = 0.85


def rows(company: Company) -> Iterator[tuple[object, ...]]:
    """Yield the balances of each closed month."""
    rng = company.rng("files/ledger")
    bills = _bills(company)
    total = 0.0
    for month in calendar.months():
        if month >= calendar.LAST_DAY.replace(day=1):
            continue
        again: list[Line] = []
        pay = _people_cost(company, month)
        cost = sum(pay.values())
        revenue = cost * rng.uniform(2.1, 3.2)
        software = cost * rng.uniform(0.04, 0.06)
        rent = cost * 0.08
        lines: list[Line] = [
            ("4000", "Sales", "revenue", "", "", "", revenue),
            ("5000", "Goods sold", "cost_of_sales", "", "", "", revenue * 0.35),
            *(
                ("6000", "Pay and social security", "people_cost", name, "", "", value)
                for name, value in pay.items()
            ),
            ("6300", "Rent", "operating_expense", "", "CC-10", "", rent),
            ("6400", "Software", "operating_expense", "Engineering", "CC-40", "", software),
            ("6400", "Software", "operating_expense", "Engineering", "CC-40", "CC-40", -software / 2),
            ("6400", "Software", "operating_expense", "Marketing", "CC-20", "CC-40", software / 2),
            ("7300", "Interest", "other", "", "", "", cost * 0.01),
        ]  # fmt: skip
        lines += bills[month]
        if month == date(2026, 6, 1):
            lines.append(
                ("4090", "Credit notes", "revenue", "", "", "", -revenue * 0.05)
            )
        if month == date(2026, 3, 1):
            again.append(
                ("6300", "Rent", "operating_expense", "", "CC-10", "", rent + 100)
            )
        for line in (*lines, *again):
            about, amount = line[:6], line[6]
            is_british = about[3] == "Sales" and about[2] == "people_cost"
            value = f"{amount * (_POUNDS if is_british else 1):.2f}"
            total += float(value)
            currency = "GBP" if is_british else "EUR"
            yield (f"{month:%Y-%m}", *about, value, currency)
    yield ("Total", "", "", "", "", "", "", f"{total:.2f}", "")


def _bills(company: Company) -> dict[date, list[Line]]:
    """Return what agencies and organizers of fairs billed, by month, in euro."""
    found: dict[date, list[Line]] = defaultdict(list)
    for row in marketing.cost_rows(company):
        cost = dict(zip(marketing.COST_HEADER, row, strict=True))
        month = date.fromisoformat(str(cost["start_date"])).replace(day=1)
        amount = float(str(cost["amount"]))
        if (cost["currency"], cost["cost_status"]) != ("EUR", "actual"):
            continue
        if cost["cost_type"] == "agency":
            found[month].append(("6510", "Agencies", "operating_expense", "Marketing", "CC-20", "", amount * 1.05))  # fmt: skip
        elif cost["cost_type"] == "booth":
            found[month].append(("6520", "Trade fairs", "operating_expense", "Marketing", "CC-20", "", amount + 1000 / 3))  # fmt: skip
    return found


def _people_cost(company: Company, month: date) -> dict[str, float]:
    """Return what the people of each department cost in a month, in euro."""
    found: dict[str, float] = defaultdict(float)
    for employee in staff(company):
        if employee.works_on(month):
            found[employee.department] += employee.yearly_pay / 12 * _BURDEN
    return dict(found)
