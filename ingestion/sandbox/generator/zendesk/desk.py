"""The help desk of the company: agents, groups, customers, brands, fields.

Agents are the staff of "Customer Support" with the same addresses; customers are the
company's people, whose organizations are the CRM's companies. Planted: a group that was
deleted, an agent who left in May 2026 (the first after the head), a bot among the
agents, an inactive user who was merged into another one (`MERGED_USER`), a suspended
user (`SPAMMER`), an option of the field `Topic` that tickets carry and that is gone.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from ingestion.sandbox.generator.company import Account, Company, Person
from ingestion.sandbox.generator.staff import Employee, members, staff
from ingestion.sandbox.generator.zendesk.working_hours import (
    BERLIN,
    TEHRAN,
    Schedule,
    second,
)

AUTOMATION = -1
BOT = 418_284_000_001
MERGED_USER = 396_330_999_901
SPAMMER = 396_330_999_902
TOPIC_FIELD = 360_012_345_678
REFUND_FIELD = 360_012_345_679
CHANNELS_FIELD = 360_012_345_680
SHOP_BRAND, OFFICE_BRAND = 360_003_529_474, 360_003_529_475
FORM = 360_002_048_693
FOUNDED = second("2024-09-01T08:00:00+00:00")
# Group: (id, countries of its customers, locations of its agents).
GROUPS = {
    "DACH Support": (
        360_006_965_031,
        ("Germany", "Austria"),
        ("Berlin", "Wien"),  # codespell:ignore
    ),
    "Iran Support": (360_006_965_032, ("Iran",), ("Tehran",)),
    "Turkey Support": (360_006_965_033, ("Turkey",), ("Istanbul",)),
    "UK & US Support": (
        360_006_965_034,
        ("United Kingdom", "United States"),
        ("London",),
    ),
    "Billing": (360_006_965_035, (), ("Berlin", "Tehran")),
    "Machine Service": (360_006_965_036, (), ("Berlin", "Istanbul", "London")),
}
DELETED_GROUP = 360_006_965_030
# Topic: (subjects, tag of the field, group that works on it beside the country's).
TOPICS = (
    (
        ("Invoice shows wrong VAT", "Rechnung fehlt", "Double charge on my card"),
        "invoice",
        "Billing",
    ),
    (
        ("Parcel has not arrived", "Wo ist meine Bestellung?", "بسته نرسیده است"),  # codespell:ignore
        "delivery",
        None,
    ),
    (("Grinder is too loud", "Kettle leaks", "Makine çalışmıyor"), "repair", "Machine Service"),
    (("Which tea is decaffeinated?", "Saffron certificate", "Menge bestellen"), "product", None),
    (("Cannot log in", "Change my address", "Konto löschen"), "account", None),
    (("Gift card code does not work", "Coupon refused"), "voucher", "Billing"),
)  # fmt: skip


@dataclass(frozen=True)
class User:
    """A user of the help desk: a customer or an agent."""

    user_id: int
    name: str
    email: str | None
    role: str
    created: int
    country: str = "Germany"
    account: Account | None = None
    employee: Employee | None = None
    organization_id: int | None = None


def iso(moment: int | None) -> str | None:
    """Write epoch seconds as Zendesk does."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def organization_id(account: Account) -> int:
    """Return the organization of a CRM company."""
    return 370_290_000_000 + int(account.company_id) % 1_000_000_000


class Desk:
    """Who works and who asks, and which schedule a group keeps."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.rng = company.rng("zendesk/desk")
        team = members(staff(company), "Customer Support")
        # A future hire has no login yet.
        self.agents = [
            User(
                user_id=418_284_000_000 + employee.number,
                name=employee.full_name,
                email=employee.email,
                role="admin" if employee.manager_number is None else "agent",
                created=max(FOUNDED, _midnight(employee)),
                country=employee.country,
                employee=employee,
            )
            for employee in team
            if _midnight(employee) < second("2026-11-18T00:00:00+00:00")
        ]
        self.customers: dict[int, User] = {}
        self._days: dict[tuple[int, int], list[User]] = {}
        self._strangers = 0

    @cached_property
    def groups_of(self) -> dict[int, list[int]]:
        """The groups of each agent: his location's, and one for topics."""
        found = {}
        for index, agent in enumerate(self.agents):
            assert agent.employee is not None
            place = agent.employee.location
            topic = ("Billing", "Machine Service")[index % 2]
            found[agent.user_id] = [
                group_id
                for name, (group_id, countries, places) in GROUPS.items()
                if (countries and place in places) or name == topic
            ]
        return found

    def agents_on(self, group_id: int, moment: int) -> list[User]:
        """Return the agents of a group who work on a day; where none does, anybody."""
        day = moment // 86_400
        if (group_id, day) not in self._days:
            today = datetime.fromtimestamp(moment, UTC).date()
            present = [
                agent
                for agent in self.agents
                if agent.employee and agent.employee.works_on(today)
            ]
            mine = [a for a in present if group_id in self.groups_of[a.user_id]]
            self._days[group_id, day] = mine or present or self.agents[:1]
        return self._days[group_id, day]

    def is_working(self, user_id: int, moment: int) -> bool:
        """Return whether an agent is employed at a moment."""
        number = user_id - 418_284_000_000
        today = datetime.fromtimestamp(moment, UTC).date()
        return any(
            agent.employee.number == number and agent.employee.works_on(today)
            for agent in self.agents
            if agent.employee
        )

    def schedule_of(self, group_id: int) -> Schedule:
        """Return the schedule of a group."""
        return TEHRAN if group_id == GROUPS["Iran Support"][0] else BERLIN

    def customer(self, person: Person, since: int) -> User:
        """Return the user of a person, who signed up with the first ticket."""
        user_id = 396_331_000_000 + person.number * 7
        if user_id not in self.customers:
            self.customers[user_id] = User(
                user_id=user_id,
                name=f"{person.first_name} {person.last_name}",
                email=person.email.lower(),
                role="end-user",
                created=since,
                country=person.country,
                account=person.account,
                organization_id=organization_id(person.account)
                if person.account
                else None,
            )
        return self.customers[user_id]

    def stranger(self, rng: random.Random, since: int) -> User:
        """Return a customer whom neither the CRM nor the shop knows."""
        self._strangers += 1
        number = self._strangers
        user = User(
            user_id=396_339_000_000 + number,
            name=rng.choice(("Unknown", "Jo", "N. N.", "ناشناس")),
            # Somebody who called has no address.
            email=None if number % 4 == 0 else f"stranger.{number}@mail.example",
            role="end-user",
            created=since,
        )
        self.customers[user.user_id] = user
        return user


def _midnight(employee: Employee) -> int:
    return int(datetime.combine(employee.hired, datetime.min.time(), UTC).timestamp())


def group_of_country(country: str) -> int:
    """Return the group that serves a country."""
    return next(
        group_id for group_id, countries, _ in GROUPS.values() if country in countries
    )
