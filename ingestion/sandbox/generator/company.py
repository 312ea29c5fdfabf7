"""The world that every vendor's part shares: people, companies, products, rates.

A part takes who and what exists from here and never invents its own, so that a CRM
contact, a web user and a buyer are the same person in every vendor's data.
"""

import random
from dataclasses import dataclass, field
from datetime import date

from ingestion.sandbox.generator.calendar import DAY


@dataclass(frozen=True)
class Size:
    """How much of everything a company has."""

    reps: int
    companies: int
    contacts: int
    shoppers: int
    deals: int
    activities: int
    sessions: int


SIZES = {
    "small": Size(8, 60, 150, 60, 300, 800, 1_400),
    "default": Size(14, 600, 2_000, 900, 3_000, 12_000, 20_000),
    "large": Size(40, 6_000, 20_000, 9_000, 30_000, 120_000, 181_000),
}


@dataclass(frozen=True)
class Rep:
    """A sales person: an owner in the CRM."""

    owner_id: str
    user_id: int
    first_name: str
    last_name: str
    email: str
    team_name: str
    joined: date
    left: date | None

    def works_on(self, day: date) -> bool:
        """Return whether the person is employed on a day."""
        return self.joined <= day and (self.left is None or day < self.left)


@dataclass(frozen=True)
class Account:
    """A company that buys from us."""

    company_id: str
    name: str
    domain: str
    country: str
    city: str
    industry: str
    employee_count: int
    annual_revenue: int
    rep: Rep
    created: int
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """A human: a contact in the CRM, a user of the shop, or both."""

    number: int
    first_name: str
    last_name: str
    email: str
    country: str
    city: str
    birth_date: date
    created: int
    source: str
    account: Account | None = None
    contact_id: str | None = None
    user_id: str | None = None
    devices: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Product:
    """Something sold in the shop and in deals; the price is in euro cents."""

    product_id: str
    crm_id: str
    sku: str
    name: str
    category: str
    price: int


@dataclass
class Company:
    """The whole world of one seed and size."""

    seed: int
    size: Size
    reps: list[Rep] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    rates: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    def rng(self, part: str) -> random.Random:
        """Return a part's own dice: one part's change leaves the others' data alone."""
        return random.Random(f"{self.seed}/{part}")

    @property
    def contacts(self) -> list[Person]:
        """The people whom the CRM knows."""
        return [person for person in self.people if person.contact_id]

    @property
    def web_users(self) -> list[Person]:
        """The people who have a login in the shop."""
        return [person for person in self.people if person.user_id]

    def rate_on(self, currency: str, moment: int) -> float | None:
        """Return the last rate to euro at a moment, at most seven days old."""
        if currency == "EUR":
            return 1.0
        known = [pair for pair in self.rates.get(currency, []) if pair[0] <= moment]
        if not known or moment - known[-1][0] > 7 * DAY:
            return None
        return known[-1][1]
