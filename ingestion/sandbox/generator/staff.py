"""Who works for the company: the HR system's employees and everybody's colleagues.

Sales people are the CRM's owners; support agents answer the tickets; the content team
writes the blog. A vendor's part takes its users, agents and authors from here.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.company import Company, Rep
from ingestion.sandbox.generator.dice import draw

# Department: (job titles from junior to head, share of the staff beside sales,
# yearly pay in euro of the first title).
DEPARTMENTS = {
    "Customer Support": (
        ("Support Agent", "Senior Support Agent", "Head of Support"),
        0.28,
        34_000,
    ),
    "Marketing": (
        ("Marketing Manager", "Senior Marketing Manager", "Head of Marketing"),
        0.14,
        46_000,
    ),
    "Content": (("Editor", "Senior Editor", "Head of Content"), 0.10, 41_000),
    "Operations": (
        ("Warehouse Associate", "Logistics Planner", "Head of Operations"),
        0.24,
        31_000,
    ),
    "Engineering": (
        ("Engineer", "Senior Engineer", "Head of Engineering"),
        0.14,
        62_000,
    ),
    "People": (
        ("People Partner", "Senior People Partner", "Head of People"),
        0.05,
        45_000,
    ),
    "Finance": (("Accountant", "Controller", "Head of Finance"), 0.05, 48_000),
}
SALES = "Sales"
_SALES_TITLES = ("Account Executive", "Senior Account Executive")
# Location: (country, share).
LOCATIONS = {
    "Berlin": ("Germany", 0.5),
    "Wien": ("Austria", 0.1),  # codespell:ignore
    "Tehran": ("Iran", 0.2),
    "Istanbul": ("Turkey", 0.1),
    "London": ("United Kingdom", 0.1),
}
_SALES_LOCATION = {
    "DACH Sales": "Berlin",
    "Iran Sales": "Tehran",
    "UK & US Sales": "London",
    "Turkey Sales": "Istanbul",
}


@dataclass(frozen=True)
class Employee:
    """Somebody on the payroll; `left` is the first day without him.

    Attributes:
        number: his number in the HR system, the same in every vendor.
        rep: the CRM owner he is, for sales people.
        manager_number: whom he reports to; None for the heads.
        yearly_pay: in euro, when hired.
    """

    number: int
    first_name: str
    last_name: str
    email: str
    department: str
    job_title: str
    location: str
    country: str
    hired: date
    left: date | None
    birth_date: date
    gender: str
    manager_number: int | None
    yearly_pay: int
    rep: Rep | None = None

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    def works_on(self, day: date) -> bool:
        """Return whether the person is employed on a day."""
        return self.hired <= day and (self.left is None or day < self.left)


def staff(company: Company) -> list[Employee]:
    """Return everybody who works or worked for the company, by number.

    Planted: of the support agents after their head the first left in May 2026, the
    second stays throughout, the third is hired only after the company's last day (a
    future hire); the first editor after the head of content stays throughout.
    """
    rng = company.rng("staff")
    employees = [_head(rng, 101, SALES, "Head of Sales", 98_000)]
    for rep in company.reps:
        employees.append(_sales_person(rng, 101 + len(employees), rep))
    beside = max(18, round(len(company.reps) * 4.5))
    for department, (titles, share, pay) in DEPARTMENTS.items():
        head_number = 101 + len(employees)
        employees.append(_head(rng, head_number, department, titles[-1], pay * 2))
        for index in range(max(2, round(beside * share))):
            employees.append(
                _member(rng, 101 + len(employees), department, head_number, index)
            )
    return employees


def members(employees: list[Employee], department: str) -> list[Employee]:
    """Return a department's people, its head first."""
    return [one for one in employees if one.department == department]


def _person(rng: random.Random, number: int, location: str) -> dict:
    country = LOCATIONS[location][0]
    firsts, lasts = vocabulary.NAMES[country]
    first, last = rng.choice(firsts), rng.choice(lasts)
    return {
        "number": number,
        "first_name": first[0],
        "last_name": last[0],
        "email": f"{first[1]}.{last[1]}.{number}@zafran.example",
        "location": location,
        "country": country,
        "birth_date": date(1962, 1, 1) + timedelta(days=rng.randrange(15_000)),
        "gender": rng.choice(("Female", "Male")),
    }


def _head(
    rng: random.Random, number: int, department: str, job_title: str, pay: int
) -> Employee:
    return Employee(
        **_person(rng, number, "Berlin"),
        department=department,
        job_title=job_title,
        hired=date(2022, 1, 1) + timedelta(days=rng.randrange(500)),
        left=None,
        manager_number=None,
        yearly_pay=pay,
    )


def _sales_person(rng: random.Random, number: int, rep: Rep) -> Employee:
    person = _person(rng, number, _SALES_LOCATION[rep.team_name])
    person.update(first_name=rep.first_name, last_name=rep.last_name, email=rep.email)
    return Employee(
        **person,
        department=SALES,
        job_title=rng.choice(_SALES_TITLES),
        hired=rep.joined,
        left=rep.left,
        manager_number=101,
        yearly_pay=rng.randrange(42_000, 64_000, 500),
        rep=rep,
    )


def _member(
    rng: random.Random, number: int, department: str, head: int, index: int
) -> Employee:
    titles, _, pay = DEPARTMENTS[department]
    location = draw(rng, [(name, share) for name, (_, share) in LOCATIONS.items()])
    hired = date(2022, 6, 1) + timedelta(days=rng.randrange(1_560))
    left = None
    if rng.random() < 0.3:
        left = hired + timedelta(days=int(rng.expovariate(1 / 500)) + 60)
        left = left if left <= calendar.LAST_DAY else None
    if department == "Customer Support" and index == 0:
        hired, left = date(2023, 3, 1), date(2026, 5, 16)
    if department == "Customer Support" and index == 1:
        hired, left = date(2023, 9, 1), None
    if department == "Customer Support" and index == 2:
        hired, left = calendar.LAST_DAY + timedelta(days=27), None
    if department == "Content" and index == 0:
        hired, left = date(2023, 2, 1), None
    return Employee(
        **_person(rng, number, location),
        department=department,
        job_title=rng.choice(titles[:2]),
        hired=hired,
        left=left,
        manager_number=head,
        yearly_pay=int(pay * rng.uniform(0.92, 1.2)) // 100 * 100,
    )
